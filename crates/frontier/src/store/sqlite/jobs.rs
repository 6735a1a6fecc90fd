//! The jobs of the file by name and number. Invariant: as the file has them, the changes of the running transaction included.

use std::collections::HashMap;

use rusqlite::Connection;

use crate::error::Error;
use crate::lease::LeaseRequest;

/// The jobs of the file; few, so they are kept in memory by the writer.
#[derive(Debug, Default, Clone)]
pub(super) struct Jobs {
    pub(super) by_name: HashMap<String, i64>,
    pub(super) by_id: HashMap<i64, Job>,
}

#[derive(Debug, Clone)]
pub(super) struct Job {
    pub(super) name: String,
    pub(super) pages: i64,
}

impl Jobs {
    pub(super) fn load(connection: &Connection) -> Result<Self, Error> {
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
    pub(super) fn id_of(&mut self, connection: &Connection, name: &str) -> Result<i64, Error> {
        if let Some(id) = self.by_name.get(name) {
            return Ok(*id);
        }
        connection.prepare_cached("INSERT INTO job (name) VALUES (?)")?.execute([name])?;
        let id = connection.last_insert_rowid();
        self.add(id, name.to_owned(), 0);
        Ok(id)
    }

    pub(super) fn name_of(&self, id: i64) -> Result<&str, Error> {
        let job = self
            .by_id
            .get(&id)
            .ok_or_else(|| Error::corrupt("job", format!("number {id} stands for nothing")))?;
        Ok(&job.name)
    }

    /// Numbers of the jobs a request is about, in order.
    pub(super) fn wanted(&self, request: &LeaseRequest) -> Vec<i64> {
        if let Some(name) = &request.job {
            return self.by_name.get(name).copied().into_iter().collect();
        }
        let mut all: Vec<i64> = self.by_id.keys().copied().collect();
        all.sort_unstable();
        all
    }
}
