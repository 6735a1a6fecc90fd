//! What the tests of this crate ask: an index of their own, filled by the real writer, and a server over it.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use indexer::{IndexWriter, Removal, Writer};
use model::{CanonicalUrl, Clock, Document, Language, Position, Span, UrlKey};
use pipeline::Progress;
use serde_json::Value;
use testkit::builders;
use testkit::clock::{EPOCH, SimulatedClock};
use testkit::temp::Scratch;
use tower::ServiceExt;

use crate::access::{NewGrant, Role};
use crate::app::{App, Opening};
use crate::routes::router;
use crate::settings::Settings;

/// A server over documents.
pub(crate) struct World {
    pub(crate) app: App,
    /// Made once: the OpenAPI document in it takes longer than most requests.
    router: Router,
    pub(crate) clock: SimulatedClock,
    pub(crate) data: PathBuf,
    /// The data directory, and the keys beside it.
    scratch: Scratch,
    writer: Option<Writer>,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl World {
    /// A server with these documents.
    pub(crate) fn of(documents: &[Document]) -> Self {
        Self::with(&Settings::default(), documents)
    }

    /// A server with these settings and documents.
    pub(crate) fn with(settings: &Settings, documents: &[Document]) -> Self {
        Self::with_accounts(settings, |_| {}, documents)
    }

    /// As [`World::with`], with other `[accounts]` than those of tests: hashes that cost little, codes in a file.
    pub(crate) fn with_accounts(
        settings: &Settings,
        change: impl FnOnce(&mut profiles::AccountSettings),
        documents: &[Document],
    ) -> Self {
        let scratch = Scratch::new();
        let mut accounts = profiles::AccountSettings {
            hash_memory: model::ByteSize(64 * 1024),
            hash_passes: 1,
            code_sender: Some(profiles::CodeSender::File(scratch.join("codes.ndjson"))),
            ..profiles::AccountSettings::default()
        };
        change(&mut accounts);
        let data = scratch.join("run");
        let clock = SimulatedClock::default();
        clock.advance(Duration::from_hours(1));
        // The steppes say almost the same: without stories each of them may stand in an answer.
        let mut settings_of_stages = pipeline::Settings::default();
        settings_of_stages.index.stories.documents_max = 0;
        let app = App::open(&Opening {
            data: &data,
            pipeline: &settings_of_stages,
            recommender: &recommender::Settings::default(),
            feedback: &feedback::Settings::default(),
            profiles: &profiles::Settings::default(),
            accounts: &accounts,
            server: settings,
            jobs: &[],
            clock: Arc::new(clock.clone()),
            progress: Arc::new(Progress::default()),
        })
        .unwrap();
        let writer = Some(app.index.writer().unwrap());
        let router = router(app.clone());
        let mut world = Self { app, router, clock, data, scratch, writer };
        if !documents.is_empty() {
            world.put(documents);
        }
        world
    }

    /// `count` short English pages that all say `steppe` and `horses`, the newest last, on three hosts.
    pub(crate) fn of_steppes(count: u16) -> Self {
        let documents: Vec<_> = (0..count).map(steppe).collect();
        Self::of(&documents)
    }

    /// The one-time code last sent.
    pub(crate) fn code(&self) -> String {
        let sent = std::fs::read_to_string(self.scratch.join("codes.ndjson")).unwrap();
        let last: Value = serde_json::from_str(sent.lines().last().unwrap()).unwrap();
        last["code"].as_str().unwrap().to_owned()
    }

    /// A key of this role, without a limit.
    pub(crate) fn key_of(&self, role: Role) -> String {
        let new = NewGrant {
            name: "test".to_owned(),
            role,
            basis: "order 1".to_owned(),
            expires: None,
            requests_per_second: Some(0),
        };
        self.app.grants().add(new, self.now()).unwrap().key
    }

    pub(crate) fn now(&self) -> model::Timestamp {
        self.clock.now()
    }

    pub(crate) fn put(&mut self, documents: &[Document]) {
        let writer = self.writer.as_mut().unwrap();
        writer.put(documents).unwrap();
        writer.commit(Position::default(), self.clock.now()).unwrap();
    }

    /// Lets others write.
    pub(crate) fn close_writer(&mut self) {
        self.writer = None;
    }

    pub(crate) fn delete(&mut self, url: &str, why: Removal) {
        let writer = self.writer.as_mut().unwrap();
        writer.delete(&[key(url)], why).unwrap();
        writer.commit(Position::default(), self.clock.now()).unwrap();
    }

    pub(crate) async fn ask(&self, request: Request<Body>) -> Answered {
        let (head, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let body = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        Answered { status: head.status, headers: head.headers, body }
    }

    pub(crate) async fn get(&self, path: &str) -> Answered {
        self.ask(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn get_with(&self, path: &str, name: &str, value: &str) -> Answered {
        self.ask(Request::get(path).header(name, value).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn send(&self, method: Method, path: &str) -> Answered {
        self.ask(Request::builder().method(method).uri(path).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, body: impl Into<Body>) -> Answered {
        let request = Request::post(path).header("content-type", "application/json");
        self.ask(request.body(body.into()).unwrap()).await
    }
}

impl Answered {
    /// The body of a good answer.
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.body);
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.body))
    }

    /// A header as text; empty when it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The URLs of `results`.
    pub(crate) fn urls(&self) -> Vec<String> {
        let answer = self.json();
        let results = answer["results"].as_array().unwrap();
        results.iter().map(|link| link["url"].as_str().unwrap().to_owned()).collect()
    }

    /// Checks that this is a whole problem document of this status, and returns its detail.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16) -> String {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem: Value = serde_json::from_str(&self.body).unwrap();
        let known: Vec<&str> = problem.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(known.len(), 4, "{known:?}");
        assert_eq!(problem["status"], status);
        assert!(problem["type"].as_str().unwrap().starts_with("/problems/"));
        assert!(!problem["title"].as_str().unwrap().is_empty());
        problem["detail"].as_str().unwrap().to_owned()
    }

    /// Checks that no part of the answer says this.
    #[track_caller]
    pub(crate) fn never_says(&self, secret: &str) {
        assert!(!self.body.contains(secret), "{secret} in {}", self.body);
        for (name, value) in &self.headers {
            assert!(!String::from_utf8_lossy(value.as_bytes()).contains(secret), "{secret} in {name}");
        }
    }
}

/// Every line that is logged, at the finest level, by whatever work does on any of its threads.
pub(crate) fn logged<F: Future>(work: impl FnOnce() -> F) -> String {
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    let log = Log::default();
    let to = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_ansi(false)
        .without_time()
        .with_writer(move || to.clone())
        .finish();
    let dispatch = tracing::Dispatch::new(subscriber);
    let _here = tracing::dispatcher::set_default(&dispatch);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .on_thread_start(move || std::mem::forget(tracing::dispatcher::set_default(&dispatch)))
        .build()
        .unwrap();
    runtime.block_on(work());
    drop(runtime);
    String::from_utf8(std::mem::take(&mut *log.0.lock().unwrap())).unwrap()
}

/// The `number`th page of [`World::of_steppes`].
pub(crate) fn steppe(number: u16) -> Document {
    let url = format!("https://host{}.test/{number:03}", number % 3);
    let published = model::time::later(EPOCH, Duration::from_secs(u64::from(number) * 60));
    let own: Vec<String> = (0..12).map(|place| pseudo_word(number * 12 + place)).collect();
    let text = format!("The wide steppe in spring, part {number}: horses, grass and {}.", own.join(" "));
    page(&url, &format!("Steppe {number}"), &text, "en", Some(published))
}

/// A word that no other number gives: the recommender takes pages of the same words for the same story.
fn pseudo_word(number: u16) -> String {
    let letter =
        |place: u32| char::from(b'a' + u8::try_from(u32::from(number) / 26_u32.pow(place) % 26).unwrap());
    (0..4).map(letter).chain(['x']).collect()
}

/// A page.
pub(crate) fn page(
    url: &str,
    title: &str,
    text: &str,
    language: &str,
    published: Option<model::Timestamp>,
) -> Document {
    Document {
        title: title.to_owned(),
        text: text.to_owned(),
        language: Language::new(language),
        published,
        ..builders::document(url)
    }
}

pub(crate) fn key(url: &str) -> UrlKey {
    CanonicalUrl::parse(url).unwrap().key()
}

/// A deadline that no lookup which waits can keep.
pub(crate) fn hurried() -> Settings {
    Settings { request_timeout: Span(Duration::from_millis(30)), ..Settings::default() }
}
