use super::*;

#[test]
fn the_outcome_follows_from_the_status() {
    let record = record("http://a.test/x").status(404).build();
    assert_eq!(record.outcome, Outcome::HttpError { status: 404 });
    assert_eq!(record.exchange.unwrap().request.target, "/x");
}

#[test]
fn a_conditional_visit_sends_its_validators() {
    let record = record("https://a.test:8443/x?q=1")
        .visit(|visit| visit.etag = Some("\"1\"".to_owned()))
        .not_modified()
        .build();
    assert_eq!(record.outcome, Outcome::NotModified);
    let request = record.exchange.unwrap().request;
    assert_eq!(request.target, "/x?q=1");
    let line =
        |name: &str| request.headers.iter().find(|line| line.name == name).map(|line| line.value.clone());
    assert_eq!(line("host"), Some("a.test:8443".into()));
    assert_eq!(line("if-none-match"), Some("\"1\"".into()));
}

#[test]
fn records_of_a_seed_are_the_same_and_of_every_kind() {
    let records: Vec<_> = (0..400).scan(Random::new(3), |random, _| Some(any_record(random))).collect();
    let again: Vec<_> = (0..400).scan(Random::new(3), |random, _| Some(any_record(random))).collect();
    assert_eq!(records, again);
    let kinds: std::collections::HashSet<_> =
        records.iter().map(|record| std::mem::discriminant(&record.outcome)).collect();
    assert_eq!(kinds.len(), 7, "fetched, not modified, redirected, error, retry later, disallowed, failed");
}

#[test]
fn documents_of_a_seed_are_the_same() {
    let (mut one, mut two) = (Random::new(9), Random::new(9));
    for _ in 0..50 {
        let document = any_document(&mut one);
        assert_eq!(document, any_document(&mut two));
        assert!(!document.title.is_empty());
    }
}
