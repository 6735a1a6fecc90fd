//! The embedded counters: `SQLite` in `DATA/feedback`, mirrored in memory.
//!
//! ```text
//! record ──one transaction──► counters.sqlite ──rows of a later version──► mirror ──► counts, trending
//!                             (also written by other processes)
//! ```
//!
//! Invariant: a batch is one transaction, which raises the version that its rows carry; whoever reads asks the database whether
//! anybody committed (`data_version`, no query) and then reads only rows of later versions. Removing raises the epoch instead,
//! at which everything is read anew.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use model::{Clock, Language, Timestamp, UrlKey};
use rusqlite::{Connection, OpenFlags, Row, Transaction, TransactionBehavior, params};

use crate::counters::{Counters, Recorded, Trend};
use crate::counts::{Counts, Shown, Tally};
use crate::error::{Error, Refusal};
use crate::event::Event;
use crate::key::Key;
use crate::memory::{check, languages};
use crate::mirror::{Mirror, add_up, first_kept, hour};
use crate::recommendation_id::{RecommendationId, Scenario};
use crate::settings::Settings;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS tallies (
        link BLOB NOT NULL, hour INTEGER NOT NULL, version INTEGER NOT NULL,
        impressions INTEGER NOT NULL, clicks INTEGER NOT NULL, dwells INTEGER NOT NULL, dwell_seconds INTEGER NOT NULL,
        likes INTEGER NOT NULL, less INTEGER NOT NULL, mutes INTEGER NOT NULL, reports INTEGER NOT NULL,
        PRIMARY KEY (link, hour)) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS tallies_version ON tallies (version);
    CREATE TABLE IF NOT EXISTS languages (link BLOB PRIMARY KEY, language TEXT NOT NULL, version INTEGER NOT NULL)
        WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS scenarios (
        scenario INTEGER NOT NULL, hour INTEGER NOT NULL, impressions INTEGER NOT NULL, clicks INTEGER NOT NULL,
        PRIMARY KEY (scenario, hour)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS seen (id BLOB PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
    INSERT OR IGNORE INTO state VALUES ('version', 0), ('epoch', 0);
";

const COLUMNS: &str = "impressions, clicks, dwells, dwell_seconds, likes, less, mutes, reports";

/// How long one process waits for another's transaction.
const BUSY: Duration = Duration::from_secs(5);

/// Counters of a folder, and the ids of recommendations. Cheap to clone and to share; other processes may have the same folder
/// open.
#[derive(Clone)]
pub struct Feedback {
    inner: Arc<Inner>,
}

struct Inner {
    settings: Settings,
    clock: Arc<dyn Clock>,
    key: Key,
    writer: Mutex<Connection>,
    reader: Mutex<Reader>,
    mirror: RwLock<Mirror>,
}

/// Reads what was committed, by this process or another.
struct Reader {
    connection: Connection,
    /// `data_version` when the mirror was last brought up to date.
    seen: i64,
    version: i64,
    epoch: i64,
}

impl Feedback {
    /// Opens the counters in `dir`, made if there are none, and drops what has expired.
    ///
    /// # Errors
    /// When the disk fails or the key is damaged.
    pub fn open(dir: &Path, settings: &Settings, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        fs::create_dir_all(dir).map_err(Error::disk("create", dir))?;
        let key = Key::open(dir)?;
        let path = dir.join("counters.sqlite");
        let writer = connect(&path, OpenFlags::default()).map_err(Error::store("opened"))?;
        writer.execute_batch(SCHEMA).map_err(Error::store("opened"))?;
        let connection = connect(&path, OpenFlags::default()).map_err(Error::store("opened"))?;
        let reader = Reader { connection, seen: -1, version: -1, epoch: -1 };
        let inner = Inner {
            settings: settings.clone(),
            clock,
            key,
            writer: Mutex::new(writer),
            reader: Mutex::new(reader),
            mirror: RwLock::default(),
        };
        let opened = Self { inner: Arc::new(inner) };
        opened.expire(opened.inner.clock.now())?;
        Ok(opened)
    }

    /// An id for an answer given at `now`.
    #[must_use]
    pub fn issue(&self, scenario: Scenario, seed: u64, now: Timestamp) -> RecommendationId {
        self.inner.key.issue(scenario, now, rand::random(), seed)
    }

    /// Reads the id of an answer.
    ///
    /// # Errors
    /// [`Refusal::Forged`] when it was not issued here, [`Refusal::Expired`] when too long ago.
    pub fn verify(&self, text: &str, now: Timestamp) -> Result<RecommendationId, Refusal> {
        let id = self.inner.key.verify(text)?;
        if model::time::until(id.at(), now) > self.inner.settings.recommendation_age_max.0 {
            return Err(Refusal::Expired);
        }
        Ok(id)
    }

    /// How often links of each scenario's answers were shown and opened since an hour, as far as events named their answer.
    /// For operators; numbers below k are none.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn by_scenario(&self, since: Timestamp) -> Result<Vec<(Scenario, Shown)>, Error> {
        let k = self.inner.settings.shown_min;
        let connection = self.writer();
        let read = || {
            let mut statement = connection.prepare(
                "SELECT scenario, SUM(impressions), SUM(clicks) FROM scenarios WHERE hour >= ?1 GROUP BY scenario",
            )?;
            let rows = statement.query_map([hour(since)], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
            })?;
            rows.collect::<rusqlite::Result<Vec<_>>>()
        };
        let shown = |number: i64| Some(number.cast_unsigned()).filter(|number| *number >= k);
        let named = |(number, impressions, clicks): (i64, i64, i64)| {
            let scenario = Scenario::ALL.get(usize::try_from(number).ok()?)?;
            let shown = Shown { impressions: shown(impressions), clicks: shown(clicks), ..Shown::default() };
            Some((*scenario, shown))
        };
        Ok(read().map_err(Error::store("read"))?.into_iter().filter_map(named).collect())
    }

    fn writer(&self) -> std::sync::MutexGuard<'_, Connection> {
        self.inner.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs a change as one transaction.
    fn change<T>(
        &self,
        action: &'static str,
        run: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, Error> {
        let mut connection = self.writer();
        let whole = || {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let done = run(&transaction)?;
            transaction.commit()?;
            Ok(done)
        };
        whole().map_err(Error::store(action))
    }

    /// Brings the mirror up to date with what was committed.
    fn refresh(&self, reader: &mut Reader) -> Result<(), Error> {
        let now = self.inner.clock.now();
        reader
            .refresh(&self.inner.mirror, first_kept(&self.inner.settings, now))
            .map_err(Error::store("read"))
    }

    fn catch_up(&self) -> Result<(), Error> {
        self.refresh(&mut self.inner.reader.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What lookups read; as new as the last commit, or as the moment before if somebody is just reading it in.
    fn mirror(&self) -> Result<std::sync::RwLockReadGuard<'_, Mirror>, Error> {
        if let Ok(mut reader) = self.inner.reader.try_lock() {
            self.refresh(&mut reader)?;
        }
        Ok(self.inner.mirror.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Counters for Feedback {
    fn record(&self, events: &[Event]) -> Result<Recorded, Error> {
        let now = self.inner.clock.now();
        check(events, &self.inner.settings, now)?;
        if events.is_empty() {
            return Ok(Recorded::default());
        }
        let recorded = self.change("written", |transaction| {
            let mut fresh = Vec::new();
            let mut see = transaction.prepare("INSERT OR IGNORE INTO seen VALUES (?1, ?2)")?;
            for event in events {
                if see.execute(params![self.inner.key.hash(&event.id), now.as_second()])? == 1 {
                    fresh.push(event);
                }
            }
            if !fresh.is_empty() {
                write(transaction, &fresh, now)?;
            }
            Ok(Recorded { accepted: fresh.len(), repeated: events.len() - fresh.len() })
        })?;
        self.catch_up()?;
        Ok(recorded)
    }

    fn counts(&self, links: &[UrlKey], now: Timestamp) -> Result<Vec<Counts>, Error> {
        Ok(self.mirror()?.counts(links, &self.inner.settings, now))
    }

    fn trending(&self, trend: &Trend, now: Timestamp) -> Result<Vec<(UrlKey, u64)>, Error> {
        Ok(self.mirror()?.trending(trend, &self.inner.settings, now))
    }

    fn remove(&self, links: &[UrlKey]) -> Result<(), Error> {
        self.change("removed", |transaction| {
            for link in links {
                transaction.execute("DELETE FROM tallies WHERE link = ?1", [link.0])?;
                transaction.execute("DELETE FROM languages WHERE link = ?1", [link.0])?;
            }
            transaction.execute("UPDATE state SET value = value + 1 WHERE name = 'epoch'", [])
        })?;
        self.catch_up()?;
        // Copies of the old pages stand in the log until it is emptied; a reader in another process may delay that, and
        // every later removal or expiry tries again.
        let truncate = |row: &Row<'_>| row.get::<_, i64>(0);
        self.writer()
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], truncate)
            .map(drop)
            .map_err(Error::store("removed"))
    }

    fn expire(&self, now: Timestamp) -> Result<usize, Error> {
        let settings = &self.inner.settings;
        let first = first_kept(settings, now);
        let gone = self.change("expired", |transaction| {
            let oldest = model::time::earlier(now, settings.repeat_window.0).as_second();
            transaction.execute("DELETE FROM seen WHERE at < ?1", [oldest])?;
            transaction.execute("DELETE FROM scenarios WHERE hour < ?1", [first])?;
            let gone = transaction.execute("DELETE FROM tallies WHERE hour < ?1", [first])?;
            if gone > 0 {
                transaction
                    .execute("DELETE FROM languages WHERE link NOT IN (SELECT link FROM tallies)", [])?;
                transaction.execute("UPDATE state SET value = value + 1 WHERE name = 'epoch'", [])?;
            }
            Ok(gone)
        })?;
        self.catch_up()?;
        Ok(gone)
    }
}

fn connect(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    // Counters survive the death of the process; of a machine that loses power, all but its last moments (normal).
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON;",
    )?;
    Ok(connection)
}

/// Writes what events add, as a version of its own.
fn write(transaction: &Transaction<'_>, fresh: &[&Event], now: Timestamp) -> rusqlite::Result<()> {
    let version: i64 = transaction.query_row(
        "UPDATE state SET value = value + 1 WHERE name = 'version' RETURNING value",
        [],
        |row| row.get(0),
    )?;
    let mut add = transaction.prepare(
        "INSERT INTO tallies VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
         ON CONFLICT (link, hour) DO UPDATE SET version = excluded.version,
             impressions = impressions + excluded.impressions, clicks = clicks + excluded.clicks,
             dwells = dwells + excluded.dwells, dwell_seconds = dwell_seconds + excluded.dwell_seconds,
             likes = likes + excluded.likes, less = less + excluded.less,
             mutes = mutes + excluded.mutes, reports = reports + excluded.reports",
    )?;
    for ((link, hour), tally) in add_up(fresh.iter().copied(), now) {
        let [impressions, clicks, dwells, dwell_seconds, likes, less, mutes, reports] =
            tally.fields().map(u64::cast_signed);
        add.execute(params![
            link.0,
            hour,
            version,
            impressions,
            clicks,
            dwells,
            dwell_seconds,
            likes,
            less,
            mutes,
            reports
        ])?;
    }
    let mut spoken = transaction.prepare(
        "INSERT INTO languages VALUES (?1, ?2, ?3)
         ON CONFLICT (link) DO UPDATE SET language = excluded.language, version = excluded.version",
    )?;
    for (link, language) in languages(fresh) {
        spoken.execute(params![link.0, language.as_str(), version])?;
    }
    let mut answered = transaction.prepare(
        "INSERT INTO scenarios VALUES (?1, ?2, ?3, ?4) ON CONFLICT (scenario, hour) DO UPDATE SET
             impressions = impressions + excluded.impressions, clicks = clicks + excluded.clicks",
    )?;
    for event in fresh {
        let Some(id) = &event.recommendation else { continue };
        let Tally { impressions, clicks, .. } = Tally::of(&event.kind);
        let shown = (impressions * event.links().len() as u64).cast_signed();
        let clicks = clicks.cast_signed();
        if shown + clicks > 0 {
            answered.execute(params![id.scenario() as u8, hour(event.at.min(now)), shown, clicks])?;
        }
    }
    Ok(())
}

impl Reader {
    fn refresh(&mut self, mirror: &RwLock<Mirror>, first: u32) -> rusqlite::Result<()> {
        let seen: i64 = self.connection.query_row("PRAGMA data_version", [], |row| row.get(0))?;
        if seen == self.seen {
            return Ok(());
        }
        // One transaction, so that versions and rows are of one moment.
        let snapshot = self.connection.transaction()?;
        let state = |name: &str| {
            let mut statement = snapshot.prepare("SELECT value FROM state WHERE name = ?1")?;
            statement.query_row([name], |row| row.get::<_, i64>(0))
        };
        let (version, epoch) = (state("version")?, state("epoch")?);
        let is_anew = epoch != self.epoch;
        let after = if is_anew { -1 } else { self.version };
        let sql = format!("SELECT link, hour, {COLUMNS} FROM tallies WHERE version > ?1 AND hour >= ?2");
        let tallies: Vec<(UrlKey, u32, Tally)> = snapshot
            .prepare(&sql)?
            .query_map(params![after, first], read_tally)?
            .collect::<rusqlite::Result<_>>()?;
        let languages: Vec<(UrlKey, String)> = snapshot
            .prepare("SELECT link, language FROM languages WHERE version > ?1")?
            .query_map([after], |row| Ok((UrlKey(row.get(0)?), row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        snapshot.finish()?;
        let mut mirror = mirror.write().unwrap_or_else(PoisonError::into_inner);
        if is_anew {
            *mirror = Mirror::default();
        }
        for (link, hour, tally) in tallies {
            mirror.set(link, hour, tally);
        }
        for (link, language) in languages {
            mirror.set_language(&link, Language::new(&language));
        }
        (self.seen, self.version, self.epoch) = (seen, version, epoch);
        Ok(())
    }
}

fn read_tally(row: &Row<'_>) -> rusqlite::Result<(UrlKey, u32, Tally)> {
    let mut fields = [0u64; 8];
    for (place, field) in (2..).zip(&mut fields) {
        *field = row.get::<_, i64>(place)?.cast_unsigned();
    }
    Ok((UrlKey(row.get(0)?), row.get(1)?, Tally::of_fields(fields)))
}

#[cfg(test)]
mod tests;
