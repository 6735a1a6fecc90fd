//! The limits hold under simulated time.

use std::sync::Arc;
use std::time::Duration;

use super::*;

fn settings(process: u32, in_flight: u32) -> FetcherSettings {
    FetcherSettings { requests_per_second: process, in_flight_max: in_flight, ..FetcherSettings::default() }
}

#[tokio::test(start_paused = true)]
async fn the_process_keeps_its_rate() {
    let rates = Arc::new(Rates::new(&settings(10, 100)));
    let begun = tokio::time::Instant::now();
    let tasks: Vec<_> = (0..51)
        .map(|_| {
            let rates = Arc::clone(&rates);
            tokio::spawn(async move { drop(rates.admit().await.unwrap()) })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let all = begun.elapsed().as_secs_f64();
    assert!((5.0..5.5).contains(&all), "{all}");
}

#[tokio::test(start_paused = true)]
async fn requests_in_flight_are_capped() {
    let rates = Rates::new(&settings(0, 2));
    let held = (rates.admit().await.unwrap(), rates.admit().await.unwrap());
    assert!(tokio::time::timeout(Duration::from_secs(9), rates.admit()).await.is_err());
    drop(held);
    assert!(rates.admit().await.is_some());
}
