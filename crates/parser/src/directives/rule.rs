//! The rules inside one robots list: names, values, agent scopes.
//!
//! Invariant: splitting is linear in the list, and values of `unavailable_after` may contain commas.

use model::Timestamp;

use super::DIRECTIVE_ZONE;
use crate::dates;

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rule<'a> {
    /// In lower case.
    pub(super) name: String,
    /// What follows the colon; empty for most.
    pub(super) value: &'a str,
}

/// A part of an `X-Robots-Tag` value.
pub(super) enum Part<'a> {
    /// Rules from here on are for this agent, in lower case.
    Agent(String),
    /// A rule.
    Rule(Rule<'a>),
}

/// Rules whose name is followed by a colon and a value; every other word before a colon is an agent.
const VALUED: [&str; 4] = ["unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"];

/// Longest list read, in bytes; a header line of that length is no longer about one page.
const LIST_BYTES_MAX: usize = 16 * 1024;

/// The rules of a list without agents, separated by commas or, as seen in the wild, by white space.
pub(super) fn list(text: &str) -> Vec<Rule<'_>> {
    parts(text).into_iter().map(|(name, value)| Rule { name, value }).collect()
}

/// The rules and agents of a list.
pub(super) fn scoped_list(text: &str) -> Vec<Part<'_>> {
    let mut found = Vec::new();
    for (name, value) in parts(text) {
        if let Some(agent) = name.strip_suffix(':') {
            found.push(Part::Agent(agent.to_owned()));
        } else if !value.is_empty() && !VALUED.contains(&name.as_str()) {
            found.push(Part::Agent(name));
            found.extend(list(value).into_iter().map(Part::Rule));
        } else {
            found.push(Part::Rule(Rule { name, value }));
        }
    }
    found
}

/// Comma-separated pieces as name and value. White-space separated words without a colon are pieces of their own; a
/// name that nothing follows keeps its colon, because it can only be an agent.
fn parts(text: &str) -> Vec<(String, &str)> {
    let text = &text[..text.floor_char_boundary(LIST_BYTES_MAX)];
    let comma_after = |from: usize| text[from..].find(',').map_or(text.len(), |at| from + at);
    let mut found = Vec::new();
    let mut from = 0;
    while from < text.len() {
        let mut to = comma_after(from);
        let Some(colon) = text[from..to].find(':').map(|at| from + at) else {
            found.extend(text[from..to].split_ascii_whitespace().map(|word| (word.to_ascii_lowercase(), "")));
            from = to + 1;
            continue;
        };
        // `noindex unavailable_after: …`: the words before the last are rules of their own.
        let mut words: Vec<String> =
            text[from..colon].split_ascii_whitespace().map(str::to_ascii_lowercase).collect();
        let mut name = words.pop().unwrap_or_default();
        found.extend(words.into_iter().map(|word| (word, "")));
        if name == "unavailable_after" && instant(&text[colon + 1..to]).is_none() && to < text.len() {
            // `Wednesday, 03-Sep-25 18:21:00 GMT`: the comma belongs to the date.
            let longer = comma_after(to + 1);
            if instant(&text[colon + 1..longer]).is_some() {
                to = longer;
            }
        }
        let value = text[colon + 1..to].trim();
        if value.is_empty() {
            name.push(':');
        }
        found.push((name, value));
        from = to + 1;
    }
    found
}

/// The instant of `unavailable_after`, in any of the usual forms.
pub(super) fn instant(value: &str) -> Option<Timestamp> {
    dates::parse(value, DIRECTIVE_ZONE).map(|date| date.at)
}
