//! The embedded store: a journal of everything that changed, and in memory only what is needed to find it again.
//!
//! Useful for: a hundred million URLs on one machine, written by one process, read by others meanwhile. Not useful for:
//! several writers.
//!
//! Invariant: a batch is one frame of the journal, on disk when the call returns; memory is the fold of the journal and is
//! never ahead of it when a call ends. No question and no lease scans what it does not return.

mod apply;
mod bytes;
mod clean;
mod core;
mod fold;
mod forget;
mod known;
mod lend;
mod log;
mod pages;
mod queue;
mod read;
mod record;
mod row;
mod site;
mod snapshot;
mod state;
mod table;
mod view;
mod walk;

use std::cell::{RefCell, RefMut};
use std::fmt;
use std::path::Path;

use model::Timestamp;

use self::core::Core;
use self::log::{Log, VERSION};
use crate::error::Error;
use crate::lease::LeaseRequest;
use crate::port::{Applied, Batch, Found, FrontierStore, LentSite, Wanted};

/// What an older version of this program kept its frontier in.
const OLD_FILE: &str = "frontier.sqlite";
/// The format of that.
const OLD_VERSION: i64 = 2;

/// A frontier in a directory.
///
/// A batch that forgets is two: what else it holds is applied first. Which URLs are on loan every reader can tell.
pub struct JournalStore {
    core: RefCell<Core>,
    writes: bool,
}

impl JournalStore {
    /// Opens the frontier in `dir` for writing, making both if they do not exist.
    ///
    /// # Errors
    /// [`Error::Open`] when that cannot be done, [`Error::Version`] when another version wrote it, [`Error::Damaged`] when a
    /// file is damaged beyond an unfinished last frame.
    pub fn open(dir: &Path) -> Result<Self, Error> {
        std::fs::create_dir_all(dir).map_err(|source| Error::opening(dir, source))?;
        refuse_old(dir)?;
        let mut core = Core::open(dir, true)?;
        core.erase_rest()?;
        Ok(Self { core: RefCell::new(core), writes: true })
    }

    /// Opens the frontier in `dir` for reading; `None` when there is none.
    ///
    /// # Errors
    /// As [`JournalStore::open`].
    pub fn open_read_only(dir: &Path) -> Result<Option<Self>, Error> {
        refuse_old(dir)?;
        if !Log::exists(dir) {
            return Ok(None);
        }
        Ok(Some(Self { core: RefCell::new(Core::open(dir, false)?), writes: false }))
    }

    /// The state as of now: what the writer has, or what a reader finds in the files.
    fn present(&self) -> Result<RefMut<'_, Core>, Error> {
        let mut core = self.core.borrow_mut();
        if self.writes {
            core.make_sound()?;
        } else {
            core.follow()?;
        }
        Ok(core)
    }

    fn writing(&mut self) -> Result<&mut Core, Error> {
        if self.writes { Ok(self.core.get_mut()) } else { Err(Error::ReadOnly) }
    }
}

impl FrontierStore for JournalStore {
    fn apply(&mut self, batch: &Batch<'_>) -> Result<Applied, Error> {
        let core = self.writing()?;
        let mut applied = core.atomically(|core| apply::apply(core, batch))?;
        if let Some(takedown) = batch.forget {
            applied.forgotten = core.forget(takedown)?;
        }
        Ok(applied)
    }

    fn lease(&mut self, request: &LeaseRequest, now: Timestamp) -> Result<Vec<LentSite>, Error> {
        self.writing()?.atomically(|core| core.lend(request, now))
    }

    fn next_due(&self, request: &LeaseRequest) -> Result<Option<Timestamp>, Error> {
        lend::next_due(&self.present()?.state, request)
    }

    fn read(&self, wanted: &Wanted<'_>) -> Result<Found, Error> {
        read::read(&self.present()?.view(), wanted)
    }
}

impl fmt::Debug for JournalStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JournalStore").field("writes", &self.writes).finish_non_exhaustive()
    }
}

/// What an older version left is neither read nor silently begun anew beside.
fn refuse_old(dir: &Path) -> Result<(), Error> {
    let path = dir.join(OLD_FILE);
    if path.exists() && !Log::exists(dir) {
        return Err(Error::Version { path, found: OLD_VERSION, expected: i64::from(VERSION) });
    }
    Ok(())
}
