//! What cross-language terms must give, and R@1 on parallel sentences through the search engine.

use std::collections::HashMap;

use proptest::prelude::*;
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, BoostQuery, Occur, Query, TermQuery};
use tantivy::schema::{FAST, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::TextAnalyzer;
use tantivy::{Index, TantivyDocument, Term};

use super::bridge::TERMS_MAX;
use super::sound::sound;
use super::{Bridge, CROSS, CrossTokenizer, asked};
use crate::analysis::{Tongue, marked};

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

/// R@1 of the development sentences in one language among those of another.
#[test]
fn parallel_sentences_find_each_other() {
    let path = "../../../shared/data/recommend/sib200_train_dev.jsonl";
    let Ok(lines) = std::fs::read_to_string(path) else {
        eprintln!("skipped: no {path}");
        return;
    };
    let mut sentences: HashMap<String, Vec<(String, String)>> = HashMap::new();
    for line in lines.lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| row[name].as_str().unwrap().to_owned();
        sentences
            .entry(text("lang"))
            .or_default()
            .push((text("idx"), text("text")));
    }
    sentences.values_mut().for_each(|rows| rows.sort());
    let of = |code: &str| &sentences[code];
    let (kazakh, russian, english) = (of("kaz_Cyrl"), of("rus_Cyrl"), of("eng_Latn"));
    for (name, from, seeds, to, others, least) in [
        ("kk→ru", Tongue::Kazakh, kazakh, Tongue::Russian, russian, 0.78),
        ("kk→en", Tongue::Kazakh, kazakh, Tongue::English, english, 0.78),
        ("ru→en", Tongue::Russian, russian, Tongue::English, english, 0.82),
        ("en→kk", Tongue::English, english, Tongue::Kazakh, kazakh, 0.74),
    ] {
        let found = first_hits(from, seeds, to, others);
        let share = |half: usize| {
            let of_half: Vec<_> = found.iter().skip(half).step_by(2).collect();
            of_half.iter().filter(|hit| ***hit).count() as f64 / of_half.len() as f64
        };
        let both = f64::midpoint(share(0), share(1));
        println!("R@1 {name} {both:.3} (halves {:.3} {:.3})", share(0), share(1));
        assert!(both >= least, "{name}: {both}");
    }
}

/// For each seed whether its own sentence is the first hit.
fn first_hits(
    from: Tongue,
    seeds: &[(String, String)],
    to: Tongue,
    others: &[(String, String)],
) -> Vec<bool> {
    let mut builder = Schema::builder();
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(CROSS)
        .set_index_option(IndexRecordOption::WithFreqs);
    let cross = builder.add_text_field("cross", TextOptions::default().set_indexing_options(indexing));
    let number = builder.add_u64_field("number", FAST);
    let index = Index::create_in_ram(builder.build());
    index.tokenizers().register(CROSS, TextAnalyzer::from(CrossTokenizer::default()));
    let mut writer = index.writer_with_num_threads(1, 15_000_000).unwrap();
    for (at, (_, text)) in (0u64..).zip(others) {
        let mut document = TantivyDocument::new();
        document.add_text(cross, marked_as(to, text));
        document.add_u64(number, at);
        writer.add_document(document).unwrap();
    }
    writer.commit().unwrap();
    let searcher = index.reader().unwrap().searcher();
    let mut bridge = Bridge::default();
    let hit = |(_, text): &(String, String)| {
        let terms = asked(from, text, searcher.num_docs(), &mut bridge, |term| {
            searcher.doc_freq(&Term::from_field_text(cross, term))
        });
        let clauses: Vec<(Occur, Box<dyn Query>)> = terms
            .unwrap()
            .into_iter()
            .map(|(term, weight)| {
                let term = Term::from_field_text(cross, &term);
                let query = TermQuery::new(term, IndexRecordOption::WithFreqs);
                (Occur::Should, Box::new(BoostQuery::new(Box::new(query), weight)) as Box<dyn Query>)
            })
            .collect();
        let top = searcher
            .search(&BooleanQuery::new(clauses), &TopDocs::with_limit(1).order_by_score())
            .unwrap();
        top.first().map(|(_, address)| {
            let segment = searcher.segment_reader(address.segment_ord);
            segment.fast_fields().u64("number").unwrap().first(address.doc_id).unwrap()
        })
    };
    let hits: Vec<Option<u64>> = seeds.iter().map(hit).collect();
    (0u64..).zip(hits).map(|(own, hit)| hit == Some(own)).collect()
}

fn marked_as(tongue: Tongue, text: &str) -> String {
    let code = match tongue {
        Tongue::Kazakh => "kk",
        Tongue::Russian => "ru",
        _ => "en",
    };
    marked(&model::Language::new(code), text)
}
