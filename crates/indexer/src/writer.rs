//! Writers of the live generation and of a new one.

use std::path::Path;

use model::{Document, Position, Timestamp, UrlKey};

use crate::error::Error;
use crate::lookup::Removal;
use crate::port::IndexWriter;
use crate::settings::Settings;

/// The one writer of the live generation; holds the writer lock of the index until dropped.
pub struct Writer {}

/// The writer of a generation that is not live yet (reindex).
pub struct GenerationWriter {}

impl Writer {
    /// Opens the writer of the index in `dir`, making a first generation if there is none.
    ///
    /// # Errors
    /// [`Error::Locked`] when another writer is open; else when the disk fails.
    pub fn open(dir: &Path, settings: &Settings) -> Result<Self, Error> {
        let _ = (dir, settings);
        todo!()
    }

    /// Whether a commit is due at `now` by the settings.
    #[must_use]
    pub fn commit_due(&self, now: Timestamp) -> bool {
        let _ = now;
        todo!()
    }
}

impl GenerationWriter {
    /// Begins a generation in `dir`, or goes on with the unfinished one; works also where the live generation was made by
    /// another version.
    ///
    /// # Errors
    /// [`Error::Locked`] when another reindex runs; else when the disk fails.
    pub fn begin(dir: &Path, settings: &Settings) -> Result<Self, Error> {
        let _ = (dir, settings);
        todo!()
    }

    /// Number of the generation.
    #[must_use]
    pub fn generation(&self) -> u32 {
        todo!()
    }

    /// Documents committed so far.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn documents(&self) -> Result<u64, Error> {
        todo!()
    }

    /// Commits, makes this generation the live one, logs what differs from the one before, and removes all but these two.
    ///
    /// # Errors
    /// When the disk fails; the live generation is then still the one before.
    pub fn publish(self, checkpoint: Position, now: Timestamp) -> Result<u32, Error> {
        let _ = (checkpoint, now);
        todo!()
    }

    /// Removes the unfinished generation.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn abandon(self) -> Result<(), Error> {
        todo!()
    }
}

macro_rules! skeleton {
    ($type:ty) => {
        impl IndexWriter for $type {
            fn put(&mut self, _: &[Document]) -> Result<(), Error> {
                todo!()
            }
            fn delete(&mut self, _: &[UrlKey], _: Removal) -> Result<(), Error> {
                todo!()
            }
            fn commit(&mut self, _: Position, _: Timestamp) -> Result<(), Error> {
                todo!()
            }
            fn checkpoint(&self) -> Position {
                todo!()
            }
            fn purge(&mut self) -> Result<(), Error> {
                todo!()
            }
        }
    };
}
skeleton!(Writer);
skeleton!(GenerationWriter);
