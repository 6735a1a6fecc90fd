//! The same pages over HTTP/2.

use bytes::Bytes;
use hyper::body::{Body as _, Frame, Incoming};
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::ServerName;
use testkit::web::{Page, Web};
use tokio_rustls::TlsConnector;

use crate::tls::client_config;

/// A body without bytes.
struct Empty;

impl hyper::body::Body for Empty {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        std::task::Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        true
    }
}

async fn connect(web: &Web) -> SendRequest<Empty> {
    let tcp = tokio::net::TcpStream::connect(web.addr()).await.unwrap();
    let connector = TlsConnector::from(client_config(web, &[b"h2", b"http/1.1"]));
    let tls = connector.connect(ServerName::try_from("a.test").unwrap(), tcp).await.unwrap();
    assert_eq!(tls.get_ref().1.alpn_protocol(), Some(b"h2".as_slice()));
    let (sender, connection) = handshake(TokioExecutor::new(), TokioIo::new(tls)).await.unwrap();
    tokio::spawn(connection);
    sender
}

async fn ask(sender: &mut SendRequest<Empty>, path: &str) -> hyper::Result<Response<Incoming>> {
    let request = Request::get(format!("https://a.test{path}")).body(Empty).unwrap();
    sender.send_request(request).await
}

/// The body, and whether it ended well.
async fn read(body: Incoming) -> (Vec<u8>, bool) {
    let mut body = std::pin::pin!(body);
    let mut bytes = Vec::new();
    while bytes.len() < 1_000_000 {
        match std::future::poll_fn(|context| body.as_mut().poll_frame(context)).await {
            None => return (bytes, true),
            Some(Err(_)) => return (bytes, false),
            Some(Ok(frame)) => bytes.extend_from_slice(frame.data_ref().unwrap()),
        }
    }
    (bytes, false)
}

#[tokio::test]
async fn pages_and_faults_over_http_2() {
    let web = Web::builder()
        .page("https://a.test/", Page::text("hello").etag("\"1\""))
        .page("https://a.test/reset", Page::text("hello").reset_after(2))
        .page("https://a.test/endless", Page::text("and so on ").endless())
        .http2()
        .start();
    let mut sender = connect(&web).await;
    let page = ask(&mut sender, "/").await.unwrap();
    assert_eq!((page.status().as_u16(), page.headers()["etag"].to_str().unwrap()), (200, "\"1\""));
    assert_eq!(read(page.into_body()).await, (b"hello".to_vec(), true));
    assert_eq!(ask(&mut sender, "/none").await.unwrap().status().as_u16(), 404);
    let reset = ask(&mut sender, "/reset").await.unwrap();
    assert_eq!(read(reset.into_body()).await, (b"he".to_vec(), false));
    let endless = ask(&mut sender, "/endless").await.unwrap();
    assert!(read(endless.into_body()).await.0.len() >= 1_000_000);
    let log = web.log().requests_to("a.test");
    assert!(log.iter().all(|entry| entry.version == "HTTP/2" && entry.connection == 1));
    assert_eq!(log.len(), 4);
}

#[tokio::test]
async fn goaway_comes_after_the_share_of_requests() {
    let web =
        Web::builder().page("https://a.test/", Page::text("x")).http2().requests_per_connection(1).start();
    let mut sender = connect(&web).await;
    assert_eq!(read(ask(&mut sender, "/").await.unwrap().into_body()).await, (b"x".to_vec(), true));
    // Nothing is answered any more, on a connection that ends.
    assert!(ask(&mut sender, "/").await.is_err() || sender.ready().await.is_err());
}
