//! The graph opened for reading. Invariant: it never writes, and follows the commits of whichever process does.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use model::{Position, Timestamp, UrlKey};
use serde::Serialize;
use tantivy::columnar::Column;
use tantivy::schema::{Field, IndexRecordOption, Value};
use tantivy::{
    DocAddress, DocSet, IndexReader, ReloadPolicy, Searcher, SegmentReader, TERMINATED, TantivyDocument, Term,
};

use crate::blob::{self, Blob};
use crate::error::Error;
use crate::layout::{self, Fields};
use crate::page::{Inlink, Page};
use crate::{anchors, writer};

/// Decompressed blocks (16 KiB) of stored pages kept per segment: a site's pages are in few.
const STORE_BLOCKS: usize = 64;
/// Pages that link to one target looked at to choose among, without reading them.
const CITING_LOOKED_AT_MAX: usize = 4_096;
/// And read for its anchors: asked for every document that is indexed, and 10 sites say what there is to say.
const CITING_READ_MAX: usize = 10;

/// The graph in figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// Pages in it.
    pub pages: u64,
    /// Distinct targets per segment, summed.
    pub targets: u64,
    /// Bytes of its files.
    pub bytes: u64,
    /// The place in the archive it reaches to.
    pub checkpoint: Position,
}

/// The graph in a folder, for reading.
pub struct Graph {
    dir: PathBuf,
    engine: tantivy::Index,
    fields: Fields,
    reader: IndexReader,
    /// How the commit file looked when the reader was last loaded.
    loaded: Mutex<Option<(SystemTime, u64)>>,
    /// The sites of the pages of each segment, as of a generation of the reader: opening a column costs more than asking it.
    sites: Mutex<(u64, Arc<Vec<Column<u64>>>)>,
}

/// A page that links to a target.
#[derive(Clone, Copy)]
struct Citing {
    address: DocAddress,
    site: u64,
}

impl Graph {
    /// Opens the graph in `dir`; none where none was made yet.
    ///
    /// # Errors
    /// When it is of another version or damaged, or the disk fails.
    pub fn open(dir: &Path) -> Result<Option<Self>, Error> {
        if !layout::exists(dir) {
            return Ok(None);
        }
        let engine = layout::open(dir)?;
        let loaded = stamp(dir);
        let reader = engine
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .doc_store_cache_num_blocks(STORE_BLOCKS)
            .try_into()
            .map_err(Error::engine("open", dir))?;
        let fields = layout::schema().1;
        // No generation has this number.
        let sites = Mutex::new((u64::MAX, Arc::default()));
        Ok(Some(Self { dir: dir.to_owned(), engine, fields, reader, loaded: Mutex::new(loaded), sites }))
    }

    /// The state of the last commit.
    pub(crate) fn searcher(&self) -> Result<Searcher, Error> {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        // Looked at before loading: a commit in between is then seen by the next call.
        let now = stamp(&self.dir);
        if *loaded != now {
            self.reader.reload().map_err(Error::engine("read its last commit", &self.dir))?;
            *loaded = now;
        }
        Ok(self.reader.searcher())
    }

    /// A page with the links on it.
    ///
    /// # Errors
    /// When the disk fails or the page cannot be read.
    pub fn outlinks(&self, key: &UrlKey) -> Result<Option<Page>, Error> {
        let searcher = self.searcher()?;
        let mut found = None;
        self.each(&searcher, self.fields.key, key, 1, |address, _| found = Some(address))?;
        found.map(|address| self.read(&searcher, address, |blob| blob.page(*key))).transpose()
    }

    /// Links that lead to `key` from pages that vouch for them, at most `limit`; those from other sites first.
    ///
    /// # Errors
    /// When the disk fails or a page cannot be read.
    pub fn inlinks(&self, key: &UrlKey, limit: usize, now: Timestamp) -> Result<Vec<Inlink>, Error> {
        let searcher = self.searcher()?;
        let own = layout::site_of(&key.0);
        let mut found = Vec::new();
        for citing in self.citing(&searcher, key, limit)? {
            self.read(&searcher, citing.address, |blob| {
                if blob.may_show(now) {
                    found.extend(blob.to(key).map(|n| Inlink {
                        from: blob.url.to_owned(),
                        text: blob.texts[n].to_owned(),
                        kind: blob.kinds[n],
                        foreign: citing.site != own,
                    }));
                }
            })?;
        }
        found.truncate(limit);
        Ok(found)
    }

    /// How many pages link to `key` and vouch for it.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn inlink_count(&self, key: &UrlKey) -> Result<u64, Error> {
        let mut count = 0;
        let searcher = self.searcher()?;
        self.each(&searcher, self.fields.target, key, usize::MAX, |_, _| count += 1)?;
        Ok(count)
    }

    /// What other pages call `key`: distinct texts, most telling first, at most `max`, each at most
    /// [`anchors::CHARS_MAX`] characters.
    ///
    /// # Errors
    /// When the disk fails or a page cannot be read.
    pub fn anchors(&self, key: &UrlKey, max: usize, now: Timestamp) -> Result<Vec<String>, Error> {
        Ok(anchors::telling(&self.inlinks(key, CITING_READ_MAX, now)?, max))
    }

    /// Pages after `after` in the order of their keys, at most `limit`.
    ///
    /// # Errors
    /// When the disk fails or a page cannot be read.
    pub fn pages(&self, after: Option<UrlKey>, limit: usize) -> Result<Vec<Page>, Error> {
        let searcher = self.searcher()?;
        let mut found = BTreeMap::new();
        for (ord, segment) in (0..).zip(searcher.segment_readers()) {
            let index = segment.inverted_index(self.fields.key).map_err(Error::engine("read", &self.dir))?;
            let range = index.terms().range();
            let range = if let Some(after) = after { range.gt(after.0) } else { range };
            let mut stream = range.into_stream().map_err(Error::io("read", &self.dir))?;
            let mut taken = 0;
            while taken < limit && stream.advance() {
                let Ok(key) = <[u8; 16]>::try_from(stream.key()).map(UrlKey) else { continue };
                self.each_in(segment, self.fields.key, &key, &mut |doc| {
                    found.insert(key, DocAddress::new(ord, doc));
                    taken += 1;
                    false
                })?;
            }
        }
        let first = found.into_iter().take(limit);
        first.map(|(key, address)| self.read(&searcher, address, |blob| blob.page(key))).collect()
    }

    /// The graph in figures.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn stats(&self) -> Result<Stats, Error> {
        let searcher = self.searcher()?;
        let mut targets = 0;
        for segment in searcher.segment_readers() {
            let index =
                segment.inverted_index(self.fields.target).map_err(Error::engine("read", &self.dir))?;
            targets += index.terms().num_terms() as u64;
        }
        let entries = std::fs::read_dir(&self.dir).map_err(Error::io("read", &self.dir))?;
        Ok(Stats {
            pages: searcher.num_docs(),
            targets,
            bytes: entries.flatten().filter_map(|entry| entry.metadata().ok()).map(|meta| meta.len()).sum(),
            checkpoint: writer::checkpoint(&self.engine, &self.dir)?,
        })
    }

    fn sites(&self, searcher: &Searcher) -> Result<Arc<Vec<Column<u64>>>, Error> {
        let generation = searcher.generation().generation_id();
        let mut sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        if sites.0 != generation {
            let column = |segment: &SegmentReader| segment.fast_fields().u64(layout::SITE);
            let columns: tantivy::Result<Vec<_>> = searcher.segment_readers().iter().map(column).collect();
            *sites = (generation, Arc::new(columns.map_err(Error::engine("read", &self.dir))?));
        }
        Ok(Arc::clone(&sites.1))
    }

    /// Pages that link to `key`, at most `limit`: other sites' first and each of them once before any twice, then its own
    /// site's.
    fn citing(&self, searcher: &Searcher, key: &UrlKey, limit: usize) -> Result<Vec<Citing>, Error> {
        let own = layout::site_of(&key.0);
        let mut times: BTreeMap<u64, usize> = BTreeMap::new();
        let mut ranked = Vec::new();
        let columns = self.sites(searcher)?;
        self.each(searcher, self.fields.target, key, CITING_LOOKED_AT_MAX, |address, n| {
            let site = columns[n].first(address.doc_id).unwrap_or_default();
            let seen = times.entry(site).or_default();
            ranked.push((site == own, *seen, Citing { address, site }));
            *seen += 1;
        })?;
        ranked.sort_by_key(|(is_own, seen, _)| (*is_own, *seen));
        Ok(ranked.into_iter().take(limit).map(|(.., citing)| citing).collect())
    }

    /// Calls `found` with the address of every page that has a term, and the number of its segment, `limit` times at most.
    fn each(
        &self,
        searcher: &Searcher,
        field: Field,
        key: &UrlKey,
        limit: usize,
        mut found: impl FnMut(DocAddress, usize),
    ) -> Result<(), Error> {
        let mut left = limit;
        for (n, (ord, segment)) in (0..).zip(searcher.segment_readers()).enumerate() {
            if left == 0 {
                break;
            }
            self.each_in(segment, field, key, &mut |doc| {
                found(DocAddress::new(ord, doc), n);
                left -= 1;
                left > 0
            })?;
        }
        Ok(())
    }

    /// Calls `found` with every page of a segment that has a term, until it says no.
    fn each_in(
        &self,
        segment: &SegmentReader,
        field: Field,
        key: &UrlKey,
        found: &mut dyn FnMut(u32) -> bool,
    ) -> Result<(), Error> {
        let index = segment.inverted_index(field).map_err(Error::engine("read", &self.dir))?;
        let term = Term::from_field_bytes(field, &key.0);
        let postings =
            index.read_postings(&term, IndexRecordOption::Basic).map_err(Error::io("read", &self.dir))?;
        let Some(mut postings) = postings else { return Ok(()) };
        let mut doc = postings.doc();
        while doc != TERMINATED {
            if !segment.is_deleted(doc) && !found(doc) {
                break;
            }
            doc = postings.advance();
        }
        Ok(())
    }

    fn read<R>(
        &self,
        searcher: &Searcher,
        address: DocAddress,
        with: impl FnOnce(&Blob<'_>) -> R,
    ) -> Result<R, Error> {
        let stored: TantivyDocument =
            searcher.doc(address).map_err(Error::engine("read a page", &self.dir))?;
        let value = stored.get_first(self.fields.blob);
        let bytes = value.as_ref().and_then(Value::as_bytes).unwrap_or_default();
        blob::decode(bytes).map(|blob| with(&blob)).map_err(|e| Error::damaged(&self.dir, &e))
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(crate) fn target_field(&self) -> Field {
        self.fields.target
    }
}

fn stamp(dir: &Path) -> Option<(SystemTime, u64)> {
    let meta = std::fs::metadata(dir.join("meta.json")).ok()?;
    Some((meta.modified().ok()?, meta.len()))
}
