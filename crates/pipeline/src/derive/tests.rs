use indexer::Removal;
use model::{FetchRecord, Outcome, ResourceKind};
use testkit::builders::record;

use super::{Change, DeriveSettings, Derived, derive};

const PAGE: &str = "<html lang=en><title>A page</title><article><p>Some words that are long enough to be a text.</p>\
    <a href=/next>next</a> <a href=/hidden rel=nofollow>hidden</a> <a href=https://b.test/>other</a></article>";

fn settings() -> DeriveSettings {
    DeriveSettings { agent: "silteme".to_owned(), decoded_bytes_max: 1 << 20 }
}

fn derived(record: &FetchRecord) -> Derived {
    derive(record, &settings())
}

#[test]
fn a_page_becomes_a_document_and_offers() {
    let record = record("http://a.test/").html(PAGE).header("ETag", "\"1\"").build();
    let derived = derived(&record);
    let Change::Put(document) = &derived.change else { panic!("{:?}", derived.change) };
    assert_eq!((document.key, document.url.as_str()), (record.visit.key, "http://a.test/"));
    let settlement = derived.settlement.as_ref().unwrap();
    assert_eq!(settlement.etag.as_deref(), Some("\"1\""));
    let offered: Vec<_> =
        settlement.discovered.iter().map(|offer| offer.url.canonical().to_owned()).collect();
    assert_eq!(offered, ["http://a.test/next", "https://b.test/"]);
    assert!(
        settlement
            .discovered
            .iter()
            .all(|offer| offer.depth == 1 && offer.via.as_deref() == Some("http://a.test/"))
    );
}

#[test]
fn what_may_not_be_indexed_is_withdrawn() {
    for record in [
        record("http://a.test/").html("<meta name=robots content=noindex><p>text").build(),
        record("http://a.test/").html(PAGE).header("X-Robots-Tag", "noindex").build(),
    ] {
        let derived = derived(&record);
        assert!(matches!(derived.change, Change::Delete(Removal::Withdrawn)), "{:?}", derived.change);
        assert!(derived.settlement.unwrap().dropped);
    }
}

#[test]
fn what_is_gone_leaves_and_what_failed_stays() {
    for (status, leaves) in [(404, true), (410, true), (500, false), (403, false)] {
        let mut record = record("http://a.test/").status(status).build();
        record.outcome = Outcome::HttpError { status };
        assert_eq!(matches!(derived(&record).change, Change::Delete(Removal::Gone)), leaves, "{status}");
    }
    let mut moved = record("http://a.test/").status(301).build();
    moved.outcome = Outcome::Redirected { to: "http://a.test/new".to_owned(), permanent: true };
    let derived = derived(&moved);
    assert!(matches!(derived.change, Change::Delete(Removal::Gone)));
    assert_eq!(derived.settlement.unwrap().discovered[0].hops, 1);
}

#[test]
fn robots_txt_offers_its_sitemaps_and_settles_nothing() {
    let record = record("http://a.test/robots.txt")
        .visit(|visit| visit.kind = ResourceKind::Robots)
        .body("text/plain", "User-agent: *\nDisallow:\nSitemap: http://a.test/map.xml\n")
        .build();
    let derived = derived(&record);
    assert!(derived.settlement.is_none() && matches!(derived.change, Change::Keep));
    assert_eq!(derived.offers[0].kind, ResourceKind::Sitemap);
}

#[test]
fn the_content_hash_sees_text_and_not_markup() {
    let hash =
        |html: &str| derived(&record("http://a.test/").html(html).build()).settlement.unwrap().content_hash;
    let one = hash(PAGE);
    assert_eq!(one, hash(&PAGE.replace("<article>", "<article class=wide data-build=7>")));
    assert_ne!(one, hash(&PAGE.replace("Some words", "Other words")));
}

#[test]
fn a_crawled_page_cannot_pose_as_an_imported_document() {
    let record = record("http://a.test/")
        .body(
            "application/vnd.silteme.document+json",
            "{\"url\":\"http://victim.test/\",\"title\":\"posed\"}",
        )
        .build();
    assert!(!matches!(derived(&record).change, Change::Put(document) if document.title == "posed"));
}

#[test]
fn junk_is_not_indexed_and_says_so() {
    let login = "<title>Sign in</title><form><input type=password></form>";
    let page = derived(&record("http://a.test/").html(login).build());
    assert!(matches!(page.change, Change::Delete(Removal::Gone)), "{:?}", page.change);
    assert_eq!(page.settlement.unwrap().signs.junk, Some(model::Junk::Login));
    let check = "<title>Just a moment...</title><p>Checking your browser";
    let page = derived(&record("http://a.test/").html(check).build());
    assert!(matches!(page.change, Change::Keep), "the copy we hold is still what the publisher wrote");
    assert_eq!(page.settlement.unwrap().signs.junk, Some(model::Junk::Captcha));
}

#[test]
fn the_fingerprint_does_not_see_digits() {
    let print = |html: &str| {
        derived(&record("http://a.test/").html(html).build()).settlement.unwrap().signs.fingerprint.unwrap()
    };
    let month = |n: u32| format!("<title>Events {n}</title><p>No events in 20{n}. <a href=/c/{n}>next</a>");
    assert_eq!(print(&month(11)), print(&month(12)));
    assert_ne!(print(&month(11)), print(&month(11).replace("No", "Two")));
    let list = |to: &str| format!("<title>News</title><a href=/{to}>x</a>");
    assert_ne!(print(&list("one")), print(&list("two")), "lists differ by their links");
}

#[test]
fn a_view_is_indexed_as_the_page_it_names_and_nothing_else_is() {
    let html =
        |canonical: &str| PAGE.replace("<title>", &format!("<link rel=canonical href={canonical}><title>"));
    let put = |url: &str, canonical: &str| match derived(&record(url).html(html(canonical)).build()).change {
        Change::Put(document) => document.url,
        other => panic!("{other:?}"),
    };
    assert_eq!(put("http://a.test/x/amp", "http://a.test/x"), "http://a.test/x");
    assert_eq!(put("http://a.test/x?print=1", "http://a.test/x"), "http://a.test/x");
    assert_eq!(put("http://a.test/x", "http://a.test/"), "http://a.test/x", "not a view");
    assert_eq!(put("http://a.test/x", "http://b.test/x"), "http://a.test/x", "foreign");
    let foreign = derived(&record("http://a.test/x").html(html("http://b.test/y")).build());
    let settlement = foreign.settlement.unwrap();
    assert!(settlement.discovered.iter().all(|offer| offer.url.canonical() != "http://b.test/y"));
    assert_eq!(settlement.signs.canonical, None);
}
