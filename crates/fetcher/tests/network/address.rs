//! Where connections may go: guard, pins, name servers, proxy.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};

use fetcher::{ReqwestTransport, Transport, TransportRequest};
use model::FailureKind;
use tokio::io::AsyncWriteExt;
use tokio::net::UdpSocket;
use url::Url;

use crate::server::{answering, request, serve};
use crate::{get, kind_of, pinned, reason_of, settings};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// A name server that says the same for every name, of type A.
async fn name_server(answers: Vec<[u8; 4]>) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut query = [0; 512];
        while let Ok((len, peer)) = socket.recv_from(&mut query).await {
            // The question: labels up to a zero byte, then type and class.
            let end = 12 + query[12..len].iter().position(|&byte| byte == 0).unwrap() + 5;
            let is_a = query[end - 4..end - 2] == [0, 1];
            let count = if is_a { answers.len() } else { 0 };
            let mut reply =
                vec![query[0], query[1], 0x81, 0x80, 0, 1, 0, u8::try_from(count).unwrap(), 0, 0, 0, 0];
            reply.extend_from_slice(&query[12..end]);
            for ip in &answers[..count] {
                reply.extend_from_slice(&[0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]);
                reply.extend_from_slice(ip);
            }
            socket.send_to(&reply, peer).await.unwrap();
        }
    });
    address
}

#[tokio::test]
async fn closed_ranges_are_refused_before_connecting() {
    let (address, seen) = answering(OK).await;
    let mut closed = settings();
    closed.network.allow.clear();
    for url in [format!("http://{address}/"), format!("http://localhost:{}/", address.port())] {
        assert!(reason_of(get(&closed, &url).await).contains("loopback"), "{url}");
    }
    let mut pinned = pinned(&[("a.test", address.to_string())]);
    pinned.network.allow.clear();
    assert!(reason_of(get(&pinned, "http://a.test/").await).contains("loopback"));
    assert!(seen.lock().unwrap().is_empty());
    let localhost = format!("http://localhost:{}/", address.port());
    assert!(get(&settings(), &localhost).await.is_ok());
}

#[tokio::test]
async fn pins_lead_elsewhere_and_host_stays() {
    let (address, seen) = answering(OK).await;
    let settings = pinned(&[("*.test", address.to_string()), ("b.kz", address.ip().to_string())]);
    for (url, host) in [
        ("http://a.test/", "a.test".to_owned()),
        ("http://a.test:8081/", "a.test:8081".to_owned()),
        (&format!("http://b.kz:{}/", address.port()), format!("b.kz:{}", address.port())),
    ] {
        let answer = get(&settings, url).await.unwrap();
        assert_eq!(answer.remote, Some(address.ip()));
        assert_eq!(answer.exchange.request.headers[0].value, host);
        let head = seen.lock().unwrap().pop().unwrap().to_ascii_lowercase();
        assert!(head.contains(&format!("host: {host}\r\n")) && head.matches("host:").count() == 1, "{head}");
    }
    let transport = ReqwestTransport::new(&settings).unwrap();
    let at = transport.address(&Url::parse("https://x.test/").unwrap()).await.unwrap();
    assert_eq!(at, Some(address.ip()));
}

#[tokio::test]
async fn resolved_addresses_are_judged() {
    let (address, _) = answering(OK).await;
    let url = format!("http://news.kz:{}/", address.port());
    let resolved_to = async |answers: Vec<[u8; 4]>| {
        let mut settings = settings();
        settings.agent.contact = Some("bot@a.kz".to_owned());
        settings.network.dns = vec![name_server(answers).await.to_string()];
        get(&settings, &url).await
    };
    assert!(reason_of(resolved_to(vec![[10, 0, 0, 5]]).await).contains("private"));
    assert!(reason_of(resolved_to(vec![[169, 254, 169, 254]]).await).contains("metadata"));
    let answer = resolved_to(vec![[127, 0, 0, 1]]).await.unwrap();
    assert_eq!(answer.remote, Some(IpAddr::from([127, 0, 0, 1])));
    // Of several addresses only the open ones are tried.
    assert!(resolved_to(vec![[10, 0, 0, 5], [127, 0, 0, 1]]).await.is_ok());
    assert_eq!(kind_of(resolved_to(Vec::new()).await), FailureKind::Dns);
}

#[tokio::test]
async fn a_silent_name_server_is_a_dns_failure() {
    let silent = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let mut settings = settings();
    settings.network.dns = vec![silent.local_addr().unwrap().to_string()];
    settings.fetcher.connect_timeout = model::Span::millis(200);
    let transport = ReqwestTransport::new(&settings).unwrap();
    let failure = transport.address(&Url::parse("http://news.kz/").unwrap()).await.unwrap_err();
    assert_eq!(kind_of(Err(failure)), FailureKind::Dns);
}

#[tokio::test]
async fn without_a_contact_only_loopback_is_connected_to() {
    let mut settings = pinned(&[("a.kz", "10.0.0.1:80".to_owned())]);
    settings.network.allow.push("10.0.0.0/8".parse().unwrap());
    for url in ["http://a.kz/", "http://10.0.0.1/"] {
        let reason = reason_of(get(&settings, url).await);
        assert!(reason.contains("[agent] contact"), "{reason}");
    }
}

#[tokio::test]
async fn a_proxy_is_asked_instead() {
    let (proxy, seen) = answering(OK).await;
    let mut settings = settings();
    settings.network.proxy = Some(Url::parse(&format!("http://{proxy}")).unwrap());
    assert!(reason_of(get(&settings, "http://news.kz/a").await).contains("contact"));
    settings.agent.contact = Some("https://a.kz/bot".to_owned());
    assert!(get(&settings, "http://news.kz/a").await.is_ok());
    assert!(reason_of(get(&settings, "http://10.0.0.1/").await).contains("private"));
    let heads = seen.lock().unwrap();
    assert!(heads.len() == 1 && heads[0].starts_with("GET http://news.kz/a HTTP/1.1"), "{heads:?}");
}

#[tokio::test]
async fn credentials_in_a_url_are_not_sent() {
    let (address, seen) = answering(OK).await;
    get(&settings(), &format!("http://user:secret@{address}/#part")).await.unwrap();
    let head = seen.lock().unwrap().pop().unwrap().to_ascii_lowercase();
    assert!(!head.contains("authorization") && !head.contains("part"), "{head}");
}

#[tokio::test]
async fn a_connection_is_used_again_and_the_local_address_is_ours_to_choose() {
    let connections = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&connections);
    let address = serve(move |mut stream| {
        log.lock().unwrap().push(stream.peer_addr().unwrap().ip());
        async move {
            while request(&mut stream).await.ends_with("\r\n\r\n") {
                stream.write_all(OK.as_bytes()).await.unwrap();
            }
        }
    })
    .await;
    let mut settings = settings();
    settings.network.bind = Some(IpAddr::from([127, 0, 0, 2]));
    let transport = ReqwestTransport::new(&settings).unwrap();
    for _ in 0..3 {
        let url = Url::parse(&format!("http://{address}/")).unwrap();
        let request = TransportRequest { url, headers: Vec::new(), body_max: 10 };
        assert_eq!(transport.send(request).await.unwrap().exchange.response.body.raw, "ok");
    }
    assert_eq!(*connections.lock().unwrap(), [IpAddr::from([127, 0, 0, 2])]);
}
