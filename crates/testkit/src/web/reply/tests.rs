use super::*;

fn asked(nth: u64, headers: &[(&str, &str)]) -> Asked {
    Asked {
        scheme: "http",
        host: "a.test".to_owned(),
        target: "/".to_owned(),
        method: "GET".to_owned(),
        headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        nth,
    }
}

#[test]
fn validators_are_honoured() {
    let page = Page::html("x").etag("W/\"1\"").last_modified("Thu, 01 Jan 2026 00:00:00 GMT");
    for (name, value, status) in [
        ("if-none-match", "\"0\", \"1\"", 304),
        ("if-none-match", "*", 304),
        ("if-none-match", "\"2\"", 200),
        ("if-modified-since", "Thu, 01 Jan 2026 00:00:00 GMT", 304),
        ("if-modified-since", "Wed, 31 Dec 2025 23:59:59 GMT", 200),
        ("if-modified-since", "yesterday", 200),
    ] {
        let reply = Reply::of(page.clone(), &asked(0, &[(name, value)]));
        assert_eq!(reply.status, status, "{name}: {value}");
        assert_eq!(reply.has_body, status == 200);
    }
}

#[test]
fn an_etag_that_does_not_match_beats_a_date_that_does() {
    let page = Page::html("x").etag("\"1\"").last_modified("Thu, 01 Jan 2026 00:00:00 GMT");
    let both = [("if-none-match", "\"2\""), ("if-modified-since", "Thu, 01 Jan 2026 00:00:00 GMT")];
    assert_eq!(Reply::of(page, &asked(0, &both)).status, 200);
}

#[test]
fn refusals_come_first_and_sequences_stay_at_their_last_page() {
    let page = Page::sequence(vec![Page::text("a"), Page::text("b")]).refusing_first(1, 429, Some("5"));
    let of = |nth| Reply::of(page.clone(), &asked(nth, &[]));
    assert_eq!((of(0).status, of(0).header("Retry-After").map(str::to_owned)), (429, Some("5".to_owned())));
    assert_eq!(of(1).body, "b", "the counter goes on while the page refuses");
    assert_eq!(of(7).body, "b");
}
