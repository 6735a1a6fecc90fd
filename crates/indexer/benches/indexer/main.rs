//! What indexing and answering cost beside bare tantivy, in CPU time, in one run. Compare the ratios, not the figures.
//!
//! ```text
//! cargo bench -p indexer                          the retrieval sets, each repeated to 20,000 documents
//! cargo bench -p indexer -- sets FOLDER 20000     other sets
//! cargo bench -p indexer -- scale 1000000         so many documents made of sentences of the sets: lookups at size
//! cargo bench -p indexer -- ours FOLDER 20000     our indexing alone, for a profiler
//! ```
//!
//! "bare" = tantivy's default tokenizer, title and text in one field each, stored; "same fields" = the default tokenizer on
//! as many fields of the same kinds as ours; "no story" = ours beside it without placing documents in stories.

#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

mod bare;
mod meter;
mod scale;
mod sets;

use std::path::{Path, PathBuf};

use indexer::{Index, IndexWriter, LinkSource, Query, Seed, Settings, Similar};
use model::{Position, Timestamp};

use crate::meter::{Span, cpu, times};
use crate::sets::Set;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// As `Settings::memory`.
const MEMORY_BYTES: usize = 64 * 1024 * 1024;

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with('-'));
    let what = arguments.next().unwrap_or_else(|| "sets".to_owned());
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/retrieval");
    match what.as_str() {
        "scale" => {
            let count = arguments.next().map_or(Ok(100_000), |text| text.parse())?;
            let folder = arguments.next().map_or(beside, PathBuf::from);
            scale::run(&folder, count)
        }
        "sets" => {
            let folder = arguments.next().map_or(beside, PathBuf::from);
            let count = arguments.next().map_or(Ok(20_000), |text| text.parse())?;
            small(&folder, count)
        }
        "ours" => {
            let folder = arguments.next().map_or(beside, PathBuf::from);
            let count = arguments.next().map_or(Ok(20_000), |text| text.parse())?;
            for set in sets::all(&folder)? {
                index_ours(&set.repeated(count), tempfile::tempdir()?.path(), true)?;
            }
            Ok(())
        }
        other => Err(format!("{other:?} is neither sets, scale nor ours").into()),
    }
}

fn small(folder: &Path, count: usize) -> Outcome<()> {
    let sets = sets::all(folder)?;
    if sets.is_empty() {
        println!("no retrieval sets in {}; nothing to measure", folder.display());
        return Ok(());
    }
    let sets: Vec<Set> = sets.into_iter().map(|set| set.repeated(count)).collect();
    indexing_header();
    for set in &sets {
        indexing(set)?;
    }
    println!("\n{:16} {:>15} {:>15} {:>15}", "CPU µs, p50 p99", "bare search", "our search", "similar");
    for set in &sets {
        let bare = bare::Bare::index(set, false)?;
        let dir = tempfile::tempdir()?;
        index_ours(set, dir.path(), true)?;
        answer(&set.name, &bare, dir.path(), &set.queries, &seeds(set))?;
    }
    Ok(())
}

fn indexing_header() {
    println!(
        "{:16} {:>9} {:>9} {:>9} {:>7} {:>7} {:>9} {:>9} {:>11}",
        "indexing", "bare", "same", "ours", "/bare", "/same", "no story", "ours MB/s", "bytes/input"
    );
    println!("{:16} {:>9} {:>9} {:>9}   (documents a CPU second)", "", "", "fields", "");
}

fn indexing(set: &Set) -> Outcome<()> {
    let rate = |taken: Span| set.documents.len() as f64 / taken.as_secs_f64();
    let bare = rate(bare::Bare::index(set, false)?.taken);
    let same = rate(bare::Bare::index(set, true)?.taken);
    let dir = tempfile::tempdir()?;
    let taken = index_ours(set, dir.path(), true)?;
    let ours = rate(taken);
    let without = rate(index_ours(set, tempfile::tempdir()?.path(), false)?);
    let speed = set.bytes as f64 / 1e6 / taken.as_secs_f64();
    let index = Index::open(dir.path(), Settings::default())?;
    let size = index.stats()?.bytes as f64 / set.bytes as f64;
    println!(
        "{:16} {bare:9.0} {same:9.0} {ours:9.0} {:7.2} {:7.2} {:9.2} {speed:9.1} {size:11.2}",
        set.name,
        ours / bare,
        ours / same,
        without / same
    );
    Ok(())
}

fn index_ours(set: &Set, dir: &Path, stories: bool) -> Outcome<Span> {
    let mut settings = Settings::default();
    if !stories {
        settings.stories.documents_max = 0;
    }
    let index = Index::open(dir, settings)?;
    let start = cpu();
    let mut writer = index.writer()?;
    for batch in set.documents.chunks(1_000) {
        writer.put(batch)?;
    }
    writer.commit(Position::default(), Timestamp::UNIX_EPOCH)?;
    writer.close()?;
    Ok(cpu().saturating_sub(start))
}

fn seeds(set: &Set) -> Vec<model::UrlKey> {
    let step = (set.documents.len() / 200).max(1);
    set.documents.iter().step_by(step).map(|document| document.key).collect()
}

/// Prints the CPU time of lookups.
fn answer(
    name: &str,
    bare: &bare::Bare,
    dir: &Path,
    queries: &[String],
    seeds: &[model::UrlKey],
) -> Outcome<()> {
    let bare_times = times(queries, |text| bare.search(text))?;
    let index = Index::open(dir, Settings::default())?;
    let now = Timestamp::UNIX_EPOCH;
    let search_times = times(queries, |text| {
        index.search(&Query::new(text, 10, now))?;
        Ok(())
    })?;
    let similar_times = times(seeds, |key| {
        let similar = Similar::new(Seed::Link(*key), 10, now);
        index.similar(&similar)?;
        Ok(())
    })?;
    let show = |(p50, p99): (u128, u128)| format!("{p50} {p99}");
    println!("{name:16} {:>15} {:>15} {:>15}", show(bare_times), show(search_times), show(similar_times));
    Ok(())
}
