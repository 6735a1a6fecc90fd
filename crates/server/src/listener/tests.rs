//! The socket: where it listens, what it refuses, how it ends.

use std::error::Error as _;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_util::sync::CancellationToken;

use super::{Bound, bind};
use crate::app::{App, Opening};
use crate::error::Error;
use crate::settings::Settings;
use crate::world::World;

fn listening(address: &str) -> Settings {
    Settings { listen: address.parse().unwrap(), ..Settings::default() }
}

#[tokio::test]
async fn only_loopback_is_listened_on() {
    for address in ["0.0.0.0:0", "192.0.2.1:80", "[::]:0"] {
        let refused = bind(&listening(address)).unwrap_err();
        assert!(matches!(refused, Error::NotLoopback(_)), "{address}");
        assert!(refused.to_string().contains("tls_certificate"));
    }
}

#[tokio::test]
async fn a_taken_port_is_told_with_the_next_step() {
    let first = bind(&listening("127.0.0.1:0")).unwrap();
    assert_ne!(first.address().port(), 0);
    let refused = bind(&listening(&first.address().to_string())).unwrap_err();
    assert!(
        refused.to_string().contains(&first.address().to_string())
            && refused.to_string().contains("--listen")
    );
    assert!(refused.source().is_some());
}

#[tokio::test]
async fn it_answers_until_it_is_stopped() {
    let world = World::of_steppes(1);
    let bound = bind(&listening("127.0.0.1:0")).unwrap();
    let address = bound.address();
    let stop = CancellationToken::new();
    let serving = tokio::spawn(bound.serve(world.app.clone(), stop.clone()));
    let mut connection = TcpStream::connect(address).await.unwrap();
    connection.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let mut answer = [0; 15];
    connection.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200 OK");
    // The open, idle connection does not keep the server up.
    stop.cancel();
    tokio::time::timeout(Duration::from_secs(4), serving).await.unwrap().unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}

/// A certificate for `silteme.test`, in files.
fn certificate(folder: &Path, serial: &str) -> (Settings, CertificateDer<'static>) {
    let made =
        rcgen::generate_simple_self_signed(vec!["silteme.test".to_owned(), serial.to_owned()]).unwrap();
    let (certificate, key) = (folder.join("chain.pem"), folder.join("key.pem"));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let settings = Settings {
        listen: "127.0.0.1:0".parse().unwrap(),
        tls_certificate: Some(certificate),
        tls_key: Some(key),
        ..Settings::default()
    };
    (settings, made.cert.der().clone())
}

/// Asks for `/healthz` over TLS of some versions, trusting one certificate; the answer, or why there was none.
async fn ask(
    address: SocketAddr,
    trusted: &CertificateDer<'static>,
    versions: &[&'static SupportedProtocolVersion],
) -> io::Result<String> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connection = TcpStream::connect(address).await?;
    let name = "silteme.test".try_into().unwrap();
    let mut stream = TlsConnector::from(Arc::new(config)).connect(name, connection).await?;
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: silteme.test\r\nConnection: close\r\n\r\n").await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

fn serve(bound: Bound, settings: &Settings) -> (World, CancellationToken) {
    let world = World::with(settings, &[]);
    let stop = CancellationToken::new();
    tokio::spawn(bound.serve(world.app.clone(), stop.clone()));
    (world, stop)
}

#[tokio::test]
async fn tls_12_and_13_are_spoken_and_nothing_older() {
    let folder = testkit::temp::Scratch::new();
    let (settings, trusted) = certificate(folder.path(), "first.test");
    let bound = bind(&settings).unwrap();
    assert_eq!(bound.scheme(), "https");
    let address = bound.address();
    let (_world, _stop) = serve(bound, &settings);
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let answer = ask(address, &trusted, &[version]).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
        assert!(
            answer.contains("strict-transport-security: max-age=31536000; includeSubDomains"),
            "{answer}"
        );
    }
    // rustls cannot even ask for 1.0 and 1.1, so their ClientHello is written by hand (RFC 2246, RFC 4346).
    for minor in [1, 2] {
        let mut connection = TcpStream::connect(address).await.unwrap();
        connection.write_all(&old_hello(minor)).await.unwrap();
        let mut answer = Vec::new();
        connection.read_to_end(&mut answer).await.unwrap();
        // A fatal alert (record type 21, level 2): handshake_failure (40) or protocol_version (70).
        assert_eq!((answer[0], answer[5]), (21, 2), "TLS 1.{}", minor - 1);
        assert!([40, 70].contains(&answer[6]), "TLS 1.{}: {}", minor - 1, answer[6]);
    }
    let mut plain = TcpStream::connect(address).await.unwrap();
    plain.write_all(b"GET /healthz HTTP/1.1\r\nHost: silteme.test\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer).await;
    assert!(!answer.starts_with(b"HTTP"), "plain HTTP is answered beside TLS");
}

/// A `ClientHello` of TLS 1.0 (minor 1) or 1.1 (minor 2) with one cipher suite of the time.
fn old_hello(minor: u8) -> Vec<u8> {
    let mut hello = vec![3, minor];
    hello.extend([7; 32]); // random
    hello.push(0); // no session
    hello.extend([0, 2, 0xc0, 0x13]); // TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA
    hello.extend([1, 0]); // no compression
    let len = u8::try_from(hello.len()).unwrap();
    let mut record = vec![22, 3, 1, 0, len + 4, 1, 0, 0, len];
    record.extend(hello);
    record
}

#[tokio::test]
async fn a_renewed_certificate_needs_no_restart_and_a_broken_one_changes_nothing() {
    let folder = testkit::temp::Scratch::new();
    let (settings, first) = certificate(folder.path(), "first.test");
    let bound = bind(&settings).unwrap();
    let (address, tls) = (bound.address(), bound.tls.clone().unwrap());
    let (_world, _stop) = serve(bound, &settings);
    let both = [&rustls::version::TLS12, &rustls::version::TLS13];
    assert!(ask(address, &first, &both).await.is_ok());
    let mut seen = tls.stamp();

    std::fs::write(settings.tls_certificate.as_ref().unwrap(), "nonsense").unwrap();
    assert!(!tls.renew(&mut seen));
    assert!(ask(address, &first, &both).await.is_ok());

    let (_, second) = certificate(folder.path(), "a-longer-second.test");
    assert!(tls.renew(&mut seen));
    assert!(ask(address, &second, &both).await.is_ok());
    assert!(ask(address, &first, &both).await.is_err(), "the old certificate is still in force");
}

#[test]
fn a_certificate_that_cannot_be_used_is_told_by_name() {
    let folder = testkit::temp::Scratch::new();
    let (settings, _) = certificate(folder.path(), "first.test");
    std::fs::write(settings.tls_key.as_ref().unwrap(), "nonsense").unwrap();
    let refused = bind(&settings).unwrap_err();
    assert!(refused.to_string().contains("chain.pem"), "{refused}");
    let half = Settings { tls_key: None, ..settings };
    assert!(half.check().unwrap_err().contains("tls_key"));
}

#[test]
fn people_are_not_served_to_other_machines_under_a_key_beside_their_keys() {
    let scratch = testkit::temp::Scratch::new();
    let clock: Arc<dyn model::Clock> = Arc::new(testkit::clock::SimulatedClock::default());
    let open = |server: &Settings| {
        App::open(&Opening {
            data: &scratch.join("run"),
            pipeline: &pipeline::Settings::default(),
            recommender: &recommender::Settings::default(),
            feedback: &feedback::Settings::default(),
            profiles: &profiles::Settings::default(),
            accounts: &profiles::AccountSettings::default(),
            server,
            jobs: &[],
            clock: Arc::clone(&clock),
            progress: Arc::default(),
        })
    };
    assert!(open(&listening("127.0.0.1:0")).is_ok());
    let refused = open(&listening("0.0.0.0:0")).err().unwrap();
    assert!(matches!(refused, Error::DevelopmentKey), "{refused}");
    assert!(refused.to_string().contains("master_key_file"));
}
