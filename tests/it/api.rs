//! Bad input to the API over a real connection: the right problem document, and nothing stored. Then what the documentation
//! shows: every example and the client in Python.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use testkit::kill::Program;
use testkit::web::{Page, Web};

use crate::program::{Place, text};
use crate::serve::Server;

const SETTINGS: &str =
    "[politeness]\ndelay = \"0s\"\n[crawl]\npatience = \"0s\"\n[server]\nrequests_per_second = 0\n";

/// A server over one page, with a person who has agreed and one who no longer does.
struct Desk {
    place: Place,
    server: Server,
    recommender: String,
    support: String,
    operator: String,
}

/// An answer: status, header in lower case, body.
type Answer = (u16, String, String);

impl Desk {
    fn with(settings: &str) -> Self {
        let web = Web::builder()
            .page("http://a.test/", Page::html("<title>front</title><p>A text that says something."))
            .start();
        let place = Place::at(&web, &format!("{SETTINGS}{settings}"));
        place.done(&["crawl", "http://a.test/"]);
        let key = |role| {
            text(&place.done(&["keys", "add", "--role", role, "--name", role, "--basis", "test"]), "key")
        };
        let (recommender, support, operator) = (key("recommender"), key("support"), key("operator"));
        let desk = Self { server: Server::start(&place), place, recommender, support, operator };
        for person in ["reader", "gone"] {
            let path = format!("/v1/people/{person}/consent");
            let consent =
                json!({"policy": "2026-11-01", "language": "kk", "purposes": ["service", "personalisation"]});
            assert_eq!(desk.ask(&desk.recommender, "PUT", &path, consent.to_string().as_bytes()).0, 200);
        }
        assert_eq!(desk.ask(&desk.recommender, "DELETE", "/v1/people/gone/consent", b"").0, 200);
        desk
    }

    fn ask(&self, key: &str, method: &str, path: &str, body: &[u8]) -> Answer {
        self.ask_with(key, method, path, "content-type: application/json\r\n", body)
    }

    /// With these header lines in place of the media type.
    fn ask_with(&self, key: &str, method: &str, path: &str, headers: &str, body: &[u8]) -> Answer {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nauthorization: Bearer {key}\r\n{headers}content-length: {}\r\n\r\n",
            body.len()
        );
        self.send(&[head.as_bytes(), body].concat())
    }

    /// Sends bytes; reads until the server closes.
    fn send(&self, bytes: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(&self.server.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let mut writer = stream.try_clone().unwrap();
        let mut answer = Vec::new();
        std::thread::scope(|scope| {
            // The server may answer and close before it has read all; what it said counts.
            scope.spawn(move || writer.write_all(bytes));
            let mut piece = [0; 4096];
            while let Ok(count @ 1..) = stream.read(&mut piece) {
                answer.extend_from_slice(&piece[..count]);
            }
            let _ = stream.shutdown(Shutdown::Both);
        });
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {answer:?}"));
        (head[9..12].parse().unwrap(), head.to_ascii_lowercase(), body.to_owned())
    }

    /// Every file that holds something, byte for byte.
    fn stored(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        for name in self.place.scratch.files() {
            // SQLite's index of the write-ahead log: locks and marks of readers, no content.
            if !name.ends_with("-shm") {
                files.insert(PathBuf::from(&name), self.place.scratch.read(&name));
            }
        }
        files
    }
}

/// Asserts the status and kind of a problem document; returns its detail.
#[track_caller]
fn problem((status, head, body): &Answer, expected: u16, kind: &str) -> String {
    assert_eq!(*status, expected, "{head}\n{body}");
    assert!(head.contains("content-type: application/problem+json"), "{head}\n{body}");
    assert!(head.contains("x-request-id: "), "{head}");
    let document: Value = serde_json::from_str(body).unwrap_or_else(|e| panic!("{e}: {body}"));
    assert_eq!(
        (&document["type"], &document["status"]),
        (&json!(format!("/problems/{kind}")), &json!(expected))
    );
    assert!(!text(&document, "title").is_empty() && !text(&document, "detail").is_empty(), "{body}");
    text(&document, "detail")
}

/// The routes that take a body, with a key that opens them.
fn bodies(desk: &Desk) -> [(&str, &'static str, &'static str); 9] {
    [
        (&desk.recommender, "POST", "/v1/recommendations"),
        (&desk.recommender, "POST", "/v1/events"),
        (&desk.recommender, "POST", "/v1/people"),
        (&desk.recommender, "PUT", "/v1/people/reader/consent"),
        (&desk.support, "PUT", "/v1/people/reader/consent"),
        (&desk.support, "POST", "/v1/people/find"),
        (&desk.support, "PATCH", "/v1/people/reader"),
        (&desk.operator, "POST", "/v1/takedowns"),
        (&desk.operator, "POST", "/v1/reindex"),
    ]
}

#[test]
fn bodies_that_cannot_be_read_are_told_and_nothing_is_stored() {
    let desk = Desk::with("");
    let before = desk.stored();
    let nested = [vec![b'['; 100_000], vec![b']'; 100_000]].concat();
    let objects = [b"{\"a\":".repeat(50_000), b"1".to_vec(), b"}".repeat(50_000)].concat();
    let unreadable: [(&str, &[u8]); 9] = [
        ("nothing", b""),
        ("malformed", b"{not json"),
        ("cut", b"{\"events\": ["),
        ("two values", b"{} {}"),
        ("not UTF-8", b"{\"events\": [], \"terms\": [\"\xff\xfe\"]}"),
        ("half a surrogate", b"{\"terms\": [\"\\ud800\"], \"id\": \"\\ud800\"}"),
        ("deep arrays", &nested),
        ("deep objects", &objects),
        ("no object", b"17"),
    ];
    for (key, method, path) in bodies(&desk) {
        for (name, body) in unreadable {
            let detail = problem(&desk.ask(key, method, path, body), 400, "bad-request");
            assert!(detail.chars().count() <= 400, "{name}: a long detail");
        }
        let large = [b"{\"terms\": [\"".as_slice(), &vec![b'a'; 10 * 1024 * 1024], b"\"]}"].concat();
        problem(&desk.ask(key, method, path, &large), 413, "too-large");
        for headers in
            ["", "content-type: text/plain\r\n", "content-type: application/x-www-form-urlencoded\r\n"]
        {
            let answer = desk.ask_with(key, method, path, headers, b"{}");
            problem(&answer, 415, "unsupported-media-type");
        }
    }
    // Unknown fields; a correction's fields are those of the register.
    for (key, method, path) in bodies(&desk) {
        let body = json!({"colour": "red", "events": [], "consent": null}).to_string();
        let detail = problem(&desk.ask(key, method, path, body.as_bytes()), 400, "bad-request");
        assert!(detail.contains("colour") || detail.contains("consent"), "{path}: {detail}");
    }
    assert!(before == desk.stored(), "something was stored");
}

#[test]
fn what_is_said_twice_is_refused() {
    let desk = Desk::with("");
    let before = desk.stored();
    let twice = |body: &str, key: &str, method: &str, path: &str| {
        let detail = problem(&desk.ask(key, method, path, body.as_bytes()), 400, "bad-request");
        assert!(detail.contains("duplicate"), "{path}: {detail}");
    };
    let event = r#"{"id": "1", "kind": "click", "link": "http://a.test/"}"#;
    twice(&format!(r#"{{"events": [], "events": [{event}]}}"#), &desk.recommender, "POST", "/v1/events");
    twice(
        r#"{"events": [{"id": "1", "id": "2", "kind": "click", "link": "http://a.test/"}]}"#,
        &desk.recommender,
        "POST",
        "/v1/events",
    );
    twice(r#"{"id": "x", "id": "y"}"#, &desk.recommender, "POST", "/v1/people");
    twice(r#"{"email": "a@example.kz", "email": "b@example.kz"}"#, &desk.support, "POST", "/v1/people/find");
    twice(r#"{"name": "a", "name": "b"}"#, &desk.support, "PATCH", "/v1/people/reader");
    twice(r#"{"limit": 1, "limit": 2}"#, &desk.recommender, "POST", "/v1/recommendations");
    twice(r#"[{}, {"likes": [], "likes": []}]"#, &desk.recommender, "POST", "/v1/recommendations");
    twice(r#"{"url": "http://a.test/", "url": "http://b.test/"}"#, &desk.operator, "POST", "/v1/takedowns");
    assert!(before == desk.stored(), "something was stored");
}

#[test]
fn requests_that_ask_too_much_are_refused_at_once() {
    let desk = Desk::with("body_max = \"32 MiB\"\n");
    let before = desk.stored();
    let many = |item: &str| format!("[{}]", vec![item; 1_000_000].join(","));
    for list in ["likes", "dislikes", "seen", "terms", "languages", "muted_stories"] {
        let body = format!("{{\"{list}\": {}}}", many("\"kk\""));
        let answer = desk.ask(&desk.recommender, "POST", "/v1/recommendations", body.as_bytes());
        let detail = problem(&answer, 400, "bad-request");
        assert!(detail.contains(list) && detail.contains("1000000"), "{detail}");
    }
    let batch = desk.ask(&desk.recommender, "POST", "/v1/recommendations", many("{}").as_bytes());
    assert!(problem(&batch, 400, "bad-request").contains("100"));
    let event = r#"{"id":"1","kind":"click","link":"http://a.test/"}"#;
    let body = format!("{{\"events\":[{}]}}", vec![event; 200_000].join(","));
    let events = desk.ask(&desk.recommender, "POST", "/v1/events", body.as_bytes());
    assert!(problem(&events, 400, "bad-request").contains("1000"));
    assert!(before == desk.stored(), "something was stored");
}

#[test]
fn whoever_may_not_is_told_so_and_nothing_is_stored() {
    let desk = Desk::with("");
    let before = desk.stored();
    let events = |person: &str| {
        json!({"person": person, "events": [{"id": "1", "kind": "click", "link": "http://a.test/"}]})
            .to_string()
    };
    let question = |person: &str| json!({ "person": person }).to_string();
    for key in ["slk_wrong", "slk_", "é", &"a".repeat(5_000)] {
        problem(&desk.ask(key, "POST", "/v1/events", events("reader").as_bytes()), 401, "unauthorized");
    }
    for (path, body) in [("/v1/events", events("gone")), ("/v1/recommendations", question("gone"))] {
        let (status, _, answer) = desk.ask(&desk.recommender, "POST", path, body.as_bytes());
        assert!(status == 403 && answer.contains("/problems/blocked"), "{path}: {status} {answer}");
    }
    for (path, body) in [("/v1/events", events("nobody")), ("/v1/recommendations", question("nobody"))] {
        problem(&desk.ask(&desk.recommender, "POST", path, body.as_bytes()), 404, "not-found");
    }
    for (key, path) in [(&desk.support, "/v1/events"), (&desk.operator, "/v1/people")] {
        problem(&desk.ask(key, "POST", path, events("reader").as_bytes()), 403, "forbidden");
    }
    for (method, path, status, kind) in [
        ("GET", "/v1/people/%ff", 400, "bad-request"),
        ("GET", "/v1/people/%00", 400, "bad-request"),
        ("GET", "/v1/people/a%2fb%20c", 400, "bad-request"),
        ("GET", "/v1/people/nobody", 404, "not-found"),
        ("GET", "/v1/people/nobody/export", 404, "not-found"),
        ("DELETE", "/v1/people/nobody", 404, "not-found"),
        ("PUT", "/v1/people/nobody/restriction", 404, "not-found"),
        ("GET", "/v1/tickets/nothing", 404, "not-found"),
        ("GET", "/v1/links/%ff", 400, "bad-request"),
        ("POST", "/v1/people/reader", 405, "method-not-allowed"),
    ] {
        problem(&desk.ask_with(&desk.support, method, path, "", b""), status, kind);
    }
    // That somebody asked is in the audit log and nowhere else.
    let changed: Vec<PathBuf> = desk
        .stored()
        .into_iter()
        .filter(|(path, bytes)| before.get(path) != Some(bytes))
        .map(|(path, _)| path)
        .collect();
    assert!(changed.iter().all(|path| is_audit(path)), "{changed:?}");
}

fn is_audit(path: &Path) -> bool {
    path.ends_with("audit.ndjson") || path.ends_with("audit.head")
}

#[test]
fn slow_and_broken_requests_harm_nobody() {
    let desk = Desk::with("request_timeout = \"1s\"\n");
    // A body that is announced and never comes.
    let head = format!(
        "POST /v1/events HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{{\"ev",
        desk.recommender
    );
    problem(&desk.send(head.as_bytes()), 503, "timeout");
    // Larger than any header of ours; refused before there is a request that a problem document could answer.
    let huge =
        format!("GET /v1/search HTTP/1.1\r\nhost: a\r\nx-huge: {}\r\n\r\n", "a".repeat(2 * 1024 * 1024));
    assert_eq!(desk.send(huge.as_bytes()).0, 431);
    let many = format!("GET /v1/search HTTP/1.1\r\nhost: a\r\n{}\r\n", "x: y\r\n".repeat(2_000));
    assert_eq!(desk.send(many.as_bytes()).0, 431);
    for broken in [
        "GET /v1/search HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello",
        "GET /v1/search HTTP/1.1\r\nhost: a\r\ncontent-length: many\r\n\r\n",
        "GET /v1/sea rch HTTP/1.1\r\nhost: a\r\n\r\n",
        "\0\0\0\0\r\n\r\n",
    ] {
        assert_eq!(desk.send(broken.as_bytes()).0, 400, "{broken:?}");
    }
    let (status, ..) = desk.ask_with("", "GET", "/healthz", "", b"");
    assert!([200, 401].contains(&status), "the server is gone");
    assert_eq!(desk.ask(&desk.recommender, "GET", "/v1/search?q=text", b"").0, 200);
}

/// Runs a script against the served demo.
fn with_demo(command: &[&str]) {
    for tool in ["bash", "curl", "jq", "python3"] {
        let found = std::process::Command::new(tool).arg("--version").output();
        if !found.is_ok_and(|ended| ended.status.success()) {
            #[expect(clippy::print_stderr, reason = "a skipped test says so")]
            {
                eprintln!("skipped: {tool} is not here");
            }
            return;
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let ended = Program::new("bash")
        .args(["tests/api/with_demo.sh"])
        .args(command)
        .env("SILTEME", env!("CARGO_BIN_EXE_silteme"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .in_folder(&root)
        .run();
    assert!(ended.status.success(), "{}\n{}", ended.stdout, ended.stderr);
}

#[test]
fn every_example_of_the_documentation_runs_and_says_what_is_shown() {
    with_demo(&["tests/api/examples.py", "docs/api.md"]);
}

#[test]
fn the_client_in_python_does_all_it_can() {
    with_demo(&["docs/clients/python/demo.py"]);
}
