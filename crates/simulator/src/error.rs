//! What can go wrong on our side. Invariant: what the simulated web does is never an error.

/// The simulation cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The crawl failed where nothing was made to fail.
    #[error("the simulated crawl failed")]
    Pipeline(#[from] pipeline::Error),
    /// The frontier failed where nothing was made to fail.
    #[error("the simulated frontier failed")]
    Frontier(#[from] frontier::Error),
    /// A runtime, directory or file of the simulation.
    #[error("the simulation cannot {action}; check the disk space and the path")]
    Io {
        /// What was tried.
        action: &'static str,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// A question that makes no sense.
    #[error("{0}")]
    Question(String),
}
