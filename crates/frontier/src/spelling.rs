//! Spellings of one page: the same page under http and https, with and without `www`, as AMP, for print. Pure.
//!
//! Invariant: these are suspicions only; a site's dossier says which of them its pages have confirmed.

use model::CanonicalUrl;
use serde::{Deserialize, Serialize};
use url::Url;

/// A way in which one URL may be another spelling of a second one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum Spelling {
    /// http where https serves the same.
    Http,
    /// https where http serves the same.
    Https,
    /// With `www.` where the bare host serves the same.
    Www,
    /// The bare host where `www.` serves the same.
    Bare,
    /// With `m.` or `amp.` where the bare host serves the same.
    Mobile,
    /// A path or parameter that asks for the AMP page.
    Amp,
    /// A path or parameter that asks for the print view.
    Print,
}

/// Words that ask for a view of a page, as a segment at either end of the path or as a parameter.
const AMP: &[&str] = &["amp"];
const PRINT: &[&str] = &["print", "printable", "print-version", "printversion"];

impl Spelling {
    /// Views before hosts: what is known of the views of a host is known under its own name.
    const ALL: [Self; 7] =
        [Self::Amp, Self::Print, Self::Mobile, Self::Http, Self::Https, Self::Www, Self::Bare];

    /// In words.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::Www => "www",
            Self::Bare => "without www",
            Self::Mobile => "mobile host",
            Self::Amp => "AMP",
            Self::Print => "print view",
        }
    }

    /// The spelling that undoes this one, if there is one.
    pub(crate) fn reverse(self) -> Option<Self> {
        match self {
            Self::Http => Some(Self::Https),
            Self::Https => Some(Self::Http),
            Self::Www => Some(Self::Bare),
            Self::Bare => Some(Self::Www),
            Self::Mobile | Self::Amp | Self::Print => None,
        }
    }

    /// The URL spelt the other way; `None` when it is not spelt this way.
    fn respelt(self, url: &Url) -> Option<Url> {
        let mut other = url.clone();
        match self {
            Self::Http | Self::Https => {
                let (from, to) = if self == Self::Http { ("http", "https") } else { ("https", "http") };
                // A port of its own belongs to one scheme only.
                (url.scheme() == from && url.port().is_none()).then_some(())?;
                other.set_scheme(to).ok()?;
            }
            Self::Www => other.set_host(Some(url.domain()?.strip_prefix("www.")?)).ok()?,
            Self::Bare => {
                let host = url.domain()?;
                (!host.starts_with("www.")).then_some(())?;
                other.set_host(Some(&format!("www.{host}"))).ok()?;
            }
            Self::Mobile => {
                let host = url.domain()?;
                other.set_host(Some(host.strip_prefix("m.").or_else(|| host.strip_prefix("amp."))?)).ok()?;
            }
            Self::Amp => return without_view(url, AMP),
            Self::Print => return without_view(url, PRINT),
        }
        Some(other)
    }
}

/// Every URL that this one may be another spelling of.
pub(crate) fn respelt(url: &CanonicalUrl) -> Vec<(Spelling, CanonicalUrl)> {
    let all = Spelling::ALL.into_iter();
    all.filter_map(|spelling| Some((spelling, of(spelling, url)?))).collect()
}

/// The URL that this one is if it is spelt so.
pub(crate) fn of(spelling: Spelling, url: &CanonicalUrl) -> Option<CanonicalUrl> {
    let other = CanonicalUrl::from_url(spelling.respelt(url.url())?).ok()?;
    // A mirror on another site would be asked at another site's pace.
    (other.site_str() == url.site_str()).then_some(other)
}

/// Whether `url` is, by its shape, another spelling or view of `main`: http for https, `www`, AMP, print, or the same path
/// with further parameters. A publisher who names `main` as the canonical URL of such a page can be believed; one who names
/// the front page for every article cannot.
#[must_use]
pub fn is_view_of(url: &CanonicalUrl, main: &CanonicalUrl) -> bool {
    /// Scheme, host and view at once.
    const STEPS_MAX: usize = 3;
    let mut reached = vec![url.clone()];
    for _ in 0..=STEPS_MAX {
        if reached.iter().any(|one| one.key() == main.key() || is_subset(one.url(), main.url())) {
            return true;
        }
        reached = reached.iter().flat_map(respelt).map(|(_, other)| other).collect();
        reached.sort_unstable();
        reached.dedup();
    }
    false
}

/// Whether `main` is `url` with fewer parameters.
fn is_subset(url: &Url, main: &Url) -> bool {
    let Some(query) = url.query() else { return false };
    url.path() == main.path()
        && url[..url::Position::BeforePath] == main[..url::Position::BeforePath]
        && main
            .query()
            .is_none_or(|kept| kept.split('&').all(|parameter| query.split('&').any(|one| one == parameter)))
}

/// The URL without the words that ask for a view.
fn without_view(url: &Url, words: &[&str]) -> Option<Url> {
    let is_word = |text: &str| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    let mut other = url.clone();
    let path = url.path();
    let inner = path.strip_prefix('/').unwrap_or(path);
    let (body, slash) = inner.strip_suffix('/').map_or((inner, ""), |body| (body, "/"));
    if let Some((head, tail)) = body.rsplit_once('/')
        && is_word(tail)
    {
        other.set_path(&format!("/{head}{slash}"));
    } else if let Some((head, tail)) = body.split_once('/')
        && is_word(head)
    {
        other.set_path(&format!("/{tail}{slash}"));
    } else if let Some(query) = url.query() {
        let is_view = |parameter: &&str| {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            is_word(name) || (name.eq_ignore_ascii_case("outputtype") && is_word(value))
        };
        let kept: Vec<&str> = query.split('&').filter(|parameter| !is_view(parameter)).collect();
        let kept = kept.join("&");
        (kept.len() < query.len()).then_some(())?;
        other.set_query((!kept.is_empty()).then_some(kept.as_str()));
    } else {
        return None;
    }
    Some(other)
}

#[cfg(test)]
mod tests;
