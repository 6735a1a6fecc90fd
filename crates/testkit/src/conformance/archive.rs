//! What every `archive::ArchiveStore` must do.
//!
//! Invariant: positions are opaque here: only their order, and what replaying from them gives, is looked at.

use archive::{ArchiveStore, Reach, Replayed};
use bytes::Bytes;
use model::{FailureKind, FetchRecord, HeaderLine, Outcome, Position};

use crate::builders::{any_record, record};
use crate::random::Random;

/// Runs the whole suite; `make` gives a fresh, empty archive each time it is called.
pub fn run<S: ArchiveStore>(mut make: impl FnMut() -> S) {
    an_empty_archive_has_nothing(&mut make());
    replay_yields_what_was_appended(&mut make());
    replay_goes_on_from_any_position(&mut make());
    a_position_beyond_the_end_is_refused(&mut make());
    every_kind_of_record_survives(&mut make());
    decoded_bodies_are_not_kept(&mut make());
    repeated_payloads_come_back_whole(&mut make());
    lookup_lists_what_is_held(&mut make());
    erasing_removes_what_is_doomed(&mut make());
    erasing_visits_leaves_what_leads_there(&mut make());
    erasing_keeps_shared_payloads(&mut make());
    erasing_again_changes_nothing(&mut make());
}

/// Every record from `from` on, each readable.
///
/// # Panics
/// When one is not.
pub fn replayed(store: &dyn ArchiveStore, from: Position) -> Vec<Replayed> {
    let items = store.replay(from).unwrap();
    items.map(|item| item.unwrap()).collect()
}

fn records(store: &dyn ArchiveStore) -> Vec<FetchRecord> {
    replayed(store, Position::default()).into_iter().map(|replayed| replayed.record).collect()
}

fn some_records(seed: u64, count: usize) -> Vec<FetchRecord> {
    let mut random = Random::new(seed);
    (0..count).map(|_| any_record(&mut random)).collect()
}

fn an_empty_archive_has_nothing(store: &mut dyn ArchiveStore) {
    assert!(replayed(store, Position::default()).is_empty());
    assert!(store.lookup("https://a.test/").unwrap().is_empty());
    assert!(store.append(&[]).unwrap().is_empty(), "an empty batch appends nothing");
    let end = store.end();
    assert!(replayed(store, end).is_empty(), "the end of an empty archive is a position");
}

fn replay_yields_what_was_appended(store: &mut dyn ArchiveStore) {
    let expected = some_records(1, 60);
    for batch in expected.chunks(7) {
        let before = store.end();
        let positions = store.append(batch).unwrap();
        assert_eq!(positions.len(), batch.len(), "one position a record");
        assert!(positions.is_sorted_by(|a, b| a < b), "positions grow inside a batch");
        assert!(positions.iter().all(|at| *at >= before && *at < store.end()), "and lie between the ends");
    }
    assert_eq!(records(store), expected);
}

fn replay_goes_on_from_any_position(store: &mut dyn ArchiveStore) {
    let expected = some_records(2, 20);
    let positions: Vec<Position> =
        expected.chunks(3).flat_map(|batch| store.append(batch).unwrap()).collect();
    for (index, at) in positions.iter().enumerate() {
        let rest = replayed(store, *at);
        assert_eq!(rest.first().map(|first| first.at), Some(*at));
        assert_eq!(rest.len(), expected.len() - index);
        assert_eq!(rest[0].record, expected[index]);
        let after = replayed(store, rest[0].next);
        assert_eq!(after.len(), rest.len() - 1, "`next` is where the one after it begins");
    }
    assert!(replayed(store, store.end()).is_empty());
}

fn a_position_beyond_the_end_is_refused(store: &mut dyn ArchiveStore) {
    store.append(&some_records(3, 2)).unwrap();
    let end = store.end();
    for beyond in
        [Position { offset: end.offset + 1, ..end }, Position { segment: end.segment + 1, offset: 0 }]
    {
        let message = store.replay(beyond).err().unwrap().to_string();
        assert!(message.contains("beyond the end"), "{message}");
    }
}

fn every_kind_of_record_survives(store: &mut dyn ArchiveStore) {
    let mut odd = record("https://a.test/odd").build();
    let exchange = odd.exchange.as_mut().unwrap();
    "HTTP/2".clone_into(&mut exchange.response.version);
    exchange.response.headers = vec![
        HeaderLine { name: "transfer-encoding".to_owned(), value: Bytes::from_static(b"chunked") },
        HeaderLine { name: "X-Silteme-Transfer-Encoding".to_owned(), value: Bytes::from_static(b"gzip") },
        HeaderLine { name: "Set-Cookie".to_owned(), value: Bytes::from_static(b"a=\xD0\xB0\xFF") },
        HeaderLine { name: "Set-Cookie".to_owned(), value: Bytes::from_static(b"b=1") },
        HeaderLine { name: "Empty".to_owned(), value: Bytes::new() },
        HeaderLine { name: "Padded".to_owned(), value: Bytes::from_static(b" x ") },
        HeaderLine { name: "Broken".to_owned(), value: Bytes::from_static(b"a\r\n\r\nb\0c") },
        HeaderLine { name: "no token: at all".to_owned(), value: Bytes::from_static(b"1") },
        HeaderLine { name: String::new(), value: Bytes::from_static(b"2") },
    ];
    let mut bare = record("https://a.test/bare").build();
    bare.exchange.as_mut().unwrap().request.headers.clear();
    let mut strange =
        record("https://a.test/strange").body("text/html", Bytes::from_static(b"\r\n\r\n")).build();
    strange.visit.via = Some("not a \r\n URL".to_owned());
    strange.exchange.as_mut().unwrap().response.status = 999;
    "/with space".clone_into(&mut strange.exchange.as_mut().unwrap().request.target);
    let expected = vec![
        odd,
        bare,
        strange,
        record("https://a.test/304").not_modified().build(),
        record("https://a.test/304b").status(304).build(),
        record("https://a.test/to").status(308).header("location", "/new").build(),
        record("https://a.test/dns")
            .without_exchange(Outcome::Failed {
                kind: FailureKind::Dns,
                detail: "no\nsuch \u{0}name".to_owned(),
            })
            .build(),
    ];
    store.append(&expected).unwrap();
    for (got, expected) in records(store).iter().zip(&expected) {
        assert_eq!(got, expected);
    }
}

fn decoded_bodies_are_not_kept(store: &mut dyn ArchiveStore) {
    let mut page = record("https://a.test/").header("content-encoding", "gzip").build();
    page.exchange.as_mut().unwrap().response.body.decoded = Some(Bytes::from_static(b"text"));
    store.append(std::slice::from_ref(&page)).unwrap();
    page.exchange.as_mut().unwrap().response.body.decoded = None;
    assert_eq!(records(store), [page]);
}

fn repeated_payloads_come_back_whole(store: &mut dyn ArchiveStore) {
    let page = |url: &str| record(url).html("the same text ".repeat(200)).build();
    let expected = vec![page("https://a.test/1"), page("https://a.test/2"), page("https://b.test/1")];
    store.append(&expected).unwrap();
    let again = vec![page("https://a.test/1"), record("https://a.test/1").not_modified().build()];
    store.append(&again).unwrap();
    assert_eq!(records(store), [expected, again].concat());
}

fn lookup_lists_what_is_held(store: &mut dyn ArchiveStore) {
    let url = "https://a.test/page?b=2&a=1";
    let first = record(url).build();
    let second = record(url).status(404).build();
    let third = record(url).not_modified().build();
    let others =
        ["https://a.test/PAGE?b=2&a=1", "https://a.test/page?a=1&b=2", "https://www.a.test/page?b=2&a=1"];
    let at = store.append(&[first, record(others[0]).build()]).unwrap()[0];
    store.append(&[second, record(others[1]).build(), record(others[2]).build()]).unwrap();
    store.append(&[third]).unwrap();
    let failed = Outcome::Failed { kind: FailureKind::Reset, detail: String::new() };
    store.append(&[record(url).without_exchange(failed).build()]).unwrap();

    let held = store.lookup(url).unwrap();
    assert_eq!(held.iter().map(|entry| entry.status).collect::<Vec<_>>(), [200, 404, 304], "oldest first");
    assert_eq!(held[0].at, at);
    assert_eq!(held[0].mime, "text/html");
    assert!(held[2].is_revisit() && !held[0].is_revisit());
    assert!(held[0].digest.starts_with("sha1:"));
    for entry in &held {
        assert_eq!(entry.url, url, "URLs that share a sort key are told apart");
        let read = store.replay(entry.at).unwrap().next().unwrap().unwrap();
        assert_eq!(read.record.visit.url, url);
        assert_eq!(read.record.response().map(|response| response.status), Some(entry.status));
        assert_eq!(read.record.requested_at, entry.timestamp);
    }
    for other in others {
        assert_eq!(store.lookup(other).unwrap().len(), 1, "{other}");
    }
    assert!(store.lookup("https://a.test/").unwrap().is_empty());
}

fn erasing_visits_leaves_what_leads_there(store: &mut dyn ArchiveStore) {
    let doomed_url = "https://a.test/withdrawn";
    let kept = [
        record("https://a.test/").html("the same").build(),
        record("https://a.test/next").visit(|visit| visit.via = Some(doomed_url.to_owned())).build(),
        record("https://b.test/old").status(302).header("location", doomed_url).build(),
        record("https://a.test/copy").html("the text of both").build(),
    ];
    let gone = record(doomed_url).html("the text of both").build();
    let mixed: Vec<FetchRecord> = std::iter::once(&gone).chain(&kept).cloned().collect();
    store.append(&mixed).unwrap();
    let erased = store.erase_within(&|url| url == doomed_url, Reach::Visits).unwrap();
    assert_eq!(erased.records, 1);
    assert_eq!(records(store), kept);
    assert!(store.lookup(doomed_url).unwrap().is_empty());
}

fn erasing_removes_what_is_doomed(store: &mut dyn ArchiveStore) {
    let doomed_url = "https://a.test/private";
    let kept = [
        record("https://a.test/").build(),
        record("https://a.test/private-not").visit(|visit| visit.via = Some(doomed_url.to_owned())).build(),
        record("https://b.test/").status(301).header("location", "https://b.test/new").build(),
    ];
    let gone = [
        record(doomed_url).html("a secret").build(),
        record(doomed_url).not_modified().build(),
        record(doomed_url).without_exchange(Outcome::Refused { reason: "no".to_owned() }).build(),
        record("https://b.test/old").status(302).header("location", doomed_url).build(),
    ];
    let mixed: Vec<FetchRecord> = kept.iter().chain(&gone).cloned().collect();
    store.append(&mixed).unwrap();
    let before = store.end();
    let erased = store.erase(&|url| url == doomed_url).unwrap();
    assert_eq!(erased.records, gone.len() as u64);
    assert_eq!(erased.rewritten, 1, "one survivor was found through the doomed page");
    assert_eq!(erased.end, store.end());
    assert!(erased.end > before, "later positions are after every earlier one");
    let mut expected = kept.to_vec();
    expected[1].visit.via = None;
    assert_eq!(records(store), expected);
    assert!(store.lookup(doomed_url).unwrap().is_empty());
    assert_eq!(store.lookup("https://a.test/").unwrap().len(), 1);

    let later = record("https://a.test/later").build();
    store.append(std::slice::from_ref(&later)).unwrap();
    let tail = replayed(store, erased.end);
    assert_eq!(tail.len(), 1, "the new end is a good checkpoint");
    assert_eq!(tail[0].record, later);
}

fn erasing_keeps_shared_payloads(store: &mut dyn ArchiveStore) {
    let page = |url: &str| record(url).html("shared ".repeat(300)).build();
    let urls = ["https://a.test/1", "https://a.test/2", "https://a.test/3"];
    store.append(&[page(urls[0]), page(urls[1])]).unwrap();
    store.append(&[page(urls[2])]).unwrap();
    store.erase(&|url| url == urls[0]).unwrap();
    assert_eq!(records(store), [page(urls[1]), page(urls[2])]);
    store.append(&[page(urls[1])]).unwrap();
    store.erase(&|url| url == urls[1]).unwrap();
    assert_eq!(records(store), [page(urls[2])]);
}

fn erasing_again_changes_nothing(store: &mut dyn ArchiveStore) {
    store.append(&some_records(4, 30)).unwrap();
    let doomed = |url: &str| url.starts_with("https://") && url.len().is_multiple_of(2);
    store.erase(&doomed).unwrap();
    let once = records(store);
    let erased = store.erase(&doomed).unwrap();
    assert_eq!((erased.records, erased.segments, erased.rewritten), (0, 0, 0));
    assert_eq!(records(store), once);
    assert!(!once.is_empty());
}
