//! https under any name, with certificates good and bad.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;

use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject as _};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use testkit::web::{Page, Trouble, Web};

use crate::client::{Answer, connect, read_until};

pub(crate) fn client_config(web: &Web, protocols: &[&[u8]]) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(web.ca_file()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    Arc::new(config)
}

fn stream(web: &Web, host: &str) -> StreamOwned<ClientConnection, TcpStream> {
    let name = ServerName::try_from(host.to_owned()).unwrap();
    let connection = ClientConnection::new(client_config(web, &[b"http/1.1"]), name).unwrap();
    StreamOwned::new(connection, connect(web))
}

fn ask(web: &Web, host: &str, path: &str) -> std::io::Result<Answer> {
    let mut stream = stream(web, host);
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
    Ok(read_until(&mut stream, usize::MAX))
}

#[test]
fn any_name_has_a_certificate_of_the_authority() {
    let web = Web::builder()
        .page("https://a.test/", Page::text("secret"))
        .page("http://a.test/", Page::text("open"))
        .page("https://сілтеме.test/", Page::text("қазақша"))
        .start();
    assert_eq!(ask(&web, "a.test", "/").unwrap().text(), "secret");
    let url = url::Url::parse("https://сілтеме.test/").unwrap();
    assert_eq!(ask(&web, url.host_str().unwrap(), "/").unwrap().text(), "қазақша");
    assert_eq!(ask(&web, "127.0.0.1", "/").unwrap().status(), 404);
    assert_eq!(crate::client::ask(&web, "a.test", "/").text(), "open");
    let schemes: Vec<_> = web.log().requests_to("a.test").iter().map(|entry| entry.scheme).collect();
    assert_eq!(schemes, ["https", "http"]);
    assert!(web.ca_pem().starts_with("-----BEGIN CERTIFICATE-----"));
}

#[test]
fn bad_certificates_are_bad_for_the_right_reason() {
    let troubles = [
        ("expired.test", Trouble::Expired, "expired"),
        ("wrong.test", Trouble::WrongName, "not valid for name"),
        ("untrusted.test", Trouble::Untrusted, "UnknownIssuer"),
        ("old.test", Trouble::OldTls, "ProtocolVersion"),
    ];
    let builder = troubles.iter().fold(Web::builder(), |web, (host, trouble, _)| web.trouble(host, *trouble));
    let web = builder.start();
    for (host, _, reason) in troubles {
        let error = ask(&web, host, "/").err().unwrap_or_else(|| panic!("{host} was trusted")).to_string();
        assert!(error.contains(reason), "{host}: {error}");
    }
    assert!(web.log().is_empty());
    web.put_trouble("expired.test", None);
    assert_eq!(ask(&web, "expired.test", "/").unwrap().status(), 404);
}

#[test]
fn a_slow_handshake_succeeds_late() {
    let web = Web::builder().trouble("slow.test", Trouble::SlowTls(80)).start();
    let began = std::time::Instant::now();
    assert_eq!(ask(&web, "slow.test", "/").unwrap().status(), 404);
    assert!(began.elapsed().as_millis() >= 80);
}

#[test]
fn resets_reset_through_tls() {
    let web = Web::builder().page("https://a.test/", Page::text("hello").reset_after(2)).start();
    let answer = ask(&web, "a.test", "/").unwrap();
    assert_eq!(answer.text(), "he");
    assert!(answer.error.is_some());
}

#[test]
fn connections_end_after_their_share_of_requests() {
    let web = Web::builder().requests_per_connection(2).start();
    let mut stream = connect(&web);
    for _ in 0..2 {
        write!(stream, "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n").unwrap();
    }
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    assert_eq!(text.matches("HTTP/1.1 404").count(), 2);
    assert_eq!(text.matches("Connection: close").count(), 1);
}
