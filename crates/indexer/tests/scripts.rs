//! The same words and documents in Cyrillic, Latin and Arabic: the same results, whichever script asks and whichever answers.

#![expect(clippy::expect_used, reason = "a case that cannot go on has failed")]

#[path = "../examples/evaluate_retrieval/spelling.rs"]
#[expect(dead_code, reason = "the evaluation re-types Russian too")]
mod spelling;

use std::collections::BTreeSet;

use indexer::{Filter, Index, IndexWriter, LinkSource, Query, Settings};
use model::{CanonicalUrl, Directives, Document, Language, Position, Timestamp};

const SENTENCES: &str = include_str!("cases/sib200_kk.txt");

fn sentences() -> Vec<&'static str> {
    SENTENCES.lines().filter(|line| !line.starts_with('#')).collect()
}

/// The first 200 different words of four letters and more.
fn words() -> Vec<String> {
    let mut words = Vec::new();
    for word in sentences().join(" ").split(|c: char| !c.is_alphabetic()) {
        let word = word.to_lowercase();
        if word.chars().count() >= 4 && !words.contains(&word) {
            words.push(word);
        }
    }
    words.truncate(200);
    words
}

fn document(number: usize, text: &str) -> Document {
    let url = CanonicalUrl::parse(&format!("https://example.test/{number}")).expect("a URL");
    Document {
        key: url.key(),
        url: url.canonical().to_owned(),
        title: String::new(),
        text: text.to_owned(),
        description: None,
        author: None,
        site_name: None,
        section: None,
        tags: Vec::new(),
        image: None,
        language: Language::new("kk"),
        published: None,
        modified: None,
        fetched: Timestamp::UNIX_EPOCH,
        directives: Directives::default(),
    }
}

fn found(index: &Index, word: &str) -> BTreeSet<String> {
    let now = Timestamp::UNIX_EPOCH;
    let filter = Filter { languages: vec![Language::new("kk")], ..Filter::default() };
    let answer = index.search(&Query { filter, ..Query::new(word, 50, now) }).expect("an answer");
    answer.hits.into_iter().map(|hit| hit.document.url).collect()
}

#[test]
fn two_hundred_words_find_the_same_fifty_documents_in_every_script() {
    let as_written: fn(&str) -> String = str::to_owned;
    let ways: Vec<_> =
        std::iter::once(("Cyrillic", as_written)).chain(spelling::KAZAKH.iter().copied()).collect();
    let words = words();
    assert_eq!((words.len(), sentences().len()), (200, 50));
    let scripts = ["Cyrillic", "Latin 2021", "Arabic"];
    let mut expected: Vec<BTreeSet<String>> = Vec::new();
    let (mut different, mut different_ad_hoc) = (Vec::new(), Vec::new());
    for (script, write) in ways.iter().filter(|(name, _)| scripts.contains(name)) {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let index = Index::open(dir.path(), Settings::default()).expect("open");
        let mut writer = index.writer().expect("writer");
        let documents: Vec<Document> =
            sentences().iter().enumerate().map(|(number, text)| document(number, &write(text))).collect();
        writer.put(&documents).expect("put");
        writer.commit(Position::default(), Timestamp::UNIX_EPOCH).expect("commit");
        for (way, retype) in &ways {
            let results: Vec<BTreeSet<String>> =
                words.iter().map(|word| found(&index, &retype(word))).collect();
            if expected.is_empty() {
                expected.clone_from(&results);
            }
            let unlike = if *way == "Latin ad hoc" { &mut different_ad_hoc } else { &mut different };
            for (word, (result, expected)) in words.iter().zip(results.iter().zip(&expected)) {
                if result != expected {
                    unlike.push(format!("{word} in {way}, documents in {script}"));
                }
            }
        }
    }
    assert!(expected.iter().all(|results| !results.is_empty()), "every word is found");
    assert!(different.is_empty(), "{different:#?}");
    // y is both ы and й there, so suyk may be суық or сүйк.
    assert!(different_ad_hoc.len() <= scripts.len() * words.len() / 100, "{different_ad_hoc:#?}");
}
