//! What requests say in words becomes what the index understands. Invariant: what cannot be used is refused, never ignored.

use indexer::Filter;
use model::{CanonicalUrl, Language, Timestamp};

use crate::problem::Problem;
use crate::settings::Settings;

/// Results when a request does not say how many.
const LIMIT: usize = 10;

/// Which documents, as a request writes it. Empty text (a form field left empty) is no filter.
#[derive(Debug, Clone, Default)]
pub(crate) struct Written<'a> {
    pub(crate) language: Option<&'a str>,
    pub(crate) host: Option<&'a str>,
    pub(crate) site: Option<&'a str>,
    pub(crate) section: Option<&'a str>,
    pub(crate) tag: Option<&'a str>,
    pub(crate) story: Option<&'a str>,
    pub(crate) since: Option<&'a str>,
    pub(crate) until: Option<&'a str>,
}

impl Written<'_> {
    /// The filter.
    pub(crate) fn filter(&self) -> Result<Filter, Problem> {
        let given = |text: &Option<_>| text.filter(|text: &&str| !text.is_empty());
        Ok(Filter {
            languages: given(&self.language).map(language).transpose()?.into_iter().collect(),
            host: given(&self.host).map(|text| host("host", text)).transpose()?,
            site: given(&self.site).map(|text| host("site", text)).transpose()?,
            section: given(&self.section).map(str::to_owned),
            tag: given(&self.tag).map(str::to_owned),
            story: given(&self.story).map(story).transpose()?,
            since: given(&self.since).map(|text| instant("since", text)).transpose()?,
            until: given(&self.until).map(|text| instant("until", text)).transpose()?,
        })
    }
}

/// A language code.
pub(crate) fn language(code: &str) -> Result<Language, Problem> {
    code.parse().map_err(|e: model::UnknownLanguage| Problem::bad_request(e.to_string()))
}

/// The id of a story.
pub(crate) fn story(text: &str) -> Result<u64, Problem> {
    let is_id = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let id = u64::from_str_radix(text, 16).ok().filter(|_| is_id);
    id.ok_or_else(|| {
        Problem::bad_request(format!("story {:?} is not an id of 16 hexadecimal digits", short(text)))
    })
}

/// A host name as the index has it: lower case, punycode.
pub(crate) fn host(name: &str, text: &str) -> Result<String, Problem> {
    let refused =
        || Problem::bad_request(format!("{name} {:?} is not a host name such as example.kz", short(text)));
    let is_literal = text.starts_with('[');
    if text.contains(['/', '?', '#', '@', '\\'])
        || text.contains(char::is_whitespace)
        || (text.contains(':') && !is_literal)
    {
        return Err(refused());
    }
    let url = CanonicalUrl::parse(&format!("http://{text}/")).map_err(|_| refused())?;
    let host = url.host();
    Ok(host.strip_suffix('.').unwrap_or(host).to_owned())
}

/// An instant; a date stands for its beginning in UTC.
pub(crate) fn instant(name: &str, text: &str) -> Result<Timestamp, Problem> {
    model::time::instant_or_day(text).ok_or_else(|| {
        Problem::bad_request(format!(
            "{name} {:?} is not a time; write 2026-11-22T08:00:00Z or 2026-11-22",
            short(text)
        ))
    })
}

/// How many results, between 1 and the setting.
pub(crate) fn limit(settings: &Settings, asked: Option<usize>) -> Result<usize, Problem> {
    let max = settings.limit_max;
    match asked {
        None => Ok(LIMIT.min(max)),
        Some(limit) if (1..=max).contains(&limit) => Ok(limit),
        Some(limit) => Err(Problem::bad_request(format!("limit {limit} is not between 1 and {max}"))),
    }
}

/// As much of a refused value as a message needs.
fn short(text: &str) -> String {
    text.chars().take(80).collect()
}
