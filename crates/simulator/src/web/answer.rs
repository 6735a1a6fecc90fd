//! What a request meets.
//!
//! Invariant: what the observer is told about an answer ([`Answer::robots`], [`Answer::silence`]) is what was said on the
//! wire, in the same breath.

use std::ops::Range;
use std::time::Duration;

use fetcher::TransportRequest;
use model::{FailureKind, HeaderLine};

use super::model::{HubKind, OriginModel, Retry, RobotsModel, SiteModel, Spell, Weather, Web, latest};
use super::page;
use crate::clock::EPOCH;
use crate::observer::Served;

/// What comes back, and when.
#[derive(Debug)]
pub struct Answer {
    /// From the request to the last byte.
    pub after: Duration,
    /// What comes.
    pub reply: Result<Reply, FailureKind>,
    /// What it says of robots.txt, when that was asked.
    pub robots: Option<Served>,
    /// The silence it asks for from its end on.
    pub silence: Option<Duration>,
    /// Articles listed by it: the site's, by number.
    pub listed: Option<Range<usize>>,
    /// The article it is.
    pub article: Option<usize>,
}

/// A response.
#[derive(Debug, Default)]
pub struct Reply {
    /// Status.
    pub status: u16,
    /// Header lines.
    pub headers: Vec<HeaderLine>,
    /// Body.
    pub body: String,
}

impl Reply {
    fn status(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push(HeaderLine { name: name.to_owned(), value: value.into().into() });
        self
    }
}

impl Web {
    /// What a request at `at` meets.
    #[must_use]
    pub fn answer(&self, request: &TransportRequest, at: Duration) -> Answer {
        let found = request.url.host_str().and_then(|host| self.find(host));
        let Some((number, origin)) = found else {
            return Answer::failing(FailureKind::Dns, Duration::from_millis(50));
        };
        let site = &self.sites[number];
        let origin = &site.origins[origin];
        let is_robots = is_robots(request.url.path());
        let mut answer = match self.weather(origin, is_robots, at) {
            Some(weather) => self.unwell(&weather, at, site.latency),
            None if is_robots => robots(origin, request.url.path(), at),
            None => page(site, request, at),
        };
        if is_robots && answer.robots.is_none() {
            // 4xx other than 429 says that there is none (RFC 9309 section 2.3.1.3).
            let none = answer.reply.as_ref().is_ok_and(|reply| matches!(reply.status, 400..=428 | 430..=499));
            answer.robots = Some(if none { Served::Absent } else { Served::Unavailable });
        }
        if answer.after.is_zero() {
            let factor = self.chance().log_normal(0.4);
            answer.after =
                site.latency.mul_f64(factor).clamp(Duration::from_millis(5), Duration::from_secs(20));
        }
        answer
    }

    /// Whether the name of a host resolves at `at`.
    #[must_use]
    pub fn resolves(&self, host: &str, at: Duration) -> bool {
        self.find(host).is_some_and(|(site, origin)| {
            let spells = &self.sites[site].origins[origin].spells;
            let lost = |spell: &Spell| {
                spell.covers(at) && spell.weather == Weather::Down(FailureKind::Dns) && spell.pages
            };
            at >= self.healthy_from || !spells.iter().any(lost)
        })
    }

    fn weather(&self, origin: &OriginModel, is_robots: bool, at: Duration) -> Option<Weather> {
        if at >= self.healthy_from {
            return None;
        }
        let concerned = |spell: &&Spell| if is_robots { spell.robots } else { spell.pages };
        if let Some(spell) = origin.spells.iter().filter(concerned).find(|spell| spell.covers(at)) {
            return Some(spell.weather.clone());
        }
        let mut chance = self.chance();
        if !chance.chance(self.mishaps_percent) {
            return None;
        }
        let retries =
            [Retry::None, Retry::Seconds(90), Retry::Date(75), Retry::Past, Retry::Absurd, Retry::Junk];
        let retry = chance.pick(&retries).copied().unwrap_or(Retry::None);
        // A robots.txt is not waited for until the end of the simulation.
        let retry = if is_robots && retry == Retry::Absurd { Retry::Seconds(300) } else { retry };
        Some(match chance.below(8) {
            0 => Weather::Down(FailureKind::Reset),
            1 => Weather::Down(FailureKind::Timeout),
            2 => Weather::Down(FailureKind::Tls),
            3 => Weather::Status(500),
            4 => Weather::Status(403),
            5 => Weather::Refusing(429, retry),
            6 => Weather::Refusing(503, retry),
            _ => Weather::Slow,
        })
    }

    fn unwell(&self, weather: &Weather, at: Duration, latency: Duration) -> Answer {
        match weather {
            // Deadlines of the default settings: 10 s to connect, 30 s to the header.
            Weather::Down(kind @ FailureKind::Timeout) => Answer::failing(*kind, Duration::from_secs(30)),
            Weather::Down(kind @ FailureKind::Connect) => Answer::failing(*kind, Duration::from_secs(10)),
            Weather::Down(kind) => Answer::failing(*kind, latency),
            // A server error in the end, so that nobody mistakes it for content or for a robots.txt.
            Weather::Slow => Answer { after: Duration::from_mins(1), ..Answer::of(Reply::status(502)) },
            Weather::Status(status) => Answer::of(Reply::status(*status)),
            Weather::Refusing(status, retry) => {
                let retry = match retry {
                    Retry::Date(ahead) if !self.dates => Retry::Seconds(*ahead),
                    retry => *retry,
                };
                refusing(*status, retry, at + latency, latency)
            }
        }
    }
}

impl Answer {
    fn of(reply: Reply) -> Self {
        Self {
            after: Duration::ZERO,
            reply: Ok(reply),
            robots: None,
            silence: None,
            listed: None,
            article: None,
        }
    }

    fn failing(kind: FailureKind, after: Duration) -> Self {
        Self { after, reply: Err(kind), ..Self::of(Reply::default()) }
    }
}

impl Spell {
    fn covers(&self, at: Duration) -> bool {
        (self.from..self.to).contains(&at)
    }
}

/// Whether a path is that of a robots.txt or of a file it is redirected to.
#[must_use]
pub(crate) fn is_robots(path: &str) -> bool {
    path == "/robots.txt" || path.starts_with("/robots-")
}

fn refusing(status: u16, retry: Retry, end: Duration, after: Duration) -> Answer {
    let date = |at: Duration| model::time::later(EPOCH, at).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let (value, silence) = match retry {
        Retry::None => (None, None),
        Retry::Seconds(seconds) => (Some(seconds.to_string()), Some(Duration::from_secs(seconds))),
        Retry::Date(ahead) => {
            // A date has whole seconds.
            let until = Duration::from_secs((end + Duration::from_secs(ahead)).as_secs());
            // Timers tick in milliseconds, so the answer may end that much later than planned.
            let silence = until.saturating_sub(end).saturating_sub(Duration::from_millis(1));
            (Some(date(until)), Some(silence))
        }
        Retry::Past => (Some("Thu, 01 Jan 2015 00:00:00 GMT".to_owned()), None),
        Retry::Absurd => (Some("315360000".to_owned()), Some(Duration::from_hours(87_600))),
        Retry::Junk => (Some("soon".to_owned()), None),
    };
    let reply = Reply::status(status);
    let reply = match value {
        Some(value) => reply.with("retry-after", value),
        None => reply,
    };
    Answer { after, silence, ..Answer::of(reply) }
}

fn robots(origin: &OriginModel, path: &str, at: Duration) -> Answer {
    let model = latest(&origin.robots, at);
    let model = match model {
        Some(RobotsModel::Redirect { file, .. }) if path != "/robots.txt" => Some(&**file),
        model => model,
    };
    match model {
        Some(RobotsModel::File { disallow, crawl_delay, sitemap }) => {
            let mut body = "User-agent: *\n".to_owned();
            for prefix in disallow {
                body.push_str(&format!("Disallow: {prefix}\n"));
            }
            if let Some(delay) = crawl_delay {
                body.push_str(&format!("Crawl-delay: {}\n", delay.as_secs_f64()));
            }
            if let Some(sitemap) = sitemap {
                body.push_str(&format!("Sitemap: {sitemap}\n"));
            }
            let served = Served::File { disallow: disallow.clone(), crawl_delay: *crawl_delay };
            let reply = Reply { body, ..Reply::status(200) }.with("content-type", "text/plain");
            Answer { robots: Some(served), ..Answer::of(reply) }
        }
        Some(RobotsModel::Redirect { to, .. }) => Answer {
            robots: Some(Served::Redirect(to.clone())),
            ..Answer::of(Reply::status(302).with("location", to))
        },
        Some(RobotsModel::Absent) | None => {
            Answer { robots: Some(Served::Absent), ..Answer::of(Reply::status(404)) }
        }
    }
}

fn page(site: &SiteModel, request: &TransportRequest, at: Duration) -> Answer {
    let (path, query) = (request.url.path(), request.url.query());
    let host = request.url.host_str().unwrap_or_default();
    let is_here = |hub: &&super::model::Hub| {
        let (hub_path, hub_query) =
            hub.path.split_once('?').map_or((hub.path.as_str(), None), |(p, q)| (p, Some(q)));
        site.origins.get(hub.origin).is_some_and(|origin| origin.host == host)
            && hub_path == path
            && hub_query == query
    };
    if let Some(hub) = site.hubs.iter().find(is_here) {
        let published = site.published(at);
        let listed = Some(page::listed(hub.kind, published));
        if let Some(unchanged) = unchanged(site, request, published) {
            return Answer { listed, ..unchanged };
        }
        let reply = Reply { body: page::hub(site, hub.kind, published), ..Reply::status(200) };
        return Answer { listed, ..Answer::of(tagged(site, reply, published)) };
    }
    if let Some(number) = path.strip_prefix("/a/").and_then(|number| number.parse::<usize>().ok()) {
        if number >= site.published(at) {
            return Answer::of(Reply::status(404));
        }
        if let Some(unchanged) = unchanged(site, request, number) {
            return Answer { article: Some(number), ..unchanged };
        }
        let reply = Reply { body: format!("page {number}\n"), ..Reply::status(200) };
        return Answer { article: Some(number), ..Answer::of(tagged(site, reply, number)) };
    }
    Answer::of(other(site, host, path))
}

/// The corners of a site that are not news: redirects that lead on, in a circle or away, and what is gone.
fn other(site: &SiteModel, host: &str, path: &str) -> Reply {
    let number = |prefix: &str| path.strip_prefix(prefix).and_then(|number| number.parse::<u64>().ok());
    if let Some(number) = number("/moved/") {
        return Reply::status(301).with("location", format!("/p/{number}"));
    }
    if let Some(number) = number("/loop/") {
        return Reply::status(302).with("location", format!("/loop/{}", (number + 1) % 3));
    }
    if let Some(number) = number("/chain/") {
        return Reply::status(302).with("location", format!("/chain/{}", number + 1));
    }
    if let Some(target) = path.strip_prefix("/out/") {
        return Reply::status(302).with("location", format!("https://{target}/"));
    }
    if number("/gone/").is_some() {
        return Reply::status(410);
    }
    if number("/p/").is_some() || number("/private/").is_some() || path == "/" {
        let next = site.origins.first().map_or(host, |origin| origin.host.as_str());
        return Reply {
            body: format!("page {}\npage https://{next}/ -\n", path.len()),
            ..Reply::status(200)
        };
    }
    Reply::status(404)
}

fn tagged(site: &SiteModel, reply: Reply, version: usize) -> Reply {
    if site.validators { reply.with("etag", format!("\"{version}\"")) } else { reply }
}

fn unchanged(site: &SiteModel, request: &TransportRequest, version: usize) -> Option<Answer> {
    let held = request.headers.iter().find(|line| line.name == "if-none-match")?;
    let current = site.validators && held.value.as_ref() == format!("\"{version}\"").as_bytes();
    current.then(|| Answer::of(Reply::status(304)))
}

impl HubKind {
    /// Whether a seed of this path is probably a feed or a sitemap.
    #[must_use]
    pub fn of_path(path: &str) -> Self {
        let path = path.to_ascii_lowercase();
        if path.contains("sitemap") {
            Self::Sitemap
        } else if ["feed", "rss", "atom"].iter().any(|word| path.contains(word)) || path.contains(".xml") {
            Self::Feed
        } else {
            Self::Front
        }
    }
}
