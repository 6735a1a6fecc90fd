//! What publishers or operators do not want shown is nowhere in any answer.

use std::time::Duration;

use indexer::Removal;
use model::{Directives, Document};
use pipeline::Takedowns;

use crate::world::{World, key, page, steppe};

const SECRET: &str = "saiga";

fn secretive(url: &str, directives: Directives) -> Document {
    let text = format!("The {SECRET} runs over the steppe, and the {SECRET} is fast.");
    let mut document = page(url, "Steppe animals", &text, "en", None);
    document.description = Some(format!("All about the {SECRET}."));
    document.directives = directives;
    document
}

/// Every way to reach a link.
fn ways(url: &str) -> Vec<String> {
    vec![
        format!("/v1/search?q={SECRET}"),
        "/v1/search?q=steppe&limit=100".to_owned(),
        "/v1/search?limit=100".to_owned(),
        format!("/v1/links?url={url}"),
        format!("/v1/links/{}", key(url)),
        format!("/v1/links/{}/similar", key(url)),
        format!("/v1/links/{}/similar", key("https://host1.test/001")),
        "/v1/changes".to_owned(),
        "/".to_owned(),
        format!("/?q={SECRET}%20steppe"),
    ]
}

/// Checks that neither the URL nor a word of the text is in any answer, and that the link itself is not found.
async fn is_unknown(world: &World, url: &str) {
    for way in ways(url) {
        let answer = world.get(&way).await;
        let echoed = way.contains(SECRET) && way.starts_with("/?");
        if !echoed {
            answer.never_says(SECRET);
        }
        answer.never_says("Steppe animals");
        answer.never_says("hidden.test");
        if way.contains(&key(url).to_string()) || way.contains("url=") {
            answer.problem(404);
        } else {
            assert_eq!(answer.status, 200, "{way}");
        }
    }
}

#[tokio::test]
async fn a_page_that_is_shown_is_found_all_these_ways() {
    let url = "https://hidden.test/a";
    let mut world = World::of_steppes(3);
    world.put(&[secretive(url, Directives::default())]);
    for way in ways(url) {
        let answer = world.get(&way).await;
        assert_eq!(answer.status, 200, "{way}");
        // Similar links of itself are the others.
        assert_eq!(
            answer.body.contains("hidden.test"),
            !way.contains(&format!("{}/similar", key(url))),
            "{way}: {}",
            answer.body
        );
    }
}

#[tokio::test]
async fn noindex_is_never_shown() {
    let url = "https://hidden.test/noindex";
    for directives in [
        Directives { index: false, ..Directives::default() },
        Directives { search: Some(false), ..Directives::default() },
    ] {
        let mut world = World::of_steppes(3);
        world.put(&[secretive(url, directives.clone())]);
        is_unknown(&world, url).await;
        // Nor when the page was shown before.
        world.put(&[secretive(url, Directives::default())]);
        world.put(&[secretive(url, directives)]);
        is_unknown(&world, url).await;
    }
}

#[tokio::test]
async fn a_withdrawn_page_leaves_only_its_id() {
    let url = "https://hidden.test/withdrawn";
    let mut world = World::of_steppes(3);
    world.put(&[secretive(url, Directives::default())]);
    world.delete(url, Removal::Withdrawn);
    is_unknown(&world, url).await;
    assert!(world.get("/v1/changes").await.body.contains(&key(url).to_string()), "a copy must learn of it");
}

#[tokio::test]
async fn a_page_disappears_when_its_time_has_come() {
    let url = "https://hidden.test/expiring";
    let mut world = World::of_steppes(3);
    let end = model::time::later(model::Clock::now(&world.clock), Duration::from_mins(10));
    let expiring = Directives { unavailable_after: Some(end), ..Directives::default() };
    world.put(&[secretive(url, expiring)]);
    let path = format!("/v1/links/{}", key(url));
    let tag = world.get(&path).await.header("etag").to_owned();
    assert!(world.get("/v1/changes").await.body.contains("\"unavailable_after\":\"2026-01-01T01:10:00Z\""));
    world.clock.advance(Duration::from_mins(10));
    is_unknown(&world, url).await;
    world.get_with(&path, "if-none-match", &tag).await.problem(404);
}

#[tokio::test]
async fn a_title_may_be_all_that_is_shown() {
    let url = "https://short.test/a";
    let mut world = World::of_steppes(3);
    world.put(&[secretive(url, Directives { snippet_chars_max: Some(0), ..Directives::default() })]);
    for way in ways(url) {
        let answer = world.get(&way).await;
        assert_eq!(answer.status, 200, "{way}");
        if !way.starts_with("/?") {
            answer.never_says(SECRET);
        }
        answer.never_says("runs over");
    }
    assert_eq!(world.get(&format!("/v1/links?url={url}")).await.json()["snippet"], "");
}

#[tokio::test]
async fn no_excerpt_is_longer_than_permitted() {
    let url = "https://short.test/b";
    let mut world = World::of_steppes(3);
    world.put(&[secretive(url, Directives { snippet_chars_max: Some(20), ..Directives::default() })]);
    let id = key(url).to_string();
    for way in ways(url) {
        let answer = world.get(&way).await;
        answer.never_says("is fast");
        answer.never_says("over the steppe, and");
        for line in answer.body.lines().filter(|line| line.starts_with('{')) {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            let links = value["results"].as_array().cloned().unwrap_or_else(|| vec![value]);
            for link in links.iter().filter(|link| link["id"] == id.as_str()) {
                let snippet = link["snippet"].as_str().unwrap();
                assert!(snippet.chars().count() <= 20, "{way}: {snippet}");
            }
        }
    }
}

#[tokio::test]
async fn a_takedown_counts_at_once() {
    let url = "https://hidden.test/taken";
    for takedown in [
        frontier::Takedown::Url(model::CanonicalUrl::parse(url).unwrap()),
        frontier::Takedown::Host("hidden.test".to_owned()),
        frontier::Takedown::Prefix("https://hidden.test/ta".to_owned()),
    ] {
        let mut world = World::of_steppes(3);
        world.put(&[secretive(url, Directives::default())]);
        let mut journal = Takedowns::load(&world.data).unwrap();
        journal.record(&takedown, Some("asked for"), model::Clock::now(&world.clock)).unwrap();
        is_unknown(&world, url).await;
        assert_eq!(world.get(&format!("/v1/links?url={}", steppe(1).url)).await.status, 200);
    }
}
