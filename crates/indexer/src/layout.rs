//! The folder of an index: which generation is live, which locks guard what, who made it.
//!
//! ```text
//! index/current              "gen-000002\n", replaced by rename: the live generation
//! index/writer.lock          held by the one writer of the live generation
//! index/reindex.lock         held by whoever makes a generation
//! index/changes.log, .lock   the feed of changes, over all generations
//! index/gen-000002/          the search engine's files, `version.json`, and `unfinished` until it goes live
//! ```
//!
//! Invariant: `current` always names a whole generation. Whatever else lies here can be removed without loss.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::{analysis, schema};

const CURRENT: &str = "current";
const VERSION: &str = "version.json";
const UNFINISHED: &str = "unfinished";

/// Who made a generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Made {
    schema: u32,
    analyser: u32,
}

const OURS: Made = Made { schema: schema::VERSION, analyser: analysis::VERSION };

/// What a file looked like: changes whenever it is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp(Option<(std::time::SystemTime, u64, u64)>);

/// A file lock, let go when dropped or when the process ends.
#[derive(Debug)]
pub(crate) struct Lock(#[expect(dead_code, reason = "the lock lives as long as its file is open")] File);

/// The folder of a generation.
pub(crate) fn generation_dir(dir: &Path, number: u32) -> PathBuf {
    dir.join(format!("gen-{number:06}"))
}

/// The file that names the live generation.
pub(crate) fn pointer(dir: &Path) -> PathBuf {
    dir.join(CURRENT)
}

/// The live generation; none when there is no index yet.
pub(crate) fn current(dir: &Path) -> Result<Option<u32>, Error> {
    let path = pointer(dir);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(Error::io("read", &path)(e)),
    };
    match number_of(text.trim_end()) {
        Some(number) => Ok(Some(number)),
        None => Err(Error::Damaged { path, detail: "it names no generation".to_owned() }),
    }
}

/// Makes a generation the live one, atomically and durably.
pub(crate) fn set_current(dir: &Path, number: u32) -> Result<(), Error> {
    replace(&pointer(dir), format!("gen-{number:06}\n").as_bytes())
}

/// All generations, ascending.
pub(crate) fn generations(dir: &Path) -> Result<Vec<u32>, Error> {
    let mut found = Vec::new();
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(found),
        Err(e) => return Err(Error::io("read", dir)(e)),
    };
    for entry in entries {
        let entry = entry.map_err(Error::io("read", dir))?;
        found.extend(entry.file_name().to_str().and_then(number_of));
    }
    found.sort_unstable();
    Ok(found)
}

fn number_of(name: &str) -> Option<u32> {
    name.strip_prefix("gen-").filter(|digits| digits.len() >= 6)?.parse().ok().filter(|number| *number > 0)
}

/// Makes the folder of a new generation, marked unfinished.
pub(crate) fn create_generation(dir: &Path, number: u32) -> Result<PathBuf, Error> {
    let path = generation_dir(dir, number);
    fs::create_dir_all(&path).map_err(Error::io("create", &path))?;
    replace(&path.join(UNFINISHED), b"")?;
    let made = serde_json::to_vec(&OURS).unwrap_or_default();
    replace(&path.join(VERSION), &made)?;
    Ok(path)
}

/// Whether a generation never went live.
pub(crate) fn is_unfinished(dir: &Path, number: u32) -> bool {
    generation_dir(dir, number).join(UNFINISHED).exists()
}

/// Takes the mark of [`create_generation`] away.
pub(crate) fn finish(dir: &Path, number: u32) -> Result<(), Error> {
    remove_file(&generation_dir(dir, number).join(UNFINISHED))
}

/// Refuses a generation that another version made.
pub(crate) fn check_version(generation: &Path) -> Result<(), Error> {
    let path = generation.join(VERSION);
    let bytes = fs::read(&path).map_err(Error::io("read", &path))?;
    let words = |made: &Made| format!("schema {} with analyser {}", made.schema, made.analyser);
    match serde_json::from_slice::<Made>(&bytes) {
        Ok(made) if made == OURS => Ok(()),
        Ok(made) => {
            Err(Error::Version { path: generation.to_owned(), found: words(&made), expected: words(&OURS) })
        }
        Err(e) => Err(Error::Damaged { path, detail: e.to_string() }),
    }
}

/// Removes a generation.
pub(crate) fn remove_generation(dir: &Path, number: u32) -> Result<(), Error> {
    let path = generation_dir(dir, number);
    match fs::remove_dir_all(&path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::io("remove", &path)(e)),
        _ => Ok(()),
    }
}

/// Takes a lock, or says who should be waited for.
pub(crate) fn lock(dir: &Path, name: &str, what: &'static str) -> Result<Lock, Error> {
    let path = dir.join(name);
    let file = lock_file(dir, &path)?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(fs::TryLockError::WouldBlock) => Err(Error::Locked { what, path }),
        Err(fs::TryLockError::Error(e)) => Err(Error::io("lock", &path)(e)),
    }
}

/// Takes a lock that is only ever held for a moment, waiting for it.
pub(crate) fn lock_waiting(dir: &Path, name: &str) -> Result<Lock, Error> {
    let path = dir.join(name);
    let file = lock_file(dir, &path)?;
    file.lock().map_err(Error::io("lock", &path))?;
    Ok(Lock(file))
}

fn lock_file(dir: &Path, path: &Path) -> Result<File, Error> {
    fs::create_dir_all(dir).map_err(Error::io("create", dir))?;
    File::options().create(true).truncate(false).write(true).open(path).map_err(Error::io("open", path))
}

/// Writes a file so that it is either the old one or the new one, whatever happens.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let temporary = path.with_extension("tmp");
    let mut file = File::create(&temporary).map_err(Error::io("create", &temporary))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(Error::io("write", &temporary))?;
    fs::rename(&temporary, path).map_err(Error::io("replace", path))?;
    sync_parent(path)
}

/// Makes a rename or removal durable.
fn sync_parent(path: &Path) -> Result<(), Error> {
    let Some(parent) = path.parent() else { return Ok(()) };
    File::open(parent).and_then(|dir| dir.sync_all()).map_err(Error::io("write", parent))
}

pub(crate) fn remove_file(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::io("remove", path)(e)),
        _ => Ok(()),
    }
}

/// Bytes of all files of a folder, not of its subfolders; files that vanish meanwhile do not count.
pub(crate) fn bytes(dir: &Path) -> Result<u64, Error> {
    let entries = fs::read_dir(dir).map_err(Error::io("read", dir))?;
    Ok(entries.flatten().filter_map(|entry| entry.metadata().ok()).map(|meta| meta.len()).sum())
}

impl Stamp {
    /// How the file looks now; a file that is not there has a look of its own.
    pub(crate) fn of(path: &Path) -> Self {
        Self(fs::metadata(path).ok().and_then(|meta| Some((meta.modified().ok()?, meta.len(), inode(&meta)))))
    }
}

#[cfg(unix)]
fn inode(meta: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(meta)
}

#[cfg(not(unix))]
fn inode(_: &fs::Metadata) -> u64 {
    0
}
