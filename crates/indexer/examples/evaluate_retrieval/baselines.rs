//! BM25 (k1 1.2, b 0.75, as tantivy's) over title and text with one analyser each, and the normalised sum of two.

use std::collections::HashMap;

use tantivy::tokenizer::{
    Language as Snowball, LowerCaser, SimpleTokenizer, Stemmer, TextAnalyzer, TokenStream,
};

use super::Outcome;
use super::sets::Set;

/// What others do, by name; the last is the sum of two.
pub(crate) const NAMES: [&str; 8] =
    ["words", "Snowball", "five", "4-grams", "_4-grams_", "4+6", "3-7", "five+4-grams"];

/// nDCG@10 of each of [`NAMES`].
pub(crate) fn all(set: &Set) -> Outcome<Vec<f64>> {
    let mut figures = Vec::new();
    for name in NAMES {
        let parts: Vec<Bm25> =
            name.split('+').filter(|_| name != "4+6").map(|part| Bm25::new(set, part)).collect();
        let parts = if parts.is_empty() { vec![Bm25::new(set, name)] } else { parts };
        figures.push(set.judge(|query| {
            let mut sums = vec![0.0; set.corpus.len()];
            for part in &parts {
                let scores = part.scores(query);
                let best = scores.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
                sums.iter_mut().zip(scores).for_each(|(sum, score)| *sum += score / best);
            }
            let mut order: Vec<usize> = (0..sums.len()).filter(|at| sums[*at] > 0.0).collect();
            order.sort_by(|a, b| sums[*b].total_cmp(&sums[*a]).then(a.cmp(b)));
            Ok(order.into_iter().take(10).map(|at| set.corpus[at].0.clone()).collect())
        })?);
    }
    Ok(figures)
}

struct Bm25 {
    analyser: String,
    english: bool,
    documents: usize,
    /// Documents and weights by term.
    postings: HashMap<String, Vec<(usize, f64)>>,
}

impl Bm25 {
    fn new(set: &Set, analyser: &str) -> Self {
        let mut index = Self {
            analyser: analyser.to_owned(),
            english: set.language == "en",
            documents: set.corpus.len(),
            postings: HashMap::new(),
        };
        let texts: Vec<Vec<String>> =
            set.corpus.iter().map(|(_, title, text)| index.terms(&format!("{title} {text}"))).collect();
        let mean = texts.iter().map(Vec::len).sum::<usize>() as f64 / texts.len() as f64;
        for (at, terms) in texts.into_iter().enumerate() {
            let saturation = 1.2 * (0.25 + 0.75 * terms.len() as f64 / mean);
            let mut counts: HashMap<String, f64> = HashMap::new();
            terms.into_iter().for_each(|term| *counts.entry(term).or_default() += 1.0);
            for (term, count) in counts {
                index.postings.entry(term).or_default().push((at, 2.2 * count / (count + saturation)));
            }
        }
        index
    }

    fn scores(&self, query: &str) -> Vec<f64> {
        let mut scores = vec![0.0; self.documents];
        for term in self.terms(query) {
            let Some(postings) = self.postings.get(&term) else { continue };
            let (all, with) = (self.documents as f64, postings.len() as f64);
            let rarity = (1.0 + (all - with + 0.5) / (with + 0.5)).ln();
            postings.iter().for_each(|(at, weight)| scores[*at] += rarity * weight);
        }
        scores
    }

    fn terms(&self, text: &str) -> Vec<String> {
        let builder = TextAnalyzer::builder(SimpleTokenizer::default()).filter(LowerCaser);
        let snowball = if self.english { Snowball::English } else { Snowball::Russian };
        let mut tokenizer = match self.analyser.as_str() {
            "Snowball" => builder.filter(Stemmer::new(snowball)).build(),
            _ => builder.build(),
        };
        let mut found = Vec::new();
        tokenizer.token_stream(text).process(&mut |token| self.cut(&token.text, &mut found));
        found
    }

    fn cut(&self, word: &str, found: &mut Vec<String>) {
        let mut prefixes = |lengths: &[usize]| {
            let start = found.len();
            for length in lengths {
                let prefix: String = word.chars().take(*length).collect();
                if !found[start..].contains(&prefix) {
                    found.push(prefix);
                }
            }
        };
        match self.analyser.as_str() {
            "five" => prefixes(&[5]),
            "4+6" => prefixes(&[4, 6]),
            "3-7" => prefixes(&[3, 4, 5, 6, 7]),
            "4-grams" => grams(word, found),
            "_4-grams_" => grams(&format!("_{word}_"), found),
            _ => found.push(word.to_owned()),
        }
    }
}

fn grams(word: &str, found: &mut Vec<String>) {
    let letters: Vec<char> = word.chars().collect();
    if letters.len() <= 4 {
        found.push(word.to_owned());
    }
    if letters.len() > 4 {
        found.extend(letters.windows(4).map(|gram| gram.iter().collect::<String>()));
    }
}
