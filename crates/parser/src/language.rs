//! Which language a text is in, by its script, letters, function words, word endings and letter triples.
//!
//! Own and small because the libraries fail where it matters here: lingua calls 52–72 % of Kyrgyz titles Kazakh and
//! takes 86–222 µs for each, whatlang and whichlang know no Kazakh, none knows Kazakh in Latin or Arabic script
//! (issue 4, section 3). Declared languages are a prior that any evidence beats: real sites mark Latin Kazakh as `lt`
//! and Kazakh as `kz`.
//!
//! Invariant: linear in the text, reads at most [`LETTERS_MAX`] letters.

mod kazakh;
mod profile;
mod script;
pub(crate) mod trigram;

use std::collections::HashMap;
use std::sync::LazyLock;

use model::Language;

pub(crate) use kazakh::spelled;
use profile::PROFILES;
use script::Script;
use trigram::{SCRIPTS, Table, UNIT, Window};

/// Letters read; more do not change the verdict.
const LETTERS_MAX: usize = 4_000;

/// Cost of a letter that is not in a language's alphabet. Names and quotations bring a few.
const FOREIGN_LETTER: f32 = -1.2;

/// Worth of a whole function word that no other language of the script has; shared words are worth their share.
const WORD: f32 = 2.5;

/// Worth of a word ending, shared likewise.
const ENDING: f32 = 0.4;

/// Worth of a unit of log odds of a letter triple: triples overlap, so each counts for less than itself.
const TRIPLE: f32 = 0.6;

/// Worth of a declared language: less than one function word.
const DECLARED: f32 = 1.5;

/// The best must lead the second by this, or the text is no evidence and the declaration decides.
const LEAD_MIN: f32 = 0.05;

/// The identifier with the shipped table.
static SHIPPED: LazyLock<Identifier> =
    LazyLock::new(|| Identifier::new(include_bytes!("language/trigrams.bin")));

/// The language of a text, or of its declaration when the text shows none.
pub(crate) fn identify(text: &str, declared: Option<&str>) -> Language {
    SHIPPED.identify(text, declared)
}

/// The language a declaration means: `kz` is the country, and stands for Kazakh wherever it is written.
pub(crate) fn declared_code(declared: &str) -> Language {
    let code = declared.split([',', ';']).next().unwrap_or_default().trim();
    let language = Language::new(code);
    match language.as_str() {
        "kz" | "kaz" => Language::new("kk"),
        "rus" => Language::new("ru"),
        "eng" => Language::new("en"),
        "ua" => Language::new("uk"),
        _ => language,
    }
}

/// Fewer letters than these speak for no language.
const LETTERS_MIN: usize = 3;

/// Everything that identification needs.
pub(crate) struct Identifier {
    lexicons: Vec<Lexicon>,
}

/// What the words, endings, letters and triples of a script speak for.
struct Lexicon {
    /// Profiles of the script.
    profiles: Vec<usize>,
    /// Evidence by word or `-ending`: position in `profiles` and worth.
    evidence: HashMap<String, Vec<(u16, f32)>>,
    /// For each letter that not all languages of the script have: the positions in `profiles` that lack it.
    foreign: HashMap<char, Vec<u16>>,
    triples: Table,
}

impl Identifier {
    /// An identifier with a table of triples.
    pub(crate) fn new(table: &[u8]) -> Self {
        let columns = SCRIPTS.map(|script| profiles_of(script).len());
        let tables = Table::read(table, columns);
        Self {
            lexicons: SCRIPTS
                .into_iter()
                .zip(tables)
                .map(|(script, table)| Lexicon::of(script, table))
                .collect(),
        }
    }

    /// The language of a text, or of its declaration when the text shows none.
    pub(crate) fn identify(&self, text: &str, declared: Option<&str>) -> Language {
        let declared = declared.map(declared_code).filter(|code| *code != Language::unknown());
        let counts = script::count(text, LETTERS_MAX);
        let Some(script) = counts.main() else { return declared.unwrap_or_default() };
        if text.chars().filter(|c| c.is_alphabetic()).nth(LETTERS_MIN - 1).is_none() {
            return declared.unwrap_or_default();
        }
        if let Some(code) = script.only_language(&counts) {
            return Language::new(code);
        }
        let lexicon = SCRIPTS.iter().position(|known| *known == script).and_then(|at| self.lexicons.get(at));
        let Some(lexicon) = lexicon else { return declared.unwrap_or_default() };
        let mut scores = lexicon.score(text, script);
        if let Some(code) = &declared {
            for (profile, score) in &mut scores {
                if PROFILES[*profile].code == code.as_str() {
                    *score += DECLARED;
                }
            }
        }
        scores.sort_by(|a, b| b.1.total_cmp(&a.1));
        match scores.as_slice() {
            [(best, first), (_, second), ..] if first - second > LEAD_MIN => {
                Language::new(PROFILES[*best].code)
            }
            _ => declared.unwrap_or_default(),
        }
    }
}

/// For each script with a table, the code and the listed words of each of its columns.
pub(crate) fn seeds() -> Vec<Vec<(&'static str, Vec<String>)>> {
    let of = |at: usize| {
        let words = kazakh::words_of(&PROFILES[at]);
        (PROFILES[at].code, words.into_iter().filter(|word| !word.starts_with(['-', '='])).collect())
    };
    SCRIPTS.iter().map(|script| profiles_of(*script).into_iter().map(of).collect()).collect()
}

/// Positions of the profiles of a script.
fn profiles_of(script: Script) -> Vec<usize> {
    (0..PROFILES.len()).filter(|at| PROFILES[*at].script == script).collect()
}

impl Lexicon {
    fn of(script: Script, triples: Table) -> Self {
        let profiles = profiles_of(script);
        let mut holders: HashMap<String, Vec<u16>> = HashMap::new();
        let mut letters: HashMap<char, Vec<u16>> = HashMap::new();
        for (place, at) in profiles.iter().enumerate() {
            let place = u16::try_from(place).unwrap_or(u16::MAX);
            for word in kazakh::words_of(&PROFILES[*at]) {
                let known = holders.entry(word).or_default();
                if known.last() != Some(&place) {
                    known.push(place);
                }
            }
            for letter in PROFILES[*at].letters.chars() {
                letters.entry(letter).or_default().push(place);
            }
        }
        let evidence = holders
            .into_iter()
            .map(|(word, places)| {
                let worth = if word.starts_with('-') { ENDING } else { WORD };
                // Longer words are rarer by chance.
                let length = if word.chars().count() <= 2 { 0.6 } else { 1.0 };
                let share = worth * length / places.len() as f32;
                (word, places.into_iter().map(|place| (place, share)).collect())
            })
            .collect();
        let all = u16::try_from(profiles.len()).unwrap_or(u16::MAX);
        let foreign = letters
            .into_iter()
            .map(|(letter, having)| (letter, (0..all).filter(|place| !having.contains(place)).collect()))
            .collect();
        Self { profiles, evidence, foreign, triples }
    }

    /// Scores of all profiles of the script.
    fn score(&self, text: &str, script: Script) -> Vec<(usize, f32)> {
        let mut scores = vec![0.0f32; self.profiles.len()];
        let mut sums = vec![0i32; self.profiles.len()];
        let mut word = String::new();
        let mut key = String::new();
        let mut window = Window::START;
        let mut letters = 0;
        for letter in text.chars().flat_map(char::to_lowercase).chain(std::iter::once(' ')) {
            let is_letter = letter.is_alphabetic();
            if let Some(bucket) = window.push(if is_letter { u32::from(letter) } else { 0 }) {
                for (sum, weight) in sums.iter_mut().zip(self.triples.row(bucket)) {
                    *sum += i32::from(*weight);
                }
            }
            if is_letter || is_apostrophe(letter) {
                if Script::of(letter) == Some(script) {
                    for place in self.foreign.get(&letter).into_iter().flatten() {
                        scores[usize::from(*place)] += FOREIGN_LETTER;
                    }
                    letters += 1;
                }
                if word.len() < 64 {
                    word.push(if is_apostrophe(letter) { '\'' } else { letter });
                }
                continue;
            }
            if !word.is_empty() {
                self.add_word(&word, &mut key, &mut scores);
                word.clear();
            }
            if letters >= LETTERS_MAX {
                break;
            }
        }
        for (score, sum) in scores.iter_mut().zip(sums) {
            *score += TRIPLE * UNIT * sum as f32;
        }
        self.profiles.iter().copied().zip(scores).collect()
    }

    /// Adds what a word, its last letters and its doubled vowels speak for.
    fn add_word(&self, word: &str, key: &mut String, scores: &mut [f32]) {
        let mut add = |key: &str, times: f32| {
            for (place, worth) in self.evidence.get(key).into_iter().flatten() {
                scores[usize::from(*place)] += worth * times;
            }
        };
        let word = word.trim_matches('\'');
        add(word, 1.0);
        let mut starts = word.char_indices().rev().map(|(at, _)| at).skip(1);
        for start in [starts.next(), starts.next()].into_iter().flatten().filter(|start| *start > 0) {
            key.clear();
            key.push('-');
            key.push_str(&word[start..]);
            add(key, 1.0);
        }
        let mut previous = ' ';
        for letter in word.chars() {
            if letter == previous {
                key.clear();
                key.push('=');
                key.push(letter);
                add(key, 0.4);
            }
            previous = letter;
        }
    }
}

/// Marks that are letters of Uzbek, Ukrainian and Latin Kazakh, and the Arabic high hamza.
fn is_apostrophe(letter: char) -> bool {
    matches!(letter, '\'' | 'ʻ' | 'ʼ' | '’' | '‘')
}

#[cfg(test)]
mod tests;
