//! Limits on what a request may do, and what every answer carries.

use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request};
use model::ByteSize;

use crate::settings::Settings;
use crate::world::{World, hurried, steppe};

#[tokio::test]
async fn an_unknown_path_or_method_is_a_problem() {
    let world = World::of_steppes(1);
    for path in [
        "/v1/nothing",
        "/v1",
        "/v1/",
        "/v1/search/",
        "/v2/search",
        "/favicon.ico",
        "/../etc/passwd",
        "/v1/links/",
        "/v1/links/x/y",
    ] {
        let detail = world.get(path).await.problem(404);
        assert!(detail.contains("/openapi.json"), "{path}: {detail}");
    }
    for (method, path, allowed) in [
        (Method::POST, "/v1/search", "GET,HEAD"),
        (Method::DELETE, "/v1/links", "GET,HEAD"),
        (Method::GET, "/v1/recommendations", "POST"),
        (Method::PUT, "/", "GET,HEAD"),
        (Method::TRACE, "/v1/changes", "GET,HEAD"),
    ] {
        let answer = world.send(method.clone(), path).await;
        answer.problem(405);
        assert_eq!(answer.header("allow"), allowed, "{method} {path}");
    }
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_a_problem_announced_or_not() {
    let settings = Settings { body_max: ByteSize(1_000), ..Settings::default() };
    let world = World::with(&settings, &[steppe(0)]);
    let body = format!("{{\"terms\": [\"{}\"]}}", "a".repeat(2_000));
    world.post("/v1/recommendations", body.clone()).await.problem(413);
    let announced = Request::post("/v1/recommendations").header("content-type", "application/json");
    let announced = announced.header("content-length", body.len()).body(Body::from(body.clone())).unwrap();
    world.ask(announced).await.problem(413);
    let pieces = futures_util::stream::iter(
        body.into_bytes()
            .chunks(100)
            .map(|piece| Ok::<_, std::io::Error>(piece.to_vec()))
            .collect::<Vec<_>>(),
    );
    world.post("/v1/recommendations", Body::from_stream(pieces)).await.problem(413);
}

/// Makes every lookup of a link wait until the sender is used or dropped.
fn jam(world: &World) -> mpsc::Sender<()> {
    let (release, wait) = mpsc::channel();
    let wait = Mutex::new(wait);
    world.app.index.set_hidden(Arc::new(move |_, _| {
        let _ = wait.lock().unwrap().recv_timeout(Duration::from_secs(20));
        false
    }));
    release
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_given_up() {
    let world = World::with(&hurried(), &[steppe(0)]);
    let release = jam(&world);
    for path in ["/v1/search", "/v1/changes", "/v1/links?url=https://host0.test/000", "/"] {
        let answer = world.get(path).await;
        answer.problem(503);
        assert_eq!(answer.header("retry-after"), "1");
        assert!(!answer.header("x-request-id").is_empty());
    }
    drop(release);
}

#[tokio::test]
async fn lookups_given_up_keep_their_place_until_they_end() {
    let world = World::with(&hurried(), &[steppe(0)]);
    let release = jam(&world);
    let many = (0..70).map(|_| world.get("/v1/search"));
    for answer in futures_util::future::join_all(many).await {
        answer.problem(503);
    }
    // All places are taken by lookups that nobody waits for; what needs no index answers all the same.
    world.get("/readyz").await.problem(503);
    assert_eq!(world.get("/healthz").await.status, 200);
    drop(release);
    for _ in 0..1_000 {
        if world.get("/readyz").await.status == 200 {
            return;
        }
    }
    panic!("the places are never given back");
}

#[tokio::test]
async fn every_answer_is_safe_in_a_browser_and_names_its_request() {
    let world = World::of_steppes(1);
    let mut names = std::collections::HashSet::new();
    for path in [
        "/",
        "/v1/search",
        "/v1/changes",
        "/healthz",
        "/metrics",
        "/openapi.json",
        "/nothing",
        "/v1/search?limit=0",
    ] {
        let answer = world.get(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert!(answer.header("content-security-policy").starts_with("default-src 'none'"), "{path}");
        assert!(!answer.header("cache-control").is_empty(), "{path}");
        assert!(names.insert(answer.header("x-request-id").to_owned()), "{path}");
    }
    assert_eq!(world.get("/v1/search").await.header("cache-control"), "no-store");
    assert!(names.iter().all(|name| name.len() > 8), "{names:?}");
}

#[tokio::test]
async fn a_callers_name_for_a_request_is_kept_if_it_is_harmless() {
    let world = World::of_steppes(1);
    let own = "0f8fad5b-d9cb-469f-a165-70867728950e";
    assert_eq!(world.get_with("/healthz", "x-request-id", own).await.header("x-request-id"), own);
    for bad in ["", "a b", "a\tb", "<script>", "\"", &"a".repeat(73)] {
        assert_ne!(world.get_with("/healthz", "x-request-id", bad).await.header("x-request-id"), bad);
    }
}
