//! The form in which a page stands in the store: postcard, each URL written as what it does not share with the one before,
//! and four bytes of each target's key, so that the words of one link are found without reading any URL.
//!
//! Invariant: [`decode`] gives back what [`encode`] was given. Whoever changes this raises `layout::VERSION`.

use model::{CanonicalUrl, LinkKind, Timestamp, UrlKey};
use serde::{Deserialize, Serialize};

use crate::page::{Outlink, Page};

#[derive(Serialize, Deserialize)]
pub(crate) struct Blob<'a> {
    pub(crate) url: &'a str,
    /// Nanoseconds of the Unix epoch.
    fetched: i64,
    until: Option<i64>,
    /// Four bytes of the target's key for each link; zeros where it has none.
    marks: &'a [u8],
    pub(crate) kinds: Vec<LinkKind>,
    #[serde(borrow)]
    pub(crate) texts: Vec<&'a str>,
    /// Number of the link, its tokens with spaces between.
    rels: Vec<(u32, String)>,
    /// Bytes shared with the URL before (the page's own before the first), and the rest.
    #[serde(borrow)]
    urls: Vec<(u32, &'a str)>,
}

/// The bytes to store.
pub(crate) fn encode(page: &Page) -> postcard::Result<Vec<u8>> {
    let links = &page.links[..page.links.len().min(Page::LINKS_MAX)];
    let marks: Vec<u8> = links.iter().flat_map(|link| mark(link.target)).collect();
    let mut before = page.url.as_str();
    let mut urls = Vec::with_capacity(links.len());
    for link in links {
        let shared = shared(before, &link.url);
        urls.push((u32::try_from(shared).unwrap_or_default(), &link.url[shared..]));
        before = &link.url;
    }
    let rels = (0..).zip(links).filter(|(_, link)| !link.rel.is_empty());
    postcard::to_allocvec(&Blob {
        url: &page.url,
        fetched: nanos(page.fetched),
        until: page.until.map(nanos),
        marks: &marks,
        kinds: links.iter().map(|link| link.kind).collect(),
        texts: links.iter().map(|link| link.text.as_str()).collect(),
        rels: rels.map(|(n, link)| (n, link.rel.join(" "))).collect(),
        urls,
    })
}

/// A page as stored, without copying its texts.
pub(crate) fn decode(bytes: &[u8]) -> postcard::Result<Blob<'_>> {
    let blob: Blob<'_> = postcard::from_bytes(bytes)?;
    let links = blob.kinds.len();
    if blob.marks.len() != 4 * links || blob.texts.len() != links || blob.urls.len() != links {
        return Err(postcard::Error::DeserializeBadEncoding);
    }
    Ok(blob)
}

impl Blob<'_> {
    /// Numbers of the links to a target.
    pub(crate) fn to(&self, target: &UrlKey) -> impl Iterator<Item = usize> {
        let wanted = mark(Some(*target));
        self.marks.chunks_exact(4).enumerate().filter(move |(_, mark)| **mark == wanted).map(|(n, _)| n)
    }

    /// Whether the page may be shown at `now`.
    pub(crate) fn may_show(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| nanos(now) < until)
    }

    /// The page whole.
    pub(crate) fn page(&self, key: UrlKey) -> Page {
        let mut before = self.url.to_owned();
        let mut links = Vec::with_capacity(self.kinds.len());
        let parts = self.kinds.iter().zip(&self.texts).zip(&self.urls).zip(self.marks.chunks_exact(4));
        for (((kind, text), (shared, rest)), mark) in parts {
            let shared = usize::try_from(*shared).unwrap_or_default();
            let url = format!("{}{rest}", before.get(..shared).unwrap_or_default());
            before.clone_from(&url);
            // Reading a URL again costs less than keeping 16 bytes of each key that nothing compresses.
            let target = (mark != [0; 4]).then(|| CanonicalUrl::parse(&url).ok()).flatten();
            links.push(Outlink {
                target: target.map(|target| target.key()),
                url,
                text: (*text).to_owned(),
                rel: Vec::new(),
                kind: *kind,
            });
        }
        for (n, tokens) in &self.rels {
            if let Some(link) = usize::try_from(*n).ok().and_then(|n| links.get_mut(n)) {
                link.rel = tokens.split(' ').map(str::to_owned).collect();
            }
        }
        Page {
            key,
            url: self.url.to_owned(),
            fetched: instant(self.fetched),
            until: self.until.map(instant),
            links,
        }
    }
}

/// The last four bytes of a key, never all zero.
fn mark(target: Option<UrlKey>) -> [u8; 4] {
    let Some(UrlKey([.., a, b, c, d])) = target else { return [0; 4] };
    if [a, b, c, d] == [0; 4] { [0, 0, 0, 1] } else { [a, b, c, d] }
}

/// Bytes two texts have in common at their beginning, up to a character boundary.
fn shared(one: &str, other: &str) -> usize {
    let same = one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    other.floor_char_boundary(same)
}

fn nanos(at: Timestamp) -> i64 {
    i64::try_from(at.as_nanosecond()).unwrap_or(if at < Timestamp::UNIX_EPOCH { i64::MIN } else { i64::MAX })
}

fn instant(nanos: i64) -> Timestamp {
    Timestamp::from_nanosecond(i128::from(nanos)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
