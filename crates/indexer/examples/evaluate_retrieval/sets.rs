//! The development sets: documents, queries, and which documents answer a query.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;

use super::Outcome;

/// One set.
#[derive(Clone)]
pub(crate) struct Set {
    pub(crate) name: String,
    pub(crate) language: String,
    /// Id, title, text.
    pub(crate) corpus: Vec<(String, String, String)>,
    /// Those with an answer.
    pub(crate) queries: Vec<Asked>,
}

/// A query and the documents that answer it, with how well.
#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) text: String,
    pub(crate) relevant: HashMap<String, f64>,
}

impl Set {
    pub(crate) fn read(folder: &Path) -> Outcome<Self> {
        let meta: serde_json::Value = serde_json::from_str(&fs::read_to_string(folder.join("META.json"))?)?;
        let mut relevant: HashMap<String, HashMap<String, f64>> = HashMap::new();
        for line in fs::read_to_string(folder.join("qrels.tsv"))?.lines() {
            let fields: Vec<&str> = line.split('\t').collect();
            if let [query, _, document, gain] = fields[..] {
                relevant.entry(query.to_owned()).or_default().insert(document.to_owned(), gain.parse()?);
            }
        }
        let queries = fs::read_to_string(folder.join("queries.tsv"))?;
        let asked = |line: &str| {
            let (id, text) = line.split_once('\t')?;
            Some(Asked { text: text.to_owned(), relevant: relevant.get(id)?.clone() })
        };
        Ok(Self {
            name: folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
            language: meta["lang"].as_str().unwrap_or("und").to_owned(),
            corpus: documents(&folder.join("corpus.ndjson"))?,
            queries: queries.lines().filter_map(asked).collect(),
        })
    }

    /// With documents that answer nothing.
    pub(crate) fn with(&self, distractors: &[(String, String, String)]) -> Self {
        let mut set = Self { name: format!("{} +", self.name), ..self.clone() };
        let known: HashSet<&str> = self.corpus.iter().map(|(_, _, text)| text.as_str()).collect();
        let others = distractors.iter().filter(|(_, _, text)| !known.contains(text.as_str()));
        set.corpus
            .extend(others.map(|(id, title, text)| (format!("other-{id}"), title.clone(), text.clone())));
        set
    }

    /// With each query re-typed.
    pub(crate) fn retyped(&self, retype: fn(&str) -> String) -> Self {
        let mut set = self.clone();
        set.queries.iter_mut().for_each(|query| query.text = retype(&query.text));
        set
    }

    /// The mean nDCG@10 of what `search` finds, best first.
    pub(crate) fn judge(&self, mut search: impl FnMut(&str) -> Outcome<Vec<String>>) -> Outcome<f64> {
        let mut sum = 0.0;
        for query in &self.queries {
            sum += ndcg(&search(&query.text)?, &query.relevant);
        }
        Ok(sum / self.queries.len() as f64)
    }
}

/// The documents of a file of JSON lines.
pub(crate) fn documents(path: &Path) -> Outcome<Vec<(String, String, String)>> {
    let mut documents = Vec::new();
    for line in fs::read_to_string(path)?.lines() {
        let row: serde_json::Value = serde_json::from_str(line)?;
        let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        let body = if row["body"].is_string() { text("body") } else { text("text") };
        documents.push((text("id"), text("title"), body));
    }
    Ok(documents)
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
