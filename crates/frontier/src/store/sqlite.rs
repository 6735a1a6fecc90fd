//! The embedded store: one `SQLite` file in WAL mode, written by one process, readable by others meanwhile.
//!
//! Useful for: up to some tens of millions of URLs on one machine. Not useful for: several writers.
//!
//! Invariant: a transaction per batch; no question and no lease scans what it does not return. The file is reached
//! through [`Connection`]s made here only.

mod apply;
mod codec;
mod fingerprints;
mod forget;
mod lend;
mod read;
mod schema;
mod work;

use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::time::Duration;

use model::{ByteSize, Timestamp};
use rusqlite::{Connection, OpenFlags, TransactionBehavior, params};

use self::fingerprints::Fingerprints;
use super::{Applied, Batch, Found, FrontierStore, LentSite, Wanted};
use crate::error::Error;
use crate::lease::LeaseRequest;

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
    /// Absent in a store opened for reading.
    known: Option<Fingerprints>,
}

/// The jobs of the file; few, so they are kept in memory by the writer.
#[derive(Debug, Default, Clone)]
struct Jobs {
    by_name: HashMap<String, i64>,
    by_id: HashMap<i64, Job>,
}

#[derive(Debug, Clone)]
struct Job {
    name: String,
    pages: i64,
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
            Ok(Self { connection, jobs, known: Some(known) })
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
            Ok(Self { connection, jobs: Jobs::default(), known: None })
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
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut jobs = self.jobs.clone();
        let done = apply::apply(&transaction, &mut jobs, known, batch)?;
        transaction.commit()?;
        self.jobs = jobs;
        for key in done.new_keys {
            known.insert(key);
        }
        if secure {
            // The log holds copies of the pages as they were.
            self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", params![], |_| Ok(()))?;
            self.connection.pragma_update(None, "secure_delete", false)?;
        }
        Ok(done.applied)
    }

    fn lease(&mut self, request: &LeaseRequest, now: Timestamp) -> Result<Vec<LentSite>, Error> {
        if self.known.is_none() {
            return Err(Error::ReadOnly);
        }
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let lent = lend::lend(&transaction, &self.jobs, request, now)?;
        // An idle crawl asks again and again: nothing lent means nothing to wait for the disk for.
        if lent.changed {
            transaction.commit()?;
        }
        Ok(lent.sites)
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
        read::read(&transaction, &jobs, wanted)
    }
}

impl SqliteStore {
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

impl Jobs {
    fn load(connection: &Connection) -> Result<Self, Error> {
        let mut jobs = Self::default();
        let mut statement = connection.prepare_cached("SELECT id, name, pages FROM job")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            jobs.add(row.get(0)?, row.get(1)?, row.get(2)?);
        }
        Ok(jobs)
    }

    fn add(&mut self, id: i64, name: String, pages: i64) {
        self.by_name.insert(name.clone(), id);
        self.by_id.insert(id, Job { name, pages });
    }

    /// The number of a job, which is made if it does not exist.
    fn id_of(&mut self, connection: &Connection, name: &str) -> Result<i64, Error> {
        if let Some(id) = self.by_name.get(name) {
            return Ok(*id);
        }
        connection.prepare_cached("INSERT INTO job (name) VALUES (?)")?.execute([name])?;
        let id = connection.last_insert_rowid();
        self.add(id, name.to_owned(), 0);
        Ok(id)
    }

    fn name_of(&self, id: i64) -> Result<&str, Error> {
        let job = self
            .by_id
            .get(&id)
            .ok_or_else(|| Error::corrupt("job", format!("number {id} stands for nothing")))?;
        Ok(&job.name)
    }

    /// Numbers of the jobs a request is about, in order.
    fn wanted(&self, request: &LeaseRequest) -> Vec<i64> {
        if let Some(name) = &request.job {
            return self.by_name.get(name).copied().into_iter().collect();
        }
        let mut all: Vec<i64> = self.by_id.keys().copied().collect();
        all.sort_unstable();
        all
    }
}

fn configure(connection: &Connection) -> Result<(), Error> {
    connection.busy_timeout(BUSY_WAIT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(())
}

/// A failure while opening names the file.
fn opening(error: Error, path: &Path) -> Error {
    match error {
        Error::Store(source) => Error::Open { path: path.to_owned(), source: Box::new(source) },
        other => other,
    }
}
