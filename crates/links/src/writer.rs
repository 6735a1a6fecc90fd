//! The one writer of a graph.
//!
//! Invariant: putting a page again changes nothing, so that replaying the archive from an older checkpoint is harmless; pages
//! waiting to be written hold at most [`WAITING_BYTES_MAX`] and one page.

use std::path::{Path, PathBuf};

use model::{Position, UrlKey};
use serde::{Deserialize, Serialize};
use tantivy::index::{SegmentId, SegmentMeta};
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy, UserOperation};
use tantivy::{IndexWriter, TantivyDocument, TantivyError};

use crate::blob;
use crate::error::Error;
use crate::layout::{self, Fields};
use crate::page::Page;

/// The engine takes no less (its `MEMORY_BUDGET_NUM_BYTES_MIN`), and a page needs little: its terms.
const ARENA_BYTES: usize = 15_000_000;
/// Bytes of stored pages and their terms after which they are written out, checkpoint or not: the engine bounds what waits for
/// it by number only.
const WAITING_BYTES_MAX: usize = 32 * 1024 * 1024;
/// A segment with this part deleted is merged: pages are put again whenever they change.
const DELETED_PART_MAX: f32 = 0.3;
/// Looks at the segments of a purge, and the pause between two: as in the index.
const PURGE_ATTEMPTS_MAX: u32 = 6_000;
const PURGE_PAUSE: std::time::Duration = std::time::Duration::from_millis(10);

/// What a commit carries beside the pages.
#[derive(Serialize, Deserialize)]
struct Payload {
    checkpoint: Position,
}

/// The writer of the graph in a folder.
pub struct Writer {
    dir: PathBuf,
    engine: tantivy::Index,
    sink: IndexWriter,
    fields: Fields,
    checkpoint: Position,
    waiting_bytes: usize,
    is_changed: bool,
}

/// The checkpoint of the last commit.
pub(crate) fn checkpoint(engine: &tantivy::Index, dir: &Path) -> Result<Position, Error> {
    let meta = engine.load_metas().map_err(Error::engine("read its last commit", dir))?;
    let Some(text) = meta.payload else { return Ok(Position::default()) };
    serde_json::from_str::<Payload>(&text)
        .map(|payload| payload.checkpoint)
        .map_err(|e| Error::damaged(&dir.join("meta.json"), &e))
}

impl Writer {
    /// Opens the graph in `dir`, making an empty one (checkpoint 0) if there is none.
    ///
    /// # Errors
    /// When it is of another version or damaged, when another writer is open, or when the disk fails.
    pub fn open(dir: &Path) -> Result<Self, Error> {
        if !layout::exists(dir) {
            layout::create(dir)?;
        }
        let engine = layout::open(dir)?;
        let options = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .memory_budget_per_thread(ARENA_BYTES)
            .num_merge_threads(1)
            .build();
        let writer: IndexWriter =
            engine.writer_with_options(options).map_err(Error::engine("open for writing", dir))?;
        let mut policy = LogMergePolicy::default();
        policy.set_del_docs_ratio_before_merge(DELETED_PART_MAX);
        writer.set_merge_policy(Box::new(policy));
        Ok(Self {
            checkpoint: checkpoint(&engine, dir)?,
            dir: dir.to_owned(),
            engine,
            sink: writer,
            fields: layout::schema().1,
            waiting_bytes: 0,
            is_changed: false,
        })
    }

    /// Removes the graph in `dir`, whatever its state, and makes an empty one; the authority of sites stays.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn recreate(dir: &Path) -> Result<Self, Error> {
        let authority = std::fs::read(layout::authority_path(dir)).ok();
        match std::fs::remove_dir_all(dir) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(Error::io("remove", dir)(e)),
            _ => {}
        }
        let writer = Self::open(dir)?;
        if let Some(authority) = authority {
            layout::replace(&layout::authority_path(dir), &authority)?;
        }
        Ok(writer)
    }

    /// Adds pages, or replaces those with the same key.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn put(&mut self, pages: &[Page]) -> Result<(), Error> {
        for page in pages {
            let bytes = blob::encode(page).map_err(|e| Error::damaged(&self.dir, &e))?;
            let mut targets: Vec<UrlKey> = page.links.iter().filter_map(|link| link.target).collect();
            targets.retain(|target| *target != page.key);
            targets.sort_unstable();
            targets.dedup();
            let mut entry = TantivyDocument::new();
            entry.add_bytes(self.fields.key, &page.key.0);
            entry.add_u64(self.fields.site, layout::site_of(&page.key.0));
            for target in &targets {
                entry.add_bytes(self.fields.target, &target.0);
            }
            entry.add_bytes(self.fields.blob, &bytes);
            let delete = UserOperation::Delete(self.fields.key_term(&page.key));
            self.sink
                .run([delete, UserOperation::Add(entry)])
                .map_err(Error::engine("take in a page", &self.dir))?;
            self.is_changed = true;
            self.waiting_bytes += bytes.len() + 32 * targets.len();
            if self.waiting_bytes > WAITING_BYTES_MAX {
                self.commit(self.checkpoint)?;
            }
        }
        Ok(())
    }

    /// Removes pages; unknown keys are no error.
    pub fn delete(&mut self, keys: &[UrlKey]) {
        for key in keys {
            self.sink.delete_term(self.fields.key_term(key));
            self.is_changed = true;
        }
    }

    /// Makes everything so far durable and visible, with the place in the archive it reaches to.
    ///
    /// # Errors
    /// When the disk fails; nothing of this commit is then visible.
    pub fn commit(&mut self, checkpoint: Position) -> Result<(), Error> {
        if !self.is_changed && checkpoint == self.checkpoint {
            return Ok(());
        }
        let payload =
            serde_json::to_string(&Payload { checkpoint }).map_err(|e| Error::damaged(&self.dir, &e))?;
        let mut commit = self.sink.prepare_commit().map_err(Error::engine("commit", &self.dir))?;
        commit.set_payload(&payload);
        commit.commit().map_err(Error::engine("commit", &self.dir))?;
        self.checkpoint = checkpoint;
        self.waiting_bytes = 0;
        self.is_changed = false;
        Ok(())
    }

    /// The place in the archive of the last commit: replay from here after a crash.
    #[must_use]
    pub fn checkpoint(&self) -> Position {
        self.checkpoint
    }

    /// Removes what was deleted from the files for real. Everything must be committed before.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn purge(&mut self) -> Result<(), Error> {
        self.merge_holed().map_err(Error::engine("purge deleted pages", &self.dir))?;
        let collected = self.sink.garbage_collect_files().wait();
        collected.map(drop).map_err(Error::engine("remove purged files", &self.dir))
    }

    /// A merge that a commit has set off may take a segment away at any moment; then those left are asked for again.
    fn merge_holed(&mut self) -> tantivy::Result<()> {
        for _ in 0..PURGE_ATTEMPTS_MAX {
            let metas = self.engine.searchable_segment_metas()?;
            let holed: Vec<SegmentId> =
                metas.iter().filter(|meta| meta.num_deleted_docs() > 0).map(SegmentMeta::id).collect();
            if holed.is_empty() {
                return Ok(());
            }
            match self.sink.merge(&holed).wait() {
                Ok(_) | Err(TantivyError::InvalidArgument(_)) => std::thread::sleep(PURGE_PAUSE),
                Err(error) => return Err(error),
            }
        }
        Err(TantivyError::InternalError(
            "segments with deleted pages keep changing under the purge".to_owned(),
        ))
    }

    /// Ends writing in good order: waits for merges. What is not committed is dropped.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn close(self) -> Result<(), Error> {
        self.sink.wait_merging_threads().map_err(Error::engine("end merging", &self.dir))
    }
}

#[cfg(test)]
mod tests;
