use bytes::Bytes;
use url::Url;

use super::*;
use crate::outline::Outline;

fn of(headers: &[(&str, &str)], html: &str) -> Directives {
    let lines: Vec<HeaderLine> = headers
        .iter()
        .map(|(name, value)| HeaderLine {
            name: (*name).to_owned(),
            value: Bytes::copy_from_slice(value.as_bytes()),
        })
        .collect();
    let (dom, _) = crate::dom::parse(html);
    let outline = Outline::of(&dom);
    let head = Head::of(&outline, &Url::parse("https://e.kz/p").unwrap());
    let mut gathered = Gathered::from_headers(&lines, "silteme");
    gathered.read_metas(&head);
    gathered.finish()
}

#[test]
fn dates_with_commas_do_not_swallow_rules() {
    let line = "unavailable_after: Wednesday, 03-Sep-25 18:21:00 GMT, noindex";
    let directives = of(&[("X-Robots-Tag", line)], "");
    assert!(!directives.index);
    assert_eq!(directives.unavailable_after.unwrap().to_string(), "2025-09-03T18:21:00Z");
    let directives = of(&[("X-Robots-Tag", "unavailable_after: 2026-01-02, nofollow")], "");
    assert!(!directives.follow && directives.unavailable_after.is_some());
}

#[test]
fn scopes_end_with_the_line() {
    let directives =
        of(&[("X-Robots-Tag", "otherbot: noindex, nofollow"), ("X-Robots-Tag", "nosnippet")], "");
    assert!(directives.index && directives.follow);
    assert_eq!(directives.snippet_chars_max, Some(0));
    let directives = of(&[("X-Robots-Tag", "otherbot: noindex, silteme: nofollow")], "");
    assert!(directives.index && !directives.follow);
}

#[test]
fn reservations_are_kept_raw_and_resolved_to_the_stricter() {
    let headers = [("Content-Signal", "search=yes, ai-train=no"), ("Content-Usage", "train-ai=y, search=n")];
    let directives = of(&headers, "<meta name=tdm-reservation content=0>");
    assert_eq!(
        (directives.search, directives.ai_train, directives.ai_input),
        (Some(false), Some(false), None)
    );
    assert_eq!(directives.tdm_reserved, Some(false));
    assert_eq!(directives.raw.len(), 3);
}

#[test]
fn the_smaller_snippet_wins() {
    let directives = of(
        &[("X-Robots-Tag", "max-snippet:50")],
        "<meta name=robots content='max-snippet:-1, max-snippet:80'>",
    );
    assert_eq!(directives.snippet_chars_max, Some(50));
}
