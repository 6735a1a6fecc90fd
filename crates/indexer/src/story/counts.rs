//! In how many documents a feature stood, and how often it was written with a capital letter: what is rare, what is a name.
//!
//! Invariant: of fixed size whatever is counted; two features may share a place, which only makes both look more frequent.

use super::features::Reading;

/// Places, a power of two: a few times the distinct features of a window of 100,000 documents.
const PLACES: usize = 1 << 18;

/// Documents after which all counts are halved: what was frequent long ago fades, and nothing overflows.
const DOCUMENTS_MAX: f32 = 200_000.0;

/// Documents imagined before the first: the first ones would find every word frequent otherwise.
const DOCUMENTS_BEFORE: f32 = 500.0;

/// A feature that stands more often with a capital letter than this is a name.
const NAME_SHARE: f32 = 0.6;

/// Counts of one place.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    documents: f32,
    /// Within sentences, with a capital letter and with a small one.
    written: [f32; 2],
}

/// Counts by feature.
pub(super) struct Counts {
    documents: f32,
    places: Vec<Count>,
}

impl Default for Counts {
    fn default() -> Self {
        Self { documents: 0.0, places: vec![Count::default(); PLACES] }
    }
}

impl Counts {
    /// Counts one more document.
    pub(super) fn document(&mut self, reading: &Reading) {
        if self.documents >= DOCUMENTS_MAX {
            self.documents /= 2.0;
            for count in &mut self.places {
                count.documents /= 2.0;
                count.written = count.written.map(|times| times / 2.0);
            }
        }
        self.documents += 1.0;
        for (feature, standing) in reading {
            let count = &mut self.places[place(*feature)];
            count.documents += 1.0;
            for (times, more) in count.written.iter_mut().zip(standing.written) {
                *times += more;
            }
        }
    }

    /// Whether a feature seen with a capital letter just now is mostly written so where no sentence begins.
    pub(super) fn is_name(&self, feature: u32) -> bool {
        let [capital, small] = self.places[place(feature)].written;
        capital + 1.0 > NAME_SHARE * (capital + small + 1.0)
    }

    /// How rare a feature of a document not counted yet is: the logarithm of the documents to one with it.
    pub(super) fn rarity(&self, feature: u32) -> f32 {
        let found = self.places[place(feature)].documents;
        ((self.documents + DOCUMENTS_BEFORE) / (found + 1.5)).ln().max(RARITY_MIN)
    }
}

/// What stands in every document still counts a little, so that no document is without weight.
const RARITY_MIN: f32 = 0.05;

fn place(feature: u32) -> usize {
    feature as usize & (PLACES - 1)
}
