//! Accounts as readers meet them.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::world::{Answered, World, logged};

const EMAIL: &str = "canary.reader@example.kz";
const PASSWORD: &str = "correct horse battery";
const PHONE: &str = "+77011234567";

async fn ask(world: &World, token: Option<&str>, method: &str, path: &str, body: Value) -> Answered {
    let mut request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
    world.ask(request.body(body).unwrap()).await
}

fn consent() -> Value {
    json!({"policy": "2026-11-01", "language": "kk", "purposes": ["service", "personalisation"]})
}

async fn register(world: &World, email: &str, password: &str) -> Answered {
    let account = json!({"email": email, "password": password, "consent": consent()});
    ask(world, None, "POST", "/v1/accounts", account).await
}

async fn log_in(world: &World, email: &str, password: &str) -> Answered {
    ask(world, None, "POST", "/v1/sessions", json!({"email": email, "password": password})).await
}

fn token(answer: &Answered) -> String {
    assert_eq!(answer.status, 201, "{}", answer.body);
    let session: Value = serde_json::from_str(&answer.body).unwrap();
    session["token"].as_str().unwrap().to_owned()
}

async fn entered(world: &World) -> String {
    assert_eq!(register(world, EMAIL, PASSWORD).await.status, 202);
    token(&log_in(world, EMAIL, PASSWORD).await)
}

#[tokio::test]
async fn a_reader_with_an_account_meets_their_own_data_and_nothing_else() {
    let world = World::of_steppes(3);
    let token = entered(&world).await;
    let me = |method: &'static str, path: &'static str, body: Value| {
        let (world, token) = (&world, &token);
        async move { ask(world, Some(token), method, path, body).await }
    };
    assert_eq!(me("GET", "/v1/me", Value::Null).await.json()["attributes"], json!({"email": EMAIL}));
    let events = json!({"events": [{"id": "a", "kind": "click", "link": "https://host1.test/001"}]});
    assert_eq!(me("POST", "/v1/me/events", events).await.json()["accepted"], 1);
    let export = me("GET", "/v1/me/export", Value::Null).await;
    let export = export.json();
    assert_eq!(export["account"][0]["way"], "password");
    assert!(export["account"][0].get("hash").is_none());
    assert_eq!(export["sessions"].as_array().unwrap().len(), 1);
    for (method, path) in [("GET", "/v1/people/x"), ("GET", "/v1/jobs"), ("POST", "/v1/events")] {
        me(method, path, Value::Null).await.problem(403);
    }
    assert_eq!(me("GET", "/v1/search", Value::Null).await.status, 200);
    assert_eq!(me("DELETE", "/v1/sessions", Value::Null).await.status, 204);
    me("GET", "/v1/me", Value::Null).await.problem(401);
}

#[tokio::test]
async fn without_consent_there_is_no_account() {
    let world = World::of(&[]);
    let account = json!({"email": EMAIL, "password": PASSWORD});
    let refused = ask(&world, None, "POST", "/v1/accounts", account).await;
    assert!(refused.problem(403).contains("nothing was stored"));
    log_in(&world, EMAIL, PASSWORD).await.problem(401);
}

#[tokio::test]
async fn nobody_is_told_whether_an_address_has_an_account() {
    let world = World::of(&[]);
    let first = register(&world, EMAIL, PASSWORD).await;
    let second = register(&world, EMAIL, "another password").await;
    assert_eq!((first.status, &first.body), (second.status, &second.body));
    let of_somebody = log_in(&world, EMAIL, "another password").await;
    let of_nobody = log_in(&world, "nobody@example.kz", "another password").await;
    assert_eq!(of_somebody.problem(401), of_nobody.problem(401));
    assert_eq!(of_somebody.body, of_nobody.body);
}

#[tokio::test]
async fn after_failures_the_answer_says_when_to_try_again() {
    let world = World::of(&[]);
    register(&world, EMAIL, PASSWORD).await;
    for _ in 0..8 {
        log_in(&world, EMAIL, "wrong password").await;
        world.clock.advance(Duration::from_secs(1));
    }
    let refused = log_in(&world, EMAIL, PASSWORD).await;
    refused.problem(429);
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((2..=8).contains(&wait), "{wait}");
    world.clock.advance(Duration::from_secs(wait));
    token(&log_in(&world, EMAIL, PASSWORD).await);
}

#[tokio::test]
async fn a_new_password_a_withdrawal_and_an_erasure_end_the_session() {
    let world = World::of(&[]);
    let session = entered(&world).await;
    let wrong = json!({"current": "wrong password", "new": "a new password"});
    ask(&world, Some(&session), "PUT", "/v1/me/password", wrong).await.problem(401);
    let right = json!({"current": PASSWORD, "new": "a new password"});
    assert_eq!(ask(&world, Some(&session), "PUT", "/v1/me/password", right).await.status, 204);
    ask(&world, Some(&session), "GET", "/v1/me", Value::Null).await.problem(401);

    let session = token(&log_in(&world, EMAIL, "a new password").await);
    ask(&world, Some(&session), "DELETE", "/v1/me/consent", Value::Null).await.json();
    ask(&world, Some(&session), "GET", "/v1/me", Value::Null).await.problem(401);
    log_in(&world, EMAIL, "a new password").await.problem(401);

    let session = entered(&world).await;
    ask(&world, Some(&session), "DELETE", "/v1/me", Value::Null).await.json();
    ask(&world, Some(&session), "GET", "/v1/me", Value::Null).await.problem(401);
    log_in(&world, EMAIL, PASSWORD).await.problem(401);
}

#[tokio::test]
async fn a_phone_logs_in_by_code() {
    let world = World::of(&[]);
    let sent = ask(&world, None, "POST", "/v1/codes", json!({"phone": PHONE})).await;
    assert_eq!(sent.status, 202, "{}", sent.body);
    let code = world.code();
    sent.never_says(&code);
    let new = json!({"phone": PHONE, "code": code});
    ask(&world, None, "POST", "/v1/sessions", new.clone()).await.problem(403);
    let mut agreed = new.clone();
    agreed["consent"] = consent();
    let session = token(&ask(&world, None, "POST", "/v1/sessions", agreed).await);
    let me = ask(&world, Some(&session), "GET", "/v1/me", Value::Null).await;
    assert_eq!(me.json()["attributes"]["phone"], PHONE);
    ask(&world, None, "POST", "/v1/sessions", new).await.problem(401);
}

#[tokio::test]
async fn requests_that_cannot_be_used_are_told_so() {
    let world = World::of(&[]);
    for (path, body) in [
        ("/v1/sessions", json!({})),
        ("/v1/sessions", json!({"email": EMAIL})),
        ("/v1/sessions", json!({"email": EMAIL, "password": PASSWORD, "code": "1"})),
        ("/v1/sessions", json!({"email": EMAIL, "password": PASSWORD, "remember": true})),
        ("/v1/sessions", json!({"phone": "12", "code": "123456"})),
        ("/v1/codes", json!({"phone": "112"})),
        ("/v1/accounts", json!({"email": EMAIL, "password": "short", "consent": consent()})),
        ("/v1/accounts", json!({"email": "nowhere", "password": PASSWORD, "consent": consent()})),
    ] {
        ask(&world, None, "POST", path, body).await.problem(400);
    }
    ask(&world, Some("sls_0"), "GET", "/v1/search", Value::Null).await.problem(401);
}

#[test]
fn no_log_line_holds_what_a_reader_is_known_by_or_proves_it_with() {
    let secrets = std::sync::Mutex::new(vec![EMAIL.to_owned(), PASSWORD.to_owned(), PHONE.to_owned()]);
    let log = logged(|| async {
        let world = World::of(&[]);
        let session = entered(&world).await;
        let me = ask(&world, Some(&session), "GET", "/v1/me", Value::Null).await.json();
        for _ in 0..7 {
            log_in(&world, EMAIL, "canary wrong password").await;
        }
        register(&world, EMAIL, "canary other password").await;
        ask(&world, None, "POST", "/v1/codes", json!({"phone": PHONE})).await;
        let code = world.code();
        let new = json!({"phone": PHONE, "code": code, "consent": consent()});
        let by_phone = token(&ask(&world, None, "POST", "/v1/sessions", new).await);
        ask(&world, Some(&by_phone), "DELETE", "/v1/sessions", Value::Null).await;
        ask(&world, Some(&session), "DELETE", "/v1/me", Value::Null).await;
        // A sender that fails is an error of ours, and logged.
        let broken = |accounts: &mut profiles::AccountSettings| {
            accounts.code_sender = Some(profiles::CodeSender::Command("/nowhere/send".into()));
        };
        let world = World::with_accounts(&crate::settings::Settings::default(), broken, &[]);
        ask(&world, None, "POST", "/v1/codes", json!({"phone": PHONE})).await.problem(500);
        let id = me["id"].as_str().unwrap().to_owned();
        secrets.lock().unwrap().extend([
            session,
            by_phone,
            code,
            id,
            "canary".to_owned(),
            PHONE[1..].to_owned(),
        ]);
    });
    assert!(log.contains("/v1/sessions") && log.contains("a request failed"), "too little was logged: {log}");
    for secret in secrets.into_inner().unwrap() {
        assert!(!log.contains(&secret), "{secret} in the log");
    }
}
