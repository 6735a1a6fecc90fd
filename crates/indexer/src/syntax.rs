//! The query language: words, `"phrases"`, `-word`. Invariant: any text is a query; what is not syntax is words.

/// A query taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Parsed {
    /// Plain words, as typed, in one text.
    pub(crate) words: String,
    /// What stood between double quotes.
    pub(crate) phrases: Vec<String>,
    /// What stood after a minus.
    pub(crate) excluded: Vec<String>,
}

/// Takes a query apart.
pub(crate) fn parse(text: &str) -> Parsed {
    let mut parsed = Parsed::default();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            return parsed;
        }
        let minus = rest
            .strip_prefix('-')
            .filter(|after| after.starts_with(|c: char| c == '"' || c.is_alphanumeric()));
        let excluded = minus.is_some();
        rest = minus.unwrap_or(rest);
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

#[cfg(test)]
mod tests;
