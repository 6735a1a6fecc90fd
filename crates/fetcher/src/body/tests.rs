//! Limits of size and time, under simulated time.

use std::convert::Infallible;

use futures_util::stream;

use super::*;

const PATIENCE: (u64, u64, u64) = (60, 100, 10);

fn patience((deadline, window_min, window): (u64, u64, u64)) -> Patience {
    Patience {
        deadline: Instant::now() + Duration::from_secs(deadline),
        window_min,
        window: Duration::from_secs(window),
    }
}

/// A stream of `count` chunks of `len` bytes, one every `every` seconds.
fn drip(count: usize, len: usize, every: u64) -> impl Stream<Item = Result<Bytes, Infallible>> {
    stream::unfold(0, move |sent| async move {
        tokio::time::sleep(Duration::from_secs(every)).await;
        (sent < count).then(|| (Ok(Bytes::from(vec![b'x'; len])), sent + 1))
    })
}

#[tokio::test(start_paused = true)]
async fn a_steady_body_is_whole() {
    let body = collect(drip(40, 101, 1), &[], 10_000, &patience(PATIENCE)).await;
    assert_eq!((body.raw.len(), body.truncated, body.decoded), (4_040, None, None));
}

#[tokio::test(start_paused = true)]
async fn a_slow_body_is_cut_at_the_end_of_the_window() {
    let begun = Instant::now();
    let body = collect(drip(1_000, 1, 1), &[], 10_000, &patience(PATIENCE)).await;
    assert_eq!(body.truncated, Some(Truncation::Time));
    assert_eq!(begun.elapsed(), Duration::from_secs(10));
    // A good start does not pay for a slow rest.
    let quick = stream::iter([Ok(Bytes::from(vec![0; 5_000]))]).chain(drip(1_000, 1, 1));
    let begun = Instant::now();
    let body = collect(quick, &[], 10_000, &patience(PATIENCE)).await;
    assert_eq!((body.truncated, begun.elapsed().as_secs()), (Some(Truncation::Time), 20));
    assert!(body.raw.len() > 5_000);
}

#[tokio::test(start_paused = true)]
async fn the_deadline_cuts_even_a_fast_enough_body() {
    let begun = Instant::now();
    let body = collect(drip(1_000, 200, 1), &[], 1 << 20, &patience(PATIENCE)).await;
    assert_eq!(body.truncated, Some(Truncation::Time));
    assert_eq!(begun.elapsed(), Duration::from_mins(1));
}

#[tokio::test(start_paused = true)]
async fn a_broken_connection_keeps_what_came() {
    let broken = stream::iter([Ok(Bytes::from_static(b"abc")), Err("reset")]);
    let body = collect(broken, &[], 100, &patience(PATIENCE)).await;
    assert_eq!((body.raw.as_ref(), body.truncated), (&b"abc"[..], Some(Truncation::Disconnect)));
}

#[tokio::test(start_paused = true)]
async fn the_limit_is_on_received_bytes_too() {
    let body = collect(drip(5, 10, 0), &[], 42, &patience(PATIENCE)).await;
    assert_eq!((body.raw.len(), body.truncated), (42, Some(Truncation::Length)));
    let body = collect(drip(4, 10, 0), &[], 40, &patience(PATIENCE)).await;
    assert_eq!((body.raw.len(), body.truncated), (40, None));
}

#[test]
fn a_bomb_is_cut_where_it_went_off() {
    let headers = [HeaderLine { name: "content-encoding".to_owned(), value: "zstd".into() }];
    let raw = Bytes::from(zstd::bulk::compress(&vec![0; 1 << 24], 1).unwrap());
    let body = whole(&headers, &Body { raw: raw.clone(), ..Body::default() }, 100_000);
    assert_eq!((body.decoded.unwrap().len(), body.truncated), (100_000, Some(Truncation::Length)));
    assert!(body.raw.len() <= raw.len() && raw.starts_with(&body.raw));
}
