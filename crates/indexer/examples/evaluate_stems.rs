//! Pair F1 of Kazakh stems on a treebank: over all pairs of different word forms, same lemma ⇔ same stem.
//!
//! `cargo run -p indexer --example evaluate_stems FILE.conllu…`; words of several syntactic words (`3-4`) are left out, and forms
//! that have several lemmas count with the most frequent one.

#![expect(clippy::print_stdout, reason = "an evaluation prints its table")]

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;

use model::Language;

type Forms = BTreeMap<String, BTreeMap<String, usize>>;

fn main() -> Result<(), Box<dyn Error>> {
    let mut nouns = Forms::new();
    let mut verbs = Forms::new();
    for path in std::env::args().skip(1) {
        let text = fs::read_to_string(&path)?;
        let mut part_of_several = 0;
        for line in text.lines() {
            let fields: Vec<&str> = line.split('\t').collect();
            let [id, form, lemma, class, ..] = fields[..] else { continue };
            if let Some((_, last)) = id.split_once('-') {
                part_of_several = last.parse()?;
                continue;
            }
            if id.parse::<usize>().is_ok_and(|id| id <= part_of_several) {
                continue;
            }
            part_of_several = 0;
            let forms = match class {
                "NOUN" | "PROPN" => &mut nouns,
                "VERB" | "AUX" => &mut verbs,
                _ => continue,
            };
            if form.chars().all(char::is_alphabetic) {
                *forms.entry(form.to_lowercase()).or_default().entry(lemma.to_lowercase()).or_default() += 1;
            }
        }
    }
    println!("{:6} {:>6} {:>9} {:>7} {:>7}", "", "forms", "precision", "recall", "pair F1");
    for (name, forms) in [("nouns", nouns), ("verbs", verbs)] {
        let known: Vec<(String, String)> = forms
            .into_iter()
            .filter_map(|(form, lemmas)| {
                let (lemma, _) = lemmas.into_iter().max_by_key(|(_, count)| *count)?;
                Some((stem(&form), lemma))
            })
            .collect();
        let (mut both, mut same_stem, mut same_lemma) = (0.0, 0.0, 0.0);
        for (at, (stem, lemma)) in known.iter().enumerate() {
            for (other_stem, other_lemma) in &known[..at] {
                both += f64::from(u8::from(stem == other_stem && lemma == other_lemma));
                same_stem += f64::from(u8::from(stem == other_stem));
                same_lemma += f64::from(u8::from(lemma == other_lemma));
            }
        }
        println!(
            "{name:6} {:6} {:9.3} {:7.3} {:7.3}",
            known.len(),
            both / same_stem,
            both / same_lemma,
            2.0 * both / (same_stem + same_lemma)
        );
    }
    Ok(())
}

/// The stem among the terms of a word; what is the same as the word itself is not named again.
fn stem(word: &str) -> String {
    let explained = indexer::analysis::explain(&Language::new("kk"), word);
    let terms = explained.into_iter().next().map(|(_, terms)| terms).unwrap_or_default();
    let whole = terms.first().cloned().unwrap_or_default();
    terms.into_iter().skip(1).find(|term| !term.ends_with(['*', '='])).unwrap_or(whole)
}
