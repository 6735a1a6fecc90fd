//! What each fact rests on, for those who ask why.
//!
//! Invariant: at most one entry per fact but for alternates, of which there are at most [`ALTERNATES_MAX`]; a fact that
//! the document lacks has none.

use model::{Evidence, Fact, FactSource};

use super::Metadata;
use crate::head::Head;
use crate::json_ld::Facts;

/// Most alternates listed; a page of the European Union has 24.
const ALTERNATES_MAX: usize = 64;

/// A source and how far it is trusted.
type Trust = (FactSource, f32);

/// What was chosen among several sources.
pub(super) struct Found {
    pub(super) title: Trust,
    pub(super) author: Option<Trust>,
    pub(super) published: Option<Trust>,
    pub(super) modified: Option<Trust>,
}

/// Lists the evidence of a page.
pub(super) fn of(metadata: &Metadata, found: &Found, head: &Head<'_>, facts: &Facts) -> Vec<Evidence> {
    let mut list: Vec<Evidence> = Vec::new();
    let mut add = |fact: Fact, value: Option<String>, trust: Option<Trust>| {
        if let (Some(value), Some((source, confidence))) = (value, trust) {
            list.push(Evidence { fact, value, language: None, source, confidence });
        }
    };
    // Publishers fill these themselves, and nobody gains by filling them wrongly.
    let declared = |names: &[&str]| {
        Some(if head.meta(names).is_some() { (FactSource::Meta, 0.9) } else { (FactSource::JsonLd, 0.85) })
    };
    add(Fact::Title, metadata.title.clone(), Some(found.title));
    add(Fact::Author, metadata.author.clone(), found.author);
    add(Fact::Published, metadata.published.map(|(at, _)| at.to_string()), found.published);
    add(Fact::Modified, metadata.modified.map(|at| at.to_string()), found.modified);
    add(Fact::SiteName, metadata.site_name.clone(), declared(&["og:site_name", "application-name"]));
    add(Fact::Section, metadata.section.clone(), declared(&super::SECTION_NAMES));
    let tags = Some(metadata.tags.join(", ")).filter(|tags| !tags.is_empty());
    add(Fact::Tags, tags, declared(&super::TAG_NAMES));
    add(Fact::Description, metadata.description.clone(), declared(&super::DESCRIPTION_NAMES));
    add(Fact::Image, metadata.image.clone(), declared(&super::IMAGE_NAMES));
    let target = |rel: &str| {
        let link =
            head.links.iter().find(|link| link.in_head && link.rel.iter().any(|token| token == rel))?;
        head.resolve(link.href).map(String::from)
    };
    add(Fact::Canonical, target("canonical"), Some((FactSource::Link, 0.9)));
    if head.is_amp {
        add(Fact::Amp, Some("true".to_owned()), Some((FactSource::RootElement, 1.0)));
    } else {
        add(Fact::Amp, target("amphtml"), Some((FactSource::Link, 0.9)));
    }
    add(Fact::Paywall, facts.is_free.map(|is_free| (!is_free).to_string()), Some((FactSource::JsonLd, 0.9)));
    list.extend(alternates(head));
    list
}

/// The page in other languages, as declared.
fn alternates<'h>(head: &'h Head<'_>) -> impl Iterator<Item = Evidence> + 'h {
    head.links
        .iter()
        .filter(|link| link.in_head && link.rel.iter().any(|token| token == "alternate"))
        .filter_map(|link| {
            let language = link.hreflang?.trim();
            let is_code = (2..=35).contains(&language.len())
                && language.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
            let url = is_code.then(|| head.resolve(link.href)).flatten()?;
            Some(Evidence {
                fact: Fact::Alternate,
                value: url.into(),
                language: Some(language.to_owned()),
                source: FactSource::Link,
                confidence: 0.9,
            })
        })
        .take(ALTERNATES_MAX)
}
