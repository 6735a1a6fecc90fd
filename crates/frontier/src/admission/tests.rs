//! Which offers are admitted, as tables.

use model::{CanonicalUrl, ResourceKind, Timestamp};

use super::{Admission, Refusal, rank};
use crate::job::{JobRules, Scope};
use crate::offer::Offer;
use crate::port::Budget;
use crate::settings::Limits;
use crate::takedown::Takedown;

fn offer(url: &str) -> Offer {
    Offer {
        url: CanonicalUrl::parse(url).unwrap(),
        kind: ResourceKind::Page,
        depth: 1,
        hops: 0,
        via: Some("https://news.example.kz/".to_owned()),
        job: "job".to_owned(),
        dated: None,
    }
}

fn rules(scope: Scope, seeds: &[&str]) -> JobRules {
    JobRules {
        name: "job".to_owned(),
        scope,
        seeds: seeds.iter().map(|&seed| seed.to_owned()).collect(),
        ..JobRules::default()
    }
}

fn admission(rules: JobRules) -> Admission {
    let mut admission = Admission::new(Limits::default());
    admission.register(rules).unwrap();
    admission
}

#[track_caller]
fn check(admission: &Admission, admitted: &[&str], refused: &[(&str, Refusal)]) {
    for url in admitted {
        assert!(admission.judge(&offer(url)).is_ok(), "{url}: {:?}", admission.judge(&offer(url)));
    }
    for (url, refusal) in refused {
        assert_eq!(admission.judge(&offer(url)).as_ref(), Err(refusal), "{url}");
    }
}

#[test]
fn scope_site_is_the_registrable_domain() {
    let admission = admission(rules(Scope::Site, &["https://news.example.kz/"]));
    check(
        &admission,
        &["https://news.example.kz/a", "http://example.kz/", "https://m.example.kz:8443/x"],
        &[("https://example.com/", Refusal::Scope), ("https://notexample.kz/", Refusal::Scope)],
    );
}

#[test]
fn scope_host_is_the_host() {
    let admission = admission(rules(Scope::Host, &["https://news.example.kz/"]));
    check(
        &admission,
        &["https://news.example.kz/a", "http://news.example.kz/a"],
        &[("https://example.kz/", Refusal::Scope), ("https://m.news.example.kz/", Refusal::Scope)],
    );
}

#[test]
fn scope_prefix_is_the_beginning_of_a_seed_on_http_and_https() {
    let admission = admission(rules(Scope::Prefix, &["https://example.kz/news/", "https://two.kz/a"]));
    check(
        &admission,
        &["https://example.kz/news/", "http://example.kz/news/1?x=y", "https://two.kz/abc"],
        &[
            ("https://example.kz/new", Refusal::Scope),
            ("https://www.example.kz/news/", Refusal::Scope),
            ("https://two.kz/b", Refusal::Scope),
        ],
    );
}

#[test]
fn scope_list_is_the_seeds_and_scope_any_is_anything() {
    let list = admission(rules(Scope::List, &["https://example.kz/a", "https://example.kz/b"]));
    check(&list, &["https://example.kz/a"], &[("https://example.kz/c", Refusal::Scope)]);
    check(&admission(rules(Scope::Any, &[])), &["https://whatever.example/"], &[]);
}

#[test]
fn patterns_include_and_exclude() {
    let mut rules = rules(Scope::Any, &[]);
    rules.include = vec!["/news/".to_owned(), r"\.kz/$".to_owned()];
    rules.exclude = vec![r"[?&]page=\d".to_owned()];
    let admission = admission(rules);
    check(
        &admission,
        &["https://a.kz/news/1", "https://a.kz/"],
        &[
            ("https://a.kz/sport/1", Refusal::NotIncluded),
            ("https://a.kz/news/?page=2", Refusal::Excluded { pattern: r"[?&]page=\d".to_owned() }),
        ],
    );
    let seed = Offer { depth: 0, via: None, ..offer("https://a.kz/sport/") };
    assert!(admission.judge(&seed).is_ok(), "seeds need no include pattern");
    let seed = Offer { depth: 0, via: None, ..offer("https://a.kz/?page=1") };
    assert!(admission.judge(&seed).is_err(), "but obey exclude");
}

#[test]
fn depth_hops_and_jobs_are_bounded() {
    let mut limited = rules(Scope::Any, &[]);
    limited.depth_max = Some(2);
    let admission = admission(limited);
    assert!(admission.judge(&Offer { depth: 2, ..offer("https://a.kz/") }).is_ok());
    assert_eq!(admission.judge(&Offer { depth: 3, ..offer("https://a.kz/") }), Err(Refusal::Depth));
    assert!(admission.judge(&Offer { hops: 10, ..offer("https://a.kz/") }).is_ok());
    assert_eq!(admission.judge(&Offer { hops: 11, ..offer("https://a.kz/") }), Err(Refusal::Hops));
    let stranger = Offer { job: "other".to_owned(), ..offer("https://a.kz/") };
    assert_eq!(admission.judge(&stranger), Err(Refusal::UnknownJob));
}

#[test]
fn files_that_are_no_pages_are_refused_as_pages() {
    let admission = admission(rules(Scope::Any, &[]));
    let refused = |extension: &str| Refusal::Extension { extension: extension.to_owned() };
    check(
        &admission,
        &[
            "https://a.kz/index.html",
            "https://a.kz/x.php?file=a.jpg",
            "https://a.kz/.pdf",
            "https://a.kz/v1.zip/readme",
            "https://a.kz/a.kz",
        ],
        &[
            ("https://a.kz/photo.jpg", refused("jpg")),
            ("https://a.kz/photo.JPG?w=5", refused("jpg")),
            ("https://a.kz/a.tar.gz", refused("gz")),
            ("https://a.kz/doc.pdf", refused("pdf")),
        ],
    );
    let sitemap = Offer { kind: ResourceKind::Sitemap, ..offer("https://a.kz/sitemap.xml.gz") };
    assert!(admission.judge(&sitemap).is_ok(), "a sitemap may be compressed");
}

#[test]
fn what_was_taken_down_is_refused_whoever_asks() {
    let mut admission = admission(rules(Scope::Any, &[]));
    admission.take_down(&Takedown::Host("a.kz".to_owned()).rule());
    check(&admission, &["https://b.kz/"], &[("https://a.kz/x", Refusal::TakenDown)]);
}

#[test]
fn pages_and_hubs_have_budgets_and_redirect_targets_none() {
    let mut limited = rules(Scope::Any, &[]);
    limited.pages_max = Some(7);
    let admission = admission(limited);
    let page = admission.judge(&offer("https://a.kz/")).unwrap();
    assert_eq!(page, Budget::Pages { job_max: 7, site_max: 1_000_000 });
    let feed = admission.judge(&Offer { kind: ResourceKind::Feed, ..offer("https://a.kz/") }).unwrap();
    assert_eq!(feed, Budget::Hubs { site_max: 10_000 });
    let target = admission.judge(&Offer { hops: 1, ..offer("https://a.kz/") }).unwrap();
    assert_eq!(target, Budget::Free);
}

#[test]
fn rules_that_cannot_be_used_are_named() {
    let mut broken = rules(Scope::Any, &[]);
    broken.exclude = vec!["ok".to_owned(), "(".to_owned()];
    let message = Admission::check(&broken).unwrap_err().to_string();
    assert!(
        message.contains("\"job\"") && message.contains("exclude") && message.contains("\"(\""),
        "{message}"
    );
    let message = Admission::check(&rules(Scope::Site, &["ftp://a.kz/"])).unwrap_err().to_string();
    assert!(message.contains("ftp://a.kz/"), "{message}");
}

#[test]
fn news_goes_first_then_the_shallow() {
    let now: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
    let dated = |text: &str| Offer { dated: Some(text.parse().unwrap()), depth: 4, ..offer("https://a.kz/") };
    assert_eq!(rank(&dated("2026-03-01T10:00:00Z"), now), 0);
    assert_eq!(rank(&dated("2026-02-20T10:00:00Z"), now), 5, "old");
    assert_eq!(rank(&dated("2026-03-09T10:00:00Z"), now), 5, "from the future: not to be believed");
    assert_eq!(rank(&offer("https://a.kz/"), now), 2);
}
