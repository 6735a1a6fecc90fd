//! nDCG@10 of the development sets in `../shared/data/retrieval`: what others do, ours, and ours for re-typed queries.
//!
//! `cargo run --release -p indexer --example evaluate_retrieval [FOLDER] [key=value …]` with weights as in `[index.weights]`, for
//! example `exact=0.2 title=1`. Kazakh sets are also asked among documents that answer nothing (`+`): the passages of
//! `../recommend/kazqad_half_a.jsonl` and the other Kazakh sets. Ours is asked twice: told the language, and guessing it.

#![expect(clippy::print_stdout, reason = "an evaluation prints its table")]

mod baselines;
mod sets;
mod spelling;

use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::path::PathBuf;

use indexer::{Filter, Index, IndexWriter, LinkSource, Query, Settings};
use model::{CanonicalUrl, Directives, Document, Language, Position, Timestamp};

use sets::Set;

type Outcome<T> = Result<T, Box<dyn Error>>;

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
    let mut sets = folders.iter().map(|folder| Set::read(folder)).collect::<Outcome<Vec<_>>>()?;
    let mut distractors =
        sets::documents(&folder.join("../recommend/kazqad_half_a.jsonl")).unwrap_or_default();
    let kazakh: Vec<Set> = sets.iter().filter(|set| set.language == "kk").cloned().collect();
    distractors.extend(kazakh.iter().flat_map(|set| set.corpus.clone()));
    sets.extend(kazakh.iter().map(|set| set.with(&distractors)));

    let names: Vec<String> = baselines::NAMES.iter().map(|name| format!("{name:>9}")).collect();
    println!(
        "{:16} {:>5} {} {:>9} {:>9} {:>6}",
        "nDCG@10",
        "texts",
        names.join(" "),
        "ours",
        "guessing",
        "r@100"
    );
    for set in &sets {
        let figures: Vec<String> =
            baselines::all(set)?.iter().map(|figure| format!("{figure:9.4}")).collect();
        let ours = Ours::new(set, &settings)?;
        let (told, recall) = ours.judge(set, true)?;
        let (guessing, _) = ours.judge(set, false)?;
        let texts = set.corpus.len();
        println!("{:16} {texts:5} {} {told:9.4} {guessing:9.4} {recall:6.3}", set.name, figures.join(" "));
    }
    println!("\n{:16} {:15} {:>9} {:>9}", "re-typed", "", "ours", "guessing");
    for set in &sets {
        let ways = match set.language.as_str() {
            "kk" => spelling::KAZAKH,
            "ru" => spelling::RUSSIAN,
            _ => continue,
        };
        let ours = Ours::new(set, &settings)?;
        for (name, retype) in ways {
            let set = set.retyped(*retype);
            let (told, guessing) = (ours.judge(&set, true)?.0, ours.judge(&set, false)?.0);
            println!("{:16} {name:15} {told:9.4} {guessing:9.4}", set.name);
        }
    }
    Ok(())
}

/// The index of this crate with the documents of a set.
struct Ours {
    index: Index,
    ids: HashMap<String, String>,
    _dir: tempfile::TempDir,
}

impl Ours {
    fn new(set: &Set, settings: &Settings) -> Outcome<Self> {
        let now = Timestamp::UNIX_EPOCH;
        let language = Language::new(&set.language);
        let dir = tempfile::tempdir()?;
        let index = Index::open(dir.path(), settings.clone())?;
        let mut writer = index.writer()?;
        let mut ids = HashMap::new();
        for (id, title, text) in &set.corpus {
            let url = CanonicalUrl::parse(&format!("https://example.test/{id}"))?;
            ids.insert(url.canonical().to_owned(), id.clone());
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
        Ok(Self { index, ids, _dir: dir })
    }

    /// nDCG@10 and recall@100.
    fn judge(&self, set: &Set, told: bool) -> Outcome<(f64, f64)> {
        let languages = if told { vec![Language::new(&set.language)] } else { Vec::new() };
        let mut answers = set.queries.iter();
        let mut recall = 0.0;
        let gain = set.judge(|text| {
            let filter = Filter { languages: languages.clone(), ..Filter::default() };
            let answer =
                self.index.search(&Query { filter, ..Query::new(text, 100, Timestamp::UNIX_EPOCH) })?;
            let found: Vec<String> =
                answer.hits.iter().filter_map(|hit| self.ids.get(&hit.document.url).cloned()).collect();
            if let Some(asked) = answers.next() {
                let hit = found.iter().filter(|id| asked.relevant.contains_key(*id)).count();
                recall += hit as f64 / asked.relevant.len() as f64;
            }
            Ok(found)
        })?;
        Ok((gain, recall / set.queries.len() as f64))
    }
}
