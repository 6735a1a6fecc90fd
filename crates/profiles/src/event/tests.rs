//! From what was done to what is wished.

use model::Interests;

use super::{EventKind, PersonEvent, wishes};
use crate::Error;

/// An event as `KIND TARGET`: a page, or for mutes `host:`, `topic:` or `story:` and a value.
fn event(text: &str) -> PersonEvent {
    let (kind, target) = text.split_once(' ').unwrap();
    let kind: EventKind = serde_json::from_value(kind.into()).unwrap();
    let is_mute = matches!(kind, EventKind::Mute | EventKind::Unmute);
    let part = |name: &str| target.strip_prefix(name).map(str::to_owned);
    PersonEvent {
        id: text.to_owned(),
        at: "2026-11-27T12:00:00Z".parse().unwrap(),
        kind,
        url: (!is_mute).then(|| format!("https://a.kz/{target}")),
        host: part("host:"),
        topic: part("topic:"),
        story: part("story:").map(|number| number.parse().unwrap()),
        dwell_ms: None,
        recommendation: None,
    }
}

/// The wishes of events given in the order they happened.
fn of(events: &[&str]) -> Interests {
    let events: Vec<PersonEvent> = events.iter().rev().map(|text| event(text)).collect();
    for event in &events {
        event.check().unwrap();
    }
    let mut interests = Interests::default();
    wishes(&events, &mut interests);
    interests
}

fn pages(urls: &[String]) -> Vec<&str> {
    urls.iter().map(|url| url.strip_prefix("https://a.kz/").unwrap()).collect()
}

#[test]
fn what_was_read_or_liked_is_wished_the_latest_first() {
    let found = of(&["impression a", "click b", "dwell b", "like c", "click d", "report e"]);
    assert_eq!(pages(&found.links), ["d", "c", "b"]);
    assert_eq!(pages(&found.seen), ["e", "d", "c", "b"], "what was only shown may be shown again");
}

#[test]
fn the_last_judgement_counts() {
    let found = of(&["click a", "less_like_this a"]);
    assert_eq!((pages(&found.links), pages(&found.dislikes)), (vec![], vec!["a"]));
    let found = of(&["less_like_this a", "click a"]);
    assert_eq!((pages(&found.links), pages(&found.dislikes)), (vec![], vec!["a"]), "reading is no judgement");
    let found = of(&["less_like_this a", "like a"]);
    assert_eq!((pages(&found.links), pages(&found.dislikes)), (vec!["a"], vec![]));
    let found = of(&["like a", "unlike a"]);
    assert_eq!((pages(&found.links), pages(&found.dislikes)), (vec![], vec![]));
    let found = of(&["less_like_this a", "unlike a", "click a"]);
    assert_eq!((pages(&found.links), pages(&found.dislikes)), (vec!["a"], vec![]));
}

#[test]
fn mutes_hold_until_taken_back() {
    let found =
        of(&["mute host:x.kz", "mute topic:sport", "mute story:7", "mute host:y.kz", "unmute host:x.kz"]);
    assert_eq!(found.muted_hosts, ["y.kz"]);
    assert_eq!((found.muted_topics, found.muted_stories), (vec!["sport".to_owned()], vec![7]));
    assert_eq!(of(&["unmute host:x.kz", "mute host:x.kz"]).muted_hosts, ["x.kz"]);
}

#[test]
fn a_malformed_event_is_refused() {
    let good = event("click a");
    let mute = event("mute host:x.kz");
    let wrong = [
        PersonEvent { id: String::new(), ..good.clone() },
        PersonEvent { id: "x".repeat(129), ..good.clone() },
        PersonEvent { url: None, ..good.clone() },
        PersonEvent { url: Some("ftp://a.kz/".to_owned()), ..good.clone() },
        PersonEvent { recommendation: Some(String::new()), ..good.clone() },
        PersonEvent { topic: Some("x".to_owned()), ..mute.clone() },
        PersonEvent { host: None, ..mute },
        PersonEvent { url: Some(format!("https://a.kz/{}", "x".repeat(9_000))), ..good },
    ];
    for event in wrong {
        assert!(matches!(event.check(), Err(Error::Input(_))), "{event:?}");
    }
}
