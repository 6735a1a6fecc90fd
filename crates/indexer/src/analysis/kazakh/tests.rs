use std::collections::BTreeSet;

use super::endings::{ENDINGS, STATES, spellings};
use super::learned::{Learned, TEXT};
use super::letters::{LETTERS_MAX, Stem};
use super::{learn, stem};

fn stem_of(key: &str) -> String {
    let mut key = key.to_owned();
    stem(&mut key);
    key
}

#[test]
fn every_line_learned_can_be_read() {
    let mut learned = Learned::new();
    for line in TEXT.lines() {
        assert!(learned.take(line), "{line}");
    }
    assert!(!learned.take("ending Nowhere 3 plural"), "unknown states are refused");
}

#[test]
fn every_ending_has_a_cost_where_it_may_stand() {
    for (state, name) in STATES {
        for row in ENDINGS.iter().filter(|row| row.before.contains(&state)) {
            let start = format!("ending {name} ");
            let known = TEXT
                .lines()
                .any(|line| line.starts_with(&start) && line.ends_with(&format!(" {}", row.name)));
            assert!(known, "{name} {}", row.name);
        }
    }
    for spelling in ENDINGS.iter().flat_map(spellings) {
        assert!(Stem::read(&spelling).is_some_and(|read| (1..=9).contains(&read.len())), "{spelling}");
    }
}

#[test]
fn forms_of_a_noun_have_one_stem() {
    for forms in [
        &[
            "бала",
            "баланын",
            "балага",
            "балалар",
            "балаларымыз",
            "балаларымыздагы",
            "баласы",
            "баласынан",
            "балам",
        ][..],
        &["мектеп", "мектептин", "мектеби", "мектебинде", "мектептерден", "мектептегилер"],
        &["орын", "орны", "орнында", "орынга"],
        &["кызмет", "кызметти", "кызметинде"],
        &["тил", "тилдер", "тили", "тилинин", "тилмен"],
        &["жыл", "жылдар", "жылы", "жылдын", "жылдары"],
    ] {
        let stems: BTreeSet<String> = forms.iter().map(|form| stem_of(form)).collect();
        assert_eq!(stems.len(), 1, "{forms:?}: {stems:?}");
    }
}

#[test]
fn forms_of_a_verb_have_one_stem() {
    for forms in [
        &["барды", "барган", "барып", "барса", "бармаиды", "баратын", "бармаган", "барганнан"][..],
        &["шыкты", "шыгып", "шыккан", "шыгады", "шыгатын", "шыкпаган"],
        &["жазылган", "жазды", "жазып", "жазатын", "жазганын", "жазылмаган"],
        &["билмеимин", "биледи", "билген", "билу", "билип"],
    ] {
        let stems: BTreeSet<String> = forms.iter().map(|form| stem_of(form)).collect();
        assert_eq!(stems.len(), 1, "{forms:?}: {stems:?}");
    }
}

#[test]
fn harmony_keeps_endings_apart() {
    // After ы no front ending is one: -лер, -дер belong to the word.
    assert_eq!(stem_of("кыздер"), "кыздер");
    assert_eq!(stem_of("кыздар"), "кыз");
}

#[test]
fn what_is_no_key_stays() {
    let long = "а".repeat(LETTERS_MAX + 1);
    for word in ["", "а", "zz", "бала2", &long] {
        assert_eq!(stem_of(word), word);
    }
}

#[test]
fn endings_are_learned_from_words_alone() {
    let stems = ["бала", "кала", "дала", "тау", "кол", "жол", "тас", "бас", "кун", "тил", "ел", "сез"];
    let mut words = BTreeSet::new();
    for stem in stems {
        for ending in
            ["", "дын", "нын", "тын", "да", "та", "дан", "лар", "дар", "лардын", "дардан", "ы", "сы", "сында"]
        {
            words.insert(format!("{stem}{ending}"));
        }
    }
    let text = learn(&words);
    assert_eq!(text, learn(&words), "the same words, the same costs");
    let mut learned = Learned::new();
    assert!(text.lines().all(|line| learned.take(line)));
    for stem in stems.iter().take(6) {
        assert!(
            text.lines().any(|line| line.starts_with("stem noun") && line.ends_with(&format!(" {stem}"))),
            "{stem}"
        );
    }
}

proptest::proptest! {
    #[test]
    fn any_key_has_a_stem_that_begins_as_it_does(key in "[абвгдежзиклмнопрстуфхшы]{0,30}") {
        let stem = stem_of(&key);
        let first: String = key.chars().take(1).collect();
        proptest::prop_assert!(stem.starts_with(&first), "{key}: {stem}");
        proptest::prop_assert!(stem.chars().count() <= key.chars().count());
        proptest::prop_assert!(key.chars().count() < 2 || stem.chars().count() >= 2);
    }
}
