//! RSS, RDF, Atom, CDF, JSON Feed and OPML become links.
//!
//! An own reader instead of feed-rs: measured on feedparser's own cases feed-rs 3.0 counts entries as feedparser does in
//! 68 % of the files and stops at a bare `&` (field.md section 7), so that everything it can read would have to be
//! repaired first; this reader forgives while it reads.
//!
//! Invariant: one pass, at most [`ENTRIES_MAX`] entries, fields cut at [`FIELD_BYTES_MAX`].

mod json;

use jiff::Timestamp;
use model::{Link, LinkKind, Note, ResourceKind};
use url::Url;

use crate::dates::{self, Zone};
use crate::links::{TEXT_CHARS_MAX, resolve};
use crate::note::note;
use crate::outline::fold;
use crate::xml::{Element, Piece, Pull, without_markup};

pub(crate) use json::read as read_json;

/// Most entries read of one feed.
const ENTRIES_MAX: usize = 10_000;

/// Most links of one feed: entries and their media.
const LINKS_MAX: usize = 20_000;

/// Most media kept of one entry.
const MEDIA_MAX: usize = 8;

/// Longest field kept while reading, in bytes.
const FIELD_BYTES_MAX: usize = 8 * 1024;

/// How dates are read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    /// Zone of dates that have none.
    pub(crate) zone: Zone,
    /// No date later than this is believed.
    pub(crate) latest: Timestamp,
}

impl Clock {
    /// A date of a feed or sitemap.
    pub(crate) fn read(self, text: &str) -> Option<Timestamp> {
        dates::parse(text, self.zone).map(|date| date.at).filter(|at| *at <= self.latest)
    }
}

/// What a feed holds.
#[derive(Debug, Default)]
pub(crate) struct Feed {
    /// Entries with a link, other feeds (OPML), further pages of this feed.
    pub(crate) links: Vec<Link>,
    /// Entries, with or without a link.
    pub(crate) entries: usize,
    /// What was odd.
    pub(crate) notes: Vec<Note>,
}

impl Feed {
    fn push(&mut self, url: &Url, text: &str, kind: LinkKind, dated: Option<Timestamp>) {
        let url = url.as_str();
        if self.links.len() > LINKS_MAX
            || self.links.iter().rev().take(500).any(|l| l.kind == kind && l.url == url)
        {
            return;
        }
        self.links.push(Link {
            url: url.to_owned(),
            text: fold(&without_markup(text), TEXT_CHARS_MAX),
            rel: Vec::new(),
            kind,
            resource: match kind {
                LinkKind::Entry | LinkKind::Content | LinkKind::Media => ResourceKind::Page,
                _ => ResourceKind::Feed,
            },
            dated,
            context: String::new(),
            position: 0,
        });
    }

    /// Adds an entry; one without a usable link only counts.
    fn push_entry(&mut self, entry: &Entry, base: &Url, clock: Clock) {
        self.entries += 1;
        let dated = entry.published.as_deref().and_then(|text| clock.read(text));
        let dated = dated.or_else(|| entry.updated.as_deref().and_then(|text| clock.read(text)));
        if let Some(url) = entry.url(base) {
            self.push(&url, &entry.title, LinkKind::Entry, dated);
        }
        let base = entry.base.as_ref().unwrap_or(base);
        for medium in entry.media.iter().filter_map(|medium| resolve(base, medium)) {
            self.push(&medium, "", LinkKind::Media, dated);
        }
    }

    fn finish(mut self, errors: usize) -> Self {
        if errors > 0 {
            self.notes.push(note("xml_repaired", format!("{errors} syntax errors were read over")));
        }
        let linked = self.links.iter().filter(|link| link.kind == LinkKind::Entry).count();
        if linked < self.entries {
            let without = self.entries - linked;
            self.notes.push(note("entries_without_link", format!("{without} of {} entries", self.entries)));
        }
        if self.links.is_empty() && self.entries == 0 {
            self.notes.push(note("no_entries", "a feed without entries"));
        }
        self
    }
}

/// One entry while it is being read.
#[derive(Debug, Default)]
struct Entry {
    title: String,
    link: Option<String>,
    /// `feedburner:origLink`: where the link really leads.
    original: Option<String>,
    id: Option<String>,
    published: Option<String>,
    updated: Option<String>,
    /// Enclosures, images and films, as written.
    media: Vec<String>,
    base: Option<Url>,
}

impl Entry {
    fn url(&self, base: &Url) -> Option<Url> {
        let base = self.base.as_ref().unwrap_or(base);
        [&self.original, &self.link].into_iter().flatten().find_map(|link| resolve(base, link)).or_else(
            || {
                let id = self.id.as_deref()?;
                id.starts_with("http").then(|| resolve(base, id)).flatten()
            },
        )
    }
}

/// A field of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Title,
    Link,
    Original,
    Id,
    Published,
    Updated,
    /// Content: not kept, but its markup must not be taken for fields.
    Body,
    /// Something about other things (author, source): fields inside are not the entry's.
    Foreign,
}

/// Reads an XML feed or OPML.
pub(crate) fn read(text: &str, url: &Url, clock: Clock) -> Feed {
    let mut reader = Reader { feed: Feed::default(), base: url.clone(), clock, entry: None, field: None };
    let mut pull = Pull::new(text);
    while let Some(piece) = pull.next()
        && reader.feed.entries < ENTRIES_MAX
    {
        match piece {
            Piece::Open(element) => reader.open(&element),
            Piece::Text(text) => reader.text(&text),
            Piece::Close(name) => reader.close(&name),
        }
    }
    reader.end_entry();
    reader.feed.finish(pull.errors())
}

struct Reader {
    feed: Feed,
    base: Url,
    clock: Clock,
    entry: Option<Entry>,
    /// The field being read.
    field: Option<Open>,
}

/// A field while it is being read.
struct Open {
    field: Field,
    /// Name of its element.
    name: String,
    /// Elements of the same name open inside it: only then does an end tag not end the field.
    nested: usize,
    text: String,
}

impl Reader {
    fn open(&mut self, element: &Element<'_>) {
        if matches!(element.name.as_str(), "item" | "entry") && element.prefix != "media" {
            self.begin_entry(element);
            return;
        }
        if self.entry.is_none() {
            self.open_outside(element);
            return;
        }
        self.read_medium(element);
        if let Some(open) = &mut self.field {
            open.nested += usize::from(open.name == element.name);
            if matches!(open.field, Field::Body | Field::Foreign) {
                return;
            }
        }
        // A new field ends one that was never closed.
        let Some(field) = field_of(element) else { return };
        self.end_field();
        if field == Field::Link && self.read_link_attributes(element) {
            return;
        }
        self.field = Some(Open { field, name: element.name.clone(), nested: 0, text: String::new() });
    }

    /// `enclosure url=…` (RSS), `media:content url=…`, `media:thumbnail`, `itunes:image href=…`, `link rel=enclosure`.
    fn read_medium(&mut self, element: &Element<'_>) {
        let source = match (element.prefix.as_str(), element.name.as_str()) {
            ("", "enclosure") | ("media", "content" | "thumbnail") => element.attr("url"),
            ("itunes", "image") => element.attr("href"),
            ("" | "atom", "link") if element.attr("rel") == Some("enclosure") => element.attr("href"),
            _ => None,
        };
        if let (Some(source), Some(entry)) = (source, &mut self.entry)
            && !source.is_empty()
            && source.len() <= FIELD_BYTES_MAX
            && entry.media.len() < MEDIA_MAX
            && !entry.media.iter().any(|known| known == source)
        {
            entry.media.push(source.to_owned());
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(open) = &mut self.field
            && !matches!(open.field, Field::Body | Field::Foreign)
        {
            let room = FIELD_BYTES_MAX.saturating_sub(open.text.len());
            open.text.push_str(&text[..text.floor_char_boundary(room)]);
        }
    }

    fn close(&mut self, name: &str) {
        if matches!(name, "item" | "entry") {
            self.end_entry();
            return;
        }
        match &mut self.field {
            Some(open) if open.name == name && open.nested > 0 => open.nested -= 1,
            Some(open) if open.name == name => self.end_field(),
            _ => {}
        }
    }

    fn begin_entry(&mut self, element: &Element<'_>) {
        self.end_entry();
        let base = element.attr("xml:base").and_then(|base| self.base.join(base).ok());
        // CDF gives the link as an attribute; RSS 1.0 repeats it in `rdf:about`.
        let link = element.attr("href").map(str::to_owned);
        let id = element.attr("rdf:about").map(str::to_owned);
        self.entry = Some(Entry { link, id, base, ..Entry::default() });
    }

    fn end_entry(&mut self) {
        self.end_field();
        if let Some(entry) = self.entry.take() {
            self.feed.push_entry(&entry, &self.base, self.clock);
        }
    }

    /// Elements of the feed itself, and OPML.
    fn open_outside(&mut self, element: &Element<'_>) {
        match element.name.as_str() {
            "feed" | "rss" | "channel" | "rdf" => {
                if let Some(base) = element.attr("xml:base").and_then(|base| self.base.join(base).ok()) {
                    self.base = base;
                }
            }
            "outline" => {
                let text = element.attr("title").or_else(|| element.attr("text")).unwrap_or_default();
                if let Some(url) = element.attr("xmlurl").and_then(|href| resolve(&self.base, href)) {
                    self.feed.push(&url, text, LinkKind::Feed, None);
                }
                let page = element.attr("htmlurl").or_else(|| element.attr("url"));
                if let Some(url) = page.and_then(|href| resolve(&self.base, href)) {
                    self.feed.push(&url, text, LinkKind::Content, None);
                }
            }
            // Paged feeds (RFC 5005 section 3).
            "link" if element.attr("rel") == Some("next") => {
                if let Some(url) = element.attr("href").and_then(|href| resolve(&self.base, href)) {
                    self.feed.push(&url, "", LinkKind::Pagination, None);
                }
            }
            _ => {}
        }
    }

    /// Atom links carry their target in attributes; true when this was one.
    fn read_link_attributes(&mut self, element: &Element<'_>) -> bool {
        let Some(href) = element.attr("href") else { return false };
        let is_alternate = matches!(element.attr("rel"), None | Some("" | "alternate"))
            && element
                .attr("type")
                .is_none_or(|kind| kind.is_empty() || kind.contains("html") || kind.contains("text"));
        if let Some(entry) = &mut self.entry {
            let base = entry.base.as_ref().unwrap_or(&self.base);
            let base =
                element.attr("xml:base").and_then(|own| base.join(own).ok()).unwrap_or_else(|| base.clone());
            if is_alternate && entry.link.is_none() {
                entry.link = base.join(href).ok().map(String::from);
            } else if entry.id.is_none() && element.attr("rel") != Some("self") {
                entry.id = base.join(href).ok().map(String::from);
            }
        }
        true
    }

    fn end_field(&mut self) {
        let Some(Open { field, text, .. }) = self.field.take() else { return };
        let Some(entry) = &mut self.entry else { return };
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        let place = match field {
            Field::Title if entry.title.is_empty() => {
                text.clone_into(&mut entry.title);
                return;
            }
            Field::Link => &mut entry.link,
            Field::Original => &mut entry.original,
            Field::Id => &mut entry.id,
            Field::Published => &mut entry.published,
            Field::Updated => &mut entry.updated,
            Field::Title | Field::Body | Field::Foreign => return,
        };
        place.get_or_insert_with(|| text.to_owned());
    }
}

/// The field that an element of an entry begins.
fn field_of(element: &Element<'_>) -> Option<Field> {
    let is_plain =
        matches!(element.prefix.as_str(), "" | "atom" | "rss" | "dc" | "dcterms" | "a" | "ns" | "rss1");
    Some(match element.name.as_str() {
        "title" if is_plain => Field::Title,
        "link" if is_plain => Field::Link,
        "origlink" => Field::Original,
        "guid" if element.attr("ispermalink") != Some("false") => Field::Id,
        "id" if is_plain => Field::Id,
        "pubdate" | "published" | "issued" | "date" | "created" => Field::Published,
        "updated" | "modified" | "lastmod" => Field::Updated,
        "description" | "content" | "summary" | "encoded" | "full-text" | "fulltext" | "abstract"
        | "body" => Field::Body,
        "author" | "contributor" | "source" | "image" | "group" | "enclosure" | "category" | "comments"
        | "guid" => Field::Foreign,
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
