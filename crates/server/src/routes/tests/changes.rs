//! `GET /v1/changes`: the lines, the cursor, a copy that stays true.

use std::collections::BTreeMap;

use indexer::Removal;
use serde_json::Value;

use crate::world::{Answered, World, key, page, steppe};

/// The lines before the last, and the last.
fn lines(answer: &Answered) -> (Vec<Value>, Value) {
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.header("content-type"), "application/x-ndjson");
    assert!(answer.body.ends_with('\n'));
    let mut lines: Vec<Value> = answer.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let last = lines.pop().unwrap();
    assert_eq!(last["change"], "cursor");
    (lines, last)
}

#[tokio::test]
async fn an_upsert_is_the_link_and_a_deletion_names_it() {
    let mut world = World::of_steppes(1);
    let (changes, end) = lines(&world.get("/v1/changes").await);
    assert_eq!(changes.len(), 1);
    assert_eq!(end["more"], false);
    let mut upsert = changes[0].clone();
    let fields = upsert.as_object_mut().unwrap();
    assert_eq!(fields.remove("change").unwrap(), "upsert");
    assert_eq!(fields.remove("at").unwrap(), "2026-01-01T01:00:00Z");
    assert_eq!(fields.remove("unavailable_after").unwrap(), Value::Null);
    let url = "https://host0.test/000";
    assert_eq!(upsert, world.get(&format!("/v1/links?url={url}")).await.json());

    world.delete(url, Removal::Gone);
    let (changes, after) =
        lines(&world.get(&format!("/v1/changes?cursor={}", end["next"].as_str().unwrap())).await);
    let id = key(url).to_string();
    assert_eq!(
        changes,
        [serde_json::json!({"change": "delete", "at": "2026-01-01T01:00:00Z", "id": id, "url": url})]
    );
    let (none, same) =
        lines(&world.get(&format!("/v1/changes?cursor={}", after["next"].as_str().unwrap())).await);
    assert!(none.is_empty());
    assert_eq!(same["next"], after["next"]);
}

/// Walks from `cursor` to the end, three changes at a time, and applies them to a copy.
async fn follow(world: &World, cursor: &mut String, copy: &mut BTreeMap<String, String>) {
    for _ in 0..100 {
        let (changes, end) = lines(&world.get(&format!("/v1/changes?limit=3&cursor={cursor}")).await);
        assert!(changes.len() <= 3);
        for change in changes {
            let id = change["id"].as_str().unwrap().to_owned();
            match change["change"].as_str().unwrap() {
                "upsert" => drop(copy.insert(id, change["title"].as_str().unwrap().to_owned())),
                "delete" => drop(copy.remove(&id)),
                other => panic!("{other}"),
            }
        }
        end["next"].as_str().unwrap().clone_into(cursor);
        if end["more"] == false {
            return;
        }
    }
    panic!("the changes never end");
}

#[tokio::test]
async fn a_copy_that_follows_the_cursor_becomes_the_index() {
    let mut world = World::of_steppes(10);
    let (mut cursor, mut copy) = (String::new(), BTreeMap::new());
    follow(&world, &mut cursor, &mut copy).await;
    assert_eq!(copy.len(), 10);
    world.delete(&steppe(3).url, Removal::Gone);
    world.delete(&steppe(4).url, Removal::Withdrawn);
    let renamed = page(&steppe(5).url, "Renamed", "Another text.", "en", None);
    world.put(&[renamed, page("https://new.test/", "New", "New text.", "en", None)]);
    follow(&world, &mut cursor, &mut copy).await;
    let found = world.get("/v1/search?limit=100").await.json();
    let field = |link: &Value, name: &str| link[name].as_str().unwrap().to_owned();
    let index: BTreeMap<_, _> = found["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|link| (field(link, "id"), field(link, "title")))
        .collect();
    assert_eq!(index.len(), 9);
    assert_eq!(copy, index);
}

#[tokio::test]
async fn what_cannot_be_used_is_refused() {
    let world = World::of_steppes(1);
    for bad in
        ["cursor=nonsense", "cursor=-1", "cursor=99999999999999999999999", "limit=0", "limit=101", "from=1"]
    {
        world.get(&format!("/v1/changes?{bad}")).await.problem(400);
    }
}
