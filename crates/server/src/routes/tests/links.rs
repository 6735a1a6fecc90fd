//! `/v1/links`: by URL, by id, similar, conditional answers.

use axum::http::Method;
use indexer::Removal;

use crate::world::{World, key, page, steppe};

fn id(url: &str) -> String {
    key(url).to_string()
}

#[tokio::test]
async fn a_link_is_found_by_any_spelling_of_its_url_and_by_id() {
    let world = World::of_steppes(3);
    let link = steppe(1);
    let by_id = world.get(&format!("/v1/links/{}", id(&link.url))).await.json();
    assert_eq!(by_id["url"], "https://host1.test/001");
    assert_eq!(by_id["title"], "Steppe 1");
    assert_eq!(by_id["snippet"], link.text);
    for spelling in [
        "https://host1.test/001",
        "HTTPS://HOST1.test:443/%30%30%31%23part",
        "https://host1.test/001?utm_source=x",
    ] {
        assert_eq!(world.get(&format!("/v1/links?url={spelling}")).await.json(), by_id, "{spelling}");
    }
    assert_eq!(world.get(&format!("/v1/links/{}", id(&link.url).to_uppercase())).await.status, 200);
}

#[tokio::test]
async fn what_is_not_there_is_a_problem() {
    let world = World::of_steppes(1);
    let unknown = "0".repeat(32);
    for path in ["/v1/links/zzz", "/v1/links/%00", "/v1/links/%20", "/v1/links?url=https://host1.test/none"] {
        world.get(path).await.problem(404);
    }
    for path in ["", "/similar"] {
        world.get(&format!("/v1/links/{unknown}{path}")).await.problem(404);
    }
    for path in [
        "/v1/links?url=nope",
        "/v1/links?url=ftp://host/x",
        "/v1/links?url=javascript:alert(1)",
        "/v1/links",
        "/v1/links?id=1",
    ] {
        world.get(path).await.problem(400);
    }
    world.get("/v1/links/%ff").await.problem(400);
    world.get("/v1/links/%ff/similar").await.problem(400);
}

#[tokio::test]
async fn similar_links_are_others() {
    let mut world = World::of_steppes(9);
    world.put(&[page("https://host1.test/sea", "The sea", "Ships and waves, no grass at all.", "en", None)]);
    let seed = id("https://host1.test/001");
    let all = world.get(&format!("/v1/links/{seed}/similar")).await.urls();
    assert!(all.len() >= 5, "{all:?}");
    assert!(!all.contains(&"https://host1.test/001".to_owned()));
    let three = world.get(&format!("/v1/links/{seed}/similar?limit=3")).await.json();
    assert_eq!(three["results"].as_array().unwrap().len(), 3);
    assert_eq!(three["results"][0]["rank"], 1);
    let one_host = world.get(&format!("/v1/links/{seed}/similar?host=host2.test")).await.urls();
    assert!(!one_host.is_empty() && one_host.iter().all(|url| url.contains("host2.test")), "{one_host:?}");
    assert!(world.get(&format!("/v1/links/{seed}/similar?language=kk")).await.urls().is_empty());
    for bad in ["limit=0", "limit=1000", "language=klingon", "host=a/b", "q=x"] {
        world.get(&format!("/v1/links/{seed}/similar?{bad}")).await.problem(400);
    }
}

#[tokio::test]
async fn a_link_the_caller_has_is_not_sent_again_until_it_changes() {
    let mut world = World::of_steppes(2);
    let path = format!("/v1/links/{}", id("https://host1.test/001"));
    let first = world.get(&path).await;
    let tag = first.header("etag").to_owned();
    assert_eq!(first.header("cache-control"), "no-cache");
    assert!(tag.starts_with("W/\"") && tag.ends_with('"') && tag.len() == 36, "{tag}");
    assert_eq!(world.get("/v1/links?url=https://host1.test/001").await.header("etag"), tag);
    for known in [tag.clone(), tag.replace("W/", ""), format!("\"x\", {tag}"), "*".to_owned()] {
        let again = world.get_with(&path, "if-none-match", &known).await;
        assert_eq!(
            (again.status.as_u16(), again.body.as_str(), again.header("etag")),
            (304, "", tag.as_str()),
            "{known}"
        );
    }
    for other in ["\"x\"", "", "x*", &tag.replace('"', "")] {
        assert_eq!(world.get_with(&path, "if-none-match", other).await.status, 200, "{other}");
    }
    let mut changed = steppe(1);
    changed.title = "The steppe again".to_owned();
    world.put(&[changed]);
    let after = world.get_with(&path, "if-none-match", &tag).await;
    assert_eq!(after.json()["title"], "The steppe again");
    assert_ne!(after.header("etag"), tag);
    world.delete("https://host1.test/001", Removal::Gone);
    world.get_with(&path, "if-none-match", "*").await.problem(404);
}

#[tokio::test]
async fn head_tells_the_same_without_the_body() {
    let world = World::of_steppes(2);
    let path = format!("/v1/links/{}", id("https://host1.test/001"));
    let (get, head) = (world.get(&path).await, world.send(Method::HEAD, &path).await);
    assert_eq!(head.status, 200);
    assert_eq!(head.body, "");
    assert_eq!(head.header("etag"), get.header("etag"));
    assert_eq!(head.header("content-length"), get.body.len().to_string());
    for path in ["/", "/v1/search", "/v1/changes", "/healthz", "/readyz", "/metrics", "/openapi.json"] {
        let head = world.send(Method::HEAD, path).await;
        assert_eq!((head.status.as_u16(), head.body.as_str()), (200, ""), "{path}");
    }
}
