//! Where each URL's row stands, for the process that writes and for those that only read.
//!
//! Invariant: both answer the same; a reader asks the snapshot it began with and what changed since, and so holds no table.

use super::pages::Pages;
use super::table::{Mark, Table};
use crate::error::Error;
use crate::keyed::KeyMap;

/// Places of rows.
#[derive(Debug)]
pub(super) enum Known {
    /// Of the writer.
    Whole(Table),
    /// Of a reader.
    Beside {
        /// As of the snapshot.
        pages: Pages,
        /// Since then; `None` when it was forgotten.
        changed: KeyMap<Mark, Option<u64>>,
    },
}

impl Default for Known {
    fn default() -> Self {
        Self::Whole(Table::default())
    }
}

impl Known {
    pub(super) fn get(&self, mark: Mark) -> Result<Option<u64>, Error> {
        match self {
            Self::Whole(table) => Ok(table.get(mark)),
            Self::Beside { pages, changed } => match changed.get(&mark) {
                Some(place) => Ok(*place),
                None => pages.get(mark),
            },
        }
    }

    /// Sets or removes a place. Only the writer learns the one before; only it keeps account of what is live.
    pub(super) fn set(&mut self, mark: Mark, place: Option<u64>) -> Option<u64> {
        match self {
            Self::Whole(table) => match place {
                Some(place) => table.set(mark, place),
                None => table.remove(mark),
            },
            Self::Beside { changed, .. } => {
                changed.insert(mark, place);
                None
            }
        }
    }
}
