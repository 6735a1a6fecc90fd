//! The HTTP API of a running server.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use testkit::web::{SiteGraph, Web};

use crate::program::Place;

pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
}

impl Server {
    pub(crate) fn start(place: &Place) -> Self {
        Self::start_with(place, |_| {})
    }

    /// The same with further arguments, variables and streams.
    pub(crate) fn start_with(place: &Place, with: impl FnOnce(&mut Command)) -> Self {
        let config = place.scratch.join("config/silteme.toml");
        let mut command = Command::new(env!("CARGO_BIN_EXE_silteme"));
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--config"])
            .arg(config)
            .arg("--data")
            .arg(place.data())
            .current_dir(place.scratch.path())
            .stdout(Stdio::piped());
        with(&mut command);
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.split("http://").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
        Self { child, address }
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> (u16, String, String) {
        self.ask_as("", method, path, body)
    }

    /// The same with a key.
    pub(crate) fn ask_as(&self, key: &str, method: &str, path: &str, body: &str) -> (u16, String, String) {
        let key = if key.is_empty() { String::new() } else { format!("authorization: Bearer {key}\r\n") };
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let json = if body.is_empty() { "" } else { "content-type: application/json\r\n" };
        write!(stream, "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n{key}{json}content-length: {}\r\n\r\n{body}", self.address, body.len()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head[9..12].parse().unwrap(), head.to_ascii_lowercase(), body.to_owned())
    }

    fn json(&self, path: &str) -> Value {
        let (status, head, body) = self.ask("GET", path, "");
        assert_eq!(status, 200, "{path}: {head}\n{body}");
        serde_json::from_str(&body).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_api_answers_and_refuses_as_documented() {
    let graph = SiteGraph::new(61, 2, 10);
    let web = Web::builder().graph(graph.clone()).start();
    let place = Place::at(&web, "[politeness]\ndelay = \"0s\"\n[crawl]\npatience = \"1s\"\n");
    place.done(&["crawl", &graph.url(0, 0), "--scope", "any"]);
    let server = Server::start(&place);

    let token = SiteGraph::token(1, 3);
    let found = server.json(&format!("/v1/search?q={token}"));
    let link = &found["results"][0];
    assert_eq!(link["url"], graph.url(1, 3), "{found}");
    let id = link["id"].as_str().unwrap();
    assert_eq!(server.json(&format!("/v1/links/{id}"))["url"], link["url"]);
    assert_eq!(server.json(&format!("/v1/links?url={}", graph.url(1, 3)))["id"], link["id"]);
    let similar = server.json(&format!("/v1/links/{id}/similar?limit=3"));
    assert!(similar["results"].as_array().unwrap().iter().all(|one| one["id"] != link["id"]), "{similar}");

    let first = server.json("/v1/search?limit=7");
    let next = first["next"].as_str().unwrap();
    let second = server.json(&format!("/v1/search?limit=7&cursor={next}"));
    assert_eq!(first["results"].as_array().unwrap().len(), 7);
    assert!(
        first["results"]
            .as_array()
            .unwrap()
            .iter()
            .all(|one| !second["results"].as_array().unwrap().contains(one))
    );

    let question = format!("{{\"likes\":[\"{}\"],\"limit\":3}}", graph.url(1, 3));
    let (status, _, body) = server.ask("POST", "/v1/recommendations", &question);
    assert_eq!(status, 200, "{body}");
    let recommended: Value = serde_json::from_str(&body).unwrap();
    assert!(recommended["results"][0]["reason"]["code"].is_string(), "{recommended}");
    let (status, _, body) = server.ask("POST", "/v1/recommendations", &format!("[{question},{question}]"));
    assert_eq!((status, serde_json::from_str::<Value>(&body).unwrap().as_array().unwrap().len()), (200, 2));

    let (status, _, body) = server.ask("GET", "/v1/changes?limit=100", "");
    assert_eq!(status, 200);
    assert_eq!(body.lines().filter(|line| line.contains("\"upsert\"")).count(), 20, "{body}");

    for (method, path, body, expected) in [
        ("GET", "/v1/search?limit=0", "", 400),
        ("GET", "/v1/search?colour=red", "", 400),
        ("GET", "/v1/search?cursor=nonsense", "", 400),
        ("GET", "/v1/links/zzz", "", 404),
        ("GET", "/v1/links?url=nope", "", 400),
        ("GET", "/v1/nothing", "", 404),
        ("POST", "/v1/recommendations", "{not json", 400),
        ("POST", "/v1/recommendations", "{\"colour\":\"red\"}", 400),
    ] {
        let (status, head, answer) = server.ask(method, path, body);
        assert_eq!(status, expected, "{method} {path}: {answer}");
        assert!(head.contains("application/problem+json"), "{method} {path}: {head}");
    }
    let (status, _, openapi) = server.ask("GET", "/openapi.json", "");
    assert_eq!(status, 200);
    assert!(serde_json::from_str::<Value>(&openapi).unwrap()["openapi"].as_str().unwrap().starts_with("3.1"));
    assert_eq!(server.ask("GET", "/healthz", "").0, 200);
    assert_eq!(server.ask("GET", "/readyz", "").0, 200);
    assert!(server.ask("GET", "/metrics", "").2.contains("silteme_index_documents 20"));
    for lang in ["kk", "ru", "en"] {
        let (status, _, page) = server.ask("GET", &format!("/?lang={lang}&q={token}"), "");
        assert_eq!(status, 200);
        assert!(
            page.contains(&format!("<html lang=\"{lang}\">")) && page.contains(&graph.url(1, 3)),
            "{page}"
        );
    }

    // While the server answers, another process rebuilds and takes down; the server follows both.
    place.done(&["reindex"]);
    assert_eq!(server.json(&format!("/v1/search?q={token}"))["results"][0]["url"], graph.url(1, 3));
    place.done(&["forget", &graph.url(1, 3)]);
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert_eq!(server.ask("GET", &format!("/v1/links/{id}"), "").0, 404);
}

#[test]
fn a_key_made_on_the_command_line_opens_what_its_role_may_and_no_more() {
    let place = Place::with("");
    let server = Server::start(&place);
    assert_eq!(server.ask("GET", "/v1/jobs", "").0, 401);
    let made =
        place.done(&["keys", "add", "--role", "operator", "--name", "night shift", "--basis", "order 7"]);
    let (key, id) = (made["key"].as_str().unwrap(), made["grant"]["id"].as_str().unwrap());
    assert_eq!(server.ask_as(key, "GET", "/v1/jobs", "").0, 200);
    assert_eq!(server.ask_as(key, "GET", "/v1/people/somebody", "").0, 403);
    let listed = place.run(&["keys", "list"]).stdout;
    assert!(listed.contains("night shift") && !listed.contains(key), "{listed}");
    place.done(&["keys", "revoke", id]);
    assert_eq!(server.ask_as(key, "GET", "/v1/jobs", "").0, 401);
    let refused = place.run(&["keys", "add", "--role", "king", "--name", "x", "--basis", "y"]);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("recommender"), "{}", refused.stderr);
    assert_eq!(place.run(&["keys", "revoke", "00000000"]).code, 2);
}
