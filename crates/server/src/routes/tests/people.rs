//! Consent and the rights of people as services and support meet them.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::access::Role;
use crate::world::{Answered, World};

struct Desk {
    world: World,
    recommender: String,
    support: String,
}

impl Desk {
    fn of(world: World) -> Self {
        let (recommender, support) = (world.key_of(Role::Recommender), world.key_of(Role::Support));
        Self { world, recommender, support }
    }

    async fn ask(&self, key: &str, method: &str, path: &str, body: Value) -> Answered {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {key}"))
            .header("content-type", "application/json");
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        self.world.ask(request.body(body).unwrap()).await
    }

    async fn service(&self, method: &str, path: &str, body: Value) -> Answered {
        self.ask(&self.recommender, method, path, body).await
    }

    async fn support(&self, method: &str, path: &str, body: Value) -> Answered {
        self.ask(&self.support, method, path, body).await
    }

    /// The person agrees to service and personalisation.
    async fn agree(&self, person: &str) {
        let answer = self.service("PUT", &format!("/v1/people/{person}/consent"), consent()).await;
        assert_eq!(answer.json()["status"], "current");
    }

    /// Whether the data directory holds these bytes anywhere.
    fn holds(&self, secret: &str) -> bool {
        fn search(folder: &std::path::Path, secret: &[u8]) -> bool {
            std::fs::read_dir(folder).unwrap().any(|entry| {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    return search(&path, secret);
                }
                let bytes = std::fs::read(&path).unwrap();
                bytes.windows(secret.len()).any(|window| window == secret)
            })
        }
        search(&self.world.data, secret.as_bytes())
    }
}

fn consent() -> Value {
    json!({"policy": "2026-11-01", "language": "kk", "purposes": ["service", "personalisation"]})
}

fn click(id: &str) -> Value {
    json!({"id": id, "kind": "click", "link": "https://host1.test/001"})
}

#[tokio::test]
async fn without_consent_nothing_is_stored_and_with_it_only_what_the_register_names() {
    let desk = Desk::of(World::of_steppes(3));
    let person = json!({"id": "canary-1", "attributes": {"email": "canary@example.kz"}});
    let refused = desk.service("POST", "/v1/people", person.clone()).await;
    assert!(refused.problem(403).contains("nothing was stored"));
    let mut outdated = person.clone();
    outdated["consent"] = json!({"policy": "2001-01-01", "language": "kk", "purposes": ["service"]});
    desk.service("POST", "/v1/people", outdated).await.problem(400);
    let found = desk.support("POST", "/v1/people/find", json!({"email": "canary@example.kz"})).await;
    assert_eq!(found.json(), json!({"stored": false, "id": null}));

    let mut agreed = person;
    agreed["consent"] = consent();
    agreed["attributes"]["shoe_size"] = json!(43);
    desk.service("POST", "/v1/people", agreed.clone()).await.problem(400);
    assert_eq!(
        desk.service("GET", "/v1/people/canary-1/consent", Value::Null).await.json()["status"],
        "none"
    );
    agreed["attributes"].as_object_mut().unwrap().remove("shoe_size");
    let made = desk.service("POST", "/v1/people", agreed).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let found = desk.support("POST", "/v1/people/find", json!({"email": "canary@example.kz"})).await;
    assert_eq!(found.json()["id"], "canary-1");
    assert!(!desk.holds("canary@example.kz") && !desk.holds("canary-1"));
}

#[tokio::test]
async fn events_of_a_person_need_consent_and_are_taken_once() {
    let desk = Desk::of(World::of_steppes(3));
    let events = json!({"person": "reader-7", "events": [click("a"), click("b")]});
    desk.service("POST", "/v1/events", events.clone()).await.problem(404);
    desk.agree("reader-7").await;
    assert_eq!(desk.service("POST", "/v1/events", events.clone()).await.json()["accepted"], 2);
    let again = desk.service("POST", "/v1/events", events.clone()).await.json();
    assert_eq!((&again["accepted"], &again["repeated"]), (&json!(0), &json!(2)));
    // Nobody names a person without a key, nor with one that is not for single readers.
    desk.world.post("/v1/events", events.to_string()).await.problem(401);
    let withdrawn = desk.service("DELETE", "/v1/people/reader-7/consent", Value::Null).await.json();
    assert_eq!(withdrawn["kind"], "withdraw");
    assert!(desk.service("POST", "/v1/events", events).await.problem(403).contains("withdrawn"));
}

#[tokio::test]
async fn an_event_that_cannot_be_used_stops_the_batch() {
    let desk = Desk::of(World::of_steppes(3));
    for (event, why) in [
        (json!({"id": "x", "kind": "click"}), "names no link"),
        (json!({"id": "x", "kind": "click", "link": "https://host1.test/999"}), "not in the index"),
        (json!({"id": "", "kind": "click", "link": "https://host1.test/001"}), "1 to 128"),
        (json!({"id": "x", "kind": "dwell", "link": "https://host1.test/001"}), "milliseconds"),
        (json!({"id": "x", "kind": "mute"}), "one of host, topic, story"),
        (json!({"id": "x", "kind": "impression", "link": "https://host1.test/001"}), "links"),
        (json!({"id": "x", "kind": "impression", "links": []}), "links"),
        (
            json!({"id": "x", "kind": "click", "link": "https://host1.test/001", "host": "a.kz"}),
            "only a mute",
        ),
        (
            json!({"id": "x", "kind": "click", "link": "https://host1.test/001", "recommendation_id": "forged"}),
            "not given out",
        ),
        (
            json!({"id": "x", "kind": "click", "link": "https://host1.test/001", "at": "2001-01-01"}),
            "too long ago",
        ),
        (json!({"id": "x", "kind": "hug", "link": "https://host1.test/001"}), "hug"),
        (json!({"id": "x", "kind": "click", "link": "https://host1.test/001", "ip": "203.0.113.77"}), "ip"),
    ] {
        let answer = desk.service("POST", "/v1/events", json!({"events": [click("good"), event]})).await;
        let status = answer.status.as_u16();
        let detail = answer.problem(status);
        assert!([400, 422].contains(&status) && detail.contains(why), "{event}: {detail}");
    }
    // Nothing of the batches was counted.
    let answer = desk.service("POST", "/v1/events", json!({"events": [click("good")]})).await.json();
    assert_eq!(answer["accepted"], 1);
    let many: Vec<Value> = (0..1_001).map(|n| click(&n.to_string())).collect();
    desk.service("POST", "/v1/events", json!({"events": many})).await.problem(400);
}

#[tokio::test]
async fn support_carries_out_each_right_and_the_person_gets_a_receipt() {
    let desk = Desk::of(World::of_steppes(3));
    desk.agree("aigul").await;
    desk.service("POST", "/v1/events", json!({"person": "aigul", "events": [click("a")]})).await.json();
    // The service sees no attribute, support no interest.
    assert_eq!(desk.service("GET", "/v1/people/aigul", Value::Null).await.status, 403);
    let corrected = desk
        .support("PATCH", "/v1/people/aigul?case=2026-17", json!({"email": "aigul@example.kz"}))
        .await
        .json();
    assert_eq!(corrected["attributes"]["email"], "aigul@example.kz");
    desk.support("PATCH", "/v1/people/aigul", json!({"eye_colour": "green"})).await.problem(400);

    let export = desk.support("GET", "/v1/people/aigul/export?case=2026-18", Value::Null).await;
    assert!(export.header("content-disposition").starts_with("attachment"));
    for held in ["aigul@example.kz", "https://host1.test/001", "2026-11-01", "2026-17"] {
        assert!(export.body.contains(held), "{held} is not in {}", export.body);
    }

    let restricted = desk.support("PUT", "/v1/people/aigul/restriction", Value::Null).await.json();
    assert_eq!(restricted["kind"], "restrict");
    let events = json!({"person": "aigul", "events": [click("b")]});
    desk.service("POST", "/v1/events", events.clone()).await.problem(403);
    desk.support("DELETE", "/v1/people/aigul/restriction", Value::Null).await.json();
    assert_eq!(desk.service("POST", "/v1/events", events).await.json()["accepted"], 1);

    let erased = desk.support("DELETE", "/v1/people/aigul?case=2026-19", Value::Null).await.json();
    assert!(erased["receipt"].is_string(), "{erased}");
    assert_eq!(erased["case"], "2026-19");
    let ticket = format!("/v1/tickets/{}", erased["id"].as_str().unwrap());
    assert_eq!(desk.support("GET", &ticket, Value::Null).await.json()["receipt"], erased["receipt"]);
    desk.support("GET", "/v1/people/aigul", Value::Null).await.problem(404);
    let found = desk.support("POST", "/v1/people/find", json!({"email": "aigul@example.kz"})).await.json();
    assert_eq!(found["stored"], false);
}

#[tokio::test]
async fn ids_cases_and_purposes_that_cannot_be_used_are_told() {
    let desk = Desk::of(World::of_steppes(1));
    desk.agree("reader").await;
    for path in [
        "/v1/people/reader/consent?purposes=everything",
        "/v1/people/reader/consent?purpose=service",
        "/v1/people/reader/consent?case=1&x=2",
        "/v1/people/a%20b/consent",
    ] {
        desk.service("DELETE", path, Value::Null).await.problem(400);
    }
    let state = desk.service("GET", "/v1/people/reader/consent", Value::Null).await.json();
    assert_eq!(state["status"], "current");
    let partly =
        desk.service("DELETE", "/v1/people/reader/consent?purposes=personalisation", Value::Null).await;
    assert!(partly.json()["receipt"].is_string());
    let state = desk.service("GET", "/v1/people/reader/consent", Value::Null).await.json();
    assert_eq!(state["purposes"], json!(["service"]));
    desk.world.clock.advance(Duration::from_hours(1));
    let tickets = desk.support("GET", "/v1/tickets?person=reader", Value::Null).await.json();
    assert_eq!(tickets["tickets"].as_array().unwrap().len(), 1, "{tickets}");
}

/// privacy.md, what an engineer would try, 4.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_thousand_calls_around_a_withdrawal_none_is_taken_after_it_is_answered() {
    let desk = std::sync::Arc::new(Desk::of(World::of_steppes(3)));
    desk.agree("canary").await;
    let answered = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let mut calls = tokio::task::JoinSet::new();
    for number in 0..1_000 {
        if number == 500 {
            let (desk, answered) = (desk.clone(), answered.clone());
            calls.spawn(async move {
                desk.service("DELETE", "/v1/people/canary/consent", Value::Null).await.json();
                answered.store(true, std::sync::atomic::Ordering::SeqCst);
                (false, 0)
            });
        }
        let (desk, answered) = (desk.clone(), answered.clone());
        calls.spawn(async move {
            let was_answered = answered.load(std::sync::atomic::Ordering::SeqCst);
            let events = json!({"person": "canary", "events": [click(&number.to_string())]});
            let status = desk.service("POST", "/v1/events", events).await.status.as_u16();
            (was_answered, status)
        });
    }
    let (mut taken, mut refused) = (0, 0);
    while let Some(done) = calls.join_next().await {
        match done.unwrap() {
            (_, 0) => {}
            (false, 200) => taken += 1,
            (true, 200) => panic!("an event was taken after the withdrawal was answered"),
            (_, 403 | 404) => refused += 1,
            (_, other) => panic!("status {other}"),
        }
    }
    assert_eq!(taken + refused, 1_000);
    let late = json!({"person": "canary", "events": [click("late")]});
    desk.service("POST", "/v1/events", late).await.problem(403);
}

#[tokio::test]
async fn the_policy_is_there_for_everyone_in_three_languages_at_every_version() {
    let world = World::of(&[]);
    let policies = world.get("/v1/policies").await.json();
    let current = policies["current"].as_str().unwrap();
    let mut texts = std::collections::HashSet::new();
    for language in ["kk", "ru", "en"] {
        let page = world.get(&format!("/privacy?lang={language}")).await;
        assert_eq!(page.status, 200);
        assert!(page.body.contains(&format!("<html lang=\"{language}\">")), "{}", page.body);
        assert!(texts.insert(page.body.clone()), "the same text in two languages");
        assert_eq!(world.get(&format!("/privacy/{current}?lang={language}")).await.body, page.body);
    }
    let hash = policies["versions"][0]["hash"].as_str().unwrap();
    assert!(texts.iter().all(|text| text.contains(hash)));
    world.get("/privacy/2001-01-01").await.problem(404);
    assert!(world.get_with("/privacy", "accept-language", "ru").await.body.contains("lang=\"ru\""));
}

/// privacy.md, what an engineer would try, 7: fewer than k = 5 readers move nothing, and an erasure takes nothing from others.
#[tokio::test]
async fn what_one_person_did_and_that_they_were_erased_changes_nobody_elses_answer() {
    let desk = Desk::of(World::of_steppes(12));
    desk.agree("aigul").await;
    desk.agree("bota").await;
    let liked = json!({"id": "b", "kind": "like", "link": "https://host2.test/002"});
    desk.service("POST", "/v1/events", json!({"person": "bota", "events": [liked]})).await.json();
    let question = json!({"person": "bota", "seed": 7, "per_story_max": 10});
    let answer = || async {
        let answer = desk.service("POST", "/v1/recommendations", question.clone()).await.json();
        answer["results"].clone()
    };
    let before = answer().await;
    assert!(!before.as_array().unwrap().is_empty());
    let did: Vec<Value> = (0..4)
        .map(|n| json!({"id": format!("a{n}"), "kind": "click", "link": format!("https://host0.test/{:03}", n * 3)}))
        .collect();
    desk.service("POST", "/v1/events", json!({"person": "aigul", "events": did})).await.json();
    assert_eq!(answer().await, before);
    desk.support("DELETE", "/v1/people/aigul", Value::Null).await.json();
    assert_eq!(answer().await, before);
    // The person themselves is recommended nothing any more, nor anonymously by their name.
    let gone = json!({"person": "aigul"});
    desk.service("POST", "/v1/recommendations", gone).await.problem(404);
}
