//! What can be asked of the index and what it answers. Invariant: an answer holds what its maker may show, no more.

use std::sync::Arc;

use model::{Document, Language, Position, Timestamp, UrlKey};
use serde::Serialize;

/// Which links are hidden by takedowns: key and URL of a link → whether it must not be answered. Consulted for every hit, so
/// it should cost less than a microsecond.
pub type Hidden = Arc<dyn Fn(&UrlKey, &str) -> bool + Send + Sync>;

/// What documents are looked at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// In any of these languages; empty = all.
    pub languages: Vec<Language>,
    /// On this host (punycode).
    pub host: Option<String>,
    /// On this site (registrable domain).
    pub site: Option<String>,
    /// In this section, whatever the case of its letters.
    pub section: Option<String>,
    /// With this tag, whatever the case of its letters.
    pub tag: Option<String>,
    /// Of this story ([`Hit::story`]).
    pub story: Option<u64>,
    /// Published (or, where the page does not tell, fetched) at or after this.
    pub since: Option<Timestamp>,
    /// Published (or fetched) before this.
    pub until: Option<Timestamp>,
}

/// A full-text search. Words are alternatives, the more of them and the rarer the better; `"several words"` alone must stand as
/// written, beside other words it counts extra where it does; `-word` must not stand there; `site:example.kz`, and so `host:`,
/// `language:`, `section:`, `tag:`, `story:`, `since:` and `until:`, narrow the search as [`Filter`] does. Anything else is
/// taken as plain words. Without words: newest first.
#[expect(clippy::struct_excessive_bools, reason = "each is a wish of its own")]
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// As the reader typed it.
    pub text: String,
    /// Whether the text is words and nothing else, because no reader typed it.
    pub verbatim: bool,
    /// Also looks in other languages than the query's, by what words mean and how they sound.
    pub cross_language: bool,
    /// Which documents.
    pub filter: Filter,
    /// How many hits, at most `Settings::limit_max`.
    pub limit: usize,
    /// Where the page before this one ended ([`Answer::next`]).
    pub cursor: Option<String>,
    /// Hits to skip after the cursor, at most `Settings::limit_max`. Prefer cursors.
    pub offset: usize,
    /// Overrides `Weights::freshness`.
    pub freshness: Option<f32>,
    /// Overrides `Weights::authority`.
    pub authority: Option<f32>,
    /// Whether to count all matches (costs reading all of them).
    pub count: bool,
    /// Whether to count all matches by language, site and section (costs the same).
    pub facets: bool,
    /// The time of asking: what is withdrawn at this time is not answered.
    pub now: Timestamp,
}

/// Links like one link or one text.
#[derive(Debug, Clone, PartialEq)]
pub struct Similar {
    /// Like what. The seed itself is never answered.
    pub seed: Seed,
    /// Which documents.
    pub filter: Filter,
    /// How many hits, at most `Settings::limit_max`.
    pub limit: usize,
    /// The time of asking.
    pub now: Timestamp,
    /// Looks for links in every language, by what words mean and how they sound; otherwise by the words of the seed's own
    /// language. Which languages are answered the filter says.
    pub cross_language: bool,
    /// Leaves out copies of the seed: the same text at other places.
    pub without_copies: bool,
}

/// What others should be like.
#[derive(Debug, Clone, PartialEq)]
pub enum Seed {
    /// A link of the index; not there = no hits.
    Link(UrlKey),
    /// A text.
    Text {
        /// Its title, may be empty.
        title: String,
        /// Its text.
        text: String,
        /// Its language; `und` = told by its letters.
        language: Language,
    },
}

/// One link of an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Place in the whole answer, from 1 (0 from `get`).
    pub rank: u32,
    /// Higher is better; comparable within one answer only.
    pub score: f32,
    /// Host of the URL, lower case.
    pub host: String,
    /// Registrable domain of the URL.
    pub site: String,
    /// The story it is part of, if it is part of one.
    pub story: Option<u64>,
    /// The group of copies of one text it belongs to, if it does.
    pub copy: Option<u64>,
    /// An excerpt the publisher permits; empty text where it permits none.
    pub snippet: Snippet,
    /// The document. Its `text` is for further processing and never shown to readers in full.
    pub document: Document,
}

/// An excerpt of a text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Snippet {
    /// The excerpt, white space folded, without markup.
    pub text: String,
    /// Byte ranges of `text` that match the query, ascending, not overlapping.
    pub highlights: Vec<(usize, usize)>,
}

/// Answer of a search.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Answer {
    /// Best first; equal scores in the order of their keys.
    pub hits: Vec<Hit>,
    /// All matches, if [`Query::count`] was asked.
    pub total: Option<u64>,
    /// All matches by property, if [`Query::facets`] was asked.
    pub facets: Option<Facets>,
    /// Words that stand nowhere, with what was looked for beside them.
    pub corrections: Vec<Correction>,
    /// Where to go on, if there may be more.
    pub next: Option<String>,
}

/// How many of all matches have a property: the most frequent values first, equals in alphabetical order, at most
/// [`Facets::VALUES_MAX`] each.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Facets {
    /// By language code.
    pub languages: Vec<(String, u64)>,
    /// By site (registrable domain).
    pub sites: Vec<(String, u64)>,
    /// By section, in lower case.
    pub sections: Vec<(String, u64)>,
}

impl Facets {
    /// Values told of each property.
    pub const VALUES_MAX: usize = 20;
}

/// A word that stands nowhere in the index, and the most like one that does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Correction {
    /// As asked, normalised.
    pub written: String,
    /// What was looked for too.
    pub taken: String,
}

/// Why a document leaves the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Removal {
    /// It is no longer there (404, 410, moved): the changes feed names its URL.
    Gone,
    /// It must not be known (`noindex`, takedown): only its key remains.
    Withdrawn,
}

/// A stretch of the feed of changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Changes {
    /// Oldest first; of several changes of one link within the stretch only the last.
    pub changes: Vec<Change>,
    /// The cursor after this stretch.
    pub next: String,
    /// Whether more lay behind it when this was read.
    pub more: bool,
}

/// One change.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A document is new or says something else than before.
    Upsert {
        /// When it was committed.
        at: Timestamp,
        /// As it is now.
        document: Box<Document>,
    },
    /// A document is no longer there.
    Delete {
        /// When that was committed.
        at: Timestamp,
        /// Its key.
        key: UrlKey,
        /// Its URL, unless it was withdrawn.
        url: Option<String>,
    },
}

/// The index in figures.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Stats {
    /// Documents that can be found.
    pub documents: u64,
    /// Deleted documents whose text is still in the files until a merge or a purge.
    pub deleted: u64,
    /// Number of the generation answered from; 0 = none yet.
    pub generation: u32,
    /// Segments of the generation.
    pub segments: usize,
    /// Bytes on disk of the generation.
    pub bytes: u64,
    /// Where the archive has been read to.
    pub checkpoint: Position,
    /// Sequence number of the last change.
    pub changes: u64,
}

impl Stats {
    /// Where the feed of changes ended when this was read.
    #[must_use]
    pub fn cursor(&self) -> String {
        crate::changes::cursor(self.changes)
    }
}

impl Similar {
    /// The `limit` links most like the seed in its own language, copies among them.
    #[must_use]
    pub fn new(seed: Seed, limit: usize, now: Timestamp) -> Self {
        let filter = Filter::default();
        Self { seed, filter, limit, now, cross_language: false, without_copies: false }
    }
}

impl Query {
    /// A search with `limit` hits and everything else at its default.
    #[must_use]
    pub fn new(text: impl Into<String>, limit: usize, now: Timestamp) -> Self {
        Self {
            text: text.into(),
            verbatim: false,
            cross_language: false,
            filter: Filter::default(),
            limit,
            cursor: None,
            offset: 0,
            freshness: None,
            authority: None,
            count: false,
            facets: false,
            now,
        }
    }
}

impl Change {
    /// When it was committed.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Upsert { at, .. } | Self::Delete { at, .. } => *at,
        }
    }

    /// Of which link.
    #[must_use]
    pub fn key(&self) -> UrlKey {
        match self {
            Self::Upsert { document, .. } => document.key,
            Self::Delete { key, .. } => *key,
        }
    }
}
