//! Which language a text is in, by its script, letters, function words and word endings.
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

use std::collections::HashMap;
use std::sync::LazyLock;

use model::Language;

use profile::PROFILES;
use script::Script;

/// Letters read; more do not change the verdict.
const LETTERS_MAX: usize = 4_000;

/// Cost of a letter that is not in a language's alphabet. Names and quotations bring a few.
const FOREIGN_LETTER: f32 = -1.2;

/// Worth of a whole function word that no other language of the script has; shared words are worth their share.
const WORD: f32 = 2.5;

/// Worth of a word ending, shared likewise.
const ENDING: f32 = 0.6;

/// Worth of a declared language: less than one function word.
const DECLARED: f32 = 1.5;

/// A score below this is no evidence, and the declaration decides.
const EVIDENCE_MIN: f32 = 0.5;

/// The language of a text, or of its declaration when the text shows none.
pub(crate) fn identify(text: &str, declared: Option<&str>) -> Language {
    let declared = declared.map(declared_code).filter(|code| *code != Language::unknown());
    let counts = script::count(text, LETTERS_MAX);
    let Some(script) = counts.main() else { return declared.unwrap_or_default() };
    if let Some(code) = script.only_language(&counts) {
        return Language::new(code);
    }
    let mut scores = score(text, script);
    if let Some(code) = &declared {
        for (profile, score) in &mut scores {
            if PROFILES[*profile].code == code.as_str() {
                *score += DECLARED;
            }
        }
    }
    let best = scores.iter().max_by(|a, b| a.1.total_cmp(&b.1));
    match best {
        Some((profile, score)) if *score > EVIDENCE_MIN => Language::new(PROFILES[*profile].code),
        _ => declared.unwrap_or_default(),
    }
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

/// What the words and endings of a script speak for.
struct Lexicon {
    /// Profiles of the script.
    profiles: Vec<usize>,
    /// Evidence by word or `-ending`: profile and worth.
    evidence: HashMap<String, Vec<(u16, f32)>>,
    /// For each letter that not all languages of the script have: the positions in `profiles` that lack it.
    foreign: HashMap<char, Vec<u16>>,
}

static LEXICONS: LazyLock<HashMap<Script, Lexicon>> = LazyLock::new(|| {
    [Script::Cyrillic, Script::Latin, Script::Arabic]
        .into_iter()
        .map(|script| (script, Lexicon::of(script)))
        .collect()
});

impl Lexicon {
    fn of(script: Script) -> Self {
        let profiles: Vec<usize> = (0..PROFILES.len()).filter(|at| PROFILES[*at].script == script).collect();
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
        Self { profiles, evidence, foreign }
    }
}

/// Scores of all profiles of a script.
fn score(text: &str, script: Script) -> Vec<(usize, f32)> {
    let Some(lexicon) = LEXICONS.get(&script) else { return Vec::new() };
    let mut scores = vec![0.0f32; lexicon.profiles.len()];
    let mut word = String::new();
    let mut key = String::new();
    let mut letters = 0;
    for letter in text.chars().flat_map(char::to_lowercase).chain(std::iter::once(' ')) {
        if letter.is_alphabetic() || matches!(letter, '\'' | 'ʻ' | 'ʼ' | '’' | '‘' | '\u{674}') {
            let letter = if matches!(letter, '’' | '‘' | 'ʼ' | 'ʻ') { '\'' } else { letter };
            if Script::of(letter) == Some(script) {
                if let Some(lacking) = lexicon.foreign.get(&letter) {
                    for place in lacking {
                        scores[usize::from(*place)] += FOREIGN_LETTER;
                    }
                }
                letters += 1;
            }
            if word.len() < 64 {
                word.push(letter);
            }
            continue;
        }
        if !word.is_empty() {
            add_word(lexicon, &word, &mut key, &mut scores);
            word.clear();
        }
        if letters >= LETTERS_MAX {
            break;
        }
    }
    lexicon.profiles.iter().copied().zip(scores).collect()
}

/// Adds what a word, its last letters and its doubled vowels speak for.
fn add_word(lexicon: &Lexicon, word: &str, key: &mut String, scores: &mut [f32]) {
    let mut add = |key: &str, times: f32| {
        for (place, worth) in lexicon.evidence.get(key).into_iter().flatten() {
            scores[usize::from(*place)] += worth * times;
        }
    };
    let word = word.trim_matches('\'');
    add(word, 1.0);
    let starts: Vec<usize> = word.char_indices().rev().take(4).map(|(at, _)| at).collect();
    for len in [2, 3] {
        if starts.len() > len {
            key.clear();
            key.push('-');
            key.push_str(&word[starts[len - 1]..]);
            add(key, 1.0);
        }
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

#[cfg(test)]
mod tests;
