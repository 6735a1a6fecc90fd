use std::path::Path;

use model::{CanonicalUrl, LinkKind, Position, Timestamp};

use super::*;
use crate::{Outlink, Page, Writer};

/// A graph of pages, each with the URLs it vouches for.
fn graph(dir: &Path, pages: &[(&str, &[&str])]) -> Graph {
    let key = |url: &str| CanonicalUrl::parse(url).unwrap().key();
    let mut writer = Writer::open(dir).unwrap();
    for (n, (url, links)) in (1..).zip(pages) {
        let link = |to: &&str| Outlink {
            target: Some(key(to)),
            url: (*to).to_owned(),
            text: String::new(),
            rel: Vec::new(),
            kind: LinkKind::Content,
        };
        let links = links.iter().map(link).collect();
        writer
            .put(&[Page {
                key: key(url),
                url: (*url).to_owned(),
                fetched: Timestamp::UNIX_EPOCH,
                until: None,
                links,
            }])
            .unwrap();
        if n == 2 || n % 100 == 0 {
            writer.commit(Position { segment: 1, offset: n }).unwrap();
        }
    }
    writer.commit(Position { segment: 2, offset: 0 }).unwrap();
    Graph::open(dir).unwrap().unwrap()
}

fn assert_value(authority: &Authority, site: &str, worth: f64) {
    let expected = worth.ln() / 10_000f64.ln();
    let got = f64::from(authority.of(site));
    assert!((got - expected).abs() < 1e-4, "{site}: {got} instead of {expected}");
}

#[test]
fn a_small_graph_has_the_values_worked_out_by_hand() {
    let dir = tempfile::tempdir().unwrap();
    let graph = graph(
        dir.path(),
        &[
            ("https://a.kz/", &["https://b.kz/", "https://c.kz/x", "https://a.kz/2"]),
            ("https://a.kz/2", &["https://b.kz/7"]),
            ("https://b.kz/", &["https://c.kz/"]),
            ("https://c.kz/", &[]),
            ("https://d.kz/", &["https://c.kz/", "https://e.kz/"]),
        ],
    );
    let authority = Authority::of_graph(&graph, Timestamp::UNIX_EPOCH).unwrap();
    // a and d are cited by nobody: 1 each. b: 1 + 0.85 / 2. c: 1 + 0.85 / 2 (a) + 0.85 / 2 (d) + 0.85 b.
    // e was never visited and has nothing of its own: 0.85 / 2, which is less than an uncited site.
    let b = 1.0 + 0.425;
    assert_value(&authority, "a.kz", 1.0);
    assert_value(&authority, "d.kz", 1.0);
    assert_value(&authority, "b.kz", b);
    assert_value(&authority, "c.kz", 1.0 + 0.425 + 0.425 + 0.85 * b);
    assert_value(&authority, "e.kz", 1.0);
    assert_value(&authority, "unknown.kz", 1.0);
    assert_eq!(authority.len(), 5);
}

#[test]
fn a_circle_settles() {
    let dir = tempfile::tempdir().unwrap();
    let graph =
        graph(dir.path(), &[("https://a.kz/", &["https://b.kz/"]), ("https://b.kz/", &["https://a.kz/"])]);
    // x = 1 + 0.85 x
    assert_value(&Authority::of_graph(&graph, Timestamp::UNIX_EPOCH).unwrap(), "a.kz", 1.0 / 0.15);
}

#[test]
fn a_farm_of_pages_raises_nothing() {
    let one = tempfile::tempdir().unwrap();
    let modest = graph(one.path(), &[("https://b.kz/", &[]), ("https://spam.kz/0", &["https://b.kz/"])]);
    let pages: Vec<(String, Vec<String>)> = (0..200)
        .map(|n| {
            (
                format!("https://w{n}.spam.kz/{n}"),
                vec!["https://b.kz/".to_owned(), format!("https://b.kz/{n}"), "https://spam.kz/0".to_owned()],
            )
        })
        .collect();
    let pages: Vec<(&str, Vec<&str>)> =
        pages.iter().map(|(url, links)| (url.as_str(), links.iter().map(String::as_str).collect())).collect();
    let mut pages: Vec<(&str, &[&str])> = pages.iter().map(|(url, links)| (*url, links.as_slice())).collect();
    pages.push(("https://b.kz/", &[]));
    let two = tempfile::tempdir().unwrap();
    let farm = graph(two.path(), &pages);
    let (modest, farm) = (
        Authority::of_graph(&modest, Timestamp::UNIX_EPOCH).unwrap(),
        Authority::of_graph(&farm, Timestamp::UNIX_EPOCH).unwrap(),
    );
    assert!(modest.of("b.kz") > 0.0);
    for site in ["b.kz", "spam.kz"] {
        assert!((modest.of(site) - farm.of(site)).abs() < f32::EPSILON, "{site}");
    }
}

#[test]
fn too_many_pairs_are_sampled_within_the_bound() {
    let mut pairs = Pairs { held: Vec::new(), max: 1_000, halvings: 0 };
    for from in 0..10_000u64 {
        if pairs.takes(from) {
            pairs.push(from, from % 7);
        }
        assert!(pairs.held.len() < 1_000);
    }
    pairs.tidy();
    // Every sixteenth or thirty-second site, evenly.
    assert!((250..1_000).contains(&pairs.held.len()), "{}", pairs.held.len());
    assert!(pairs.held.iter().all(|(from, _)| pairs.takes(*from)));
}

#[test]
fn the_file_is_read_back_and_a_damaged_one_refused() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(Authority::load(dir.path()).unwrap(), None);
    let made = "2026-11-27T08:00:00Z".parse().unwrap();
    let authority = Authority { made, sites: vec![(1, 0.25), (0xffff_ffff_ffff, 1.0)] };
    authority.save(dir.path()).unwrap();
    assert_eq!(Authority::load(dir.path()).unwrap(), Some(authority));
    let path = dir.path().join("authority");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[9] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    let error = Authority::load(dir.path()).unwrap_err();
    assert!(error.to_string().contains("checksum"), "{error}");
    std::fs::write(&path, b"").unwrap();
    assert!(Authority::load(dir.path()).is_err());
}
