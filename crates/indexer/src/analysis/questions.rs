//! Words that ask instead of saying what about: what, which, who. A passage that answers rarely holds them, so where one
//! does, BM25 takes them for rare and telling words.
//!
//! Invariant: a closed class: interrogatives and what asks for a definition (дегеніміз), nothing else.

use super::skeleton::skeleton;
use super::terms::Tongue;
use super::words::Word;

/// What a question word counts for, of 1: measured on Kazakh questions (docs/retrieval.md), where 0.25 to 0.5 are alike.
const WEIGHT: f32 = 0.3;

/// What a word of a query in this tongue counts for.
pub(super) fn weight(tongue: Tongue, word: &Word) -> f32 {
    let asks = match tongue {
        Tongue::Kazakh => {
            let mut key = String::new();
            skeleton(&word.text, word.script, &mut key);
            KAZAKH.contains(&key.as_str())
        }
        Tongue::Russian => RUSSIAN.contains(&word.text.as_str()),
        Tongue::English => ENGLISH.contains(&word.text.as_str()),
        Tongue::Plain | Tongue::Unknown => false,
    };
    if asks { WEIGHT } else { 1.0 }
}

/// Keys.
const KAZAKH: &[&str] = &[
    "дегенимиз",
    "каи",
    "каида",
    "каидан",
    "каисы",
    "каисысы",
    "каисылары",
    "калаи",
    "калаиша",
    "кандаи",
    "канша",
    "каншалыкты",
    "кашан",
    "кашаннан",
    "ким",
    "кимде",
    "кимдер",
    "кимди",
    "кимге",
    "кими",
    "кимнен",
    "кимнин",
    "не",
    "неге",
    "неде",
    "неден",
    "нелик",
    "неликтен",
    "немен",
    "нени",
    "ненин",
    "неше",
    "нешеу",
    "нешинши",
];

const RUSSIAN: &[&str] = &[
    "где",
    "зачем",
    "как",
    "какая",
    "какие",
    "каким",
    "каких",
    "какими",
    "какого",
    "какое",
    "какой",
    "какому",
    "какую",
    "кем",
    "когда",
    "кого",
    "кому",
    "кто",
    "куда",
    "откуда",
    "почему",
    "сколько",
    "чего",
    "чей",
    "чем",
    "чему",
    "что",
    "чья",
];

const ENGLISH: &[&str] = &["how", "what", "when", "where", "which", "who", "whom", "whose", "why"];
