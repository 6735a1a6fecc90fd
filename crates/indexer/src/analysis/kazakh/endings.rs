//! The endings of Kazakh on keys: what stands after what, in which spelling. Read from the right, as a word is taken apart.
//!
//! Nouns: stem, plural, possessive, case, person. Verbs: stem, passive, negation, then either a tense with its person or a
//! verbal noun (participle, name of the action), which takes the endings of nouns. Causatives and derived words are words of
//! their own, as in dictionaries.
//!
//! In a spelling, `A` stands for а and е, `I` for ы and и, in harmony. On keys ң is н, і and й are и, қ is к, ғ is г.
//!
//! Invariant: a table only; every spelling has at most [`super::LETTERS_MAX`] letters and at least one.

use super::letters::kind::{ANY, CONSONANT, GLIDE, HARD, L, NASAL, VOWEL, Z};

/// What has been taken off at the right, so what may stand before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum State {
    /// Nothing.
    End,
    /// A person (мұғаліммін).
    Person,
    /// A case that stands after every possessive.
    Free,
    /// A case that does not stand after the third person's possessive.
    Case,
    /// A case in the form it has after the third person's possessive only.
    OfThird,
    /// The dative in the form it has after the first and second person's possessive only.
    OfFirst,
    /// A possessive.
    Possessive,
    /// The plural.
    Plural,
    /// A tense or what makes a noun of a verb.
    Verb,
    /// The negation.
    Negative,
    /// The passive.
    Passive,
}

pub(super) const STATES: [(State, &str); 11] = [
    (State::End, "End"),
    (State::Person, "Person"),
    (State::Free, "Free"),
    (State::Case, "Case"),
    (State::OfThird, "OfThird"),
    (State::OfFirst, "OfFirst"),
    (State::Possessive, "Possessive"),
    (State::Plural, "Plural"),
    (State::Verb, "Verb"),
    (State::Negative, "Negative"),
    (State::Passive, "Passive"),
];

/// Endings of one name, all of which may stand after the same kinds of letters.
pub(super) struct Endings {
    pub(super) name: &'static str,
    /// Spellings, with spaces between; each is followed by each of `tails`.
    pub(super) heads: &'static str,
    pub(super) tails: &'static [&'static str],
    /// Kinds of letters they may stand after.
    pub(super) after: u8,
    /// What may have been taken off to the right of them.
    pub(super) before: &'static [State],
    pub(super) then: State,
}

const fn row(
    name: &'static str,
    heads: &'static str,
    after: u8,
    before: &'static [State],
    then: State,
) -> Endings {
    Endings { name, heads, tails: &[""], after, before, then }
}

const fn tense(
    name: &'static str,
    heads: &'static str,
    tails: &'static [&'static str],
    after: u8,
) -> Endings {
    Endings { name, heads, tails, after, before: END, then: State::Verb }
}

const END: &[State] = &[State::End];
const CASES: &[State] = &[State::End, State::Person];
const PERSONS: &[State] = &[State::End, State::Person, State::Free, State::Case];
const SECONDS: &[State] = &[State::End, State::Person, State::Free, State::Case, State::OfFirst];
const THIRDS: &[State] = &[State::End, State::Person, State::Free, State::OfThird];
const PLURALS: &[State] = &[State::End, State::Person, State::Free, State::Case, State::Possessive];
const NOMINALS: &[State] =
    &[State::End, State::Person, State::Free, State::Case, State::Possessive, State::Plural];
const NEGATIONS: &[State] = &[State::End, State::Verb];
const VERBS: &[State] = &[State::Verb, State::Negative];

/// States after which a noun may be left.
pub(super) const NOUN_STOPS: &[State] = NOMINALS;
/// States after which a verb may be left.
pub(super) const VERB_STOPS: &[State] = &[State::Verb, State::Negative, State::Passive];

const PAST: &[&str] = &["", "м", "н", "к", "нIз", "ндAр", "нIздAр"];
const PRESENT: &[&str] = &["дI", "мIн", "сIн", "сIз", "мIз", "м", "сIндAр", "сIздAр"];
const PERFECT: &[&str] = &["", "тI", "пIн", "сIн", "сIз", "пIз"];
const CONDITION: &[&str] = &["", "м", "н", "к", "нIз", "ндAр"];

const SOFT: u8 = VOWEL | GLIDE | L | NASAL;
const VOICED: u8 = SOFT | Z;

/// All endings.
pub(super) const ENDINGS: &[Endings] = &[
    row("person", "мIн мIз", SOFT, END, State::Person),
    row("person", "бIн бIз", NASAL | Z, END, State::Person),
    row("person", "пIн пIз", HARD, END, State::Person),
    row("person", "сIн сIз сIндAр сIздAр", ANY, END, State::Person),
    row("genitive", "нIн", VOWEL | NASAL, CASES, State::Free),
    row("genitive", "дIн", GLIDE | L | Z, CASES, State::Case),
    row("genitive", "тIн", HARD, CASES, State::Case),
    row("instrumental", "мен менен", SOFT, CASES, State::Free),
    row("instrumental", "бен", Z, CASES, State::Case),
    row("instrumental", "пен", HARD, CASES, State::Case),
    row("accusative", "нI", VOWEL, CASES, State::Case),
    row("accusative", "дI", CONSONANT & !HARD, CASES, State::Case),
    row("accusative", "тI", HARD, CASES, State::Case),
    row("locative", "дA", VOICED, CASES, State::Case),
    row("locative", "тA", HARD, CASES, State::Case),
    row("ablative", "дAн", VOICED & !NASAL, CASES, State::Case),
    row("ablative", "нAн", NASAL, CASES, State::Case),
    row("ablative", "тAн", HARD, CASES, State::Case),
    row("dative", "гA", VOICED, CASES, State::Case),
    row("dative", "кA", HARD, CASES, State::Case),
    row("dative of ours", "A", NASAL, CASES, State::OfFirst),
    row("case of theirs", "ндA нAн нA н", VOWEL, CASES, State::OfThird),
    row("standing in", "дAгI", VOICED, NOMINALS, State::Case),
    row("standing in", "тAгI", HARD, NOMINALS, State::Case),
    row("standing in", "ндAгI", VOWEL, NOMINALS, State::OfThird),
    row("like", "дAи", VOICED, CASES, State::Case),
    row("like", "тAи", HARD, CASES, State::Case),
    row("like", "ндAи", VOWEL, CASES, State::OfThird),
    row("mine, yours", "м н", VOWEL, SECONDS, State::Possessive),
    row("mine, yours", "Iм Iн", CONSONANT, SECONDS, State::Possessive),
    row("ours, yours", "мIз нIз", VOWEL, PERSONS, State::Possessive),
    row("ours, yours", "IмIз IнIз", CONSONANT, PERSONS, State::Possessive),
    row("theirs", "сI", VOWEL, THIRDS, State::Possessive),
    row("theirs", "I", CONSONANT, THIRDS, State::Possessive),
    row("plural", "лAр", VOWEL | GLIDE, PLURALS, State::Plural),
    row("plural", "дAр", L | NASAL | Z, PLURALS, State::Plural),
    row("plural", "тAр", HARD, PLURALS, State::Plural),
    row("past participle", "гAн гAндIк гAнша", VOICED, NOMINALS, State::Verb),
    row("past participle", "кAн кAндIк", HARD, NOMINALS, State::Verb),
    row("past participle", "генше", VOICED, END, State::Verb),
    row("past participle", "кенше канша", HARD, END, State::Verb),
    row("habitual participle", "AтIн AтIндIк", CONSONANT, NOMINALS, State::Verb),
    row("habitual participle", "итIндIк", VOWEL, NOMINALS, State::Verb),
    row("habitual participle", "итIн", ANY, NOMINALS, State::Verb),
    row("action", "у", ANY, NOMINALS, State::Verb),
    row("actor", "ушI", ANY, NOMINALS, State::Verb),
    row("future participle", "р", VOWEL, NOMINALS, State::Verb),
    row("future participle", "Aр", CONSONANT, NOMINALS, State::Verb),
    row("negative future", "мAс", SOFT, NOMINALS, State::Negative),
    row("negative future", "бAс", NASAL | Z, NOMINALS, State::Negative),
    row("negative future", "пAс", HARD, NOMINALS, State::Negative),
    row("intention", "мAк", SOFT, NOMINALS, State::Verb),
    row("intention", "бAк", NASAL | Z, NOMINALS, State::Verb),
    row("intention", "пAк", HARD, NOMINALS, State::Verb),
    tense("past", "дI", PAST, VOICED),
    tense("past", "тI", PAST, HARD),
    tense("present", "A", PRESENT, CONSONANT),
    // After a vowel; after a consonant where a vowel of the stem has been written together with it (оқы, оқиды).
    tense("present", "и", PRESENT, ANY),
    tense("perfect", "Iп", PERFECT, CONSONANT),
    tense("perfect", "п", PERFECT, VOWEL),
    row("perfect", "уып", ANY, END, State::Verb),
    row("converb", "A", CONSONANT, END, State::Verb),
    row("converb", "и", VOWEL, END, State::Verb),
    tense("condition", "сA", CONDITION, ANY),
    row("command", "сIн", ANY, END, State::Verb),
    row("command", "IнIз IндAр IнIздAр", CONSONANT, END, State::Verb),
    row("command", "нIз ндAр нIздAр", VOWEL, END, State::Verb),
    row("wish", "аиын аиык еин еик", CONSONANT, END, State::Verb),
    row("wish", "иын иык ик", VOWEL, END, State::Verb),
    row("purpose", "гAлI", VOICED, END, State::Verb),
    row("purpose", "кAлI", HARD, END, State::Verb),
    row("negation", "мA", SOFT, NEGATIONS, State::Negative),
    row("negation", "бA", NASAL | Z, NEGATIONS, State::Negative),
    row("negation", "пA", HARD, NEGATIONS, State::Negative),
    row("passive", "Iл", CONSONANT & !L, VERBS, State::Passive),
    row("passive", "л", VOWEL, VERBS, State::Passive),
    row("passive", "Iн", L, VERBS, State::Passive),
];

/// The spellings of a row with back and with front vowels, without those that are the same.
pub(super) fn spellings(endings: &Endings) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for head in endings.heads.split(' ') {
        for tail in endings.tails {
            for [open, closed] in [["а", "ы"], ["е", "и"]] {
                let spelling = format!("{head}{tail}").replace('A', open).replace('I', closed);
                if !found.contains(&spelling) {
                    found.push(spelling);
                }
            }
        }
    }
    found
}
