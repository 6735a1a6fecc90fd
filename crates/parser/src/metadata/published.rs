//! When a page was published and changed: JSON-LD, `meta`, `time`, marked elements, the URL, the text near the title.
//!
//! Invariant: no date later than `latest` is believed; a date in running text is none of the page's.

use model::{PublishedSource, Timestamp};

use crate::dates::{self, Date, Zone};
use crate::head::Head;
use crate::json_ld::Facts;
use crate::outline::{Cues, Item, Outline, Tag};

/// `meta` names of the publication date, best first.
const PUBLISHED_NAMES: [&str; 30] = [
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "article:published",
    "datepublished",
    "pubdate",
    "publishdate",
    "publish_date",
    "publish-date",
    "published_time",
    "date",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date",
    "dcterms.date",
    "dcterms.created",
    "dc.date.created",
    "dcterms.available",
    "parsely-pub-date",
    "sailthru.date",
    "publication_date",
    "citation_publication_date",
    "citation_date",
    "cxenseparse:recs:publishtime",
    "article.published",
    "article:created",
    "originalpublicationdate",
    "timestamp",
    "datecreated",
    "release_date",
];

/// `meta` names of the modification date, best first.
const MODIFIED_NAMES: [&str; 11] = [
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "dcterms.modified",
    "dc.date.modified",
    "lastmod",
    "last-modified",
    "revised",
    "updated_time",
    "modified_date",
    "article:updated_time",
];

/// Text of an element that is longer than this is not a date.
const DATE_CHARS_MAX: usize = 120;

/// How far from the title, in items of the outline, an unmarked date is looked for.
const NEAR_ITEMS: usize = 40;

/// Dates of a page.
pub(super) struct Dates {
    pub(super) published: Option<(Timestamp, PublishedSource)>,
    pub(super) modified: Option<Timestamp>,
}

/// Finds the dates of a page.
pub(super) fn of(
    outline: &Outline<'_>,
    head: &Head<'_>,
    facts: &Facts,
    zone: Zone,
    latest: Timestamp,
    title_at: Option<usize>,
) -> Dates {
    let read = |text: &str| dates::parse(text, zone).filter(|date| date.at <= latest);
    let from_facts = facts.published.as_deref().and_then(read);
    let from_meta = || PUBLISHED_NAMES.iter().find_map(|name| head.meta(&[name]).and_then(read));
    let search = Search { outline, zone, latest, title_at };
    let in_path = dates::in_path(&head.base, zone).filter(|date| date.at <= latest);
    let published = from_facts
        .map(|date| (date, PublishedSource::JsonLd))
        .or_else(|| from_meta().map(|date| (date, PublishedSource::Meta)))
        .or_else(|| search.marked().map(|date| (date, PublishedSource::TimeElement)))
        .or_else(|| in_path.map(|date| (date, PublishedSource::Url)))
        .or_else(|| search.near_title().map(|date| (date, PublishedSource::Text)));
    let modified = facts
        .modified
        .as_deref()
        .and_then(read)
        .or_else(|| MODIFIED_NAMES.iter().find_map(|name| head.meta(&[name]).and_then(read)));
    Dates {
        published: published.map(|(date, source)| (date.at, source)),
        modified: modified.map(|date| date.at),
    }
}

/// A search through the elements of the page.
struct Search<'s, 'a> {
    outline: &'s Outline<'a>,
    zone: Zone,
    latest: Timestamp,
    title_at: Option<usize>,
}

impl Search<'_, '_> {
    /// The best element that says it is a date: `itemprop`, `pubdate`, `time`, a date class; nearest to the title.
    fn marked(&self) -> Option<Date> {
        let mut best: Option<(u32, Date)> = None;
        for (at, item) in self.outline.items.iter().enumerate() {
            let Some(trust) = self.trust(at, item) else { continue };
            let Some(date) = self.read(at) else { continue };
            let badness = trust * 10_000 + self.distance(at);
            if best.is_none_or(|(least, _)| badness < least) {
                best = Some((badness, date));
            }
        }
        best.map(|(_, date)| date)
    }

    /// How little an element's claim to be the publication date is trusted: 0 is best.
    fn trust(&self, at: usize, item: &Item<'_>) -> Option<u32> {
        let claims = item.tag == Tag::Time || item.cues.has(Cues::DATE);
        if !claims || matches!(item.tag, Tag::Body | Tag::Html | Tag::Main | Tag::Article | Tag::Meta) {
            return None;
        }
        let away =
            Cues::COMMENT | Cues::SIDEBAR | Cues::RELATED | Cues::FOOTER | Cues::NAVIGATION | Cues::TEASER;
        let is_away = self.outline.ancestors(at).any(|up| {
            let item = &self.outline.items[up];
            matches!(item.tag, Tag::Aside | Tag::Footer | Tag::Nav)
                || !matches!(item.tag, Tag::Body | Tag::Html | Tag::Main | Tag::Article)
                    && item.cues.has(away)
        });
        let property = self.outline.attr(at, "itemprop").unwrap_or_default();
        let is_modified = property.contains("dateModified");
        let trust = if property.contains("datePublished") || self.outline.attr(at, "pubdate").is_some() {
            0
        } else if item.tag == Tag::Time {
            1
        } else {
            2
        };
        Some(trust + if is_away { 4 } else { 0 } + if is_modified { 2 } else { 0 }).filter(|trust| *trust < 6)
    }

    fn read(&self, at: usize) -> Option<Date> {
        let attribute = ["datetime", "content"].iter().find_map(|name| self.outline.attr(at, name));
        attribute
            .and_then(|text| dates::parse(text, self.zone))
            .or_else(|| {
                let text = self.outline.folded_text(at, DATE_CHARS_MAX + 1);
                (text.chars().count() <= DATE_CHARS_MAX).then(|| dates::find(&text, self.zone)).flatten()
            })
            .filter(|date| date.at <= self.latest)
    }

    /// Items between an element and the title; before the title counts double.
    fn distance(&self, at: usize) -> u32 {
        let title = self.title_at.unwrap_or(0);
        let distance = if at >= title { at - title } else { 2 * (title - at) };
        u32::try_from(distance.min(9_000)).unwrap_or(9_000)
    }

    /// A short text near the title that holds a date.
    fn near_title(&self) -> Option<Date> {
        let title = self.title_at?;
        let after = self.outline.items[title].end as usize;
        let items = &self.outline.items;
        let read = |at: usize| {
            let item = &items[at];
            let is_short = item.tag == Tag::Text && item.text.len() <= 2 * DATE_CHARS_MAX;
            let is_code = matches!(items[item.parent as usize].tag, Tag::Script | Tag::Style | Tag::Noscript);
            (is_short && !is_code && item.text.bytes().any(|byte| byte.is_ascii_digit()))
                .then(|| dates::find(item.text, self.zone))
                .flatten()
                .filter(|date| date.at <= self.latest)
        };
        let following = (after..items.len().min(after + NEAR_ITEMS)).find_map(read);
        following.or_else(|| (title.saturating_sub(NEAR_ITEMS / 2)..title).rev().find_map(read))
    }
}
