//! The links of a page: absolute, with anchor text, `rel`, and what they are for by where they stand.
//!
//! Invariant: http and https only, no fragments, each (URL, kind) once, at most [`LINKS_MAX`], no link to the page
//! itself from its own anchors.

mod around;
mod header;
mod judge;
mod media;
mod zone;

use std::collections::HashMap;

use model::{HeaderLine, Link, LinkKind, Note, ResourceKind};
use url::Url;

use crate::head::{Head, HeadLink, tokens};
use crate::note::note;
use crate::outline::{Outline, Tag, fold};

/// Longest anchor text in characters (`model::Link::text`).
pub(crate) const TEXT_CHARS_MAX: usize = 256;

/// Most links kept of one page; hubs have under 2,000.
const LINKS_MAX: usize = 20_000;

/// Most images and other media kept of one page.
const MEDIA_MAX: usize = 200;

/// Links while they are being gathered.
#[expect(clippy::struct_field_names, reason = "links are gathered links and where they are")]
pub(crate) struct Links {
    links: Vec<Link>,
    places: HashMap<(String, LinkKind), usize>,
    /// Distinct canonical targets.
    canonicals: Vec<Url>,
    media: usize,
    pub(crate) notes: Vec<Note>,
    is_cut: bool,
}

/// A link before it is filed.
struct Found {
    url: Url,
    text: String,
    rel: Vec<String>,
    kind: LinkKind,
    resource: ResourceKind,
    context: String,
    position: u16,
}

impl Found {
    /// One that stands in the head or the header.
    fn declared(url: Url, text: String, rel: Vec<String>, kind: LinkKind, resource: ResourceKind) -> Self {
        Self { url, text, rel, kind, resource, context: String::new(), position: 0 }
    }

    /// A redirect in the page.
    fn refresh(url: Url) -> Self {
        Self::declared(url, String::new(), Vec::new(), LinkKind::Refresh, ResourceKind::Page)
    }
}

impl Links {
    /// Reads `Link` header lines (RFC 8288).
    pub(crate) fn from_headers(headers: &[HeaderLine], url: &Url) -> Self {
        let mut links = Self {
            links: Vec::new(),
            places: HashMap::new(),
            canonicals: Vec::new(),
            media: 0,
            notes: Vec::new(),
            is_cut: false,
        };
        for line in headers.iter().filter(|line| line.name.eq_ignore_ascii_case("link")) {
            for target in header::targets(&String::from_utf8_lossy(&line.value)) {
                if let Some(url) = resolve(url, target.url) {
                    links.declare(url, &target.rel, &target.media_type, target.hreflang, String::new());
                }
            }
        }
        // No standard has it, every browser obeys it.
        if let Some(line) = headers.iter().find(|line| line.name.eq_ignore_ascii_case("refresh")) {
            let value = String::from_utf8_lossy(&line.value);
            if let Some(url) = refresh_target(&value).and_then(|target| resolve(url, target)) {
                links.file(Found::refresh(url));
            }
        }
        links
    }

    /// Reads `link` elements and meta refresh.
    pub(crate) fn read_head(&mut self, head: &Head<'_>) {
        for link in &head.links {
            self.read_head_link(head, link);
        }
        for meta in head.metas.iter().filter(|meta| meta.name == "refresh") {
            if let Some(url) = refresh_target(meta.content).and_then(|target| head.resolve(target)) {
                self.file(Found::refresh(url));
            }
        }
    }

    /// Reads anchors and media; `nofollow` is what the whole page asks for.
    pub(crate) fn read_body(&mut self, outline: &Outline<'_>, head: &Head<'_>, page: &Url, nofollow: bool) {
        let zones = zone::all(outline);
        let mut own = page.clone();
        own.set_fragment(None);
        for (at, item) in outline.items.iter().enumerate() {
            if self.is_cut {
                break;
            }
            if item.tag == Tag::A || item.tag == Tag::Other && is_area(outline, at) {
                if let Some(url) = outline.attr(at, "href").and_then(|href| head.resolve(href))
                    && url != own
                {
                    self.read_anchor(outline, at, url, zones[at], &own, nofollow);
                }
            } else if self.media < MEDIA_MAX
                && let Some(url) = media::source(outline, at, zones[at]).and_then(|src| head.resolve(src))
            {
                self.media += 1;
                let found = Found {
                    text: outline.attr(at, "alt").map(|alt| fold(alt, TEXT_CHARS_MAX)).unwrap_or_default(),
                    position: position(outline, at),
                    ..Found::declared(url, String::new(), Vec::new(), LinkKind::Media, ResourceKind::Page)
                };
                self.file(found);
            }
        }
    }

    fn read_anchor(
        &mut self,
        outline: &Outline<'_>,
        at: usize,
        url: Url,
        zone: LinkKind,
        own: &Url,
        nofollow: bool,
    ) {
        let mut rel = outline.attr(at, "rel").map(tokens).unwrap_or_default();
        if nofollow && !rel.iter().any(|token| token == "nofollow") {
            rel.push("nofollow".to_owned());
        }
        if let Some(code) = outline.attr(at, "hreflang") {
            self.mark_language(&mut rel, code);
        }
        let text = anchor_text(outline, at);
        let resource = resource_of(outline.attr(at, "type"), &url, &text);
        let kind = judge::kind(&judge::Anchor { url: &url, own, text: &text, rel: &rel, zone, resource });
        let context = if matches!(kind, LinkKind::Content | LinkKind::Comment) {
            around::text(outline, at)
        } else {
            String::new()
        };
        self.file(Found { url, text, rel, kind, resource, context, position: position(outline, at) });
    }

    /// The links, and the canonical URL if exactly one was declared.
    pub(crate) fn finish(self) -> (Vec<Link>, Option<Url>, Vec<Note>) {
        let mut notes = self.notes;
        if self.canonicals.len() > 1 {
            notes.push(note(
                "canonical_conflict",
                format!("{} different canonical URLs", self.canonicals.len()),
            ));
        }
        let canonical = <[Url; 1]>::try_from(self.canonicals).ok().map(|[url]| url);
        (self.links, canonical, notes)
    }

    fn read_head_link(&mut self, head: &Head<'_>, link: &HeadLink<'_>) {
        let Some(url) = head.resolve(link.href) else { return };
        let is_canonical = link.rel.iter().any(|token| token == "canonical");
        if is_canonical && !link.in_head {
            self.notes.push(note("canonical_in_body", "rel=canonical outside head was ignored"));
            return;
        }
        self.declare(url, &link.rel, &link.media_type, link.hreflang, fold(link.title, TEXT_CHARS_MAX));
    }

    /// Files a typed link from the head or the header.
    fn declare(&mut self, url: Url, rel: &[String], media_type: &str, hreflang: Option<&str>, text: String) {
        let has = |token: &str| rel.iter().any(|r| r == token);
        let mut rel = rel.to_vec();
        let (kind, resource) = if has("canonical") {
            if !self.canonicals.contains(&url) && self.canonicals.len() < 16 {
                self.canonicals.push(url.clone());
            }
            (LinkKind::Canonical, ResourceKind::Page)
        } else if has("sitemap") {
            (LinkKind::Sitemap, ResourceKind::Sitemap)
        } else if has("alternate") && has("stylesheet") {
            return;
        } else if (has("alternate") || has("feed")) && is_feed_type(media_type) {
            (LinkKind::Feed, ResourceKind::Feed)
        } else if has("alternate") || has("amphtml") {
            if let Some(code) = hreflang {
                self.mark_language(&mut rel, code);
            }
            (LinkKind::Alternate, ResourceKind::Page)
        } else if has("next") || has("prev") {
            (LinkKind::Pagination, ResourceKind::Page)
        } else {
            return;
        };
        self.file(Found::declared(url, text, rel, kind, resource));
    }

    /// Adds `hreflang=…` to the tokens of a link, and notes a code that is no language.
    fn mark_language(&mut self, rel: &mut Vec<String>, code: &str) {
        let Err(code) = mark_language(rel, code) else { return };
        if code.len() <= 64 && !self.notes.iter().any(|note| note.detail == code) && self.notes.len() < 64 {
            self.notes.push(note("hreflang_invalid", code));
        }
    }

    /// Adds a link, or completes the one that is there.
    fn file(&mut self, found: Found) {
        let url = String::from(found.url);
        let key = (url, found.kind);
        if let Some(place) = self.places.get(&key) {
            let known = &mut self.links[*place];
            if known.text.is_empty() {
                known.text = found.text;
            }
            if known.context.is_empty() {
                known.context = found.context;
            }
            // A link that is followed somewhere on the page is followed.
            known.rel.retain(|token| token != "nofollow" || found.rel.contains(token));
            for token in found.rel {
                if token != "nofollow" && !known.rel.contains(&token) && known.rel.len() < 32 {
                    known.rel.push(token);
                }
            }
            return;
        }
        if self.links.len() >= LINKS_MAX {
            if !std::mem::replace(&mut self.is_cut, true) {
                self.notes
                    .push(note("link_limit", format!("more than {LINKS_MAX} links; the rest were left out")));
            }
            return;
        }
        self.links.push(Link {
            url: key.0.clone(),
            text: found.text,
            rel: found.rel,
            kind: found.kind,
            resource: found.resource,
            dated: None,
            context: found.context,
            position: found.position,
        });
        self.places.insert(key, self.links.len() - 1);
    }
}

/// An absolute http(s) URL without fragment.
pub(crate) fn resolve(base: &Url, reference: &str) -> Option<Url> {
    let reference = reference.trim();
    if reference.is_empty() || reference.len() > 4 * model::CanonicalUrl::LEN_MAX {
        return None;
    }
    let mut url = base.join(reference).ok()?;
    url.set_fragment(None);
    (matches!(url.scheme(), "http" | "https") && url.as_str().len() <= model::CanonicalUrl::LEN_MAX)
        .then_some(url)
}

/// `area` elements of image maps lead somewhere as anchors do.
fn is_area(outline: &Outline<'_>, at: usize) -> bool {
    outline.items[at].element.is_some_and(|element| element.name() == "area")
}

/// Anchor text, else the image's alternative, else `title` or `aria-label`.
fn anchor_text(outline: &Outline<'_>, at: usize) -> String {
    let text = outline.folded_text(at, TEXT_CHARS_MAX);
    if !text.is_empty() {
        return text;
    }
    let inside = at..outline.items[at].end as usize;
    inside
        .filter(|i| outline.items[*i].tag == Tag::Image)
        .filter_map(|i| outline.attr(i, "alt"))
        .chain(["title", "aria-label", "alt"].iter().filter_map(|name| outline.attr(at, name)))
        .map(|text| fold(text, TEXT_CHARS_MAX))
        .find(|text| !text.is_empty())
        .unwrap_or_default()
}

/// Feeds and sitemaps that are linked from the text: by declared type, or by a path and a text that agree.
fn resource_of(media_type: Option<&str>, url: &Url, text: &str) -> ResourceKind {
    let path = url.path();
    let ends = |endings: &[&str]| endings.iter().any(|ending| path.ends_with(ending));
    if media_type.is_some_and(is_feed_type)
        || text.len() <= 32
            && text.to_ascii_lowercase().contains("rss")
            && ends(&["/rss", "/rss/", ".rss", ".xml", "/feed", "/feed/", "/rss.php"])
    {
        ResourceKind::Feed
    } else if ends(&["/sitemap.xml", "/sitemap_index.xml", "/sitemap.xml.gz"]) {
        ResourceKind::Sitemap
    } else {
        ResourceKind::Page
    }
}

fn is_feed_type(media_type: &str) -> bool {
    let media_type = media_type.trim().to_ascii_lowercase();
    [
        "application/rss+xml",
        "application/atom+xml",
        "application/feed+json",
        "application/rdf+xml",
        "text/x-opml",
    ]
    .contains(&media_type.as_str())
}

/// Adds `hreflang=…` to the tokens of an alternate. A country in place of a language is a frequent mistake: where it
/// has one language of its own that is meant, `hreflang=kk hreflang-declared=kz` says both.
///
/// # Errors
/// The code in lower case, if it is no language.
pub(crate) fn mark_language(rel: &mut Vec<String>, code: &str) -> Result<(), String> {
    let code = code.trim().to_ascii_lowercase();
    if is_language_tag(&code) {
        rel.push(format!("hreflang={code}"));
        return Ok(());
    }
    let (primary, region) = code.split_once(['-', '_']).unwrap_or((&code, ""));
    if let Some(language) = meant_by(primary) {
        let region = if region.is_empty() { String::new() } else { format!("-{region}") };
        rel.push(format!("hreflang={language}{region}"));
        rel.push(format!("hreflang-declared={code}"));
    }
    Err(code)
}

/// The language that is meant by the code of a country.
fn meant_by(country: &str) -> Option<&'static str> {
    Some(match country {
        "kz" => "kk",
        "ua" => "uk",
        "cn" => "zh",
        "jp" => "ja",
        "cz" => "cs",
        "dk" => "da",
        "us" | "gb" => "en",
        _ => return None,
    })
}

/// A language tag whose first part is a language (`kk`, `kk-kz`, `x-default`); `kz`, `ua`, `by` and their like are
/// countries. (`uk` is Ukrainian.)
fn is_language_tag(code: &str) -> bool {
    let primary = code.split(['-', '_']).next().unwrap_or_default();
    code == "x-default"
        || meant_by(primary).is_none()
            && !matches!(primary, "by" | "eu")
            && code.len() <= 35
            && matches!(primary.len(), 2..=3)
            && primary.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// How far down the page an item stands, in thousandths of the items.
fn position(outline: &Outline<'_>, at: usize) -> u16 {
    u16::try_from(at * 1_000 / outline.items.len().max(1)).unwrap_or(1_000)
}

/// The URL of `5; url=/new`, in the forms HTML section 4.2.5.3 reads.
fn refresh_target(content: &str) -> Option<&str> {
    let content = content.trim_start();
    let digits = content.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let rest = content[digits..].trim_start().trim_start_matches([';', ',']).trim_start();
    let rest = match rest.get(..3) {
        Some(word) if word.eq_ignore_ascii_case("url") => {
            let after = rest[3..].trim_start();
            after.strip_prefix('=').map_or(rest, str::trim_start)
        }
        _ => rest,
    };
    let target = match rest.chars().next()? {
        quote @ ('"' | '\'') => rest[1..].split(quote).next()?,
        _ => rest,
    };
    Some(target.trim()).filter(|target| !target.is_empty())
}

#[cfg(test)]
mod tests;
