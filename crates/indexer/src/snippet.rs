//! Excerpts: the stretch of a text where most of what was asked stands closest together.
//!
//! Invariant: never longer than the publisher permits, in characters, dots included; 0 = nothing at all.

use model::Document;

use crate::analysis::{Analyser, Tongue, Wanted, Word, Words};
use crate::lookup::Snippet;
use crate::plan::{Plan, Spot};

/// Words of a text looked at for the best place: about ten pages. Bounds the cost of one hit.
const WORDS_MAX: usize = 5_000;

/// Dots where the excerpt is not the beginning or the end.
const DOTS: &str = "…";

/// What a plan looks for, for snippets.
pub(crate) fn wanted(plan: &Plan) -> Wanted {
    let any = plan.any.iter().filter(|clause| clause.spot != Spot::Title).map(|clause| clause.text.clone());
    any.chain(plan.phrases.iter().flatten().cloned()).collect()
}

struct Match {
    from: usize,
    to: usize,
    /// Number of the wanted term.
    term: usize,
}

/// The excerpt of a document for what is wanted; its beginning when nothing of it stands there.
pub(crate) fn snippet(
    document: &Document,
    wanted: &Wanted,
    chars_max: usize,
    analyser: &mut Analyser,
) -> Snippet {
    let permitted = document
        .directives
        .snippet_chars_max
        .map_or(usize::MAX, |max| usize::try_from(max).unwrap_or(usize::MAX));
    let chars_max = chars_max.min(permitted);
    if chars_max == 0 {
        return Snippet::default();
    }
    let in_text = matches(&document.text, document, wanted, analyser);
    let description = document.description.as_deref().unwrap_or_default();
    if in_text.is_empty() && !description.is_empty() {
        let in_description = matches(description, document, wanted, analyser);
        return excerpt(description, &in_description, chars_max);
    }
    excerpt(&document.text, &in_text, chars_max)
}

fn matches(text: &str, document: &Document, wanted: &Wanted, analyser: &mut Analyser) -> Vec<Match> {
    let mut found = Vec::new();
    if wanted.is_empty() {
        return found;
    }
    let tongue = Tongue::of(&document.language);
    let mut words = Words::new(text);
    let mut word = Word::default();
    let mut left = WORDS_MAX;
    while left > 0 && words.next_into(&mut word) {
        left -= 1;
        if let Some(term) = wanted.find(&word, tongue, analyser) {
            found.push(Match { from: word.from, to: word.to, term });
        }
    }
    found
}

/// The window of at most `chars_max` characters with the most different terms, then the most matches, then the first.
fn excerpt(text: &str, matches: &[Match], chars_max: usize) -> Snippet {
    let mut best = (0, 0);
    let mut start = 0;
    for (first, opening) in matches.iter().enumerate() {
        // A character has at least one byte, so this bounds the window by bytes too.
        let inside =
            matches[first..].iter().take_while(|m| chars_between(text, opening.from, m.to, chars_max));
        let mut terms: Vec<usize> = inside.map(|m| m.term).collect();
        let all = terms.len();
        terms.sort_unstable();
        terms.dedup();
        if (terms.len(), all) > best {
            best = (terms.len(), all);
            start = opening.from;
        }
    }
    render(text, lead(text, start, chars_max / 4), matches, chars_max)
}

/// Whether `to` is at most `chars_max` characters after `from`.
fn chars_between(text: &str, from: usize, to: usize, chars_max: usize) -> bool {
    to - from <= 4 * chars_max && text[from..to].chars().count() <= chars_max
}

/// A place up to `chars` characters before `at`, at the start of a sentence or else of a word.
fn lead(text: &str, at: usize, chars: usize) -> usize {
    let from = text[..at].char_indices().rev().take(chars).last().map_or(at, |(place, _)| place);
    if from == 0 {
        return 0;
    }
    let before = &text[from..at];
    if let Some((place, mark)) = before.rmatch_indices(['.', '!', '?', '\n']).next() {
        return from + place + mark.len();
    }
    before.find(char::is_whitespace).map_or(at, |place| from + place)
}

/// White space folded, cut at a word, with dots and highlights.
fn render(text: &str, start: usize, matches: &[Match], chars_max: usize) -> Snippet {
    let mut snippet = Snippet::default();
    let body = text[start..].trim_start();
    let mut at = text.len() - body.len();
    let mut left = chars_max;
    if start > 0 && left > 1 && !text[..start].trim_end().is_empty() {
        snippet.text.push_str(DOTS);
        left -= 1;
    }
    let mut next = matches[matches.partition_point(|m| m.from < at)..].iter().peekable();
    let mut first = true;
    for piece in body.split_whitespace() {
        let place = at + text[at..].find(piece).unwrap_or_default();
        let chars = piece.chars().count() + usize::from(!first);
        let is_last = text[place + piece.len()..].trim_start().is_empty();
        // One character is kept for the dots at the end.
        if chars + usize::from(!is_last) > left {
            close(&mut snippet.text, piece, first, left);
            return snippet;
        }
        if !first {
            snippet.text.push(' ');
        }
        while let Some(m) = next.next_if(|m| m.from < place + piece.len()) {
            let (from, to) = (m.from - place, m.to.min(place + piece.len()) - place);
            snippet.highlights.push((snippet.text.len() + from, snippet.text.len() + to));
        }
        snippet.text.push_str(piece);
        left -= chars;
        first = false;
        at = place + piece.len();
    }
    snippet
}

/// Ends an excerpt before its text ends. A first word that is too long by itself is cut.
fn close(out: &mut String, piece: &str, first: bool, left: usize) {
    if first {
        out.extend(piece.chars().take(left.saturating_sub(1)));
    }
    if left > 0 {
        out.push_str(DOTS);
    }
}

#[cfg(test)]
mod tests;
