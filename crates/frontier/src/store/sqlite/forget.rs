//! Forgetting: rows out of the file, their texts out of its pages.
//!
//! Invariant: after the transaction no column holds the text of what was forgotten; the caller sees to freed pages and log.

use model::{CanonicalUrl, Site};
use rusqlite::params;

use super::application::{Application, Place};
use super::codec::{Columns, URL_COLUMNS, column_of_site, lengthen};
use crate::error::Error;
use crate::port::{number_of, site_number};
use crate::takedown::Takedown;

/// Removes the rows a takedown names and keeps its rule; returns how many there were.
pub(super) fn forget(application: &mut Application<'_, '_>, takedown: &Takedown) -> Result<u64, Error> {
    let rule = takedown.rule();
    let connection = application.connection;
    connection.execute(
        "INSERT OR IGNORE INTO takedown VALUES (?, ?, ?)",
        params![rule.kind as u8, rule.length, rule.hash],
    )?;
    let doomed = doomed(application, takedown)?;
    connection.execute_batch(
        "CREATE TEMP TABLE IF NOT EXISTS doomed (id INTEGER PRIMARY KEY); DELETE FROM doomed",
    )?;
    for columns in &doomed {
        let row = &columns.row;
        let site = column_of_site(number_of(row.key));
        let place = Place { id: columns.id, job: columns.job, state: row.state };
        application.leave(site, row.key, &place)?;
        connection.prepare_cached("INSERT INTO doomed VALUES (?)")?.execute([columns.id])?;
    }
    connection.execute("DELETE FROM url WHERE id IN (SELECT id FROM doomed)", [])?;
    // Also where it is only mentioned; a freed id may be given to another URL.
    connection.execute("UPDATE url SET via = NULL WHERE via IN (SELECT id FROM doomed)", [])?;
    connection.execute_batch("DELETE FROM doomed")?;
    forget_mentions(application, takedown)?;
    Ok(doomed.len() as u64)
}

fn doomed(application: &Application<'_, '_>, takedown: &Takedown) -> Result<Vec<Columns>, Error> {
    let (filter, site) = match reach(takedown) {
        Some(site) => ("WHERE u.site = ?1", site),
        None => ("WHERE ?1 IS NOT NULL", 0),
    };
    let columns =
        URL_COLUMNS.split(", ").map(|column| format!("u.{}", column.trim())).collect::<Vec<_>>().join(", ");
    let mut statement = application
        .connection
        .prepare(&format!("SELECT {columns}, s.name FROM url u JOIN site s ON s.id = u.site {filter}"))?;
    let mut rows = statement.query([site])?;
    let mut doomed = Vec::new();
    while let Some(row) = rows.next()? {
        let columns = Columns::read(row)?;
        let name: String = row.get(20)?;
        let url = lengthen(&columns.row.url, &name)?;
        if CanonicalUrl::parse(&url).is_ok_and(|url| takedown.names(&url)) {
            doomed.push(columns);
        }
    }
    Ok(doomed)
}

fn forget_mentions(application: &Application<'_, '_>, takedown: &Takedown) -> Result<(), Error> {
    let connection = application.connection;
    let mut statement = connection.prepare("SELECT DISTINCT via_text FROM url WHERE via_text IS NOT NULL")?;
    let texts = statement.query_map([], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
    for text in texts {
        if CanonicalUrl::parse(&text).is_ok_and(|url| takedown.names(&url)) {
            connection.execute("UPDATE url SET via_text = NULL WHERE via_text = ?", [text])?;
        }
    }
    Ok(())
}

/// The only site a takedown can concern, as a column; `None` when it may concern several.
fn reach(takedown: &Takedown) -> Option<i64> {
    let site = match takedown {
        Takedown::Url(url) => url.site(),
        Takedown::Host(host) => Site::of_domain(host),
        Takedown::Prefix(prefix) => {
            // Only a host that is followed by something is a whole host.
            let (_, rest) = prefix.split_once("://")?;
            rest.contains('/').then(|| CanonicalUrl::parse(prefix).ok()).flatten()?.site()
        }
    };
    Some(column_of_site(site_number(&site)))
}
