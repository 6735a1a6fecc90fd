//! Many documents: sentences of the sets put together at random, so that words are as frequent as in the sets, with a few
//! words of their own each, as real documents have.

use std::path::Path;

use model::Language;
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

use crate::meter::peak_megabytes;
use crate::sets::{Set, bytes, document};
use crate::{Outcome, answer, bare, index_ours, indexing, indexing_header, seeds, sets};

/// Indexing speed is told of this many documents of each language.
const INDEXED: usize = 100_000;

/// Prints what `count` documents cost.
pub(crate) fn run(folder: &Path, count: usize) -> Outcome<()> {
    let sets = sets::all(folder)?;
    if sets.is_empty() {
        println!("no retrieval sets in {}; nothing to measure", folder.display());
        return Ok(());
    }
    let mut languages: Vec<(Language, Vec<String>, Vec<String>)> = Vec::new();
    for set in sets {
        let Some(language) = set.documents.first().map(|document| document.language.clone()) else {
            continue;
        };
        let sentences = set.documents.iter().flat_map(|document| sentences(&document.text));
        match languages.iter_mut().find(|(known, ..)| *known == language) {
            Some((_, known, queries)) => {
                known.extend(sentences);
                queries.extend(set.queries);
            }
            None => languages.push((language, sentences.collect(), set.queries)),
        }
    }
    indexing_header();
    for (language, sentences, _) in &languages {
        indexing(&made(language.as_str(), &[(language.clone(), sentences)], INDEXED.min(count))?)?;
    }
    let parts: Vec<_> = languages.iter().map(|(language, known, _)| (language.clone(), known)).collect();
    let all = made("all", &parts, count)?;
    let dir = tempfile::tempdir()?;
    index_ours(&all, dir.path(), true)?;
    println!(
        "{} documents, peak memory {} MB with the texts themselves ({} MB)",
        count,
        peak_megabytes(),
        all.bytes / 1_000_000
    );
    let bare = bare::Bare::index(&all, false)?;
    println!("\n{:16} {:>15} {:>15} {:>15}", "CPU µs, p50 p99", "bare search", "our search", "similar");
    for (language, _, queries) in &languages {
        let asked: Vec<String> = queries.iter().step_by((queries.len() / 300).max(1)).cloned().collect();
        answer(language.as_str(), &bare, dir.path(), &asked, &seeds(&all))?;
    }
    Ok(())
}

fn sentences(text: &str) -> impl Iterator<Item = String> {
    let parts = text.split_inclusive(['.', '!', '?', '\n']);
    parts.map(str::trim).filter(|part| part.len() > 20).map(str::to_owned)
}

fn made(name: &str, languages: &[(Language, &Vec<String>)], count: usize) -> Outcome<Set> {
    let mut random = SmallRng::seed_from_u64(7);
    let mut documents = Vec::with_capacity(count);
    for n in 0..count {
        let (language, sentences) = &languages[n % languages.len()];
        let pick = |random: &mut SmallRng| sentences.choose(random).map_or("", String::as_str);
        let title: Vec<&str> = pick(&mut random).split_whitespace().take(8).collect();
        let mut text = String::new();
        // Three to twenty sentences, short texts more often than long ones.
        for _ in 0..3 + random.random_range(0..5u32).pow(2) {
            text.push_str(pick(&mut random));
            text.push(' ');
        }
        for _ in 0..4 {
            text.push_str(&format!("{:x} ", random.random_range(0..count * 2)));
        }
        documents.push(document(n, language.clone(), title.join(" "), text)?);
    }
    let bytes = bytes(&documents);
    Ok(Set { name: name.to_owned(), documents, bytes, queries: Vec::new() })
}
