//! Boosted trees, evaluated.
//!
//! Invariant: evaluation cannot fail: a damaged table is a forest without trees, which gives every block the same
//! probability, and a test makes sure that the shipped tables are whole.

use std::sync::LazyLock;

/// Splits on the way from the root to a leaf.
pub const DEPTH: usize = 5;

/// Splits of one tree.
pub const SPLITS: usize = (1 << DEPTH) - 1;

/// Leaves of one tree.
pub const LEAVES: usize = 1 << DEPTH;

/// Bytes of one tree: a feature and a threshold for each split, a value for each leaf.
pub(crate) const TREE_BYTES: usize = SPLITS * 5 + LEAVES * 2;

/// Leaf values are stored as thousandths.
const LEAF_UNIT: f32 = 0.001;

/// Judges a block by itself and its surroundings.
pub(crate) static FIRST: LazyLock<Forest> = LazyLock::new(|| Forest::read(include_bytes!("first.forest")));

/// Judges it again, knowing the first verdicts on its surroundings.
pub(crate) static SECOND: LazyLock<Forest> = LazyLock::new(|| Forest::read(include_bytes!("second.forest")));

/// A complete binary tree of fixed depth. A split goes right when the feature is above the threshold.
#[derive(Debug, Clone, PartialEq)]
pub struct Tree {
    /// Feature of each split, level by level.
    pub features: [u8; SPLITS],
    /// Threshold of each split.
    pub thresholds: [f32; SPLITS],
    /// Value of each leaf, in log odds.
    pub leaves: [f32; LEAVES],
}

/// Trees whose values are added up.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Forest {
    /// Log odds before any tree.
    pub base: f32,
    /// The trees.
    pub trees: Vec<Tree>,
}

impl Tree {
    /// Value for a row of features.
    #[must_use]
    pub fn value(&self, row: &[f32]) -> f32 {
        let mut at = 0;
        for _ in 0..DEPTH {
            let value = row.get(usize::from(self.features[at])).copied().unwrap_or(0.0);
            at = 2 * at + 1 + usize::from(value > self.thresholds[at]);
        }
        self.leaves[at - SPLITS]
    }
}

impl Forest {
    /// Reads a table as [`Forest::write`] writes it.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Self {
        let Some((base, trees)) = bytes.split_first_chunk::<4>() else { return Self::default() };
        let trees = trees.chunks_exact(TREE_BYTES).map(|bytes| {
            let (splits, leaves) = bytes.split_at(SPLITS * 5);
            let mut tree = Tree { features: [0; SPLITS], thresholds: [0.0; SPLITS], leaves: [0.0; LEAVES] };
            for (at, split) in splits.as_chunks::<5>().0.iter().enumerate() {
                let [feature, a, b, c, d] = *split;
                tree.features[at] = feature;
                tree.thresholds[at] = f32::from_le_bytes([a, b, c, d]);
            }
            for (at, leaf) in leaves.as_chunks::<2>().0.iter().enumerate() {
                tree.leaves[at] = f32::from(i16::from_le_bytes(*leaf)) * LEAF_UNIT;
            }
            tree
        });
        Self { base: f32::from_le_bytes(*base), trees: trees.collect() }
    }

    /// The table of a forest.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let mut bytes = self.base.to_le_bytes().to_vec();
        for tree in &self.trees {
            for (feature, threshold) in tree.features.iter().zip(tree.thresholds) {
                bytes.push(*feature);
                bytes.extend(threshold.to_le_bytes());
            }
            for leaf in tree.leaves {
                #[expect(clippy::cast_possible_truncation, reason = "rounded and clamped; leaves are small")]
                let units = (leaf / LEAF_UNIT).round().clamp(-32_768.0, 32_767.0) as i16;
                bytes.extend(units.to_le_bytes());
            }
        }
        bytes
    }

    /// Probability for a row of features.
    #[must_use]
    pub fn probability(&self, row: &[f32]) -> f32 {
        let odds = self.base + self.trees.iter().map(|tree| tree.value(row)).sum::<f32>();
        1.0 / (1.0 + (-odds).exp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_tables_are_whole() {
        for (bytes, forest) in
            [(&include_bytes!("first.forest")[..], &*FIRST), (&include_bytes!("second.forest")[..], &*SECOND)]
        {
            assert!(!forest.trees.is_empty());
            assert_eq!(forest.write(), bytes);
        }
    }

    #[test]
    fn splits_lead_to_leaves() {
        let mut tree = Tree { features: [0; SPLITS], thresholds: [0.5; SPLITS], leaves: [0.0; LEAVES] };
        tree.leaves[0] = -1.0;
        tree.leaves[LEAVES - 1] = 1.0;
        let forest = Forest { base: 0.0, trees: vec![tree] };
        assert!(forest.probability(&[1.0]) > 0.7 && forest.probability(&[0.0]) < 0.3);
        assert_eq!(Forest::read(&forest.write()), forest);
        assert!((Forest::read(b"").probability(&[]) - 0.5).abs() < f32::EPSILON);
    }
}
