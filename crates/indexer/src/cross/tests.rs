//! What cross-language terms must give.

use proptest::prelude::*;

use super::Bridge;
use super::bridge::TERMS_MAX;
use super::sound::sound;
use crate::analysis::Tongue;

fn sound_of(word: &str) -> String {
    let mut out = String::new();
    sound(word, &mut out);
    out
}

fn terms(tongue: Tongue, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    Bridge::default().terms(tongue, text, &mut |_, term| found.push(term.to_owned()));
    found
}

#[test]
fn names_and_loan_words_sound_alike() {
    for words in [
        ["вашингтон", "вашингтон", "washington"],
        ["пәкістан", "пакистан", "pakistan"],
        ["назарбаев", "назарбаев", "nazarbayev"],
        ["конституция", "конституция", "constitution"],
        ["философия", "философия", "philosophy"],
        ["тоқаев", "токаев", "tokayev"],
        ["шевченко", "шевченко", "shevchenko"],
        ["технология", "технология", "technology"],
    ] {
        let first = |word: &str| sound_of(word).chars().take(5).collect::<String>();
        assert!(words.windows(2).all(|pair| first(pair[0]) == first(pair[1])), "{words:?}");
    }
}

#[test]
fn frequent_words_meet_by_what_they_mean() {
    for (kazakh, russian, english) in [
        ("қалада", "в городе", "in the city"),
        ("үкіметі", "правительства", "governments"),
        ("тауларда", "в горах", "in the mountains"),
        ("дүйсенбіде", "в понедельник", "on Monday"),
        ("көпір", "моста", "bridges"),
    ] {
        let concept = |tongue, text| {
            let found = terms(tongue, text);
            assert!(found.len() == 1 && found[0].starts_with('@'), "{text}: {found:?}");
            found[0].clone()
        };
        let kazakh = concept(Tongue::Kazakh, kazakh);
        assert_eq!(kazakh, concept(Tongue::Russian, russian));
        assert_eq!(kazakh, concept(Tongue::English, english));
    }
}

#[test]
fn a_kazakh_text_has_the_same_terms_in_every_script() {
    let cyrillic = terms(Tongue::Kazakh, "Қарағандыда Теміртау қаласы");
    assert_eq!(cyrillic, terms(Tongue::Kazakh, "Qarağandyda Temırtau qalasy"));
}

proptest! {
    #[test]
    fn every_text_has_bounded_distinct_terms(text in "\\PC{0,600}") {
        for tongue in Tongue::ALL {
            let found = terms(tongue, &text);
            prop_assert!(found.len() <= TERMS_MAX);
            let distinct: std::collections::HashSet<_> = found.iter().collect();
            prop_assert_eq!(distinct.len(), found.len());
            prop_assert_eq!(&found, &terms(tongue, &text));
        }
    }
}
