//! Which type a page is: one small forest for each type, over means of the block features and words of structure.
//!
//! The forests were trained on few pages of each rare type (`train_text` prints how good they are on sites they have not
//! seen), so the type is evidence for the second forest and a report to operators, and nothing is refused for it.
//!
//! Invariant: probabilities add up to one; a page without blocks has a type too.

use std::sync::LazyLock;

use model::PageType;
use url::Url;

use super::feature::Context;
use super::forest::{Forest, TREE_BYTES};
use crate::metadata::{Metadata, PageKind};
use crate::outline::{Cues, Outline, Tag};

/// The types that forests are trained for, in the order of their tables.
pub const TYPES: [PageType; 6] = [
    PageType::Article,
    PageType::Listing,
    PageType::Forum,
    PageType::Product,
    PageType::Documentation,
    PageType::Service,
];

/// Trees of each type's forest.
pub const TREES: usize = 24;

/// Words of hosts and paths that name a type, in the order of [`TYPES`].
const NAMES: [&[&str]; TYPES.len()] = [
    &[
        "news",
        "blog",
        "blogs",
        "article",
        "articles",
        "post",
        "posts",
        "story",
        "novosti",
        "statya",
        "zhanalyqtar",
    ],
    &[
        "category",
        "categories",
        "collection",
        "collections",
        "catalog",
        "tag",
        "tags",
        "archive",
        "search",
        "rubric",
    ],
    &[
        "forum",
        "forums",
        "thread",
        "threads",
        "topic",
        "community",
        "viewtopic",
        "showthread",
        "questions",
        "t",
    ],
    &["product", "products", "shop", "store", "item", "dp", "p", "tovar", "buy"],
    &[
        "docs",
        "doc",
        "documentation",
        "reference",
        "manual",
        "api",
        "help",
        "kb",
        "wiki",
        "guide",
        "learn",
        "tutorial",
    ],
    &["service", "services", "solutions", "about", "contact", "company", "pricing", "enterprise"],
];

/// Elements that are counted, relative to all blocks.
const COUNTED: [Tag; 10] = [
    Tag::Pre,
    Tag::Time,
    Tag::Input,
    Tag::Button,
    Tag::Heading(1),
    Tag::Heading(2),
    Tag::Heading(3),
    Tag::Image,
    Tag::Item,
    Tag::Article,
];

/// Cues that are counted, relative to all elements.
const CUES: [Cues; 7] =
    [Cues::COMMENT, Cues::FORUM, Cues::PRODUCT, Cues::TEASER, Cues::PAGINATION, Cues::AUTHOR, Cues::LEAD];

/// Signs of an amount of money.
const MONEY: [char; 5] = ['$', '€', '£', '₸', '₽'];

/// Numbers of a page: means over its blocks, then its own.
pub(crate) fn features(
    outline: &Outline<'_>,
    context: &Context,
    texts: &str,
    metadata: &Metadata,
    url: &Url,
) -> Vec<f32> {
    let mut row = context.means();
    let names = named(url);
    row.extend(names.iter().map(|is_named| f32::from(u8::from(*is_named))));
    let path: Vec<&str> = url.path().split('/').filter(|segment| !segment.is_empty()).collect();
    row.push(path.len() as f32);
    row.push(path.last().map_or(0.0, |last| last.split(['-', '_']).count() as f32));
    row.push(f32::from(u8::from(url.query().is_some())));
    for kind in [PageKind::Article, PageKind::Thing, PageKind::Site] {
        row.push(f32::from(u8::from(metadata.kind == kind)));
    }
    row.push(f32::from(u8::from(metadata.published.is_some())));
    row.push(f32::from(u8::from(metadata.author.is_some())));
    let blocks = (context.len() + 1) as f32;
    let (tags, cues) = counts(outline);
    for count in tags {
        row.push(count as f32 / blocks);
        row.push((count as f32).ln_1p());
    }
    row.extend(cues.map(|count| (count as f32).ln_1p()));
    row.push((texts.chars().filter(|letter| MONEY.contains(letter)).count() as f32).ln_1p());
    row.push(texts.chars().filter(|letter| *letter == '?').count() as f32 / blocks);
    row
}

/// How many items are of each of [`COUNTED`], and have each of [`CUES`].
fn counts(outline: &Outline<'_>) -> ([usize; COUNTED.len()], [usize; CUES.len()]) {
    let (mut tags, mut cues) = ([0; COUNTED.len()], [0; CUES.len()]);
    for item in &outline.items {
        if let Some(at) = COUNTED.iter().position(|tag| *tag == item.tag) {
            tags[at] += 1;
        }
        if item.cues != Cues::NONE {
            for (count, cue) in cues.iter_mut().zip(CUES) {
                *count += usize::from(item.cues.has(cue));
            }
        }
    }
    (tags, cues)
}

/// Which types the host or the path names.
fn named(url: &Url) -> [bool; TYPES.len()] {
    let host = url.host_str().unwrap_or_default();
    let is_split = |letter: char| !letter.is_alphanumeric();
    let is_in =
        |names: &&[&str]| host.split('.').chain(url.path().split(is_split)).any(|word| names.contains(&word));
    NAMES.each_ref().map(is_in)
}

static FORESTS: LazyLock<Vec<Forest>> = LazyLock::new(|| {
    include_bytes!("page_type.forest").chunks(4 + TREES * TREE_BYTES).map(Forest::read).collect()
});

/// How likely each of [`TYPES`] is.
pub(crate) fn probabilities(row: &[f32]) -> [f32; TYPES.len()] {
    shares(&FORESTS, row)
}

/// How likely each of [`TYPES`] is by these forests, one for each.
pub(crate) fn shares(forests: &[Forest], row: &[f32]) -> [f32; TYPES.len()] {
    let mut shares = [0.0; TYPES.len()];
    for (share, forest) in shares.iter_mut().zip(forests) {
        *share = forest.probability(row);
    }
    let sum: f32 = shares.iter().sum::<f32>().max(f32::MIN_POSITIVE);
    shares.map(|share| share / sum)
}

/// The likeliest type. The first page of a site is one unless it is a text.
pub(crate) fn likeliest(shares: &[f32; TYPES.len()], url: &Url) -> PageType {
    let best = (0..TYPES.len()).max_by(|a, b| shares[*a].total_cmp(&shares[*b])).unwrap_or(0);
    let is_first = url.query().is_none()
        && matches!(
            url.path().trim_end_matches('/'),
            "" | "/index.html" | "/index.php" | "/kk" | "/kz" | "/ru" | "/en"
        );
    if is_first && TYPES[best] != PageType::Article { PageType::FrontPage } else { TYPES[best] }
}
