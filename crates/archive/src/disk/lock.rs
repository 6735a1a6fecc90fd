//! One writer at a time. Invariant: the lock is the operating system's, so it ends with its process, however that ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Write as _};
use std::path::Path;

use crate::error::Error;

/// Held while an archive is open for writing.
#[derive(Debug)]
pub(crate) struct WriterLock {
    _file: File,
}

impl WriterLock {
    /// Takes the lock of the archive in `dir`, or says who has it.
    pub(crate) fn take(dir: &Path) -> Result<Self, Error> {
        let path = dir.join("writer.lock");
        let open = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = open.map_err(Error::io("open the lock file", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                let _ = (&file).take(20).read_to_string(&mut text);
                return Err(Error::Locked { dir: dir.to_owned(), pid: text.trim().parse().ok() });
            }
            Err(TryLockError::Error(source)) => return Err(Error::io("lock", &path)(source)),
        }
        let write = file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id()));
        write.map_err(Error::io("write the lock file", &path))?;
        Ok(Self { _file: file })
    }
}
