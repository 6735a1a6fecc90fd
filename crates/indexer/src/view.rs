//! One generation opened for reading.
//!
//! Invariant: a view never writes; [`View::searcher`] is the last commit of whichever process writes.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use model::{Document, Position, UrlKey};
use serde::{Deserialize, Serialize};
use tantivy::schema::{IndexRecordOption, Value};
use tantivy::{
    DocAddress, DocSet, IndexReader, ReloadPolicy, Searcher, SegmentReader, TERMINATED, TantivyDocument,
};

use crate::error::Error;
use crate::layout::{self, Stamp};
use crate::schema::{self, Fields};
use crate::stored;
use crate::{analysis, cross, lookup::Stats};

/// Decompressed blocks of stored documents kept per segment.
const STORE_BLOCKS: usize = 50;

/// What a commit carries beside the documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Payload {
    pub(crate) checkpoint: Position,
}

/// What groups a document belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Groups {
    pub(crate) story: Option<u64>,
    pub(crate) copy: Option<u64>,
}

/// A generation opened for reading.
pub(crate) struct View {
    pub(crate) number: u32,
    pub(crate) path: PathBuf,
    pub(crate) fields: Fields,
    pub(crate) engine: tantivy::Index,
    reader: IndexReader,
    /// How the commit file looked when the reader was last loaded.
    loaded: Mutex<Stamp>,
}

/// Opens the search engine's files of a generation of our version.
pub(crate) fn open_engine(path: &Path) -> Result<tantivy::Index, Error> {
    layout::check_version(path)?;
    let engine = tantivy::Index::open_in_dir(path).map_err(Error::engine("open", path))?;
    if engine.schema() != schema::schema().0 {
        return Err(Error::Damaged {
            path: path.to_owned(),
            detail: "its fields are not those of its version".to_owned(),
        });
    }
    analysis::register(engine.tokenizers());
    cross::register(engine.tokenizers());
    Ok(engine)
}

/// The checkpoint of the last commit.
pub(crate) fn checkpoint(engine: &tantivy::Index, path: &Path) -> Result<Position, Error> {
    let meta = engine.load_metas().map_err(Error::engine("read its last commit", path))?;
    match meta.payload {
        None => Ok(Position::default()),
        Some(text) => serde_json::from_str::<Payload>(&text)
            .map(|payload| payload.checkpoint)
            .map_err(|e| Error::Damaged { path: path.join("meta.json"), detail: e.to_string() }),
    }
}

impl View {
    /// Opens generation `number` of the index in `dir`.
    pub(crate) fn open(dir: &Path, number: u32) -> Result<Self, Error> {
        let path = layout::generation_dir(dir, number);
        Self::over(open_engine(&path)?, path, number)
    }

    /// Reads an already opened engine.
    pub(crate) fn over(engine: tantivy::Index, path: PathBuf, number: u32) -> Result<Self, Error> {
        let loaded = Stamp::of(&path.join("meta.json"));
        let reader = engine
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .doc_store_cache_num_blocks(STORE_BLOCKS)
            .try_into()
            .map_err(Error::engine("open", &path))?;
        let fields = Fields::of(&engine.schema()).map_err(Error::engine("open", &path))?;
        Ok(Self { number, path, fields, engine, reader, loaded: Mutex::new(loaded) })
    }

    /// The state of the last commit.
    pub(crate) fn searcher(&self) -> Result<Searcher, Error> {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        // Taken before loading: a commit in between is then seen by the next call.
        let stamp = Stamp::of(&self.path.join("meta.json"));
        if *loaded != stamp {
            self.reader.reload().map_err(Error::engine("read its last commit", &self.path))?;
            *loaded = stamp;
        }
        Ok(self.reader.searcher())
    }

    /// Where a link stands.
    pub(crate) fn find(&self, searcher: &Searcher, key: &UrlKey) -> Result<Option<DocAddress>, Error> {
        for (segment, doc) in (0..).zip(searcher.segment_readers()) {
            if let Some(doc) = self.find_in(doc, key)? {
                return Ok(Some(DocAddress::new(segment, doc)));
            }
        }
        Ok(None)
    }

    fn find_in(&self, segment: &SegmentReader, key: &UrlKey) -> Result<Option<u32>, Error> {
        let failed = |e| Error::io("read", &self.path)(e);
        let index = segment.inverted_index(self.fields.key).map_err(Error::engine("read", &self.path))?;
        let postings =
            index.read_postings(&self.fields.key_term(key), IndexRecordOption::Basic).map_err(failed)?;
        let Some(mut postings) = postings else { return Ok(None) };
        let mut doc = postings.doc();
        while doc != TERMINATED {
            if !segment.is_deleted(doc) {
                return Ok(Some(doc));
            }
            doc = postings.advance();
        }
        Ok(None)
    }

    /// The fingerprint of a link's document, if it is there.
    pub(crate) fn digest(&self, searcher: &Searcher, key: &UrlKey) -> Result<Option<u64>, Error> {
        let Some(address) = self.find(searcher, key)? else { return Ok(None) };
        let segment = searcher.segment_reader(address.segment_ord);
        let column = segment.fast_fields().u64(schema::DIGEST).map_err(Error::engine("read", &self.path))?;
        Ok(column.first(address.doc_id))
    }

    /// The document stored at an address.
    pub(crate) fn document(&self, searcher: &Searcher, address: DocAddress) -> Result<Document, Error> {
        let stored: TantivyDocument =
            searcher.doc(address).map_err(Error::engine("read a document", &self.path))?;
        let source = stored.get_first(self.fields.source);
        let text = source.as_ref().and_then(Value::as_str).unwrap_or_default();
        stored::decode(text).map_err(|e| Error::Damaged {
            path: self.path.clone(),
            detail: format!("a stored document cannot be read: {e}"),
        })
    }

    /// The groups the document at an address belongs to.
    pub(crate) fn groups(&self, searcher: &Searcher, address: DocAddress) -> Result<Groups, Error> {
        let columns = searcher.segment_reader(address.segment_ord).fast_fields();
        let value = |column| {
            let column = columns.column_opt::<u64>(column).map_err(Error::engine("read", &self.path))?;
            Ok(column.and_then(|column| column.first(address.doc_id)))
        };
        Ok(Groups { story: value(schema::STORY)?, copy: value(schema::COPY)? })
    }

    /// Keys of the documents of one segment after `after`, ascending, at most `limit`.
    pub(crate) fn keys_after(
        &self,
        segment: &SegmentReader,
        after: Option<UrlKey>,
        limit: usize,
    ) -> Result<Vec<(UrlKey, u32)>, Error> {
        let failed = |e| Error::io("read", &self.path)(e);
        let index = segment.inverted_index(self.fields.key).map_err(Error::engine("read", &self.path))?;
        let range = index.terms().range();
        let range = if let Some(after) = after { range.gt(after.0) } else { range };
        let mut stream = range.into_stream().map_err(failed)?;
        let mut found = Vec::new();
        while found.len() < limit && stream.advance() {
            let Ok(key) = <[u8; 16]>::try_from(stream.key()).map(UrlKey) else { continue };
            if let Some(doc) = self.find_in(segment, &key)? {
                found.push((key, doc));
            }
        }
        Ok(found)
    }

    /// The generation in figures; the number of changes is the caller's to add.
    pub(crate) fn stats(&self) -> Result<Stats, Error> {
        let searcher = self.searcher()?;
        let deleted = searcher.segment_readers().iter().map(|s| u64::from(s.num_deleted_docs())).sum();
        Ok(Stats {
            documents: searcher.num_docs(),
            deleted,
            generation: self.number,
            segments: searcher.segment_readers().len(),
            bytes: layout::bytes(&self.path)?,
            checkpoint: checkpoint(&self.engine, &self.path)?,
            changes: 0,
        })
    }
}
