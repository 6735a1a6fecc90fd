//! What of a document goes into which field of the search engine.
//!
//! Invariant: the document itself is stored whole (`stored`); the other fields can be made from it. Whoever changes them
//! raises [`VERSION`].

use model::{CanonicalUrl, Document, Language, Timestamp, UrlKey};
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::{TantivyDocument, Term};

use crate::analysis::{self, EXACT, TERMS};
use crate::cross::{self, CROSS};
use crate::fnv::Fnv;

/// Version of the fields: raised with every change of them.
pub(crate) const VERSION: u32 = 3;

/// Column of [`date`], seconds of the Unix epoch.
pub(crate) const DATE: &str = "date";
/// Column of when it was fetched, seconds of the Unix epoch.
pub(crate) const FETCHED: &str = "fetched";
/// Column of the end of availability, seconds of the Unix epoch; absent = never.
pub(crate) const EXPIRES: &str = "expires";
/// Column of [`language_code`].
pub(crate) const LANGUAGE: &str = "language";
/// Column of the registrable domain.
pub(crate) const SITE: &str = "site";
/// Column of the section, lower case.
pub(crate) const SECTION: &str = "section";
/// Column of the site's authority, thousandths.
pub(crate) const AUTHORITY: &str = "authority";
/// Column of the story.
pub(crate) const STORY: &str = "story";
/// Column of the group of copies.
pub(crate) const COPY: &str = "copy";
/// Column of [`tie`].
pub(crate) const TIE: &str = "tie";
/// Column of [`digest`].
pub(crate) const DIGEST: &str = "digest";

/// The fields by name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    pub(crate) key: Field,
    /// Title and text, words as written, with positions.
    pub(crate) words: Field,
    /// Title and text, stems and sub-word terms.
    pub(crate) terms: Field,
    /// Title alone, stems and sub-word terms.
    pub(crate) title: Field,
    /// What other pages call it, stems and sub-word terms.
    pub(crate) anchors: Field,
    /// Author, section, tags, site name, words of the URL; stems and sub-word terms.
    pub(crate) about: Field,
    /// The beginning of title and text, by meaning and sound: what texts in other languages share.
    pub(crate) cross: Field,
    pub(crate) host: Field,
    pub(crate) site: Field,
    pub(crate) section: Field,
    pub(crate) tag: Field,
    pub(crate) story: Field,
    pub(crate) copy: Field,
    authority: Field,
    date: Field,
    published: Field,
    modified: Field,
    fetched: Field,
    expires: Field,
    language: Field,
    tie: Field,
    digest: Field,
    pub(crate) source: Field,
}

/// Bytes of a URL's words that are indexed: slugs are shorter, what is longer is a machine's.
const URL_WORDS_BYTES_MAX: usize = 256;

/// What is known of a document that it does not say itself.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Surroundings {
    pub(crate) anchors: Vec<String>,
    /// Of its site, 0 to 1.
    pub(crate) authority: f32,
    pub(crate) story: Option<u64>,
    pub(crate) copy: Option<u64>,
}

/// Where a URL leads.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Place {
    pub(crate) host: String,
    pub(crate) site: String,
}

/// The schema and its fields.
pub(crate) fn schema() -> (Schema, Fields) {
    let text = |tokenizer: &str, option| {
        TextOptions::default().set_indexing_options(
            TextFieldIndexing::default().set_tokenizer(tokenizer).set_index_option(option),
        )
    };
    let mut builder = Schema::builder();
    let fields = Fields {
        key: builder.add_bytes_field("key", INDEXED),
        words: builder.add_text_field("words", text(EXACT, IndexRecordOption::WithFreqsAndPositions)),
        terms: builder.add_text_field("terms", text(TERMS, IndexRecordOption::WithFreqs)),
        title: builder.add_text_field("title", text(TERMS, IndexRecordOption::WithFreqs)),
        anchors: builder.add_text_field("anchors", text(TERMS, IndexRecordOption::WithFreqs)),
        about: builder.add_text_field("about", text(TERMS, IndexRecordOption::WithFreqs)),
        cross: builder.add_text_field("cross", text(CROSS, IndexRecordOption::Basic)),
        host: builder.add_text_field("host", STRING),
        site: builder.add_text_field(SITE, STRING | FAST),
        section: builder.add_text_field(SECTION, STRING | FAST),
        tag: builder.add_text_field("tag", STRING),
        story: builder.add_u64_field(STORY, INDEXED | FAST),
        copy: builder.add_u64_field(COPY, INDEXED | FAST),
        authority: builder.add_u64_field(AUTHORITY, FAST),
        date: builder.add_i64_field(DATE, FAST),
        published: builder.add_i64_field("published", FAST),
        modified: builder.add_i64_field("modified", FAST),
        fetched: builder.add_i64_field(FETCHED, FAST),
        expires: builder.add_i64_field(EXPIRES, FAST),
        language: builder.add_u64_field(LANGUAGE, FAST),
        tie: builder.add_u64_field(TIE, FAST),
        digest: builder.add_u64_field(DIGEST, FAST),
        source: builder.add_text_field("source", STORED),
    };
    (builder.build(), fields)
}

impl Fields {
    /// Our fields, with the two every version has (key, source) where this schema has them.
    pub(crate) fn of(schema: &Schema) -> tantivy::Result<Self> {
        let ours = self::schema().1;
        Ok(Self { key: schema.get_field("key")?, source: schema.get_field("source")?, ..ours })
    }

    /// The document as the search engine takes it.
    pub(crate) fn entry(
        &self,
        document: &Document,
        digest: u64,
        place: &Place,
        surroundings: &Surroundings,
    ) -> TantivyDocument {
        let mut entry = TantivyDocument::new();
        let language = &document.language;
        let title = analysis::marked(language, &document.title);
        let body = analysis::marked(language, body(document));
        for text in [&title, &body] {
            entry.add_text(self.words, text);
            entry.add_text(self.terms, text);
        }
        entry.add_text(self.title, &title);
        entry.add_text(self.cross, cross::passage(language, &document.title, self::body(document)));
        for words in about(document) {
            let words = analysis::marked(language, words);
            entry.add_text(self.words, &words);
            entry.add_text(self.about, &words);
        }
        let path = url_words(&document.url);
        if !path.is_empty() {
            entry.add_text(self.about, analysis::marked(language, &path));
        }
        for anchor in &surroundings.anchors {
            entry.add_text(self.anchors, analysis::marked(language, anchor));
        }
        entry.add_bytes(self.key, &document.key.0);
        entry.add_text(self.host, &place.host);
        entry.add_text(self.site, &place.site);
        document.section.iter().for_each(|section| entry.add_text(self.section, section.to_lowercase()));
        document.tags.iter().for_each(|tag| entry.add_text(self.tag, tag.to_lowercase()));
        entry.add_u64(self.authority, thousandths(surroundings.authority));
        surroundings.story.iter().for_each(|story| entry.add_u64(self.story, *story));
        surroundings.copy.iter().for_each(|copy| entry.add_u64(self.copy, *copy));
        entry.add_i64(self.date, date(document).as_second());
        entry.add_i64(self.fetched, document.fetched.as_second());
        document.published.iter().for_each(|at| entry.add_i64(self.published, at.as_second()));
        document.modified.iter().for_each(|at| entry.add_i64(self.modified, at.as_second()));
        document
            .directives
            .unavailable_after
            .iter()
            .for_each(|at| entry.add_i64(self.expires, at.as_second()));
        entry.add_u64(self.language, language_code(language));
        entry.add_u64(self.tie, tie(&document.key));
        entry.add_u64(self.digest, digest);
        entry
    }

    /// The term that names one document.
    pub(crate) fn key_term(&self, key: &UrlKey) -> Term {
        Term::from_field_bytes(self.key, &key.0)
    }
}

impl Place {
    /// Host and site of a URL; empty where it is none.
    pub(crate) fn of(url: &str) -> Self {
        CanonicalUrl::parse(url).map_or_else(
            |_| Self::default(),
            |url| Self { host: url.host().to_owned(), site: url.site().as_str().to_owned() },
        )
    }
}

/// What is searched as the text of a document: the publisher's summary where there is no text.
pub(crate) fn body(document: &Document) -> &str {
    let summary = || document.description.as_deref().unwrap_or_default();
    if document.text.is_empty() { summary() } else { &document.text }
}

/// What is said about a document beside its title and text.
pub(crate) fn about(document: &Document) -> impl Iterator<Item = &String> {
    let one = [&document.author, &document.section, &document.site_name];
    one.into_iter().flatten().chain(&document.tags)
}

/// The words a URL is made of, its host's and path's, without what every URL has and what is no word (numbers, file endings).
pub(crate) fn url_words(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = host.split(':').next().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host);
    let host = host.rsplit_once('.').map_or(host, |(name, _)| name);
    let path = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
    let path = match path.rsplit_once('.') {
        Some((name, ending)) if ending.len() <= 5 && !ending.contains('/') => name,
        _ => &path,
    };
    let mut words = String::new();
    for word in host.split(['.', '-']).chain(path.split(|c: char| !c.is_alphanumeric())) {
        if word.chars().any(char::is_alphabetic) && words.len() + word.len() < URL_WORDS_BYTES_MAX {
            words.push_str(word);
            words.push(' ');
        }
    }
    words
}

fn thousandths(part: f32) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0 to 1000")]
    let whole = (part.clamp(0.0, 1.0) * 1_000.0).round() as u64;
    whole
}

/// Whether its publisher lets a document be indexed at all.
pub(crate) fn may_index(document: &Document) -> bool {
    document.directives.index && document.directives.search != Some(false)
}

/// When a document is from: published, else fetched.
pub(crate) fn date(document: &Document) -> Timestamp {
    document.published.unwrap_or(document.fetched)
}

/// A language code (at most three letters) as a number.
pub(crate) fn language_code(language: &Language) -> u64 {
    language.as_str().bytes().take(8).fold(0, |code, b| code << 8 | u64::from(b))
}

/// The code that [`language_code`] was given.
pub(crate) fn language_of(code: u64) -> String {
    code.to_be_bytes().into_iter().filter(|byte| *byte != 0).map(char::from).collect()
}

/// Decides between documents of equal score: the last eight bytes of the key, which are as good as unique.
pub(crate) fn tie(key: &UrlKey) -> u64 {
    key.0[8..].iter().fold(0, |tie, b| tie << 8 | u64::from(*b))
}

/// A fingerprint of everything a document says, but not of when it was fetched: equal = unchanged. FNV-1a, 64 bit.
pub(crate) fn digest(document: &Document) -> u64 {
    let mut hash = Fnv::default();
    let dates = [document.published, document.modified];
    let directives = &document.directives;
    hash.text(&document.url);
    hash.text(&document.title);
    hash.text(&document.text);
    for text in
        [&document.description, &document.author, &document.site_name, &document.section, &document.image]
    {
        hash.text(text.as_deref().unwrap_or("\u{0}"));
    }
    document.tags.iter().chain(&directives.raw).for_each(|text| hash.text(text));
    hash.text(document.language.as_str());
    for date in dates.into_iter().chain([directives.unavailable_after]) {
        hash.bytes(&date.map_or(i128::MIN, Timestamp::as_nanosecond).to_le_bytes());
    }
    hash.bytes(&directives.snippet_chars_max.map_or(u64::MAX, u64::from).to_le_bytes());
    let flags = [
        Some(directives.index),
        Some(directives.follow),
        Some(directives.archive),
        directives.search,
        directives.ai_input,
        directives.ai_train,
        directives.tdm_reserved,
        Some(directives.images),
    ];
    hash.bytes(&flags.map(|flag| flag.map_or(2, u8::from)));
    hash.value()
}

/// A fingerprint of a text, for cursors.
pub(crate) fn fingerprint(text: &str) -> u64 {
    let mut hash = Fnv::default();
    hash.text(text);
    hash.value()
}
