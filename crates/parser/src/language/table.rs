//! The weights: what each row speaks for, trained by `cargo run --release -p parser --example train_language`.
//!
//! The file holds, for each script of [`TABLES`], the worth of one step as a little-endian `f32`, then its rows of one
//! signed byte per column. Natural log odds; columns beyond the last language are zero.
//!
//! Invariant: a file of the wrong size is no evidence at all (a test makes sure that the shipped one is whole).

use super::feature;
use super::script::Script;

/// Columns of the widest table.
pub(crate) const WIDTH_MAX: usize = 40;

/// Scores of the languages of a script, in nats; only differences mean anything.
pub(super) type Scores = [f32; WIDTH_MAX];

/// The shape of one script's table.
#[derive(Debug)]
pub(crate) struct Shape {
    pub(crate) script: Script,
    /// Languages, one column each; at most `width`.
    pub(crate) codes: &'static [&'static str],
    /// Columns in the file: a multiple of eight, so that rows add up in whole registers.
    pub(crate) width: usize,
    /// Binary logarithm of the number of rows.
    pub(crate) row_bits: u32,
}

/// The tables, in the order of the file. Widths and sizes follow the texts there are: twice the rows change the
/// cross-validated tables by less than 0.1 %.
pub(crate) const TABLES: [Shape; 3] = [
    Shape {
        script: Script::Cyrillic,
        codes: &["kk", "ru", "uk", "be", "bg", "mk", "sr", "ky", "tt", "ba", "mn", "tg", "uz", "cv", "sah"],
        width: 16,
        row_bits: 16,
    },
    Shape {
        script: Script::Latin,
        codes: &[
            "kk", "en", "de", "fr", "es", "pt", "it", "ca", "nl", "af", "pl", "cs", "sk", "sl", "hr", "sr",
            "ro", "sq", "hu", "fi", "et", "lv", "lt", "sv", "da", "no", "is", "ga", "cy", "eu", "id", "tl",
            "vi", "tr", "az", "uz", "tk",
        ],
        width: WIDTH_MAX,
        row_bits: 16,
    },
    Shape {
        script: Script::Arabic,
        codes: &["kk", "ug", "fa", "ar", "ur", "ps", "ckb"],
        width: 8,
        row_bits: 15,
    },
];

impl Shape {
    /// Number of rows.
    pub(crate) const fn rows(&self) -> usize {
        1 << self.row_bits
    }

    /// Calls `each` with every row that a text touches.
    pub(crate) fn each_row(&self, text: &str, mut each: impl FnMut(usize)) {
        let shift = 32 - self.row_bits;
        feature::each_hash(text, self.script, |hash| each((hash >> shift) as usize));
    }
}

/// One script's weights.
#[derive(Debug, Clone, Copy)]
pub(super) struct Table<'a> {
    pub(super) shape: &'static Shape,
    /// Log odds of one step.
    step: f32,
    weights: &'a [u8],
}

impl<'a> Table<'a> {
    /// Cuts the tables of all scripts out of one file.
    pub(super) fn read(bytes: &'a [u8]) -> [Self; TABLES.len()] {
        let whole = bytes.len() == TABLES.iter().map(|shape| 4 + shape.rows() * shape.width).sum::<usize>();
        let mut rest = if whole { bytes } else { &[] };
        [&TABLES[0], &TABLES[1], &TABLES[2]].map(|shape| {
            let (step, after) = rest.split_first_chunk::<4>().unwrap_or((&[0; 4], &[]));
            let (weights, after) = after.split_at_checked(shape.rows() * shape.width).unwrap_or_default();
            rest = after;
            Self { shape, step: f32::from_le_bytes(*step), weights }
        })
    }

    /// What a text speaks for.
    pub(super) fn score(&self, text: &str) -> Scores {
        match self.shape.width {
            8 => self.sums::<8>(text),
            16 => self.sums::<16>(text),
            _ => self.sums::<WIDTH_MAX>(text),
        }
    }

    fn sums<const WIDTH: usize>(&self, text: &str) -> Scores {
        let mut sums = [0i32; WIDTH];
        let (rows, _) = self.weights.as_chunks::<WIDTH>();
        self.shape.each_row(text, |row| {
            if let Some(row) = rows.get(row) {
                for (sum, weight) in sums.iter_mut().zip(row) {
                    *sum += i32::from(weight.cast_signed());
                }
            }
        });
        let mut scores = [0.0; WIDTH_MAX];
        for (score, sum) in scores.iter_mut().zip(sums) {
            *score = sum as f32 * self.step;
        }
        scores
    }
}
