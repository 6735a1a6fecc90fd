//! The folder of a graph: the engine's files, `version.json`, and `authority` beside them.
//!
//! Invariant: a folder whose version is not ours is refused, never read wrongly.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use model::UrlKey;
use serde::{Deserialize, Serialize};
use tantivy::schema::{FAST, Field, INDEXED, STORED, Schema};
use tantivy::store::Compressor;
use tantivy::{IndexSettings, Term};

use crate::error::Error;

/// Version of fields and blobs: raised with every change of them.
pub(crate) const VERSION: u32 = 1;

/// Column of the first six bytes of each page's key, which are its site.
pub(crate) const SITE: &str = "site";

/// Bytes of stored pages compressed together: pages of one site share most of their links. Four times as much would save
/// some bytes, but each page that links to a document costs one block when its anchors are asked for.
const BLOCK_BYTES: usize = 16 * 1024;

#[derive(Serialize, Deserialize)]
struct Made {
    links: u32,
}

/// The fields by name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    pub(crate) key: Field,
    pub(crate) target: Field,
    pub(crate) site: Field,
    pub(crate) blob: Field,
}

impl Fields {
    pub(crate) fn key_term(&self, key: &UrlKey) -> Term {
        Term::from_field_bytes(self.key, &key.0)
    }
}

pub(crate) fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let fields = Fields {
        key: builder.add_bytes_field("key", INDEXED),
        target: builder.add_bytes_field("target", INDEXED),
        site: builder.add_u64_field(SITE, FAST),
        blob: builder.add_bytes_field("blob", STORED),
    };
    (builder.build(), fields)
}

/// A site as a number: the six bytes that the keys of its URLs begin with.
pub(crate) fn site_of(key: &[u8]) -> u64 {
    key.iter().take(6).fold(0, |site, byte| site << 8 | u64::from(*byte))
}

/// Where the authority of sites stands.
pub(crate) fn authority_path(dir: &Path) -> PathBuf {
    dir.join("authority")
}

/// Whether there is a graph in `dir`.
pub(crate) fn exists(dir: &Path) -> bool {
    dir.join("meta.json").exists()
}

/// Makes an empty graph.
pub(crate) fn create(dir: &Path) -> Result<(), Error> {
    fs::create_dir_all(dir).map_err(Error::io("create", dir))?;
    let made = serde_json::to_vec(&Made { links: VERSION }).unwrap_or_default();
    replace(&dir.join("version.json"), &made)?;
    let settings = IndexSettings {
        docstore_compression: Compressor::Lz4,
        docstore_blocksize: BLOCK_BYTES,
        ..IndexSettings::default()
    };
    let directory =
        tantivy::directory::MmapDirectory::open(dir).map_err(|e| Error::engine("open", dir)(e.into()))?;
    let builder = tantivy::Index::builder().schema(schema().0).settings(settings);
    builder.open_or_create(directory).map(drop).map_err(Error::engine("create its files", dir))
}

/// Opens the engine's files of a graph of our version.
pub(crate) fn open(dir: &Path) -> Result<tantivy::Index, Error> {
    let path = dir.join("version.json");
    let bytes = fs::read(&path).map_err(Error::io("read", &path))?;
    let made: Made = serde_json::from_slice(&bytes).map_err(|e| Error::damaged(&path, &e))?;
    if made.links != VERSION {
        return Err(Error::Version { path: dir.to_owned(), found: made.links, expected: VERSION });
    }
    let engine = tantivy::Index::open_in_dir(dir).map_err(Error::engine("open", dir))?;
    if engine.schema() != schema().0 {
        return Err(Error::damaged(dir, &"its fields are not those of its version"));
    }
    Ok(engine)
}

/// Writes a file so that it is either the old one or the new one, whatever happens.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let temporary = path.with_extension("tmp");
    let mut file = File::create(&temporary).map_err(Error::io("create", &temporary))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(Error::io("write", &temporary))?;
    fs::rename(&temporary, path).map_err(Error::io("replace", path))?;
    let Some(parent) = path.parent() else { return Ok(()) };
    File::open(parent).and_then(|dir| dir.sync_all()).map_err(Error::io("write", parent))
}
