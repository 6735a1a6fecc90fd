//! What a page's facts rest on: which source each was taken from and how far it is to be trusted.
//!
//! Invariant: a confidence lies between 0 and 1; at most one entry per fact, but for alternates.

use serde::{Deserialize, Serialize};

/// A fact about a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// Title without the site's name.
    Title,
    /// Names of authors.
    Author,
    /// When it was first published.
    Published,
    /// When it was last changed.
    Modified,
    /// The publisher's name for the site.
    SiteName,
    /// Section or rubric.
    Section,
    /// Keywords.
    Tags,
    /// The publisher's own summary.
    Description,
    /// Lead image.
    Image,
    /// Declared canonical URL.
    Canonical,
    /// Its AMP form, or that it is one.
    Amp,
    /// Whether the text is behind a paywall.
    Paywall,
    /// The same page in another language.
    Alternate,
}

/// Where a fact was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactSource {
    /// JSON-LD.
    JsonLd,
    /// A `meta` element.
    Meta,
    /// A `link` element or `Link` response header.
    Link,
    /// An element with `itemprop`.
    Microdata,
    /// A `time` element.
    TimeElement,
    /// An element whose class or `rel` says what it holds.
    Markup,
    /// A heading that readers see.
    Heading,
    /// The `title` element.
    TitleElement,
    /// The root element.
    RootElement,
    /// The URL.
    Url,
    /// Text that readers see, recognised by its wording.
    Text,
}

/// One fact with its source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// What is known.
    pub fact: Fact,
    /// The value as kept in the document: a text, an absolute URL, an instant, `true` or `false`.
    pub value: String,
    /// For [`Fact::Alternate`]: its language as declared (`kk`, `ru-KZ`, `x-default`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Where it was found.
    pub source: FactSource,
    /// How far the source is trusted, 0 to 1: our judgement, which orders sources; no measured probability.
    pub confidence: f32,
}
