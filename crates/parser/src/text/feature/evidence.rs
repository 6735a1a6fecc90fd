//! What the page says elsewhere that a block may repeat, and where the links of a block lead.
//!
//! Invariant: texts are compared by hashed words, links by their written path; nothing is resolved.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::{Rows, ln};
use crate::metadata::Metadata;
use crate::outline::{Outline, Tag, attr};
use crate::text::block::Block;

/// Numbers that [`Evidence::push`] adds.
pub(super) const WIDTH: usize = 9;

/// Words of a block that are compared; more do not change a share.
const WORDS_MAX: usize = 60;

/// Things said about the page outside its text.
pub(super) struct Evidence {
    description: HashSet<u64>,
    title: HashSet<u64>,
    /// Elements by class.
    classes: HashMap<u64, u32>,
    /// First segment of the page's own path.
    section: String,
}

impl Evidence {
    pub(super) fn of(outline: &Outline<'_>, metadata: &Metadata, path: &str) -> Self {
        let mut classes: HashMap<u64, u32> = HashMap::new();
        for item in &outline.items {
            if let Some(class) = item.element.and_then(|element| attr(element, "class")) {
                *classes.entry(hash(class)).or_default() += 1;
            }
        }
        let words = |text: &Option<String>| words(text.as_deref().unwrap_or_default()).collect();
        Self {
            description: words(&metadata.description),
            title: words(&metadata.title),
            classes,
            section: path.split('/').find(|segment| !segment.is_empty()).unwrap_or_default().to_owned(),
        }
    }

    /// Adds the numbers of a block.
    pub(super) fn push(&self, rows: &mut Rows, outline: &Outline<'_>, block: &Block, text: &str) {
        let (mut count, mut described, mut titled) = (0u16, 0u16, 0u16);
        for word in words(text).take(WORDS_MAX) {
            count += 1;
            described += u16::from(self.description.contains(&word));
            titled += u16::from(self.title.contains(&word));
        }
        let share = |part: u16| f32::from(part) / f32::from(count.max(1));
        rows.push(share(described));
        rows.push(f32::from(described.min(20)));
        rows.push(share(titled));
        let container = block.container as usize;
        let parent = outline.items[container].parent as usize;
        let grandparent = outline.items[parent].parent as usize;
        for at in [container, parent, grandparent] {
            rows.push(ln(self.alike(outline, at)));
        }
        self.push_link(rows, outline, container);
    }

    /// Elements of the page with the same class.
    fn alike(&self, outline: &Outline<'_>, at: usize) -> f32 {
        let class = outline.items[at].element.and_then(|element| attr(element, "class"));
        class.and_then(|class| self.classes.get(&hash(class))).map_or(0.0, |count| *count as f32)
    }

    /// Where the first link in or around the block leads: depth of its path, words in its last segment, own section.
    fn push_link(&self, rows: &mut Rows, outline: &Outline<'_>, container: usize) {
        let end = (outline.items[container].end as usize).min(container + 12);
        let inside = (container..end).find(|at| outline.items[*at].tag == Tag::A);
        let link = inside
            .or_else(|| outline.ancestors(container).take(3).find(|at| outline.items[*at].tag == Tag::A));
        let Some(href) = link.and_then(|at| outline.attr(at, "href")) else {
            rows.numbers.extend([-1.0; 3]);
            return;
        };
        let path = href
            .split_once("://")
            .map_or(href, |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path));
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let mut segments = path.split('/').filter(|segment| !segment.is_empty());
        let first = segments.clone().next().unwrap_or_default();
        rows.push(segments.clone().count() as f32);
        rows.push(segments.next_back().map_or(0.0, |last| last.split(['-', '_']).count() as f32));
        rows.push(
            f32::from(u8::from(first == self.section)) + f32::from(u8::from(href.starts_with('#'))) * 2.0,
        );
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// Hashes of the words of at least four letters, in lower case.
fn words(text: &str) -> impl Iterator<Item = u64> {
    text.split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| word.chars().count() >= 4)
        .map(|word| hash(&word.to_lowercase()))
}
