//! Reindex while the index is asked all the time.

use std::sync::atomic::{AtomicBool, Ordering};

use testkit::web::{SiteGraph, Web};

use crate::program::{Place, number};

#[test]
fn no_search_fails_or_comes_back_empty_during_a_reindex() {
    let graph = SiteGraph::new(31, 2, 30);
    let web = Web::builder().graph(graph.clone()).start();
    let place = Place::at(&web, "[politeness]\ndelay = \"0s\"\n[crawl]\npatience = \"1s\"\n");
    place.done(&["crawl", &graph.url(0, 0), "--scope", "any"]);
    let token = SiteGraph::token(1, 7);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let asking = scope.spawn(|| {
            let mut asked = 0;
            while !done.load(Ordering::Relaxed) || asked == 0 {
                let said = place.run(&["search", &token]);
                assert_eq!(said.code, 0, "{}\n{}", said.stdout, said.stderr);
                assert_eq!(said.lines.len(), 1, "{}", said.stdout);
                asked += 1;
            }
            asked
        });
        let summaries: Vec<_> = (0..3).map(|_| place.run(&["reindex"])).collect();
        // Before any assertion: a panic here would wait for the other thread for ever.
        done.store(true, Ordering::Relaxed);
        assert!(asking.join().unwrap() > 1);
        for (said, generation) in summaries.iter().zip(2..) {
            let summary = said.lines.last().unwrap_or_else(|| panic!("{}", said.stderr));
            assert_eq!(number(summary, "documents"), 60, "{summary}");
            assert_eq!(number(summary, "generation"), generation, "{summary}");
        }
    });
    let back = place.done(&["reindex", "--rollback"]);
    assert_eq!(number(&back, "generation"), 3, "{back}");
    assert_eq!(place.run(&["search", &token]).code, 0);
}

#[test]
fn reindex_since_keeps_what_is_older() {
    let graph = SiteGraph::new(32, 1, 6);
    let web = Web::builder().graph(graph.clone()).start();
    let place = Place::at(&web, "[politeness]\ndelay = \"0s\"\n[crawl]\npatience = \"1s\"\n");
    place.done(&["crawl", &graph.url(0, 0)]);
    let expected = place.documents();
    let summary = place.done(&["reindex", "--since", "2199-01-01"]);
    assert_eq!(number(&summary, "records"), 0);
    assert_eq!(place.documents(), expected);
}
