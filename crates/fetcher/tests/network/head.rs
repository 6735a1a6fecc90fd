//! Response headers that do not come, do not end, or make no sense.

use std::time::{Duration, Instant};

use model::FailureKind;
use tokio::io::AsyncWriteExt;

use crate::server::{answering, request, serve};
use crate::{get, get_at, kind_of, settings};

#[tokio::test]
async fn silence_is_a_timeout() {
    let address = serve(|mut stream| async move {
        request(&mut stream).await;
        tokio::time::sleep(Duration::from_mins(1)).await;
    })
    .await;
    let begun = Instant::now();
    assert_eq!(kind_of(get_at(address).await), FailureKind::Timeout);
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_dripping_header_is_a_timeout() {
    let address = serve(|mut stream| async move {
        request(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nx: ").await;
        while stream.write_all(b"y").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    assert_eq!(kind_of(get_at(address).await), FailureKind::Timeout);
}

#[tokio::test]
async fn endless_interim_responses_are_a_timeout() {
    let address = serve(|mut stream| async move {
        request(&mut stream).await;
        while stream.write_all(b"HTTP/1.1 103 Early Hints\r\n\r\n").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    })
    .await;
    assert_eq!(kind_of(get_at(address).await), FailureKind::Timeout);
}

#[tokio::test]
async fn floods_of_header_lines_are_a_protocol_failure() {
    let one_long = format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "y".repeat(20 << 20));
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "x: y\r\n".repeat(1 << 20));
    for answer in [one_long, many] {
        let (address, _) = answering(answer).await;
        assert_eq!(kind_of(get_at(address).await), FailureKind::Protocol);
    }
    let (address, _) = answering(format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "y".repeat(20_000))).await;
    assert!(get_at(address).await.is_ok());
    let mut strict = settings();
    strict.fetcher.header_max = model::ByteSize::kibibytes(8);
    assert_eq!(kind_of(get(&strict, &format!("http://{address}/")).await), FailureKind::Protocol);
}

#[tokio::test]
async fn what_is_not_http_is_a_protocol_failure() {
    let (address, _) = answering("SSH-2.0-OpenSSH_9.9\r\n").await;
    assert_eq!(kind_of(get_at(address).await), FailureKind::Protocol);
}

#[tokio::test]
async fn odd_headers_that_browsers_take_are_taken() {
    let (address, _) =
        answering("HTTP/1.1 200 OK\r\nbad name: 1\r\nx : 2\r\nlocation: /\u{e9}\r\ny: a\r\n b\r\n\r\nok")
            .await;
    let response = get_at(address).await.unwrap().exchange.response;
    assert_eq!(response.header("x"), Some(&b"2"[..]));
    assert_eq!(response.header("location"), Some("/\u{e9}".as_bytes()));
}

#[tokio::test]
async fn hanging_up_is_a_reset() {
    let address = serve(|mut stream| async move {
        request(&mut stream).await;
    })
    .await;
    assert_eq!(kind_of(get_at(address).await), FailureKind::Reset);
    let address = serve(|mut stream| async move {
        request(&mut stream).await;
        let _ = stream.set_zero_linger();
    })
    .await;
    assert_eq!(kind_of(get_at(address).await), FailureKind::Reset);
    let (address, _) = answering("HTTP/1.1 200 OK\r\nConte").await;
    assert_eq!(kind_of(get_at(address).await), FailureKind::Reset);
}

#[tokio::test]
async fn nobody_listening_is_a_connect_failure() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    assert_eq!(kind_of(get_at(address).await), FailureKind::Connect);
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let (address, seen) =
        answering("HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 0\r\n\r\n").await;
    assert_eq!(get_at(address).await.unwrap().exchange.response.status, 302);
    assert_eq!(seen.lock().unwrap().len(), 1);
}
