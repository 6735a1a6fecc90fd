//! What only the embedded counters do: share a folder, tell ids, leave nothing behind.

use model::CanonicalUrl;

use super::*;
use crate::event::Kind;

struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        now()
    }
}

fn now() -> Timestamp {
    "2026-01-10T12:30:00Z".parse().unwrap()
}

fn link(url: &str) -> UrlKey {
    CanonicalUrl::parse(url).unwrap().key()
}

fn click(id: &str, url: &str) -> Event {
    Event {
        id: id.to_owned(),
        at: now(),
        kind: Kind::Click,
        link: Some(link(url)),
        recommendation: None,
        language: Some(Language::new("kk")),
    }
}

fn open(dir: &Path) -> Feedback {
    Feedback::open(dir, &Settings::default(), Arc::new(Fixed)).unwrap()
}

fn clicks(feedback: &Feedback, url: &str) -> u64 {
    feedback.counts(&[link(url)], now()).unwrap()[0].total.clicks
}

#[test]
fn two_that_share_a_folder_see_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let (one, two) = (open(dir.path()), open(dir.path()));
    one.record(&[click("a", "https://a.test/1")]).unwrap();
    assert_eq!(clicks(&two, "https://a.test/1"), 1);
    let again = two.record(&[click("a", "https://a.test/1"), click("b", "https://a.test/1")]).unwrap();
    assert_eq!((again.accepted, again.repeated), (1, 1), "the id is known to both");
    assert_eq!(clicks(&one, "https://a.test/1"), 2);
    two.remove(&[link("https://a.test/1")]).unwrap();
    assert_eq!(clicks(&one, "https://a.test/1"), 0);
    assert_eq!(clicks(&open(dir.path()), "https://a.test/1"), 0);
    assert_eq!(
        one.verify(two.issue(Scenario::New, 5, now()).as_str(), now()).unwrap().seed(),
        5,
        "and the key is one"
    );
}

#[test]
fn counters_and_ids_outlive_the_process() {
    let dir = tempfile::tempdir().unwrap();
    open(dir.path()).record(&[click("a", "https://a.test/1")]).unwrap();
    let again = open(dir.path());
    assert_eq!(clicks(&again, "https://a.test/1"), 1);
    assert_eq!(again.record(&[click("a", "https://a.test/1")]).unwrap().repeated, 1);
}

#[test]
fn old_recommendation_ids_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let feedback = open(dir.path());
    let age_max = Settings::default().recommendation_age_max.0;
    let id = feedback.issue(Scenario::Personal, 1, now());
    let last = model::time::later(now(), age_max);
    assert_eq!(feedback.verify(id.as_str(), last).unwrap(), id.clone());
    let late = model::time::later(last, Duration::from_hours(1));
    assert_eq!(feedback.verify(id.as_str(), late), Err(Refusal::Expired));
    assert_eq!(feedback.verify("x", now()), Err(Refusal::Forged));
    assert_ne!(feedback.issue(Scenario::Personal, 1, now()), id, "no two answers have one id");
}

#[test]
fn nothing_removed_is_left_in_the_files() {
    let dir = tempfile::tempdir().unwrap();
    let feedback = open(dir.path());
    let doomed = link("https://doomed.test/page");
    feedback
        .record(&[click("secret-event-id", "https://doomed.test/page"), click("b", "https://a.test/")])
        .unwrap();
    let found = |bytes: &[u8]| {
        let files = fs::read_dir(dir.path()).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap());
        files.filter(|file| file.windows(bytes.len()).any(|window| window == bytes)).count()
    };
    assert_eq!(found(b"secret-event-id"), 0, "ids are kept as keyed hashes only");
    assert!(found(&doomed.0) > 0);
    feedback.remove(&[doomed]).unwrap();
    assert_eq!(found(&doomed.0), 0);
    assert_eq!(clicks(&feedback, "https://a.test/"), 1);
}

#[test]
fn scenarios_are_counted_from_k_on() {
    let dir = tempfile::tempdir().unwrap();
    let feedback = open(dir.path());
    let id = feedback.issue(Scenario::Related, 1, now());
    let events: Vec<Event> = (0..6)
        .map(|n| Event { recommendation: Some(id.clone()), ..click(&n.to_string(), "https://a.test/") })
        .collect();
    feedback.record(&events[..4]).unwrap();
    assert_eq!(feedback.by_scenario(now()).unwrap(), [(Scenario::Related, Shown::default())]);
    feedback.record(&events[4..]).unwrap();
    let six = Shown { clicks: Some(6), ..Shown::default() };
    assert_eq!(feedback.by_scenario(now()).unwrap(), [(Scenario::Related, six)]);
}

#[test]
fn many_threads_lose_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let feedback = open(dir.path());
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let feedback = feedback.clone();
            scope.spawn(move || {
                for n in 0..20 {
                    feedback.record(&[click(&format!("{thread}-{n}"), "https://a.test/")]).unwrap();
                    feedback.counts(&[link("https://a.test/")], now()).unwrap();
                }
            });
        }
    });
    assert_eq!(clicks(&feedback, "https://a.test/"), 160);
}
