use std::collections::BTreeSet;

use super::*;
use crate::web::page::Content;

fn body(page: &Page) -> String {
    let Content::Bytes(bytes) = &page.content else { panic!("bytes expected") };
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Everything reachable from the front page of host 0 by its own links.
#[test]
fn every_page_is_reached_from_the_front_page() {
    let graph = Arc::new(SiteGraph::new(1, 2, 150));
    let mut found = BTreeSet::from(["/".to_owned()]);
    let mut waiting = vec!["/".to_owned()];
    while let Some(path) = waiting.pop() {
        let page = graph.answer("site0000.test", &path);
        assert_eq!(page.status, 200, "{path}");
        for part in body(&page).split("href=\"").skip(1) {
            let href = part.split('"').next().unwrap();
            let is_article =
                LEXICONS.iter().any(|lexicon| href.starts_with(&format!("/{}/", lexicon.language)));
            if is_article && found.insert(href.to_owned()) {
                waiting.push(href.to_owned());
            }
        }
    }
    let expected: BTreeSet<String> = (0..150).map(|number| graph.path(0, number)).collect();
    assert_eq!(found, expected);
    assert_eq!(graph.urls().len(), 300);
}

#[test]
fn pages_are_the_same_for_a_seed_and_of_realistic_size() {
    let (one, two) = (Arc::new(SiteGraph::new(5, 3, 9)), Arc::new(SiteGraph::new(5, 3, 9)));
    let other = Arc::new(SiteGraph::new(6, 3, 9));
    let mut languages = BTreeSet::new();
    for number in 1..9 {
        let path = one.path(1, number);
        let html = body(&one.answer("site0001.test", &path));
        assert_eq!(html, body(&two.answer("site0001.test", &path)));
        assert_ne!(html, body(&other.answer("site0001.test", &other.path(1, number))));
        assert!((5_000..60_000).contains(&html.len()), "{} bytes", html.len());
        assert_eq!(html.matches(&SiteGraph::token(1, number)).count(), 1);
        languages.insert(path[1..3].to_owned());
    }
    assert_eq!(languages.len(), 3);
}

#[test]
fn what_is_not_there_is_404() {
    let graph = Arc::new(SiteGraph::new(5, 1, 3));
    for (host, path) in
        [("site0000.test", "/x"), ("other.test", "/"), ("site0000.test", "/en/2026/01/site0000-99.html")]
    {
        assert_eq!(graph.answer(host, path).status, 404, "{host}{path}");
    }
    assert!(body(&graph.answer("site0000.test", "/sitemap.xml")).matches("<loc>").count() == 3);
    assert!(body(&graph.answer("site0000.test", "/feed.xml")).matches("<item>").count() == 2);
    assert!(body(&graph.answer("site0000.test", "/robots.txt")).contains("/private/"));
}
