//! Traps end to end: everything real is fetched, the traps cost little, and the operator sees them.

use testkit::web::{Maze, Web};

use crate::program::{Place, number, text};

#[test]
fn a_maze_is_crawled_whole_and_its_traps_are_explained() {
    let maze = Maze::new(5, 120);
    let web = Web::builder().maze(&maze).start();
    let place = Place::at(&web, "[politeness]\ndelay = \"0s\"\n[crawl]\npatience = \"0s\"\n");
    let summary = place.done(&["crawl", &maze.seed(), "--scope", "any"]);
    let fetched = web.log().fetched();
    for url in maze.article_urls() {
        assert_eq!(fetched.get(&url), Some(&1), "{url}");
    }
    let trapped = fetched.keys().filter(|url| !maze.is_real(url)).count();
    // Without a delay, visits run ahead of what is learnt from them, on a busy machine by hundreds; the traps have no end.
    // How little they cost at a site's pace, crates/pipeline/tests/it/traps.rs holds to the visit.
    assert!(trapped < 1_500, "{trapped} fetches in traps: {:?}", fetched.keys());
    assert!(number(&summary, "documents") >= 120, "{summary}");

    let told = place.done(&["explain", "maze.test"]);
    let patterns = told["insight"]["patterns"].as_array().unwrap();
    let calendar = patterns.iter().find(|one| text(one, "pattern").starts_with("/calendar/{number}"));
    assert!(calendar.is_some_and(|one| one["stopped"].is_string()), "{told}");
    let refused = place.done(&["explain", "http://maze.test/calendar/1871/3"]);
    assert!(text(&refused, "story").contains("/calendar/{number}/{number}"), "{refused}");
    let status = place.done(&["status"]);
    assert!(status["notices"].as_array().is_some_and(|notices| !notices.is_empty()), "{status}");
}
