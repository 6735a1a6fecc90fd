//! What indexing and answering cost beside bare tantivy, in CPU time of this process (all threads), in one run.
//!
//! `cargo bench -p indexer [-- FOLDER [DOCUMENTS]]`: FOLDER as `../shared/data/retrieval`; each set is repeated until it has
//! DOCUMENTS documents (20,000). "bare" = tantivy's default tokenizer, title and text in one field each, stored; "same
//! fields" = the default tokenizer on as many fields of the same kinds as ours. Compare the ratios, not the figures.

#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use indexer::{Index, IndexWriter, LinkSource, Query, Seed, Settings, Similar};
use model::{CanonicalUrl, Directives, Document, Language, Position, Timestamp};
use tantivy::collector::TopDocs;
use tantivy::query::QueryParser;
use tantivy::schema::{
    FAST, INDEXED, IndexRecordOption, STORED, STRING, Schema, TEXT, TextFieldIndexing, TextOptions,
};
use tantivy::store::{Compressor, ZstdCompressor};
use tantivy::{IndexSettings, TantivyDocument};

type Outcome<T> = Result<T, Box<dyn Error>>;

const MEMORY_BYTES: usize = 64 * 1024 * 1024;

struct Set {
    name: String,
    documents: Vec<Document>,
    bytes: usize,
    queries: Vec<String>,
}

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with('-'));
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/retrieval");
    let folder = arguments.next().map_or(beside, PathBuf::from);
    let count: usize = arguments.next().map_or(Ok(20_000), |text| text.parse())?;
    let Ok(entries) = fs::read_dir(&folder) else {
        println!("no retrieval sets in {}; nothing to measure", folder.display());
        return Ok(());
    };
    let mut folders: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    folders.sort();
    println!(
        "{:16} {:>9} {:>9} {:>9} {:>7} {:>7} {:>9}",
        "indexing", "bare", "same", "ours", "/bare", "/same", "ours MB/s"
    );
    println!("{:16} {:>9} {:>9} {:>9}   (documents a CPU second)", "", "", "fields", "");
    let sets = folders.iter().map(|folder| read_set(folder, count)).collect::<Outcome<Vec<Set>>>()?;
    for set in &sets {
        let bare = rate(set, index_bare(set, false)?.0);
        let same = rate(set, index_bare(set, true)?.0);
        let dir = tempfile::tempdir()?;
        let taken = index_ours(set, dir.path())?;
        let ours = rate(set, taken);
        let speed = set.bytes as f64 / 1e6 / taken.as_secs_f64();
        println!(
            "{:16} {bare:9.0} {same:9.0} {ours:9.0} {:7.2} {:7.2} {speed:9.1}",
            set.name,
            ours / bare,
            ours / same
        );
    }
    println!("\n{:16} {:>15} {:>15} {:>15}", "µs, p50 p99", "bare search", "our search", "similar");
    for set in &sets {
        answer(set)?;
    }
    Ok(())
}

fn rate(set: &Set, taken: Duration) -> f64 {
    set.documents.len() as f64 / taken.as_secs_f64()
}

fn read_set(folder: &Path, count: usize) -> Outcome<Set> {
    let meta: serde_json::Value = serde_json::from_str(&fs::read_to_string(folder.join("META.json"))?)?;
    let language = Language::new(meta["lang"].as_str().unwrap_or("und"));
    let rows: Vec<serde_json::Value> = fs::read_to_string(folder.join("corpus.ndjson"))?
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?;
    let mut documents = Vec::with_capacity(count);
    let mut bytes = 0;
    for (n, row) in rows.iter().cycle().take(count).enumerate() {
        let url = CanonicalUrl::parse(&format!("https://h{}.test/{n}", n % 997))?;
        let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        // Copies would tie, and ties cannot be pruned: each round leaves out one word more.
        let body = text("body");
        let start = body.match_indices(' ').nth(n / rows.len()).map_or(0, |(at, _)| at);
        let body = body[start..].to_owned();
        bytes += text("title").len() + body.len();
        documents.push(Document {
            key: url.key(),
            url: url.canonical().to_owned(),
            title: text("title"),
            text: body,
            description: None,
            author: None,
            site_name: None,
            section: None,
            tags: Vec::new(),
            image: None,
            language: language.clone(),
            published: None,
            modified: None,
            fetched: Timestamp::UNIX_EPOCH,
            directives: Directives::default(),
        });
    }
    let queries = fs::read_to_string(folder.join("queries.tsv"))?;
    Ok(Set {
        name: folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        documents,
        bytes,
        queries: queries.lines().filter_map(|line| Some(line.split_once('\t')?.1.to_owned())).collect(),
    })
}

/// CPU time of the whole process, user and system.
fn cpu() -> Duration {
    // Fields 14 and 15 of proc_pid_stat(5), counted after the name in parentheses; ticks of 10 ms.
    let ticks = fs::read_to_string("/proc/self/stat").ok().and_then(|stat| {
        let fields: Vec<u64> =
            stat.rsplit(')').next()?.split_whitespace().skip(11).take(2).flat_map(str::parse).collect();
        Some(fields.iter().sum::<u64>())
    });
    Duration::from_millis(10 * ticks.unwrap_or_default())
}

fn index_ours(set: &Set, dir: &Path) -> Outcome<Duration> {
    let index = Index::open(dir, Settings::default())?;
    let start = cpu();
    let mut writer = index.writer()?;
    for batch in set.documents.chunks(1_000) {
        writer.put(batch)?;
    }
    writer.commit(Position::default(), Timestamp::UNIX_EPOCH)?;
    writer.close()?;
    Ok(cpu().saturating_sub(start))
}

fn index_bare(set: &Set, same_fields: bool) -> Outcome<(Duration, tempfile::TempDir)> {
    let mut builder = Schema::builder();
    let title = builder.add_text_field("title", TEXT | STORED);
    let body = builder.add_text_field("body", TEXT | STORED);
    let frequencies = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default().set_tokenizer("default").set_index_option(IndexRecordOption::WithFreqs),
    );
    let terms = builder.add_text_field("terms", frequencies);
    let host = builder.add_text_field("host", STRING);
    let key = builder.add_bytes_field("key", INDEXED);
    let numbers: Vec<_> = (0..5).map(|n| builder.add_u64_field(&format!("n{n}"), FAST)).collect();
    let dir = tempfile::tempdir()?;
    let settings = IndexSettings {
        docstore_compression: Compressor::Zstd(ZstdCompressor::default()),
        ..IndexSettings::default()
    };
    let index =
        tantivy::Index::builder().schema(builder.build()).settings(settings).create_in_dir(dir.path())?;
    let start = cpu();
    let mut writer = index.writer_with_num_threads(1, MEMORY_BYTES / 4 * 3)?;
    for document in &set.documents {
        let mut entry = TantivyDocument::new();
        entry.add_text(title, &document.title);
        entry.add_text(body, &document.text);
        if same_fields {
            entry.add_text(terms, &document.title);
            entry.add_text(terms, &document.text);
            entry.add_text(host, &document.url[8..12]);
            entry.add_bytes(key, &document.key.0);
            for number in &numbers {
                entry.add_u64(*number, u64::from(document.key.0[15]));
            }
        }
        writer.add_document(entry)?;
    }
    writer.commit()?;
    writer.wait_merging_threads()?;
    Ok((cpu().saturating_sub(start), dir))
}

fn answer(set: &Set) -> Outcome<()> {
    let (_, bare_dir) = index_bare(set, false)?;
    let bare = tantivy::Index::open_in_dir(bare_dir.path())?;
    let searcher = bare.reader()?.searcher();
    let fields = vec![bare.schema().get_field("title")?, bare.schema().get_field("body")?];
    let parser = QueryParser::for_index(&bare, fields);
    let bare_times = times(&set.queries, |text| {
        let (query, _) = parser.parse_query_lenient(text);
        for (_, address) in searcher.search(&query, &TopDocs::with_limit(10).order_by_score())? {
            let _: TantivyDocument = searcher.doc(address)?;
        }
        Ok(())
    })?;
    let dir = tempfile::tempdir()?;
    index_ours(set, dir.path())?;
    let index = Index::open(dir.path(), Settings::default())?;
    let now = Timestamp::UNIX_EPOCH;
    let search_times = times(&set.queries, |text| {
        index.search(&Query::new(text, 10, now))?;
        Ok(())
    })?;
    let seeds: Vec<_> = set.documents.iter().step_by(97).take(200).map(|document| document.key).collect();
    let similar_times = times(&seeds, |key| {
        let similar = Similar::new(Seed::Link(*key), 10, now);
        index.similar(&similar)?;
        Ok(())
    })?;
    let show = |(p50, p99): (u128, u128)| format!("{p50} {p99}");
    println!(
        "{:16} {:>15} {:>15} {:>15}",
        set.name,
        show(bare_times),
        show(search_times),
        show(similar_times)
    );
    Ok(())
}

/// Median and 99th percentile in microseconds, after one round to warm up.
fn times<T>(inputs: &[T], mut one: impl FnMut(&T) -> Outcome<()>) -> Outcome<(u128, u128)> {
    let mut taken = Vec::new();
    for round in 0..2 {
        for input in inputs {
            let start = Instant::now();
            one(input)?;
            if round > 0 {
                taken.push(start.elapsed().as_micros());
            }
        }
    }
    taken.sort_unstable();
    let at =
        |part: usize| taken.get((taken.len().saturating_sub(1)) * part / 100).copied().unwrap_or_default();
    Ok((at(50), at(99)))
}
