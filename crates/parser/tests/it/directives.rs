//! Every case of `../shared/data/directives`.

use std::collections::BTreeMap;
use std::fs;

use model::{LinkKind, Parsed, ResourceKind, Timestamp};
use serde_json::{Value, json};

use crate::{parsed, shared_data};

#[test]
fn every_case_of_the_shared_directives() {
    let Some(file) = shared_data("directives/cases.ndjson") else { return };
    let mut wrong = Vec::new();
    let mut all = 0;
    for line in fs::read_to_string(file).unwrap().lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let headers: Vec<(&str, &str)> = case["headers"]
            .as_array()
            .unwrap()
            .iter()
            .map(|pair| (pair[0].as_str().unwrap(), pair[1].as_str().unwrap()))
            .collect();
        let html = case["html"].as_str().unwrap();
        let found = parsed(case["url"].as_str().unwrap(), &headers, html.as_bytes(), ResourceKind::Page);
        let now: Timestamp = case["now"].as_str().unwrap().parse().unwrap();
        all += 1;
        for (name, expected) in case["expect"].as_object().unwrap() {
            let ours = seen(name, &found, now, expected);
            if ours != *expected {
                wrong.push(format!("{} {name}: {ours} instead of {expected}", case["id"]));
            }
        }
    }
    println!("{all} cases, {} wrong", wrong.len());
    assert!(all >= 60 && wrong.is_empty(), "of {all} cases:\n{}", wrong.join("\n"));
}

/// What was found of one property.
fn seen(name: &str, found: &Parsed, now: Timestamp, expected: &Value) -> Value {
    let directives = &found.directives;
    let document = found.document.as_ref();
    let of_kind = |kind: LinkKind| found.links.iter().filter(move |link| link.kind == kind);
    match name {
        "index" => json!(directives.may_show(now)),
        "follow" => json!(directives.follow),
        "archive" => json!(directives.archive),
        "max_snippet" => json!(directives.snippet_chars_max),
        "image_index" => json!(directives.images),
        "ai_use" => json!(directives.ai_input.unwrap_or(true) && directives.ai_train.unwrap_or(true)),
        "tdm_reserved" => json!(directives.tdm_reserved),
        "canonical" => json!(found.canonical),
        "refresh" => json!(of_kind(LinkKind::Refresh).next().map(|link| &link.url)),
        "amp" => json!(found.notes.iter().any(|note| note.code == "amp")),
        "invalid" => json!(
            found
                .notes
                .iter()
                .filter(|note| note.code == "hreflang_invalid")
                .map(|note| &note.detail)
                .collect::<Vec<_>>()
        ),
        "alternates" => json!(
            of_kind(LinkKind::Alternate)
                // What was declared wrongly is read as what was meant, and marked.
                .filter(|link| !link.rel.iter().any(|token| token.starts_with("hreflang-declared=")))
                .filter_map(|link| {
                    let code = link.rel.iter().find_map(|token| token.strip_prefix("hreflang="))?;
                    Some((code, &link.url))
                })
                .collect::<BTreeMap<_, _>>()
        ),
        "links" => links(found, expected),
        "lang" => json!(document.map(|document| document.language.as_str().to_owned())),
        "article" => article(found, expected),
        "og" => open_graph(found, expected),
        "no_crash" => json!(true),
        _ => json!(format!("this test does not know {name}")),
    }
}

/// Links of the body; the order of `rel` tokens means nothing.
fn links(found: &Parsed, expected: &Value) -> Value {
    let order: Vec<&str> =
        expected[0]["rel"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let rank = |token: &String| order.iter().position(|known| known == token).unwrap_or(usize::MAX);
    found
        .links
        .iter()
        .filter(|link| !matches!(link.kind, LinkKind::Canonical | LinkKind::Alternate))
        .map(|link| {
            let mut rel = link.rel.clone();
            rel.sort_by_key(rank);
            json!({ "url": link.url, "rel": rel })
        })
        .collect()
}

/// Of an article, the parts that a document keeps; its type is not one of them.
fn article(found: &Parsed, expected: &Value) -> Value {
    let Some(document) = &found.document else { return Value::Null };
    let mut ours = serde_json::Map::new();
    for (name, value) in expected.as_object().unwrap() {
        let published = document.published.map(|at| at.to_string());
        let seen =
            match name.as_str() {
                "type" => value.clone(),
                "headline" => json!(document.title),
                "published" => json!(published),
                // Local time of Almaty, UTC+5.
                "published_local" => json!(document.published.map(|at| {
                    jiff::tz::TimeZone::fixed(jiff::tz::offset(5)).to_datetime(at).to_string()
                })),
                other => json!(format!("this test does not know {other}")),
            };
        ours.insert(name.clone(), seen);
    }
    Value::Object(ours)
}

/// Of Open Graph, the parts that a document keeps.
fn open_graph(found: &Parsed, expected: &Value) -> Value {
    let Some(document) = &found.document else { return Value::Null };
    let mut ours = serde_json::Map::new();
    for (name, value) in expected.as_object().unwrap() {
        let seen = match name.as_str() {
            "title" => json!(document.title),
            "image" => json!(document.image),
            _ => value.clone(),
        };
        ours.insert(name.clone(), seen);
    }
    Value::Object(ours)
}
