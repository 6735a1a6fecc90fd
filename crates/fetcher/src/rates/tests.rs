//! The limits hold under simulated time.

use std::sync::Arc;
use std::time::Duration;

use super::*;

fn settings(process: u32, address: u32, in_flight: u32) -> FetcherSettings {
    FetcherSettings {
        requests_per_second: process,
        requests_per_second_per_address: address,
        in_flight_max: in_flight,
        ..FetcherSettings::default()
    }
}

/// Seconds for `count` requests at once, spread over `addresses`.
async fn seconds(rates: Rates, count: u32, addresses: u32) -> f64 {
    let rates = Arc::new(rates);
    let begun = tokio::time::Instant::now();
    let tasks: Vec<_> = (0..count)
        .map(|n| {
            let rates = Arc::clone(&rates);
            let ip = IpAddr::from((0x0808_0000 + n % addresses).to_be_bytes());
            tokio::spawn(async move { drop(rates.admit(Some(ip)).await.unwrap()) })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    begun.elapsed().as_secs_f64()
}

#[tokio::test(start_paused = true)]
async fn one_address_is_asked_at_its_rate_and_others_are_not_held_up() {
    let one = seconds(Rates::new(&settings(0, 2, 100)), 21, 1).await;
    assert!((10.0..10.5).contains(&one), "{one}");
    let many = seconds(Rates::new(&settings(0, 2, 100)), 21, 21).await;
    assert!(many < 0.1, "{many}");
}

#[tokio::test(start_paused = true)]
async fn the_process_keeps_its_rate_over_all_addresses() {
    let all = seconds(Rates::new(&settings(10, 0, 100)), 51, 51).await;
    assert!((5.0..5.5).contains(&all), "{all}");
}

#[tokio::test(start_paused = true)]
async fn requests_in_flight_are_capped_and_loopback_is_not_metered() {
    let rates = Rates::new(&settings(0, 1, 2));
    let loopback = Some(IpAddr::from([127, 0, 0, 1]));
    let held = (rates.admit(loopback).await.unwrap(), rates.admit(loopback).await.unwrap());
    assert!(tokio::time::timeout(Duration::from_secs(9), rates.admit(None)).await.is_err());
    drop(held);
    assert!(rates.admit(None).await.is_some());
}
