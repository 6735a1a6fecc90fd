//! When a page was published and changed: JSON-LD, `meta`, what readers see, the URL.
//!
//! Invariant: no date later than a day after the fetch is believed; a change is never earlier than the publication.

use jiff::tz::Offset;
use model::{FactSource, Note, Timestamp};

use super::PageKind;
use super::visible::{self, Claim, Place, Reader, Role, Shown};
use crate::dates::{self, Date, Zone};
use crate::head::Head;
use crate::json_ld::Facts;
use crate::note::note;
use crate::outline::Outline;

/// `meta` names that speak of the publication and nothing else, best first.
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
    "published-date",
    "dc.date.issued",
    "dcterms.issued",
    "parsely-pub-date",
    "sailthru.date",
    "publication_date",
    "publication-date",
    "citation_publication_date",
    "citation_online_date",
    "citation_date",
    "cxenseparse:recs:publishtime",
    "article.published",
    "article:created",
    "article:publication_date",
    "bt:pubdate",
    "originalpublicationdate",
    "dcterms.created",
    "dc.date.created",
    "datecreated",
    "release_date",
];

/// `meta` names of dates that templates also fill with a change or with their own clock.
const LOOSE_NAMES: [&str; 6] =
    ["date", "dc.date", "dcterms.date", "dcterms.available", "timestamp", "published"];

/// `meta` names of the modification date, best first.
const MODIFIED_NAMES: [&str; 13] = [
    "article:modified_time",
    "og:updated_time",
    "og:article:modified_time",
    "datemodified",
    "dcterms.modified",
    "dc.date.modified",
    "lastmod",
    "last-modified",
    "revised",
    "updated_time",
    "modified_date",
    "modified-time",
    "article:updated_time",
];

/// How near the title, in items of the outline, the date under a headline stands.
const NEAR_ITEMS: u32 = 60;

/// So many seconds between two dates are a matter of time zones.
const ZONES_SECONDS: i64 = 36 * 3_600;

/// Different days from which a page's unlabelled dates are those of a list.
const LIST_DAYS: usize = 4;

/// A date with its source and how far it is trusted.
pub(super) type Sourced = (Timestamp, FactSource, f32);

/// Dates of a page.
pub(super) struct Dates {
    pub(super) published: Option<Sourced>,
    pub(super) modified: Option<Sourced>,
    pub(super) notes: Vec<Note>,
}

/// What dates are sought in.
pub(super) struct Page<'p, 'a> {
    pub(super) outline: &'p Outline<'a>,
    pub(super) head: &'p Head<'a>,
    pub(super) facts: &'p Facts,
    pub(super) kind: PageKind,
    pub(super) title_at: Option<usize>,
    /// Whether the page names an author, as articles do and pages of a firm do not.
    pub(super) has_author: bool,
}

/// Finds the dates of a page.
pub(super) fn of(page: &Page<'_, '_>, zone: Zone, fetched: Timestamp, latest: Timestamp) -> Dates {
    let reader = Reader { zone, fetched, latest };
    let shown = visible::collect(page.outline, reader, page.title_at);
    let choice = Choice { page, reader, shown: &shown };
    let mut notes = Vec::new();
    let published = choice.published(&mut notes);
    let modified = choice.modified(published.map(|(at, ..)| at));
    Dates { published, modified, notes }
}

struct Choice<'c, 'p, 'a> {
    page: &'c Page<'p, 'a>,
    reader: Reader,
    shown: &'c [Shown],
}

impl Choice<'_, '_, '_> {
    fn meta(&self, names: &[&str]) -> Option<Date> {
        names.iter().find_map(|name| {
            self.page
                .head
                .metas
                .iter()
                .filter(|meta| meta.name == *name)
                .find_map(|meta| self.reader.parse(meta.content))
        })
    }

    fn published(&self, notes: &mut Vec<Note>) -> Option<Sourced> {
        let facts = self.page.facts;
        let seen = self.best(|shown| shown.role != Role::Updated);
        let in_path = dates::in_path(&self.page.head.url, self.reader.zone)
            .filter(|date| date.at <= self.reader.latest);
        let declared = facts
            .published
            .as_deref()
            .and_then(|text| self.reader.parse(text))
            .map(|date| (date, FactSource::JsonLd, 0.95))
            .or_else(|| self.meta(&PUBLISHED_NAMES).map(|date| (date, FactSource::Meta, 0.9)))
            .or_else(|| {
                let loose = self.meta(&LOOSE_NAMES).filter(|date| !self.is_clock(*date));
                loose.map(|date| (date, FactSource::Meta, 0.7))
            });
        if let Some(declared) = declared {
            return Some(self.against_evidence(declared, seen, in_path, notes));
        }
        let of_page = facts.page_published.as_deref().and_then(|text| self.reader.parse(text));
        let is_front = self.is_front();
        if let Some(date) = of_page.filter(|date| !is_front && self.is_dated_page(*date, seen)) {
            return Some((date.at, FactSource::JsonLd, 0.7));
        }
        let strong = seen.filter(|shown| shown.claim <= Claim::Time && self.distance(shown) < 2_000);
        strong
            .map(|shown| sourced(&shown))
            .or_else(|| in_path.map(|date| (date.at, FactSource::Url, 0.8)))
            .or_else(|| seen.map(|shown| sourced(&shown)))
            .or_else(|| self.in_title())
            .or_else(|| self.updated_line())
            .or_else(|| self.of_image())
    }

    /// A declared date, unless the URL or the date under the headline contradicts it.
    fn against_evidence(
        &self,
        (date, source, confidence): (Date, FactSource, f32),
        seen: Option<Shown>,
        in_path: Option<Date>,
        notes: &mut Vec<Note>,
    ) -> Sourced {
        let near = seen.filter(|shown| {
            shown.place != Place::Away
                && (shown.role == Role::Published || self.distance(shown) <= NEAR_ITEMS / 2)
                && self.is_under_title(shown)
        });
        let near = near.filter(|shown| !is_swapped(shown.date.at, date.at));
        let against = in_path
            .filter(|other| !is_same_day(other.at, date.at))
            .map(|other| (other.at, FactSource::Url, 0.7))
            .or_else(|| {
                near.filter(|shown| !is_same_day(shown.date.at, date.at))
                    .map(|shown| (shown.date.at, sourced(&shown).1, 0.6))
            });
        let Some(other) = against else {
            let agrees = in_path.is_some() || near.is_some();
            return (date.at, source, if agrees { 0.98 } else { confidence });
        };
        notes.push(note(
            "date_conflict",
            format!("declared {}, but the page shows {}", day(date.at), day(other.0)),
        ));
        // An earlier day under the headline or in the URL is the publication, and what is declared a change; a later
        // one is the change.
        if other.0 < date.at { other } else { (date.at, source, 0.6) }
    }

    /// Whether a date that JSON-LD gives of the web page, not of an article, is one that readers would miss: content
    /// management systems write one for every page of a firm.
    fn is_dated_page(&self, date: Date, seen: Option<Shown>) -> bool {
        let is_seen = seen.is_some_and(|shown| is_same_day(shown.date.at, date.at))
            || self
                .shown
                .iter()
                .any(|shown| shown.place != Place::Away && is_same_day(shown.date.at, date.at));
        is_seen || self.page.has_author && self.page.kind == PageKind::Article
    }

    /// The best visible date among those wanted.
    fn best(&self, wanted: impl Fn(&Shown) -> bool) -> Option<Shown> {
        let is_list = self.is_list();
        self.shown
            .iter()
            .filter(|shown| wanted(shown))
            .filter(|shown| {
                let is_said = shown.role == Role::Published && shown.claim <= Claim::Label;
                shown.place != Place::Away
                    || shown.claim == Claim::Property
                    || self.is_under_title(shown)
                    || (is_said || shown.claim <= Claim::Label && self.page.kind == PageKind::Article)
                        && !is_list
            })
            .filter(|shown| {
                shown.role != Role::Unlabelled || !self.is_front() && (!is_list || self.is_under_title(shown))
            })
            .min_by_key(|shown| {
                let place = match shown.place {
                    Place::Page => 0,
                    Place::Card if self.is_under_title(shown) => 0,
                    Place::Card => 2,
                    Place::Away => 4,
                };
                (shown.claim as u32 + place) * 10_000 + self.distance(shown)
            })
            .copied()
    }

    /// Whether the page's own part shows so many days that it lists other pages. A thread does too, but its days rise
    /// from the first message on, where those of a list fall.
    fn is_list(&self) -> bool {
        let days: Vec<i64> = self
            .shown
            .iter()
            .filter(|shown| shown.role == Role::Unlabelled && shown.place != Place::Away)
            .map(|shown| shown.date.at.as_second().div_euclid(86_400))
            .collect();
        let rising = days.windows(2).filter(|pair| pair[0] <= pair[1]).count();
        let is_thread = days.iter().min() == days.first() && rising * 5 >= days.len().saturating_sub(1) * 4;
        let mut distinct = days;
        distinct.sort_unstable();
        distinct.dedup();
        distinct.len() >= LIST_DAYS && !is_thread
    }

    /// Whether this is the front page of its host, which is never published.
    fn is_front(&self) -> bool {
        self.page.head.url.path() == "/" && self.page.head.url.query().is_none()
    }

    /// Items between a date and the title; before the title counts double.
    fn distance(&self, shown: &Shown) -> u32 {
        let title = self.page.title_at.unwrap_or(0);
        let distance = if shown.at >= title { shown.at - title } else { 2 * (title - shown.at) };
        u32::try_from(distance.min(9_000)).unwrap_or(9_000)
    }

    fn is_under_title(&self, shown: &Shown) -> bool {
        self.page.title_at.is_some() && self.distance(shown) <= NEAR_ITEMS
    }

    /// A date in the title itself, as news agencies and services of reports write it.
    fn in_title(&self) -> Option<Sourced> {
        let title = self.page.head.title.as_deref().filter(|_| self.page.kind != PageKind::Thing)?;
        let date = dates::find(title, self.reader.zone).filter(|date| date.at <= self.reader.latest)?;
        Some((date.at, FactSource::TitleElement, 0.5))
    }

    /// `Updated …` as the only date under the headline: the latest day it can have been published.
    fn updated_line(&self) -> Option<Sourced> {
        let updated = self.best(|shown| shown.role == Role::Updated && shown.place != Place::Away)?;
        let is_dateline = self.is_under_title(&updated) && self.page.has_author;
        is_dateline.then(|| (updated.date.at, sourced(&updated).1, 0.4))
    }

    /// The day in the URL of the lead image: newsrooms file pictures by day.
    fn of_image(&self) -> Option<Sourced> {
        let image = self.page.head.meta(&["og:image"]).filter(|_| self.page.kind == PageKind::Article)?;
        let url = self.page.head.resolve(image)?;
        let date = dates::in_path(&url, self.reader.zone).filter(|date| date.at <= self.reader.latest)?;
        Some((date.at, FactSource::Url, 0.4))
    }

    /// Whether a date is the very minute of the fetch: the template's clock.
    fn is_clock(&self, date: Date) -> bool {
        date.has_time && self.reader.fetched.duration_since(date.at).as_secs().abs() <= 60
    }

    fn modified(&self, published: Option<Timestamp>) -> Option<Sourced> {
        let from_facts = self.page.facts.modified.as_deref().and_then(|text| self.reader.parse(text));
        let read = from_facts
            .map(|date| (date, FactSource::JsonLd, 0.9))
            .or_else(|| self.meta(&MODIFIED_NAMES).map(|date| (date, FactSource::Meta, 0.85)));
        let read = read.filter(|(date, ..)| !self.is_clock(*date));
        read.map(|(date, source, confidence)| (date.at, source, confidence))
            .or_else(|| self.best(|shown| shown.role == Role::Updated).map(|shown| sourced(&shown)))
            .filter(|(at, ..)| {
                published.is_none_or(|published| *at >= published || is_same_day(*at, published))
            })
    }
}

fn sourced(shown: &Shown) -> Sourced {
    let (source, confidence) = match shown.claim {
        Claim::Property => (FactSource::Microdata, 0.9),
        Claim::Time => (FactSource::TimeElement, 0.85),
        Claim::Label => (FactSource::Text, 0.8),
        Claim::Class => (FactSource::Markup, 0.8),
        Claim::Line => (FactSource::Text, 0.6),
    };
    let confidence = if shown.place == Place::Away { confidence - 0.3 } else { confidence };
    (shown.date.at, source, confidence)
}

fn is_same_day(a: Timestamp, b: Timestamp) -> bool {
    a.duration_since(b).as_secs().abs() <= ZONES_SECONDS
}

/// Whether one day is the other with day and month exchanged, as `8/1/2025` is read on the two sides of the Atlantic.
fn is_swapped(a: Timestamp, b: Timestamp) -> bool {
    let (a, b) = (Offset::UTC.to_datetime(a).date(), Offset::UTC.to_datetime(b).date());
    a.year() == b.year() && a.month() == b.day() && a.day() == b.month()
}

fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}
