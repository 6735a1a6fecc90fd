//! How our `SQLite` files are opened. Invariant: deleted bytes are overwritten, nothing spills into temporary files, the files are
//! readable by their owner only, and other processes are waited for.

use std::fs;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;

use crate::Error;

/// How long another process's transaction is waited for.
const BUSY: Duration = Duration::from_secs(20);

/// A folder only its owner can look into; those above it are made as any.
pub(crate) fn folder(path: &Path) -> Result<(), Error> {
    let above = path.parent().map_or(Ok(()), fs::create_dir_all);
    let made = above.and_then(|()| fs::DirBuilder::new().recursive(true).mode(0o700).create(path));
    made.map_err(Error::io("create", path))
}

/// Makes an empty file that only its owner can read, unless there is one.
pub(crate) fn file(path: &Path) -> Result<fs::File, Error> {
    fs::OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .mode(0o600)
        .open(path)
        .map_err(Error::io("open", path))
}

/// Opens a database, making it if needed, and brings its schema up to date: migration `n` leads from version `n` to `n + 1`.
pub(crate) fn open(path: &Path, migrations: &[&str]) -> Result<Connection, Error> {
    // SQLite gives its WAL and index the database's mode.
    file(path)?;
    let mut db = Connection::open(path)?;
    db.busy_timeout(BUSY)?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    // A withdrawal that was acknowledged must survive a power cut.
    db.pragma_update(None, "synchronous", "FULL")?;
    db.pragma_update(None, "secure_delete", "ON")?;
    db.pragma_update(None, "temp_store", "MEMORY")?;
    let tx = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let version: u32 = tx.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let Some(missing) = migrations.get(version as usize..) else {
        return Err(Error::Setting(format!(
            "{} was made by a later version of this program",
            path.display()
        )));
    };
    for (migration, version) in missing.iter().zip(version + 1..) {
        tx.execute_batch(migration)?;
        tx.pragma_update(None, "user_version", version)?;
    }
    tx.commit()?;
    Ok(db)
}

/// Moves everything from the WAL into the database and empties the WAL, so that no deleted byte stays in it. Returns whether
/// it could: readers of other processes may hold it up, then the next housekeeping does it.
pub(crate) fn checkpoint(db: &Connection) -> Result<bool, Error> {
    let busy: i64 = db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    Ok(busy == 0)
}
