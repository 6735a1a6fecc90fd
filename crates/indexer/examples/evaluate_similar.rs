//! Links like a link, through the index, beside TF-IDF cosine; and sentences found in another language.
//!
//! `cargo run --release -p indexer --example evaluate_similar [FOLDER]`, on the sets in `../shared/data/recommend`. The baseline
//! is TF-IDF (frequency and rarity as logarithms, vectors of length one) over words and over character 4-grams within words,
//! of the same title and text.

#![expect(clippy::print_stdout, reason = "an evaluation prints its table")]

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use indexer::{Filter, Index, IndexWriter, LinkSource, Seed, Settings, Similar};
use model::{Document, Language, Position};
use testkit::conformance::indexer::document;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Documents, each of a group; those of one group are what a search from one of them should find.
struct Set {
    name: &'static str,
    groups: Vec<String>,
    documents: Vec<Document>,
}

fn main() -> Outcome<()> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or("../shared/data/recommend".to_owned()));
    if !folder.exists() {
        println!("no development sets in {}; nothing to evaluate", folder.display());
        return Ok(());
    }
    println!(
        "{:26} {:>7} {:>7} {:>7} {:>8} {:>8}",
        "nDCG@10 of similar links", "seeds", "words", "4-grams", "ours", "empty"
    );
    for set in [events(&folder)?, pairs(&folder)?, articles(&folder)?] {
        let seeds: Vec<usize> = (0..set.groups.len())
            .filter(|seed| set.groups.iter().filter(|group| **group == set.groups[*seed]).count() > 1)
            .collect();
        let words = judge(&set, &seeds, &tf_idf(&set.documents, words));
        let grams = judge(&set, &seeds, &tf_idf(&set.documents, four_grams));
        let found = ours(&set.documents)?;
        let empty = found.iter().filter(|hits| hits.is_empty()).count();
        println!(
            "{:26} {:7} {words:7.4} {grams:7.4} {:8.4} {empty:8}",
            set.name,
            seeds.len(),
            judge(&set, &seeds, &found)
        );
    }
    languages(&folder)
}

/// Parallel sentences: whether the first hit in the other language is the same sentence.
fn languages(folder: &Path) -> Outcome<()> {
    let mut sentences: BTreeMap<&str, BTreeMap<String, (String, String)>> = BTreeMap::new();
    let all = rows(&folder.join("sib200_train_dev.jsonl"))?;
    for row in &all {
        let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        let code = match row["lang"].as_str() {
            Some("kaz_Cyrl") => "kk",
            Some("rus_Cyrl") => "ru",
            Some("eng_Latn") => "en",
            _ => continue,
        };
        sentences.entry(code).or_default().insert(text("idx"), (text("split"), text("text")));
    }
    println!("\n{:26} {:>7} {:>7} {:>7}", "R@1 across languages", "all", "train", "dev");
    for (from, to) in [("kk", "ru"), ("kk", "en"), ("ru", "en"), ("ru", "kk"), ("en", "kk"), ("en", "ru")] {
        let documents: Vec<Document> = sentences[to]
            .iter()
            .map(|(number, (_, text))| document(&format!("https://{to}.test/{number}"), to, "", text))
            .collect();
        let index = Built::of(&documents)?;
        let (mut right, mut count) = ([0.0; 3], [0.0; 3]);
        for (number, (split, text)) in &sentences[from] {
            let seed = Seed::Text { title: String::new(), text: text.clone(), language: Language::new(from) };
            let filter = Filter { languages: vec![Language::new(to)], ..Filter::default() };
            let similar =
                Similar { filter, cross_language: true, ..Similar::new(seed, 1, documents[0].fetched) };
            let hits = index.index.similar(&similar)?;
            let is_right =
                hits.first().is_some_and(|hit| hit.document.url == format!("https://{to}.test/{number}"));
            for part in [0, if split == "train" { 1 } else { 2 }] {
                right[part] += f64::from(u8::from(is_right));
                count[part] += 1.0;
            }
        }
        let [all, train, dev] = [0, 1, 2].map(|part| right[part] / count[part]);
        println!("{:26} {all:7.3} {train:7.3} {dev:7.3}", format!("{from} to {to}"));
    }
    Ok(())
}

/// Reports of the same event.
fn events(folder: &Path) -> Outcome<Set> {
    let mut set = Set { name: "ECB+ (event)", groups: Vec::new(), documents: Vec::new() };
    for row in rows(&folder.join("ecbplus_train_dev.jsonl"))? {
        let text = |name: &str| row[name].as_str().unwrap_or_default();
        set.groups.push(text("story").to_owned());
        set.documents.push(document(&format!("https://news.test/{}", text("id")), "en", "", text("text")));
    }
    Ok(set)
}

/// Articles of the same event, two and two.
fn pairs(folder: &Path) -> Outcome<Set> {
    let mut set = Set { name: "Russian pairs (event)", groups: Vec::new(), documents: Vec::new() };
    for (number, row) in rows(&folder.join("tgcontest_ru_train_exam_pairs.jsonl"))?.iter().enumerate() {
        for side in ["first", "second"] {
            let text = |name: &str| row[format!("{side}_{name}")].as_str().unwrap_or_default();
            let known = set.documents.iter().position(|document| document.text == text("text"));
            let group = if row["label"] == "OK" { number.to_string() } else { format!("{number} {side}") };
            // An article of several pairs is one document; what it is paired with joins its group.
            match known {
                Some(known) if row["label"] == "OK" && side == "first" => {
                    let old = std::mem::replace(&mut set.groups[known], group.clone());
                    set.groups
                        .iter_mut()
                        .filter(|other| **other == old)
                        .for_each(|other| other.clone_from(&group));
                }
                Some(_) => {}
                None => {
                    let url = format!("https://news.test/{number}/{side}");
                    set.groups.push(group);
                    set.documents.push(document(&url, "ru", text("title"), text("text")));
                }
            }
        }
    }
    Ok(set)
}

/// Passages of the same encyclopedia article; without its title, which would give it away.
fn articles(folder: &Path) -> Outcome<Set> {
    let mut set = Set { name: "Kazakh passages (article)", groups: Vec::new(), documents: Vec::new() };
    for row in rows(&folder.join("kazqad_half_a.jsonl"))? {
        let text = |name: &str| row[name].as_str().unwrap_or_default();
        set.groups.push(text("title").to_owned());
        set.documents.push(document(&format!("https://kk.test/{}", text("id")), "kk", "", text("text")));
    }
    Ok(set)
}

/// An index in a folder that goes away with it.
struct Built {
    index: Index,
    _folder: tempfile::TempDir,
}

impl Built {
    fn of(documents: &[Document]) -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        let index = Index::open(folder.path(), Settings { snippet_chars: 0, ..Settings::default() })?;
        let mut writer = index.writer()?;
        writer.put(documents)?;
        writer.commit(Position::default(), documents[0].fetched)?;
        writer.close()?;
        Ok(Self { index, _folder: folder })
    }
}

/// For each document the ten most like it.
fn ours(documents: &[Document]) -> Outcome<Vec<Vec<usize>>> {
    let places: HashMap<&str, usize> =
        documents.iter().enumerate().map(|(at, document)| (document.url.as_str(), at)).collect();
    let built = Built::of(documents)?;
    let mut found = Vec::new();
    for document in documents {
        let hits = built.index.similar(&Similar::new(Seed::Link(document.key), 10, document.fetched))?;
        found.push(hits.iter().map(|hit| places[hit.document.url.as_str()]).collect());
    }
    Ok(found)
}

fn tf_idf(documents: &[Document], terms: impl Fn(&str) -> Vec<String>) -> Vec<Vec<usize>> {
    let counted: Vec<BTreeMap<String, f64>> = documents
        .iter()
        .map(|document| {
            let mut counts = BTreeMap::new();
            for term in terms(&format!("{} {}", document.title, document.text)) {
                *counts.entry(term).or_default() += 1.0;
            }
            counts
        })
        .collect();
    let mut frequencies: HashMap<&str, f64> = HashMap::new();
    for term in counted.iter().flat_map(BTreeMap::keys) {
        *frequencies.entry(term).or_default() += 1.0;
    }
    let total = documents.len() as f64;
    let vectors: Vec<HashMap<&str, f64>> = counted
        .iter()
        .map(|counts| {
            let rarity = |term: &str| ((1.0 + total) / (1.0 + frequencies[term])).ln() + 1.0;
            let mut vector: HashMap<&str, f64> = counts
                .iter()
                .map(|(term, count)| (term.as_str(), (1.0 + count.ln()) * rarity(term)))
                .collect();
            let length = vector.values().map(|value| value * value).sum::<f64>().sqrt();
            for value in vector.values_mut() {
                *value /= length;
            }
            vector
        })
        .collect();
    let closest = |seed: usize| {
        let cosine = |other: usize| {
            vectors[seed].iter().filter_map(|(t, v)| Some(v * vectors[other].get(t)?)).sum::<f64>()
        };
        let others = (0..vectors.len()).filter(|other| *other != seed);
        let mut scored: Vec<(f64, usize)> = others.map(|other| (cosine(other), other)).collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        scored.iter().take(10).filter(|(score, _)| *score > 0.0).map(|(_, other)| *other).collect()
    };
    (0..vectors.len()).map(closest).collect()
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

fn four_grams(text: &str) -> Vec<String> {
    let padded = words(text).into_iter().map(|word| format!(" {word} ").chars().collect::<Vec<char>>());
    padded
        .flat_map(|word| word.windows(4).map(|gram| gram.iter().collect()).collect::<Vec<String>>())
        .collect()
}

/// Mean nDCG@10 of the seeds.
fn judge(set: &Set, seeds: &[usize], found: &[Vec<usize>]) -> f64 {
    let discount = |rank: usize| 1.0 / ((rank + 2) as f64).log2();
    let of_seed = |seed: &usize| {
        let group = &set.groups[*seed];
        let others = set.groups.iter().filter(|other| *other == group).count() - 1;
        let ideal: f64 = (0..others.min(10)).map(discount).sum();
        let right = found[*seed].iter().enumerate().filter(|(_, hit)| set.groups[**hit] == *group);
        right.map(|(rank, _)| discount(rank)).sum::<f64>() / ideal
    };
    seeds.iter().map(of_seed).sum::<f64>() / seeds.len() as f64
}

fn rows(path: &Path) -> Outcome<Vec<serde_json::Value>> {
    fs::read_to_string(path)?.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}
