//! What operators see and start, over a real data directory.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use feedback::Counters as _;
use serde_json::{Value, json};

use crate::access::Role;
use crate::world::{Answered, World};

struct Operator {
    world: World,
    key: String,
}

impl Operator {
    fn of(mut world: World) -> Self {
        world.close_writer();
        let key = world.key_of(Role::Operator);
        Self { world, key }
    }

    async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> Answered {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {}", self.key))
            .header("content-type", "application/json");
        let body = body.map_or(Body::empty(), |body| Body::from(body.to_string()));
        self.world.ask(request.body(body).unwrap()).await
    }
}

#[tokio::test]
async fn a_takedown_is_out_of_answers_at_once_and_listed_without_the_link() {
    let operator = Operator::of(World::of_steppes(4));
    let url = "https://host1.test/001";
    assert!(operator.world.get("/v1/search?q=steppe").await.urls().contains(&url.to_owned()));
    let key = crate::world::key(url);
    let click = json!({"events": [{"id": "e", "kind": "click", "link": url}]});
    operator.world.post("/v1/events", click.to_string()).await.json();
    let clicks = || operator.world.app.feedback.counts(&[key], operator.world.now()).unwrap()[0].total.clicks;
    assert_eq!(clicks(), 1);
    let asked = json!({"url": url, "reason": "request 2026-17"});
    let answer = operator.ask("POST", "/v1/takedowns", Some(asked)).await.json();
    assert_eq!((&answer["forgotten"], &answer["pending"]), (&json!(1), &json!(0)), "{answer}");
    assert!(!operator.world.get("/v1/search?q=steppe").await.urls().contains(&url.to_owned()));
    assert_eq!(clicks(), 0);
    let listed = operator.ask("GET", "/v1/takedowns", None).await;
    assert!(listed.body.contains("request 2026-17"), "{}", listed.body);
    listed.never_says("host1.test");
}

#[tokio::test]
async fn what_cannot_be_taken_down_is_refused_and_records_nothing() {
    let operator = Operator::of(World::of_steppes(1));
    for asked in [
        json!({}),
        json!({"url": "https://host1.test/", "host": "host1.test"}),
        json!({"url": "nonsense"}),
        json!({"host": "a b"}),
        json!({"urls": ["https://host1.test/"]}),
        json!({"host": "host1.test", "reason": "a".repeat(2_000)}),
    ] {
        operator.ask("POST", "/v1/takedowns", Some(asked.clone())).await.problem(400);
    }
    let listed = operator.ask("GET", "/v1/takedowns", None).await.json();
    assert_eq!(listed["takedowns"], json!([]));
}

#[tokio::test]
async fn a_reindex_runs_in_the_background_and_tells_how_it_ended() {
    let operator = Operator::of(World::of_steppes(2));
    assert_eq!(operator.ask("GET", "/v1/reindex", None).await.json()["state"], "none");
    operator.ask("POST", "/v1/reindex", Some(json!({"since": "soon"}))).await.problem(400);
    let started = operator.ask("POST", "/v1/reindex", Some(json!({}))).await;
    assert_eq!(started.status, 202, "{}", started.body);
    for _ in 0..2_000 {
        let state = operator.ask("GET", "/v1/reindex", None).await.json();
        if state["state"] != "running" {
            assert_eq!(state["state"], "done", "{state}");
            assert_eq!(state["records"], 0, "{state}");
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("the reindex never ends");
}

#[tokio::test]
async fn hosts_jobs_and_the_whole_are_told() {
    let operator = Operator::of(World::of_steppes(2));
    assert_eq!(operator.ask("GET", "/v1/jobs", None).await.json(), json!({"jobs": []}));
    assert_eq!(operator.ask("GET", "/v1/status", None).await.json()["documents"], 2);
    operator.ask("GET", "/v1/hosts/unknown.test", None).await.problem(404);
    operator.ask("GET", "/v1/hosts/a%20b", None).await.problem(400);
}
