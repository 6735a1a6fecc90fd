//! Logins by a small provider on this machine, which tells the truth or lies as a test wants.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Request};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use profiles::OidcProvider;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
    RsaPublicKeyComponents,
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::settings::Settings;
use crate::world::{Answered, World, logged};

const SUBJECT: &str = "canary-subject-4711";
const CODE: &str = "canary-code-0815";
const AGREED: &str = "?policy=2026-11-01&language=kk&purposes=service";

/// A provider.
struct Fake {
    issuer: String,
    ec: EcdsaKeyPair,
    rsa: RsaKeyPair,
    said: Mutex<Said>,
}

/// What it says, and what it was asked.
#[derive(Default)]
struct Said {
    id_token: String,
    form: String,
    authorization: String,
    key_requests: usize,
    /// In place of what it should say of itself.
    discovery: Option<Value>,
    redirects: bool,
    endless: bool,
}

#[derive(Clone, Copy)]
enum Alg {
    Es256,
    Rs256,
    None,
}

fn b64(bytes: impl AsRef<[u8]>) -> String {
    BASE64URL_NOPAD.encode(bytes.as_ref())
}

impl Fake {
    async fn start() -> Arc<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let random = SystemRandom::new();
        let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let fake = Arc::new(Self {
            issuer: format!("http://{}", listener.local_addr().unwrap()),
            ec: EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.as_ref(), &random).unwrap(),
            rsa: RsaKeyPair::from_pkcs8(include_bytes!("tests/rsa_test_key.der")).unwrap(),
            said: Mutex::default(),
        });
        let router = axum::Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(Arc::clone(&fake));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        fake
    }

    fn keys(&self) -> Value {
        let point = self.ec.public_key().as_ref();
        let rsa = RsaPublicKeyComponents::<Vec<u8>>::from(self.rsa.public());
        json!({"keys": [
            {"kty": "oct", "kid": "secret", "k": "AAAA"},
            {"kty": "EC", "crv": "P-256", "use": "sig", "kid": "ec", "x": b64(&point[1..33]), "y": b64(&point[33..])},
            {"kty": "RSA", "alg": "RS256", "kid": "rsa", "n": b64(rsa.n), "e": b64(rsa.e)},
        ]})
    }

    fn sign(&self, alg: Alg, header: &Value, claims: &Value) -> String {
        let message = format!("{}.{}", b64(header.to_string()), b64(claims.to_string()));
        let random = SystemRandom::new();
        let signature = match alg {
            Alg::Es256 => self.ec.sign(&random, message.as_bytes()).unwrap().as_ref().to_vec(),
            Alg::Rs256 => {
                let mut signature = vec![0; self.rsa.public().modulus_len()];
                self.rsa.sign(&RSA_PKCS1_SHA256, &random, message.as_bytes(), &mut signature).unwrap();
                signature
            }
            Alg::None => Vec::new(),
        };
        format!("{message}.{}", b64(signature))
    }

    fn settings(&self) -> OidcProvider {
        OidcProvider {
            issuer: self.issuer.clone(),
            client_id: "silteme".to_owned(),
            client_secret_file: None,
            redirect_url: "http://127.0.0.1/v1/oidc/fake/callback".to_owned(),
            hosts: Vec::new(),
        }
    }

    fn world(&self) -> World {
        let provider = self.settings();
        World::with_accounts(
            &Settings::default(),
            |accounts| {
                accounts.oidc.insert("fake".to_owned(), provider);
            },
            &[],
        )
    }
}

async fn discovery(State(fake): State<Arc<Fake>>) -> Response {
    let said = fake.said.lock().unwrap();
    if said.redirects {
        return Redirect::temporary("/elsewhere").into_response();
    }
    if said.endless {
        return "[".repeat(1024 * 1024).into_response();
    }
    let issuer = &fake.issuer;
    let own = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize?tenant=1"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"],
    });
    Json(said.discovery.clone().unwrap_or(own)).into_response()
}

async fn keys(State(fake): State<Arc<Fake>>) -> Json<Value> {
    fake.said.lock().unwrap().key_requests += 1;
    Json(fake.keys())
}

async fn token(State(fake): State<Arc<Fake>>, headers: HeaderMap, form: String) -> Response {
    let mut said = fake.said.lock().unwrap();
    said.authorization =
        headers.get("authorization").map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
    said.form = form;
    Json(json!({"access_token": "unused", "token_type": "Bearer", "id_token": said.id_token})).into_response()
}

/// A login that has been begun.
struct Begun {
    location: Url,
    cookie: String,
}

impl Begun {
    fn parameter(&self, name: &str) -> String {
        let mut pairs = self.location.query_pairs();
        pairs.find(|(key, _)| key == name).unwrap_or_else(|| panic!("{name}")).1.into_owned()
    }
}

async fn begin(world: &World, query: &str) -> Begun {
    let answer = world.get(&format!("/v1/oidc/fake{query}")).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let cookie = answer.header("set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    Begun {
        location: Url::parse(answer.header("location")).unwrap(),
        cookie: cookie.split(';').next().unwrap().to_owned(),
    }
}

async fn end(world: &World, cookie: &str, state: &str) -> Answered {
    let path = format!("/v1/oidc/fake/callback?code={CODE}&state={state}&session_state=x");
    let request = Request::get(path).header("cookie", format!("other=1; {cookie}"));
    world.ask(request.body(Body::empty()).unwrap()).await
}

/// A whole login whose token a test has changed.
async fn log_in(
    world: &World,
    fake: &Fake,
    query: &str,
    alg: Alg,
    change: impl FnOnce(&mut Value, &mut Value),
) -> Answered {
    let begun = begin(world, query).await;
    let now = world.now().as_second();
    let mut header = match alg {
        Alg::Es256 => json!({"alg": "ES256", "kid": "ec"}),
        Alg::Rs256 => json!({"alg": "RS256", "kid": "rsa"}),
        Alg::None => json!({"alg": "none"}),
    };
    let mut claims = json!({
        "iss": fake.issuer, "sub": SUBJECT, "aud": "silteme", "exp": now + 300, "iat": now,
        "nonce": begun.parameter("nonce"), "email": "canary@example.kz",
    });
    change(&mut header, &mut claims);
    fake.said.lock().unwrap().id_token = fake.sign(alg, &header, &claims);
    end(world, &begun.cookie, &begun.parameter("state")).await
}

async fn person(world: &World, answer: &Answered) -> Value {
    let token = format!("Bearer {}", answer.json()["token"].as_str().unwrap());
    world.get_with("/v1/me", "authorization", &token).await.json()
}

#[tokio::test]
async fn a_reader_goes_to_the_provider_and_comes_back_with_a_session() {
    let fake = Fake::start().await;
    let world = fake.world();
    let begun = begin(&world, AGREED).await;
    assert!(begun.location.as_str().starts_with(&format!("{}/authorize?tenant=1&", fake.issuer)));
    for (name, value) in [
        ("response_type", "code"),
        ("scope", "openid"),
        ("client_id", "silteme"),
        ("redirect_uri", "http://127.0.0.1/v1/oidc/fake/callback"),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(begun.parameter(name), value);
    }
    for alg in [Alg::Es256, Alg::Rs256] {
        let answer = log_in(&world, &fake, AGREED, alg, |_, _| {}).await;
        let me = person(&world, &answer).await;
        assert_eq!(me["attributes"], json!({}), "only the subject is kept");
    }
    // The second time no consent is needed, and it is the same person.
    let first = person(&world, &log_in(&world, &fake, "", Alg::Es256, |_, _| {}).await).await;
    let again = person(&world, &log_in(&world, &fake, "", Alg::Rs256, |_, _| {}).await).await;
    assert_eq!(first["id"], again["id"]);
    assert_eq!(fake.said.lock().unwrap().key_requests, 1, "keys are remembered");
}

#[tokio::test]
async fn the_code_is_traded_with_the_verifier_of_this_login() {
    let fake = Fake::start().await;
    let world = fake.world();
    let begun = begin(&world, AGREED).await;
    end(&world, &begun.cookie, &begun.parameter("state")).await.problem(401);
    let said = fake.said.lock().unwrap();
    let form: std::collections::HashMap<_, _> = url::form_urlencoded::parse(said.form.as_bytes()).collect();
    assert_eq!(form["code"], CODE);
    assert_eq!(form["client_id"], "silteme");
    assert_eq!(form["redirect_uri"], "http://127.0.0.1/v1/oidc/fake/callback");
    let challenge = b64(Sha256::digest(form["code_verifier"].as_bytes()));
    assert_eq!(challenge, begun.parameter("code_challenge"));
    assert!(!form.contains_key("client_secret") && said.authorization.is_empty());
}

#[tokio::test]
async fn the_clients_secret_travels_in_the_header() {
    let fake = Fake::start().await;
    let folder = testkit::temp::Scratch::new();
    std::fs::write(folder.join("secret"), "p:ss word\n").unwrap();
    let mut provider = fake.settings();
    provider.client_secret_file = Some(folder.join("secret"));
    let change = |accounts: &mut profiles::AccountSettings| {
        accounts.oidc.insert("fake".to_owned(), provider);
    };
    let world = World::with_accounts(&Settings::default(), change, &[]);
    log_in(&world, &fake, AGREED, Alg::Es256, |_, _| {}).await.json();
    let said = fake.said.lock().unwrap();
    assert_eq!(said.authorization, format!("Basic {}", BASE64.encode(b"silteme:p%3Ass+word")));
    assert!(!said.form.contains("secret"));
}

#[tokio::test]
async fn without_consent_somebody_new_is_refused_and_nothing_is_stored() {
    let fake = Fake::start().await;
    let world = fake.world();
    log_in(&world, &fake, "", Alg::Es256, |_, _| {}).await.problem(403);
    log_in(&world, &fake, "", Alg::Es256, |_, _| {}).await.problem(403);
    world.get("/v1/oidc/fake?policy=2026-11-01").await.problem(400);
}

#[tokio::test]
async fn tokens_that_are_not_as_they_must_be_are_refused() {
    type Change = fn(&mut Value, &mut Value);
    let fake = Fake::start().await;
    let world = fake.world();
    let cases: &[(&str, Alg, Change)] = &[
        ("not signed", Alg::None, |_, _| {}),
        ("not signed, but says so", Alg::None, |header, _| *header = json!({"alg": "ES256", "kid": "ec"})),
        ("alg in other letters", Alg::Es256, |header, _| header["alg"] = json!("es256")),
        ("signed with the public key as a secret", Alg::Es256, |header, _| header["alg"] = json!("HS256")),
        ("a key of another algorithm", Alg::Es256, |header, _| header["kid"] = json!("rsa")),
        ("an unknown key", Alg::Es256, |header, _| header["kid"] = json!("other")),
        ("a key of a kind we do not use", Alg::Es256, |header, _| header["kid"] = json!("secret")),
        ("an extension", Alg::Es256, |header, _| header["crit"] = json!(["b64"])),
        ("another nonce", Alg::Es256, |_, claims| claims["nonce"] = json!("0".repeat(64))),
        ("no nonce", Alg::Es256, |_, claims| claims["nonce"] = Value::Null),
        ("another audience", Alg::Es256, |_, claims| claims["aud"] = json!("somebody")),
        ("several audiences", Alg::Es256, |_, claims| claims["aud"] = json!(["silteme", "somebody"])),
        ("another party", Alg::Es256, |_, claims| claims["azp"] = json!("somebody")),
        ("another issuer", Alg::Es256, |_, claims| claims["iss"] = json!("https://evil.example")),
        ("expired", Alg::Es256, |_, claims| claims["exp"] = json!(claims["iat"].as_i64().unwrap() - 60)),
        ("from the future", Alg::Es256, |_, claims| {
            claims["iat"] = json!(claims["iat"].as_i64().unwrap() + 3_600);
        }),
        ("without expiry", Alg::Es256, |_, claims| claims["exp"] = Value::Null),
        ("about nobody", Alg::Es256, |_, claims| claims["sub"] = json!("")),
        ("about two", Alg::Es256, |_, claims| claims["sub"] = json!("a\nb")),
    ];
    for (name, alg, change) in cases {
        let answer = log_in(&world, &fake, AGREED, *alg, change).await;
        assert_eq!(answer.status, 401, "{name}: {}", answer.body);
        answer.never_says(SUBJECT);
    }
    let asked = fake.said.lock().unwrap().key_requests;
    assert_eq!(asked, 1, "unknown keys are not asked for again at once");
    world.clock.advance(Duration::from_secs(61));
    log_in(&world, &fake, AGREED, Alg::Es256, |header, _| header["kid"] = json!("other")).await.problem(401);
    assert_eq!(fake.said.lock().unwrap().key_requests, 2);
    // Several audiences are right when it was issued to us.
    let both = |_: &mut Value, claims: &mut Value| {
        claims["aud"] = json!(["silteme", "somebody"]);
        claims["azp"] = json!("silteme");
    };
    log_in(&world, &fake, AGREED, Alg::Es256, both).await.json();
}

#[tokio::test]
async fn a_token_changed_after_it_was_signed_is_refused() {
    let fake = Fake::start().await;
    let world = fake.world();
    let begun = begin(&world, AGREED).await;
    let now = world.now().as_second();
    let claims = |subject: &str| json!({"iss": fake.issuer, "sub": subject, "aud": "silteme", "exp": now + 300, "iat": now, "nonce": begun.parameter("nonce")});
    let header = json!({"alg": "RS256", "kid": "rsa"});
    let signed = fake.sign(Alg::Rs256, &header, &claims("a"));
    let signature = signed.rsplit('.').next().unwrap();
    let changed = format!("{}.{}.{signature}", b64(header.to_string()), b64(claims("b").to_string()));
    fake.said.lock().unwrap().id_token = changed;
    end(&world, &begun.cookie, &begun.parameter("state")).await.problem(401);
}

#[tokio::test]
async fn a_login_ends_once_in_the_browser_that_began_it_within_its_time() {
    let fake = Fake::start().await;
    let world = fake.world();
    let begun = begin(&world, AGREED).await;
    let state = begun.parameter("state");
    // Another browser: the reader was lured into somebody else's login.
    for cookie in ["", "silteme_login=", "silteme_login=0000"] {
        end(&world, cookie, &state).await.problem(400);
    }
    world.clock.advance(Duration::from_mins(10));
    end(&world, &begun.cookie, &state).await.problem(400);

    let begun = begin(&world, AGREED).await;
    let state = begun.parameter("state");
    end(&world, &begun.cookie, &state).await.problem(401);
    end(&world, &begun.cookie, &state).await.problem(400);

    let begun = begin(&world, AGREED).await;
    let path = format!("/v1/oidc/fake/callback?error=access_denied&state={}", begun.parameter("state"));
    world.get_with(&path, "cookie", &begun.cookie).await.problem(401);
    end(&world, &begun.cookie, &begun.parameter("state")).await.problem(400);
    world.get("/v1/oidc/other").await.problem(404);
}

#[tokio::test]
async fn a_provider_that_misbehaves_is_not_followed() {
    let fake = Fake::start().await;
    let change = |change: fn(&mut Said, &str)| {
        let mut said = fake.said.lock().unwrap();
        *said = Said::default();
        change(&mut said, &fake.issuer);
    };
    let told = |issuer: &str, keys: &str| {
        Some(
            json!({"issuer": issuer, "authorization_endpoint": "https://id.example.kz/a", "token_endpoint": format!("{issuer}/token"), "jwks_uri": keys}),
        )
    };
    let cases: [fn(&mut Said, &str); 4] = [
        |said, _| said.redirects = true,
        |said, _| said.endless = true,
        |said, _| said.discovery = Some(json!({})),
        |said, issuer| {
            said.discovery = Some(
                json!({"issuer": "https://evil.example", "authorization_endpoint": issuer, "token_endpoint": issuer, "jwks_uri": issuer}),
            );
        },
    ];
    for case in cases {
        change(case);
        fake.world().get("/v1/oidc/fake").await.problem(502);
    }
    // Endpoints at hosts that nobody named are not asked, whatever the provider says.
    for keys in ["http://127.0.0.2/keys", "https://evil.example/keys", "file:///etc/passwd"] {
        change(|_, _| {});
        fake.said.lock().unwrap().discovery = told(&fake.issuer, keys);
        let world = fake.world();
        log_in(&world, &fake, AGREED, Alg::Es256, |_, _| {}).await.problem(502);
    }
}

#[test]
fn no_log_line_holds_what_a_provider_tells() {
    let log = logged(|| async {
        let fake = Fake::start().await;
        let world = fake.world();
        log_in(&world, &fake, AGREED, Alg::Es256, |_, _| {}).await.json();
        log_in(&world, &fake, AGREED, Alg::Es256, |_, claims| claims["aud"] = json!("canary-x"))
            .await
            .problem(401);
        fake.said.lock().unwrap().redirects = true;
        fake.world().get("/v1/oidc/fake").await.problem(502);
    });
    assert!(log.contains("not accepted"), "too little was logged: {log}");
    for secret in [SUBJECT, CODE, "canary"] {
        assert!(!log.contains(secret), "{secret} in the log");
    }
}
