//! Gradient boosting of complete trees on a logistic loss, over binned features.
//!
//! Invariant: deterministic; equal gains are settled by the lower feature number.

use parser::study::{DEPTH, Forest, LEAVES, SPLITS, Tree};

const BINS: usize = 64;

/// How to boost.
pub(crate) struct Settings {
    /// Trees.
    pub(crate) trees: usize,
    /// Learning rate.
    pub(crate) rate: f32,
    /// Least weight of a leaf, as a share of a page.
    pub(crate) leaf_weight_min: f32,
    /// Ridge on leaf values, as a share of a page.
    pub(crate) ridge: f32,
}

/// Rows with labels and weights.
#[derive(Default)]
pub(crate) struct Table {
    columns: Vec<Vec<f32>>,
    labels: Vec<f32>,
    weights: Vec<f32>,
    pages: Vec<usize>,
}

impl Table {
    /// Adds a row of a page.
    pub(crate) fn push(&mut self, page: usize, row: &[f32], label: f32, weight: f32) {
        self.pages.push(page);
        self.columns.resize(row.len(), Vec::new());
        for (column, number) in self.columns.iter_mut().zip(row) {
            column.push(*number);
        }
        self.labels.push(label);
        self.weights.push(weight);
    }
}

/// One feature cut into bins: bin `b` holds numbers above `edges[b - 1]` up to `edges[b]`.
struct Binned {
    edges: Vec<f32>,
    bins: Vec<u8>,
}

fn binned(column: &[f32]) -> Binned {
    let mut sorted = column.to_vec();
    sorted.sort_by(f32::total_cmp);
    let mut edges: Vec<f32> = (1..BINS).map(|n| sorted[n * (sorted.len() - 1) / BINS]).collect();
    edges.dedup();
    let bins = column.iter().map(|number| edges.partition_point(|edge| edge < number) as u8).collect();
    Binned { edges, bins }
}

/// Boosts a forest.
pub(crate) fn boost(table: &Table, settings: &Settings) -> Forest {
    let features: Vec<Binned> = table.columns.iter().map(|column| binned(column)).collect();
    let weight: f32 = table.weights.iter().sum();
    let positive: f32 = table.weights.iter().zip(&table.labels).map(|(weight, label)| weight * label).sum();
    let base = (positive / (weight - positive)).ln();
    let mut odds = vec![base; table.labels.len()];
    let mut forest = Forest { base, trees: Vec::new() };
    for round in 0..settings.trees {
        let (mut slopes, mut curves) = (Vec::new(), Vec::new());
        for ((odds, label), weight) in odds.iter().zip(&table.labels).zip(&table.weights) {
            let probability = 1.0 / (1.0 + (-odds).exp());
            slopes.push(weight * (label - probability));
            curves.push((weight * probability * (1.0 - probability)).max(1e-9));
        }
        // Each tree sees a third of the features, so that not all lean on the same few, and not all pages.
        let used: Vec<usize> = (0..features.len()).filter(|at| mixed(*at, round).is_multiple_of(3)).collect();
        for (at, page) in table.pages.iter().enumerate() {
            if mixed(*page, round + 1_000) % 10 < 3 {
                (slopes[at], curves[at]) = (0.0, 0.0);
            }
        }
        let tree = grow(&features, &used, &slopes, &curves, settings);
        for (at, odds) in odds.iter_mut().enumerate() {
            let row = |feature: usize| table.columns[feature][at];
            *odds += leaf(&tree, row);
        }
        forest.trees.push(tree);
    }
    forest
}

/// A number of two that looks like chance and is always the same (the finalizer of `SplitMix64`).
fn mixed(a: usize, b: usize) -> u64 {
    let mut number = (a as u64 ^ (b as u64) << 32).wrapping_add(0x9e37_79b9_7f4a_7c15);
    number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

fn leaf(tree: &Tree, row: impl Fn(usize) -> f32) -> f32 {
    let mut at = 0;
    while at < tree.features.len() {
        at = 2 * at + 1 + usize::from(row(usize::from(tree.features[at])) > tree.thresholds[at]);
    }
    tree.leaves[at - tree.features.len()]
}

fn grow(features: &[Binned], used: &[usize], slopes: &[f32], curves: &[f32], settings: &Settings) -> Tree {
    let ridge = settings.ridge;
    let mut tree = Tree { features: [0; SPLITS], thresholds: [f32::INFINITY; SPLITS], leaves: [0.0; LEAVES] };
    let mut nodes = vec![0usize; slopes.len()];
    for level in 0..DEPTH {
        let first = (1usize << level) - 1;
        let count = 1usize << level;
        let mut best = vec![(0.0f32, usize::MAX, 0usize); count];
        for &feature in used {
            let mut sums = vec![(0.0f32, 0.0f32); count * BINS];
            for (row, bin) in features[feature].bins.iter().enumerate() {
                let sum = &mut sums[(nodes[row] - first) * BINS + usize::from(*bin)];
                sum.0 += slopes[row];
                sum.1 += curves[row];
            }
            for (node, best) in best.iter_mut().enumerate() {
                let bins = &sums[node * BINS..(node + 1) * BINS];
                let total = bins.iter().fold((0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1));
                let score = |sum: (f32, f32)| sum.0 * sum.0 / (sum.1 + ridge);
                let mut left = (0.0, 0.0);
                for cut in 0..features[feature].edges.len() {
                    left = (left.0 + bins[cut].0, left.1 + bins[cut].1);
                    let right = (total.0 - left.0, total.1 - left.1);
                    if left.1 < settings.leaf_weight_min || right.1 < settings.leaf_weight_min {
                        continue;
                    }
                    let gain = score(left) + score(right) - score(total);
                    if gain > best.0 + 1e-6 {
                        *best = (gain, feature, cut);
                    }
                }
            }
        }
        for (node, (_, feature, cut)) in best.iter().enumerate() {
            if *feature != usize::MAX {
                tree.features[first + node] = *feature as u8;
                tree.thresholds[first + node] = features[*feature].edges[*cut];
            }
        }
        for (row, node) in nodes.iter_mut().enumerate() {
            let (_, feature, cut) = best[*node - first];
            let goes_right = feature != usize::MAX && usize::from(features[feature].bins[row]) > cut;
            *node = 2 * *node + 1 + usize::from(goes_right);
        }
    }
    let mut sums = [(0.0f32, 0.0f32); LEAVES];
    for (row, node) in nodes.iter().enumerate() {
        let sum = &mut sums[node - SPLITS];
        sum.0 += slopes[row];
        sum.1 += curves[row];
    }
    for (leaf, sum) in tree.leaves.iter_mut().zip(sums) {
        *leaf = (settings.rate * sum.0 / (sum.1 + ridge)).clamp(-4.0, 4.0);
        // As it will be stored.
        *leaf = (*leaf / 0.001).round() * 0.001;
    }
    tree
}
