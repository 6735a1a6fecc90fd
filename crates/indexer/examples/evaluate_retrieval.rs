//! nDCG@10 of the development sets in `../shared/data/retrieval` for words as written, Snowball, five letters, and ours.
//!
//! `cargo run -p indexer --example evaluate_retrieval [FOLDER] [key=value …]` with weights as in `[index.weights]`, for example
//! `exact=0.2 title=1`. Ours is asked twice: told the language, and guessing it.

#![expect(clippy::print_stdout, reason = "an evaluation prints its table")]

use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use indexer::{Filter, Index, IndexWriter, LinkSource, Query, Settings};
use model::{CanonicalUrl, Directives, Document, Language, Position, Timestamp};
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, Occur, TermQuery};
use tantivy::schema::{IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions, Value};
use tantivy::tokenizer::{
    Language as Snowball, LowerCaser, SimpleTokenizer, Stemmer, TextAnalyzer, TokenStream,
};
use tantivy::{TantivyDocument, Term};

type Outcome<T> = Result<T, Box<dyn Error>>;

struct Set {
    name: String,
    language: String,
    corpus: Vec<(String, String, String)>,
    queries: Vec<(String, String)>,
    relevant: HashMap<String, HashMap<String, f64>>,
}

fn main() -> Outcome<()> {
    let mut folder = PathBuf::from("../shared/data/retrieval");
    let mut settings = Settings::default();
    let mut weights = serde_json::to_value(settings.weights)?;
    for argument in std::env::args().skip(1) {
        match argument.split_once('=') {
            Some((name, value)) => weights[name] = value.parse::<f64>()?.into(),
            None => folder = argument.into(),
        }
    }
    settings.weights = serde_json::from_value(weights)?;
    settings.snippet_chars = 0; // not looked at here
    let Ok(entries) = fs::read_dir(&folder) else {
        println!("no retrieval sets in {}; nothing to evaluate", folder.display());
        return Ok(());
    };
    let mut folders: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    folders.sort();
    println!(
        "{:16} {:>7} {:>9} {:>7} {:>7} {:>9} {:>11}",
        "nDCG@10", "words", "Snowball", "five", "ours", "guessing", "recall@100"
    );
    for folder in folders {
        let set = read_set(&folder)?;
        let words = baseline(&set, "words")?;
        let snowball = baseline(&set, "snowball")?;
        let five = baseline(&set, "five")?;
        let (told, recall) = ours(&set, &settings, true)?;
        let (guessing, _) = ours(&set, &settings, false)?;
        println!(
            "{:16} {words:7.4} {snowball:9.4} {five:7.4} {told:7.4} {guessing:9.4} {recall:11.4}",
            set.name
        );
    }
    Ok(())
}

fn read_set(folder: &Path) -> Outcome<Set> {
    let meta: serde_json::Value = serde_json::from_str(&fs::read_to_string(folder.join("META.json"))?)?;
    let mut corpus = Vec::new();
    for line in fs::read_to_string(folder.join("corpus.ndjson"))?.lines() {
        let row: serde_json::Value = serde_json::from_str(line)?;
        let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        corpus.push((text("id"), text("title"), text("body")));
    }
    let queries = fs::read_to_string(folder.join("queries.tsv"))?;
    let mut relevant: HashMap<String, HashMap<String, f64>> = HashMap::new();
    for line in fs::read_to_string(folder.join("qrels.tsv"))?.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        if let [query, _, document, gain] = fields[..] {
            relevant.entry(query.to_owned()).or_default().insert(document.to_owned(), gain.parse()?);
        }
    }
    Ok(Set {
        name: folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        language: meta["lang"].as_str().unwrap_or("und").to_owned(),
        corpus,
        queries: queries
            .lines()
            .filter_map(|line| line.split_once('\t'))
            .map(|(id, text)| (id.to_owned(), text.to_owned()))
            .collect(),
        relevant,
    })
}

fn ndcg(found: &[String], relevant: &HashMap<String, f64>) -> f64 {
    let discount = |rank: usize| 1.0 / ((rank + 2) as f64).log2();
    let gain: f64 = found
        .iter()
        .take(10)
        .enumerate()
        .filter_map(|(rank, id)| Some(relevant.get(id)? * discount(rank)))
        .sum();
    let mut ideal: Vec<f64> = relevant.values().copied().collect();
    ideal.sort_by(|a, b| b.total_cmp(a));
    let best: f64 = ideal.iter().take(10).enumerate().map(|(rank, gain)| gain * discount(rank)).sum();
    if best > 0.0 { gain / best } else { 0.0 }
}

fn mean(set: &Set, mut judge: impl FnMut(&str, &HashMap<String, f64>) -> Outcome<f64>) -> Outcome<f64> {
    let (mut sum, mut count) = (0.0, 0.0);
    for (id, text) in &set.queries {
        if let Some(relevant) = set.relevant.get(id) {
            sum += judge(text, relevant)?;
            count += 1.0;
        }
    }
    Ok(sum / count)
}

/// BM25 over one field of title and text.
fn baseline(set: &Set, analyser: &str) -> Outcome<f64> {
    let mut tokenizer = match analyser {
        "snowball" => {
            let snowball = if set.language == "en" { Snowball::English } else { Snowball::Russian };
            TextAnalyzer::builder(SimpleTokenizer::default())
                .filter(LowerCaser)
                .filter(Stemmer::new(snowball))
                .build()
        }
        _ => TextAnalyzer::builder(SimpleTokenizer::default()).filter(LowerCaser).build(),
    };
    let cut =
        |token: &str| if analyser == "five" { token.chars().take(5).collect() } else { token.to_owned() };
    let mut terms = |text: &str| {
        let mut found = Vec::new();
        tokenizer.token_stream(text).process(&mut |token| found.push(cut(&token.text)));
        found
    };
    let mut builder = Schema::builder();
    let id = builder.add_text_field("id", STRING | STORED);
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("whitespace")
        .set_index_option(IndexRecordOption::WithFreqs);
    let body = builder.add_text_field("body", TextOptions::default().set_indexing_options(indexing));
    let index = tantivy::Index::create_in_ram(builder.build());
    let mut writer = index.writer_with_num_threads(1, 50_000_000)?;
    for (name, title, text) in &set.corpus {
        let mut entry = TantivyDocument::new();
        entry.add_text(id, name);
        entry.add_text(body, terms(&format!("{title} {text}")).join(" "));
        writer.add_document(entry)?;
    }
    writer.commit()?;
    let searcher = index.reader()?.searcher();
    mean(set, |query, relevant| {
        let clauses = terms(query)
            .iter()
            .map(|term| {
                let term = TermQuery::new(Term::from_field_text(body, term), IndexRecordOption::WithFreqs);
                (Occur::Should, Box::new(term) as _)
            })
            .collect();
        let mut found = Vec::new();
        for (_, address) in
            searcher.search(&BooleanQuery::new(clauses), &TopDocs::with_limit(10).order_by_score())?
        {
            let entry: TantivyDocument = searcher.doc(address)?;
            found.extend(entry.get_first(id).and_then(|value| value.as_str().map(str::to_owned)));
        }
        Ok(ndcg(&found, relevant))
    })
}

/// nDCG@10 and recall@100 of the index of this crate.
fn ours(set: &Set, settings: &Settings, told: bool) -> Outcome<(f64, f64)> {
    let now = Timestamp::UNIX_EPOCH;
    let language = Language::new(&set.language);
    let dir = tempfile::tempdir()?;
    let index = Index::open(dir.path(), settings.clone())?;
    let mut writer = index.writer()?;
    let mut ids = HashMap::new();
    for (id, title, text) in &set.corpus {
        let url = CanonicalUrl::parse(&format!("https://example.test/{id}"))?;
        ids.insert(url.key(), id.clone());
        writer.put(&[Document {
            key: url.key(),
            url: url.canonical().to_owned(),
            title: title.clone(),
            text: text.clone(),
            description: None,
            author: None,
            site_name: None,
            section: None,
            tags: Vec::new(),
            image: None,
            language: language.clone(),
            published: None,
            modified: None,
            fetched: now,
            directives: Directives::default(),
        }])?;
    }
    writer.commit(Position::default(), now)?;
    let languages = if told { vec![language] } else { Vec::new() };
    let mut recall = 0.0;
    let gain = mean(set, |text, relevant| {
        let filter = Filter { languages: languages.clone(), ..Filter::default() };
        let answer = index.search(&Query { filter, ..Query::new(text, 100, now) })?;
        let found: Vec<String> =
            answer.hits.iter().filter_map(|hit| ids.get(&hit.document.key).cloned()).collect();
        recall += found.iter().filter(|id| relevant.contains_key(*id)).count() as f64 / relevant.len() as f64;
        Ok(ndcg(&found, relevant))
    })?;
    Ok((gain, recall / set.queries.len() as f64))
}
