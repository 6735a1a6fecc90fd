//! The OpenAPI document: complete, consistent, and the one that is committed.

use std::collections::HashSet;
use std::path::Path;

use serde_json::Value;

use crate::routes::openapi;
use crate::world::World;

fn document() -> Value {
    serde_json::from_str(&openapi()).unwrap()
}

/// Every operation with its path and method.
fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    let each = |(path, item): (&String, &Value)| {
        let item = item.as_object().unwrap().clone();
        item.into_iter().map({
            let path = path.clone();
            move |(method, operation)| (path.clone(), method, operation)
        })
    };
    paths.flat_map(each).collect()
}

#[test]
fn the_committed_document_is_this_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let now = openapi();
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == now,
        "docs/openapi.json is not what the routes say; if the change is meant, run\n    UPDATE_OPENAPI=1 cargo test -p server openapi\nand commit it"
    );
}

#[tokio::test]
async fn the_server_tells_the_same_document() {
    let answer = World::of(&[]).get("/openapi.json").await;
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.body, openapi());
}

#[test]
fn it_has_every_route_with_every_status() {
    let document = document();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."), "{}", document["openapi"]);
    // What any guarded route may answer is told for all of them: see `document`.
    let own = |status: &&str| !["401", "403", "429", "500", "503"].contains(status);
    let mut found: Vec<String> = operations(&document)
        .iter()
        .map(|(path, method, operation)| {
            let statuses = operation["responses"].as_object().unwrap();
            assert!(["429", "500", "503"].iter().all(|status| statuses.contains_key(*status)), "{path}");
            // Logging in may fail without any key being asked for.
            let is_guarded = operation["security"].is_array();
            assert!(!is_guarded || statuses.contains_key("401"), "{method} {path}");
            let statuses: Vec<&str> = statuses.keys().map(String::as_str).filter(own).collect();
            format!("{method} {path} {}", statuses.join(" "))
        })
        .collect();
    found.sort();
    insta::assert_snapshot!(found.join("\n"));
}

#[test]
fn operations_have_names_words_and_problems() {
    let mut names = HashSet::new();
    for (path, method, operation) in operations(&document()) {
        assert!(names.insert(operation["operationId"].as_str().unwrap().to_owned()), "{path}");
        assert!(!operation["summary"].as_str().unwrap().is_empty(), "{method} {path}");
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            assert!(!parameter["description"].as_str().unwrap_or_default().is_empty(), "{path} {parameter}");
            let name = parameter["name"].as_str().unwrap();
            assert_eq!(
                path.contains(&format!("{{{name}}}")),
                parameter["in"] == "path",
                "{path} {parameter}"
            );
        }
        for (status, response) in operation["responses"].as_object().unwrap() {
            let content = response["content"].as_object();
            match status.as_str() {
                "204" | "303" | "304" => assert!(content.is_none(), "{path}"),
                "200" | "201" | "202" => assert_eq!(content.unwrap().len(), 1, "{path}"),
                _ => {
                    let problem = &content.unwrap()["application/problem+json"]["schema"]["$ref"];
                    assert_eq!(problem, "#/components/schemas/Problem", "{path} {status}");
                }
            }
        }
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_property_is_explained() {
    let document = document();
    let mut open = vec![document.clone()];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(fields) => {
                if let Some(to) = fields.get("$ref").and_then(Value::as_str) {
                    let pointer = to.strip_prefix('#').unwrap_or_else(|| panic!("{to} leads elsewhere"));
                    assert!(document.pointer(pointer).is_some(), "{to}");
                }
                open.extend(fields.into_iter().map(|(_, value)| value));
            }
            Value::Array(values) => open.extend(values),
            _ => {}
        }
    }
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        for (property, schema) in schema["properties"].as_object().into_iter().flatten() {
            let is_told = ["description", "$ref", "oneOf"].iter().any(|key| !schema[key].is_null());
            assert!(is_told, "{name}.{property}");
        }
    }
}
