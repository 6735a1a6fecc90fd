//! Our stages, one at a time, on records as the fetcher makes them.
//!
//! Invariant: each stage is called as `pipeline::crawl` calls it: same batches, same settings.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use archive::{ArchiveSource, ArchiveStore, WarcArchive};
use fetcher::{Fetcher, Pacing, Postponed, ReqwestTransport, RobotsCopies};
use frontier::{Frontier, LeaseRequest, Offer, Settlement, SiteReturn};
use indexer::{Index, IndexWriter};
use model::{CanonicalUrl, Clock, FetchRecord, Outcome, Parsed, Position, SystemClock, UrlKey};
use sha2::{Digest, Sha256};
use testkit::builders;
use tokio::task::JoinSet;
use url::Url;

use crate::meter::{Measured, Meter};
use crate::web::Web;
use crate::whole;

/// Records per batch: `pipeline::crawl`'s bound between archive and parser.
const BATCH: usize = 128;

pub(crate) fn fetch(web: &Web, port: u16, _: &Path) -> Measured {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let meter = Meter::start();
    let records = runtime.block_on(fetch_all(web, port));
    meter.stop(records.len())
}

pub(crate) fn archive(web: &Web, port: u16, scratch: &Path) -> Measured {
    let records = records(web, port);
    let settings = whole::settings(port).archive;
    let meter = Meter::start();
    let mut archive = WarcArchive::open(scratch, settings, Arc::new(SystemClock)).unwrap().archive;
    for batch in records.chunks(BATCH) {
        archive.append(batch).unwrap();
    }
    let mut measured = meter.stop(records.len());
    measured.note =
        format!("{:.1} kB on disk per page", archive.end().offset as f64 / 1e3 / records.len() as f64);
    measured
}

pub(crate) fn parse(web: &Web, port: u16, _: &Path) -> Measured {
    let records = records(web, port);
    let meter = Meter::start();
    for record in &records {
        std::hint::black_box(parse_record(record));
    }
    meter.stop(records.len())
}

pub(crate) fn offers(web: &Web, port: u16, _: &Path) -> Measured {
    let parsed = parsed(web, port);
    let meter = Meter::start();
    for (record, parsed) in &parsed {
        std::hint::black_box((offers_of(record, parsed), content_hash(parsed)));
    }
    meter.stop(parsed.len())
}

pub(crate) fn index(web: &Web, port: u16, scratch: &Path) -> Measured {
    let mut documents: Vec<_> =
        parsed(web, port).into_iter().filter_map(|(_, parsed)| parsed.document).collect();
    let clock = SystemClock;
    let meter = Meter::start();
    let mut writer = Index::open(scratch, whole::settings(port).index).unwrap().writer().unwrap();
    let pages = documents.len();
    for (number, document) in documents.drain(..).enumerate() {
        writer.put(std::slice::from_ref(&document)).unwrap();
        if number % BATCH == BATCH - 1 && writer.commit_due(clock.now()) {
            writer.commit(Position { segment: 0, offset: number as u64 }, clock.now()).unwrap();
        }
    }
    writer.commit(Position { segment: 0, offset: pages as u64 }, clock.now()).unwrap();
    writer.close().unwrap();
    meter.stop(pages)
}

/// Leases until nothing is due, settling what was leased with the links its page really has.
pub(crate) fn frontier(web: &Web, port: u16, scratch: &Path) -> Measured {
    let mut found: HashMap<UrlKey, (u64, Vec<Offer>)> = parsed(web, port)
        .iter()
        .map(|(record, parsed)| (record.visit.key, (content_hash(parsed), offers_of(record, parsed))))
        .collect();
    let (settings, clock) = (whole::settings(port), SystemClock);
    let job = whole::job(web);
    let seeds: Vec<Offer> = job.parsed_seeds().0.into_iter().map(seed).collect();
    let meter = Meter::start();
    let mut frontier = Frontier::open(scratch, settings.frontier(), clock.now()).unwrap();
    frontier.register(job.rules(), clock.now()).unwrap();
    frontier.offer(&seeds, clock.now()).unwrap();
    let request = LeaseRequest {
        sites_max: settings.crawl.sites_in_flight_max,
        visits_per_site_max: settings.crawl.visits_per_lease_max,
        revisits_due_by: clock.now(),
        job: Some(job.name.clone()),
    };
    let mut settled = 0;
    loop {
        let leases = frontier.lease(&request, clock.now()).unwrap();
        if leases.is_empty() {
            break;
        }
        let mut settlements = Vec::new();
        let mut returns = Vec::new();
        for lease in leases {
            for visit in lease.visits {
                let (content_hash, discovered) = found.remove(&visit.key).unwrap_or_default();
                settlements.push(Settlement {
                    visit,
                    site: lease.site.clone(),
                    outcome: Outcome::Fetched,
                    at: clock.now(),
                    etag: Some("\"0123456789abcdef\"".to_owned()),
                    last_modified: None,
                    content_hash: Some(content_hash),
                    dropped: false,
                    discovered,
                    signs: frontier::Signs::default(),
                });
            }
            let (site, fence, pace) = (lease.site, lease.fence, lease.pace);
            returns.push(SiteReturn { site, fence, pace, robots: Vec::new(), unvisited: Vec::new() });
        }
        frontier.release(returns, clock.now()).unwrap();
        for batch in settlements.chunks(BATCH) {
            settled += batch.len();
            frontier.settle(batch, Position { segment: 0, offset: settled as u64 }, clock.now()).unwrap();
        }
    }
    let mut measured = meter.stop(settled);
    if settled != web.urls.len() {
        measured.note = format!("{settled} settled of {} pages", web.urls.len());
    }
    measured
}

fn seed(url: CanonicalUrl) -> Offer {
    Offer {
        url,
        kind: model::ResourceKind::Page,
        depth: 0,
        hops: 0,
        via: None,
        job: whole::JOB.to_owned(),
        dated: None,
    }
}

fn records(web: &Web, port: u16) -> Vec<FetchRecord> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(fetch_all(web, port))
}

fn parsed(web: &Web, port: u16) -> Vec<(FetchRecord, Parsed)> {
    let parse = |record: FetchRecord| {
        let parsed = parse_record(&record);
        (record, parsed)
    };
    records(web, port).into_iter().map(parse).collect()
}

/// Every page, host by host, hosts side by side.
async fn fetch_all(web: &Web, port: u16) -> Vec<FetchRecord> {
    let settings = whole::settings(port).fetcher;
    let transport = ReqwestTransport::new(&settings).unwrap();
    let fetcher = Arc::new(Fetcher::new(settings, transport, Arc::new(SystemClock)).unwrap());
    let mut hosts: BTreeMap<String, Vec<model::Visit>> = BTreeMap::new();
    for url in &web.urls {
        let host = Url::parse(url).unwrap().host_str().unwrap().to_owned();
        hosts.entry(host).or_default().push(builders::visit(url));
    }
    let mut at_work = JoinSet::new();
    for visits in hosts.into_values() {
        let fetcher = Arc::clone(&fetcher);
        at_work.spawn(async move {
            let mut robots = RobotsCopies::from_entries(Vec::new());
            let mut records = Vec::with_capacity(visits.len());
            for visit in visits {
                let record = fetcher.fetch(visit, &mut robots, &mut NoPace).await.record.unwrap();
                assert_eq!(record.outcome, Outcome::Fetched, "{}", record.visit.url);
                records.push(record);
            }
            records
        });
    }
    at_work.join_all().await.into_iter().flatten().collect()
}

/// Lets every request leave at once.
struct NoPace;

impl Pacing for NoPace {
    async fn ready(&mut self, _: &Url) -> Result<(), Postponed> {
        Ok(())
    }
    async fn admit(&mut self, _: Option<IpAddr>) -> Result<(), Postponed> {
        Ok(())
    }
    fn sent(&mut self) {}
    fn answered(&mut self, _: &Outcome, _: Duration) {}
    fn crawl_delay(&mut self, _: Option<Duration>) {}
}

/// As `pipeline::derive` calls the parser.
fn parse_record(record: &FetchRecord) -> Parsed {
    let response = record.response().unwrap();
    let body = response.body.decoded.as_ref().unwrap_or(&response.body.raw);
    let content_type = response.header("content-type").and_then(|value| std::str::from_utf8(value).ok());
    parser::parse(&parser::Input {
        url: &Url::parse(&record.visit.url).unwrap(),
        content_type,
        headers: &response.headers,
        body,
        kind: record.visit.kind,
        agent: "silteme",
        fetched: record.requested_at,
    })
}

/// As `pipeline::derive` makes them; that function is private to the pipeline.
fn offers_of(record: &FetchRecord, parsed: &Parsed) -> Vec<Offer> {
    let visit = &record.visit;
    let wanted = parsed.links.iter().filter(|link| link.kind.leads_on());
    wanted
        .filter_map(|link| {
            Some(Offer {
                url: CanonicalUrl::parse(&link.url).ok()?,
                kind: link.resource,
                depth: visit.depth.saturating_add(1),
                hops: 0,
                via: Some(visit.url.clone()),
                job: visit.job.clone(),
                dated: link.dated,
            })
        })
        .collect()
}

fn content_hash(parsed: &Parsed) -> u64 {
    let mut hasher = Sha256::new();
    if let Some(document) = &parsed.document {
        hasher.update(&document.title);
        hasher.update(&document.text);
    }
    hasher.finalize()[..8].iter().fold(0, |hash, byte| hash << 8 | u64::from(*byte))
}
