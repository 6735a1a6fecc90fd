//! A generation is made beside the live one and takes its place at once.
//!
//! Invariant: the live generation is untouched until [`GenerationWriter::publish`] replaces the pointer; before and after that
//! instant every reader finds a whole index.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::{Document, Position, Timestamp, UrlKey};
use tantivy::Searcher;

use crate::changes::{self, What};
use crate::engine::{self, Engine};
use crate::error::Error;
use crate::inbound::Inbound;
use crate::layout::{self, Lock};
use crate::lookup::Removal;
use crate::port::IndexWriter;
use crate::schema;
use crate::settings::Settings;
use crate::view::{self, View};

const REINDEX_LOCK: &str = "reindex.lock";

/// Keys compared at a time when a generation goes live.
const COMPARED_AT_ONCE: usize = 10_000;

/// The writer of a generation that is not live yet. Dropped before [`GenerationWriter::publish`], it can be gone on with later
/// from its checkpoint.
pub struct GenerationWriter {
    dir: PathBuf,
    engine: Engine,
    _lock: Lock,
}

impl GenerationWriter {
    /// Begins a generation in `dir`, or goes on with the unfinished one; works also where the live generation was made by
    /// another version.
    ///
    /// # Errors
    /// [`Error::Locked`] when another reindex runs; else when the disk fails.
    pub fn begin(dir: &Path, settings: &Settings) -> Result<Self, Error> {
        let lock = layout::lock(dir, REINDEX_LOCK, "reindexing")?;
        let live = layout::current(dir)?;
        if let Some(live) = live {
            // A crash right after it went live may have left its mark.
            layout::finish(dir, live)?;
        }
        let mut unfinished = None;
        for number in
            layout::generations(dir)?.into_iter().filter(|number| layout::is_unfinished(dir, *number))
        {
            // Only one newer than the live one is gone on with, and of several the newest.
            let stale = if live.is_some_and(|live| number < live) {
                Some(number)
            } else {
                unfinished.replace(number)
            };
            if let Some(stale) = stale {
                layout::remove_generation(dir, stale)?;
            }
        }
        let last = layout::generations(dir)?.last().copied().max(live).unwrap_or_default();
        if let Some(number) = unfinished {
            match engine::open_generation(dir, number, settings) {
                Ok(engine) => return Ok(Self { dir: dir.to_owned(), engine, _lock: lock }),
                Err(e) => {
                    tracing::warn!(number, error = %e, "unfinished index generation cannot be gone on with; starting anew");
                    layout::remove_generation(dir, number)?;
                }
            }
        }
        let number = last + 1;
        let path = layout::create_generation(dir, number)?;
        engine::create(&path)?;
        let engine = engine::open_generation(dir, number, settings)?;
        Ok(Self { dir: dir.to_owned(), engine, _lock: lock })
    }

    /// Number of the generation.
    #[must_use]
    pub fn generation(&self) -> u32 {
        self.engine.view.number
    }

    /// Where the anchors and authority of the documents put from now on come from; nowhere until this is called.
    pub fn set_inbound(&mut self, inbound: Arc<dyn Inbound>) {
        self.engine.inbound = inbound;
    }

    /// Documents committed so far.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn documents(&self) -> Result<u64, Error> {
        Ok(self.engine.view.searcher()?.num_docs())
    }

    /// Commits, makes this generation the live one and logs what differs from the one before, which is kept for
    /// [`rollback`]; older ones are removed. Nothing that this generation was told to delete is left in its files.
    ///
    /// The live generation's writer should rest meanwhile. It notices the swap at its next call
    /// ([`Error::Superseded`]).
    ///
    /// # Errors
    /// [`Error::Behind`] when the live generation has read more of the archive: replay on and publish again. Else when the
    /// disk fails; the live generation is then still the one before, and publishing can be tried again.
    pub fn publish(&mut self, checkpoint: Position, now: Timestamp) -> Result<u32, Error> {
        let number = self.generation();
        let live_number = layout::current(&self.dir)?;
        let live = live_number.and_then(|live| open_any(&self.dir, live));
        let live_checkpoint = live.as_ref().map(|live| view::checkpoint(&live.engine, &live.path));
        let live_checkpoint = live_checkpoint.and_then(Result::ok).unwrap_or_default();
        if checkpoint < live_checkpoint {
            return Err(Error::Behind { reached: checkpoint, live: live_checkpoint });
        }
        self.engine.commit(checkpoint)?;
        self.engine.purge()?;
        log_differences(&self.dir, live.as_ref(), &self.engine.view, now)?;
        layout::set_current(&self.dir, number)?;
        layout::finish(&self.dir, number)?;
        for old in layout::generations(&self.dir)? {
            if old != number && Some(old) != live_number {
                // Live already: a reader that stands in the way of the old one is no failure of the new one.
                if let Err(e) = layout::remove_generation(&self.dir, old) {
                    tracing::warn!(generation = old, error = %e, "an old index generation stays until the next reindex");
                }
            }
        }
        tracing::info!(generation = number, "index generation published");
        Ok(number)
    }

    /// Removes the unfinished generation.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn abandon(self) -> Result<(), Error> {
        let (dir, number) = (self.dir.clone(), self.generation());
        self.engine.close()?;
        layout::remove_generation(&dir, number)
    }
}

/// Goes back to the generation before the live one and gives its number. Its checkpoint is older: the writer opened next has
/// to replay the archive from it.
///
/// # Errors
/// [`Error::NoPrevious`] when there is none, [`Error::Locked`] while a reindex runs; else when the disk fails.
pub fn rollback(dir: &Path, now: Timestamp) -> Result<u32, Error> {
    let _lock = layout::lock(dir, REINDEX_LOCK, "reindexing")?;
    let none = || Error::NoPrevious { path: dir.to_owned() };
    let live = layout::current(dir)?.ok_or_else(none)?;
    let mut older = layout::generations(dir)?;
    older.retain(|number| *number < live && !layout::is_unfinished(dir, *number));
    let previous = older.last().copied().ok_or_else(none)?;
    let to = View::open(dir, previous)?;
    log_differences(dir, open_any(dir, live).as_ref(), &to, now)?;
    layout::set_current(dir, previous)?;
    Ok(previous)
}

/// Opens a generation of whatever version for comparison; none if it cannot be read, which a reindex has to survive.
fn open_any(dir: &Path, number: u32) -> Option<View> {
    let path = layout::generation_dir(dir, number);
    let view = tantivy::Index::open_in_dir(&path)
        .map_err(Error::engine("open", &path))
        .and_then(|engine| View::over(engine, path, number));
    view.inspect_err(
        |e| tracing::warn!(number, error = %e, "the live index generation cannot be compared with"),
    )
    .ok()
}

/// Logs what a reader of the feed has to know when `to` takes the place of `from`. Deletions tell the key only: why a document
/// is no longer there is not known here, so the most restrictive reason counts.
fn log_differences(dir: &Path, from: Option<&View>, to: &View, now: Timestamp) -> Result<(), Error> {
    let new = to.searcher()?;
    let old = from.map(|from| Ok::<_, Error>((from, from.searcher()?))).transpose()?;
    for_each(dir, to, &new, now, |key, digest| {
        let before = old.as_ref().map(|(from, searcher)| from.digest(searcher, &key)).transpose()?.flatten();
        Ok((before.is_none() || before != digest).then_some(What::Upsert))
    })?;
    let Some((from, old)) = &old else { return Ok(()) };
    for_each(dir, from, old, now, |key, _| Ok(to.find(&new, &key)?.is_none().then_some(What::Withdrawn)))
}

/// Appends what `judge` says about every document (key, fingerprint) of a view to the log of changes.
fn for_each(
    dir: &Path,
    view: &View,
    searcher: &Searcher,
    now: Timestamp,
    mut judge: impl FnMut(UrlKey, Option<u64>) -> Result<Option<What>, Error>,
) -> Result<(), Error> {
    for segment in searcher.segment_readers() {
        let digests = segment.fast_fields().u64(schema::DIGEST).map_err(Error::engine("read", &view.path))?;
        let mut after = None;
        loop {
            let keys = view.keys_after(segment, after, COMPARED_AT_ONCE)?;
            let Some((last, _)) = keys.last() else { break };
            after = Some(*last);
            let mut found = Vec::new();
            for (key, doc) in keys {
                found.extend(judge(key, digests.first(doc))?.map(|what| (key, what)));
            }
            changes::append(dir, now, found.iter().map(|(key, what)| (*key, what)))?;
        }
    }
    Ok(())
}

impl IndexWriter for GenerationWriter {
    fn put(&mut self, documents: &[Document]) -> Result<(), Error> {
        for document in documents {
            if schema::may_index(document) {
                self.engine.put(document, schema::digest(document), true)?;
            } else {
                self.engine.delete(&document.key);
            }
        }
        Ok(())
    }

    fn delete(&mut self, keys: &[UrlKey], _why: Removal) -> Result<(), Error> {
        for key in keys {
            self.engine.delete(key);
        }
        Ok(())
    }

    /// Durable, so that an interrupted reindex goes on from here; visible only once published. `now` is not used: the feed of
    /// changes learns of a generation when it is published.
    fn commit(&mut self, checkpoint: Position, _now: Timestamp) -> Result<(), Error> {
        self.engine.commit(checkpoint)
    }

    fn checkpoint(&self) -> Position {
        self.engine.checkpoint
    }

    fn purge(&mut self) -> Result<(), Error> {
        self.engine.purge()
    }
}
