//! Each duty, broken on purpose, is seen.

use std::sync::Arc;
use std::time::Duration;

use simulator::{Duties, Landed, Observer, Served, Target, in_simulated_time};
use tokio::time::{Instant, sleep};

const SECOND: Duration = Duration::from_secs(1);

fn duties() -> Duties {
    let mut settings = pipeline::Settings::default();
    settings.politeness.delay = model::Span(SECOND);
    Duties { address_delay: Duration::from_millis(100), ..Duties::of(&settings, true) }
}

fn target(site: usize, path: &str) -> Target {
    let is_robots = path == "/robots.txt";
    Target {
        site,
        origin: 0,
        address: Some(simulator::web::public_address(7)),
        url: format!("https://site{site}.kz{path}"),
        ruled_by: (!is_robots).then(|| format!("https://site{site}.kz/robots.txt")),
        path: path.to_owned(),
    }
}

fn page() -> Landed {
    Landed { status: 200, ..Landed::default() }
}

fn robots(disallow: &[&str], crawl_delay: Option<Duration>) -> Landed {
    let disallow = disallow.iter().map(|prefix| (*prefix).to_owned()).collect();
    Landed { status: 200, robots: Some(Served::File { disallow, crawl_delay }), silence: None }
}

/// Requests one after the other, each after a pause; what the observer has to say.
fn broken(steps: Vec<(Duration, Target, Landed)>) -> Vec<String> {
    in_simulated_time(async {
        let observer = Arc::new(Observer::new(duties()));
        let started = Instant::now();
        for (pause, target, landed) in steps {
            sleep(pause).await;
            observer.begin(target, started).land(&landed);
        }
        observer.broken().into_iter().map(|broken| broken.what).collect()
    })
    .unwrap()
}

fn has(broken: &[String], words: &str) -> bool {
    broken.iter().any(|what| what.contains(words))
}

#[test]
fn a_polite_sequence_breaks_nothing() {
    let steps = vec![
        (SECOND, target(1, "/robots.txt"), robots(&["/private"], Some(3 * SECOND))),
        (3 * SECOND, target(1, "/a"), page()),
        (3 * SECOND, target(1, "/b"), page()),
    ];
    assert_eq!(broken(steps), Vec::<String>::new());
}

#[test]
fn delay_and_crawl_delay_are_watched() {
    let early = Duration::from_millis(999);
    let steps = |pause, delay| {
        vec![
            (SECOND, target(1, "/robots.txt"), robots(&[], delay)),
            (SECOND + delay.unwrap_or_default(), target(1, "/a"), page()),
            (pause, target(1, "/b"), page()),
        ]
    };
    assert!(has(&broken(steps(early, None)), "before the delay"));
    assert!(has(&broken(steps(2 * SECOND, Some(3 * SECOND))), "before the Crawl-delay"));
}

#[test]
fn silences_are_watched_for_the_whole_site() {
    let refused = Landed { status: 503, silence: Some(60 * SECOND), ..Landed::default() };
    let steps = vec![
        (SECOND, target(1, "/robots.txt"), robots(&[], None)),
        (SECOND, target(1, "/a"), refused),
        (59 * SECOND, target(1, "/b"), page()),
    ];
    assert!(has(&broken(steps), "before the end of a silence"));
}

#[test]
fn what_robots_txt_forbids_is_watched() {
    let steps = vec![
        (SECOND, target(1, "/robots.txt"), robots(&["/private"], None)),
        (SECOND, target(1, "/private/1"), page()),
    ];
    assert!(has(&broken(steps), "disallowed by"));
    assert!(has(&broken(vec![(SECOND, target(1, "/a"), page())]), "was never served"));
    let unreachable = Landed { status: 503, robots: Some(Served::Unavailable), silence: None };
    let steps = vec![(SECOND, target(1, "/robots.txt"), unreachable), (SECOND, target(1, "/a"), page())];
    assert!(has(&broken(steps), "cannot be reached"));
    let old = vec![
        (SECOND, target(1, "/robots.txt"), robots(&[], None)),
        (25 * 3_600 * SECOND, target(1, "/a"), page()),
    ];
    assert!(has(&broken(old), "was last served"));
}

#[test]
fn addresses_and_repetitions_are_watched() {
    let allowed = |site| (SECOND, target(site, "/robots.txt"), robots(&[], None));
    let neighbours = vec![
        allowed(1),
        allowed(2),
        (SECOND, target(1, "/a"), page()),
        (SECOND / 20, target(2, "/a"), page()),
    ];
    assert!(has(&broken(neighbours), "too early for address"));
    let again = vec![allowed(1), (SECOND, target(1, "/a"), page()), (5 * SECOND, target(1, "/a"), page())];
    assert!(has(&broken(again), "before it can be due"));
}

#[test]
fn two_requests_in_flight_at_a_site_are_seen() {
    let broken = in_simulated_time(async {
        let observer = Arc::new(Observer::new(duties()));
        let started = Instant::now();
        let first = observer.begin(target(1, "/robots.txt"), started);
        sleep(2 * SECOND).await;
        let second = observer.begin(target(1, "/robots.txt"), started);
        drop((first, second));
        assert_eq!(observer.in_flight(), 0);
        observer.broken()
    });
    assert!(broken.unwrap().iter().any(|broken| broken.what.contains("already in flight")));
}
