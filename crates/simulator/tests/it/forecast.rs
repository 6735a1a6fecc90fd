//! Capacity questions: the answer depends on the settings as it should, and on nothing else.

use std::time::Duration;

use pipeline::{Job, JobScope, Settings};
use simulator::{Faults, Forecast, Question, forecast};

fn ask(feed_minutes: u64, seed: u64) -> Forecast {
    let seeds = (0..10).map(|n| format!("https://source{n}.kz/feed.xml")).collect();
    let mut settings = Settings::default();
    settings.fetcher.agent.contact = Some("https://example.com/".to_owned());
    settings.recrawl.feed = model::Span(Duration::from_mins(feed_minutes));
    settings.recrawl.interval_min = settings.recrawl.feed;
    settings.recrawl.interval_max = settings.recrawl.feed;
    settings.recrawl.page = settings.recrawl.feed;
    settings.recrawl.sitemap = settings.recrawl.feed;
    let question = Question {
        job: Job::of_seeds("sources", seeds, JobScope::Site),
        settings,
        length: Duration::from_hours(12),
        sites_max: None,
        seed,
        faults: Faults::None,
        per_day: 20.0,
        within: Duration::from_mins(15),
    };
    forecast(&question, Box::new(|_| {}), None).unwrap()
}

#[test]
fn looking_more_often_makes_fresher_and_the_answer_repeats() {
    let (often, rarely) = (ask(10, 1), ask(60, 1));
    assert_eq!(often, ask(10, 1));
    assert_ne!(often.requests, ask(10, 2).requests);
    assert_eq!((often.impolite, rarely.impolite), (0, 0));
    assert!(often.articles > 20 && often.articles == rarely.articles);
    assert!(often.within_share > 0.9, "{often:?}");
    assert!(rarely.within_share < 0.6, "{rarely:?}");
    assert!(rarely.sites_unmet > 0 && rarely.unmet[0].why.contains("are looked at every"), "{rarely:?}");
    // An article is listed at the earliest when the feed is looked at.
    assert!(often.listed_seconds.p50 < rarely.listed_seconds.p50);
}
