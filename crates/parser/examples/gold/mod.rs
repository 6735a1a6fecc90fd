//! The development pages with what is known of them, and the measures of the benchmarks.
//!
//! Shared by `train_text` and `cargo xtask eval`; invariant: nothing here knows the parser.

#![allow(dead_code, reason = "each command uses its part")]

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use url::Url;

/// One page and its gold.
pub(crate) struct Gold {
    /// Where it was.
    pub(crate) url: Url,
    /// `wcxb_dev`, `daniel_ru`, …
    pub(crate) set: String,
    /// Name of its file.
    pub(crate) file: String,
    /// Its bytes.
    pub(crate) body: Vec<u8>,
    /// Language by the manifest; empty if unknown.
    pub(crate) language: String,
    /// Everything else.
    pub(crate) value: Value,
}

impl Gold {
    /// A text of the gold.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.value[key].as_str().filter(|text| !text.is_empty())
    }

    /// A list of the gold.
    pub(crate) fn list(&self, key: &str) -> Vec<&str> {
        self.value[key]
            .as_array()
            .map(|list| list.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default()
    }

    /// Pages of one site, and translations of the same markup, belong together: never train on one and judge another.
    pub(crate) fn group(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        let host = if self.set == "kkx" { host.strip_prefix("kk.").unwrap_or(host) } else { host };
        host.trim_start_matches("www.").to_owned()
    }
}

/// Where the development data is.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/pages")
}

/// All pages, in the order of the gold file; empty when the data is absent.
pub(crate) fn pages() -> Vec<Gold> {
    let folder = folder();
    let languages: HashMap<String, String> = fs::read_to_string(folder.join("manifest.tsv"))
        .unwrap_or_default()
        .lines()
        .filter_map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            Some(((*fields.get(1)?).to_owned(), (*fields.get(3)?).to_owned()))
        })
        .collect();
    fs::read_to_string(folder.join("gold.ndjson"))
        .unwrap_or_default()
        .lines()
        .filter_map(|line| {
            let value: Value = serde_json::from_str(line).ok()?;
            let file = value["file"].as_str()?.to_owned();
            Some(Gold {
                url: Url::parse(value["url"].as_str()?).ok()?,
                set: value["set"].as_str()?.to_owned(),
                body: fs::read(folder.join(&file)).ok()?,
                language: languages.get(&file).cloned().unwrap_or_default(),
                file,
                value,
            })
        })
        .collect()
}

/// Words in lower case; ideographs one by one.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for letter in text.chars().flat_map(char::to_lowercase).chain(std::iter::once(' ')) {
        let is_ideograph = matches!(u32::from(letter), 0x3040..=0x30ff | 0x3400..=0x9fff);
        if letter.is_alphanumeric() && !is_ideograph {
            word.push(letter);
            continue;
        }
        if !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if is_ideograph {
            words.push(letter.to_string());
        }
    }
    words
}

/// F1 of two bags of words (WCXB's measure).
pub(crate) fn word_f1(found: &[String], gold: &[String]) -> f64 {
    if found.is_empty() || gold.is_empty() {
        return f64::from(u8::from(found.is_empty() && gold.is_empty()));
    }
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for word in gold {
        *counts.entry(word).or_default() += 1;
    }
    let shared = found
        .iter()
        .filter(|word| match counts.get_mut(word.as_str()) {
            Some(left) if *left > 0 => {
                *left -= 1;
                true
            }
            _ => false,
        })
        .count();
    2.0 * shared as f64 / (found.len() + gold.len()) as f64
}

/// Sequences of `n` words.
pub(crate) fn shingles(words: &[String], n: usize) -> HashSet<&[String]> {
    if words.len() < n { std::iter::once(words).collect() } else { words.windows(n).collect() }
}

/// Words per shingle of `ScrapingHub`'s benchmark.
const SHINGLE: usize = 4;

/// `ScrapingHub`'s article benchmark on one page: shingles that text and gold share, as often as both have them.
///
/// As its `evaluate.py` (2019 to 2026) does it: words are `\w+` in the case they are written in, a text of fewer than
/// four words is one shingle, and repeated shingles count as often as they are repeated.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shingles {
    precision: Option<f64>,
    recall: Option<f64>,
}

impl Shingles {
    /// Compares a text with the gold.
    pub(crate) fn of(found: &str, gold: &str) -> Self {
        let (found, gold) = (tokens(found), tokens(gold));
        let (found, gold) = (counted(&found), counted(&gold));
        let shared: usize =
            found.iter().map(|(shingle, count)| *count.min(gold.get(shingle).unwrap_or(&0))).sum();
        let share = |counts: &HashMap<&[&str], usize>| {
            let all: usize = counts.values().sum();
            (all > 0).then(|| shared as f64 / all as f64)
        };
        Self { precision: share(&found), recall: share(&gold) }
    }
}

/// The benchmark's F1 of many pages: of the mean precision over pages where something was found and the mean recall over
/// pages where something was to be found; not a mean of F1s.
pub(crate) fn shingle_f1_of(pages: &[Shingles]) -> Option<f64> {
    let mean =
        |values: Vec<f64>| (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64);
    let precision = mean(pages.iter().filter_map(|page| page.precision).collect())?;
    let recall = mean(pages.iter().filter_map(|page| page.recall).collect())?;
    Some(if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 })
}

/// Python's `\w+`.
fn tokens(text: &str) -> Vec<&str> {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .filter(|token| !token.is_empty())
        .collect()
}

fn counted<'a, 'b>(tokens: &'a [&'b str]) -> HashMap<&'a [&'b str], usize> {
    let mut counts = HashMap::new();
    if !tokens.is_empty() {
        for shingle in tokens.windows(SHINGLE.min(tokens.len())) {
            *counts.entry(shingle).or_default() += 1;
        }
    }
    counts
}

/// F1 of one page by the sets of four-word shingles, in lower case: what `train_text` reports while it trains.
pub(crate) fn shingle_f1(found: &[String], gold: &[String]) -> f64 {
    if found.is_empty() || gold.is_empty() {
        return f64::from(u8::from(found.is_empty() && gold.is_empty()));
    }
    let (a, b) = (shingles(found, 4), shingles(gold, 4));
    2.0 * a.intersection(&b).count() as f64 / (a.len() + b.len()) as f64
}
