//! Takedown: out of answers, out of the files, never asked for again.

use testkit::web::{Page, Web};

use crate::program::{Place, number, text};

const SETTINGS: &str = "[politeness]\ndelay = \"0s\"\n[crawl]\npatience = \"0s\"\n[recrawl]\npage = \"1s\"\ninterval_min = \"1s\"\n";

fn web() -> Web {
    let page = |word: &str| {
        Page::html(format!("<title>About {word}</title><p>A text that says {word} and nothing else of note."))
    };
    Web::builder()
        .page("http://a.test/", Page::linking("front", &["/canaryone", "/private/canarytwo", "/kept"]))
        .page("http://a.test/canaryone", page("canaryone"))
        .page("http://a.test/private/canarytwo", page("canarytwo"))
        .page("http://a.test/kept", page("keptword"))
        .start()
}

#[test]
fn forgotten_urls_leave_answers_files_and_the_crawl() {
    let web = web();
    let place = Place::at(&web, SETTINGS);
    place.done(&["crawl", "http://a.test/"]);
    assert_eq!(place.run(&["search", "canaryone"]).code, 0);

    let one = place.done(&["forget", "http://a.test/canaryone?utm_source=mail", "--reason", "test"]);
    assert_eq!((number(&one, "forgotten"), number(&one, "pending")), (1, 0), "{one}");
    let two = place.done(&["forget", "--prefix", "http://a.test/private/"]);
    assert_eq!(number(&two, "forgotten"), 1, "{two}");

    answers_nothing_forgotten(&place);
    assert_eq!(place.run(&["search", "keptword"]).code, 0);
    web.log().clear();
    std::thread::sleep(std::time::Duration::from_millis(1_300));
    place.done(&["crawl", "http://a.test/"]);
    let fetched: Vec<String> = web.log().fetched().into_keys().collect();
    assert!(fetched.iter().any(|url| url.ends_with("/kept")), "{fetched:?}");
    assert!(fetched.iter().all(|url| !url.contains("canary")), "{fetched:?}");
    // The front page still links to them: its own text may name them, nothing else may.
    place.done(&["reindex"]);
    for word in ["canaryone", "canarytwo"] {
        assert_eq!(
            place
                .run(&["search", &format!("says {word}"), "--limit", "1000"])
                .lines
                .iter()
                .filter(|line| line["url"].as_str().unwrap_or_default().contains("canary"))
                .count(),
            0
        );
    }
    let left = place.run(&["verify", "--forgotten", "About canaryone", "text that says canarytwo"]);
    assert_eq!((left.code, number(&left.lines[0], "traces")), (0, 0), "{}", left.stdout);
    place.done(&["verify", "--forgotten"]);
    let kept = place.run(&["verify", "--forgotten", "About keptword"]);
    assert_eq!(kept.code, 1, "a scan that finds nothing proves nothing: {}", kept.stdout);
    place.done(&["verify"]);
}

#[test]
fn a_forgotten_host_is_gone_whole() {
    let web = web();
    let place = Place::at(&web, SETTINGS);
    place.done(&["crawl", "http://a.test/"]);
    let gone = place.done(&["forget", "--host", "A.test"]);
    assert_eq!(number(&gone, "forgotten"), 4, "{gone}");
    assert!(place.documents().is_empty());
    web.log().clear();
    std::thread::sleep(std::time::Duration::from_millis(1_300));
    place.done(&["crawl", "http://a.test/"]);
    assert_eq!(web.log().len(), 0, "{:?}", web.log().fetched());
    let file = place.scratch.write("canaries", "About canaryone\nAbout keptword\na.test/canaryone\n");
    place.done(&["verify", "--canary-file", file.to_str().unwrap()]);
}

/// The front page links to the forgotten pages, so its own text names them; nothing else may.
fn answers_nothing_forgotten(place: &Place) {
    for word in ["canaryone", "canarytwo"] {
        let urls: Vec<String> =
            place.run(&["search", word]).lines.iter().map(|line| text(line, "url")).collect();
        assert!(urls.iter().all(|url| url == "http://a.test/"), "{word} is still answered: {urls:?}");
    }
}

#[test]
fn a_page_that_turned_noindex_leaves_the_files_in_time() {
    let before =
        Page::html("<title>About canaryone</title><p>A text that says canaryone and nothing else of note.");
    let after = Page::html(
        "<meta name=robots content=noindex><title>About canaryone</title><p>Still says canaryone.",
    );
    let web = Web::builder()
        .page("http://a.test/", Page::linking("front", &["/canary"]))
        .page("http://a.test/canary", after.preceded_by(1, before))
        .start();
    let place = Place::at(&web, &format!("{SETTINGS}[index]\npurge_within = \"2s\"\n"));
    place.done(&["crawl", "http://a.test/"]);
    assert_eq!(place.run(&["search", "canaryone"]).code, 0);
    std::thread::sleep(std::time::Duration::from_millis(1_300));
    place.done(&["crawl", "http://a.test/"]);
    assert_eq!(place.run(&["search", "canaryone"]).code, 1, "at once");
    std::thread::sleep(std::time::Duration::from_millis(1_300));
    // Any command that writes, killed at the worst of moments, and the next one.
    for moment in testkit::kill::moments(
        5,
        3,
        std::time::Duration::from_millis(1)..std::time::Duration::from_millis(60),
    ) {
        let _ended = place.program(&["verify"]).kill_at(&moment);
    }
    place.done(&["verify"]);
    place.done(&["verify", "--forgotten", "canaryone"]);
}
