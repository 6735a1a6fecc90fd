//! The search engine's writer over one generation: what the live writer and the reindex have in common.
//!
//! Invariant: documents waiting to be indexed hold at most a quarter of `Settings::memory`, whatever their number.

use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use model::{Document, Position, UrlKey};
use tantivy::index::{SegmentId, SegmentMeta};
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy, UserOperation};
use tantivy::schema::document::Document as EngineDocument;
use tantivy::store::{Compressor, ZstdCompressor};
use tantivy::{IndexSettings, IndexWriter, TantivyDocument, TantivyError};

use crate::error::Error;
use crate::inbound::{Inbound, Unlinked};
use crate::layout;
use crate::recall;
use crate::schema::{self, Place, Surroundings};
use crate::settings::Settings;
use crate::stored;
use crate::story::{self, Placement, Stories};
use crate::view::{self, Payload, View};

/// The search engine takes no less per thread (its `MEMORY_BUDGET_NUM_BYTES_MIN`).
const ARENA_BYTES_MIN: usize = 15_000_000;

/// And no more per thread (its `MEMORY_BUDGET_NUM_BYTES_MAX`).
const ARENA_BYTES_MAX: usize = 4_000_000_000;

/// A segment with this part deleted is merged, so that deleted text does not stay for good.
const DELETED_PART_MAX: f32 = 0.2;

/// Stored documents are compressed in blocks of so many bytes: a hit unpacks its whole block, and a smaller one packs worse.
const STORE_BLOCK_BYTES: usize = 8 * 1024;

/// Waiting for room longer than this means the indexing threads are dead.
const ROOM_WAIT: Duration = Duration::from_mins(2);
/// Looks at the segments of a purge, and the pause between two: a merge of a full-size segment takes seconds.
const PURGE_ATTEMPTS_MAX: u32 = 6_000;
const PURGE_PAUSE: Duration = Duration::from_millis(10);

/// The writer of one generation.
pub(crate) struct Engine {
    pub(crate) view: View,
    writer: IndexWriter<Queued>,
    room: Arc<Room>,
    /// What other pages say about documents.
    pub(crate) inbound: Arc<dyn Inbound>,
    /// Filled from the index before the first document is put.
    stories: Option<Stories>,
    stories_settings: story::Settings,
    /// Of the last commit.
    pub(crate) checkpoint: Position,
    /// Changes since the last commit.
    pub(crate) uncommitted: usize,
}

/// A document on its way to an indexing thread; gives its room back when indexed.
struct Queued {
    entry: TantivyDocument,
    _place: Taken,
}

/// Room for waiting documents.
struct Room {
    bytes_max: usize,
    used: Mutex<usize>,
    freed: Condvar,
}

struct Taken {
    room: Arc<Room>,
    bytes: usize,
}

impl EngineDocument for Queued {
    type Value<'a> = <TantivyDocument as EngineDocument>::Value<'a>;
    type FieldsValuesIter<'a> = <TantivyDocument as EngineDocument>::FieldsValuesIter<'a>;

    fn iter_fields_and_values(&self) -> Self::FieldsValuesIter<'_> {
        self.entry.iter_fields_and_values()
    }
}

impl Room {
    /// Takes room, waiting for it; a document larger than all of it waits for all of it.
    fn take(self: &Arc<Self>, bytes: usize) -> Option<Taken> {
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let full = |used: &mut usize| *used > 0 && *used + bytes > self.bytes_max;
        let waited = self.freed.wait_timeout_while(used, ROOM_WAIT, full);
        let (mut used, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        if timeout.timed_out() {
            return None;
        }
        *used += bytes;
        Some(Taken { room: Arc::clone(self), bytes })
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        *self.room.used.lock().unwrap_or_else(PoisonError::into_inner) -= self.bytes;
        self.room.freed.notify_all();
    }
}

/// Makes the search engine's files of a new generation.
pub(crate) fn create(path: &Path) -> Result<(), Error> {
    let settings = IndexSettings {
        docstore_compression: Compressor::Zstd(ZstdCompressor::default()),
        docstore_blocksize: STORE_BLOCK_BYTES,
        ..IndexSettings::default()
    };
    let directory = tantivy::directory::MmapDirectory::open(path)
        .map_err(|e| Error::engine("open", path)(tantivy::TantivyError::from(e)))?;
    let builder = tantivy::Index::builder().schema(schema::schema().0).settings(settings);
    builder.open_or_create(directory).map(drop).map_err(Error::engine("create", path))
}

impl Engine {
    /// Opens the writer of a generation whose files are there.
    pub(crate) fn open(path: &Path, number: u32, settings: &Settings) -> Result<Self, Error> {
        let engine = view::open_engine(path)?;
        let checkpoint = view::checkpoint(&engine, path)?;
        let threads = settings.threads.clamp(1, 8);
        let arena = (settings.memory.as_len() / 4 * 3 / threads).clamp(ARENA_BYTES_MIN, ARENA_BYTES_MAX);
        let options = IndexWriterOptions::builder()
            .num_worker_threads(threads)
            .memory_budget_per_thread(arena)
            .num_merge_threads(1)
            .build();
        let writer: IndexWriter<Queued> =
            engine.writer_with_options(options).map_err(Error::engine("open for writing", path))?;
        let mut policy = LogMergePolicy::default();
        policy.set_del_docs_ratio_before_merge(DELETED_PART_MAX);
        writer.set_merge_policy(Box::new(policy));
        let room =
            Room { bytes_max: settings.memory.as_len() / 4, used: Mutex::new(0), freed: Condvar::new() };
        let view = View::over(engine, path.to_owned(), number)?;
        let inbound = Arc::new(Unlinked);
        Ok(Self {
            view,
            writer,
            room: Arc::new(room),
            inbound,
            stories: None,
            stories_settings: settings.stories.clone(),
            checkpoint,
            uncommitted: 0,
        })
    }

    fn path(&self) -> &Path {
        &self.view.path
    }

    /// Adds a document, or replaces it if it may be there already (`known`): a delete costs every segment a look-up.
    pub(crate) fn put(&mut self, document: &Document, digest: u64, known: bool) -> Result<(), Error> {
        let source = stored::encode(document).map_err(|e| Error::Damaged {
            path: self.path().to_owned(),
            detail: format!("a document cannot be written down: {e}"),
        })?;
        let placement = self.place(document, known)?;
        let place = Place::of(&document.url);
        let surroundings = Surroundings {
            story: placement.map(|placement| placement.story),
            copy: placement.map(|placement| placement.copy),
            anchors: self.inbound.anchors(&document.key),
            authority: self.inbound.authority(&place.site),
        };
        let mut entry = self.view.fields.entry(document, digest, &place, &surroundings);
        entry.add_text(self.view.fields.source, &source);
        // Its texts stand in it three times: stored, and in two fields until they are indexed.
        let Some(place) = self.room.take(3 * source.len()) else {
            return Err(Error::engine("index a document", self.path())(
                tantivy::TantivyError::ErrorInThread("the indexing threads have stopped".to_owned()),
            ));
        };
        let term = self.view.fields.key_term(&document.key);
        let queued = Queued { entry, _place: place };
        let run = if known {
            self.writer.run([UserOperation::Delete(term), UserOperation::Add(queued)])
        } else {
            self.writer.add_document(queued)
        };
        run.map_err(Error::engine("index a document", self.path()))?;
        self.uncommitted += 1;
        Ok(())
    }

    /// The story and the group of copies of a document: those it was given before, if it is in the index; none where
    /// stories are switched off.
    fn place(&mut self, document: &Document, known: bool) -> Result<Option<Placement>, Error> {
        if self.stories_settings.documents_max == 0 {
            return Ok(None);
        }
        let stories = match &mut self.stories {
            Some(stories) => stories,
            none => none.insert(recall::stories(&self.view, &self.stories_settings)?),
        };
        if known && !stories.knows(&document.key) {
            let searcher = self.view.searcher()?;
            if let Some(address) = self.view.find(&searcher, &document.key)?
                && let Some(placement) = recall::placement(&self.view, &searcher, address)?
            {
                stories.restore(document, placement);
            }
        }
        Ok(Some(stories.assign(document)))
    }

    /// Removes a document if it is there.
    pub(crate) fn delete(&mut self, key: &UrlKey) {
        if let Some(stories) = &mut self.stories {
            stories.forget(key);
        }
        self.writer.delete_term(self.view.fields.key_term(key));
        self.uncommitted += 1;
    }

    /// Makes everything so far durable and visible.
    pub(crate) fn commit(&mut self, checkpoint: Position) -> Result<(), Error> {
        if self.uncommitted == 0 && checkpoint == self.checkpoint {
            return Ok(());
        }
        let payload = serde_json::to_string(&Payload { checkpoint }).map_err(|e| Error::Damaged {
            path: self.path().to_owned(),
            detail: format!("a checkpoint cannot be written down: {e}"),
        })?;
        let path = self.view.path.clone();
        let mut commit = self.writer.prepare_commit().map_err(Error::engine("commit", &path))?;
        commit.set_payload(&payload);
        commit.commit().map_err(Error::engine("commit", &path))?;
        self.checkpoint = checkpoint;
        self.uncommitted = 0;
        Ok(())
    }

    /// Writes every segment that holds deleted documents anew without them, and removes the old files.
    pub(crate) fn purge(&mut self) -> Result<(), Error> {
        let path = self.view.path.clone();
        self.merge_holed().map_err(Error::engine("purge deleted documents", &path))?;
        // Our own reader must let go of the old segments first.
        drop(self.view.searcher()?);
        let collected = self.writer.garbage_collect_files().wait();
        collected.map(drop).map_err(Error::engine("remove purged files", &path))
    }

    /// Merges every segment that holds deleted documents. A merge that a commit has set off may take such a segment away
    /// at any moment; then those left are asked for again.
    fn merge_holed(&mut self) -> tantivy::Result<()> {
        for _ in 0..PURGE_ATTEMPTS_MAX {
            let metas = self.view.engine.searchable_segment_metas()?;
            let holed: Vec<SegmentId> =
                metas.iter().filter(|meta| meta.num_deleted_docs() > 0).map(SegmentMeta::id).collect();
            if holed.is_empty() {
                return Ok(());
            }
            match self.writer.merge(&holed).wait() {
                Ok(_) | Err(TantivyError::InvalidArgument(_)) => std::thread::sleep(PURGE_PAUSE),
                Err(error) => return Err(error),
            }
        }
        Err(TantivyError::InternalError(
            "segments with deleted documents keep changing under the purge".to_owned(),
        ))
    }

    /// Ends writing: merges in progress are waited for.
    pub(crate) fn close(self) -> Result<(), Error> {
        let path = self.view.path.clone();
        self.writer.wait_merging_threads().map_err(Error::engine("end merging", &path))
    }
}

/// Opens generation `number` for writing, making its files if a crash left none.
pub(crate) fn open_generation(dir: &Path, number: u32, settings: &Settings) -> Result<Engine, Error> {
    let path = layout::generation_dir(dir, number);
    if !path.join("meta.json").exists() {
        layout::check_version(&path)?;
        create(&path)?;
    }
    Engine::open(&path, number, settings)
}
