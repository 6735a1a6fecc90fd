//! The dates that readers see: elements that say they hold a date, and short lines that hold one.
//!
//! Invariant: one pass over the outline, at most [`SHOWN_MAX`] dates; a date in running text is none of the page's,
//! nor is one beside a copyright sign, a range of days (an event) or a deadline.

use model::Timestamp;

use crate::dates::{self, Date, Found, Zone, relative};
use crate::outline::{Cues, Item, Outline, Tag};

/// Most dates collected; a list page has a few hundred.
const SHOWN_MAX: usize = 256;

/// Longest line that is a date line, in characters.
const LINE_CHARS_MAX: usize = 160;

/// Most words beside the date in a line without a label, and in one with a label.
const WORDS_BARE_MAX: usize = 8;
const WORDS_LABELLED_MAX: usize = 16;

/// Lower-case beginnings of words that say when something was published.
const PUBLISHED_LABELS: [&str; 24] = [
    "publi",
    "posted",
    "written",
    "created",
    "released",
    "опублик",
    "публикац",
    "размещен",
    "добавлен",
    "создан",
    "жариялан",
    "жарық",
    "қосылған",
    "veröffentlicht",
    "erstellt",
    "gepostet",
    "geschrieben",
    "mise en ligne",
    "pubblicat",
    "opublikowan",
    "дата:",
    "date:",
    "күні:",
    "datum:",
];

/// The same of a later change.
const UPDATED_LABELS: [&str; 22] = [
    "updat",
    "modified",
    "edited",
    "last edit",
    "reviewed",
    "revised",
    "last change",
    "обновл",
    "изменен",
    "изменён",
    "отредакт",
    "жаңартыл",
    "жаңарған",
    "өзгертіл",
    "aktualisiert",
    "geändert",
    "mis à jour",
    "modifié",
    "actualizad",
    "aggiornat",
    "zuletzt",
    "stand:",
];

/// Words of dates that are not those of the page.
const OTHER_LABELS: [&str; 27] = [
    "©",
    "(c)",
    "copyright",
    "все права",
    "барлық құқық",
    "deadline",
    "expires",
    "valid",
    "until",
    "joined",
    "member since",
    "registered",
    "регистрац",
    "тіркел",
    "accessed",
    "retrieved",
    "дата обращения",
    "abgerufen",
    "born",
    "родил",
    "туған",
    "starts",
    "начало",
    "действует до",
    "last visit",
    "archived",
    "since",
];

/// What kind of claim makes a text a date of the page; the strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Claim {
    /// `itemprop=datePublished`, `pubdate`.
    Property,
    /// A `time` element.
    Time,
    /// A label in words.
    Label,
    /// A class that speaks of dates.
    Class,
    /// A line that holds little else.
    Line,
}

/// What the words around a date say of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Published,
    Updated,
    Unlabelled,
}

/// Where on the page something stands; the nearest to its subject first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// In the page's own part.
    Page,
    /// In a card or block, which may be of another page.
    Card,
    /// In a comment, side column, list of other articles or the foot of the page.
    Away,
}

/// A date that readers see.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shown {
    /// Its item.
    pub(super) at: usize,
    pub(super) date: Date,
    pub(super) claim: Claim,
    pub(super) role: Role,
    pub(super) place: Place,
}

/// How dates are read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader {
    pub(super) zone: Zone,
    pub(super) fetched: Timestamp,
    /// No later date is believed.
    pub(super) latest: Timestamp,
}

impl Reader {
    /// Reads a text that is expected to be a date.
    pub(super) fn parse(&self, text: &str) -> Option<Date> {
        dates::parse(text, self.zone).filter(|date| date.at <= self.latest)
    }
}

/// Collects the dates of a page.
pub(super) fn collect(outline: &Outline<'_>, reader: Reader, title_at: Option<usize>) -> Vec<Shown> {
    let mut search = Search { outline, reader, title_at, shown: Vec::new(), line: usize::MAX };
    let mut at = 0;
    while at < outline.items.len() && search.shown.len() < SHOWN_MAX {
        let item = &outline.items[at];
        at = match item.tag {
            Tag::Script | Tag::Style | Tag::Head => item.end as usize,
            Tag::Text => {
                search.text(at, item);
                at + 1
            }
            _ if claims(item) && search.element(at, item) => item.end as usize,
            _ => at + 1,
        };
    }
    search.shown
}

fn claims(item: &Item<'_>) -> bool {
    (item.tag == Tag::Time || item.cues.has(Cues::DATE))
        && !matches!(item.tag, Tag::Body | Tag::Html | Tag::Main | Tag::Article | Tag::Meta)
}

struct Search<'s, 'a> {
    outline: &'s Outline<'a>,
    reader: Reader,
    title_at: Option<usize>,
    shown: Vec<Shown>,
    /// The block read last, so that its texts are read once.
    line: usize,
}

impl Search<'_, '_> {
    /// Reads an element that claims to be a date; false if it holds none.
    fn element(&mut self, at: usize, item: &Item<'_>) -> bool {
        let property = self.outline.attr(at, "itemprop").unwrap_or_default();
        let is_publication = property.contains("datePublished") || property.contains("dateCreated");
        let claim = if is_publication || self.outline.attr(at, "pubdate").is_some() {
            Claim::Property
        } else if item.tag == Tag::Time {
            Claim::Time
        } else {
            Claim::Class
        };
        let attribute = ["datetime", "content"].iter().find_map(|name| self.outline.attr(at, name));
        if let Some(date) = attribute.and_then(|text| self.reader.parse(text)) {
            let own = self.outline.folded_text(at, LINE_CHARS_MAX);
            let role = if property.contains("dateModified") {
                Role::Updated
            } else if claim == Claim::Property {
                Role::Published
            } else {
                role_of(&own).unwrap_or_else(|| self.role_before(at))
            };
            self.add(at, date, claim, role);
            return true;
        }
        let text = self.outline.folded_text(at, LINE_CHARS_MAX + 1);
        if text.chars().count() > LINE_CHARS_MAX {
            return false;
        }
        let before = self.shown.len();
        self.dates_of(at, &text, Some(claim), property.contains("dateModified"));
        if self.shown.len() == before
            && let Some(date) = relative::read(&text, self.reader.fetched, self.reader.zone)
        {
            let role = role_of(&text).unwrap_or_else(|| self.role_before(at));
            self.add(at, date, claim, role);
        }
        self.shown.len() > before
    }

    /// Reads the line that a text stands in.
    fn text(&mut self, at: usize, item: &Item<'_>) {
        let digits = item.text.bytes().filter(u8::is_ascii_digit).take(3).count();
        if digits < 3 || item.text.len() > 4 * LINE_CHARS_MAX {
            return;
        }
        // The inline element on whose own line the text may stand, and the block around it.
        let (mut own, mut block) = (at, item.parent as usize);
        while matches!(self.outline.items[block].tag, Tag::Inline | Tag::A | Tag::Time) {
            own = block;
            block = self.outline.items[block].parent as usize;
        }
        if self.line == block || matches!(self.outline.items[block].tag, Tag::Input | Tag::Pre) {
            return;
        }
        let line = self.outline.folded_text(block, LINE_CHARS_MAX + 1);
        if line.chars().count() <= LINE_CHARS_MAX {
            self.line = block;
            self.dates_of(block, &line, None, false);
        } else if self.is_alone(own, block) {
            let line = self.outline.folded_text(own, LINE_CHARS_MAX + 1);
            if line.chars().count() <= LINE_CHARS_MAX {
                self.dates_of(own, &line, None, false);
            }
        }
    }

    /// Whether a text or inline element in a long block stands on a line of its own.
    fn is_alone(&self, at: usize, block: usize) -> bool {
        let items = &self.outline.items;
        let next = items[at].end as usize;
        let ends = next >= items[block].end as usize
            || !matches!(items[next].tag, Tag::Text | Tag::Inline | Tag::A | Tag::Time);
        ends && (at == block + 1 || items[at - 1].tag != Tag::Text)
    }

    /// Takes the dates of a line; without a claim of the markup, only if the line holds little else.
    fn dates_of(&mut self, at: usize, line: &str, claim: Option<Claim>, is_modified: bool) {
        let found = dates::all(line, self.reader.zone, 4);
        if found.is_empty() || is_other(line) || is_range(line, &found) {
            return;
        }
        let words = words_beside(line, &found);
        let mut from = 0;
        for (index, date) in found.iter().enumerate() {
            let to = found.get(index + 1).map_or(line.len(), |next| next.start);
            let label = role_of(&line[from..date.start])
                .or_else(|| if to == line.len() { role_of(&line[date.end..to]) } else { None });
            let role = match label {
                _ if is_modified => Role::Updated,
                Some(role) => role,
                None if claim == Some(Claim::Property) => Role::Published,
                None if index == 0 => self.role_before(at),
                None => Role::Unlabelled,
            };
            from = date.end;
            let claim = match claim {
                Some(Claim::Class) if role == Role::Published => Some(Claim::Label),
                Some(claim) => Some(claim),
                None if role != Role::Unlabelled && words <= WORDS_LABELLED_MAX => Some(Claim::Label),
                None if words <= WORDS_BARE_MAX => Some(Claim::Line),
                None => None,
            };
            if let Some(claim) = claim.filter(|_| date.date.at <= self.reader.latest) {
                self.add(at, date.date, claim, role);
            }
        }
    }

    /// What the class of an item, or a short text just before it, says of the date in it.
    fn role_before(&self, at: usize) -> Role {
        let class = self.outline.attr(at, "class").unwrap_or_default();
        let class = class[..class.floor_char_boundary(256)].to_ascii_lowercase();
        // A bare `updated` says nothing: microformats demand it of every entry's date.
        if class.contains("modif") || class.contains("last") && class.contains("updat") {
            return Role::Updated;
        }
        if class.contains("publish") {
            return Role::Published;
        }
        let from = at.saturating_sub(4);
        (from..at)
            .rev()
            .map(|before| &self.outline.items[before])
            .find(|item| item.tag == Tag::Text && item.text.chars().any(char::is_alphabetic))
            .filter(|item| item.text.trim().len() <= 64)
            .and_then(|item| role_of(item.text))
            .unwrap_or(Role::Unlabelled)
    }

    fn add(&mut self, at: usize, date: Date, claim: Claim, role: Role) {
        if self.is_clock(at, date, claim, role) {
            return;
        }
        let place = place_of(self.outline, at, self.title_at);
        self.shown.push(Shown { at, date, claim, role, place });
    }

    /// Today's date above the title, or the very minute of the fetch, is the template's clock.
    fn is_clock(&self, at: usize, date: Date, claim: Claim, role: Role) -> bool {
        if claim == Claim::Property || role != Role::Unlabelled {
            return false;
        }
        let age = self.reader.fetched.duration_since(date.at).as_secs();
        let is_this_minute = date.has_time && age.abs() <= 60;
        let is_today = !date.has_time && (0..86_400).contains(&age);
        is_this_minute && claim != Claim::Time
            || is_today
                && self.title_at.is_none_or(|title| at < title)
                && !self.outline.is_inside(at, Tag::Article)
    }
}

/// How far an item lies from what the page is about. What encloses the title too is the page, whatever it is called.
fn place_of(outline: &Outline<'_>, at: usize, title_at: Option<usize>) -> Place {
    let away = Cues::COMMENT | Cues::SIDEBAR | Cues::RELATED | Cues::NAVIGATION | Cues::ADVERTISEMENT;
    // Articles have feet too; the page's is at its end.
    let is_late = at >= outline.items.len() / 4 * 3;
    let mut place = Place::Page;
    for up in outline.ancestors(at) {
        let item = &outline.items[up];
        let is_wrapper = title_at.is_some_and(|title| up <= title && title < item.end as usize)
            || matches!(item.tag, Tag::Body | Tag::Html | Tag::Main | Tag::Article);
        if is_wrapper {
            continue;
        }
        let is_foot = item.tag == Tag::Footer || item.cues.has(Cues::FOOTER);
        if matches!(item.tag, Tag::Aside | Tag::Nav) || item.cues.has(away) || is_foot && is_late {
            return Place::Away;
        }
        if is_foot || item.cues.has(Cues::TEASER) {
            place = Place::Card;
        }
    }
    place
}

fn role_of(text: &str) -> Option<Role> {
    let lower = text.to_lowercase();
    let has = |labels: &[&str]| {
        labels.iter().any(|label| {
            lower
                .match_indices(label)
                .any(|(at, _)| !lower[..at].chars().next_back().is_some_and(char::is_alphanumeric))
        })
    };
    // `Published …, updated …` is split between its dates; what is left names one.
    if has(&UPDATED_LABELS) {
        Some(Role::Updated)
    } else if has(&PUBLISHED_LABELS) {
        Some(Role::Published)
    } else {
        None
    }
}

fn is_other(line: &str) -> bool {
    let lower = line.to_lowercase();
    OTHER_LABELS.iter().any(|label| lower.contains(label))
}

/// Two days with nothing but a dash between them: an event.
fn is_range(line: &str, found: &[Found]) -> bool {
    found.windows(2).any(|pair| {
        let between = line[pair[0].end..pair[1].start].trim();
        matches!(between, "-" | "–" | "—" | "to" | "until" | "bis" | "по" | "до")
    })
}

/// Words of a line that are not part of its dates.
fn words_beside(line: &str, found: &[Found]) -> usize {
    let words = |text: &str| {
        text.split(|c: char| !c.is_alphanumeric())
            .filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 1)
            .count()
    };
    let inside: usize = found.iter().map(|date| words(&line[date.start..date.end])).sum();
    words(line).saturating_sub(inside)
}
