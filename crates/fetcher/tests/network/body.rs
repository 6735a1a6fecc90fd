//! Bodies that are slow, huge, broken or lie about themselves.

use std::io::Write;
use std::time::{Duration, Instant};

use model::Truncation;
use tokio::io::AsyncWriteExt;

use crate::server::{answering, request, serve};
use crate::{get, get_at, settings};

#[tokio::test]
async fn a_plain_body_comes_whole_with_everything_recorded() {
    let (address, seen) = answering(
        "HTTP/1.1 200 OK\r\nX-Two: a\r\nx-two: b\r\nSet-Cookie: c=1\r\nContent-Length: 5\r\n\r\nhello",
    )
    .await;
    let answer = get_at(address).await.unwrap();
    assert_eq!(answer.remote, Some(address.ip()));
    let response = answer.exchange.response;
    assert_eq!((response.version.as_str(), response.status), ("HTTP/1.1", 200));
    assert_eq!(response.headers_named("x-two").collect::<Vec<_>>(), [b"a", b"b"]);
    assert_eq!((response.body.raw.as_ref(), response.body.truncated), (&b"hello"[..], None));
    let head = seen.lock().unwrap()[0].to_ascii_lowercase();
    assert!(
        head.starts_with("get / http/1.1\r\n") && head.contains(&format!("host: {address}\r\n")),
        "{head}"
    );
    for absent in ["cookie", "referer", "accept-encoding"] {
        assert!(!head.contains(absent), "{head}");
    }
}

#[tokio::test]
async fn a_dripping_body_is_cut_by_the_minimum_rate() {
    let address = serve(|mut stream| async move {
        request(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n").await;
        while stream.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    let begun = Instant::now();
    let body = get_at(address).await.unwrap().exchange.response.body;
    assert_eq!(body.truncated, Some(Truncation::Time));
    assert!(!body.raw.is_empty() && begun.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn the_total_deadline_ends_a_body_that_is_fast_enough() {
    let address = serve(|mut stream| async move {
        request(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
        while stream.write_all(&[b'x'; 500]).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    let mut settings = settings();
    settings.fetcher.total_timeout = model::Span::millis(600);
    let body = get(&settings, &format!("http://{address}/")).await.unwrap().exchange.response.body;
    assert_eq!(body.truncated, Some(Truncation::Time));
}

#[tokio::test]
async fn wrong_lengths_and_broken_chunks() {
    let body_of = async |answer: &str| {
        let (address, _) = answering(answer).await;
        get_at(address).await.unwrap().exchange.response.body
    };
    let short = body_of("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello").await;
    assert_eq!((short.raw.as_ref(), short.truncated), (&b"hello"[..], Some(Truncation::Disconnect)));
    let long = body_of("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhello").await;
    assert_eq!((long.raw.as_ref(), long.truncated), (&b"he"[..], None));
    let chunked = body_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n").await;
    assert_eq!((chunked.raw.as_ref(), chunked.truncated), (&b"hello"[..], Some(Truncation::Disconnect)));
    let until_close = body_of("HTTP/1.0 200 OK\r\n\r\nhello").await;
    assert_eq!((until_close.raw.as_ref(), until_close.truncated), (&b"hello"[..], None));
    let trailers = format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n{}",
        "t: x\r\n".repeat(50_000)
    );
    assert_eq!(body_of(&trailers).await.raw.as_ref(), b"hello");
}

#[tokio::test]
async fn a_bomb_of_300_megabytes_stays_small() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..300 {
        encoder.write_all(&vec![0; 1 << 20]).unwrap();
    }
    let bomb = encoder.finish().unwrap();
    let mut answer =
        format!("HTTP/1.1 200 OK\r\nContent-Encoding: GZip\r\nContent-Length: {}\r\n\r\n", bomb.len())
            .into_bytes();
    answer.extend(&bomb);
    let (address, _) = answering(answer).await;
    let body = get_at(address).await.unwrap().exchange.response.body;
    assert_eq!((body.decoded.unwrap().len(), body.truncated), (10 << 20, Some(Truncation::Length)));
    assert!(body.raw.len() < bomb.len() / 10 && bomb.starts_with(&body.raw));
    // Where the system tells, the peak of this whole process, all its tests included.
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak_kb = peak.and_then(|text| text.trim().trim_end_matches(" kB").parse().ok());
    eprintln!("peak memory of this process: {peak_kb:?} kB");
    assert!(peak_kb.unwrap_or(0u64) < 150_000);
}

#[tokio::test]
async fn an_endless_body_is_cut_at_the_limit() {
    let address = serve(|mut stream| async move {
        request(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
        while stream.write_all(&vec![b'x'; 65_536]).await.is_ok() {}
    })
    .await;
    let body = get_at(address).await.unwrap().exchange.response.body;
    assert_eq!((body.raw.len(), body.truncated), (10 << 20, Some(Truncation::Length)));
}
