//! The whole story of one URL or site, from every store.

use archive::ArchiveSource;
use fetcher::RobotsCopies;
use fetcher::robots::Rules;
use frontier::{Health, Refusal, SiteInsight, SiteStatus, UrlStatus};
use indexer::LinkSource;
use links::{Authority, Inlink};
use model::{CanonicalUrl, Site, Timestamp};
use serde::Serialize;

use crate::graph::links_dir;
use crate::stores::ReadStores;
use crate::{Error, refusals};

/// Everything known.
#[derive(Debug, Clone, Serialize)]
pub struct Explained {
    /// As asked for; a canonical URL or a site.
    pub subject: String,
    /// In one sentence.
    pub story: String,
    /// What the frontier knows of the URL: discovered from where, state, attempts, next visit.
    pub url: Option<UrlStatus>,
    /// What the frontier knows of its site: pace, counts.
    pub site: Option<SiteStatus>,
    /// How its site is doing.
    pub health: Option<Health>,
    /// Why the frontier would not admit it, if it is unknown there and would not.
    pub refusal: Option<Refusal>,
    /// What has been learnt of its site: patterns, hosts, spellings, hubs; only when a site is asked for.
    pub insight: Option<SiteInsight>,
    /// What our copy of robots.txt says about it.
    pub robots: Option<RobotsVerdict>,
    /// What the archive holds, oldest first.
    pub archive: Vec<Archived>,
    /// Its document in the index.
    pub document: Option<Indexed>,
    /// What other pages say of it; absent for a site, and where nothing links to it.
    pub linked: Option<Linked>,
    /// How much its site is worth by who links to it, 0 to 1.
    pub authority: f32,
    /// Number of the live generation.
    pub index_generation: u32,
    /// It has been taken down.
    pub taken_down: bool,
}

/// What robots.txt says.
#[derive(Debug, Clone, Serialize)]
pub struct RobotsVerdict {
    /// Whether the URL may be requested.
    pub allowed: bool,
    /// The rule that decides, as written.
    pub rule: Option<String>,
    /// Its line.
    pub line: Option<u32>,
    /// Whose group it is in.
    pub group: Option<String>,
    /// When our copy was last confirmed.
    pub copy_at: Option<Timestamp>,
    /// Until when it is believed.
    pub fresh_until: Option<Timestamp>,
    /// Why robots.txt cannot be reached, if it cannot: then nothing may be requested.
    pub trouble: Option<String>,
    /// When it will be asked for again.
    pub retry_at: Option<Timestamp>,
}

/// One archived response.
#[derive(Debug, Clone, Serialize)]
pub struct Archived {
    /// When it was requested.
    pub at: Timestamp,
    /// HTTP status.
    pub status: u16,
    /// Media type.
    pub mime: String,
    /// Digest of the payload.
    pub digest: String,
    /// Segment of the archive.
    pub segment: u32,
    /// Byte offset in it.
    pub offset: u64,
}

/// The document in the index.
#[derive(Debug, Clone, Serialize)]
pub struct Indexed {
    /// Link id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Language code.
    pub language: String,
    /// When it was published, as far as the page tells.
    pub published: Option<Timestamp>,
    /// When it was fetched.
    pub fetched: Timestamp,
}

/// The links that lead to it.
#[derive(Debug, Clone, Serialize)]
pub struct Linked {
    /// Pages that link to it and vouch for it.
    pub pages: u64,
    /// What they call it, most telling first.
    pub anchors: Vec<String>,
    /// Some of them.
    pub from: Vec<Inlink>,
}

/// Explains a URL, or a site when the text is a bare host name.
///
/// # Errors
/// [`Error::Input`] when it is neither; otherwise the failure of a store. Nothing known is `Ok(None)`.
pub fn explain(stores: &ReadStores, subject: &str) -> Result<Option<Explained>, Error> {
    if subject.contains("://") {
        let url = CanonicalUrl::parse(subject).map_err(|e| Error::Input(format!("{subject:?}: {e}")))?;
        return explain_url(stores, &url);
    }
    let url = CanonicalUrl::parse(&format!("http://{subject}/"))
        .map_err(|_| Error::Input(format!("{subject:?} is neither a URL nor a host name")))?;
    explain_site(stores, &url.site())
}

fn explain_url(stores: &ReadStores, url: &CanonicalUrl) -> Result<Option<Explained>, Error> {
    let now = stores.clock.now();
    let known =
        stores.frontier.as_ref().map(|frontier| frontier.url_status(url.key())).transpose()?.flatten();
    let site = site_status(stores, &url.site())?;
    let entries = match &stores.archive {
        Some(archive) => archive.lookup(known.as_ref().map_or(url.url().as_str(), |known| &known.url))?,
        None => Vec::new(),
    };
    let hit = stores.index.get(&[url.key()], now)?.into_iter().flatten().next();
    let taken_down = stores.takedowns.hides(url.url().as_str());
    let refused = match (&stores.frontier, &known) {
        (Some(frontier), None) => refusals::refusal(frontier, url, now)?,
        _ => None,
    };
    if known.is_none() && entries.is_empty() && hit.is_none() && !taken_down && refused.is_none() {
        return Ok(None);
    }
    let linked = linked(stores, url, now)?;
    let document = hit.map(|hit| Indexed {
        id: hit.document.key.to_string(),
        title: hit.document.title,
        language: hit.document.language.to_string(),
        published: hit.document.published,
        fetched: hit.document.fetched,
    });
    Ok(Some(Explained {
        subject: url.canonical().to_owned(),
        story: match &refused {
            Some((job, refusal)) if !taken_down => {
                format!("the frontier refuses it for job {job}: {}", refusals::words(refusal))
            }
            _ => story(known.as_ref(), document.is_some(), taken_down),
        },
        refusal: refused.map(|(_, refusal)| refusal),
        insight: None,
        url: known,
        health: site.as_ref().map(|site| site.pace.health(now)),
        site,
        robots: robots_verdict(stores, url)?,
        archive: entries
            .into_iter()
            .map(|entry| Archived {
                at: entry.timestamp,
                status: entry.status,
                mime: entry.mime,
                digest: entry.digest,
                segment: entry.at.segment,
                offset: entry.at.offset,
            })
            .collect(),
        document,
        linked: linked.filter(|_| !taken_down),
        authority: authority(stores, &url.site())?,
        index_generation: stores.index.stats()?.generation,
        taken_down,
    }))
}

fn explain_site(stores: &ReadStores, site: &Site) -> Result<Option<Explained>, Error> {
    let Some(status) = site_status(stores, site)? else { return Ok(None) };
    let insight =
        stores.frontier.as_ref().map(|frontier| frontier.insight(site, stores.clock.now())).transpose()?;
    Ok(Some(Explained {
        subject: site.to_string(),
        story: format!(
            "{} URLs queued, {} to be visited again; the next request may leave at {}",
            status.counts.queued, status.counts.scheduled, status.next_allowed
        ),
        refusal: None,
        insight,
        url: None,
        health: Some(status.pace.health(stores.clock.now())),
        site: Some(status),
        robots: None,
        archive: Vec::new(),
        document: None,
        linked: None,
        authority: authority(stores, site)?,
        index_generation: stores.index.stats()?.generation,
        taken_down: false,
    }))
}

fn site_status(stores: &ReadStores, site: &Site) -> Result<Option<SiteStatus>, Error> {
    Ok(stores.frontier.as_ref().map(|frontier| frontier.site_status(site)).transpose()?.flatten())
}

/// What the link graph says of a URL.
fn linked(stores: &ReadStores, url: &CanonicalUrl, now: Timestamp) -> Result<Option<Linked>, Error> {
    /// Anchors and pages named.
    const NAMED_MAX: usize = 5;
    let Some(graph) = &stores.links else { return Ok(None) };
    let (key, pages) = (url.key(), graph.inlink_count(&url.key())?);
    let from = graph.inlinks(&key, NAMED_MAX, now)?;
    Ok((pages > 0).then_some(Linked {
        pages,
        anchors: graph.anchors(&key, NAMED_MAX, now)?,
        from: from.into_iter().filter(|inlink| !stores.takedowns.hides(&inlink.from)).collect(),
    }))
}

fn authority(stores: &ReadStores, site: &Site) -> Result<f32, Error> {
    Ok(Authority::load(&links_dir(&stores.data))?.map_or(0.0, |authority| authority.of(site.as_str())))
}

fn robots_verdict(stores: &ReadStores, url: &CanonicalUrl) -> Result<Option<RobotsVerdict>, Error> {
    let Some(frontier) = &stores.frontier else { return Ok(None) };
    let entries = frontier.robots(&url.site())?.into_iter().map(|entry| (entry.origin, entry.copy)).collect();
    let Some(known) = RobotsCopies::from_entries(entries).known(&url.origin()) else { return Ok(None) };
    let verdict =
        known.file.map(|file| Rules::parse(&file).judge(&stores.settings.fetcher.agent.name, url.url()));
    Ok(Some(RobotsVerdict {
        // Without a file the site is open, unless the file cannot be reached (RFC 9309 section 2.3.1).
        allowed: verdict.as_ref().map_or(known.trouble.is_none(), |verdict| verdict.allowed),
        line: verdict.as_ref().and_then(|verdict| verdict.line),
        group: verdict.as_ref().and_then(|verdict| verdict.group.clone()),
        rule: verdict.and_then(|verdict| verdict.rule),
        copy_at: known.at,
        fresh_until: known.fresh_until,
        trouble: known.trouble,
        retry_at: known.retry_at,
    }))
}

fn story(known: Option<&UrlStatus>, indexed: bool, taken_down: bool) -> String {
    if taken_down {
        return "it has been taken down: never shown, never crawled".to_owned();
    }
    let index = if indexed { "it is in the index" } else { "it is not in the index" };
    match known {
        None => format!("the frontier does not know it; {index} (imported)"),
        Some(known) => {
            let last = match (&known.last_outcome, known.last_visit) {
                (Some(outcome), Some(at)) => format!("last visit {at}: {}", outcome.word()),
                _ => "never visited".to_owned(),
            };
            format!("{last}; {}; {index}", known.why)
        }
    }
}
