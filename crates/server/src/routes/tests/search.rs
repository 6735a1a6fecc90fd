//! `GET /v1/search`: answers, filters, cursors, refusals.

use std::collections::HashSet;
use std::time::Duration;

use testkit::clock::EPOCH;

use crate::world::{World, page};

fn library() -> World {
    let day = |days: u64| Some(model::time::later(EPOCH, Duration::from_hours(24 * days)));
    World::of(&[
        page(
            "https://kitap.kz/dala",
            "Кең дала",
            "Дала туралы әңгіме. Көктемде дала гүлдейді.",
            "kk",
            day(0),
        ),
        page(
            "https://news.example.ru/step",
            "Степь весной",
            "Степь цветёт весной, пахнет полынью.",
            "ru",
            day(2),
        ),
        page("https://en.example.org/steppe", "The steppe", "The steppe blooms in spring.", "en", day(4)),
        page("https://www.example.org/undated", "Undated steppe", "A steppe without a date.", "en", None),
    ])
}

#[tokio::test]
async fn an_answer_has_rank_score_link_and_excerpt() {
    let answer = library().get("/v1/search?q=blooms%20steppe").await;
    assert_eq!(answer.header("content-type"), "application/json");
    let answer = answer.json();
    assert_eq!(answer["next"], serde_json::Value::Null);
    let first = &answer["results"][0];
    assert_eq!(first["rank"], 1);
    assert!(first["score"].as_f64().unwrap() > answer["results"][1]["score"].as_f64().unwrap());
    assert_eq!(first["url"], "https://en.example.org/steppe");
    assert_eq!(first["title"], "The steppe");
    assert_eq!(first["host"], "en.example.org");
    assert_eq!(first["site"], "example.org");
    assert_eq!(first["language"], "en");
    assert_eq!(first["published"], "2026-01-05T00:00:00Z");
    assert_eq!(first["fetched"], "2026-01-01T00:00:00Z");
    assert_eq!(first["snippet"], "The steppe blooms in spring.");
    assert_eq!(first["id"].as_str().unwrap().len(), 32);
    assert_eq!(first["author"], serde_json::Value::Null);
}

#[tokio::test]
async fn without_words_the_newest_come_first() {
    let world = library();
    let newest = ["https://en.example.org/steppe", "https://news.example.ru/step"];
    assert_eq!(world.get("/v1/search").await.urls()[..2], newest);
    assert_eq!(world.get("/v1/search?q=%20&cursor=&language=").await.urls()[..2], newest);
}

#[tokio::test]
async fn filters_keep_what_they_say() {
    let world = library();
    let en = "https://en.example.org/steppe";
    let undated = "https://www.example.org/undated";
    let (kk, ru) = ("https://kitap.kz/dala", "https://news.example.ru/step");
    for (filter, expected) in [
        ("language=kk", vec![kk]),
        ("language=RU-KZ", vec![ru]),
        ("language=und", vec![]),
        ("host=en.example.org", vec![en]),
        ("host=EN.Example.ORG.", vec![en]),
        ("host=example.org", vec![]),
        ("site=example.org", vec![en, undated]),
        ("site=example.org&language=en&host=www.example.org", vec![undated]),
        // The undated page counts as of when it was fetched, the first instant of the year.
        ("since=2026-01-03", vec![en, ru]),
        ("since=2026-01-03T00:00:00Z&until=2026-01-05T00:00:00Z", vec![ru]),
        ("since=2026-01-03T05:00:00%2B05:00&until=2026-01-05", vec![ru]),
        ("until=2026-01-01T00:00:01Z", vec![kk, undated]),
    ] {
        let found: HashSet<_> = world.get(&format!("/v1/search?{filter}")).await.urls().into_iter().collect();
        assert_eq!(found, expected.into_iter().map(str::to_owned).collect(), "{filter}");
    }
}

#[tokio::test]
async fn a_host_in_its_own_letters_is_found() {
    let world = World::of(&[page("https://дала.қаз/", "Дала", "Мәтін.", "kk", None)]);
    let host = world.get("/v1/search").await.json()["results"][0]["host"].as_str().unwrap().to_owned();
    assert!(host.starts_with("xn--"), "{host}");
    for written in ["дала.қаз", "ДАЛА.ҚАЗ.", &host] {
        let encoded: String = url::form_urlencoded::byte_serialize(written.as_bytes()).collect();
        assert_eq!(world.get(&format!("/v1/search?host={encoded}")).await.urls().len(), 1, "{written}");
    }
}

#[tokio::test]
async fn cursors_walk_through_everything_without_gaps_or_repeats() {
    let world = World::of_steppes(47);
    for query in ["", "q=steppe&", "q=grass&"] {
        let mut seen = Vec::new();
        let mut ranks = Vec::new();
        let mut path = format!("/v1/search?{query}limit=5");
        for _ in 0..20 {
            let answer = world.get(&path).await;
            seen.extend(answer.urls());
            let answer = answer.json();
            ranks.extend(
                answer["results"].as_array().unwrap().iter().map(|link| link["rank"].as_u64().unwrap()),
            );
            let Some(next) = answer["next"].as_str() else { break };
            path = format!("/v1/search?{query}limit=5&cursor={next}");
        }
        assert_eq!(seen.len(), 47, "{query}");
        assert_eq!(seen.iter().collect::<HashSet<_>>().len(), 47, "{query}");
        assert_eq!(ranks, (1..=47).collect::<Vec<u64>>(), "{query}");
    }
}

#[tokio::test]
async fn what_cannot_be_used_is_refused_and_told_why() {
    let world = library();
    let long = format!("q={}", "a".repeat(9_000));
    for (parameters, word) in [
        ("limit=0", "between 1 and 100"),
        ("limit=101", "between 1 and 100"),
        ("limit=-1", "limit"),
        ("limit=many", "limit"),
        ("cursor=nonsense", "not a cursor"),
        ("cursor=%00%ff", "not a cursor"),
        ("language=klingon", "kk, ru or en"),
        ("since=yesterday", "since"),
        ("until=2026-13-01", "until"),
        ("host=a%20b", "host name"),
        ("host=example.org/path", "host name"),
        ("host=user@example.org", "host name"),
        ("host=example.org:8080", "host name"),
        ("site=", ""),
        ("q=steppe%20title:x", "at character 8 of the query: there is no filter"),
        ("q=lang:klingon", "not a language code"),
        ("story=12", "16 hexadecimal digits"),
        ("colour=red", "unknown field `colour`"),
        ("q=a&q=b", "duplicate field"),
        (&long, "8192"),
    ] {
        let answer = world.get(&format!("/v1/search?{parameters}")).await;
        if word.is_empty() {
            assert_eq!(answer.status, 200);
            continue;
        }
        let detail = answer.problem(400);
        assert!(detail.contains(word), "{parameters}: {detail}");
        assert!(detail.len() < 1_000, "{parameters}: {detail}");
    }
}

#[tokio::test]
async fn a_cursor_belongs_to_its_query() {
    let world = World::of_steppes(12);
    let next = world.get("/v1/search?q=steppe&limit=5").await.json()["next"].as_str().unwrap().to_owned();
    world.get(&format!("/v1/search?q=horses&limit=5&cursor={next}")).await.problem(400);
}

#[tokio::test]
async fn hostile_words_are_words() {
    let world = library();
    for hostile in [
        "%22",
        "-",
        "%22%22",
        "AND",
        "*",
        "https:%2F%2Fexample.org",
        "%5B%5D%7B%7D",
        "%00",
        "%F0%9F%90%8E",
        "a%0D%0Ab",
        "((((",
        "-step",
    ] {
        assert_eq!(world.get(&format!("/v1/search?q={hostile}")).await.status, 200, "{hostile}");
    }
}

#[tokio::test]
async fn matches_are_counted_when_asked() {
    let world = World::of_steppes(12);
    let plain = world.get("/v1/search?q=steppe").await.json();
    assert!(plain.get("facets").is_none() && plain.get("corrections").is_none(), "{plain}");
    let counted = world.get("/v1/search?q=stepqe&facets=true&limit=1").await.json();
    assert_eq!(counted["corrections"][0]["taken"], "steppe");
    assert_eq!(counted["facets"]["total"], 12);
    assert_eq!(counted["facets"]["languages"][0]["count"], 12);
}
