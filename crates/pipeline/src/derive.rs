//! From a fetch record to what follows from it: a change of the index, a settlement of the URL, new offers.
//!
//! Invariant: a pure function of the record. Crawl, catch-up after a crash, reindex and import all call it, so they
//! cannot disagree about what a record means.

use std::borrow::Cow;

use fetcher::coding;
use fetcher::robots::Rules;
use frontier::{Offer, Settlement};
use indexer::Removal;
use links::{Outlink, Page};
use model::{
    CanonicalUrl, Directives, Document, FetchRecord, Junk, Link, LinkKind, Outcome, Parsed, ResourceKind,
    Response, Timestamp, UrlKey,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::Url;

use crate::import::{IMPORT_JOB, imported_document};

mod signs;

/// What follows from one record.
#[derive(Debug)]
pub struct Derived {
    /// The URL it is about.
    pub key: UrlKey,
    /// What changes in the index.
    pub change: Change,
    /// What changes in the link graph.
    pub page: PageChange,
    /// Its publisher wants it out of the files too.
    pub withdrawn: Option<Withdrawn>,
    /// What the frontier learns; absent for robots.txt, which is no URL of the frontier's.
    pub settlement: Option<Settlement>,
    /// Further offers that belong to no settlement (sitemaps named by robots.txt).
    pub offers: Vec<Offer>,
    /// Links found.
    pub links_count: u32,
}

/// What changes in the index.
#[derive(Debug)]
pub enum Change {
    /// This document replaces what was there.
    Put(Box<Document>),
    /// Nothing is to be found there any more.
    Delete(Removal),
    /// As it was.
    Keep,
}

/// A page that its publisher wants out of answers and files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawn {
    /// The URL as visited.
    pub url: String,
    /// Key of its document.
    pub key: UrlKey,
    /// From when on: when we were told, or the end of its availability.
    pub at: Timestamp,
}

/// What changes in the link graph.
#[derive(Debug)]
pub enum PageChange {
    /// This page with its links replaces what was there.
    Put(Box<Page>),
    /// Nothing is to be kept of it.
    Delete,
    /// As it was.
    Keep,
}

/// What deriving needs to know besides the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeriveSettings {
    /// Our product token, lower case: the agent that directives may name.
    pub agent: String,
    /// Longest decoded body, bytes; the fetcher's limit, so that replay decodes exactly what the crawl decoded.
    pub decoded_bytes_max: usize,
}

/// Derives everything from one record.
#[must_use]
pub fn derive(record: &FetchRecord, settings: &DeriveSettings) -> Derived {
    let visit = &record.visit;
    let mut derived = Derived {
        key: visit.key,
        change: Change::Keep,
        page: PageChange::Keep,
        withdrawn: None,
        settlement: None,
        offers: Vec::new(),
        links_count: 0,
    };
    if visit.job == IMPORT_JOB {
        read_imported(record, settings, &mut derived);
        return derived;
    }
    if visit.kind == ResourceKind::Robots {
        derived.offers = sitemap_offers(record, settings);
        return derived;
    }
    let Ok(url) = CanonicalUrl::parse(&visit.url) else { return derived };
    let mut settlement = Settlement::new(
        visit.clone(),
        url.site(),
        record.outcome.clone(),
        model::time::later(record.requested_at, record.duration),
    );
    match (&record.outcome, record.response()) {
        (Outcome::Fetched, Some(response)) => {
            settlement.etag = header_text(response, "etag");
            settlement.last_modified = header_text(response, "last-modified");
            read_page(record, settings, &mut derived, &mut settlement);
        }
        (Outcome::Redirected { to, .. }, _) => {
            derived.change = Change::Delete(Removal::Gone);
            derived.page = PageChange::Delete;
            settlement.discovered.extend(redirect_offer(record, to));
        }
        (Outcome::HttpError { status: 404 | 410 }, _) => {
            derived.change = Change::Delete(Removal::Gone);
            derived.withdrawn = Some(withdrawn(record, &derived.change, record.requested_at));
            derived.page = PageChange::Delete;
        }
        _ => {}
    }
    derived.settlement = Some(settlement);
    derived
}

/// What the parser makes of a record's response; `None` when the record has no page to read.
#[must_use]
pub fn parse_record(record: &FetchRecord, settings: &DeriveSettings) -> Option<Parsed> {
    if record.outcome != Outcome::Fetched || record.visit.kind == ResourceKind::Robots {
        return None;
    }
    let response = record.response()?;
    let url = Url::parse(&record.visit.url).ok()?;
    let content_type = header_text(response, "content-type");
    Some(parser::parse(&parser::Input {
        url: &url,
        content_type: content_type.as_deref(),
        headers: &response.headers,
        body: &decoded_body(response, settings),
        kind: record.visit.kind,
        agent: &settings.agent,
        fetched: record.requested_at,
    }))
}

fn read_page(
    record: &FetchRecord,
    settings: &DeriveSettings,
    derived: &mut Derived,
    settlement: &mut Settlement,
) {
    let Some(parsed) = parse_record(record, settings) else { return };
    derived.links_count = u32::try_from(parsed.links.len()).unwrap_or(u32::MAX);
    settlement.content_hash = Some(content_hash(&parsed));
    let urls = followed(&parsed);
    let targets = targets(&parsed, &urls);
    settlement.discovered = link_offers(record, &parsed, urls);
    settlement.signs = signs::of(&parsed, &settlement.discovered, &settlement.site);
    settlement.visit.kind = kind_of(&parsed, settlement.visit.kind);
    settlement.dropped = !may_index(&parsed.directives);
    change_both(record, parsed, &targets, derived);
}

/// What is really there: feeds and sitemaps are known by what they list, whatever their discoverer believed.
fn kind_of(parsed: &Parsed, believed: ResourceKind) -> ResourceKind {
    match parsed.links.iter().map(|link| link.kind).find(|kind| kind.leads_on()) {
        Some(LinkKind::Entry) => ResourceKind::Feed,
        Some(LinkKind::Location | LinkKind::Sitemap) if parsed.document.is_none() => ResourceKind::Sitemap,
        _ if parsed.document.is_some() => ResourceKind::Page,
        _ => believed,
    }
}

fn document_change(record: &FetchRecord, parsed: Parsed) -> Change {
    if !may_index(&parsed.directives) {
        return Change::Delete(Removal::Withdrawn);
    }
    // A page often names itself without the parameters it was found with: readers are sent to that spelling.
    // And a view of a page (AMP, print, sorted otherwise) is found as the page it names, not beside it.
    let main = parsed.canonical.and_then(|url| CanonicalUrl::parse(&url).ok()).filter(|main| {
        main.key() == record.visit.key
            || CanonicalUrl::parse(&record.visit.url).is_ok_and(|url| frontier::is_view_of(&url, main))
    });
    match (parsed.junk, parsed.document) {
        // Whoever asks whether we are human, and a shell that scripts would fill, say nothing about the page.
        (Some(Junk::Captcha | Junk::Empty), _) => Change::Keep,
        (Some(Junk::SoftError | Junk::Parked | Junk::Login), _) | (None, None) => {
            Change::Delete(Removal::Gone)
        }
        (None, Some(document)) => Change::Put(Box::new(match main {
            Some(main) => Document { key: main.key(), url: main.url().to_string(), ..document },
            None => Document { key: record.visit.key, ..document },
        })),
    }
}

/// An imported record changes the index and the link graph and nothing else: importing is not crawling.
fn read_imported(record: &FetchRecord, settings: &DeriveSettings, derived: &mut Derived) {
    if let Some(document) = imported_document(record) {
        derived.change = Change::Put(Box::new(document));
    } else if let Some(parsed) = parse_record(record, settings) {
        let targets = targets(&parsed, &followed(&parsed));
        change_both(record, parsed, &targets, derived);
    }
}

/// What a page changes in the link graph and in the index.
fn change_both(record: &FetchRecord, mut parsed: Parsed, targets: &[Option<UrlKey>], derived: &mut Derived) {
    let until = parsed.document.as_ref().and(parsed.directives.unavailable_after);
    let from = if is_withheld(&parsed) { Some(record.requested_at) } else { until };
    derived.page = page_change(record, &mut parsed, targets);
    derived.change = document_change(record, parsed);
    derived.withdrawn = from.map(|at| withdrawn(record, &derived.change, at));
}

fn withdrawn(record: &FetchRecord, change: &Change, at: Timestamp) -> Withdrawn {
    let key = if let Change::Put(document) = change { document.key } else { record.visit.key };
    Withdrawn { url: record.visit.url.clone(), key, at }
}

/// Whether there is a document that its publisher does not want found. Feeds and sitemaps are often marked so and have none.
fn is_withheld(parsed: &Parsed) -> bool {
    parsed.document.is_some() && !may_index(&parsed.directives)
}

/// The links of a page or feed that may be shown and followed. Takes them out of `parsed`.
fn page_change(record: &FetchRecord, parsed: &mut Parsed, targets: &[Option<UrlKey>]) -> PageChange {
    let is_sitemap = parsed.links.iter().any(|link| link.kind == LinkKind::Location);
    match parsed.junk {
        Some(Junk::Captcha | Junk::Empty) => return PageChange::Keep,
        Some(Junk::SoftError | Junk::Parked | Junk::Login) => return PageChange::Delete,
        None if is_sitemap || !parsed.directives.follow || is_withheld(parsed) => return PageChange::Delete,
        None => {}
    }
    let links = std::mem::take(&mut parsed.links);
    let outlinks = links.into_iter().zip(targets).map(|(link, target)| Outlink {
        target: *target,
        url: link.url,
        text: link.text,
        rel: link.rel,
        kind: link.kind,
    });
    PageChange::Put(Box::new(Page {
        key: record.visit.key,
        url: record.visit.url.clone(),
        fetched: record.requested_at,
        until: parsed.directives.unavailable_after,
        links: outlinks.collect(),
    }))
}

/// Whether a document enters the index at all. `unavailable_after` is not asked here: it is enforced when answering.
fn may_index(directives: &Directives) -> bool {
    directives.index && directives.search != Some(false)
}

pub(crate) fn decoded_body<'a>(response: &'a Response, settings: &DeriveSettings) -> Cow<'a, [u8]> {
    match &response.body.decoded {
        Some(decoded) => Cow::Borrowed(decoded),
        None => Cow::Owned(
            coding::decode(&response.headers, &response.body.raw, settings.decoded_bytes_max).bytes.to_vec(),
        ),
    }
}

/// Where each link leads, for those that lead on and may be followed. Reading a URL is most of what a link costs, so it is
/// done once for the frontier and the link graph.
fn followed(parsed: &Parsed) -> Vec<Option<CanonicalUrl>> {
    let may_follow = |link: &Link| {
        parsed.directives.follow && link.kind.leads_on() && !link.rel.iter().any(|rel| rel == "nofollow")
    };
    let url = |link: &Link| may_follow(link).then(|| CanonicalUrl::parse(&link.url).ok()).flatten();
    parsed.links.iter().map(url).collect()
}

/// Keys of the links that the page vouches for, among those the link graph keeps.
fn targets(parsed: &Parsed, followed: &[Option<CanonicalUrl>]) -> Vec<Option<UrlKey>> {
    let kept = parsed.links.iter().zip(followed).take(Page::LINKS_MAX);
    kept.map(|(link, url)| url.as_ref().filter(|_| links::vouches(link)).map(CanonicalUrl::key)).collect()
}

fn link_offers(record: &FetchRecord, parsed: &Parsed, followed: Vec<Option<CanonicalUrl>>) -> Vec<Offer> {
    if !parsed.directives.follow {
        return Vec::new();
    }
    let visit = &record.visit;
    let links = parsed.links.iter().zip(followed).filter_map(|(link, url)| Some((link, url?)));
    links
        .map(|(link, url)| Offer {
            url,
            kind: link.resource,
            depth: visit.depth.saturating_add(1),
            hops: 0,
            via: Some(visit.url.clone()),
            job: visit.job.clone(),
            dated: link.dated,
        })
        .chain(canonical_offer(record, parsed))
        .collect()
}

/// A canonical URL elsewhere on the same site is where the page lives: worth a visit at the same depth.
fn canonical_offer(record: &FetchRecord, parsed: &Parsed) -> Option<Offer> {
    let visit = &record.visit;
    let url = CanonicalUrl::parse(parsed.canonical.as_deref()?).ok()?;
    // A canonical URL on another site is a claim about somebody else.
    let own = CanonicalUrl::parse(&visit.url).ok()?;
    (url.key() != visit.key && url.site_str() == own.site_str()).then(|| Offer {
        url,
        kind: visit.kind,
        depth: visit.depth,
        hops: 0,
        via: Some(visit.url.clone()),
        job: visit.job.clone(),
        dated: None,
    })
}

fn redirect_offer(record: &FetchRecord, to: &str) -> Option<Offer> {
    let visit = &record.visit;
    Some(Offer {
        url: CanonicalUrl::parse(to).ok()?,
        kind: visit.kind,
        depth: visit.depth,
        hops: visit.hops.saturating_add(1),
        via: Some(visit.url.clone()),
        job: visit.job.clone(),
        dated: None,
    })
}

/// Sitemaps named by a robots.txt (sitemaps.org protocol), offered as if a seed had named them.
fn sitemap_offers(record: &FetchRecord, settings: &DeriveSettings) -> Vec<Offer> {
    /// robots.txt files of the field name at most a few dozen sitemaps; more is a trap.
    const SITEMAPS_MAX: usize = 100;
    let Some(response) = record.response().filter(|response| response.status == 200) else {
        return Vec::new();
    };
    let body = decoded_body(response, settings);
    Rules::parse(&body)
        .sitemaps()
        .iter()
        .take(SITEMAPS_MAX)
        .filter_map(|sitemap| {
            Some(Offer {
                url: CanonicalUrl::parse(sitemap).ok()?,
                kind: ResourceKind::Sitemap,
                depth: 0,
                hops: 0,
                via: Some(record.visit.url.clone()),
                job: record.visit.job.clone(),
                dated: None,
            })
        })
        .collect()
}

/// Changes when, and only when, what a reader would see changes: title and text of a document, else the link set.
fn content_hash(parsed: &Parsed) -> u64 {
    let mut hasher = Sha256::new();
    if let Some(document) = &parsed.document {
        hasher.update(&document.title);
        hasher.update([0]);
        hasher.update(&document.text);
    } else {
        for link in &parsed.links {
            hasher.update(&link.url);
            hasher.update([0]);
        }
    }
    let digest = hasher.finalize();
    let mut head = [0; 8];
    head.copy_from_slice(&digest[..8]);
    u64::from_le_bytes(head)
}

/// A header as text, for storing and sending back; what is not visible ASCII-compatible text is left out.
fn header_text(response: &Response, name: &str) -> Option<String> {
    /// Longer validators are not worth their space in every URL's state.
    const LEN_MAX: usize = 512;
    let value = std::str::from_utf8(response.header(name)?).ok()?.trim();
    (!value.is_empty() && value.len() <= LEN_MAX).then(|| value.to_owned())
}

#[cfg(test)]
mod tests;
