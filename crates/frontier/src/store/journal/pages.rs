//! The table of known URLs in a snapshot: pages of 256 shards, each found and checked without the others.
//!
//! Invariant: a page is believed only when its checksum holds and its shards can be shards.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

use super::bytes::{Reader, Writer, crc};
use super::table::{Mark, SHARDS, SLOT, Shard, Table};
use crate::error::Error;

/// Pages of a table.
const PAGES: usize = 256;
const SHARDS_PER_PAGE: usize = SHARDS / PAGES;

/// A snapshot's pages.
#[derive(Debug)]
pub(super) struct Pages {
    file: File,
    path: PathBuf,
    directory: Vec<Page>,
}

/// Where a page stands.
#[derive(Debug, Clone, Copy)]
struct Page {
    place: u64,
    len: usize,
    sum: u32,
}

/// Writes a table's pages at `place` of a file; returns the directory that [`Pages::open`] takes.
pub(super) fn write_pages(table: &Table, out: &mut impl Write, place: u64) -> io::Result<Vec<u8>> {
    let (mut directory, mut page) = (Vec::new(), Vec::new());
    directory.number(place);
    for shards in table.shards().chunks(SHARDS_PER_PAGE) {
        page.clear();
        for shard in shards {
            page.number((shard.slots().len() / SLOT) as u64);
        }
        for shard in shards {
            page.extend_from_slice(shard.slots());
        }
        out.write_all(&page)?;
        directory.number(page.len() as u64);
        directory.number(u64::from(crc(0, &page)));
    }
    Ok(directory)
}

impl Pages {
    /// The pages of a file, by their directory.
    pub(super) fn open(file: File, path: PathBuf, bytes: &[u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(bytes);
        let mut read = || {
            let mut place = reader.number()?;
            let mut pages = Vec::with_capacity(PAGES);
            for _ in 0..PAGES {
                let (len, sum) = (reader.narrow()?, reader.narrow()?);
                pages.push(Page { place, len, sum });
                place = place.checked_add(len as u64).ok_or("a place is too far")?;
            }
            Ok((pages, place))
        };
        let (directory, end) = read().map_err(|flaw| Error::damaged(&path, 0, flaw))?;
        if end > file.metadata().map_err(Error::Store)?.len() {
            return Err(Error::damaged(&path, end, "it is shorter than it should be"));
        }
        Ok(Self { file, path, directory })
    }

    /// Reads every shard.
    pub(super) fn load(&self) -> Result<Table, Error> {
        let mut table = Table::default();
        for index in 0..PAGES {
            for (n, shard) in self.page(index)?.into_iter().enumerate() {
                table.restore(index * SHARDS_PER_PAGE + n, shard);
            }
        }
        Ok(table)
    }

    /// Reads one page and asks it.
    pub(super) fn get(&self, mark: Mark) -> Result<Option<u64>, Error> {
        let shards = self.page(mark.shard() / SHARDS_PER_PAGE)?;
        Ok(shards[mark.shard() % SHARDS_PER_PAGE].get(mark))
    }

    fn page(&self, index: usize) -> Result<Vec<Shard>, Error> {
        let Page { place, len, sum } = self.directory[index];
        let damaged = |flaw| Error::damaged(&self.path, place, flaw);
        let mut bytes = vec![0; len];
        self.file.read_exact_at(&mut bytes, place).map_err(Error::Store)?;
        if crc(0, &bytes) != sum {
            return Err(damaged("a page of the table is damaged"));
        }
        let mut reader = Reader::new(&bytes);
        let lens = (0..SHARDS_PER_PAGE).map(|_| reader.narrow::<u32>()).collect::<Result<Vec<_>, _>>();
        let mut shards = Vec::with_capacity(SHARDS_PER_PAGE);
        for len in lens.map_err(damaged)? {
            let slots = reader.take(len as usize * SLOT).map_err(damaged)?;
            shards.push(Shard::of_slots(slots).ok_or_else(|| damaged("a shard is damaged"))?);
        }
        Ok(shards)
    }
}
