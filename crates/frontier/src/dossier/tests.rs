//! Budgets that follow yield, junk and mirrors, and the codec.

use model::{CanonicalUrl, Junk, Timestamp};
use proptest::prelude::*;

use super::{Brought, Dossier, HubVisit, Observation, Trust, Verdict};
use crate::pattern::Pattern;
use crate::settings::Limits;
use crate::spelling::Spelling;

const NOW: Timestamp = Timestamp::constant(1_767_225_600, 0);

fn pattern(path: &str) -> Pattern {
    Pattern::of(&url::Url::parse(&format!("https://a.kz{path}")).unwrap())
}

/// A first visit of a page that links to the next of its kind.
fn visit(dossier: &mut Dossier, path: &str, print: u64) -> super::Worth {
    let limits = Limits { pattern_linked: u32::MAX, ..Limits::default() };
    dossier.admit(&pattern(path), "a.kz", Trust::Linked, NOW, &limits);
    visit_only(dossier, path, print)
}

fn visit_only(dossier: &mut Dossier, path: &str, print: u64) -> super::Worth {
    visit_alike(dossier, path, print, print)
}

/// A page that another one may differ from in digits only.
fn visit_alike(dossier: &mut Dossier, path: &str, print: u64, likeness: u64) -> super::Worth {
    let brought = Brought { fingerprint: Some(print), likeness: Some(likeness), junk: None, leads: 0 };
    dossier.learn(&pattern(path), "a.kz", brought, NOW, &Limits::default())
}

/// Spreads small numbers over all bits, as hashes are.
fn print(n: u64) -> u64 {
    n.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_right(40)
}

#[test]
fn an_archive_is_crawled_whole() {
    let (limits, mut dossier) = (Limits::default(), Dossier::default());
    let article = pattern("/news/1");
    let (mut admitted, mut visited) = (0u64, 0u64);
    while visited < 20_000 {
        for _ in 0..40 {
            admitted +=
                u64::from(dossier.admit(&article, "a.kz", Trust::Linked, NOW, &limits) == Verdict::Open);
        }
        assert!(!dossier.is_stopped(&article, NOW, &limits));
        assert!(admitted > visited, "stuck after {visited}");
        visit_only(&mut dossier, "/news/1", print(visited));
        visited += 1;
    }
    assert!(admitted > 500_000, "{admitted}");
}

/// A site that has shown two hundred articles.
fn large_site() -> Dossier {
    let mut dossier = Dossier::default();
    for n in 0..200 {
        visit(&mut dossier, "/news/1", print(1_000 + n));
    }
    dossier
}

#[test]
fn pages_that_differ_in_a_number_only_are_read_whole_where_they_have_an_end() {
    let limits = Limits::default();
    let page = pattern("/page/1");
    // Five hundred pages that the front page lists at once.
    let mut dossier = large_site();
    for _ in 0..500 {
        dossier.admit(&page, "a.kz", Trust::Linked, NOW, &limits);
    }
    for visits in 0..300 {
        assert!(!dossier.is_stopped(&page, NOW, &limits), "stopped after {visits} visits");
        visit_alike(&mut dossier, "/page/1", 7, visits);
    }
    // A small site whose pages lead to two more each, until all thirty are known.
    let mut dossier = Dossier::default();
    let mut known = 1;
    for visits in 0..30 {
        assert!(!dossier.is_stopped(&page, NOW, &limits), "stopped after {visits} visits");
        for _ in 0..2 {
            if known < 30 {
                dossier.admit(&page, "a.kz", Trust::Linked, NOW, &limits);
                known += 1;
            }
        }
        visit_alike(&mut dossier, "/page/1", 7, visits);
    }
    // One without an end is stopped even where the site is small.
    let mut dossier = Dossier::default();
    let mut visits = 0;
    while !dossier.is_stopped(&page, NOW, &limits) {
        dossier.admit(&page, "a.kz", Trust::Linked, NOW, &limits);
        visit_alike(&mut dossier, "/page/1", 7, visits);
        visits += 1;
    }
    assert!(visits < 50, "{visits}");
}

#[test]
fn a_calendar_stops_after_a_few_visits_and_is_tried_again_after_a_rest() {
    let (limits, mut dossier) = (Limits::default(), large_site());
    let month = pattern("/calendar/2031/12");
    let mut visits = 0;
    while !dossier.is_stopped(&month, NOW, &limits) {
        visit(&mut dossier, "/calendar/2031/12", print(visits % 12));
        visits += 1;
    }
    assert!(visits < 30, "{visits}");
    assert_eq!(dossier.admit(&month, "a.kz", Trust::Linked, NOW, &limits), Verdict::Stopped);
    assert_eq!(dossier.admit(&month, "a.kz", Trust::Seed, NOW, &limits), Verdict::Open);
    let later = model::time::later(NOW, std::time::Duration::from_hours(31 * 24));
    assert_eq!(dossier.judge(&month, "a.kz", Trust::Linked, later, &limits), Verdict::Open);
}

#[test]
fn pagination_goes_on_as_long_as_it_leads_to_articles() {
    let (limits, mut dossier) = (Limits::default(), Dossier::default());
    let page = pattern("/news?page=7");
    for _ in 0..500 {
        let brought = Brought { fingerprint: Some(1), likeness: Some(1), junk: None, leads: 1 };
        // The first few have the same text: only their leads speak for them.
        dossier.learn(&page, "a.kz", Brought { fingerprint: None, likeness: None, ..brought }, NOW, &limits);
    }
    assert!(!dossier.is_stopped(&page, NOW, &limits));
}

#[test]
fn sessions_in_the_path_have_a_few_visits_unless_a_sitemap_names_them() {
    let (limits, mut dossier) = (Limits::default(), Dossier::default());
    let session = pattern("/s/a1b2c3d4e5f6g7h8i9/news/x");
    let mut admitted = 0;
    for n in 0..100 {
        admitted += u32::from(dossier.admit(&session, "a.kz", Trust::Linked, NOW, &limits) == Verdict::Open);
        visit_only(&mut dossier, "/s/a1b2c3d4e5f6g7h8i9/news/x", print(n));
    }
    assert_eq!(admitted, limits.pattern_patience);
    assert_eq!(dossier.admit(&session, "a.kz", Trust::Listed, NOW, &limits), Verdict::Open);
    assert_eq!(dossier.admit(&session, "a.kz", Trust::Linked, NOW, &limits), Verdict::Open);
}

#[test]
fn a_new_facet_has_only_the_credit_of_its_family() {
    let (limits, mut dossier) = (Limits::default(), large_site());
    for n in 0..10 {
        visit(&mut dossier, &format!("/catalog?f{}=1", ["a", "b", "c"][n % 3]), 5);
    }
    assert!(dossier.is_stopped(&pattern("/catalog?unseen=1"), NOW, &limits));
    assert!(!dossier.is_stopped(&pattern("/catalog"), NOW, &limits));
}

#[test]
fn the_answer_to_anything_is_recognised() {
    let mut dossier = Dossier::default();
    let echoes: Vec<bool> = (0..6).map(|n| visit(&mut dossier, &format!("/x/{n}"), 77).is_echo).collect();
    assert_eq!(echoes, [false, false, false, true, true, true]);
    assert!(dossier.is_echo(77) && !dossier.is_echo(78));
}

#[test]
fn hosts_without_end_share_one_budget() {
    let (limits, mut dossier) = (Limits::default(), Dossier::default());
    let front = pattern("/");
    for n in 0..200 {
        let host = format!("h{n}.a.kz");
        dossier.admit(&front, &host, Trust::Linked, NOW, &limits);
        let brought = Brought { fingerprint: Some(print(n)), likeness: Some(print(n)), junk: None, leads: 0 };
        // Only the first twenty bring something.
        let brought = if n < 20 {
            brought
        } else {
            Brought { fingerprint: Some(print(0)), likeness: Some(print(n)), ..brought }
        };
        dossier.learn(&front, &host, brought, NOW, &limits);
    }
    let verdict = dossier.judge(&pattern("/other/"), "h99.a.kz", Trust::Linked, NOW, &limits);
    assert_eq!(verdict, Verdict::Hosts);
    assert_eq!(dossier.judge(&pattern("/other/"), "h1.a.kz", Trust::Linked, NOW, &limits), Verdict::Open);
}

#[test]
fn a_host_of_logins_is_complained_about() {
    let (limits, mut dossier) = (Limits::default(), Dossier::default());
    for n in 0..5 {
        assert_eq!(dossier.complaint("a.kz").is_some(), n >= 3);
        let brought = Brought { fingerprint: Some(n), likeness: Some(n), junk: Some(Junk::Login), leads: 0 };
        dossier.learn(&pattern("/x/y"), "a.kz", brought, NOW, &limits);
    }
    for _ in 0..9 {
        dossier.note_junk("a.kz", None, &limits);
    }
    assert_eq!(dossier.complaint("a.kz"), None, "it came to its senses");
}

#[test]
fn a_spelling_is_believed_after_three_pages_and_never_both_ways() {
    let mut dossier = Dossier::default();
    let url = |text: &str| CanonicalUrl::parse(text).unwrap();
    let amp = url("http://www.a.kz/x/amp");
    for n in 0..3 {
        assert_eq!(dossier.mirrors.preferred(&amp), None, "{n}");
        dossier.mirrors.observe(Spelling::Amp, "www.a.kz", Observation::Same);
        dossier.mirrors.observe(Spelling::Http, "www.a.kz", Observation::Same);
        dossier.mirrors.observe(Spelling::Www, "www.a.kz", Observation::Same);
    }
    assert_eq!(dossier.mirrors.preferred(&amp).unwrap().url().as_str(), "https://a.kz/x");
    for _ in 0..3 {
        dossier.mirrors.observe(Spelling::Bare, "a.kz", Observation::Same);
    }
    assert_eq!(dossier.mirrors.preferred(&amp).unwrap().url().as_str(), "https://www.a.kz/x");
    dossier.mirrors.observe(Spelling::Amp, "www.a.kz", Observation::Different);
    assert_eq!(dossier.mirrors.preferred(&amp).unwrap().url().as_str(), "https://www.a.kz/x/amp");
}

#[test]
fn a_silent_hub_and_an_emptied_list_are_said_once() {
    let mut dossier = Dossier::default();
    let key = CanonicalUrl::parse("https://a.kz/feed").unwrap().key();
    let mut note = |hours: u64, fresh, links| {
        let at = model::time::later(NOW, std::time::Duration::from_hours(hours));
        dossier.hubs.note(HubVisit {
            key,
            url: "https://a.kz/feed",
            at,
            fresh,
            links: Some(links),
            is_list: true,
        })
    };
    for hour in 0..5 {
        assert_eq!(note(hour, 2, 20), None);
    }
    assert_eq!(note(30, 0, 20), None, "a quiet day");
    assert!(note(60, 0, 20).unwrap().contains("no new link"));
    assert_eq!(note(61, 0, 20), None, "said already");
    assert!(note(62, 0, 0).unwrap().contains("empty"));
}

fn any_dossier() -> impl Strategy<Value = Dossier> {
    let visits = proptest::collection::vec((0u64..2000, 0usize..400, any::<bool>()), 0..300);
    visits.prop_map(|visits| {
        let (limits, mut dossier) = (Limits::default(), Dossier::default());
        for (seed, path, is_junk) in visits {
            let letters: String = path.to_string().bytes().map(|b| char::from(b + 50)).collect();
            let pattern = pattern(&format!("/{letters}/x"));
            let host = format!("h{}.a.kz", seed % 50);
            dossier.admit(&pattern, &host, Trust::Linked, NOW, &limits);
            let junk = is_junk.then_some(Junk::Captcha);
            dossier.learn(
                &pattern,
                &host,
                Brought { fingerprint: Some(print(seed)), likeness: Some(print(seed)), junk, leads: 0 },
                NOW,
                &limits,
            );
            dossier.mirrors.observe(Spelling::Www, &host, Observation::Same);
            let key = CanonicalUrl::parse(&format!("https://{host}/")).unwrap().key();
            dossier.hubs.note(HubVisit {
                key,
                url: &host,
                at: NOW,
                fresh: 1,
                links: Some(1),
                is_list: false,
            });
        }
        dossier
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn the_codec_goes_round_and_is_bounded(dossier in any_dossier()) {
        let bytes = dossier.to_bytes();
        prop_assert!(bytes.len() < 24 * 1024, "{} bytes", bytes.len());
        prop_assert_eq!(Dossier::of_bytes(&bytes), dossier);
    }

    #[test]
    fn any_bytes_are_a_dossier(bytes in proptest::collection::vec(any::<u8>(), 0..300), dossier in any_dossier(), at in 0usize..2000) {
        let _ = Dossier::of_bytes(&bytes);
        let mut torn = dossier.to_bytes();
        if let Some(byte) = torn.get_mut(at) {
            *byte ^= 0x5a;
        }
        let mut read = Dossier::of_bytes(&torn);
        let worth = read.learn(&pattern("/x/y"), "a.kz", Brought { fingerprint: Some(1), likeness: Some(1), junk: None, leads: 1 }, NOW, &Limits::default());
        prop_assert!(worth.is_useful || worth.is_echo);
    }
}
