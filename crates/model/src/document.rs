//! What a page says: the document, its links, and what its publisher permits.

use serde::{Deserialize, Serialize};

use crate::evidence::Evidence;
use crate::junk::Junk;
use crate::language::Language;
use crate::page_type::PageType;
use crate::time::Timestamp;
use crate::url::UrlKey;

/// What kind of resource a URL leads to; decides how it is scheduled and read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ResourceKind {
    /// A page for people.
    #[default]
    Page,
    /// RSS, Atom, JSON Feed, OPML.
    Feed,
    /// A sitemap or sitemap index, XML or text.
    Sitemap,
    /// robots.txt. Archived like everything else; never indexed.
    Robots,
}

/// How much of a page is in one language and script.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LanguageShare {
    /// The language.
    pub language: Language,
    /// ISO 15924 code of its script: `Cyrl`, `Latn`, `Arab`, …
    pub script: String,
    /// Its part of the letters read, over 0 and at most 1.
    pub share: f32,
}

/// What the index keeps of a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// Key of the canonical URL.
    pub key: UrlKey,
    /// The URL as fetched or imported: what readers are sent to.
    pub url: String,
    /// Title without markup; never empty (the URL's last segment when the page has none).
    pub title: String,
    /// Main text, paragraphs separated by a blank line; may be empty.
    pub text: String,
    /// The publisher's own summary.
    pub description: Option<String>,
    /// Author names as written.
    pub author: Option<String>,
    /// The publisher's name for the site.
    pub site_name: Option<String>,
    /// Section or rubric.
    pub section: Option<String>,
    /// Keywords.
    pub tags: Vec<String>,
    /// Absolute URL of the lead image.
    pub image: Option<String>,
    /// Language of the text.
    pub language: Language,
    /// When it was first published, as far as the page tells.
    pub published: Option<Timestamp>,
    /// When it was last changed, as far as the page tells.
    pub modified: Option<Timestamp>,
    /// When we fetched or imported it.
    pub fetched: Timestamp,
    /// What the publisher permits.
    pub directives: Directives,
}

/// A link found on a page, in a feed or in a sitemap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Absolute http(s) URL, WHATWG-serialised, fragment dropped.
    pub url: String,
    /// Anchor text (or feed entry title), white space folded, at most 256 characters.
    pub text: String,
    /// `rel` tokens in lower case.
    pub rel: Vec<String>,
    /// What the link is for.
    pub kind: LinkKind,
    /// What the link leads to, as far as its markup tells.
    pub resource: ResourceKind,
    /// Publication or modification time given beside it (feed entry, `lastmod`).
    pub dated: Option<Timestamp>,
    /// The text around the anchor within its paragraph, anchor included, at most 256 characters; only for links in
    /// content and comments, elsewhere what stands around is other links.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub context: String,
    /// How far down the page it stands, in thousandths of the page's elements and texts; 0 in the head, in headers,
    /// feeds and sitemaps.
    #[serde(default)]
    pub position: u16,
}

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LinkKind {
    /// In the main content.
    Content,
    /// In menus, headers, asides.
    Navigation,
    /// In the footer.
    Footer,
    /// An entry of a feed.
    Entry,
    /// A location of a sitemap.
    Location,
    /// A feed announced by the page.
    Feed,
    /// A sitemap announced by the page or by an index.
    Sitemap,
    /// `rel=canonical`.
    Canonical,
    /// `rel=alternate` in another language or form.
    Alternate,
    /// Next or previous page of a series.
    Pagination,
    /// Meta refresh.
    Refresh,
    /// In a list of similar, popular or further pages.
    Related,
    /// Written by visitors, or to what they wrote.
    Comment,
    /// To share the page, or to its publisher's account in a social network.
    Social,
    /// Paid for, or to an advertising network.
    Advertisement,
    /// An image, a sound, a film: on the page, behind an anchor, in a feed or sitemap. Never visited.
    Media,
}

impl LinkKind {
    /// Whether the link may lead to something that is worth a visit: all but media and the declared canonical URL, which
    /// is a statement about this page.
    #[must_use]
    pub fn leads_on(self) -> bool {
        !matches!(self, Self::Media | Self::Canonical)
    }
}

/// What the publisher permits, resolved for our agent; the most restrictive signal has won.
#[expect(clippy::struct_excessive_bools, reason = "each is a permission of its own")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Directives {
    /// May appear in answers.
    pub index: bool,
    /// Its links may be followed.
    pub follow: bool,
    /// Longest excerpt in characters; 0 = title only, absent = no limit.
    pub snippet_chars_max: Option<u32>,
    /// Not in answers from this instant on.
    pub unavailable_after: Option<Timestamp>,
    /// `noarchive`: no cached copy is shown (we never show one).
    pub archive: bool,
    /// `Content-Signal`/`Content-Usage` search; `Some(false)` = not indexed.
    pub search: Option<bool>,
    /// Use as input of an AI answer.
    pub ai_input: Option<bool>,
    /// Use for training.
    pub ai_train: Option<bool>,
    /// Text and data mining is reserved (`TDMRep`).
    pub tdm_reserved: Option<bool>,
    /// Where the publisher says on which terms text and data mining is licensed (`TDMRep`), as written.
    pub tdm_policy: Option<String>,
    /// Images of the page may appear in answers (`noimageindex`, `max-image-preview:none`).
    pub images: bool,
    /// Every signal as received, `source: value`, so that a change of policy needs no recrawl.
    pub raw: Vec<String>,
}

impl Default for Directives {
    fn default() -> Self {
        Self {
            index: true,
            follow: true,
            snippet_chars_max: None,
            unavailable_after: None,
            archive: true,
            search: None,
            ai_input: None,
            ai_train: None,
            tdm_reserved: None,
            tdm_policy: None,
            images: true,
            raw: Vec::new(),
        }
    }
}

impl Directives {
    /// Whether the document may be shown in answers at `now`.
    #[must_use]
    pub fn may_show(&self, now: Timestamp) -> bool {
        self.index && self.search != Some(false) && self.unavailable_after.is_none_or(|end| now < end)
    }
}

/// Where a publication date came from, most trusted first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PublishedSource {
    /// JSON-LD.
    JsonLd,
    /// A meta element.
    Meta,
    /// A `time` element.
    TimeElement,
    /// The URL path.
    Url,
    /// A date in the text.
    Text,
}

/// Everything one response says.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Parsed {
    /// The document; absent for feeds, sitemaps and what is not text.
    pub document: Option<Document>,
    /// Links to follow or to record, in page order, each URL once per kind.
    pub links: Vec<Link>,
    /// `rel=canonical` target, absolute, if exactly one was declared.
    pub canonical: Option<String>,
    /// What the publisher permits.
    pub directives: Directives,
    /// WHATWG name of the encoding used (`UTF-8`, `windows-1251`), for text.
    pub charset: Option<String>,
    /// The languages of title and text with their shares, largest first; none when there are too few letters. A share
    /// below 3 % is a quotation or a mistake and is left out.
    #[serde(default)]
    pub language_shares: Vec<LanguageShare>,
    /// Where the publication date came from.
    pub published_source: Option<PublishedSource>,
    /// What kind of page it is; absent for what is not HTML.
    pub page_type: Option<PageType>,
    /// What the document's facts rest on, in the order of [`crate::Fact`].
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    /// What stands there instead of a page, if the page is none.
    pub junk: Option<Junk>,
    /// What was odd, for `silteme parse` and for operators.
    pub notes: Vec<Note>,
}

/// Something odd about the input that the parser coped with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// A stable word: `empty`, `binary`, `depth_limit`, `size_limit`, `charset_conflict`, …
    pub code: String,
    /// In words.
    pub detail: String,
}

#[cfg(test)]
mod tests;
