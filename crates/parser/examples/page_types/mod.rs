//! Trains the forests that tell page types apart, and says how good they are on sites they have not seen.
//!
//! Invariant: deterministic; pages of one site are never on both sides.

use parser::study::{self, Forest, TREES, TYPES};

use crate::boosting::{Settings, Table, boost};
use crate::{FOLDS, Sample};

/// Of which of [`TYPES`] a page is, by its gold.
fn wanted(sample: &Sample) -> usize {
    let name = match sample.kind.as_str() {
        "collection" => "listing",
        kind => kind,
    };
    TYPES.iter().position(|page_type| page_type.word() == name).unwrap_or(0)
}

/// Forests of all pages, and for each page the probabilities by forests that have not seen its site.
pub(crate) fn train(samples: &[Sample]) -> (Vec<Forest>, Vec<[f32; TYPES.len()]>) {
    let of = |fold: Option<u64>| -> Vec<Forest> {
        (0..TYPES.len()).map(|page_type| train_one(samples, fold, page_type)).collect()
    };
    let folds: Vec<Vec<Forest>> = (0..FOLDS).map(|fold| of(Some(fold))).collect();
    let shares: Vec<[f32; TYPES.len()]> = samples
        .iter()
        .map(|sample| study::shares(&folds[usize::try_from(sample.fold).unwrap_or(0)], sample.page.whole()))
        .collect();
    report(samples, &shares);
    (of(None), shares)
}

fn train_one(samples: &[Sample], fold: Option<u64>, page_type: usize) -> Forest {
    let mut table = Table::default();
    for (page, sample) in samples.iter().enumerate().filter(|(_, sample)| Some(sample.fold) != fold) {
        // News of one kind fill two of the sets, and articles more than half of the others: the rare types count more.
        let weight = if sample.set.starts_with("daniel") { 0.2 } else { 1.0 };
        let weight = if wanted(sample) == 0 { weight } else { weight * 3.0 };
        table.push(page, sample.page.whole(), f32::from(u8::from(wanted(sample) == page_type)), weight);
    }
    boost(&table, &Settings { trees: TREES, rate: 0.2, leaf_weight_min: 2.0, ridge: 2.0 })
}

fn report(samples: &[Sample], shares: &[[f32; TYPES.len()]]) {
    for set in ["wcxb_dev", "kkx", "daniel_ru", "daniel_mix"] {
        let mut counts = [[0usize; TYPES.len()]; TYPES.len()];
        for (sample, shares) in samples.iter().zip(shares).filter(|(sample, _)| sample.set == set) {
            let best = (0..TYPES.len()).max_by(|a, b| shares[*a].total_cmp(&shares[*b])).unwrap_or(0);
            counts[wanted(sample)][best] += 1;
        }
        let right: usize = (0..TYPES.len()).map(|at| counts[at][at]).sum();
        let all: usize = counts.iter().flatten().sum();
        println!("page type {set:10} right {right} of {all}; rows are the gold, columns the verdict:");
        for (row, page_type) in counts.iter().zip(TYPES) {
            println!("  {:14} {row:?}", page_type.word());
        }
    }
}
