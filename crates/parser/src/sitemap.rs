//! Sitemaps become links: `urlset`, `sitemapindex`, plain text, with news dates and language alternates.
//!
//! Invariant: one pass, at most [`LOCATIONS_MAX`] locations (the protocol's limit), nesting costs nothing; a bad date
//! loses the date, never the location.

pub(crate) mod gzip;

use std::collections::{BTreeSet, HashSet};

use model::{Link, LinkKind, Note, ResourceKind};
use url::Url;

use crate::feed::Clock;
use crate::links::{mark_language, resolve};
use crate::note::note;
use crate::outline::fold;
use crate::xml::{Element, Piece, Pull, without_markup};

/// Locations of one sitemap (sitemaps.org protocol).
const LOCATIONS_MAX: usize = 50_000;

/// Images and films kept of one location (the image extension allows 1,000).
const MEDIA_MAX: usize = 16;

/// Longest field kept while reading, in bytes.
const FIELD_BYTES_MAX: usize = 10 * 1024;

/// What a sitemap holds.
#[derive(Debug, Default)]
pub(crate) struct Sitemap {
    pub(crate) links: Vec<Link>,
    pub(crate) notes: Vec<Note>,
    seen: HashSet<(String, LinkKind)>,
    /// `hreflang` values that are no languages.
    bad_languages: BTreeSet<String>,
    locations: usize,
    is_cut: bool,
}

/// The fields that are read, by the element that holds them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Location,
    Modified,
    NewsDate,
    NewsTitle,
    /// Of an image or a film.
    Medium,
}

/// One `url` or `sitemap` element while it is being read.
#[derive(Debug, Default)]
struct Location {
    is_index: bool,
    urls: Vec<Url>,
    modified: Option<String>,
    news_date: Option<String>,
    title: String,
    alternates: Vec<(Url, String)>,
    media: Vec<Url>,
}

/// Reads an XML sitemap or index.
pub(crate) fn read(text: &str, url: &Url, clock: Clock) -> Sitemap {
    let mut sitemap = Sitemap::default();
    let mut location: Option<Location> = None;
    let mut field: Option<(Field, String)> = None;
    let mut pull = Pull::new(text);
    while let Some(piece) = pull.next()
        && !sitemap.is_cut
    {
        match piece {
            Piece::Open(element) if element.prefix.is_empty() || !is_extension(&element.prefix) => {
                match element.name.as_str() {
                    "url" | "sitemap" => {
                        let is_index = element.name == "sitemap";
                        sitemap.take(location.replace(Location { is_index, ..Location::default() }), clock);
                        field = None;
                    }
                    "loc" => field = Some((Field::Location, String::new())),
                    "lastmod" => field = Some((Field::Modified, String::new())),
                    "link" => read_alternate(&mut location, &element, url),
                    _ => field = None,
                }
            }
            Piece::Open(element) => {
                field = match element.name.as_str() {
                    "publication_date" => Some((Field::NewsDate, String::new())),
                    "title" if element.prefix == "news" => Some((Field::NewsTitle, String::new())),
                    "loc" | "content_loc" | "player_loc" if matches!(&*element.prefix, "image" | "video") => {
                        Some((Field::Medium, String::new()))
                    }
                    "link" => {
                        read_alternate(&mut location, &element, url);
                        None
                    }
                    _ => None,
                };
            }
            Piece::Text(text) => {
                if let Some((_, collected)) = &mut field
                    && collected.len() < FIELD_BYTES_MAX
                {
                    let room = FIELD_BYTES_MAX - collected.len();
                    collected.push_str(&text[..text.floor_char_boundary(room)]);
                }
            }
            Piece::Close(name) => {
                if let Some((field, text)) = field.take() {
                    location.get_or_insert_default().set(field, text.trim(), url);
                }
                if matches!(name.as_str(), "url" | "sitemap") {
                    sitemap.take(location.take(), clock);
                }
            }
        }
    }
    sitemap.take(location, clock);
    if pull.errors() > 0 {
        sitemap.notes.push(note("xml_repaired", format!("{} syntax errors were read over", pull.errors())));
    }
    sitemap.finish()
}

/// Reads a text sitemap: one absolute URL per line.
pub(crate) fn read_text(text: &str, url: &Url) -> Sitemap {
    let mut sitemap = Sitemap::default();
    for line in text.lines().map(str::trim).filter(|line| line.starts_with("http")) {
        if let Some(url) = resolve(url, line) {
            sitemap.push(url, LinkKind::Location, ResourceKind::Page, String::new(), None, Vec::new());
        }
    }
    sitemap.finish()
}

/// Whether a text is a list of URLs and nothing else, by its first lines.
pub(crate) fn is_text_sitemap(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(10).peekable();
    lines.peek().is_some()
        && lines.all(|line| {
            (line.starts_with("http://") || line.starts_with("https://"))
                && !line.contains(char::is_whitespace)
        })
}

/// Prefixes whose `loc` and `title` speak of something inside the page.
fn is_extension(prefix: &str) -> bool {
    matches!(prefix, "image" | "video" | "news" | "mobile" | "xhtml" | "pagemap" | "geo" | "codesearch")
}

fn read_alternate(location: &mut Option<Location>, element: &Element<'_>, base: &Url) {
    let (Some(location), Some(href)) = (location.as_mut(), element.attr("href")) else { return };
    if element.attr("rel").is_none_or(|rel| rel == "alternate")
        && location.alternates.len() < 200
        && let Some(url) = resolve(base, href)
    {
        location.alternates.push((url, element.attr("hreflang").unwrap_or_default().to_ascii_lowercase()));
    }
}

impl Location {
    fn set(&mut self, field: Field, text: &str, base: &Url) {
        match field {
            Field::Location if self.urls.len() < 4 => self.urls.extend(resolve(base, text)),
            Field::Modified => self.modified = Some(text.to_owned()),
            Field::NewsDate => self.news_date = Some(text.to_owned()),
            Field::Medium if self.media.len() < MEDIA_MAX => self.media.extend(resolve(base, text)),
            Field::Location | Field::Medium => {}
            Field::NewsTitle => self.title = fold(&without_markup(text), crate::links::TEXT_CHARS_MAX),
        }
    }
}

impl Sitemap {
    /// Files a finished location.
    fn take(&mut self, location: Option<Location>, clock: Clock) {
        let Some(location) = location else { return };
        let date = location.news_date.or(location.modified);
        let dated = date.and_then(|text| clock.read(&text).or_else(|| clock.read(&whole_day(&text)?)));
        let (kind, resource) = if location.is_index {
            (LinkKind::Sitemap, ResourceKind::Sitemap)
        } else {
            (LinkKind::Location, ResourceKind::Page)
        };
        for url in location.urls {
            self.push(url, kind, resource, location.title.clone(), dated, Vec::new());
        }
        for (url, language) in location.alternates {
            let mut rel = vec!["alternate".to_owned()];
            if !language.is_empty()
                && let Err(code) = mark_language(&mut rel, &language)
                && self.bad_languages.len() < 8
                && code.len() <= 64
            {
                self.bad_languages.insert(code);
            }
            self.push(url, LinkKind::Alternate, ResourceKind::Page, String::new(), None, rel);
        }
        for url in location.media {
            self.push(url, LinkKind::Media, ResourceKind::Page, String::new(), None, Vec::new());
        }
    }

    fn push(
        &mut self,
        url: Url,
        kind: LinkKind,
        resource: ResourceKind,
        text: String,
        dated: Option<jiff::Timestamp>,
        rel: Vec<String>,
    ) {
        // Alternates and media may fill as much again, but never take a location's place.
        let is_location = matches!(kind, LinkKind::Location | LinkKind::Sitemap);
        if !is_location && self.links.len() - self.locations >= LOCATIONS_MAX {
            return;
        }
        if is_location && self.locations >= LOCATIONS_MAX {
            if !std::mem::replace(&mut self.is_cut, true) {
                let detail = format!("more than {LOCATIONS_MAX} locations; the rest were left out");
                self.notes.push(note("location_limit", detail));
            }
            return;
        }
        let url = String::from(url);
        if self.seen.insert((url.clone(), kind)) {
            let context = String::new();
            self.locations += usize::from(is_location);
            self.links.push(Link { url, text, rel, kind, resource, dated, context, position: 0 });
        }
    }

    fn finish(mut self) -> Self {
        for code in std::mem::take(&mut self.bad_languages) {
            self.notes.push(note("hreflang_invalid", code));
        }
        if self.links.is_empty() {
            self.notes.push(note("no_locations", "a sitemap without locations"));
        }
        self
    }
}

/// W3C-DTF allows a year or a month alone; the first day stands for it.
fn whole_day(text: &str) -> Option<String> {
    let text = text.trim();
    let is_digits =
        |part: &str, len: usize| part.len() == len && part.bytes().all(|byte| byte.is_ascii_digit());
    match text.split_once('-') {
        None if is_digits(text, 4) => Some(format!("{text}-01-01")),
        Some((year, month)) if is_digits(year, 4) && is_digits(month, 2) => Some(format!("{text}-01")),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
