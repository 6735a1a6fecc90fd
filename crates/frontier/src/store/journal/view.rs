//! Rows as the port has them, from the state and the journal.
//!
//! Invariant: what is read was asked for by its place; a row that is not where the table says is damage, not absence.

use std::cell::RefCell;

use model::UrlKey;

use super::bytes::Flaw;
use super::log::Log;
use super::queue::Entry;
use super::record::{QueuePlace, Record};
use super::row::{Row, Via, lengthen};
use super::state::State;
use super::table::Mark;
use crate::error::Error;
use crate::port::{UrlRow, number_of};

/// A look at the frontier at rest.
pub(super) struct View<'a> {
    pub(super) log: &'a Log,
    pub(super) state: &'a State,
    buffer: RefCell<Vec<u8>>,
    /// The page the last row was found on: neighbours mostly have the same.
    via: RefCell<Option<(Mark, Option<String>)>>,
}

impl<'a> View<'a> {
    pub(super) fn new(log: &'a Log, state: &'a State) -> Self {
        Self { log, state, buffer: RefCell::default(), via: RefCell::default() }
    }

    /// The row of a mark, if one is known.
    pub(super) fn row(&self, mark: Mark) -> Result<Option<Row<'static>>, Error> {
        let Some(place) = self.state.known.get(mark)? else { return Ok(None) };
        self.row_at(place).map(Some)
    }

    /// The row of a key, if it is known.
    pub(super) fn row_of(&self, key: UrlKey) -> Result<Option<Row<'static>>, Error> {
        Ok(self.row(Mark::of(key))?.filter(|row| row.key == key))
    }

    pub(super) fn row_at(&self, place: u64) -> Result<Row<'static>, Error> {
        let mut buffer = self.buffer.borrow_mut();
        match self.log.record(place, &mut buffer)? {
            Record::Row { row, .. } | Record::MovedRow(row) => Ok(row.into_owned()),
            _ => Err(self.log.damaged(place, "another record stands where a row should")),
        }
    }

    /// The entries of a block.
    pub(super) fn block_at(&self, place: u64) -> Result<Vec<Entry>, Error> {
        let mut buffer = self.buffer.borrow_mut();
        match self.log.record(place, &mut buffer)? {
            Record::Block { entries, .. } | Record::MovedBlock { entries, .. } => Ok(entries),
            _ => Err(self.log.damaged(place, "another record stands where a block should")),
        }
    }

    /// The row an entry of a queue claims to be of, if it still stands there and is not on loan.
    pub(super) fn claimed(&self, queue: QueuePlace, entry: Entry) -> Result<Option<Row<'static>>, Error> {
        if self.state.loans.contains_key(&entry.mark) {
            return Ok(None);
        }
        let stands = |row: &Row<'_>| {
            number_of(row.key) == queue.site
                && row.job == queue.job
                && row.lane() == queue.lane
                && (row.order(), row.number) == entry.at
        };
        Ok(self.row(entry.mark)?.filter(stands))
    }

    /// A row with names and texts instead of numbers.
    pub(super) fn complete(&self, row: Row<'static>) -> Result<UrlRow, Error> {
        let via = match &row.via {
            Via::None => None,
            Via::Text(text) => Some(text.clone().into_owned()),
            Via::Known(mark) => self.via(*mark)?,
        };
        let job = self.state.jobs.get(usize::from(row.job)).map_or("", |job| job.name.as_str());
        let on_loan = self.state.loans.contains_key(&row.mark());
        let site = self.site_name(row.key);
        let row = row.complete(site, job, via).map_err(|flaw| Error::corrupt("row", flaw))?;
        Ok(UrlRow { on_loan, ..row })
    }

    fn via(&self, mark: Mark) -> Result<Option<String>, Error> {
        if let Some((known, url)) = &*self.via.borrow()
            && *known == mark
        {
            return Ok(url.clone());
        }
        let url = self.text(mark)?;
        *self.via.borrow_mut() = Some((mark, url.clone()));
        Ok(url)
    }

    /// The URL of a mark, as requested.
    pub(super) fn text(&self, mark: Mark) -> Result<Option<String>, Error> {
        let Some(row) = self.row(mark)? else { return Ok(None) };
        let url = lengthen(&row.text, self.site_name(row.key));
        url.map(Some).map_err(|flaw: Flaw| Error::corrupt("row", flaw))
    }

    fn site_name(&self, key: UrlKey) -> &'a str {
        self.state.sites.get(number_of(key)).map_or("", |site| &site.name)
    }
}
