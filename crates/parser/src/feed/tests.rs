use std::path::Path;

use super::*;

fn clock() -> Clock {
    Clock { zone: Zone::Utc, latest: "2026-11-24T00:00:00Z".parse().unwrap() }
}

fn of(text: &str) -> Feed {
    read(text, &Url::parse("https://e.kz/feed/").unwrap(), clock())
}

#[test]
fn unclosed_and_broken_entries_are_kept_apart() {
    let feed = of(
        "<rss><channel><item><title>A & B<link>https://e.kz/1</link><pubDate>Fri, 20 Nov 2026 10:00:00 +0500\
                   </pubDate><item><title>C</title><guid>https://e.kz/2</guid></item></channel>",
    );
    let found: Vec<_> =
        feed.links.iter().map(|l| (l.url.as_str(), l.text.as_str(), l.dated.is_some())).collect();
    assert_eq!(found, [("https://e.kz/1", "A & B", true), ("https://e.kz/2", "C", false)]);
}

#[test]
fn fields_of_others_are_not_the_entry_s() {
    let feed =
        of("<feed xml:base='https://b.kz/x/'><entry><source><title>no</title><link href='/no'/></source>\
                   <content type='xhtml'><div><title>no</title><a href='/no'/></div></content>\
                   <title>yes</title><link rel='self' href='/s'/><link href='y'/></entry></feed>");
    assert_eq!((feed.links[0].url.as_str(), feed.links[0].text.as_str()), ("https://b.kz/x/y", "yes"));
}

#[test]
fn opml_lists_feeds() {
    let feed = of(
        "<opml><body><outline text='G'><outline text='N' xmlUrl='https://n.kz/rss'/></outline></body></opml>",
    );
    assert_eq!((feed.links[0].kind, feed.links[0].resource), (LinkKind::Feed, ResourceKind::Feed));
}

#[test]
fn future_dates_are_not_believed() {
    let feed = of("<rss><item><link>https://e.kz/1</link><pubDate>2031-01-01</pubDate></item></rss>");
    assert_eq!(feed.links[0].dated, None);
}

/// Unpacked by hand for the agreement figure (README): `feedparser.tar.xz` and `feed_rs.tar.xz` under this folder.
const UNPACKED: &str = "SILTEME_FEEDS";

#[test]
fn entry_counts_agree_with_feedparser() {
    let Some(unpacked) = std::env::var_os(UNPACKED) else {
        println!("skipped: set {UNPACKED} to a folder with the unpacked feed archives");
        return;
    };
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/feeds");
    for set in ["feedparser", "feed_rs"] {
        let Ok(expected) =
            std::fs::read_to_string(data.join(format!("{set}_expected_by_feedparser_6.0.14.ndjson")))
        else {
            println!("skipped: no shared data");
            return;
        };
        let (mut same, mut all) = (0, 0);
        for line in expected.lines() {
            let case: serde_json::Value = serde_json::from_str(line).unwrap();
            let file = case["f"].as_str().unwrap();
            let count = usize::try_from(case["ref"]["n"].as_u64().unwrap()).unwrap();
            let Ok(body) = std::fs::read(Path::new(&unpacked).join(file)) else { continue };
            if count == 0 && case["ref"]["version"] == "" {
                continue;
            }
            let decoded = crate::charset::decode(&body, None, crate::charset::Markup::Xml, "e.kz");
            let found = of(&decoded.text);
            all += 1;
            same += usize::from(found.entries == count);
            if found.entries != count {
                println!("{file}: {} instead of {count}", found.entries);
            }
        }
        println!("{set}: {same} of {all}");
        assert!(same * 100 >= all * 95, "{set}: {same} of {all}");
    }
}
