//! Keys, roles and limits: who may do what, as callers meet it.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request};

use super::{Granted, NewGrant, ROLES_OF_KEYS, Role, Scope, table};
use crate::settings::Settings;
use crate::world::World;

fn give(world: &World, role: Role) -> Granted {
    let new = NewGrant {
        name: "test".to_owned(),
        role,
        basis: "order 1".to_owned(),
        expires: None,
        requests_per_second: None,
    };
    world.app.grants().add(new, world.now()).unwrap()
}

/// The status of a request with some key, by method and route pattern; what stands in braces is a harmless value.
async fn status(world: &World, key: Option<&str>, method: &str, route: &str) -> u16 {
    let path = route
        .replace("/people/{id}", "/people/nobody")
        .replace("{id}", "00000000000000000000000000000000")
        .replace("{host}", "host.test")
        .replace("{version}", "none")
        .replace("{provider}", "none");
    let mut request = Request::builder().method(Method::from_bytes(method.as_bytes()).unwrap()).uri(path);
    if let Some(key) = key {
        request = request.header("authorization", format!("Bearer {key}"));
    }
    world.ask(request.body(Body::empty()).unwrap()).await.status.as_u16()
}

#[test]
fn every_route_of_the_document_has_a_scope_and_the_other_way_round() {
    let document: serde_json::Value = serde_json::from_str(&crate::openapi()).unwrap();
    let mut described = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            described.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    let is_page =
        |path: &str| !path.starts_with("/v1") && !["/healthz", "/readyz", "/metrics"].contains(&path);
    let table: BTreeSet<_> = table::routes()
        .filter(|(_, path, _)| !is_page(path))
        .map(|(method, path, _)| format!("{method} {path}"))
        .collect();
    assert_eq!(described, table);
}

#[tokio::test]
async fn every_role_meets_every_route_as_the_matrix_says() {
    let world = World::of_steppes(1);
    for role in ROLES_OF_KEYS {
        let key = world.key_of(role);
        for (method, route, scope) in table::routes() {
            let status = status(&world, Some(&key), method, route).await;
            assert_eq!(status == 403, !scope.is_for(role), "{role:?} {method} {route}: {status}");
            assert_ne!(status, 401, "{role:?} {method} {route}");
        }
    }
    for (method, route, scope) in table::routes() {
        let status = status(&world, None, method, route).await;
        assert_eq!(status == 401, !scope.is_open(), "{method} {route}: {status}");
    }
}

/// The matrix in words, so that a change of it is a change of this test.
#[test]
fn only_support_meets_the_data_of_people_and_only_operators_operate() {
    let may = |scope: Scope| ROLES_OF_KEYS.into_iter().filter(|role| scope.is_for(*role)).collect::<Vec<_>>();
    assert_eq!(may(Scope::Rights), [Role::Support]);
    assert_eq!(may(Scope::Personal), [Role::Recommender]);
    assert_eq!(may(Scope::Consent), [Role::Recommender, Role::Support]);
    assert_eq!(may(Scope::Operate), [Role::Operator]);
    assert_eq!(may(Scope::Audit), [Role::Auditor]);
    assert_eq!(may(Scope::Own), []);
}

#[tokio::test]
async fn where_other_machines_can_come_lookups_need_a_key_too() {
    let settings = Settings { keys_required: Some(true), ..Settings::default() };
    let world = World::with(&settings, &[crate::world::steppe(1)]);
    assert_eq!(world.get("/healthz").await.status, 200);
    let refused = world.get("/v1/search").await;
    assert!(refused.problem(401).contains("silteme keys add"));
    assert_eq!(refused.header("www-authenticate"), "Bearer");
    let key = world.key_of(Role::Recommender);
    assert_eq!(status(&world, Some(&key), "GET", "/v1/search").await, 200);
}

#[tokio::test]
async fn wrong_expired_and_revoked_keys_are_refused_at_once() {
    let world = World::of_steppes(1);
    let Granted { grant, key } = give(&world, Role::Operator);
    assert_eq!(status(&world, Some(&key), "GET", "/v1/jobs").await, 200);
    let mut almost = key.clone();
    almost.pop();
    almost.push(if key.ends_with('0') { '1' } else { '0' });
    for wrong in ["", "slk_", "nonsense", &almost, &key.to_uppercase()] {
        assert_eq!(status(&world, Some(wrong), "GET", "/v1/search").await, 401, "{wrong}");
    }
    world.app.grants().revoke(&grant.id, world.now()).unwrap();
    assert_eq!(status(&world, Some(&key), "GET", "/v1/jobs").await, 401);

    let expires = model::time::later(world.now(), Duration::from_mins(1));
    let new = NewGrant {
        name: "brief".to_owned(),
        role: Role::Operator,
        basis: "order 2".to_owned(),
        expires: Some(expires),
        requests_per_second: None,
    };
    let brief = world.app.grants().add(new, world.now()).unwrap().key;
    assert_eq!(status(&world, Some(&brief), "GET", "/v1/jobs").await, 200);
    world.clock.advance(Duration::from_secs(61));
    assert_eq!(status(&world, Some(&brief), "GET", "/v1/jobs").await, 401);
}

#[test]
fn the_file_holds_no_key_and_belongs_to_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::of(&[]);
    let key = world.key_of(Role::Auditor);
    let file = world.data.join("keys.json");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(!text.contains(&key) && !text.contains(&key["slk_".len()..]));
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_damaged_file_lets_nobody_in_and_is_not_overwritten() {
    let world = World::of(&[]);
    give(&world, Role::Operator);
    let file = world.data.join("keys.json");
    std::fs::write(&file, "[{").unwrap();
    let new = NewGrant {
        name: "x".to_owned(),
        role: Role::Operator,
        basis: "x".to_owned(),
        expires: None,
        requests_per_second: None,
    };
    assert!(world.app.grants().add(new, world.now()).unwrap_err().to_string().contains("damaged"));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "[{");
}

#[tokio::test]
async fn a_key_that_asks_too_often_waits() {
    let world = World::of_steppes(1);
    let new = NewGrant {
        name: "eager".to_owned(),
        role: Role::Recommender,
        basis: "contract 3".to_owned(),
        expires: None,
        requests_per_second: Some(2),
    };
    let key = world.app.grants().add(new, world.now()).unwrap().key;
    let other = world.key_of(Role::Recommender);
    let mut last = 0;
    for _ in 0..20 {
        last = status(&world, Some(&key), "GET", "/v1/search").await;
        if last != 200 {
            break;
        }
    }
    assert_eq!(last, 429);
    assert_eq!(status(&world, Some(&other), "GET", "/v1/search").await, 200);
}
