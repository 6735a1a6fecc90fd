use model::Language;
use proptest::prelude::*;
use tantivy::tokenizer::{TokenStream, TokenizerManager};

use super::*;

fn terms(language: &str, text: &str) -> Vec<(String, Vec<String>)> {
    explain(&Language::new(language), text)
}

fn of_word(language: &str, word: &str) -> Vec<String> {
    let mut found = terms(language, word);
    assert_eq!(found.len(), 1, "{word} is one word");
    found.remove(0).1
}

fn stem(word: &str) -> String {
    of_word("kk", word)
        .into_iter()
        .find(|term| !term.ends_with(['*', '=']) && term != word)
        .unwrap_or_else(|| word.to_owned())
}

#[test]
fn words_are_cut_and_brought_to_one_form() {
    let cut = |text: &str| -> Vec<(String, String)> {
        terms("fr", text).into_iter().map(|(token, mut terms)| (token, terms.remove(0))).collect()
    };
    let pairs = |list: &[(&str, &str)]| -> Vec<(String, String)> {
        list.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    };
    assert_eq!(cut("Ёлка, ЁЖ!"), pairs(&[("Ёлка", "елка"), ("ЁЖ", "еж")]));
    assert_eq!(
        cut("NFL's don't 'quoted'"),
        pairs(&[("NFL's", "nfl"), ("don't", "dont"), ("quoted", "quoted")])
    );
    // Decomposed й, a soft hyphen, a full-width letter, a ligature, a stress mark.
    assert_eq!(cut("и\u{306}од"), pairs(&[("и\u{306}од", "йод")]));
    assert_eq!(cut("со\u{ad}юз"), pairs(&[("со\u{ad}юз", "союз")]));
    assert_eq!(cut("Ａbc ﬁn"), pairs(&[("Ａbc", "abc"), ("ﬁn", "fin")]));
    assert_eq!(cut("за\u{301}мок"), pairs(&[("за\u{301}мок", "замок")]));
    assert_eq!(cut("Сталь-3 5,6"), pairs(&[("Сталь", "сталь"), ("3", "3"), ("5", "5"), ("6", "6")]));
    assert_eq!(cut("東京 is"), pairs(&[("東", "東"), ("京", "京"), ("is", "is")]));
    assert_eq!(cut("İstanbul"), pairs(&[("İstanbul", "istanbul")]));
}

#[test]
fn look_alikes_of_the_other_alphabet_do_not_matter() {
    assert_eq!(of_word("kk", "əскери"), of_word("kk", "әскери"));
    assert_eq!(of_word("ru", "Mocквa"), of_word("ru", "Москва"), "Latin M, o, c, a");
    assert_eq!(of_word("kk", "тiл"), of_word("kk", "тіл"), "Latin i");
    assert_eq!(of_word("en", "Ноuse"), of_word("en", "House"), "Cyrillic Н and о");
}

#[test]
fn russian_and_english_are_stemmed() {
    assert_eq!(of_word("ru", "библиотеками"), ["библиотеками", "библиотек"]);
    assert_eq!(of_word("en", "libraries"), ["libraries", "librari"]);
    assert_eq!(of_word("ru", "libraries"), ["libraries", "librari"], "by script");
    assert_eq!(of_word("de", "Bücher"), ["bücher", "bucher"], "others lose their accents");
}

#[test]
fn every_spelling_of_a_kazakh_word_has_the_same_terms() {
    // Cyrillic, typed without Kazakh letters, Latin 2021, Latin 2018, as people type, Arabic.
    for spellings in [
        &["қазақстан", "казакстан", "Qazaqstan", "qazaqstan", "قازاقستان"][..],
        &["тіл", "тил", "tıl", "til", "ءتىل", "ٴتىل"],
        &["жаңалықтар", "жаналыктар", "jañalyqtar", "jańalyqtar", "zhanalyqtar"],
        &["өзендер", "озендер", "özender", "ózender", "ozender"],
        &["шаһар", "шахар", "şahar", "shahar"],
        &["ғылым", "гылым", "ğylym", "ǵylym", "gylym", "ghylym", "عىلىم"],
        &["аяқ", "аяк", "aiaq", "ayaq"],
        &["үкімет", "укимет", "ükımet", "úkimet", "ukimet"],
    ] {
        let expected = &of_word("kk", spellings[0])[1..];
        for spelling in spellings {
            let found = of_word("kk", spelling);
            for term in expected {
                assert!(found.contains(term), "{spelling}: {found:?} lacks {term} of {}", spellings[0]);
            }
        }
    }
}

#[test]
fn kazakh_endings_are_cut() {
    for (forms, root) in [
        (&["кітаптар", "кітаптың", "кітапқа", "кітабы", "кітаптарымызда", "кітаппен"][..], "китап"),
        (&["мектептер", "мектебі", "мектепте", "мектептерден"], "мектеп"),
        (&["қалалар", "қаланың", "қалада", "қалалардағы"], "кала"),
        (&["өзендер", "өзеннің", "өзенге"], "озен"),
    ] {
        for form in forms {
            assert_eq!(stem(form), root, "{form}");
        }
    }
    for word in ["ана", "ел", "ой", "алма", "тау"] {
        assert!(stem(word).chars().count() >= 2, "{word} keeps its root");
    }
}

#[test]
fn long_words_are_cut_not_dropped() {
    let word = "ұзын".repeat(200);
    for language in ["kk", "ru", "en", "fr", "und"] {
        let found = of_word(language, &word);
        assert!(found.iter().all(|term| term.len() <= words::WORD_BYTES_MAX + 8), "{language}");
        assert!(!found[0].is_empty());
    }
}

#[test]
fn unknown_language_is_everything_it_may_be() {
    let found = of_word("und", "библиотеками");
    assert!(found.contains(&"библиотек".to_owned()) && found.contains(&"библи*".to_owned()), "{found:?}");
}

#[test]
fn a_query_gives_each_word_one_weight() {
    let mut analyser = Analyser::default();
    for (text, languages) in
        [("өзендер", vec![]), ("библиотеки", vec![]), ("библиотеки", vec![Language::new("ru")])]
    {
        for word in asked(text, &languages, &mut analyser) {
            let most: f32 = word.terms.iter().map(|term| term.share).fold(0.0, f32::max);
            assert!(most <= 1.0 && !word.terms.is_empty(), "{word:?}");
        }
    }
    let told = asked("библиотеки", &[Language::new("ru")], &mut analyser);
    assert_eq!(told[0].terms.len(), 1, "told the language, nothing is guessed");
}

#[test]
fn the_index_takes_the_same_terms() {
    let manager = TokenizerManager::new();
    register(&manager);
    let text = marked(&Language::new("kk"), "Қазақстанның өзендері, rivers");
    let stream_of = |name: &str| {
        let mut tokenizer = manager.get(name).expect("registered");
        let mut found = Vec::new();
        tokenizer.token_stream(&text).process(&mut |token| found.push((token.position, token.text.clone())));
        found
    };
    let explained = terms("kk", "Қазақстанның өзендері, rivers");
    let exact: Vec<_> = explained.iter().enumerate().map(|(n, (_, terms))| (n, terms[0].clone())).collect();
    assert_eq!(stream_of(EXACT), exact);
    for (position, term) in stream_of(TERMS) {
        assert!(explained[position].1.contains(&term), "{term}");
    }
}

proptest! {
    #[test]
    fn any_text_is_analysed(text in "\\PC{0,80}", mixed in "[a-zа-яәғқңөұүһіA-ZА-Я'’ا-ی0-9 -]{0,80}") {
        for text in [&text, &mixed] {
            for language in ["kk", "ru", "en", "fr", "und"] {
                let mut end = 0;
                for (token, terms) in terms(language, text) {
                    let at = text[end..].find(&token).expect("tokens stand in the text, in order");
                    end += at + token.len();
                    prop_assert!(terms.iter().all(|term| !term.is_empty()), "{token}: {terms:?}");
                }
            }
        }
    }

    #[test]
    fn words_of_a_document_are_found_by_themselves(word in "[а-яәғқңөұүһі]{1,30}|[a-zäğñöūüş]{1,30}") {
        for language in ["kk", "ru", "en", "und", "fr"] {
            let mut analyser = Analyser::default();
            let indexed = of_word(language, &word);
            for languages in [vec![], vec![Language::new(language)]] {
                let asked = asked(&word, &languages, &mut analyser);
                prop_assert_eq!(&asked[0].exact, &indexed[0]);
                if language == "kk" && !languages.is_empty() {
                    prop_assert!(asked[0].terms.iter().all(|term| indexed.contains(&term.text)));
                }
            }
        }
    }

    #[test]
    fn keys_of_cyrillic_are_stable(word in "[а-яәғқңөұүһі]{1,20}") {
        let mut once = String::new();
        skeleton::skeleton(&word, letters::Script::Cyrillic, &mut once);
        let mut twice = String::new();
        skeleton::skeleton(&once, letters::Script::Cyrillic, &mut twice);
        prop_assert_eq!(once, twice);
    }

    #[test]
    fn the_first_letter_is_only_a_short_cut(words in proptest::collection::vec("[а-яәғқңөұүһіьъa-zäéا-ی0-9]{1,9}", 1..6)) {
        let mut analyser = Analyser::default();
        for language in ["kk", "ru", "en", "fr", "und"] {
            for word in &words {
                // Each term a word has finds it again.
                for term in of_word_or_none(language, word) {
                    let wanted: Wanted = std::iter::once(term.clone()).collect();
                    let mut found = Word::default();
                    prop_assert!(Words::new(word).next_into(&mut found));
                    let number = wanted.find(&found, Tongue::of(&Language::new(language)), &mut analyser);
                    prop_assert_eq!(number, Some(0), "{} of {} in {}", term, word, language);
                }
            }
        }
    }

    #[test]
    fn cyrillic_words_take_the_short_way_to_the_same_place(word in "[а-яА-ЯёЁәғқңөұүһіӘҒҚҢӨҰҮҺІ]{1,200}") {
        let expected: String = word.to_lowercase().replace('ё', "е");
        let expected = &expected[..expected.floor_char_boundary(words::WORD_BYTES_MAX)];
        prop_assert_eq!(&terms("fr", &word)[0].1[0], expected);
    }
}

/// The terms of the first word, if the text is one word.
fn of_word_or_none(language: &str, word: &str) -> Vec<String> {
    let mut found = terms(language, word);
    if found.len() == 1 { found.remove(0).1 } else { Vec::new() }
}
