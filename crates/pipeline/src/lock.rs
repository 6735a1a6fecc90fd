//! One writer per data directory.
//!
//! Invariant: whoever holds a [`WriterLock`] is the only process that writes frontier, archive and index under that
//! directory. Readers need no lock. The operating system drops the lock when the process dies, kill -9 included.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use crate::Error;

/// The exclusive right to write under a data directory, until dropped.
#[derive(Debug)]
pub struct WriterLock {
    file: File,
}

/// Who holds the lock, as that process wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// For example `crawl (process 4711)`.
    pub name: String,
}

impl WriterLock {
    /// Takes the lock for `purpose` (a command name), or says who has it.
    ///
    /// # Errors
    /// [`Error::Busy`] when another process writes there; [`Error::Disk`] when the directory cannot be written.
    pub fn take(data: &Path, purpose: &str) -> Result<Self, Error> {
        let path = path(data);
        std::fs::create_dir_all(data).map_err(|e| Error::disk("create", data, e))?;
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(|e| Error::disk("open", &path, e))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Error::Busy { data: data.to_owned(), holder: read_name(&mut file) });
            }
            Err(TryLockError::Error(e)) => return Err(Error::disk("lock", &path, e)),
        }
        let write = |file: &mut File| {
            file.set_len(0)?;
            file.rewind()?;
            write!(file, "{purpose} (process {})", std::process::id())
        };
        write(&mut file).map_err(|e| Error::disk("write", &path, e))?;
        Ok(Self { file })
    }
}

impl Drop for WriterLock {
    fn drop(&mut self) {
        // The name is a courtesy to other processes; the lock itself goes with the file handle.
        let _ = self.file.set_len(0);
    }
}

/// Who writes under `data` at this moment, if anyone.
#[must_use]
pub fn holder(data: &Path) -> Option<Holder> {
    let mut file = File::open(path(data)).ok()?;
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => Some(Holder { name: read_name(&mut file) }),
        _ => None,
    }
}

fn path(data: &Path) -> PathBuf {
    data.join("lock")
}

fn read_name(file: &mut File) -> String {
    let mut name = String::new();
    let _ = file.take(256).read_to_string(&mut name);
    if name.trim().is_empty() { "another process".to_owned() } else { name.trim().to_owned() }
}
