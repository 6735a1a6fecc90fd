//! A maze with every trap in it: what the frontier and `derive` make of it (field.md section 3, rows 15, 17 and 28).

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use frontier::{
    Frontier, JobRules, LeaseRequest, NoticeKind, Offer, Politeness, Scope, Settings, Settlement, Signs,
    SiteReturn,
};
use model::{CanonicalUrl, Outcome, Position, ResourceKind, Site, Span, Timestamp, Visit};
use pipeline::{DeriveSettings, derive};
use testkit::builders::record;
use testkit::clock::EPOCH;
use testkit::web::{Maze, MazePage};

/// Articles are read by the parser this often; the others are settled as it would, which saves its time.
const PARSED_OF: usize = 100;

/// Enough that a few visits per trap are less than one in a hundred.
const ARTICLES: usize = 14_000;

struct Crawl {
    frontier: Frontier,
    /// Visits by URL.
    visits: BTreeMap<String, u32>,
    now: Timestamp,
    offset: u64,
    /// One article of this many is read by the parser.
    parsed_of: usize,
    /// Where to give up.
    visits_max: usize,
}

impl Crawl {
    fn new(dir: &std::path::Path, maze: &Maze) -> Self {
        let politeness = Politeness { delay: Span::seconds(0), ..Politeness::default() };
        let settings = Settings { politeness, ..Settings::default() };
        let mut frontier = Frontier::open(dir, settings, EPOCH).unwrap();
        let rules = JobRules { name: "maze".to_owned(), scope: Scope::Any, ..JobRules::default() };
        frontier.register(rules, EPOCH).unwrap();
        frontier.offer(&[offer(&maze.seed(), None, 0)], EPOCH).unwrap();
        Self {
            frontier,
            visits: BTreeMap::new(),
            now: EPOCH,
            offset: 0,
            parsed_of: PARSED_OF,
            visits_max: usize::MAX,
        }
    }

    /// Crawls until nothing is due any more.
    fn run(&mut self, maze: &Maze) {
        let request =
            LeaseRequest { sites_max: 8, visits_per_site_max: 8, revisits_due_by: EPOCH, job: None };
        loop {
            if self.visits.len() > self.visits_max {
                return;
            }
            let leases = self.frontier.lease(&request, self.now).unwrap();
            if leases.is_empty() && self.frontier.next_due(&request, self.now).unwrap() != Some(self.now) {
                return;
            }
            let mut returns = Vec::new();
            let mut settlements = Vec::new();
            for lease in leases {
                for visit in &lease.visits {
                    self.now = model::time::later(self.now, Duration::from_millis(10));
                    *self.visits.entry(visit.url.clone()).or_default() += 1;
                    settlements.push(settlement(maze, visit, self.parsed_of, self.now));
                }
                returns.push(SiteReturn {
                    site: lease.site,
                    fence: lease.fence,
                    pace: lease.pace,
                    robots: Vec::new(),
                    unvisited: Vec::new(),
                });
            }
            self.frontier.release(returns, self.now).unwrap();
            self.offset += 1;
            let position = Position { segment: 0, offset: self.offset };
            self.frontier.settle(&settlements, position, self.now).unwrap();
        }
    }
}

fn offer(url: &str, via: Option<&Visit>, depth: u16) -> Offer {
    Offer {
        url: CanonicalUrl::parse(url).unwrap(),
        kind: ResourceKind::Page,
        depth,
        hops: 0,
        via: via.map(|via| via.url.clone()),
        job: "maze".to_owned(),
        dated: None,
    }
}

fn settlement(maze: &Maze, visit: &Visit, parsed_of: usize, now: Timestamp) -> Settlement {
    let page = maze.page(&visit.url);
    if let Some(article) = page.article.filter(|article| article % parsed_of != 0) {
        return as_derived(visit, &page, article, now);
    }
    let mut record = record(&visit.url).html(page.html()).build();
    record.visit = visit.clone();
    record.requested_at = now;
    let settings = DeriveSettings { agent: "silteme".to_owned(), decoded_bytes_max: 1 << 20 };
    derive(&record, &settings).settlement.unwrap()
}

/// What `derive` would give for an article.
fn as_derived(visit: &Visit, page: &MazePage, article: usize, now: Timestamp) -> Settlement {
    let base = url::Url::parse(&visit.url).unwrap();
    let canonical = page.canonical.as_ref().map(|url| CanonicalUrl::parse(url).unwrap());
    let mut links: Vec<String> = page.links.iter().map(|link| base.join(link).unwrap().to_string()).collect();
    links.extend(page.canonical.clone());
    let mut hasher = DefaultHasher::new();
    article.hash(&mut hasher);
    Settlement {
        visit: visit.clone(),
        site: CanonicalUrl::parse(&visit.url).unwrap().site(),
        outcome: Outcome::Fetched,
        at: now,
        etag: None,
        last_modified: None,
        content_hash: Some(hasher.finish()),
        dropped: false,
        discovered: links.iter().map(|link| offer(link, Some(visit), visit.depth + 1)).collect(),
        signs: Signs { fingerprint: Some(hasher.finish()), junk: None, canonical },
    }
}

#[test]
fn less_than_one_fetch_in_a_hundred_is_spent_in_traps_and_nothing_real_is_lost() {
    let maze = Maze::new(11, ARTICLES);
    let dir = tempfile::tempdir().unwrap();
    let mut crawl = Crawl::new(dir.path(), &maze);
    crawl.run(&maze);

    let fetches: u32 = crawl.visits.values().sum();
    let trapped: Vec<&String> = crawl.visits.keys().filter(|url| !maze.is_real(url)).collect();
    let share = trapped.len() as f64 / f64::from(fetches);
    let missed = maze.article_urls().into_iter().filter(|url| !crawl.visits.contains_key(url)).count();
    eprintln!(
        "{fetches} fetches, {} of them in traps ({:.2} %); {missed} of {ARTICLES} articles missed",
        trapped.len(),
        share * 100.0
    );
    let insight = crawl.frontier.insight(&Site::of_domain("maze.test"), crawl.now).unwrap();
    for pattern in &insight.patterns {
        eprintln!("{pattern:?}");
    }
    assert_eq!(missed, 0, "articles were lost");
    assert!(crawl.visits.values().all(|times| *times == 1), "fetched twice");
    assert!(share < 0.01, "{trapped:#?}");

    // The operator sees what was stopped, and why a URL is refused.
    let stopped: Vec<&str> = insight
        .patterns
        .iter()
        .filter(|pattern| pattern.stopped.is_some())
        .map(|pattern| pattern.pattern.as_str())
        .collect();
    for pattern in ["/calendar/{number}/{number}", "/catalog?{any}", "/nowhere/{number}"] {
        assert!(stopped.contains(&pattern), "{pattern} is not among {stopped:?}");
    }
    let refusal = |url: &str| {
        let mut offer = offer(url, None, 1);
        offer.via = Some(maze.seed());
        format!("{:?}", crawl.frontier.refusal_now(&offer, crawl.now).unwrap())
    };
    assert!(refusal("http://maze.test/calendar/1999/3").contains("/calendar/{number}/{number}"));
    assert!(refusal("http://maze.test/rep/x/rep/x/rep/x/").contains("Shape"));
    let article = &maze.article_urls()[7];
    assert!(refusal(&article.replace("maze", "www.maze")).contains("Mirror"), "www");
    assert!(refusal(&format!("{article}/amp")).contains("Mirror"), "AMP");
    assert!(refusal(&format!("{article}?print=1")).contains("Mirror"), "print");
    assert_eq!(refusal(article), "None");
    let notices = crawl.frontier.notices_list().unwrap();
    assert!(notices.iter().any(|notice| notice.kind == NoticeKind::Trap));
}

#[test]
fn a_small_site_read_whole_by_the_parser_ends_too() {
    let maze = Maze::new(5, 120);
    let dir = tempfile::tempdir().unwrap();
    let mut crawl = Crawl::new(dir.path(), &maze);
    crawl.parsed_of = 1;
    crawl.visits_max = 1_500;
    crawl.run(&maze);
    let insight = crawl.frontier.insight(&Site::of_domain("maze.test"), crawl.now).unwrap();
    let trapped = crawl.visits.keys().filter(|url| !maze.is_real(url)).count();
    let missed = maze.article_urls().into_iter().filter(|url| !crawl.visits.contains_key(url)).count();
    assert_eq!(missed, 0, "articles were lost");
    assert!(trapped < 350, "{trapped} in traps: {:#?}", insight.patterns);
}

#[test]
fn the_same_batch_in_another_order_admits_the_same() {
    let maze = Maze::new(12, 3_000);
    let page = maze.page("http://maze.test/section0?page=0");
    let via = testkit::builders::visit("http://maze.test/section0?page=0");
    let base = url::Url::parse(&via.url).unwrap();
    let mut links: Vec<Offer> = (0..2_000)
        .map(|n| format!("http://maze.test/calendar/{n}/1"))
        .chain((0..90).map(|n| format!("http://w{n}.maze.test/")))
        .chain(page.links.iter().map(|link| base.join(link).unwrap().to_string()))
        .map(|url| offer(&url, Some(&via), 2))
        .collect();
    let admitted = |links: &[Offer]| {
        let dir = tempfile::tempdir().unwrap();
        let mut crawl = Crawl::new(dir.path(), &maze);
        crawl.frontier.offer(links, EPOCH).unwrap();
        let known = |link: &&Offer| crawl.frontier.url_status(link.url.key()).unwrap().is_some();
        let mut known: Vec<String> =
            links.iter().filter(known).map(|link| link.url.canonical().to_owned()).collect();
        known.sort();
        known
    };
    let one = admitted(&links);
    assert!(one.len() > 500 && one.len() < links.len(), "{} of {}", one.len(), links.len());
    testkit::random::Random::new(3).shuffle(&mut links);
    assert_eq!(admitted(&links), one);
}
