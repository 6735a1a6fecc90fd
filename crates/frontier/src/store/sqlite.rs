//! The embedded store: one `SQLite` file in WAL mode, written by one process, readable by others meanwhile.
//!
//! Useful for: up to some tens of millions of URLs on one machine. Not useful for: several writers.
//!
//! Invariant: a transaction per batch; no question and no lease scans what it does not return. The file is reached
//! through [`Connection`]s made here only.

mod application;
mod apply;
mod codec;
mod fingerprints;
mod forget;
mod jobs;
mod lend;
mod loans;
mod read;
mod returns;
mod schema;
mod share;
mod work;

use std::fmt;
use std::path::Path;
use std::time::Duration;

use model::{ByteSize, Timestamp};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior, params};

use self::fingerprints::Fingerprints;
use self::jobs::Jobs;
use self::loans::Loans;
use crate::error::Error;
use crate::lease::LeaseRequest;
use crate::port::{Applied, Batch, Found, FrontierStore, LentSite, Wanted};

/// Name of the file in its directory.
const FILE: &str = "frontier.sqlite";
/// How long to wait for a reader that stands in the way of a checkpoint, or a writer in the way of opening.
const BUSY_WAIT: Duration = Duration::from_secs(5);
/// Statements kept prepared: more than there are in this module.
const STATEMENTS: usize = 64;

/// A frontier in a file.
pub struct SqliteStore {
    connection: Connection,
    jobs: Jobs,
    loans: Loans,
    /// Absent in a store opened for reading.
    known: Option<Fingerprints>,
}

impl SqliteStore {
    /// Opens the file in `dir` for writing, making both if they do not exist. `cache` bounds the memory for its pages.
    ///
    /// # Errors
    /// [`Error::Open`] when that cannot be done, [`Error::Version`] when another version wrote it.
    pub fn open(dir: &Path, cache: ByteSize) -> Result<Self, Error> {
        let path = dir.join(FILE);
        std::fs::create_dir_all(dir)
            .map_err(|source| Error::Open { path: path.clone(), source: Box::new(source) })?;
        let open = || {
            let mut connection = Connection::open(&path)?;
            configure(&connection)?;
            schema::prepare(&mut connection, &path, cache)?;
            let jobs = Jobs::load(&connection)?;
            let known = Fingerprints::load(&connection)?;
            Ok(Self { connection, jobs, loans: Loans::default(), known: Some(known) })
        };
        open().map_err(|error| opening(error, &path))
    }

    /// Opens the file in `dir` for reading; `None` when there is none.
    ///
    /// # Errors
    /// As [`SqliteStore::open`].
    pub fn open_read_only(dir: &Path) -> Result<Option<Self>, Error> {
        let path = dir.join(FILE);
        if !path.exists() {
            return Ok(None);
        }
        let open = || {
            let connection = Connection::open_with_flags(
                &path,
                OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
            )?;
            configure(&connection)?;
            schema::check_version(&connection, &path)?;
            Ok(Self { connection, jobs: Jobs::default(), loans: Loans::default(), known: None })
        };
        open().map(Some).map_err(|error| opening(error, &path))
    }
}

impl FrontierStore for SqliteStore {
    fn apply(&mut self, batch: &Batch<'_>) -> Result<Applied, Error> {
        let Some(known) = &mut self.known else { return Err(Error::ReadOnly) };
        // Freed pages are overwritten when something is forgotten; else that would only cost.
        let secure = batch.forget.is_some();
        if secure {
            self.connection.pragma_update(None, "secure_delete", true)?;
        }
        let mut jobs = self.jobs.clone();
        let done = atomically(&mut self.connection, &mut self.loans, |connection, loans| {
            apply::apply(connection, &mut jobs, known, loans, batch)
        })?;
        self.jobs = jobs;
        for key in done.new_keys {
            known.insert(key);
        }
        if secure {
            self.scrub_log()?;
        }
        Ok(done.applied)
    }

    fn lease(&mut self, request: &LeaseRequest, now: Timestamp) -> Result<Vec<LentSite>, Error> {
        if self.known.is_none() {
            return Err(Error::ReadOnly);
        }
        let jobs = &self.jobs;
        atomically(&mut self.connection, &mut self.loans, |connection, loans| {
            lend::lend(connection, jobs, loans, request, now)
        })
    }

    fn next_due(&self, request: &LeaseRequest) -> Result<Option<Timestamp>, Error> {
        let transaction = self.connection.unchecked_transaction()?;
        let jobs = self.present_jobs()?;
        lend::next_due(&transaction, &jobs, request)
    }

    fn read(&self, wanted: &Wanted<'_>) -> Result<Found, Error> {
        // One transaction: one instant, whatever the writer does meanwhile.
        let transaction = self.connection.unchecked_transaction()?;
        let jobs = self.present_jobs()?;
        let mut found = read::read(&transaction, &jobs, &self.loans, wanted)?;
        let known = |key| self.known.as_ref().is_some_and(|known| known.contains(key));
        found.known = wanted.known.iter().map(|key| known(*key)).collect();
        Ok(found)
    }
}

/// One transaction, and the loans with it.
fn atomically<R>(
    connection: &mut Connection,
    loans: &mut Loans,
    work: impl FnOnce(&Connection, &mut Loans) -> Result<R, Error>,
) -> Result<R, Error> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = work(&transaction, loans).and_then(|done| Ok(transaction.commit().map(|()| done)?));
    match &done {
        Ok(_) => loans.commit(),
        Err(_) => loans.roll_back(),
    }
    done
}

impl SqliteStore {
    /// The log holds copies of pages as they were before something was forgotten.
    fn scrub_log(&self) -> Result<(), Error> {
        let busy =
            self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", params![], |row| row.get(0))?;
        if busy {
            tracing::warn!(
                "a reader keeps the frontier's log; what was forgotten leaves it at the next checkpoint"
            );
        }
        self.connection.pragma_update(None, "secure_delete", false)?;
        Ok(())
    }

    /// The writer knows its jobs; a reader has to look.
    fn present_jobs(&self) -> Result<std::borrow::Cow<'_, Jobs>, Error> {
        if self.known.is_some() {
            Ok(std::borrow::Cow::Borrowed(&self.jobs))
        } else {
            Jobs::load(&self.connection).map(std::borrow::Cow::Owned)
        }
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").field("path", &self.connection.path()).finish_non_exhaustive()
    }
}

fn configure(connection: &Connection) -> Result<(), Error> {
    connection.busy_timeout(BUSY_WAIT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Else the planner looks at bound values and prepares most statements anew at every use: half of a lease's CPU.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// A failure while opening names the file.
fn opening(error: Error, path: &Path) -> Error {
    match error {
        Error::Store(source) => Error::Open { path: path.to_owned(), source: Box::new(source) },
        other => other,
    }
}
