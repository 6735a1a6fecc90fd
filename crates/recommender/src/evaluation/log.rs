//! The log: one JSON object a line; see docs/recommendations.md.
//!
//! Invariant: a line that cannot be used is named by its number and left out; the others count.

use std::collections::HashMap;
use std::io::BufRead;

use model::{CanonicalUrl, Directives, Document, Language, Timestamp, UrlKey};
use serde::Deserialize;

/// A log, sorted by time.
#[derive(Debug, Clone, Default)]
pub struct Log {
    pub(super) documents: Vec<Known>,
    pub(super) clicks: Vec<(Timestamp, UrlKey)>,
    pub(super) predictions: Vec<Prediction>,
    /// Lines that could not be used.
    pub faults: Vec<Fault>,
}

/// A line that could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Its number, from 1.
    pub line: usize,
    /// Why.
    pub why: String,
}

/// A document of the log.
#[derive(Debug, Clone)]
pub(super) struct Known {
    /// Since when it can be recommended.
    pub(super) at: Timestamp,
    pub(super) document: Document,
    /// As the log tells it.
    pub(super) story: Option<String>,
}

/// What a reader opened, and knowing what of them.
#[derive(Debug, Clone)]
pub(super) struct Prediction {
    pub(super) at: Timestamp,
    /// Most recent first.
    pub(super) history: Vec<String>,
    pub(super) clicked: Vec<UrlKey>,
    /// What there was to choose from; empty = every document of the last days.
    pub(super) candidates: Vec<UrlKey>,
    /// Clicks that the log says a candidate had had.
    pub(super) clicks_before: Vec<(UrlKey, u64)>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Prediction(WrittenPrediction),
    Click { at: Timestamp, click: String },
    Document(Box<WrittenDocument>),
}

#[derive(Deserialize)]
struct WrittenPrediction {
    at: Timestamp,
    #[serde(default)]
    history: Vec<String>,
    clicked: Vec<String>,
    #[serde(default)]
    candidates: Vec<WrittenCandidate>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum WrittenCandidate {
    Url(String),
    Document {
        clicks_before: Option<u64>,
        #[serde(flatten)]
        document: Box<WrittenDocument>,
    },
}

#[derive(Deserialize)]
struct WrittenDocument {
    url: String,
    title: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    language: Language,
    published: Timestamp,
    story: Option<String>,
    section: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
}

impl Log {
    /// Reads a log.
    ///
    /// # Errors
    /// When reading fails; lines that cannot be used are [`Log::faults`].
    pub fn read(from: impl BufRead) -> std::io::Result<Self> {
        let mut log = Self::default();
        let mut documents = HashMap::new();
        for (number, line) in (1..).zip(from.lines()) {
            let line = line?;
            if line.trim().is_empty() {
                continue;
            }
            if let Err(why) = log.take(&line, &mut documents) {
                log.faults.push(Fault { line: number, why });
            }
        }
        log.documents = documents.into_values().collect();
        log.documents.sort_by_key(|known| (known.at, known.document.key));
        log.clicks.sort_unstable();
        log.predictions.sort_by_key(|prediction| prediction.at);
        Ok(log)
    }

    /// How many predictions there are.
    #[must_use]
    pub fn predictions(&self) -> usize {
        self.predictions.len()
    }

    /// How many documents there are.
    #[must_use]
    pub fn documents(&self) -> usize {
        self.documents.len()
    }

    fn take(&mut self, line: &str, documents: &mut HashMap<UrlKey, Known>) -> Result<(), String> {
        let value: serde_json::Value =
            serde_json::from_str(line).map_err(|e| format!("it is not JSON: {e}"))?;
        if value.get("clicked").is_some() {
            let written = serde_json::from_value(value).map_err(|e| format!("no prediction: {e}"))?;
            return self.take_prediction(written, documents);
        }
        let read: Result<Line, _> = serde_json::from_value(value);
        match read {
            Ok(Line::Prediction(written)) => self.take_prediction(written, documents),
            Ok(Line::Click { at, click }) => {
                self.clicks.push((at, key_of(&click)?));
                Ok(())
            }
            Ok(Line::Document(written)) => {
                let known = written.known()?;
                documents.insert(known.document.key, known);
                Ok(())
            }
            Err(_) => {
                Err("it is no document (url, title, published), no click (at, click) and no prediction \
                           (at, history, clicked)"
                    .to_owned())
            }
        }
    }

    fn take_prediction(
        &mut self,
        written: WrittenPrediction,
        documents: &mut HashMap<UrlKey, Known>,
    ) -> Result<(), String> {
        let clicked: Vec<UrlKey> = written.clicked.iter().map(|url| key_of(url)).collect::<Result<_, _>>()?;
        if clicked.is_empty() {
            return Err("`clicked` is empty: nothing to predict".to_owned());
        }
        let (mut candidates, mut clicks_before) = (Vec::new(), Vec::new());
        for candidate in written.candidates {
            match candidate {
                WrittenCandidate::Url(url) => candidates.push(key_of(&url)?),
                WrittenCandidate::Document { clicks_before: clicks, document } => {
                    let known = document.known()?;
                    let key = known.document.key;
                    candidates.push(key);
                    clicks_before.extend(clicks.map(|clicks| (key, clicks)));
                    documents.entry(key).or_insert(known);
                }
            }
        }
        let (at, history) = (written.at, written.history);
        self.predictions.push(Prediction { at, history, clicked, candidates, clicks_before });
        Ok(())
    }
}

impl WrittenDocument {
    fn known(self) -> Result<Known, String> {
        let url = CanonicalUrl::parse(&self.url).map_err(|e| format!("url: {e}"))?;
        let document = Document {
            key: url.key(),
            url: url.url().to_string(),
            title: self.title,
            text: self.text,
            description: None,
            author: None,
            site_name: None,
            section: self.section,
            tags: self.tags,
            image: None,
            language: self.language,
            published: Some(self.published),
            modified: None,
            fetched: self.published,
            directives: Directives::default(),
        };
        Ok(Known { at: self.published, document, story: self.story })
    }
}

fn key_of(url: &str) -> Result<UrlKey, String> {
    CanonicalUrl::parse(url).map(|url| url.key()).map_err(|e| format!("a URL: {e}"))
}

#[cfg(test)]
mod tests;
