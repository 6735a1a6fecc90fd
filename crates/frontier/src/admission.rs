//! Admission: which offers become URLs of ours. Pure.

/// Why an offer is not admitted.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case", tag = "refusal")]
pub enum Refusal {
    /// Its job is not registered.
    UnknownJob,
    /// It was taken down.
    TakenDown,
    /// Outside the scope of the job.
    Scope,
    /// No `include` pattern of the job matches.
    NotIncluded,
    /// An `exclude` pattern of the job matches.
    Excluded {
        /// As written.
        pattern: String,
    },
    /// Too many links from a seed.
    Depth,
    /// Too many redirects in a row.
    Hops,
    /// Its path ends like a file that is not a page.
    Extension {
        /// Without the dot.
        extension: String,
    },
}
