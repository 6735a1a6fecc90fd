//! Scripts, and the languages that have one for themselves.
//!
//! Invariant: by Unicode block alone, without tables.

/// A script that matters for telling languages apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Script {
    Cyrillic,
    Latin,
    Arabic,
    Greek,
    Han,
    Kana,
    Hangul,
    Hebrew,
    Thai,
    Devanagari,
    Bengali,
    Tamil,
    Georgian,
    Armenian,
    Mongolian,
    Ethiopic,
}

/// All scripts, each at the place of its number.
const ALL: [Script; 16] = [
    Script::Cyrillic,
    Script::Latin,
    Script::Arabic,
    Script::Greek,
    Script::Han,
    Script::Kana,
    Script::Hangul,
    Script::Hebrew,
    Script::Thai,
    Script::Devanagari,
    Script::Bengali,
    Script::Tamil,
    Script::Georgian,
    Script::Armenian,
    Script::Mongolian,
    Script::Ethiopic,
];

/// A Latin letter counts for a third of any other: pages in other scripts are full of Latin names, pages in Latin script
/// hardly ever quote another one.
const LATIN_WEIGHT: usize = 1;
const OTHER_WEIGHT: usize = 3;
/// A syllable or an ideogram counts for two letters.
const SYLLABLE_WEIGHT: usize = 2 * OTHER_WEIGHT;

impl Script {
    /// The script of a letter.
    pub(super) fn of(letter: char) -> Option<Self> {
        Some(match u32::from(letter) {
            0x41..=0x5a | 0x61..=0x7a | 0xc0..=0x24f | 0x1e00..=0x1eff => Self::Latin,
            0x400..=0x52f => Self::Cyrillic,
            0x620..=0x6ff | 0x750..=0x77f | 0xfb50..=0xfdff | 0xfe70..=0xfefc => Self::Arabic,
            0x370..=0x3ff | 0x1f00..=0x1fff => Self::Greek,
            0x3040..=0x30ff | 0x31f0..=0x31ff => Self::Kana,
            0x3400..=0x4dbf | 0x4e00..=0x9fff | 0x20000..=0x2a6df => Self::Han,
            0xac00..=0xd7af | 0x1100..=0x11ff => Self::Hangul,
            0x590..=0x5ff => Self::Hebrew,
            0xe00..=0xe7f => Self::Thai,
            0x900..=0x97f => Self::Devanagari,
            0x980..=0x9ff => Self::Bengali,
            0xb80..=0xbff => Self::Tamil,
            0x10a0..=0x10ff | 0x1c90..=0x1cbf => Self::Georgian,
            0x530..=0x58f => Self::Armenian,
            0x1800..=0x18af => Self::Mongolian,
            0x1200..=0x137f => Self::Ethiopic,
            _ => return None,
        })
    }

    /// Its ISO 15924 code.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Cyrillic => "Cyrl",
            Self::Latin => "Latn",
            Self::Arabic => "Arab",
            Self::Greek => "Grek",
            Self::Han => "Hani",
            Self::Kana => "Jpan",
            Self::Hangul => "Kore",
            Self::Hebrew => "Hebr",
            Self::Thai => "Thai",
            Self::Devanagari => "Deva",
            Self::Bengali => "Beng",
            Self::Tamil => "Taml",
            Self::Georgian => "Geor",
            Self::Armenian => "Armn",
            Self::Mongolian => "Mong",
            Self::Ethiopic => "Ethi",
        }
    }

    /// The language, where the script has but one that matters; `counts` are those of the whole text.
    pub(super) fn only_language(self, counts: &Counts) -> Option<&'static str> {
        Some(match self {
            Self::Latin | Self::Cyrillic | Self::Arabic => return None,
            Self::Greek => "el",
            // Japanese mixes kana into Han; Chinese does not.
            Self::Han if counts.of(Self::Kana) * 20 > counts.of(Self::Han) => "ja",
            Self::Han => "zh",
            Self::Kana => "ja",
            Self::Hangul => "ko",
            Self::Hebrew => "he",
            Self::Thai => "th",
            Self::Devanagari => "hi",
            Self::Bengali => "bn",
            Self::Tamil => "ta",
            Self::Georgian => "ka",
            Self::Armenian => "hy",
            Self::Mongolian => "mn",
            Self::Ethiopic => "am",
        })
    }

    fn weight(self) -> usize {
        match self {
            Self::Latin => LATIN_WEIGHT,
            Self::Han | Self::Kana | Self::Hangul => SYLLABLE_WEIGHT,
            _ => OTHER_WEIGHT,
        }
    }
}

/// Letters per script.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts([usize; ALL.len()]);

impl Counts {
    /// Letters of a text by script.
    pub(super) fn in_text(text: &str) -> Self {
        let mut counts = Self::default();
        for script in text.chars().filter_map(Script::of) {
            counts.0[script as usize] += 1;
        }
        counts
    }

    /// Letters of one script.
    pub(super) fn of(&self, script: Script) -> usize {
        self.0[script as usize]
    }

    /// Adds the letters of another text.
    pub(super) fn add(&mut self, other: &Self) {
        for (sum, letters) in self.0.iter_mut().zip(other.0) {
            *sum += letters;
        }
    }

    /// Letters of all scripts.
    pub(super) fn all(&self) -> usize {
        self.0.iter().sum()
    }

    /// The script that the text is in.
    pub(super) fn main(&self) -> Option<Script> {
        let weight = |script: Script| script.weight() * self.of(script);
        ALL.into_iter().filter(|script| weight(*script) > 0).max_by_key(|script| weight(*script))
    }
}
