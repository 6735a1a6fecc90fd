//! Health and metrics.

use axum::http::Method;

use crate::world::World;

#[tokio::test]
async fn a_server_over_nothing_is_ready_and_finds_nothing() {
    let world = World::of(&[]);
    assert_eq!(world.get("/healthz").await.body, "ok\n");
    assert_eq!(world.get("/readyz").await.body, "ready\n");
    assert!(world.get("/v1/search?q=steppe").await.urls().is_empty());
    assert!(world.get("/v1/changes").await.body.contains("\"more\":false"));
}

#[tokio::test]
async fn a_damaged_index_is_not_ready_and_says_so_without_a_path() {
    let world = World::of_steppes(1);
    std::fs::write(world.data.join("index/current"), "nonsense, and longer than before\n").unwrap();
    for (path, status) in [("/readyz", 503), ("/v1/search", 500), ("/v1/changes", 500)] {
        let answer = world.get(path).await;
        answer.problem(status);
        answer.never_says(&world.data.display().to_string());
    }
    // A reader gets a page with words, an operator the metrics.
    let page = world.get("/?lang=en").await;
    assert_eq!(page.status, 500);
    assert!(page.body.contains("The server could not answer."));
    assert!(
        world
            .get("/metrics")
            .await
            .body
            .contains("silteme_http_requests_total{route=\"/v1/search\",status=\"500\"} 1\n")
    );
}

#[tokio::test]
async fn requests_are_counted_by_pattern_and_status() {
    let world = World::of_steppes(3);
    for path in [
        "/v1/links/zzz",
        "/v1/links/00000000000000000000000000000000",
        "/nothing",
        "/else",
        "/v1/search?limit=0",
    ] {
        world.get(path).await;
    }
    world.send(Method::POST, "/v1/search").await;
    let answer = world.get("/metrics").await;
    assert_eq!(answer.header("content-type"), "application/openmetrics-text; version=1.0.0; charset=utf-8");
    for line in [
        "silteme_http_requests_total{route=\"/v1/links/{id}\",status=\"404\"} 2",
        "silteme_http_requests_total{route=\"none\",status=\"404\"} 2",
        "silteme_http_requests_total{route=\"/v1/search\",status=\"400\"} 1",
        "silteme_http_requests_total{route=\"/v1/search\",status=\"405\"} 1",
        "silteme_http_request_duration_seconds_count 6",
        "silteme_index_documents 3",
        "silteme_index_generation 1",
        "silteme_crawl_visits{outcome=\"fetched\"} 0",
    ] {
        assert!(answer.body.lines().any(|found| found == line), "{line} in\n{}", answer.body);
    }
    assert!(answer.body.ends_with("# EOF\n"));
    answer.never_says("zzz");
}

#[tokio::test]
async fn sites_are_counted_by_health() {
    let world = World::of(&[]);
    assert!(world.get("/metrics").await.body.contains("silteme_frontier_hosts{health=\"ok\"} 0\n"));
    let dir = pipeline::frontier_dir(&world.data);
    let now = model::Clock::now(&world.clock);
    let mut frontier = frontier::Frontier::open(&dir, frontier::Settings::default(), now).unwrap();
    let rules = frontier::JobRules {
        name: "job".to_owned(),
        scope: frontier::Scope::Any,
        ..frontier::JobRules::default()
    };
    frontier.register(rules, now).unwrap();
    let seed = frontier::Offer {
        url: model::CanonicalUrl::parse("https://a.kz/").unwrap(),
        kind: model::ResourceKind::Page,
        depth: 0,
        hops: 0,
        via: None,
        job: "job".to_owned(),
        dated: None,
    };
    frontier.offer(&[seed], now).unwrap();
    let counted = "silteme_frontier_hosts{health=\"ok\"} 1\n";
    assert!(!world.get("/metrics").await.body.contains(counted), "looked at a moment ago");
    world.clock.advance(std::time::Duration::from_mins(2));
    let text = world.get("/metrics").await.body;
    assert!(text.contains(counted), "{text}");
    assert!(text.contains("silteme_frontier_silent_hosts 0\n"));
}
