//! Chance is fair and repeatable; front pages are told from articles.

use testkit::conformance::indexer::{document, key, now};

use super::*;

fn hit(url: &str) -> Hit {
    Hit {
        rank: 0,
        score: 0.0,
        host: String::new(),
        site: String::new(),
        story: None,
        copy: None,
        snippet: indexer::Snippet::default(),
        document: document(url, "kk", "Title", "Text"),
    }
}

#[test]
fn draws_have_the_mean_they_should_and_one_seed_gives_one_draw() {
    for shape in [0.5f32, 1.0, 5.0, 100.0] {
        let draws: Vec<f32> = (0..4_000).map(|n| gamma(shape, n, &key("https://a.test/1"))).collect();
        let mean = draws.iter().sum::<f32>() / draws.len() as f32;
        let variance = draws.iter().map(|x| (x - mean).powi(2)).sum::<f32>() / draws.len() as f32;
        assert!((mean / shape - 1.0).abs() < 0.1, "shape {shape}: mean {mean}");
        assert!((variance / shape - 1.0).abs() < 0.2, "shape {shape}: variance {variance}");
    }
    let draw = |seed, url| gamma(1.0, seed, &key(url)).to_bits();
    assert_eq!(draw(1, "https://a.test/1"), draw(1, "https://a.test/1"));
    assert_ne!(draw(1, "https://a.test/1"), draw(2, "https://a.test/1"));
    assert_ne!(draw(1, "https://a.test/1"), draw(1, "https://a.test/2"));
}

#[test]
fn front_and_section_pages_are_told_from_articles() {
    for url in [
        "https://a.test/",
        "https://a.test/kk/",
        "https://a.test/ru",
        "https://a.test/news",
        "https://a.test/kk/sport/",
    ] {
        assert!(is_front(&hit(url)), "{url}");
    }
    for url in [
        "https://a.test/?p=17",
        "https://a.test/news/2026/flood",
        "https://a.test/flood-in-atyrau",
        "https://a.test/12345",
        "https://a.test/kk/news/flood",
    ] {
        assert!(!is_front(&hit(url)), "{url}");
    }
    let mut dated = hit("https://a.test/flood");
    dated.document.published = Some(now());
    assert!(!is_front(&dated), "a page with a date is an article");
}

#[test]
fn what_is_opened_more_is_worth_more_and_age_takes_it_away() {
    let settings = Settings::default();
    let judge = Judge {
        settings: &settings,
        now: now(),
        exploration: 0.0,
        seed: 0,
        usual_clicks: 0.0,
        undated_hours: 0.0,
    };
    let at = |hours: i64, clicks: u64, less: u64| {
        let mut one = hit("https://a.test/1/2");
        one.document.published = Some(now() - jiff::SignedDuration::from_hours(hours));
        let mut counts = Counts::default();
        (counts.total.clicks, counts.total.less) = (clicks, less);
        judge.worth(&one, &counts).value
    };
    assert!(at(1, 10, 0) > at(1, 0, 0));
    assert!(at(1, 10, 0) > at(10, 10, 0));
    assert!(at(1, 10, 5) < at(1, 10, 0), "who wants less says so");
    let expected = 11.0 / 12f32.powf(settings.freshness_exponent);
    assert!((at(10, 10, 0) / expected - 1.0).abs() < 1e-4, "(n + 1) / (age + 2)^g");
}

/// The pages of the demo are months old, and its front pages were fetched just now: those must not win by that.
#[test]
fn what_tells_no_date_is_not_new_because_it_was_just_fetched() {
    let settings = Settings::default();
    let old = |days: i64| {
        let mut one = hit("https://a.test/2026/flood");
        one.document.published = Some(now() - jiff::SignedDuration::from_hours(24 * days));
        one
    };
    let mut undated = hit("https://a.test/press/kit");
    undated.document.fetched = now();
    let dated: Vec<Hit> = (200..204).map(old).collect();
    let undated_hours = undated_hours(dated.iter().chain([&undated]), now());
    let judge = Judge {
        settings: &settings,
        now: now(),
        exploration: 0.0,
        seed: 0,
        usual_clicks: 0.0,
        undated_hours,
    };
    let worth = |hit: &Hit| judge.worth(hit, &Counts::default()).value;
    assert!(worth(&undated) < worth(&dated[0]));
    assert!((worth(&undated) / worth(&dated[3]) - 1.0).abs() < 1e-4);
}
