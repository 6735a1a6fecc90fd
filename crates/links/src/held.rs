//! Every byte string that an engine folder holds and gives back: stored documents, deleted ones too until a purge has written
//! their segment anew, and the terms of every field. For proving that something is gone.
//!
//! Invariant: what is compressed is unpacked by the engine's own reader, and a file it cannot read is an error, not silence.

use std::path::Path;

use tantivy::schema::document::{Document as _, Value as _};
use tantivy::store::StoreReader;
use tantivy::{Directory as _, TantivyDocument};

use crate::error::Error;

/// Calls `found` with the file's path, what it is (`stored document`, `index term`) and the bytes. Works on any folder of the
/// engine, the index's too. Term files of segments that no commit names any more are not read; their stored documents are.
///
/// # Errors
/// When a file cannot be read.
pub fn each_bytes(dir: &Path, found: &mut dyn FnMut(&Path, &'static str, &[u8])) -> Result<(), Error> {
    let engine = tantivy::Index::open_in_dir(dir).map_err(Error::engine("open", dir))?;
    let entries = std::fs::read_dir(dir).map_err(Error::io("read", dir))?;
    let mut stores: Vec<_> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "store"))
        .collect();
    stores.sort();
    for path in stores {
        let Some(name) = path.file_name() else { continue };
        let file = engine.directory().open_read(Path::new(name));
        let file = file.map_err(|e| Error::damaged(&path, &e))?;
        let store = StoreReader::open(file, 1).map_err(Error::io("read", &path))?;
        for document in store.iter::<TantivyDocument>(None) {
            let document = document.map_err(|e| Error::damaged(&path, &e))?;
            for (_, value) in document.iter_fields_and_values() {
                if let Some(bytes) = value.as_bytes().or_else(|| value.as_str().map(str::as_bytes)) {
                    found(&path, "stored document", bytes);
                }
            }
        }
    }
    let reader = engine.reader().map_err(Error::engine("open", dir))?;
    for segment in reader.searcher().segment_readers() {
        for (field, entry) in segment.schema().fields().filter(|(_, entry)| entry.is_indexed()) {
            let index = segment.inverted_index(field).map_err(Error::engine("read", dir))?;
            let mut terms = index.terms().stream().map_err(Error::io("read", dir))?;
            let path = dir.join(format!("{}.term ({})", segment.segment_id().uuid_string(), entry.name()));
            while terms.advance() {
                found(&path, "index term", terms.key());
            }
        }
    }
    Ok(())
}
