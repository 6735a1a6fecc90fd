//! What a page declares about itself in elements that are not for reading: `meta`, `link`, `base`, `title`, JSON-LD.
//!
//! Invariant: collected in one pass over the outline, in document order, each list bounded.

use url::Url;

use crate::outline::{Outline, Tag, attr};

/// Most `meta`, `link` or JSON-LD elements read; real pages have under 200.
const ELEMENTS_MAX: usize = 2_000;

/// A `meta` element with a name and a content.
#[derive(Debug, Clone)]
pub(crate) struct Meta<'a> {
    /// Where its name came from.
    pub(crate) key: Key,
    /// `name`, `property`, `itemprop` or `http-equiv`, in lower case.
    pub(crate) name: String,
    /// Its content as written.
    pub(crate) content: &'a str,
}

/// The attribute that names a `meta` element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    /// `name`: the only one that carries directives.
    Name,
    /// `property` or `itemprop`.
    Property,
    /// `http-equiv`.
    Pragma,
}

/// A `link` element.
#[derive(Debug, Clone)]
pub(crate) struct HeadLink<'a> {
    /// `rel` tokens in lower case.
    pub(crate) rel: Vec<String>,
    /// Its target as written.
    pub(crate) href: &'a str,
    /// `type` in lower case, without parameters.
    pub(crate) media_type: String,
    /// `hreflang` as written.
    pub(crate) hreflang: Option<&'a str>,
    /// `title`.
    pub(crate) title: &'a str,
    /// Whether it is inside `head`; elsewhere it may have been written by a visitor.
    pub(crate) in_head: bool,
}

/// Everything a page declares.
pub(crate) struct Head<'a> {
    /// Where the page was fetched from.
    pub(crate) url: Url,
    /// Base of relative URLs.
    pub(crate) base: Url,
    /// `lang` (or `xml:lang`) of the root element.
    pub(crate) language: Option<&'a str>,
    /// Whether the root element calls itself AMP.
    pub(crate) is_amp: bool,
    /// The first `title` outside foreign content, folded.
    pub(crate) title: Option<String>,
    /// `meta` elements.
    pub(crate) metas: Vec<Meta<'a>>,
    /// `link` elements with a target.
    pub(crate) links: Vec<HeadLink<'a>>,
    /// Contents of JSON-LD scripts.
    pub(crate) json_ld: Vec<&'a str>,
}

impl<'a> Head<'a> {
    /// Collects what the page at `url` declares.
    pub(crate) fn of(outline: &Outline<'a>, url: &Url) -> Self {
        let mut head = Self {
            url: url.clone(),
            base: url.clone(),
            language: None,
            is_amp: false,
            title: None,
            metas: Vec::new(),
            links: Vec::new(),
            json_ld: Vec::new(),
        };
        let mut base_found = false;
        for (at, item) in outline.items.iter().enumerate() {
            match item.tag {
                Tag::Html => head.root(outline, at),
                Tag::Base if !base_found => base_found = head.rebase(outline.attr(at, "href"), url),
                Tag::Title if head.title.is_none() && !outline.is_inside(at, Tag::Embedded) => {
                    head.title = Some(outline.folded_text(at, 512)).filter(|title| !title.is_empty());
                }
                Tag::Meta if head.metas.len() < ELEMENTS_MAX => head.metas.extend(meta(outline, at)),
                Tag::Link if head.links.len() < ELEMENTS_MAX => head.links.extend(link(outline, at)),
                Tag::Script if head.json_ld.len() < ELEMENTS_MAX => head.json_ld.extend(json_ld(outline, at)),
                _ => {}
            }
        }
        head
    }

    /// The first non-empty content of a `meta` element with one of these names, in the order of the names.
    pub(crate) fn meta(&self, names: &[&str]) -> Option<&'a str> {
        names.iter().find_map(|name| {
            self.metas
                .iter()
                .filter(|meta| meta.name == *name)
                .map(|meta| meta.content.trim())
                .find(|content| !content.is_empty())
        })
    }

    /// A reference resolved against the base: absolute http(s), fragment dropped.
    pub(crate) fn resolve(&self, reference: &str) -> Option<Url> {
        let reference = reference.trim();
        if reference.is_empty() || reference.len() > 4 * model::CanonicalUrl::LEN_MAX {
            return None;
        }
        let mut url = self.base.join(reference).ok()?;
        if !matches!(url.scheme(), "http" | "https") || url.as_str().len() > model::CanonicalUrl::LEN_MAX {
            return None;
        }
        url.set_fragment(None);
        Some(url)
    }

    fn root(&mut self, outline: &Outline<'a>, at: usize) {
        self.language = outline.attr(at, "lang").filter(|lang| !lang.trim().is_empty());
        self.is_amp = outline.attr(at, "amp").or_else(|| outline.attr(at, "\u{26a1}")).is_some();
    }

    /// The first `base` with a `href` counts, and only if it leads to the web (HTML section 4.2.3).
    fn rebase(&mut self, href: Option<&str>, url: &Url) -> bool {
        let Some(href) = href else { return false };
        if let Ok(base) = url.join(href.trim())
            && matches!(base.scheme(), "http" | "https")
        {
            self.base = base;
        }
        true
    }
}

fn meta<'a>(outline: &Outline<'a>, at: usize) -> Option<Meta<'a>> {
    let element = outline.items[at].element?;
    let content = attr(element, "content").or_else(|| attr(element, "datetime"))?;
    let (key, name) = [
        ("name", Key::Name),
        ("property", Key::Property),
        ("itemprop", Key::Property),
        ("http-equiv", Key::Pragma),
    ]
    .into_iter()
    .find_map(|(attribute, key)| attr(element, attribute).map(|name| (key, name)))?;
    (name.len() <= 128).then(|| Meta { key, name: name.trim().to_ascii_lowercase(), content })
}

fn link<'a>(outline: &Outline<'a>, at: usize) -> Option<HeadLink<'a>> {
    let element = outline.items[at].element?;
    let href = attr(element, "href").filter(|href| !href.trim().is_empty())?;
    let rel = attr(element, "rel")?;
    let media_type = attr(element, "type").unwrap_or_default();
    Some(HeadLink {
        rel: tokens(rel),
        href,
        media_type: media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase(),
        hreflang: attr(element, "hreflang"),
        title: attr(element, "title").unwrap_or_default(),
        in_head: outline.is_inside(at, Tag::Head),
    })
}

fn json_ld<'a>(outline: &Outline<'a>, at: usize) -> Option<&'a str> {
    let kind = outline.attr(at, "type")?;
    let is_json_ld =
        kind.trim().get(..19).is_some_and(|start| start.eq_ignore_ascii_case("application/ld+json"));
    let text = outline.items.get(at + 1).filter(|item| item.tag == Tag::Text)?;
    is_json_ld.then_some(text.text)
}

/// Space-separated tokens in lower case, at most 16, each once.
pub(crate) fn tokens(value: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    for token in value.split_ascii_whitespace().take(16).map(str::to_ascii_lowercase) {
        if token.len() <= 64 && !tokens.contains(&token) {
            tokens.push(token);
        }
    }
    tokens
}
