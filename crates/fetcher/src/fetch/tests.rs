//! Whole visits over the transport in memory, under simulated time.

use std::collections::BTreeMap;
use std::sync::Mutex;

use model::{Body, FailureKind, Response};
use tokio::time::Instant;

use super::*;
use crate::transport::MemoryTransport;

/// The wall clock of the simulated world: it goes with tokio's.
struct World {
    begun: Instant,
}

impl Clock for World {
    fn now(&self) -> Timestamp {
        model::time::later(Timestamp::from_second(1_800_000_000).unwrap(), self.begun.elapsed())
    }
}

/// A ledger of one request a second, with a diary.
#[derive(Default)]
struct Ledger {
    impatient: bool,
    next: Option<Instant>,
    diary: Vec<String>,
    delay: Option<Duration>,
    /// A host that somebody else is asking.
    busy: Option<&'static str>,
    admitted: Vec<Option<std::net::IpAddr>>,
    /// Too many sites share the address.
    crowded: bool,
}

impl Pacing for Ledger {
    fn patient(&self) -> bool {
        !self.impatient
    }

    async fn ready(&mut self, url: &Url) -> Result<(), Postponed> {
        if self.busy.is_some_and(|busy| url.host_str() == Some(busy)) {
            return Err(Postponed);
        }
        if let Some(next) = self.next {
            tokio::time::sleep_until(next).await;
        }
        self.diary.push(format!("ready {url}"));
        Ok(())
    }

    async fn admit(&mut self, address: Option<std::net::IpAddr>) -> Result<(), Postponed> {
        self.admitted.push(address);
        if self.crowded { Err(Postponed) } else { Ok(()) }
    }

    fn sent(&mut self) {
        self.next = Some(Instant::now() + Duration::from_secs(1));
        self.diary.push("sent".to_owned());
    }

    fn answered(&mut self, outcome: &Outcome, _latency: Duration) {
        self.diary.push(outcome.word().to_owned());
    }

    fn crawl_delay(&mut self, delay: Option<Duration>) {
        self.delay = delay;
    }
}

fn response(status: u16, headers: &[(&str, &str)], body: &str) -> Response {
    let line = |(name, value): &(&str, &str)| HeaderLine {
        name: (*name).to_owned(),
        value: (*value).to_owned().into(),
    };
    Response {
        version: "HTTP/1.1".to_owned(),
        status,
        headers: headers.iter().map(line).collect(),
        body: Body { raw: body.to_owned().into(), ..Body::default() },
    }
}

fn visit(url: &str) -> Visit {
    Visit {
        key: key_of(&Url::parse(url).unwrap()),
        url: url.to_owned(),
        kind: ResourceKind::Page,
        depth: 0,
        hops: 0,
        etag: None,
        last_modified: None,
        via: None,
        job: "job".to_owned(),
        attempts: 0,
    }
}

type Answers = Arc<Mutex<BTreeMap<String, Result<Response, TransportFailure>>>>;

/// A site under test.
struct Site {
    fetcher: Fetcher<MemoryTransport>,
    answers: Answers,
    seen: Arc<Mutex<Vec<TransportRequest>>>,
    copies: RobotsCopies,
    ledger: Ledger,
}

impl Site {
    fn new(settings: Settings) -> Self {
        let (answers, seen): (Answers, Arc<Mutex<Vec<_>>>) = Default::default();
        let (known, log) = (Arc::clone(&answers), Arc::clone(&seen));
        let transport = MemoryTransport::answering(move |request| {
            log.lock().unwrap().push(request.clone());
            let answer = known.lock().unwrap().get(request.url.as_str()).cloned();
            answer.unwrap_or_else(|| Ok(response(404, &[], "")))
        });
        let clock = Arc::new(World { begun: Instant::now() });
        let fetcher = Fetcher::new(settings, transport, clock).unwrap();
        Self { fetcher, answers, seen, copies: RobotsCopies::default(), ledger: Ledger::default() }
    }

    fn answer(&self, url: &str, answer: Result<Response, TransportFailure>) {
        self.answers.lock().unwrap().insert(url.to_owned(), answer);
    }

    async fn visit(&mut self, visit: Visit) -> FetchOutcome {
        self.fetcher.fetch(visit, &mut self.copies, &mut self.ledger).await
    }

    async fn outcome(&mut self, url: &str) -> Outcome {
        self.visit(visit(url)).await.record.unwrap().outcome
    }

    fn requests(&self) -> usize {
        self.seen.lock().unwrap().len()
    }
}

fn is_send<T: Send>(value: T) -> T {
    value
}

const ROBOTS: &str = "https://a.kz/robots.txt";
const PAGE: &str = "https://a.kz/page";

#[tokio::test(start_paused = true)]
async fn the_first_visit_asks_for_robots_and_every_request_is_paced() {
    let mut site = Site::new(Settings::default());
    site.answer(ROBOTS, Ok(response(200, &[], "user-agent: *\ncrawl-delay: 7\ndisallow: /private")));
    site.answer(PAGE, Ok(response(200, &[("etag", "\"1\"")], "hello")));
    let begun = Instant::now();
    let outcome = is_send(site.visit(visit(PAGE))).await;
    assert_eq!(outcome.record.as_ref().unwrap().outcome, Outcome::Fetched);
    assert_eq!(outcome.robots.len(), 1);
    assert_eq!(outcome.robots[0].visit.kind, ResourceKind::Robots);
    assert_eq!(begun.elapsed().as_secs(), 1);
    assert_eq!(site.ledger.delay, Some(Duration::from_secs(7)));
    assert_eq!(
        site.ledger.diary,
        [&format!("ready {ROBOTS}"), "sent", "fetched", &format!("ready {PAGE}"), "sent", "fetched"]
    );
    let refused = site.outcome("https://a.kz/private/x").await;
    assert_eq!(refused, Outcome::Disallowed { rule: "disallow: /private".to_owned(), line: 3 });
    assert_eq!(site.requests(), 2);
    let headers = &site.seen.lock().unwrap()[1].headers;
    let value = |name: &str| headers.iter().find(|line| line.name == name).map(|line| line.value.clone());
    assert!(value("user-agent").unwrap().starts_with(b"silteme/"));
    assert_eq!(value("accept-encoding").unwrap(), ACCEPT_ENCODING);
    assert!(value("if-none-match").is_none());
}

#[tokio::test(start_paused = true)]
async fn an_impatient_caller_gets_the_visit_back_after_robots() {
    let mut site = Site::new(Settings::default());
    site.answer(ROBOTS, Ok(response(200, &[], "User-agent: *\nCrawl-delay: 3600\n")));
    site.ledger.impatient = true;
    let visited = site.visit(visit(PAGE)).await;
    assert_eq!((visited.record, visited.robots.len()), (None, 1));
    assert_eq!((site.requests(), site.ledger.delay), (1, Some(Duration::from_hours(1))));
    site.ledger.impatient = false;
    assert_eq!(site.outcome(PAGE).await, Outcome::HttpError { status: 404 });
    assert_eq!(site.requests(), 2);
}

#[tokio::test(start_paused = true)]
async fn rules_change_within_a_day_and_the_second_request_is_conditional() {
    let mut site = Site::new(Settings::default());
    site.answer(ROBOTS, Ok(response(200, &[("etag", "\"r\"")], "user-agent: *\ndisallow: /no")));
    assert_eq!(site.outcome(PAGE).await, Outcome::HttpError { status: 404 });
    tokio::time::advance(Duration::from_hours(23)).await;
    site.outcome(PAGE).await;
    assert_eq!(site.requests(), 3);
    tokio::time::advance(Duration::from_hours(2)).await;
    site.answer(ROBOTS, Ok(response(304, &[], "")));
    site.outcome(PAGE).await;
    let asked = site.seen.lock().unwrap()[3].clone();
    assert!(asked.headers.iter().any(|line| line.name == "if-none-match" && line.value == "\"r\""));
    assert!(matches!(site.outcome("https://a.kz/no").await, Outcome::Disallowed { .. }));
    tokio::time::advance(Duration::from_hours(25)).await;
    site.answer(ROBOTS, Ok(response(200, &[], "user-agent: *\ndisallow: /page")));
    assert!(matches!(site.outcome(PAGE).await, Outcome::Disallowed { .. }));
}

#[tokio::test(start_paused = true)]
async fn no_robots_no_requests_until_the_wait_is_over() {
    for answer in [
        Ok(response(500, &[], "")),
        Ok(response(429, &[], "")),
        Ok(response(503, &[("retry-after", "30")], "")),
        Err(TransportFailure::failed(FailureKind::Timeout, "t")),
        Err(TransportFailure::failed(FailureKind::Dns, "d")),
        Err(TransportFailure::failed(FailureKind::Reset, "r")),
    ] {
        let mut site = Site::new(Settings::default());
        site.answer(ROBOTS, answer.clone());
        let Outcome::RobotsUnavailable { retry_at, .. } = site.outcome(PAGE).await else {
            panic!("{answer:?} must forbid")
        };
        assert_eq!(model::time::until(site.fetcher.clock.now(), retry_at).as_secs(), 60);
        assert!(matches!(site.outcome(PAGE).await, Outcome::RobotsUnavailable { .. }));
        assert_eq!(site.requests(), 1);
        tokio::time::advance(Duration::from_mins(1)).await;
        site.answer(ROBOTS, Ok(response(404, &[], "")));
        assert_eq!(site.outcome(PAGE).await, Outcome::HttpError { status: 404 });
        assert_eq!(site.requests(), 3);
    }
}

#[tokio::test(start_paused = true)]
async fn the_last_good_copy_stands_in_for_thirty_days() {
    let mut site = Site::new(Settings::default());
    site.answer(ROBOTS, Ok(response(200, &[], "user-agent: *\ndisallow: /no")));
    site.answer(PAGE, Ok(response(200, &[], "x")));
    assert_eq!(site.outcome(PAGE).await, Outcome::Fetched);
    site.answer(ROBOTS, Ok(response(500, &[], "")));
    for _ in 0..29 {
        tokio::time::advance(Duration::from_hours(24)).await;
        let visited = site.visit(visit(PAGE)).await;
        assert_eq!(visited.record.as_ref().unwrap().outcome, Outcome::Fetched);
        assert!(matches!(site.outcome("https://a.kz/no").await, Outcome::Disallowed { .. }));
    }
    tokio::time::advance(Duration::from_hours(25)).await;
    assert!(matches!(site.outcome(PAGE).await, Outcome::RobotsUnavailable { .. }));
    // The copies survive being written down between leases.
    site.copies = RobotsCopies::from_entries(site.copies.changed());
    assert!(matches!(site.outcome(PAGE).await, Outcome::RobotsUnavailable { .. }));
}

#[tokio::test(start_paused = true)]
async fn five_redirects_of_robots_are_followed_across_hosts() {
    let chain = |site: &Site, hops: usize| {
        for hop in 0..hops {
            let from = if hop == 0 { ROBOTS.to_owned() } else { format!("https://h{hop}.kz/r") };
            let to = format!("https://h{}.kz/r", hop + 1);
            site.answer(&from, Ok(response(301, &[("location", &to)], "")));
        }
    };
    let mut site = Site::new(Settings::default());
    chain(&site, 5);
    site.answer("https://h5.kz/r", Ok(response(200, &[], "user-agent: *\ndisallow: /page")));
    let visited = site.visit(visit(PAGE)).await;
    assert!(matches!(visited.record.as_ref().unwrap().outcome, Outcome::Disallowed { .. }));
    assert_eq!(visited.robots.len(), 6);
    assert_eq!(visited.robots[5].visit.via.as_deref(), Some("https://h4.kz/r"));
    assert_eq!(visited.robots[5].visit.hops, 5);
    // A sixth means that there is none (RFC 9309 sections 2.3.1.2 and 2.3.1.3), after six requests.
    let mut site = Site::new(Settings::default());
    chain(&site, 9);
    let visited = site.visit(visit(PAGE)).await;
    assert_eq!(visited.record.as_ref().unwrap().outcome, Outcome::HttpError { status: 404 });
    assert_eq!((visited.robots.len(), site.requests()), (6, 7));
    // A redirect to a private address is refused unasked, and forbids.
    let mut site = Site::new(Settings::default());
    site.answer(ROBOTS, Ok(response(302, &[("location", "http://169.254.169.254/latest")], "")));
    let visited = site.visit(visit(PAGE)).await;
    assert!(matches!(visited.record.as_ref().unwrap().outcome, Outcome::RobotsUnavailable { .. }));
    assert_eq!((visited.robots.len(), site.requests()), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn refused_urls_are_never_asked_for() {
    let mut site = Site::new(Settings::default());
    for url in ["http://10.0.0.1/", "http://localhost/", "ftp://a.kz/", "http://a.kz:25/", "nonsense"] {
        let mut refused = visit(PAGE);
        url.clone_into(&mut refused.url);
        let outcome = site.visit(refused).await;
        assert!(matches!(outcome.record.as_ref().unwrap().outcome, Outcome::Refused { .. }), "{url}");
        assert!(outcome.robots.is_empty());
    }
    assert_eq!((site.requests(), site.ledger.diary.len()), (0, 0));
    site.answer(ROBOTS, Err(TransportFailure::refused("no contact")));
    assert_eq!(site.outcome(PAGE).await, Outcome::Refused { reason: "no contact".to_owned() });
    assert!(site.copies.changed().is_empty());
}

#[tokio::test(start_paused = true)]
async fn answers_become_outcomes() {
    let mut site = Site::new(Settings::default());
    site.answer(PAGE, Ok(response(304, &[], "")));
    assert_eq!(site.outcome(PAGE).await, Outcome::HttpError { status: 304 });
    let conditional = Visit { etag: Some("\"1\"".to_owned()), ..visit(PAGE) };
    assert_eq!(site.visit(conditional).await.record.unwrap().outcome, Outcome::NotModified);
    site.answer(PAGE, Ok(response(302, &[("location", "/other")], "")));
    let to = "https://a.kz/other".to_owned();
    assert_eq!(site.outcome(PAGE).await, Outcome::Redirected { to, permanent: false });
    assert_eq!(site.requests(), 4);
    // A validator that cannot stand in a header is not sent.
    let odd = Visit { etag: Some("\"\u{1f}\n\"".to_owned()), ..visit(PAGE) };
    site.visit(odd).await;
    assert!(site.seen.lock().unwrap()[4].headers.iter().all(|line| line.name != "if-none-match"));
}

#[tokio::test(start_paused = true)]
async fn an_operator_can_take_403_for_a_refusal() {
    let mut settings = Settings::default();
    settings.fetcher.robots_forbidden_disallows = true;
    let mut site = Site::new(settings);
    site.answer(ROBOTS, Ok(response(403, &[], "")));
    assert!(matches!(site.outcome(PAGE).await, Outcome::Disallowed { .. }));
    assert_eq!(site.requests(), 1);
    // robots.txt itself may be visited like a page.
    assert_eq!(site.outcome(ROBOTS).await, Outcome::HttpError { status: 403 });
}

#[tokio::test(start_paused = true)]
async fn a_request_held_back_by_the_process_tells_the_ledger_when_it_leaves() {
    let mut settings = Settings::default();
    settings.fetcher.requests_per_second = 1;
    let mut site = Site::new(settings);
    drop(site.fetcher.rates.admit().await);
    let begun = Instant::now();
    site.visit(visit(PAGE)).await;
    // The slot at 0 s is taken: robots.txt leaves at 1 s, the page at 2 s, the site's next may leave at 3 s.
    assert_eq!(begun.elapsed().as_secs(), 2);
    assert_eq!(site.ledger.next.unwrap().duration_since(begun).as_secs(), 3);
}

#[tokio::test(start_paused = true)]
async fn every_request_asks_for_a_place_at_its_address_and_a_crowded_one_gives_the_visit_back() {
    let mut site = Site::new(Settings::default());
    site.outcome("http://1.1.1.1/page").await;
    let address = Some(std::net::IpAddr::from([1, 1, 1, 1]));
    assert_eq!(site.ledger.admitted, [address, address], "robots.txt and page");
    site.ledger.crowded = true;
    let visited = site.visit(visit("http://1.1.1.1/other")).await;
    assert_eq!((visited.record, site.requests()), (None, 2));
}

#[tokio::test(start_paused = true)]
async fn robots_that_lead_to_a_busy_site_are_asked_for_later() {
    let mut site = Site::new(Settings::default());
    site.answer(ROBOTS, Ok(response(301, &[("location", "https://b.kz/robots.txt")], "")));
    site.ledger.busy = Some("b.kz");
    let visited = site.visit(visit(PAGE)).await;
    assert_eq!((visited.record, visited.robots.len(), site.requests()), (None, 1, 1));
    assert!(site.copies.changed().is_empty(), "nothing was learnt");
    site.ledger.busy = None;
    assert_eq!(site.outcome(PAGE).await, Outcome::HttpError { status: 404 });
}

#[tokio::test(start_paused = true)]
async fn the_old_crawl_delay_holds_while_the_file_is_asked_for_again() {
    let mut site = Site::new(Settings::default());
    site.answer(ROBOTS, Ok(response(200, &[], "user-agent: *\ncrawl-delay: 7\n")));
    site.outcome(PAGE).await;
    site.ledger.delay = None;
    site.answer(ROBOTS, Ok(response(500, &[], "")));
    tokio::time::advance(Duration::from_hours(25)).await;
    site.ledger.busy = Some("a.kz");
    site.visit(visit(PAGE)).await;
    assert_eq!(site.ledger.delay, Some(Duration::from_secs(7)), "known before robots.txt is asked for");
}
