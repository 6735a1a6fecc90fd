//! TLS: trusted, untrusted, broken; HTTP/2 by ALPN.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;

use http_body_util::Full;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use model::FailureKind;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use tempfile::NamedTempFile;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;

use crate::server::serve;
use crate::{get, kind_of, pinned};

/// A server under its own authority for the names given: its address and the authority's PEM file. It answers with the
/// HTTP version, the authority asked for and the `Host` header.
async fn secure_server(names: &[&str], protocols: &[&[u8]]) -> (SocketAddr, NamedTempFile) {
    let mut root = CertificateParams::new(Vec::new()).unwrap();
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = CertifiedIssuer::self_signed(root, KeyPair::generate().unwrap()).unwrap();
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(root.pem().as_bytes()).unwrap();

    let key = KeyPair::generate().unwrap();
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let leaf = CertificateParams::new(names).unwrap().signed_by(&key, &root).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(leaf.pem().as_bytes()).unwrap()],
            PrivateKeyDer::from_pem_slice(key.serialize_pem().as_bytes()).unwrap(),
        )
        .unwrap();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let address = serve(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(stream) = acceptor.accept(stream).await else { return };
            let service = service_fn(|request: hyper::Request<hyper::body::Incoming>| async move {
                let host = request.headers().get("host").map(|value| value.to_str().unwrap().to_owned());
                let authority = request.uri().authority().map(ToString::to_string);
                let text = format!("{:?} {authority:?} {host:?}", request.version());
                Ok::<_, std::convert::Infallible>(hyper::Response::new(Full::new(bytes::Bytes::from(text))))
            });
            let _ = auto::Builder::new(TokioExecutor::new())
                .serve_connection(TokioIo::new(stream), service)
                .await;
        }
    })
    .await;
    (address, file)
}

#[tokio::test]
async fn a_test_web_serves_https_under_real_names() {
    let (address, ca) = secure_server(&["a.kz", "b.kz"], &[b"h2", b"http/1.1"]).await;
    let mut settings = pinned(&[("*", address.to_string())]);
    settings.network.ca = Some(ca.path().to_owned());
    let response = get(&settings, "https://a.kz/").await.unwrap().exchange.response;
    assert_eq!(response.version, "HTTP/2");
    assert_eq!(response.body.raw, r#"HTTP/2.0 Some("a.kz") None"#);
    // With a port of its own the connection is HTTP/1.1, because the pin moves it to another port.
    let response = get(&settings, "https://b.kz:8443/").await.unwrap().exchange.response;
    assert_eq!(response.version, "HTTP/1.1");
    assert_eq!(response.body.raw, r#"HTTP/1.1 None Some("b.kz:8443")"#);
    let wrong_name = get(&settings, "https://c.kz/").await;
    assert_eq!(kind_of(wrong_name), FailureKind::Tls);
}

#[tokio::test]
async fn http_1_is_spoken_where_http_2_is_not() {
    let (address, ca) = secure_server(&["a.kz"], &[]).await;
    let mut settings = pinned(&[("a.kz", address.to_string())]);
    settings.network.ca = Some(ca.path().to_owned());
    assert_eq!(get(&settings, "https://a.kz/").await.unwrap().exchange.response.version, "HTTP/1.1");
}

#[tokio::test]
async fn an_unknown_authority_and_a_broken_handshake_are_tls_failures() {
    let (address, _ca) = secure_server(&["a.kz"], &[]).await;
    let settings = pinned(&[("a.kz", address.to_string())]);
    assert_eq!(kind_of(get(&settings, "https://a.kz/").await), FailureKind::Tls);
    let plain = serve(|mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        let _ = stream.read(&mut [0; 1024]).await;
    })
    .await;
    let settings = pinned(&[("a.kz", plain.to_string())]);
    assert_eq!(kind_of(get(&settings, "https://a.kz/").await), FailureKind::Tls);
    let mute = serve(|stream| async move { drop(stream) }).await;
    let settings = pinned(&[("a.kz", mute.to_string())]);
    assert_eq!(kind_of(get(&settings, "https://a.kz/").await), FailureKind::Tls);
}

#[tokio::test]
async fn an_authority_file_without_certificates_is_an_error() {
    let mut settings = crate::settings();
    let file = NamedTempFile::new().unwrap();
    for path in [file.path().to_owned(), "/nonexistent/ca.pem".into()] {
        settings.network.ca = Some(path);
        let error = fetcher::ReqwestTransport::new(&settings).err().unwrap();
        assert!(error.to_string().contains("[network] ca"), "{error}");
    }
}
