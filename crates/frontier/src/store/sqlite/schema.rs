//! What is in the file.
//!
//! Invariant: [`VERSION`] changes with every change of a table or of a stored encoding, and a file of another version is
//! refused, never guessed at.

use std::path::Path;

use model::ByteSize;
use rusqlite::Connection;

use crate::error::Error;

/// `PRAGMA user_version` of files this program reads and writes.
pub(super) const VERSION: i64 = 2;

/// Stands for an instant that does not come. Later than every timestamp.
pub(super) const NEVER: i64 = i64::MAX;

/// Instants are milliseconds since 1970, or [`NEVER`]; sites are numbered by the six bytes that lead their URLs' keys.
const TABLES: &str = "
CREATE TABLE state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    fence INTEGER NOT NULL DEFAULT 0,       -- the last one given
    horizon INTEGER NOT NULL DEFAULT 0,     -- revisits due up to here count in share.turn
    segment INTEGER NOT NULL DEFAULT 0,     -- checkpoint into the archive
    offset INTEGER NOT NULL DEFAULT 0,
    sites INTEGER NOT NULL DEFAULT 0,
    sites_leased INTEGER NOT NULL DEFAULT 0,
    queued INTEGER NOT NULL DEFAULT 0,      -- URLs by state, those on loan included
    scheduled INTEGER NOT NULL DEFAULT 0,
    gone INTEGER NOT NULL DEFAULT 0,
    refused INTEGER NOT NULL DEFAULT 0,
    dropped INTEGER NOT NULL DEFAULT 0,
    lent_queued INTEGER NOT NULL DEFAULT 0, -- those on loan
    lent_scheduled INTEGER NOT NULL DEFAULT 0,
    lent_gone INTEGER NOT NULL DEFAULT 0,
    lent_refused INTEGER NOT NULL DEFAULT 0,
    lent_dropped INTEGER NOT NULL DEFAULT 0
);
INSERT INTO state (id) VALUES (1);
CREATE TABLE outcome (word TEXT PRIMARY KEY, visits INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE job (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    rules TEXT,                             -- JSON; NULL when URLs name a job nobody registered
    pages INTEGER NOT NULL DEFAULT 0        -- admitted
);
CREATE TABLE takedown (
    kind INTEGER NOT NULL, length INTEGER NOT NULL, hash BLOB NOT NULL,
    PRIMARY KEY (kind, length, hash)
) WITHOUT ROWID;
CREATE TABLE site (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    next_allowed INTEGER NOT NULL,
    pace BLOB,                              -- postcard of PaceState; NULL when never asked
    fence INTEGER,                          -- the outstanding loan
    queued INTEGER NOT NULL DEFAULT 0,      -- as in state
    scheduled INTEGER NOT NULL DEFAULT 0,
    gone INTEGER NOT NULL DEFAULT 0,
    refused INTEGER NOT NULL DEFAULT 0,
    dropped INTEGER NOT NULL DEFAULT 0,
    lent_queued INTEGER NOT NULL DEFAULT 0,
    lent_scheduled INTEGER NOT NULL DEFAULT 0,
    lent_gone INTEGER NOT NULL DEFAULT 0,
    lent_refused INTEGER NOT NULL DEFAULT 0,
    lent_dropped INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX site_on_loan ON site (fence) WHERE fence IS NOT NULL;
CREATE TABLE robots (
    site INTEGER NOT NULL, origin TEXT NOT NULL, copy BLOB NOT NULL,
    PRIMARY KEY (site, origin)
) WITHOUT ROWID;
CREATE TABLE memo (of TEXT PRIMARY KEY, bytes BLOB NOT NULL) WITHOUT ROWID;
-- A job's part of a site: what leases are found by, in the order of their turns.
CREATE TABLE share (
    site INTEGER NOT NULL,
    job INTEGER NOT NULL,
    pages INTEGER NOT NULL,                 -- admitted
    hubs INTEGER NOT NULL,
    lent INTEGER NOT NULL,                  -- URLs on loan: which ones, only the writer knows
    ready INTEGER NOT NULL,                 -- first instant something never visited and not on loan is due; 0 = at once
    revisit INTEGER NOT NULL,               -- first instant a revisit not on loan is due
    turn INTEGER NOT NULL,                  -- first instant to lease it; NEVER when on loan or nothing counts
    PRIMARY KEY (site, job)
) WITHOUT ROWID;
CREATE INDEX share_turn ON share (job, turn, site);
CREATE INDEX share_revisit ON share (revisit);
CREATE INDEX share_lent ON share (lent);
CREATE TABLE url (
    id INTEGER PRIMARY KEY,                 -- order of discovery
    site INTEGER NOT NULL,
    tail BLOB NOT NULL,                     -- the ten bytes of the key that follow the site's
    job INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    state INTEGER NOT NULL,
    lane INTEGER NOT NULL,                  -- its queue; it stays there while on loan
    at INTEGER NOT NULL,                    -- rank in fresh lanes, else the instant it is due
    depth INTEGER NOT NULL,
    hops INTEGER NOT NULL,
    text TEXT NOT NULL,                     -- the URL; where it says so, without what the site's name tells
    via INTEGER,                            -- id of the page it was found on
    via_text TEXT,                          -- that page, when it is no URL of ours
    attempts INTEGER,                       -- from here on NULL until the first visit
    last_at INTEGER,
    outcome TEXT,
    etag TEXT,
    last_modified TEXT,
    content_hash INTEGER,
    interval INTEGER                        -- seconds
);
CREATE UNIQUE INDEX url_key ON url (site, tail);
CREATE INDEX url_queue ON url (site, job, lane, at);
";

/// Prepares a connection that writes, making the tables in an empty file.
pub(super) fn prepare(connection: &mut Connection, path: &Path, cache: ByteSize) -> Result<(), Error> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // A lease must be on disk before a request leaves; the archive's checkpoint must not run ahead of it either.
    connection.pragma_update(None, "synchronous", "FULL")?;
    let kibibytes = i64::try_from(cache.0 / 1024).unwrap_or(i64::MAX);
    connection.pragma_update(None, "cache_size", -kibibytes.max(1024))?;
    // Hot pages are written to the log many times; copying them over less often costs log space (16 MiB), not safety.
    connection.pragma_update(None, "wal_autocheckpoint", 4096)?;
    connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    let transaction = connection.transaction()?;
    if is_empty(&transaction)? {
        transaction.execute_batch(TABLES)?;
        transaction.pragma_update(None, "user_version", VERSION)?;
    }
    check_version(&transaction, path)?;
    Ok(transaction.commit()?)
}

/// Refuses a file of another version.
pub(super) fn check_version(connection: &Connection, path: &Path) -> Result<(), Error> {
    let found = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found == VERSION {
        return Ok(());
    }
    Err(Error::Version { path: path.to_owned(), found, expected: VERSION })
}

fn is_empty(connection: &Connection) -> Result<bool, rusqlite::Error> {
    connection.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| row.get(0))
}
