//! What the part of a page is for that a link stands in.
//!
//! Names of elements decide first, then what their classes suggest, then the heading above: a list under "Читайте также"
//! is related whatever its class is.
//!
//! Invariant: one forward pass; a zone is inherited downwards and changed only by what says something stronger.

use model::LinkKind;
use scraper::node::Element;

use crate::outline::{Cues, Outline, Tag, attr};

/// Longest class or id that is read, in bytes.
const NAME_BYTES_MAX: usize = 256;

/// Headings of lists of other pages, in lower case; they begin so.
const RELATED_HEADINGS: [&str; 37] = [
    "related",
    "read more",
    "read also",
    "read next",
    "see also",
    "more from",
    "more on",
    "more stories",
    "more news",
    "most read",
    "most popular",
    "you may also",
    "you might also",
    "recommended",
    "similar",
    "popular",
    "trending",
    "latest news",
    "читайте также",
    "читать также",
    "смотрите также",
    "похожие",
    "по теме",
    "ещё по теме",
    "еще по теме",
    "другие новости",
    "рекомендуем",
    "материалы по теме",
    "популярн",
    "самое читаемое",
    "вам может",
    "тағы оқ",
    "тағы да оқ",
    "ұқсас",
    "осы тақырып",
    "оқи отырыңыз",
    "көп оқылған",
];

/// Headings of what visitors wrote.
const COMMENT_HEADINGS: [&str; 9] = [
    "comments",
    "leave a comment",
    "leave a reply",
    "responses",
    "комментари",
    "оставить комментарий",
    "обсуждение",
    "пікір",
    "пікірлер",
];

/// Longest heading that names a list, in characters.
const HEADING_CHARS_MAX: usize = 48;

/// The zones of all items.
pub(super) fn all(outline: &Outline<'_>) -> Vec<LinkKind> {
    let mut zones = vec![LinkKind::Content; outline.items.len()];
    let mut headed = Headed { until: 0, level: 0, zone: LinkKind::Content };
    for (at, item) in outline.items.iter().enumerate() {
        let above = zones[item.parent as usize];
        if let Tag::Heading(level) = item.tag {
            headed.read(outline, at, level);
        }
        let own = of_item(outline, at, above);
        zones[at] = if at < headed.until && headed.covers(own) { headed.zone } else { own };
    }
    zones
}

/// The list that the latest heading names.
struct Headed {
    /// Index after the last item of the list.
    until: usize,
    level: u8,
    zone: LinkKind,
}

impl Headed {
    /// Whether the heading says more of a link than the zone it is in: side columns hold lists, footers menus.
    fn covers(&self, zone: LinkKind) -> bool {
        zone == LinkKind::Content || zone == LinkKind::Navigation && self.zone == LinkKind::Related
    }

    fn read(&mut self, outline: &Outline<'_>, at: usize, level: u8) {
        let text = outline.folded_text(at, HEADING_CHARS_MAX + 1).to_lowercase();
        let zone = named_list(&text).filter(|_| level > 1);
        if let Some(zone) = zone {
            self.zone = zone;
            self.level = level;
            self.until = scope_end(outline, at);
        } else if at < self.until && level <= self.level && !is_card(outline, at) {
            // Another heading of the same rank begins something else; one that is a link is an item of the list.
            self.until = at;
        }
    }
}

/// The list that a heading in lower case names, if it names one and says nothing else.
fn named_list(heading: &str) -> Option<LinkKind> {
    /// Letters that may follow: endings of words, and "comments on this".
    const REST_LETTERS_MAX: usize = 8;
    if heading.chars().count() > HEADING_CHARS_MAX {
        return None;
    }
    let heading = heading.trim_start_matches(|c: char| !c.is_alphabetic());
    if RELATED_HEADINGS.iter().any(|words| heading.starts_with(words)) {
        return Some(LinkKind::Related);
    }
    let rest = COMMENT_HEADINGS.iter().find_map(|words| heading.strip_prefix(words))?;
    (rest.chars().filter(|c| c.is_alphabetic()).count() <= REST_LETTERS_MAX && !rest.contains(" in "))
        .then_some(LinkKind::Comment)
}

/// Where the list under a heading ends: with the box around the heading, or the next one if that holds nothing else.
fn scope_end(outline: &Outline<'_>, at: usize) -> usize {
    let heading_end = outline.items[at].end;
    outline
        .ancestors(at)
        .take(3)
        .map(|ancestor| outline.items[ancestor].end)
        .find(|end| *end > heading_end)
        .unwrap_or(heading_end) as usize
}

/// Whether a heading is the title of a linked page: it holds a link or stands in one.
fn is_card(outline: &Outline<'_>, at: usize) -> bool {
    let inside = at + 1..(outline.items[at].end as usize).min(at + 8);
    outline.items[inside].iter().any(|item| item.tag == Tag::A)
        || outline.ancestors(at).take(4).any(|ancestor| outline.items[ancestor].tag == Tag::A)
}

fn of_item(outline: &Outline<'_>, at: usize, above: LinkKind) -> LinkKind {
    let item = &outline.items[at];
    let cues = item.cues;
    let is_frame = matches!(item.tag, Tag::Body | Tag::Html | Tag::Main | Tag::Article | Tag::Text);
    if !is_frame && cues.has(Cues::PAGINATION) && !cues.has(Cues::CONTENT) {
        return LinkKind::Pagination;
    }
    // A comment's own menu, a related item's byline and an advertisement's picture stay what they are in.
    if matches!(above, LinkKind::Comment | LinkKind::Related | LinkKind::Advertisement | LinkKind::Social) {
        return above;
    }
    if is_frame {
        let is_weak = above == LinkKind::Navigation && item.tag == Tag::Main;
        return if is_weak { LinkKind::Content } else { above };
    }
    if let Some(element) = item.element
        && cues != Cues::NONE
        && let Some(kind) = of_names(element, cues, above)
    {
        return kind;
    }
    if above != LinkKind::Content {
        let is_body = cues.has(Cues::BODY) && above == LinkKind::Navigation;
        return if is_body { LinkKind::Content } else { above };
    }
    of_tag(outline, at)
}

/// What classes and ids say that is stronger than where the element stands.
fn of_names(element: &Element, cues: Cues, above: LinkKind) -> Option<LinkKind> {
    if cues.has(Cues::ADVERTISEMENT) && has_word(element, ADVERTISING) {
        return Some(LinkKind::Advertisement);
    }
    if cues.has(Cues::SOCIAL) && !cues.has(Cues::CONTENT | Cues::BODY) {
        return Some(LinkKind::Social);
    }
    if above == LinkKind::Footer {
        return None;
    }
    if cues.has(Cues::COMMENT) && has_word(element, COMMENTING) {
        return Some(LinkKind::Comment);
    }
    if cues.has(Cues::RELATED) && has_word(element, RELATING) {
        return Some(LinkKind::Related);
    }
    let is_labels =
        cues.has(Cues::BYLINE) && !cues.has(Cues::CONTENT | Cues::TEASER) && has_word(element, LABELS);
    (is_labels && above == LinkKind::Content).then_some(LinkKind::Navigation)
}

/// Words that mean advertising and nothing else; `promo` and `banner` are also what front pages are made of.
const ADVERTISING: &[&str] = &[
    "ad",
    "ads",
    "adv",
    "advert",
    "adverts",
    "advertisement",
    "advertising",
    "sponsor",
    "sponsored",
    "sponsors",
    "reklama",
    "jarnama",
    "zharnama",
    "adsense",
    "adfox",
    "outbrain",
    "taboola",
    "werbung",
    "anzeige",
];

/// Words that mean what visitors wrote; `discussion` and `reviews` are also sections of a site.
const COMMENTING: &[&str] = &[
    "comment",
    "comments",
    "commentlist",
    "disqus",
    "replies",
    "respond",
    "komment",
    "kommentarii",
    "kommentariy",
    "kommentar",
    "kommentare",
    "commentaires",
    "pikir",
    "pikirler",
];

/// Words that mean a list beside the content; `latest`, `next` and `featured` are also what front pages are made of.
const RELATING: &[&str] = &[
    "related",
    "recommend",
    "recommended",
    "recommendations",
    "similar",
    "popular",
    "trending",
    "also",
    "readmore",
    "relacionadas",
    "pohozhie",
    "chitaite",
    "interesno",
    "uqsas",
    "mostread",
    "upsell",
    "crosssell",
];

/// Words that mean labels of an article, which are entries to lists.
const LABELS: &[&str] = &["tags", "tag", "taglist", "categories", "category", "keywords", "labels", "tegi"];

/// Whether one of the words stands in class or id.
fn has_word(element: &Element, words: &[&str]) -> bool {
    ["class", "id", "role"].iter().filter_map(|name| attr(element, name)).any(|name| {
        let name = &name[..name.floor_char_boundary(NAME_BYTES_MAX)];
        name.split(|c: char| !c.is_ascii_alphabetic()).any(|word| contains(words, word))
    })
}

/// A word as it is, or the parts of `relatedPosts`.
fn contains(words: &[&str], word: &str) -> bool {
    let is_known = |part: &str| words.iter().any(|known| known.eq_ignore_ascii_case(part));
    is_known(word) || {
        let mut from = 0;
        let bytes = word.as_bytes();
        (1..=bytes.len()).any(|to| {
            let is_end =
                to == bytes.len() || bytes[to].is_ascii_uppercase() && bytes[to - 1].is_ascii_lowercase();
            is_end && {
                let part = &word[from..to];
                from = to;
                is_known(part)
            }
        })
    }
}

/// What the element itself says, and its weaker names.
fn of_tag(outline: &Outline<'_>, at: usize) -> LinkKind {
    let item = &outline.items[at];
    let cues = item.cues;
    let chrome = Cues::NAVIGATION | Cues::SIDEBAR | Cues::SOCIAL | Cues::LEGAL;
    match item.tag {
        Tag::Footer if !outline.is_inside(at, Tag::Article) => LinkKind::Footer,
        Tag::Nav | Tag::Aside => LinkKind::Navigation,
        Tag::Header if !outline.is_inside(at, Tag::Article) => LinkKind::Navigation,
        _ if cues.has(Cues::CONTENT | Cues::BODY) => LinkKind::Content,
        _ if cues.has(Cues::FOOTER) => LinkKind::Footer,
        _ if cues.has(chrome) => LinkKind::Navigation,
        _ if cues.has(Cues::ADVERTISEMENT)
            && item
                .element
                .is_some_and(|element| has_word(element, &["banner", "banners", "cta", "callout"])) =>
        {
            LinkKind::Navigation
        }
        _ if cues.has(Cues::HEADER) && item.tag == Tag::Div => LinkKind::Navigation,
        _ => LinkKind::Content,
    }
}
