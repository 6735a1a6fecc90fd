//! What goes in comes out, and a reindex keeps it.

use testkit::web::{SiteGraph, Web};

use crate::program::{Place, number, text};

const HASTY: &str = "[politeness]\ndelay = \"0s\"\n[crawl]\npatience = \"1s\"\n";

#[test]
fn a_crawl_exported_as_warc_and_imported_elsewhere_is_the_same() {
    let graph = SiteGraph::new(51, 2, 6);
    let web = Web::builder().graph(graph.clone()).start();
    let here = Place::at(&web, HASTY);
    here.done(&["crawl", &graph.url(0, 0), "--scope", "any"]);
    let expected = here.documents();
    assert_eq!(expected.len(), 12);
    for file in ["copy.warc.gz", "copy.warc.zst"] {
        let file = here.scratch.join(file);
        here.done(&["export", "warc", "--out", file.to_str().unwrap()]);
        let there = Place::with("");
        there.done(&["import", file.to_str().unwrap()]);
        assert_eq!(there.documents(), expected, "{}", file.display());
        there.done(&["reindex"]);
        assert_eq!(there.documents(), expected, "{} after a reindex", file.display());
        there.done(&["verify"]);
    }
    let links = here.run(&["export", "links"]);
    assert!(
        links
            .lines
            .iter()
            .any(|line| text(line, "to") == graph.url(0, 1) && text(line, "from") == graph.url(0, 0))
    );
    let changes = here.run(&["export", "changes"]);
    assert_eq!(changes.lines.iter().filter(|line| text(line, "change") == "upsert").count(), 12);
}

#[test]
fn imported_documents_survive_a_reindex_and_are_never_crawled() {
    let place = Place::with("");
    let lines = "{\"url\":\"https://a.kz/1?b=2&a=1\",\"title\":\"Ғарыш\",\"text\":\"Ғарышкер орбитаға шықты\",\"language\":\"kk\",\"published\":\"2026-11-01T00:00:00Z\"}\n";
    let file = place.scratch.write("documents.ndjson", lines);
    let summary = place.done(&["import", file.to_str().unwrap()]);
    assert_eq!(number(&summary, "documents"), 1);
    place.done(&["reindex"]);
    let found = place.run(&["search", "ғарышкер", "--language", "kk", "--since", "2026-10-01"]);
    assert_eq!(text(&found.lines[0], "url"), "https://a.kz/1?b=2&a=1", "{}", found.stdout);
    assert_eq!(place.run(&["search", "ғарышкер", "--since", "2026-11-02"]).code, 1);
    let crawled = place.done(&["crawl"]);
    assert_eq!(number(&crawled, "fetched") + number(&crawled, "failed"), 0, "{crawled}");
}

#[test]
fn a_third_party_reads_our_archive() {
    let graph = SiteGraph::new(52, 1, 5);
    let web = Web::builder().graph(graph.clone()).start();
    let place = Place::at(&web, HASTY);
    place.done(&["crawl", &graph.url(0, 0)]);
    let known = std::process::Command::new("python3").args(["-c", "import warcio"]).output();
    if !known.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: python3 with warcio is not installed (pip install warcio)");
        return;
    }
    for entry in std::fs::read_dir(place.data().join("archive")).unwrap() {
        let path = entry.unwrap().path();
        if path.to_string_lossy().contains(".warc") && !path.to_string_lossy().ends_with(".cdxj") {
            let output = std::process::Command::new("python3")
                .args(["-m", "warcio.cli", "check", "-v"])
                .arg(&path)
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success() && !said.contains("failed"), "{}: {said}", path.display());
        }
    }
}
