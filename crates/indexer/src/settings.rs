//! Settings of the index. Invariant: every default works for one small machine; none changes what is found, only how
//! fast and in which order, except the limits.

use model::{ByteSize, Span};
use serde::{Deserialize, Serialize};

use crate::story;

/// Settings of the index.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Memory for documents not yet written to disk, 15 MiB to 32 GiB: three quarters for those being indexed (15 MB a thread
    /// at least), one for those waiting. More makes fewer, larger segments.
    pub memory: ByteSize,
    /// Indexing threads, 1 to 8; the memory is shared among them.
    pub threads: usize,
    /// A commit is due when this long has passed since the oldest uncommitted change (a commit costs about 40 ms CPU:
    /// retrieval.md). Archiving, parsing and the commit itself take up to a second more.
    pub commit_interval: Span,
    /// A commit is due after this many uncommitted changes, at least 1.
    pub commit_documents: usize,
    /// How long the bytes of a page may stay in the files after its publisher withdrew it (`noindex`, 404, 410, end of
    /// availability); answers leave it out at once. The purge rewrites archive segments, so it waits for half of this.
    pub purge_within: Span,
    /// The longest query taken, in bytes.
    pub query_bytes_max: ByteSize,
    /// The most distinct words of a query that are searched for; the rest are ignored. 1 to 1,024.
    pub query_words_max: usize,
    /// The most hits of one answer.
    pub limit_max: usize,
    /// The longest snippet in characters, where the publisher sets no lower limit.
    pub snippet_chars: usize,
    /// Which documents tell of the same event.
    pub stories: story::Settings,
    /// What counts how much in ranking.
    pub weights: Weights,
}

/// What counts how much in ranking. Each is a factor of a BM25 score, 0 = not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Weights {
    /// A word found in the title, times the weight of how it was found.
    pub title: f32,
    /// A word found in the text, times the weight of how it was found.
    pub body: f32,
    /// A word found in the texts of links that lead to the page, times the weight of how it was found.
    pub anchors: f32,
    /// A word found in author, section, tags, site name or URL, times the weight of how it was found.
    pub about: f32,
    /// Two neighbours of a short query found within three words of each other.
    pub proximity: f32,
    /// A word found by its meaning or sound in another language, where that is asked for.
    pub cross: f32,
    /// Found as written; Kazakh: in the same form, in any script.
    pub exact: f32,
    /// Found by its stem.
    pub stem: f32,
    /// Found by its sub-word terms (first letters), Kazakh and languages without a stemmer.
    pub prefix: f32,
    /// How much a search prefers recent documents: 0 = not at all, 1 = a document of a week ago counts half.
    pub freshness: f32,
    /// How much a search prefers sites that other sites link to: 0 = not at all, 1 = twice as much for the best of them.
    pub authority: f32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            memory: ByteSize::mebibytes(64),
            threads: 1,
            commit_interval: Span::seconds(4),
            commit_documents: 10_000,
            purge_within: Span::seconds(24 * 3_600),
            query_bytes_max: ByteSize::kibibytes(8),
            query_words_max: 128,
            limit_max: 1_000,
            snippet_chars: 240,
            stories: story::Settings::default(),
            weights: Weights::default(),
        }
    }
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            title: 0.5,
            body: 1.0,
            anchors: 0.3,
            about: 0.2,
            proximity: 0.2,
            cross: 0.5,
            exact: 0.3,
            stem: 1.0,
            prefix: 1.0,
            freshness: 0.0,
            authority: 0.2,
        }
    }
}

impl Settings {
    /// Whether every value is within its range.
    ///
    /// # Errors
    /// Names the first one that is not, and its range.
    pub fn check(&self) -> Result<(), String> {
        let ranges = [
            ("memory in MiB", self.memory.0 >> 20, 15, 32 << 10),
            ("threads", self.threads as u64, 1, 8),
            ("commit_documents", self.commit_documents as u64, 1, 10_000_000),
            ("query_bytes_max", self.query_bytes_max.0, 16, 1 << 20),
            ("query_words_max", self.query_words_max as u64, 1, 1_024),
            ("limit_max", self.limit_max as u64, 1, 100_000),
            ("snippet_chars", self.snippet_chars as u64, 0, 10_000),
            ("stories.documents_max", self.stories.documents_max as u64, 0, 1_000_000),
        ];
        for (name, value, least, most) in ranges {
            if !(least..=most).contains(&value) {
                return Err(format!("{name} is {value}; set it to {least} to {most}"));
            }
        }
        let Weights {
            title,
            body,
            anchors,
            about,
            proximity,
            cross,
            exact,
            stem,
            prefix,
            freshness,
            authority,
        } = self.weights;
        let weights = [
            ("title", title),
            ("body", body),
            ("anchors", anchors),
            ("about", about),
            ("proximity", proximity),
            ("cross", cross),
            ("exact", exact),
            ("stem", stem),
            ("prefix", prefix),
            ("freshness", freshness),
            ("authority", authority),
        ];
        for (name, value) in weights {
            if !(0.0..=100.0).contains(&value) {
                return Err(format!("weights.{name} is {value}; set it to 0 to 100"));
            }
        }
        if body * stem.max(prefix) == 0.0 {
            return Err("all weights are 0, so nothing would be found; set weights.stem".to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
