//! What the rest of the web says about a link: the texts of the links that lead to it and how much its site counts.
//!
//! Invariant: asked once for each document that is put; an answer never delays or fails an indexing.

use model::UrlKey;

/// Where the texts of inbound links and the authority of sites come from: the link graph.
pub trait Inbound: Send + Sync {
    /// Distinct anchor texts of links from other pages to this one, most telling first; a few dozen at most, each at most
    /// 256 characters.
    fn anchors(&self, key: &UrlKey) -> Vec<String>;

    /// How much a site (registrable domain) counts on the web that was crawled, 0 (unknown) to 1.
    fn authority(&self, site: &str) -> f32;
}

/// No link graph: no anchors, no authority.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unlinked;

impl Inbound for Unlinked {
    fn anchors(&self, _: &UrlKey) -> Vec<String> {
        Vec::new()
    }

    fn authority(&self, _: &str) -> f32 {
        0.0
    }
}
