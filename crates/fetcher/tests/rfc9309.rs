//! The table of docs/robots.md, played row by row against the real fetcher over a transport in memory.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]
#![expect(clippy::unnecessary_wraps, reason = "every kind of answer has the same type")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fetcher::{
    Fetcher, MemoryTransport, Pacing, Postponed, RobotsCopies, Settings, TransportFailure, TransportRequest,
};
use model::{
    Body, CanonicalUrl, Clock, FailureKind, HeaderLine, Outcome, ResourceKind, Response, Timestamp,
    Truncation, Visit,
};
use tokio::time::Instant;
use url::Url;

const ROBOTS: &str = "http://a.kz/robots.txt";
/// Forbidden by [`RULES`] and by nothing else.
const PAGE: &str = "http://a.kz/page";
const RULES: &str = "User-agent: *\nDisallow: /page\n";

struct World {
    begun: Instant,
}

impl Clock for World {
    fn now(&self) -> Timestamp {
        let start = Timestamp::from_second(1_767_225_600).unwrap();
        model::time::later(start, self.begun.elapsed())
    }
}

struct NoPace;

impl Pacing for NoPace {
    async fn ready(&mut self, _: &Url) -> Result<(), Postponed> {
        Ok(())
    }
    async fn admit(&mut self, _: Option<std::net::IpAddr>) -> Result<(), Postponed> {
        Ok(())
    }
    fn sent(&mut self) {}
    fn answered(&mut self, _: &Outcome, _: Duration) {}
    fn crawl_delay(&mut self, _: Option<Duration>) {}
}

type Answer = Result<Response, TransportFailure>;

/// What the hosts answer at present, by URL; anything else is 404.
#[derive(Clone, Default)]
struct Web(Arc<Mutex<BTreeMap<String, Answer>>>);

impl Web {
    fn set(&self, url: &str, answer: Answer) {
        self.0.lock().unwrap().insert(url.to_owned(), answer);
    }
}

struct Site {
    fetcher: Fetcher<MemoryTransport>,
    web: Web,
    copies: RobotsCopies,
}

impl Site {
    fn new() -> Self {
        let web = Web::default();
        let known = web.clone();
        let transport = MemoryTransport::answering(move |request: &TransportRequest| {
            let answer = known.0.lock().unwrap().get(request.url.as_str()).cloned();
            answer.unwrap_or_else(|| Ok(response(404, &[], "")))
        });
        let clock = Arc::new(World { begun: Instant::now() });
        let fetcher = Fetcher::new(Settings::default(), transport, clock).unwrap();
        let site = Self { fetcher, web, copies: RobotsCopies::default() };
        site.web.set(PAGE, Ok(response(200, &[], "a page")));
        site
    }

    /// In the words of the table.
    async fn verdict(&mut self) -> &'static str {
        let key = CanonicalUrl::parse(PAGE).unwrap().key();
        let visit = Visit {
            key,
            url: PAGE.to_owned(),
            kind: ResourceKind::Page,
            depth: 0,
            hops: 0,
            etag: None,
            last_modified: None,
            via: None,
            job: "job".to_owned(),
            attempts: 0,
        };
        let fetched = self.fetcher.fetch(visit, &mut self.copies, &mut NoPace).await;
        assert!(fetched.robots.len() <= 6, "{} requests for robots.txt", fetched.robots.len());
        match fetched.record.unwrap().outcome {
            Outcome::Fetched => "allow",
            Outcome::Disallowed { .. } => "rules",
            Outcome::RobotsUnavailable { .. } => "forbid",
            other => panic!("{other:?}"),
        }
    }

    /// After a good file and `days` of other answers.
    async fn verdict_after(&mut self, days: u64, answer: Answer) -> &'static str {
        self.web.set(ROBOTS, Ok(response(200, &[], RULES)));
        assert_eq!(self.verdict().await, "rules");
        self.web.set(ROBOTS, answer);
        let mut verdict = "";
        for _ in 0..days {
            tokio::time::advance(Duration::from_hours(24) + Duration::from_secs(1)).await;
            verdict = self.verdict().await;
        }
        verdict
    }
}

fn response(status: u16, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Response {
    let line = |(name, value): &(&str, &str)| HeaderLine {
        name: (*name).to_owned(),
        value: (*value).to_owned().into(),
    };
    Response {
        version: "HTTP/1.1".to_owned(),
        status,
        headers: headers.iter().map(line).collect(),
        body: Body { raw: body.into().into(), ..Body::default() },
    }
}

fn to(target: &str) -> Answer {
    Ok(response(301, &[("location", target)], ""))
}

fn failed(kind: FailureKind) -> Answer {
    Err(TransportFailure::failed(kind, "as the row says"))
}

fn file(body: impl Into<Vec<u8>>) -> Answer {
    Ok(response(200, &[], body))
}

/// A file of 600 KiB with the rule at a place.
fn large(at: usize) -> Vec<u8> {
    let mut text = String::from("User-agent: *\n");
    while text.len() < at {
        text.push_str("Disallow: /nothing/of/interest\n");
    }
    text.push_str("Disallow: /page\n");
    while text.len() < 600 * 1024 {
        text.push_str("Disallow: /nothing/of/interest\n");
    }
    text.into_bytes()
}

async fn play(row: &str) -> &'static str {
    let mut site = Site::new();
    let chain = |site: &Site, hops: usize| {
        for hop in 1..=hops {
            let from = if hop == 1 { ROBOTS.to_owned() } else { format!("http://h{}.kz/r", hop - 1) };
            site.web.set(&from, to(&format!("http://h{hop}.kz/r")));
        }
        site.web.set(&format!("http://h{hops}.kz/r"), file(RULES));
    };
    let answer = match row {
        "ok" => file(RULES),
        "absent-404" => Ok(response(404, &[], RULES)),
        "absent-410" => Ok(response(410, &[], "")),
        "absent-401" => Ok(response(401, &[], "")),
        "absent-403" => Ok(response(403, &[], "")),
        "throttled-429" => Ok(response(429, &[], "")),
        "error-500" => Ok(response(500, &[], "")),
        "error-503" => Ok(response(503, &[], "")),
        "timeout" => failed(FailureKind::Timeout),
        "reset" => failed(FailureKind::Reset),
        "dns" => failed(FailureKind::Dns),
        "tls" => failed(FailureKind::Tls),
        "cut" => {
            let mut cut = response(200, &[], RULES);
            cut.body.truncated = Some(Truncation::Disconnect);
            Ok(cut)
        }
        "coding" => Ok(response(200, &[("content-encoding", "compress")], "\u{1f}...")),
        "redirect-5" => {
            chain(&site, 5);
            return site.verdict().await;
        }
        "redirect-6" => {
            chain(&site, 6);
            return site.verdict().await;
        }
        "redirect-loop" => to(ROBOTS),
        "redirect-private" => to("http://10.0.0.1/robots.txt"),
        "redirect-scheme" => {
            site.web.set("https://a.kz/robots.txt", file(RULES));
            to("https://a.kz/robots.txt")
        }
        "html" => file("<!doctype html><title>Not found</title><p>There is no Disallow: /page here"),
        "bom" => file(format!("\u{feff}{RULES}")),
        "cr" => file(RULES.replace('\n', "\r")),
        "nul" => file(b"User-agent: *\nDisallow: /x\0y\nDisallow: /page\n".to_vec()),
        "utf16" => file(
            [0xff, 0xfe]
                .into_iter()
                .chain(RULES.encode_utf16().flat_map(u16::to_le_bytes))
                .collect::<Vec<_>>(),
        ),
        "gzip" => {
            let mut coder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            coder.write_all(RULES.as_bytes()).unwrap();
            Ok(response(200, &[("content-encoding", "gzip")], coder.finish().unwrap()))
        }
        "large" => file(large(1_000)),
        "large-late" => file(large(520_000)),
        "stale" => {
            let old = site.verdict_after(29, Ok(response(500, &[], ""))).await;
            return if old == "rules" { "old rules" } else { old };
        }
        "stale-30" => return site.verdict_after(31, Ok(response(500, &[], ""))).await,
        "changed" => {
            let changed = file("User-agent: *\nDisallow: /other\n");
            return if site.verdict_after(1, changed).await == "allow" { "rules" } else { "old rules" };
        }
        other => panic!("docs/robots.md has a row {other:?} that nothing plays"),
    };
    site.web.set(ROBOTS, answer);
    site.verdict().await
}

#[tokio::test(start_paused = true)]
async fn every_row_of_the_table_is_what_the_fetcher_does() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/robots.md");
    let text = std::fs::read_to_string(path).unwrap();
    let mut rows = BTreeSet::new();
    let mut wrong = Vec::new();
    for line in text.lines().filter(|line| line.starts_with("| ")).skip(1) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let (row, ours) = (cells[1], cells[4]);
        assert!(rows.insert(row), "the row {row:?} stands twice");
        let played = play(row).await;
        if played != ours {
            wrong.push(format!("{row}: the table says {ours:?}, the fetcher {played:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(rows.len() >= 30, "only {} rows", rows.len());
}
