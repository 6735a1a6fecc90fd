//! `POST /v1/recommendations`: what goes in, what comes out, what is refused.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::world::{World, page};

const PATH: &str = "/v1/recommendations";

#[tokio::test]
async fn a_recommendation_has_a_reason() {
    let mut world = World::of_steppes(9);
    let comet = "A comet with a long tail crosses the evening sky; its dust glows above the observatory.";
    for (number, more) in [(1, "Astronomers photograph it."), (2, "Children watch it from the roof.")] {
        let text = format!("{comet} {more}");
        world.put(&[page(&format!("https://sky.test/{number}"), "Comet", &text, "en", None)]);
    }
    let question = json!({"likes": ["https://sky.test/1"], "limit": 4});
    let answer = world.post(PATH, question.to_string()).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let answer = answer.json();
    let results = answer["results"].as_array().unwrap();
    assert_eq!(results.len(), 4);
    for (rank, one) in (1..).zip(results) {
        assert_eq!(one["rank"], rank);
        assert_ne!(one["url"], "https://sky.test/1");
        assert_eq!(one["reason"], one["reasons"][0]);
    }
    let similar = results.iter().find(|one| one["url"] == "https://sky.test/2").unwrap();
    assert_eq!(similar["reason"], json!({"code": "similar_to", "text": "Comet"}));
}

#[tokio::test]
async fn no_question_at_all_is_answered_with_news() {
    let answer = World::of_steppes(3).post(PATH, "{}").await.json();
    let reasons = answer["results"][0]["reasons"].as_array().unwrap();
    assert!(reasons.iter().any(|reason| reason["code"] == "fresh"), "{reasons:?}");
}

#[tokio::test]
async fn every_wish_is_heard() {
    let mut world = World::of_steppes(12);
    world.put(&[page("https://kk.test/dala", "Дала", "Кең дала, көктем, жылқы.", "kk", None)]);
    let urls = async |question: Value| world.post(PATH, question.to_string()).await.urls();
    let all = urls(json!({"limit": 100, "per_host_max": 100})).await;
    assert_eq!(all.len(), 13);
    assert_eq!(urls(json!({"languages": ["kk"]})).await, ["https://kk.test/dala"]);
    let without =
        urls(json!({"limit": 100, "per_host_max": 100, "seen": [all[0]], "exclude": [all[1]]})).await;
    assert!(!without.contains(&all[0]) && !without.contains(&all[1]) && without.len() == 11, "{without:?}");
    let not_muted = urls(json!({"limit": 100, "muted_hosts": ["host1.test"]})).await;
    assert!(
        !not_muted.is_empty() && not_muted.iter().all(|url| !url.contains("host1.test")),
        "{not_muted:?}"
    );
    let one_host = urls(json!({"host": "HOST2.test", "limit": 100})).await;
    assert!(!one_host.is_empty() && one_host.iter().all(|url| url.contains("host2.test")), "{one_host:?}");
    let one_each = urls(json!({"per_host_max": 1, "limit": 100})).await;
    assert_eq!(one_each.len(), 4, "{one_each:?}");
    let recent = urls(json!({"since": "2026-01-01T00:11:00Z", "limit": 100})).await;
    assert_eq!(recent, ["https://host2.test/011"]);
    let question = json!({"terms": ["horses and grass"], "diversity": 1.0, "seed": 7});
    assert_eq!(urls(question.clone()).await, urls(question).await);
}

#[tokio::test]
async fn a_batch_is_answered_in_its_order() {
    let world = World::of_steppes(9);
    let (one, two) = (json!({"limit": 1}), json!({"limit": 2, "terms": ["steppe"]}));
    let answers = world.post(PATH, json!([one, two, one]).to_string()).await.json();
    let counts: Vec<usize> =
        answers.as_array().unwrap().iter().map(|a| a["results"].as_array().unwrap().len()).collect();
    assert_eq!(counts, [1, 2, 1]);
    let again = json!({"limit": 2, "terms": ["steppe"], "seed": answers[1]["seed"]});
    let again = world.post(PATH, again.to_string()).await.json();
    assert_eq!(answers[1]["results"], again["results"], "the seed told gives the answer again");
    assert_ne!(answers[1]["recommendation_id"], again["recommendation_id"]);
    assert_eq!(world.post(PATH, "[]").await.json(), json!([]));
    let most = Value::Array(vec![json!({"limit": 1}); 100]);
    assert_eq!(world.post(PATH, most.to_string()).await.json().as_array().unwrap().len(), 100);
    let more = Value::Array(vec![json!({}); 101]);
    assert!(world.post(PATH, more.to_string()).await.problem(400).contains("101"));
    let detail = world.post(PATH, json!([{}, {"colour": "red"}]).to_string()).await.problem(400);
    assert!(detail.contains("question 1") && detail.contains("colour"), "{detail}");
}

#[tokio::test]
async fn what_cannot_be_used_is_refused() {
    let world = World::of_steppes(1);
    for (body, word) in [
        ("{not json".to_owned(), "JSON"),
        (String::new(), "JSON"),
        ("null".to_owned(), "object"),
        ("\"kk\"".to_owned(), "object"),
        ("[[]]".to_owned(), "object"),
        ("[1]".to_owned(), "object"),
        (json!({"colour": "red"}).to_string(), "unknown field `colour`"),
        (json!({"persons": ["somebody"]}).to_string(), "unknown field `persons`"),
        (json!({"scenario": "best"}).to_string(), "unknown variant `best`"),
        (json!({"scenario": "related"}).to_string(), "`link`"),
        (json!({"link": "https://host1.test/"}).to_string(), "link belongs to"),
        (json!({"cursor": "c1", "scenario": "trending"}).to_string(), "cursor belongs to"),
        (json!({"cursor": "c999999", "scenario": "new"}).to_string(), "cursor"),
        (json!({"window": "5 parsecs", "scenario": "trending"}).to_string(), "window"),
        (json!({"window": "1m", "scenario": "trending"}).to_string(), "between 1h and 30d"),
        (json!({"muted_stories": ["x"]}).to_string(), "16 hexadecimal digits"),
        (json!({"exploration": 2}).to_string(), "exploration"),
        (json!({"per_story_max": 0}).to_string(), "per_story_max"),
        (json!({"dislikes": vec!["x"; 1001]}).to_string(), "1001"),
        (json!({"likes": "https://host1.test/"}).to_string(), "sequence"),
        (json!({"likes": [1]}).to_string(), "string"),
        (json!({"limit": 0}).to_string(), "between 1 and 100"),
        (json!({"limit": 101}).to_string(), "between 1 and 100"),
        (json!({"limit": -1}).to_string(), "-1"),
        (json!({"diversity": 1.5}).to_string(), "diversity"),
        (json!({"diversity": -0.1}).to_string(), "diversity"),
        ("{\"diversity\": 1e999}".to_owned(), ""),
        (json!({"per_host_max": 0}).to_string(), "per_host_max"),
        (json!({"languages": ["klingon"]}).to_string(), "kk, ru or en"),
        (json!({"host": "a/b"}).to_string(), "host name"),
        (json!({"since": "soon"}).to_string(), "since"),
        (json!({"seed": -1}).to_string(), "-1"),
        (json!({"seen": vec!["x"; 1001]}).to_string(), "1001"),
        (json!({"exclude": vec!["x"; 1001]}).to_string(), "1001"),
        (format!("{{\"{}\": 1}}", "long".repeat(10_000)), "unknown field"),
        ("[".repeat(100_000), "JSON"),
    ] {
        let detail = world.post(PATH, body.clone()).await.problem(400);
        assert!(detail.contains(word), "{body:.80}: {detail}");
        assert!(detail.len() < 1_000, "{body:.80}");
    }
    let untyped = Request::post(PATH).body(Body::from("{}")).unwrap();
    world.ask(untyped).await.problem(415);
}

#[tokio::test]
async fn junk_among_the_wishes_does_no_harm() {
    let world = World::of_steppes(3);
    let question = json!({
        "likes": ["nope", "javascript:alert(1)", "https://unknown.test/"],
        "terms": ["", "\"", "-", "((", "a".repeat(5_000)],
        "muted_hosts": ["", "::"],
        "seen": ["%%"],
    });
    assert_eq!(world.post(PATH, question.to_string()).await.status, 200);
}

#[tokio::test]
async fn an_answer_can_be_named_in_events() {
    let world = World::of_steppes(9);
    let ask = async |question: Value| world.post(PATH, question.to_string()).await.json();
    let link = "https://host1.test/001";
    for (scenario, question) in [
        ("personal", json!({})),
        ("trending", json!({"scenario": "trending", "window": "6h"})),
        ("related", json!({"scenario": "related", "link": link})),
        ("new", json!({"scenario": "new"})),
    ] {
        let answer = ask(question).await;
        let id = answer["recommendation_id"].as_str().unwrap();
        let id = world.app.feedback.verify(id, world.app.clock.now()).unwrap();
        assert_eq!(json!(id.scenario()), scenario);
        assert_eq!(json!(id.seed()), answer["seed"]);
        let results = answer["results"].as_array().unwrap();
        assert!(!results.is_empty(), "{scenario}");
        assert!(results.iter().all(|one| one["reason"] == one["reasons"][0]), "{scenario}");
        assert_eq!(answer["next"].is_string(), scenario == "new");
    }
}

#[tokio::test]
async fn what_arrived_is_told_once() {
    let mut world = World::of_steppes(9);
    let question = json!({"scenario": "new", "languages": ["kk"]});
    let first = world.post(PATH, question.to_string()).await.json();
    let next = first["next"].clone();
    world.put(&[page("https://kk.test/dala", "Дала", "Кең дала, көктем, жылқы.", "kk", None)]);
    let question = json!({"scenario": "new", "languages": ["kk"], "cursor": next});
    let later = world.post(PATH, question.to_string()).await;
    assert_eq!(later.urls(), ["https://kk.test/dala"]);
    let question = json!({"scenario": "new", "cursor": later.json()["next"]});
    assert!(world.post(PATH, question.to_string()).await.urls().is_empty());
}

#[tokio::test]
async fn nobody_asks_for_a_person_without_leave() {
    let world = World::of_steppes(1);
    let answer = world.post(PATH, json!({"person": "somebody"}).to_string()).await;
    assert!([401, 403].contains(&answer.status.as_u16()), "{answer:?}");
    assert!(!answer.body.contains("somebody"));
}
