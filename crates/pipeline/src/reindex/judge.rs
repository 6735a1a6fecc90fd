//! Whether a new generation may take the place of the live one: it has as many documents, and finds what the live one finds.
//!
//! Invariant: what the live generation does not find either is no fault of the new one.

use indexer::{Index, LinkSource, Query};
use model::{Timestamp, UrlKey};

use crate::Error;

/// Documents whose titles are asked for, spread evenly over the keys.
const SAMPLES: u8 = 48;
/// How far down its document is looked for: titles are often shared.
const DEPTH: usize = 20;

/// Refuses a generation that lost more than a tenth of the documents, or no longer finds more than a tenth of those it is
/// asked for by title: that is more likely a defect than a fact.
///
/// # Errors
/// [`Error::Input`] with both figures when it is refused; failures of the index.
pub(super) fn compare(live: &Index, new: &Index, now: Timestamp) -> Result<(), Error> {
    let (before, after) = (live.stats()?.documents, new.stats()?.documents);
    let refused = |what: String| {
        Err(Error::Input(format!(
            "{what}; it was not swapped in. Look at `silteme verify`; run `silteme reindex` without --verify if the loss is right"
        )))
    };
    if after * 10 < before * 9 {
        return refused(format!("the new generation has {after} documents, the live one {before}"));
    }
    let (mut asked, mut lost) = (0, Vec::new());
    for (key, title) in samples(live, now)? {
        if finds(live, &key, &title, now)? {
            asked += 1;
            if !finds(new, &key, &title, now)? {
                lost.push(title);
            }
        }
    }
    if lost.len() * 10 > asked {
        let example = lost.first().map_or("", String::as_str);
        let count = lost.len();
        return refused(format!(
            "the new generation does not find {count} of {asked} documents by their titles, {example:?} among them"
        ));
    }
    tracing::info!(asked, lost = lost.len(), "the new generation finds what the live one finds");
    Ok(())
}

/// Keys and titles of some documents.
fn samples(live: &Index, now: Timestamp) -> Result<Vec<(UrlKey, String)>, Error> {
    let mut found: Vec<(UrlKey, String)> = Vec::new();
    for n in 0..SAMPLES {
        // Keys are hashes, so equal steps through their first byte are equal steps through the documents.
        let mut from = [0; 16];
        from[0] = n * (u8::MAX / SAMPLES);
        let next = live.documents(Some(UrlKey(from)), 1, now)?.pop();
        found.extend(next.map(|document| (document.key, document.title)));
    }
    found.dedup_by_key(|(key, _)| *key);
    Ok(found)
}

fn finds(index: &Index, key: &UrlKey, title: &str, now: Timestamp) -> Result<bool, Error> {
    let hits = index.search(&Query::new(title, DEPTH, now))?.hits;
    Ok(hits.iter().any(|hit| hit.document.key == *key))
}
