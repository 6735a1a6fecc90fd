//! What every `fetcher::Transport` must do: one request, its answer as it came, nothing followed, nothing decoded.
//!
//! Run it from an integration test with a transport that answers [`pages`] under an origin:
//! `testkit::conformance::fetcher::run(&transport, "http://port.test").await`.

use std::io::Write;

use bytes::Bytes;
use fetcher::{Transport, TransportRequest, TransportResponse};
use flate2::Compression;
use flate2::write::GzEncoder;
use model::{Body, HeaderLine, Response, Truncation};
use url::Url;

/// Longest body asked for here.
const BODY_MAX: usize = 100_000;

/// What the transport must answer: path, status, header lines, body as on the wire.
#[must_use]
pub fn pages() -> Vec<(&'static str, Response)> {
    let page = |status, headers: &[(&str, &str)], raw: Vec<u8>| {
        let line = |(name, value): &(&str, &str)| HeaderLine {
            name: (*name).to_owned(),
            value: Bytes::from((*value).to_owned()),
        };
        Response {
            version: "HTTP/1.1".to_owned(),
            status,
            headers: headers.iter().map(line).collect(),
            body: Body { raw: raw.into(), decoded: None, truncated: None },
        }
    };
    let html = ("content-type", "text/html");
    vec![
        ("/plain", page(200, &[html, ("x-mark", "қ")], b"<p>plain</p>".to_vec())),
        ("/moved", page(301, &[("location", "/plain")], Vec::new())),
        ("/coded", page(200, &[html, ("content-encoding", "gzip")], gzip(b"<p>coded</p>"))),
        ("/long", page(200, &[html], vec![b'x'; 2 * BODY_MAX])),
        ("/bomb", page(200, &[html, ("content-encoding", "gzip")], gzip(&vec![0; 50 * BODY_MAX]))),
        ("/error", page(500, &[html], b"<p>broken</p>".to_vec())),
    ]
}

/// Checks every promise.
///
/// # Panics
/// When a promise is broken.
pub async fn run<T: Transport>(transport: &T, origin: &str) {
    let plain = get(transport, origin, "/plain").await;
    let response = &plain.exchange.response;
    assert_eq!(
        (response.status, &response.body.raw[..]),
        (200, &b"<p>plain</p>"[..]),
        "an answer comes as it is"
    );
    assert_eq!(
        response.header("X-Mark"),
        Some("қ".as_bytes()),
        "header values are bytes, names have no case"
    );
    assert_eq!(plain.exchange.request.target, "/plain", "the request is told as it was sent");

    let moved = get(transport, origin, "/moved").await.exchange.response;
    assert_eq!(
        (moved.status, moved.header("location")),
        (301, Some(&b"/plain"[..])),
        "redirects are not followed"
    );

    let coded = get(transport, origin, "/coded").await.exchange.response;
    assert_eq!(coded.body.raw, gzip(b"<p>coded</p>"), "codings stay on what is archived");
    assert_eq!(coded.body.decoded.as_deref(), Some(&b"<p>coded</p>"[..]), "and come off what is read");

    let long = get(transport, origin, "/long").await.exchange.response;
    assert_eq!(long.body.truncated, Some(Truncation::Length), "a long body is cut");
    assert!(long.body.raw.len() <= BODY_MAX, "{} bytes kept", long.body.raw.len());

    let bomb = get(transport, origin, "/bomb").await.exchange.response;
    assert_eq!(bomb.body.truncated, Some(Truncation::Length), "a body that unpacks beyond the limit is cut");
    assert!(
        bomb.body.decoded.is_none_or(|decoded| decoded.len() <= BODY_MAX),
        "the limit holds for what is unpacked"
    );

    assert_eq!(
        get(transport, origin, "/error").await.exchange.response.status,
        500,
        "errors of a site are answers"
    );
}

async fn get<T: Transport>(transport: &T, origin: &str, path: &str) -> TransportResponse {
    let url = Url::parse(&format!("{origin}{path}")).unwrap();
    let request = TransportRequest { url, headers: Vec::new(), body_max: BODY_MAX };
    transport.send(request).await.unwrap_or_else(|failure| panic!("{path}: {failure:?}"))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
