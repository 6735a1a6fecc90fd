//! Where the frontier is kept: the port, what a store of one's own needs to keep its promises, and the two adapters.

mod journal;
mod memory;

pub use self::journal::JournalStore;
pub use self::memory::MemoryStore;
pub use crate::port::{
    Applied, Batch, Budget, Found, FrontierStore, KeptRules, LastVisit, Ledger, LentSite, Memo, MemoKey,
    NewUrl, ReturnedSite, SettledRow, SiteRow, UrlRow, Wanted, number_of, site_number,
};
pub use crate::queue::{Lane, Turn, choose};
pub use crate::takedown::{Rule, RuleKind};
