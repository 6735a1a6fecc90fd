//! The real web: pages of real sites under their own names, https included. Skipped where the development data is absent.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use testkit::web::Web;

use crate::program::{Place, number, text};

/// Pages crawled here; `cargo bench -p pipeline` crawls all of them.
const PAGES: usize = 120;

fn shared() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    folder.join("pages/manifest.tsv").exists().then_some(folder)
}

#[test]
fn real_pages_are_crawled_once_indexed_and_found() {
    let Some(shared) = shared() else {
        eprintln!("skipped: ../shared/data is not here");
        return;
    };
    let manifest = std::fs::read_to_string(shared.join("pages/manifest.tsv")).unwrap();
    let seeds: Vec<&str> =
        manifest.lines().skip(1).filter_map(|line| line.split('\t').next()).step_by(4).take(PAGES).collect();
    let web = Web::real_pages(&shared, false).unwrap();
    let place = Place::at(&web, "[politeness]\ndelay = \"0s\"\n[crawl]\npatience = \"0s\"\n");
    place.scratch.write("seeds.txt", seeds.join("\n"));
    let arguments = ["crawl", "--seed-file", "seeds.txt", "--scope", "list"];
    let summary = place.done(&arguments);
    let asked: BTreeSet<String> =
        web.log().fetched().into_keys().filter(|url| !url.ends_with("/robots.txt")).collect();
    assert!(asked.len() >= seeds.len() * 95 / 100, "{} of {} seeds were asked for", asked.len(), seeds.len());
    assert!(web.log().fetched().values().all(|times| *times == 1));
    assert!(number(&summary, "documents") >= seeds.len() as u64 * 85 / 100, "{summary}");

    web.log().clear();
    let again = place.done(&arguments);
    assert_eq!((number(&again, "fetched"), web.log().len()), (0, 0), "{again}");

    let documents = place.run(&["export", "documents"]);
    let languages: BTreeSet<String> = documents.lines.iter().map(|line| text(line, "language")).collect();
    assert!(["en", "ru"].iter().all(|code| languages.contains(*code)), "{languages:?}");
    let empty = documents.lines.iter().filter(|line| text(line, "text").len() < 50).count();
    assert!(
        empty * 10 <= documents.lines.len(),
        "{empty} of {} documents have no text",
        documents.lines.len()
    );
    place.done(&["verify"]);
}
