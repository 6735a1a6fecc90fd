//! A disk that outlives the process that uses it.
//!
//! Invariant: handles are cheap and all see the same disk; a full disk refuses every change whole.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use frontier::store::{Applied, Batch, Found, FrontierStore, LentSite, Wanted};
use frontier::{Error, JournalStore, LeaseRequest, MemoryStore};
use model::{Site, Timestamp};

use super::IndexedStore;

/// What keeps the frontier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// The frontier's own store in memory: plain, and slow above some thousand URLs.
    Memory,
    /// [`IndexedStore`].
    Indexed,
    /// The embedded store in a directory; a kill closes its file without releasing anything.
    Embedded(PathBuf),
}

/// A handle of the disk.
#[derive(Clone)]
pub struct Disk(Arc<Mutex<State>>);

struct State {
    kind: Kind,
    store: Option<Box<dyn FrontierStore>>,
    full: bool,
    lent: BTreeSet<Site>,
}

impl Disk {
    /// An empty disk.
    ///
    /// # Errors
    /// When the embedded store cannot be made.
    pub fn new(kind: Kind) -> Result<Self, Error> {
        let disk =
            Self(Arc::new(Mutex::new(State { kind, store: None, full: false, lent: BTreeSet::new() })));
        disk.reopen()?;
        Ok(disk)
    }

    /// As a new process finds it: the embedded store's file is closed and opened again, memory simply stays.
    ///
    /// # Errors
    /// When the embedded store cannot be opened.
    pub fn reopen(&self) -> Result<(), Error> {
        let mut state = self.state();
        if let Kind::Embedded(dir) = state.kind.clone() {
            state.store = None;
            state.store = Some(Box::new(JournalStore::open(&dir)?));
        } else if state.store.is_none() {
            let store: Box<dyn FrontierStore> = if state.kind == Kind::Memory {
                Box::new(MemoryStore::default())
            } else {
                Box::new(IndexedStore::default())
            };
            state.store = Some(store);
        }
        Ok(())
    }

    /// Fills or frees the disk.
    pub fn set_full(&self, full: bool) {
        self.state().full = full;
    }

    /// Whether nothing can be written.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.state().full
    }

    /// Sites on loan, as seen from here.
    #[must_use]
    pub fn lent(&self) -> BTreeSet<Site> {
        self.state().lent.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn writable(&mut self) -> Result<&mut dyn FrontierStore, Error> {
        if self.full {
            return Err(failed(std::io::ErrorKind::StorageFull));
        }
        match &mut self.store {
            Some(store) => Ok(&mut **store),
            None => Err(failed(std::io::ErrorKind::NotFound)),
        }
    }
}

impl FrontierStore for Disk {
    fn apply(&mut self, batch: &Batch<'_>) -> Result<Applied, Error> {
        let mut state = self.state();
        let applied = state.writable()?.apply(batch)?;
        for returned in &batch.returns {
            state.lent.remove(returned.site);
        }
        Ok(applied)
    }

    fn lease(&mut self, request: &LeaseRequest, now: Timestamp) -> Result<Vec<LentSite>, Error> {
        let mut state = self.state();
        let lent = state.writable()?.lease(request, now)?;
        state.lent.extend(lent.iter().map(|site| site.site.clone()));
        Ok(lent)
    }

    fn next_due(&self, request: &LeaseRequest) -> Result<Option<Timestamp>, Error> {
        match &self.state().store {
            Some(store) => store.next_due(request),
            None => Err(failed(std::io::ErrorKind::NotFound)),
        }
    }

    fn read(&self, wanted: &Wanted<'_>) -> Result<Found, Error> {
        match &self.state().store {
            Some(store) => store.read(wanted),
            None => Err(failed(std::io::ErrorKind::NotFound)),
        }
    }
}

fn failed(kind: std::io::ErrorKind) -> Error {
    Error::Open { path: PathBuf::from("simulated"), source: Box::new(std::io::Error::from(kind)) }
}
