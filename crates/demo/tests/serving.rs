//! The demo web over the wire, asked by a client of a few lines.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails best where it stands")]

use std::net::SocketAddr;

use demo::{DemoWeb, find, pages};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const ANY_PORT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

struct Reply {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Reply {
    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (known, value) = line.split_once(": ")?;
            known.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

async fn ask(web: &DemoWeb, method: &str, host: &str, target: &str, more: &str) -> Reply {
    let mut stream = TcpStream::connect(web.address()).await.unwrap();
    let request = format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{more}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Reply { status, head, body: bytes[end + 4..].to_vec() }
}

#[tokio::test]
async fn every_page_is_served_as_the_manifest_says() {
    let web = DemoWeb::start(ANY_PORT).unwrap();
    for page in pages() {
        let reply = ask(&web, "GET", page.host(), page.target(), "").await;
        assert_eq!(reply.status, page.status, "{}", page.url);
        assert_eq!(reply.body, page.body, "{}", page.url);
        assert_eq!(reply.header("content-type"), Some(page.content_type), "{}", page.url);
        for (name, value) in page.headers {
            assert_eq!(reply.header(name), Some(*value), "{}", page.url);
        }
        assert_eq!(web.requests(page.url), Some(1), "{}", page.url);
    }
}

#[tokio::test]
async fn the_host_header_chooses_the_site() {
    let web = DemoWeb::start(ANY_PORT).unwrap();
    let port = web.address().port();
    let volna = ask(&web, "GET", &format!("Volna.test:{port}"), "/", "").await;
    assert!(String::from_utf8(volna.body).unwrap().contains("<title>Волна</title>"));
    let steppe = ask(&web, "GET", "steppe.test", "/", "").await;
    assert!(String::from_utf8(steppe.body).unwrap().contains("<title>Steppe Magazine</title>"));
    assert_eq!(ask(&web, "GET", "volna.test", "/nothing", "").await.status, 404);
    assert_eq!(ask(&web, "GET", "elsewhere.test", "/", "").await.status, 421);
    assert_eq!(web.requests("http://elsewhere.test/"), None);
    assert_eq!(web.requests("http://volna.test/"), Some(1));
}

#[tokio::test]
async fn a_second_visit_gets_304_and_head_gets_no_body() {
    let web = DemoWeb::start(ANY_PORT).unwrap();
    let page = find("orbit.test", "/notes/flood-warning").unwrap();
    let first = ask(&web, "GET", page.host(), page.target(), "").await;
    let etag = first.header("etag").unwrap();
    assert!(etag.starts_with('"') && etag.ends_with('"'), "{etag} is not a strong tag");
    let again = ask(&web, "GET", page.host(), page.target(), &format!("If-None-Match: {etag}\r\n")).await;
    assert_eq!((again.status, again.body.len()), (304, 0));
    assert_eq!(again.header("etag"), Some(etag));
    let head = ask(&web, "HEAD", page.host(), page.target(), "").await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), Some(page.body.len().to_string().as_str()));
    assert_eq!(web.requests(page.url), Some(3));
}

#[tokio::test]
async fn shutdown_frees_the_port_although_a_client_stays_connected() {
    let web = DemoWeb::start(ANY_PORT).unwrap();
    let address = web.address();
    assert_eq!(web.resolve(), [("*.test".to_owned(), address)]);
    let mut idle = TcpStream::connect(address).await.unwrap();
    idle.write_all(b"GET /robots.txt HTTP/1.1\r\nHost: orbit.test\r\n\r\n").await.unwrap();
    let mut first = [0_u8; 15];
    idle.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 200 OK");
    web.shutdown().await.unwrap();
    assert!(TcpStream::connect(address).await.is_err());
    let again = DemoWeb::start(address).unwrap();
    assert_eq!(again.address(), address);
}

#[tokio::test]
async fn only_loopback_is_served() {
    let error = DemoWeb::start("0.0.0.0:0".parse().unwrap()).unwrap_err();
    assert!(error.to_string().contains("use 127.0.0.1"), "{error}");
}
