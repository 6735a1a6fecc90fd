//! What a seed stands for.
//!
//! Invariant: settings drawn here pass [`pipeline::Settings::check`], and every fault ends early enough for the crawl to
//! recover before the trial ends, so that what is missing then is lost.

use std::net::IpAddr;
use std::time::Duration;

use model::{FailureKind, Span};
use pipeline::{Job, JobScope, Settings};

use crate::random::Random;
use crate::web::{
    Hub, HubKind, OriginModel, Retry, RobotsModel, SiteModel, Spell, Weather, Web, arrivals, public_address,
};

/// Everything that will happen.
#[derive(Debug)]
pub struct Plan {
    /// The seed.
    pub seed: u64,
    /// Settings of the crawl.
    pub settings: Settings,
    /// The settings the observer holds it to, when those are others: a crawl that is impolite on purpose.
    pub promised: Option<Settings>,
    /// Its job.
    pub job: Job,
    /// The web.
    pub web: Web,
    /// When the process ends, and whether gracefully.
    pub ends: Vec<(Duration, End)>,
    /// When the clock is stepped, and by how many seconds.
    pub steps: Vec<(Duration, i64)>,
    /// When the disk is full.
    pub full: Vec<(Duration, Duration)>,
    /// Whether the frontier is kept in the embedded store.
    pub embedded: bool,
    /// Whether the frontier is kept in the frontier's own store in memory.
    pub plain: bool,
    /// Runs take revisits as they come due instead of those due at their start.
    pub continuous: bool,
    /// How long a flush takes.
    pub flush: Duration,
    /// When the trial ends.
    pub until: Duration,
}

/// How a process ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// kill -9.
    Killed,
    /// Ctrl-C, once.
    Stopped,
}

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);
/// Faults end by then.
const HEALTHY_FROM: Duration = Duration::from_hours(2);
/// Longer than the longest silence, retry and recheck of [`settings`] after that.
const UNTIL: Duration = Duration::from_hours(6);

impl Plan {
    /// The plan of a seed.
    #[must_use]
    pub fn of_seed(seed: u64) -> Self {
        let mut random = Random::part(seed, 0);
        let random = &mut random;
        let steps = if random.chance(25) { steps(random) } else { Vec::new() };
        let sites: Vec<SiteModel> = {
            let count = random.within(2, 6);
            let addresses: Vec<IpAddr> =
                (0..random.within(1, count + 1)).map(|n| public_address(seed % 1_000 * 64 + n)).collect();
            (0..count).map(|number| site(random, number, count, &addresses)).collect()
        };
        let seeds = sites.iter().flat_map(|site| site.hubs.iter().map(|hub| site.hub(hub))).collect();
        let mut job = Job::of_seeds("trial", seeds, JobScope::Site);
        job.depth_max = Some(4);
        let mut web = Web::new(seed, sites);
        web.healthy_from = HEALTHY_FROM;
        web.mishaps_percent = random.pick(&[0, 2, 10]).copied().unwrap_or_default();
        web.dates = steps.is_empty();
        Self {
            seed,
            settings: settings(random, !steps.is_empty()),
            promised: None,
            job,
            web,
            ends: ends(random),
            full: full(random),
            steps,
            embedded: random.chance(3),
            plain: random.chance(20),
            continuous: random.chance(50),
            flush: random.span(Duration::from_millis(1), Duration::from_millis(200)),
            until: UNTIL,
        }
    }
}

fn settings(random: &mut Random, stepped: bool) -> Settings {
    let mut settings = Settings::default();
    settings.fetcher.agent.contact = Some("https://example.com/".to_owned());
    let politeness = &mut settings.politeness;
    politeness.delay = Span(random.span(Duration::from_millis(500), Duration::from_secs(3)));
    politeness.delay_max = Span::seconds(20);
    politeness.backoff_max = Span::seconds(15 * 60);
    politeness.silence_max = Span(HOUR);
    let recrawl = &mut settings.recrawl;
    recrawl.page = Span(HOUR);
    recrawl.feed = Span(10 * MINUTE);
    recrawl.sitemap = Span(HOUR);
    recrawl.interval_min = Span(5 * MINUTE);
    recrawl.interval_max = Span(2 * HOUR);
    recrawl.attempts_max = 3;
    recrawl.retry_rest = Span(HOUR);
    recrawl.gone = Span(2 * HOUR);
    recrawl.disallowed = Span(HOUR);
    recrawl.refused = Span(2 * HOUR);
    let fetcher = &mut settings.fetcher.fetcher;
    // A stepped clock cannot tell the age of a copy; without steps copies grow old within the trial.
    fetcher.robots_age_max = if stepped { Span(24 * HOUR) } else { Span(90 * MINUTE) };
    fetcher.robots_age_min = Span(20 * MINUTE);
    fetcher.robots_retry_max = Span(15 * MINUTE);
    let crawl = &mut settings.crawl;
    crawl.sites_in_flight_max = usize::try_from(random.within(1, 7)).unwrap_or(1);
    crawl.visits_per_lease_max = usize::try_from(random.within(1, 9)).unwrap_or(1);
    crawl.patience = Span(random.span(Duration::from_secs(1), MINUTE));
    settings
}

fn site(random: &mut Random, number: u64, sites: u64, addresses: &[IpAddr]) -> SiteModel {
    let name = format!("site{number}.kz");
    let hosts: &[&str] = if random.chance(30) { &["www.", "m."] } else { &["www."] };
    let origins = hosts.iter().map(|host| origin(random, &format!("{host}{name}"), addresses)).collect();
    let mut hubs = vec![Hub { origin: 0, path: "/".to_owned(), kind: HubKind::Front }];
    if random.chance(70) {
        hubs.push(Hub { origin: 0, path: "/feed.xml".to_owned(), kind: HubKind::Feed });
    }
    let mut extras: Vec<String> = (0..random.below(4)).map(|n| format!("/private/{n}")).collect();
    extras.extend((0..random.below(4)).map(|n| format!("/moved/{n}")));
    extras.extend(["/loop/0", "/chain/0", "/gone/1"].map(str::to_owned));
    extras.push(format!("/out/www.site{}.kz", random.below(sites + 1)));
    if hosts.len() > 1 {
        extras.extend((0..3).map(|n| format!("https://m.{name}/p/{n}")));
    }
    let before = usize::try_from(random.below(8)).unwrap_or_default();
    let per_day = random.within(0, 150) as f64;
    SiteModel {
        articles: arrivals(random, per_day, HEALTHY_FROM, before),
        name,
        origins,
        hubs,
        extras,
        latency: random.span(Duration::from_millis(20), Duration::from_secs(2)),
        validators: random.chance(60),
    }
}

fn origin(random: &mut Random, host: &str, addresses: &[IpAddr]) -> OriginModel {
    let address = |random: &mut Random| random.pick(addresses).copied().unwrap_or_else(|| public_address(0));
    let mut places = vec![(Duration::ZERO, address(random))];
    if random.chance(20) {
        places.push((random.span(10 * MINUTE, HEALTHY_FROM), address(random)));
    }
    let mut robots = vec![(Duration::ZERO, robots_file(random))];
    if random.chance(40) {
        robots.push((random.span(10 * MINUTE, HEALTHY_FROM), robots_file(random)));
    }
    match random.below(10) {
        0 => robots = vec![(Duration::ZERO, RobotsModel::Absent)],
        1 => {
            let to = format!("https://{host}/robots-real.txt");
            let (_, file) = robots.swap_remove(0);
            robots = vec![(Duration::ZERO, RobotsModel::Redirect { to, file: Box::new(file) })];
        }
        _ => {}
    }
    let spells = (0..random.below(4)).map(|_| spell(random)).collect();
    OriginModel { host: host.to_owned(), addresses: places, robots, spells }
}

fn robots_file(random: &mut Random) -> RobotsModel {
    let mut disallow = Vec::new();
    for prefix in ["/private/", "/moved/", "/a/1", "/loop/"] {
        if random.chance(25) {
            disallow.push(prefix.to_owned());
        }
    }
    let crawl_delay = random.chance(30).then(|| {
        random.pick(&[1, 4, 10, 40]).map_or(Duration::ZERO, |seconds| Duration::from_secs(*seconds))
    });
    RobotsModel::File { disallow, crawl_delay, sitemap: None }
}

fn spell(random: &mut Random) -> Spell {
    let from = random.span(Duration::ZERO, HEALTHY_FROM);
    let (robots, pages) =
        [(true, false), (false, true), (true, true)][usize::try_from(random.below(3)).unwrap_or(2)];
    let retry = match random.below(5) {
        0 => Retry::None,
        1 => Retry::Seconds(random.within(1, 900)),
        2 => Retry::Date(random.within(1, 900)),
        3 => Retry::Past,
        _ => Retry::Junk,
    };
    let weather = match random.below(9) {
        0 => Weather::Down(FailureKind::Connect),
        1 => Weather::Down(FailureKind::Timeout),
        2 => Weather::Down(FailureKind::Reset),
        3 => Weather::Down(FailureKind::Tls),
        4 => Weather::Down(FailureKind::Dns),
        5 => Weather::Slow,
        6 => Weather::Status(500),
        7 => Weather::Refusing(429, retry),
        _ => Weather::Refusing(503, retry),
    };
    Spell { from, to: from + random.span(MINUTE, HOUR), robots, pages, weather }
}

fn ends(random: &mut Random) -> Vec<(Duration, End)> {
    let mut ends: Vec<(Duration, End)> = (0..random.below(8))
        .map(|_| {
            // Most kills fall where there is most to lose: while the first pages are fetched.
            let span = if random.chance(60) { 10 * MINUTE } else { HEALTHY_FROM };
            let end = if random.chance(80) { End::Killed } else { End::Stopped };
            (random.span(Duration::ZERO, span), end)
        })
        .collect();
    ends.sort_by_key(|(at, _)| *at);
    ends
}

fn steps(random: &mut Random) -> Vec<(Duration, i64)> {
    let mut steps: Vec<(Duration, i64)> = (0..random.within(1, 4))
        .map(|_| (random.span(Duration::ZERO, HEALTHY_FROM), if random.chance(50) { 3_600 } else { -3_600 }))
        .collect();
    steps.sort_unstable();
    steps
}

fn full(random: &mut Random) -> Vec<(Duration, Duration)> {
    let mut full = Vec::new();
    if random.chance(20) {
        let from = random.span(MINUTE, HOUR);
        full.push((from, from + random.span(Duration::from_secs(1), 5 * MINUTE)));
    }
    full
}
