//! The writer of the live generation.
//!
//! Invariant: a change is in the log of changes before it is visible, so that a crash cannot hide it from the feed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::{Document, Position, Timestamp, UrlKey};

use tantivy::Searcher;

use crate::changes::{self, What};
use crate::engine::{self, Engine};
use crate::error::Error;
use crate::inbound::Inbound;
use crate::layout::{self, Lock, Stamp};
use crate::lookup::Removal;
use crate::port::IndexWriter;
use crate::schema;
use crate::settings::Settings;

pub(crate) const WRITER_LOCK: &str = "writer.lock";

/// The one writer of the live generation; holds the writer lock of the index until dropped.
pub struct Writer {
    dir: PathBuf,
    settings: Settings,
    engine: Engine,
    /// How the pointer looked when this generation was live.
    pointer: Stamp,
    pending: BTreeMap<UrlKey, Pending>,
    /// When [`Writer::commit_due`] first saw uncommitted changes.
    oldest: Option<Timestamp>,
    _lock: Lock,
}

/// What the next commit does to a link.
struct Pending {
    /// The committed document's fingerprint.
    before: Option<u64>,
    after: After,
}

enum After {
    Document(u64),
    Removed(What),
}

impl Writer {
    /// Opens the writer of the index in `dir`, making a first generation if there is none.
    ///
    /// # Errors
    /// [`Error::Locked`] when another writer is open; else when the disk fails.
    pub fn open(dir: &Path, settings: &Settings) -> Result<Self, Error> {
        let lock = layout::lock(dir, WRITER_LOCK, "writing to the index")?;
        if layout::current(dir)?.is_none() {
            first_generation(dir)?;
        }
        // Looked at before reading, so that a swap in between is noticed.
        let pointer = Stamp::of(&layout::pointer(dir));
        let number = layout::current(dir)?.ok_or_else(|| Error::Damaged {
            path: layout::pointer(dir),
            detail: "it has vanished".to_owned(),
        })?;
        let engine = engine::open_generation(dir, number, settings)?;
        Ok(Self {
            dir: dir.to_owned(),
            settings: settings.clone(),
            engine,
            pointer,
            pending: BTreeMap::new(),
            oldest: None,
            _lock: lock,
        })
    }

    /// Number of the generation written to.
    #[must_use]
    pub fn generation(&self) -> u32 {
        self.engine.view.number
    }

    /// Changes not committed yet.
    #[must_use]
    pub fn uncommitted(&self) -> usize {
        self.engine.uncommitted
    }

    /// Whether a commit is due at `now` by the settings. The time is counted from the first call that sees changes.
    pub fn commit_due(&mut self, now: Timestamp) -> bool {
        if self.engine.uncommitted == 0 {
            self.oldest = None;
            return false;
        }
        let oldest = *self.oldest.get_or_insert(now);
        self.engine.uncommitted >= self.settings.commit_documents
            || model::time::until(oldest, now) >= self.settings.commit_interval.0
    }

    /// Where the anchors and authority of the documents put from now on come from; nowhere until this is called.
    pub fn set_inbound(&mut self, inbound: Arc<dyn Inbound>) {
        self.engine.inbound = inbound;
    }

    /// Ends writing in good order: waits for merges. Uncommitted changes are dropped.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn close(self) -> Result<(), Error> {
        self.engine.close()
    }

    fn check_live(&self) -> Result<(), Error> {
        if Stamp::of(&layout::pointer(&self.dir)) == self.pointer
            || layout::current(&self.dir)? == Some(self.generation())
        {
            return Ok(());
        }
        Err(Error::Superseded { generation: self.generation() })
    }

    /// Remembers what the next commit does to a link; says whether it may be in the engine already.
    fn note(&mut self, searcher: &Searcher, key: UrlKey, after: After) -> Result<bool, Error> {
        if let Some(pending) = self.pending.get_mut(&key) {
            pending.after = after;
            return Ok(true);
        }
        let before = self.engine.view.digest(searcher, &key)?;
        self.pending.insert(key, Pending { before, after });
        Ok(before.is_some())
    }

    fn remove(&mut self, searcher: &Searcher, key: UrlKey, why: Removal) -> Result<(), Error> {
        let what = match why {
            Removal::Withdrawn => What::Withdrawn,
            Removal::Gone => What::Gone(self.url_of(searcher, &key)?),
        };
        if self.note(searcher, key, After::Removed(what))? {
            self.engine.delete(&key);
        }
        Ok(())
    }

    /// The committed URL of a link; empty where it is not known.
    fn url_of(&self, searcher: &Searcher, key: &UrlKey) -> Result<String, Error> {
        match self.engine.view.find(searcher, key)? {
            Some(address) => Ok(self.engine.view.document(searcher, address)?.url),
            None => Ok(String::new()),
        }
    }
}

/// Makes generation 1 (or the next free number) and points at it.
fn first_generation(dir: &Path) -> Result<(), Error> {
    let number = layout::generations(dir)?.last().copied().unwrap_or_default() + 1;
    let path = layout::create_generation(dir, number)?;
    engine::create(&path)?;
    layout::set_current(dir, number)?;
    layout::finish(dir, number)
}

impl Pending {
    /// What the feed has to say, if anything changed.
    fn change(&self) -> Option<&What> {
        match &self.after {
            After::Document(after) if self.before == Some(*after) => None,
            After::Document(_) => Some(&What::Upsert),
            After::Removed(what) => self.before.map(|_| what),
        }
    }
}

impl IndexWriter for Writer {
    fn put(&mut self, documents: &[Document]) -> Result<(), Error> {
        self.check_live()?;
        let searcher = self.engine.view.searcher()?;
        for document in documents {
            if !schema::may_index(document) {
                self.remove(&searcher, document.key, Removal::Withdrawn)?;
                continue;
            }
            let digest = schema::digest(document);
            let known = self.note(&searcher, document.key, After::Document(digest))?;
            self.engine.put(document, digest, known)?;
        }
        Ok(())
    }

    fn delete(&mut self, keys: &[UrlKey], why: Removal) -> Result<(), Error> {
        self.check_live()?;
        let searcher = self.engine.view.searcher()?;
        keys.iter().try_for_each(|key| self.remove(&searcher, *key, why))
    }

    fn commit(&mut self, checkpoint: Position, now: Timestamp) -> Result<(), Error> {
        self.check_live()?;
        let changed = self.pending.iter().filter_map(|(key, pending)| Some((*key, pending.change()?)));
        changes::append(&self.dir, now, changed)?;
        self.engine.commit(checkpoint)?;
        self.pending.clear();
        self.oldest = None;
        tracing::debug!(generation = self.generation(), ?checkpoint, "index committed");
        Ok(())
    }

    fn checkpoint(&self) -> Position {
        self.engine.checkpoint
    }

    /// Also removes every generation but the live one and one being made, because they hold the same texts. Whoever makes one
    /// has to delete from it too what must be forgotten, before publishing it.
    fn purge(&mut self) -> Result<(), Error> {
        self.check_live()?;
        self.engine.purge()?;
        for number in layout::generations(&self.dir)? {
            if number != self.generation() && !layout::is_unfinished(&self.dir, number) {
                layout::remove_generation(&self.dir, number)?;
            }
        }
        changes::compact(&self.dir)
    }
}
