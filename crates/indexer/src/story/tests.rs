//! What stories and copies must hold whatever the documents.

use std::collections::HashSet;

use model::{Document, Span, Timestamp};
use proptest::prelude::*;
use testkit::conformance::indexer as conformance;

use super::{Placement, Settings, Stories};

const DAY: i64 = 86_400;

fn document(url: &str, language: &str, title: &str, text: &str) -> Document {
    let fetched = Timestamp::from_second(1_780_000_000).expect("a time");
    Document { fetched, ..conformance::document(&format!("https://{url}"), language, title, text) }
}

fn later(mut document: Document, days: i64) -> Document {
    document.published = Timestamp::from_second(1_780_000_000 - 100 * DAY + days * DAY).ok();
    document
}

const FIRE: [&str; 3] = [
    "A fire destroyed the historic dairy warehouse in Palmer on Tuesday, police said.",
    "The dairy warehouse in Palmer burned down on Tuesday; the fire marshal investigates.",
    "Palmer police investigate the fire that destroyed the old dairy warehouse.",
];

const FLOOD: [&str; 2] = [
    "Heavy rain flooded forty houses in Aktobe, rescuers moved 120 people to a school.",
    "Rescuers in Aktobe moved 120 people from forty flooded houses after heavy rain.",
];

/// A text of `count` words, none of which is in another one.
fn long_text(name: &str, count: usize) -> Vec<String> {
    (0..count).map(|at| format!("{name}{}", at * 7 % 1_000)).collect()
}

#[test]
fn reports_of_an_event_share_its_number_and_those_of_others_do_not() {
    let mut stories = Stories::new(Settings::default());
    let mut place = |url: &str, text: &str| stories.assign(&document(url, "en", "", text)).story;
    let fire: HashSet<u64> =
        FIRE.iter().enumerate().map(|(at, text)| place(&format!("a.test/{at}"), text)).collect();
    let flood: HashSet<u64> =
        FLOOD.iter().enumerate().map(|(at, text)| place(&format!("b.test/{at}"), text)).collect();
    assert_eq!((fire.len(), flood.len()), (1, 1));
    assert!(fire.is_disjoint(&flood));
}

#[test]
fn reports_in_other_languages_join() {
    let mut stories = Stories::new(Settings::default());
    let english =
        "Magnitude 6 earthquake in Almaty: the city closed 120 schools on Monday, Mayor Dosayev said.";
    let russian =
        "Землетрясение магнитудой 6 в Алматы: город закрыл 120 школ в понедельник, сообщил мэр Досаев.";
    let first = stories.assign(&document("en.test", "en", "", english));
    assert_eq!(stories.assign(&document("ru.test", "ru", "", russian)).story, first.story);
}

#[test]
fn an_event_long_after_is_another_one() {
    let settings = Settings { window: Span::seconds(4 * 86_400), ..Settings::default() };
    let mut stories = Stories::new(settings);
    let first = stories.assign(&later(document("a.test/1", "en", "", FIRE[0]), 0));
    let soon = stories.assign(&later(document("a.test/2", "en", "", FIRE[1]), 3));
    let late = stories.assign(&later(document("a.test/3", "en", "", FIRE[2]), 30));
    assert_eq!(first.story, soon.story);
    assert_ne!(first.story, late.story);
}

#[test]
fn an_edited_text_is_a_copy_and_of_the_same_story() {
    let mut stories = Stories::new(Settings::default());
    let words = long_text("word", 300);
    let original = stories.assign(&document("a.test", "en", "First headline", &words.join(" ")));
    let edited = format!("Read our channel. {} Follow us everywhere.", words[..220].join(" "));
    assert_eq!(stories.assign(&document("b.test", "en", "Quite another one", &edited)), original);
    let other =
        stories.assign(&document("c.test", "en", "First headline", &long_text("term", 300).join(" ")));
    assert_ne!(other.copy, original.copy);
}

#[test]
fn short_texts_are_copies_only_word_by_word() {
    let mut stories = Stories::new(Settings::default());
    let mut copy = |url: &str, text: &str| stories.assign(&document(url, "en", "Rates", text)).copy;
    let monday = copy("a.test/1", "The dollar costs 480 tenge today, the euro costs 520 tenge today");
    let tuesday = copy("a.test/2", "The dollar costs 481 tenge today, the euro costs 522 tenge today");
    let again = copy("b.test/1", "The dollar costs 480 tenge today, the euro costs 520 tenge today.");
    assert_ne!(monday, tuesday);
    assert_eq!(monday, again);
    assert_ne!(copy("a.test/3", "Read more"), copy("a.test/4", "Read more"));
}

#[test]
fn a_document_stays_where_it_is() {
    let mut stories = Stories::new(Settings::default());
    let first = stories.assign(&document("a.test", "en", "", FIRE[0]));
    stories.assign(&document("b.test", "en", "", FLOOD[0]));
    assert_eq!(stories.assign(&document("a.test", "en", "", FLOOD[1])), first);
}

#[test]
fn what_is_restored_is_joined_as_before() {
    let mut stories = Stories::new(Settings::default());
    let placement = Placement { story: 7, copy: 8 };
    stories.restore(&document("a.test/1", "en", "", FIRE[0]), placement);
    assert_eq!(stories.assign(&document("a.test/1", "en", "", FIRE[0])), placement);
    assert_eq!(stories.assign(&document("a.test/2", "en", "", FIRE[1])).story, 7);
}

#[test]
fn what_is_forgotten_is_joined_by_nobody() {
    let mut stories = Stories::new(Settings::default());
    let fire = document("a.test", "en", "", FIRE[0]);
    let first = stories.assign(&fire);
    stories.forget(&fire.key);
    assert!(stories.is_empty());
    assert!(stories.by_feature.is_empty() && stories.clusters.is_empty());
    assert_ne!(stories.assign(&document("b.test", "en", "", FIRE[1])).story, first.story);
}

#[test]
fn no_more_is_remembered_than_the_settings_say() {
    let mut stories = Stories::new(Settings { documents_max: 3, ..Settings::default() });
    for at in 0..10 {
        stories.assign(&document(&format!("a.test/{at}"), "en", "", &format!("report number {at} of all")));
    }
    assert_eq!(stories.len(), 3);
    assert!(stories.clusters.values().map(|cluster| cluster.members.len()).sum::<usize>() == 3);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Any texts in any language: placed, and the same way again.
    #[test]
    fn placing_is_total_and_deterministic(texts in prop::collection::vec("\\PC{0,200}", 1..12)) {
        let place = || {
            let mut stories = Stories::new(Settings { documents_max: 8, ..Settings::default() });
            let code = |at: usize| ["kk", "ru", "en", "und", "de"][at % 5];
            let one = |(at, text): (usize, &String)| {
                stories.assign(&document(&format!("a.test/{at}"), code(at), text, text))
            };
            texts.iter().enumerate().map(one).collect::<Vec<_>>()
        };
        prop_assert_eq!(place(), place());
    }

    /// Documents that share nothing with the others do not change where those belong, wherever they come in between.
    #[test]
    fn strangers_change_nothing(before in prop::collection::vec(0..6_usize, 5)) {
        let mut alone = Stories::new(Settings::default());
        let mut crowded = Stories::new(Settings::default());
        let mut strangers = 0;
        for (at, text) in FIRE.iter().chain(&FLOOD).enumerate() {
            for _ in 0..before[at] {
                strangers += 1;
                let text = long_text(&format!("stranger{strangers}x"), 30).join(" ");
                crowded.assign(&document(&format!("s.test/{strangers}"), "en", "", &text));
            }
            let report = document(&format!("a.test/{at}"), "en", "", text);
            prop_assert_eq!(alone.assign(&report), crowded.assign(&report));
        }
    }
}
