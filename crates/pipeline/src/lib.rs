#![doc = include_str!("../README.md")]

mod crawl;
mod derive;
mod error;

mod explain;
mod export;
mod forget;
mod graph;
mod hosts;
mod import;
pub mod jobs;
mod lock;
pub mod progress;
mod reindex;
mod scan;
mod schedule;
mod scheduler;
mod settings;

mod refusals;
mod status;
mod stores;
mod takedowns;
mod verify;
mod watch;
mod withdrawals;

pub use crate::crawl::{
    CrawlCore, CrawlRequest, CrawlSettings, Revisits, SteadyClock, Unsettled, crawl, offer_seeds, settle,
};
pub use crate::derive::{Change, DeriveSettings, Derived, PageChange, Withdrawn, derive, parse_record};
pub use crate::error::Error;
pub use crate::explain::{Explained, explain};
pub use crate::export::{LinkLine, export_documents, export_links, export_warc};
pub use crate::forget::{Forgotten, forget, purge_pending};
pub use crate::graph::{LinkGraph, links_dir};
pub use crate::hosts::{HostsReport, SilentHost, hosts, hosts_of};
pub use crate::import::{ImportSummary, JunkLine, import_documents, import_warc};
pub use crate::jobs::{Job, JobScope, JunkSeed, ListedSeed};
pub use crate::lock::{Holder, WriterLock, holder};
pub use crate::progress::{CrawlSummary, Progress};
pub use crate::reindex::{ReindexRequest, ReindexSummary, reindex, rollback};
pub use frontier::Takedown;

pub use crate::scan::{Trace, scan_takedowns, scan_texts};
pub use crate::schedule::{Schedule, next_run};
pub use crate::scheduler::Scheduler;
pub use crate::settings::Settings;
pub use crate::status::{HostLine, Run, StatusReport, host_lines, record_run, status};
pub use crate::stores::{
    ReadStores, SharedFrontier, Stores, archive_dir, frontier_dir, hide_taken_down, index_dir,
};
pub use crate::takedowns::{Entry as TakedownEntry, Takedowns};
pub use crate::verify::{Finding, VerifySummary, verify};
pub use crate::withdrawals::purge_withdrawn;
