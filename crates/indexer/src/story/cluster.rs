//! A story as a cluster of documents, and the evidence that one more document belongs to it.
//!
//! Invariant: the sums are those of the members that are there; nothing remains of one taken out.

use std::collections::BTreeMap;

use super::features::{Feature, Sort};

/// What speaks for a document belonging to a story, in this order:
/// mean cosine with the members · mean cosine with the closest three · share of its names the story has · share of the story's
/// core it has · share of its numbers the story has · whether both have numbers and none in common · share of its features the
/// story has · logarithm of the members · logarithm of its features · the weight of its most telling name or number the story
/// has not.
pub type Evidence = [f32; EVIDENCE];
/// How many there are.
pub const EVIDENCE: usize = 10;

/// Documents whose cosine is looked at one by one.
const CLOSEST: usize = 3;

/// Up to so many members what they agree on is worked out with each that comes or goes, then with every sixteenth.
const SETTLED_EACH_TIME: usize = 32;
const SETTLED_EVERY: usize = 16;

/// Where a document has no names, or no numbers: what others have on average.
const NAMES_UNKNOWN: f32 = 0.5;
const NUMBERS_UNKNOWN: f32 = 0.3;

/// A feature of a story.
#[derive(Debug, Clone, Copy, Default)]
struct Part {
    /// Of the members' weights.
    sum: f32,
    members: u32,
    is_number: bool,
}

/// A story.
#[derive(Debug, Default)]
pub(super) struct Cluster {
    /// Its documents, by arrival.
    pub(super) members: Vec<u64>,
    parts: BTreeMap<u32, Part>,
    /// Features of half its members at least, with the squares of their sums.
    core: Vec<(u32, f32)>,
    has_numbers: bool,
}

impl Cluster {
    pub(super) fn add(&mut self, member: u64, features: &[Feature]) {
        self.members.push(member);
        for feature in features {
            let part = self.parts.entry(feature.hash).or_default();
            part.sum += feature.weight;
            part.members += 1;
            part.is_number |= feature.sort == Sort::Number;
        }
        self.settle();
    }

    /// Takes a member out.
    pub(super) fn remove(&mut self, member: u64, features: &[Feature]) {
        self.members.retain(|other| *other != member);
        for feature in features {
            if let Some(part) = self.parts.get_mut(&feature.hash) {
                part.sum -= feature.weight;
                part.members -= 1;
                if part.members == 0 {
                    self.parts.remove(&feature.hash);
                }
            }
        }
        self.settle();
    }

    pub(super) fn has(&self, feature: u32) -> bool {
        self.parts.contains_key(&feature)
    }

    fn settle(&mut self) {
        // One report more or less changes little of what many say, and reading all they say costs.
        let members = self.members.len();
        if members > SETTLED_EACH_TIME && !members.is_multiple_of(SETTLED_EVERY) {
            return;
        }
        let half = self.members.len().div_ceil(2);
        let core = self.parts.iter().filter(|(_, part)| part.members as usize >= half);
        self.core = core.map(|(hash, part)| (*hash, part.sum * part.sum)).collect();
        self.has_numbers = self.parts.values().any(|part| part.is_number);
    }

    /// What speaks for a document with `features` belonging here, given its cosines with the members.
    pub(super) fn evidence(&self, features: &[Feature], cosines: &mut [f32]) -> Evidence {
        cosines.sort_by(|a, b| b.total_cmp(a));
        let closest = CLOSEST.min(cosines.len());
        let (mut names, mut names_known) = (0.0, 0.0);
        let (mut numbers, mut numbers_known) = (0.0_f32, 0.0);
        let (mut known, mut unknown_most) = (0.0, 0.0_f32);
        for feature in features {
            let square = feature.weight * feature.weight;
            let has = self.has(feature.hash);
            match feature.sort {
                Sort::Name => {
                    names += square;
                    names_known += if has { square } else { 0.0 };
                }
                Sort::Number => {
                    numbers += 1.0;
                    numbers_known += f32::from(u8::from(has));
                }
                Sort::Word => {}
            }
            if has {
                known += square;
            } else if feature.sort != Sort::Word {
                unknown_most = unknown_most.max(feature.weight);
            }
        }
        let core: f32 = self.core.iter().map(|(_, square)| square).sum();
        let core_known: f32 = self
            .core
            .iter()
            .filter(|(hash, _)| features.binary_search_by_key(hash, |feature| feature.hash).is_ok())
            .map(|(_, square)| square)
            .sum();
        let share = |part: f32, whole: f32, unknown: f32| if whole > 0.0 { part / whole } else { unknown };
        let contradicts = numbers > 0.0 && self.has_numbers && numbers_known == 0.0;
        [
            cosines.iter().sum::<f32>() / cosines.len() as f32,
            cosines[..closest].iter().sum::<f32>() / closest as f32,
            share(names_known, names, NAMES_UNKNOWN),
            share(core_known, core, 0.0),
            share(numbers_known, numbers, NUMBERS_UNKNOWN),
            f32::from(u8::from(contradicts)),
            known,
            (self.members.len() as f32).ln(),
            (features.len() as f32).ln(),
            unknown_most,
        ]
    }
}

/// The cosine of two documents.
pub(super) fn cosine(a: &[Feature], b: &[Feature]) -> f32 {
    let (mut a, mut b, mut sum) = (a.iter().peekable(), b.iter().peekable(), 0.0);
    while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
        match x.hash.cmp(&y.hash) {
            std::cmp::Ordering::Less => drop(a.next()),
            std::cmp::Ordering::Greater => drop(b.next()),
            std::cmp::Ordering::Equal => {
                sum += x.weight * y.weight;
                a.next();
                b.next();
            }
        }
    }
    sum
}
