//! Folders that live as long as a test.
//!
//! Invariant: a [`Scratch`] is empty when made and gone when dropped, unless `TESTKIT_KEEP` is set in the environment.

use std::fs;
use std::path::{Path, PathBuf};

/// A temporary folder with short ways to put files in and to see what is there.
#[derive(Debug)]
pub struct Scratch {
    dir: tempfile::TempDir,
}

impl Scratch {
    /// A new, empty folder in the machine's temporary folder. With `TESTKIT_KEEP` set it is kept and named on stderr.
    #[must_use]
    #[expect(clippy::print_stderr, reason = "whoever asked to keep the folder needs to know where it is")]
    pub fn new() -> Self {
        let mut dir = tempfile::Builder::new().prefix("silteme-").tempdir().unwrap();
        if std::env::var_os("TESTKIT_KEEP").is_some() {
            dir.disable_cleanup(true);
            eprintln!("kept: {}", dir.path().display());
        }
        Self { dir }
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// A path inside the folder; nothing is created.
    #[must_use]
    pub fn join(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.dir.path().join(relative)
    }

    /// Writes a file, making the folders above it; returns its path.
    pub fn write(&self, relative: impl AsRef<Path>, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.join(relative);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    /// Reads a file of the folder.
    #[must_use]
    pub fn read(&self, relative: impl AsRef<Path>) -> Vec<u8> {
        let path = self.join(relative);
        fs::read(&path).unwrap_or_else(|e| panic!("cannot read {}: {e}", path.display()))
    }

    /// Every file below the folder, as relative paths with `/`, sorted.
    #[must_use]
    pub fn files(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut folders = vec![self.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let relative = path.strip_prefix(self.path()).unwrap();
                    found.push(relative.to_string_lossy().replace('\\', "/"));
                }
            }
        }
        found.sort();
        found
    }

    /// Cuts the last `bytes` off a file, as a crash in the middle of a write does.
    pub fn tear(&self, relative: impl AsRef<Path>, bytes: u64) {
        let file = fs::OpenOptions::new().write(true).open(self.join(relative)).unwrap();
        let len = file.metadata().unwrap().len();
        file.set_len(len.saturating_sub(bytes)).unwrap();
    }

    /// Copies every file of the folder into a new one: the disk as it is at this instant.
    #[must_use]
    pub fn snapshot(&self) -> Self {
        let copy = Self::new();
        for file in self.files() {
            copy.write(&file, self.read(&file));
        }
        copy
    }
}

impl Default for Scratch {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests;
