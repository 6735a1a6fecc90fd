//! How good one ranking was, and all of them. Invariant: every measure is an average over predictions.

use std::collections::HashMap;

use serde::Serialize;

/// Links looked at by all measures but the reciprocal rank.
const DEPTH: usize = 10;

/// Averages over predictions.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Measures {
    /// 1 / rank of the first link opened, 0 if it is not ranked.
    pub mrr: f64,
    /// Gain of what was opened among the first ten, discounted by rank, of the most possible.
    pub ndcg_10: f64,
    /// Whether something opened is among the first ten.
    pub hit_rate_10: f64,
    /// Pairs among the first ten that tell the same story.
    pub duplicate_pairs_10: f64,
    /// Entropy of the sites of the first ten, bits: 0 = one site, 3.32 = ten.
    pub source_entropy_10: f64,
}

/// One ranking: what is at each rank.
pub(super) struct Ranked<'a> {
    /// Whether it was opened.
    pub(super) opened: Vec<bool>,
    /// Of the first ten.
    pub(super) sites: Vec<&'a str>,
    /// Pairs of the first ten that tell the same story.
    pub(super) duplicate_pairs: usize,
    /// How many links were opened.
    pub(super) wanted: usize,
}

impl Measures {
    /// Of one ranking.
    pub(super) fn of(ranked: &Ranked<'_>) -> Self {
        let rank = ranked.opened.iter().position(|opened| *opened);
        let gain = |place: usize| 1.0 / (place as f64 + 2.0).log2();
        let found = ranked.opened.iter().take(DEPTH).enumerate().filter(|(_, opened)| **opened);
        let best: f64 = (0..ranked.wanted.min(DEPTH)).map(gain).sum();
        Self {
            mrr: rank.map_or(0.0, |rank| 1.0 / (rank as f64 + 1.0)),
            ndcg_10: found.map(|(place, _)| gain(place)).sum::<f64>() / best.max(f64::MIN_POSITIVE),
            hit_rate_10: f64::from(u8::from(rank.is_some_and(|rank| rank < DEPTH))),
            duplicate_pairs_10: ranked.duplicate_pairs as f64,
            source_entropy_10: entropy(&ranked.sites),
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.mrr += other.mrr;
        self.ndcg_10 += other.ndcg_10;
        self.hit_rate_10 += other.hit_rate_10;
        self.duplicate_pairs_10 += other.duplicate_pairs_10;
        self.source_entropy_10 += other.source_entropy_10;
    }

    pub(super) fn divide(&mut self, count: usize) {
        let count = count.max(1) as f64;
        self.mrr /= count;
        self.ndcg_10 /= count;
        self.hit_rate_10 /= count;
        self.duplicate_pairs_10 /= count;
        self.source_entropy_10 /= count;
    }
}

fn entropy(sites: &[&str]) -> f64 {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for site in sites {
        *counts.entry(site).or_default() += 1;
    }
    let mut shares: Vec<f64> = counts.values().map(|count| *count as f64 / sites.len() as f64).collect();
    // The order of a hash map must not show in the last digit.
    shares.sort_by(f64::total_cmp);
    -shares.into_iter().map(|share| share * share.log2()).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_of_one_ranking() {
        let ranked = Ranked {
            opened: vec![false, true, false, true],
            sites: vec!["a", "a", "b", "b"],
            duplicate_pairs: 2,
            wanted: 2,
        };
        let measures = Measures::of(&ranked);
        let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
        assert!(near(measures.mrr, 0.5) && near(measures.hit_rate_10, 1.0));
        let best = 1.0 + 1.0 / 3f64.log2();
        assert!(near(measures.ndcg_10, (1.0 / 3f64.log2() + 1.0 / 5f64.log2()) / best));
        assert!(near(measures.source_entropy_10, 1.0) && near(measures.duplicate_pairs_10, 2.0));
        let none = Ranked { opened: vec![false; 3], sites: vec![], duplicate_pairs: 0, wanted: 1 };
        assert_eq!(Measures::of(&none), Measures::default());
        let late = Ranked {
            opened: [vec![false; 10], vec![true]].concat(),
            sites: vec!["a"],
            duplicate_pairs: 0,
            wanted: 1,
        };
        let late = Measures::of(&late);
        assert!(near(late.mrr, 1.0 / 11.0) && late.hit_rate_10 == 0.0 && late.ndcg_10 == 0.0);
    }
}
