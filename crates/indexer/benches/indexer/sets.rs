//! The texts that are indexed.

use std::fs;
use std::path::{Path, PathBuf};

use model::{CanonicalUrl, Directives, Document, Language, Timestamp};

use crate::Outcome;

/// Documents with queries.
pub(crate) struct Set {
    pub(crate) name: String,
    pub(crate) documents: Vec<Document>,
    /// Of all titles and texts.
    pub(crate) bytes: usize,
    pub(crate) queries: Vec<String>,
}

/// Every set of a folder; none where there is no folder.
pub(crate) fn all(folder: &Path) -> Outcome<Vec<Set>> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(Vec::new()) };
    let mut folders: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    folders.sort();
    folders.iter().map(|folder| read(folder)).collect()
}

fn read(folder: &Path) -> Outcome<Set> {
    let meta: serde_json::Value = serde_json::from_str(&fs::read_to_string(folder.join("META.json"))?)?;
    let language = Language::new(meta["lang"].as_str().unwrap_or("und"));
    let mut documents = Vec::new();
    for line in fs::read_to_string(folder.join("corpus.ndjson"))?.lines() {
        let row: serde_json::Value = serde_json::from_str(line)?;
        let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        documents.push(document(documents.len(), language.clone(), text("title"), text("body"))?);
    }
    let queries = fs::read_to_string(folder.join("queries.tsv"))?;
    Ok(Set {
        name: folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        bytes: bytes(&documents),
        documents,
        queries: queries.lines().filter_map(|line| Some(line.split_once('\t')?.1.to_owned())).collect(),
    })
}

pub(crate) fn document(n: usize, language: Language, title: String, text: String) -> Outcome<Document> {
    let url = CanonicalUrl::parse(&format!("https://h{}.test/{n}", n % 997))?;
    Ok(Document {
        key: url.key(),
        url: url.canonical().to_owned(),
        title,
        text,
        description: None,
        author: None,
        site_name: None,
        section: None,
        tags: Vec::new(),
        image: None,
        language,
        published: None,
        modified: None,
        fetched: Timestamp::UNIX_EPOCH,
        directives: Directives::default(),
    })
}

pub(crate) fn bytes(documents: &[Document]) -> usize {
    documents.iter().map(|document| document.title.len() + document.text.len()).sum()
}

impl Set {
    /// The set over and over. Copies would tie, and ties cannot be pruned: each round leaves out one word more.
    pub(crate) fn repeated(self, count: usize) -> Self {
        let rows = self.documents.len();
        let copies = self.documents.iter().cycle().take(count).enumerate().filter_map(|(n, original)| {
            let start = original.text.match_indices(' ').nth(n / rows).map_or(0, |(at, _)| at);
            let text = original.text[start..].to_owned();
            document(n, original.language.clone(), original.title.clone(), text).ok()
        });
        let documents: Vec<Document> = copies.collect();
        Self { bytes: bytes(&documents), documents, ..self }
    }
}
