//! The query language: words, `"phrases"`, `-word`, `name:value` filters.
//!
//! Invariant: any text without `name:value` is a query; what is not syntax is words. A filter that cannot be used is an error
//! that says where it stands, because a reader who narrows a search must not get the wide one.

use model::Timestamp;

use crate::error::Error;
use crate::lookup::Filter;

/// A query taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Parsed {
    /// Plain words, as typed, in one text.
    pub(crate) words: String,
    /// What stood between double quotes.
    pub(crate) phrases: Vec<String>,
    /// What stood after a minus.
    pub(crate) excluded: Vec<String>,
    /// What the filters say.
    pub(crate) filter: Filter,
}

impl Parsed {
    /// A text that is all words.
    pub(crate) fn of_words(text: &str) -> Self {
        Self { words: text.to_owned(), ..Self::default() }
    }
}

/// The names of filters, for messages.
const NAMES: &str = "site, host, language, section, tag, story, since, until";

/// Takes a query apart.
pub(crate) fn parse(text: &str) -> Result<Parsed, Error> {
    let mut parsed = Parsed::default();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            return Ok(parsed);
        }
        let at = text.len() - rest.len();
        let minus = rest
            .strip_prefix('-')
            .filter(|after| after.starts_with(|c: char| c == '"' || c.is_alphanumeric()));
        let excluded = minus.is_some();
        rest = minus.unwrap_or(rest);
        if let Some((name, after)) = filter_name(rest) {
            let refused = |detail: String| Error::Syntax { position: text[..at].chars().count() + 1, detail };
            if excluded {
                return Err(refused(format!(
                    "{name}: can only narrow a search, not exclude; leave out the minus"
                )));
            }
            let (value, _, left) = part(after);
            parsed.filter.narrow(name, value).map_err(refused)?;
            rest = left;
            continue;
        }
        let (part, phrase, after) = part(rest);
        match (excluded, phrase) {
            (true, _) => parsed.excluded.push(part.to_owned()),
            (false, true) => parsed.phrases.push(part.to_owned()),
            (false, false) => {
                parsed.words.push_str(part);
                parsed.words.push(' ');
            }
        }
        rest = after;
    }
}

/// The name of the filter that `text` begins with, and what comes after its colon. Addresses (`https://…`) and words
/// before a space are none; neither are words in other alphabets.
fn filter_name(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !c.is_ascii_alphabetic())?;
    let value = text[end..].strip_prefix(':')?;
    let is_filter = end > 1 && value.starts_with(|c: char| c == '"' || c.is_alphanumeric());
    is_filter.then_some((&text[..end], value))
}

/// The first word or phrase, whether it is a phrase, and what follows. A quote that is never closed is no quote.
fn part(text: &str) -> (&str, bool, &str) {
    if let Some(inner) = text.strip_prefix('"') {
        return match inner.find('"') {
            Some(end) => (&inner[..end], true, &inner[end + 1..]),
            None => ("", false, inner),
        };
    }
    let end = text.find(|c: char| c.is_whitespace() || c == '"').unwrap_or(text.len());
    (&text[..end], false, &text[end..])
}

impl Filter {
    /// Adds what `name:value` says.
    fn narrow(&mut self, name: &str, value: &str) -> Result<(), String> {
        let text = || Some(value.to_owned());
        match name.to_ascii_lowercase().as_str() {
            "site" => self.site = text(),
            "host" => self.host = text(),
            "section" => self.section = text(),
            "tag" => self.tag = text(),
            "language" | "lang" => {
                let language = value.parse().map_err(|e: model::UnknownLanguage| e.to_string())?;
                self.languages.push(language);
            }
            "story" => {
                let story = u64::from_str_radix(value, 16);
                self.story = Some(story.map_err(|_| format!("{value:?} is not the id of a story"))?);
            }
            "since" => self.since = Some(instant(value)?),
            "until" => self.until = Some(instant(value)?),
            _ => {
                return Err(format!(
                    "there is no filter {name:?}; the filters are {NAMES}. To search for the words, put them in quotes"
                ));
            }
        }
        Ok(())
    }

    /// What both filters let through; where they say different things about one property, `other` counts.
    pub(crate) fn and(&self, other: Self) -> Self {
        let later = |a: Option<Timestamp>, b: Option<Timestamp>| a.into_iter().chain(b).max();
        let earlier = |a: Option<Timestamp>, b: Option<Timestamp>| a.into_iter().chain(b).min();
        Self {
            languages: if other.languages.is_empty() { self.languages.clone() } else { other.languages },
            host: other.host.or_else(|| self.host.clone()),
            site: other.site.or_else(|| self.site.clone()),
            section: other.section.or_else(|| self.section.clone()),
            tag: other.tag.or_else(|| self.tag.clone()),
            story: other.story.or(self.story),
            since: later(self.since, other.since),
            until: earlier(self.until, other.until),
        }
    }
}

fn instant(value: &str) -> Result<Timestamp, String> {
    model::time::instant_or_day(value)
        .ok_or_else(|| format!("{value:?} is not a time; write 2026-11-22 or 2026-11-22T08:00:00Z"))
}

#[cfg(test)]
mod tests;
