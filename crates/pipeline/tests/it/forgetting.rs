//! What was taken down or withdrawn is out of answers at once and out of every byte on disk when it is due.

use frontier::Takedown;
use indexer::IndexWriter as _;
use model::{CanonicalUrl, FetchRecord};
use pipeline::Takedowns;
use testkit::builders::record;

use crate::world::World;

const CANARY: &str = "Құпия қанарыш сөзі";
const HIDDEN: &str = "https://a.kz/hidden";

fn text(words: &str) -> String {
    // Enough text that a page is an article, and that nothing is too short to be compressed.
    let paragraph = "<p>Облыс әкімдігі жол құрылысының барысы туралы есеп берді, жұмыс келесі жылы аяқталады деп күтіледі.</p>";
    format!(
        "<html lang=kk><title>{words}</title><body><article><h1>{words}</h1>{}<p>{words}.</p></article>",
        paragraph.repeat(9)
    )
}

/// A site of three pages; the canary is on one of them.
fn site(world: &World) -> Vec<FetchRecord> {
    vec![
        world.page(
            "https://a.kz/",
            "<title>Басты</title><a href=/hidden>бір бет</a> <a href=/kept>екінші</a>",
        ),
        world.page(HIDDEN, &text(CANARY)),
        world.page("https://a.kz/kept", &text("Қалатын мақала")),
    ]
}

fn world() -> World {
    let world = World::new();
    world.take_in(&site(&world));
    assert_eq!(world.search(CANARY), [HIDDEN]);
    let kinds: Vec<&str> = world.traces(&[CANARY]).iter().map(|trace| trace.kind).collect();
    for kind in ["stored document", "compressed member", "archived body", "archived page"] {
        assert!(kinds.contains(&kind), "a scan that does not find what is there proves nothing: {kinds:?}");
    }
    world
}

/// Gone from answers, from every file, and for good: a reindex does not bring it back.
fn assert_gone(world: &World) {
    assert!(world.search(CANARY).is_empty());
    assert_eq!(world.traces(&[CANARY]), []);
    world.reindex(pipeline::ReindexRequest::default()).unwrap();
    assert!(world.search(CANARY).is_empty());
    assert_eq!(world.traces(&[CANARY]), []);
    assert_eq!(world.search("Қалатын"), ["https://a.kz/kept"]);
    let mut findings = Vec::new();
    pipeline::verify(&mut world.open(), false, &mut |finding| findings.push(finding.clone())).unwrap();
    assert_eq!(findings, []);
}

fn take_down(world: &World) {
    let takedown = Takedown::Url(CanonicalUrl::parse(HIDDEN).unwrap());
    Takedowns::load(&world.data()).unwrap().record(&takedown, None, world.now()).unwrap();
}

#[test]
fn a_takedown_leaves_no_byte_in_any_form() {
    let world = world();
    take_down(&world);
    assert!(world.search(CANARY).is_empty(), "at once");
    assert!(!pipeline::scan_takedowns(&world.read()).unwrap().is_empty());
    drop(world.open());
    // The publisher's own front page links to it: that page's bytes are not ours to change, ours are.
    assert_eq!(pipeline::scan_takedowns(&world.read()).unwrap(), []);
    let graph = world.read().links.unwrap();
    let front = graph.outlinks(&CanonicalUrl::parse("https://a.kz/").unwrap().key()).unwrap().unwrap();
    assert_eq!(front.links.iter().map(|link| link.url.as_str()).collect::<Vec<_>>(), ["https://a.kz/kept"]);
    assert_gone(&world);
}

#[test]
fn what_a_killed_reindex_left_is_forgotten_too() {
    let world = world();
    let documents = world.read().index.documents(None, 9, world.now()).unwrap();
    let dir = pipeline::index_dir(&world.data());
    let mut unfinished = indexer::GenerationWriter::begin(&dir, &world.settings.index).unwrap();
    unfinished.put(&documents).unwrap();
    unfinished.commit(model::Position { segment: 0, offset: 900 }, world.now()).unwrap();
    drop(unfinished);
    take_down(&world);
    drop(world.open());
    assert_gone(&world);
}

#[test]
fn a_reindex_after_an_erasure_that_was_cut_short_starts_anew() {
    let world = world();
    drop(std::fs::File::create(world.data().join("erasing")).unwrap());
    let summary = world.reindex(pipeline::ReindexRequest::default()).unwrap();
    assert_eq!((summary.records, summary.documents), (3, 3));
    assert_eq!(world.search(CANARY), [HIDDEN]);
}

#[test]
fn a_purge_killed_between_its_steps_is_completed() {
    for step in 0..3 {
        let world = world();
        take_down(&world);
        match step {
            // Between the journal and the purge.
            0 => {}
            // Positions of the archive are void.
            1 => drop(std::fs::File::create(world.data().join("erasing")).unwrap()),
            // After the purge, before the journal says so.
            _ => {
                let journal = std::fs::read(world.data().join("takedowns.ndjson")).unwrap();
                let pending = std::fs::read(world.data().join("takedown-1.pending")).unwrap();
                drop(world.open());
                std::fs::write(world.data().join("takedowns.ndjson"), journal).unwrap();
                std::fs::write(world.data().join("takedown-1.pending"), pending).unwrap();
            }
        }
        drop(world.open());
        assert_gone(&world);
    }
}

/// The page turned into `now`; it is out of answers at once, out of the files within a day.
fn withdrawn_by(now: impl Fn(&World) -> FetchRecord) {
    let world = world();
    world.advance(1);
    world.archive(&[now(&world)]);
    drop(world.open());
    assert!(world.search(CANARY).is_empty(), "at once");
    world.advance(11);
    drop(world.open());
    assert!(!world.traces(&[CANARY]).is_empty(), "the archive is not rewritten for every page");
    world.advance(2);
    drop(world.open());
    assert_gone(&world);
    // Whoever opens the stores next has nothing to do.
    world.advance(24);
    assert_eq!(pipeline::purge_withdrawn(&mut world.open()).unwrap(), 0);
}

#[test]
fn a_page_that_turned_noindex_leaves_the_files() {
    withdrawn_by(|world| {
        let html = text(CANARY).replace("<body>", "<meta name=robots content=noindex><body>");
        world.page(HIDDEN, &html)
    });
}

#[test]
fn a_page_that_is_gone_leaves_the_files() {
    withdrawn_by(|world| record(HIDDEN).at(world.now()).status(404).html("<title>404</title>").build());
}

#[test]
fn a_page_whose_time_is_over_leaves_the_files() {
    let world = World::new();
    let html = text(CANARY)
        .replace("<body>", "<meta name=robots content='unavailable_after: 2026-01-01T06:00:00Z'><body>");
    let mut records = site(&world);
    records[1] = world.page(HIDDEN, &html);
    world.take_in(&records);
    assert_eq!(world.search(CANARY), [HIDDEN]);
    world.advance(7);
    assert!(world.search(CANARY).is_empty(), "at once");
    drop(world.open());
    assert!(!world.traces(&[CANARY]).is_empty());
    world.advance(12);
    drop(world.open());
    assert_gone(&world);
}

#[test]
fn a_withdrawal_taken_back_keeps_the_page() {
    let world = world();
    world.advance(1);
    world.take_in(&[record(HIDDEN).at(world.now()).status(404).html("<title>404</title>").build()]);
    assert!(world.search(CANARY).is_empty());
    world.advance(1);
    world.take_in(&[world.page(HIDDEN, &text(CANARY))]);
    world.advance(30);
    assert_eq!(pipeline::purge_withdrawn(&mut world.open()).unwrap(), 0);
    assert_eq!(world.search(CANARY), [HIDDEN]);
}

#[test]
fn a_withdrawal_noted_by_a_killed_process_is_not_forgotten() {
    let world = world();
    world.advance(1);
    // Killed after the archive has it and before anything else: catching up notes it.
    world.archive(&[record(HIDDEN).at(world.now()).status(410).html("<title>410</title>").build()]);
    world.advance(20);
    drop(world.open());
    drop(world.open());
    assert_gone(&world);
}
