//! What kind of page a document was taken from.
//!
//! Invariant: a type says what readers come for, not how the page is built.

use serde::{Deserialize, Serialize};

/// What readers find on a page; predicted from its structure and words of structure, never declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageType {
    /// One text: news, a blog entry, an essay.
    Article,
    /// Teasers of other pages, or of goods.
    Listing,
    /// Messages of several people.
    Forum,
    /// One thing for sale.
    Product,
    /// How something is used: manuals, references.
    Documentation,
    /// What somebody offers: companies, institutions, landing pages.
    Service,
    /// The first page of a site.
    FrontPage,
}

impl PageType {
    /// A stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Article => "article",
            Self::Listing => "listing",
            Self::Forum => "forum",
            Self::Product => "product",
            Self::Documentation => "documentation",
            Self::Service => "service",
            Self::FrontPage => "front_page",
        }
    }
}

impl std::fmt::Display for PageType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}
