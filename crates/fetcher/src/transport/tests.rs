//! Pins, the recorded request, and the transport in memory.

use std::collections::BTreeMap;

use model::{Body, Response, Truncation};

use url::Url;

use super::port::as_sent;
use super::*;
use crate::pins::Pins;

fn pins(rows: &[(&str, &str)]) -> Pins {
    let table: BTreeMap<String, String> =
        rows.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    Pins::read(&table).unwrap()
}

#[test]
fn the_most_exact_pin_wins() {
    let pins = pins(&[
        ("*", "127.0.0.9"),
        ("*.test", "127.0.0.1:8080"),
        ("*.b.test", "127.0.0.2"),
        ("a.test", "[::1]:81"),
        ("қазақ.test", "127.0.0.3"),
    ]);
    let pin = |name| pins.of(name).map(|pin| (pin.ip.to_string(), pin.port));
    assert_eq!(pin("A.test."), Some(("::1".to_owned(), Some(81))));
    assert_eq!(pin("x.test"), Some(("127.0.0.1".to_owned(), Some(8080))));
    assert_eq!(pin("x.b.test"), Some(("127.0.0.2".to_owned(), None)));
    assert_eq!(pin("b.test"), Some(("127.0.0.1".to_owned(), Some(8080))));
    assert_eq!(pin("test"), Some(("127.0.0.9".to_owned(), None)));
    assert_eq!(pin("xn--80aa3af24l.test").unwrap().0, "127.0.0.1");
    let of_url = |text: &str| pins.address(&Url::parse(text).unwrap()).map(|ip| ip.to_string());
    assert_eq!(of_url("http://қазақ.test/").as_deref(), Some("127.0.0.3"));
    assert_eq!(of_url("http://8.8.8.8/"), None);
}

#[test]
fn the_request_is_recorded_as_it_is_sent() {
    let url = Url::parse("http://a.kz:8080/сілт?x=1").unwrap();
    let sent = as_sent(&url, Vec::new());
    assert_eq!(sent.target, "/%D1%81%D1%96%D0%BB%D1%82?x=1");
    assert_eq!(sent.headers[0].value, "a.kz:8080");
}

#[tokio::test]
async fn memory_answers_and_caps() {
    let response = Response {
        version: "HTTP/1.1".to_owned(),
        status: 200,
        headers: Vec::new(),
        body: Body { raw: "0123456789".into(), ..Body::default() },
    };
    let transport = MemoryTransport::of_pages(BTreeMap::from([("http://a.kz/".to_owned(), response)]));
    let send = |text: &str| {
        let url = Url::parse(text).unwrap();
        transport.send(TransportRequest { url, headers: Vec::new(), body_max: 4 })
    };
    let body = send("http://a.kz/").await.unwrap().exchange.response.body;
    assert_eq!((body.raw.as_ref(), body.truncated), (&b"0123"[..], Some(Truncation::Length)));
    assert_eq!(send("http://a.kz/b").await.unwrap().exchange.response.status, 404);
}
