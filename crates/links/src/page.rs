//! What the graph knows of a page and of its links. Invariant: a link that its page does not vouch for has no target key,
//! so it can neither lend its words nor count for a site.

use model::{Link, LinkKind, Timestamp, UrlKey};

/// `rel` tokens by which a page does not vouch for a link (RFC 8288 and the field's practice since 2019).
const NOT_VOUCHED: [&str; 3] = ["nofollow", "sponsored", "ugc"];

/// A page (or feed) with the links on it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Page {
    /// Key of the URL as visited.
    pub key: UrlKey,
    /// The URL as visited.
    pub url: String,
    /// When it was fetched.
    pub fetched: Timestamp,
    /// Its publisher wants it out of answers from this instant on.
    pub until: Option<Timestamp>,
    /// In page order, at most [`Page::LINKS_MAX`].
    pub links: Vec<Outlink>,
}

/// A link on a page.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Outlink {
    /// Where it leads, if its page vouches for it ([`vouches`]) and it leads on.
    pub target: Option<UrlKey>,
    /// Where it leads, absolute.
    pub url: String,
    /// Anchor text.
    pub text: String,
    /// `rel` tokens in lower case.
    pub rel: Vec<String>,
    /// What it is for.
    pub kind: LinkKind,
}

/// A link seen from where it leads.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Inlink {
    /// The page it is on.
    pub from: String,
    /// Anchor text.
    pub text: String,
    /// What it is for.
    pub kind: LinkKind,
    /// Whether that page is of another site.
    pub foreign: bool,
}

impl Page {
    /// The most links kept of a page: hubs of the field have under 2,000.
    pub const LINKS_MAX: usize = 4_000;

    /// Whether it may be shown at `now`.
    #[must_use]
    pub fn may_show(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

/// Whether a page vouches for a link: it leads on, says nothing against being followed, and neither a visitor nor money put
/// it there.
#[must_use]
pub fn vouches(link: &Link) -> bool {
    link.kind.leads_on()
        && !matches!(link.kind, LinkKind::Comment | LinkKind::Advertisement | LinkKind::Social)
        && !link.rel.iter().any(|rel| NOT_VOUCHED.contains(&rel.as_str()))
}
