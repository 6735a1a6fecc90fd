//! The list of measures. Invariant: a measure needs nothing but a web, its port and an empty folder.

use std::path::Path;

use crate::meter::Measured;
use crate::web::Web;
use crate::{chain, floors, stages, whole};

/// One row of the table.
pub(crate) struct Measure {
    /// Short; as taken by `--only`.
    pub(crate) name: &'static str,
    pub(crate) group: &'static str,
    pub(crate) title: &'static str,
    /// Runs in every round.
    pub(crate) repeats: bool,
    run: fn(&Web, u16, &Path) -> Measured,
}

const FLOORS: &str = "bare libraries";
const STAGES: &str = "our stages alone";
const WHOLES: &str = "everything";

const fn row(
    group: &'static str,
    name: &'static str,
    title: &'static str,
    run: fn(&Web, u16, &Path) -> Measured,
) -> Measure {
    Measure { name, group, title, repeats: false, run }
}

/// In the order of the table.
pub(crate) const ALL: &[Measure] = &[
    row(FLOORS, "get", "reqwest GET, keep-alive", floors::get),
    row(FLOORS, "gunzip", "gunzip", floors::gunzip),
    row(FLOORS, "scraper", "scraper DOM + links + title + text", floors::scraper),
    row(FLOORS, "tantivy", "tantivy url + title + stored body, commits", floors::tantivy),
    row(FLOORS, "gzip", "WARC-like write, gzip-1", floors::gzip),
    row(STAGES, "fetch", "fetch (robots, guard, rates, gunzip)", stages::fetch),
    row(STAGES, "archive", "archive append, fsync per 128", stages::archive),
    row(STAGES, "parse", "parse", stages::parse),
    row(STAGES, "offers", "derive beyond parse (offers, content hash)", stages::offers),
    row(STAGES, "index", "index put + commit", stages::index),
    row(STAGES, "frontier", "frontier offer + lease + settle", stages::frontier),
    Measure {
        repeats: true,
        ..row(WHOLES, "chain", "chain reqwest + scraper + tantivy + gzip-1", chain::run)
    },
    Measure { repeats: true, ..row(WHOLES, "whole", "pipeline::crawl, everything on", whole::run) },
];

/// Runs a measure in this process.
pub(crate) fn run(name: &str, web: &Web, port: u16, scratch: &Path) -> Measured {
    let measure = ALL.iter().find(|measure| measure.name == name);
    (measure.unwrap_or_else(|| panic!("there is no measure {name:?}")).run)(web, port, scratch)
}
