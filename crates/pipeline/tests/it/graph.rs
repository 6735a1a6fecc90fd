//! The link graph follows the archive.

use model::{CanonicalUrl, FetchRecord, UrlKey};
use pipeline::{LinkLine, ReindexRequest};
use testkit::builders::record;

use crate::world::World;

fn key(url: &str) -> UrlKey {
    CanonicalUrl::parse(url).unwrap().key()
}

fn pages(world: &World) -> Vec<FetchRecord> {
    vec![
        world.page(
            "https://a.kz/",
            "<title>А</title><article><p>Оқыңыз: <a href='https://b.kz/law'>Тілдер туралы заң</a> және \
             <a rel=nofollow href='https://b.kz/paid'>жарнама</a>.</p></article>",
        ),
        world.page("https://c.kz/", "<title>C</title><article><p><a href='https://b.kz/law'>Закон о языках</a></p></article>"),
        world.page("https://d.kz/", "<meta name=robots content=nofollow><a href='https://b.kz/law'>nofollow page</a>"),
        world.page("https://e.kz/", "<meta name=robots content=noindex><title>E</title><p>e<a href='https://b.kz/law'>noindex page</a>"),
        world.page("https://b.kz/law", "<title>Заң</title><p>Мәтін</p><a href='https://b.kz/law2'>келесі бап</a>"),
    ]
}

fn links(world: &World) -> Vec<LinkLine> {
    let stores = world.read();
    let mut lines = Vec::new();
    let graph = stores.links.as_ref().unwrap();
    pipeline::export_links(graph, &stores.takedowns, None, world.now(), &mut |line| {
        lines.push(line.clone());
        Ok(())
    })
    .unwrap();
    lines
}

#[test]
fn anchors_come_from_pages_that_vouch() {
    let world = World::new();
    world.take_in(&pages(&world));
    let graph = world.read().links.unwrap();
    let mut anchors = graph.anchors(&key("https://b.kz/law"), 9, world.now()).unwrap();
    anchors.sort();
    assert_eq!(anchors, ["Закон о языках", "Тілдер туралы заң"]);
    assert_eq!(graph.inlink_count(&key("https://b.kz/paid")).unwrap(), 0);
    // Exported all the same, as a link that is not vouched for.
    assert!(links(&world).iter().any(|line| line.to == "https://b.kz/paid" && line.rel == ["nofollow"]));
    let explained = pipeline::explain(&world.read(), "https://b.kz/law").unwrap().unwrap();
    let linked = explained.linked.unwrap();
    assert_eq!((linked.pages, linked.anchors.len(), linked.from.len()), (2, 2, 2));
}

#[test]
fn a_page_that_is_gone_or_moved_takes_its_links_along() {
    let world = World::new();
    world.take_in(&pages(&world));
    let before = links(&world).len();
    world.advance(1);
    world.take_in(&[
        record("https://a.kz/").at(world.now()).status(404).build(),
        record("https://c.kz/").at(world.now()).status(301).header("location", "https://c.kz/new").build(),
    ]);
    let graph = world.read().links.unwrap();
    assert_eq!(graph.inlink_count(&key("https://b.kz/law")).unwrap(), 0);
    assert_eq!(links(&world).len(), before - 3);
}

#[test]
fn a_graph_that_is_missing_or_damaged_is_built_anew_and_the_same() {
    let world = World::new();
    world.take_in(&pages(&world));
    let (before, dir) = (links(&world), world.data().join("links"));
    assert_eq!(before.len(), 4);
    // Missing: whoever writes next replays the archive into it, and into nothing else.
    std::fs::remove_dir_all(&dir).unwrap();
    drop(world.open());
    assert_eq!(links(&world), before);
    // Damaged or foreign: refused with the next step, which mends it.
    for (file, bytes) in [("version.json", &b"{\"links\":7}"[..]), ("meta.json", b"{"), ("version.json", b"")]
    {
        std::fs::write(dir.join(file), bytes).unwrap();
        let error = pipeline::Stores::open(&world.data(), &world.settings, world.clock.clone(), "test")
            .err()
            .unwrap();
        let cause = std::error::Error::source(&error).unwrap().to_string();
        assert!(cause.contains("silteme reindex"), "{cause}");
        world.reindex(ReindexRequest::default()).unwrap();
        drop(world.open());
        assert_eq!(links(&world), before);
    }
}

#[test]
fn verify_tells_and_mends_a_graph_that_says_something_else() {
    let world = World::new();
    world.take_in(&pages(&world));
    let before = links(&world);
    let mut writer = links::Writer::open(&world.data().join("links")).unwrap();
    let graph = world.read().links.unwrap();
    let mut page = graph.outlinks(&key("https://a.kz/")).unwrap().unwrap();
    page.links.pop();
    let stranger = links::Page { key: key("https://x.kz/"), url: "https://x.kz/".to_owned(), ..page.clone() };
    writer.put(&[page, stranger]).unwrap();
    writer.delete(&[key("https://c.kz/")]);
    let at = writer.checkpoint();
    writer.commit(at).unwrap();
    drop(writer);
    let found = |repair| {
        let mut kinds = Vec::new();
        pipeline::verify(&mut world.open(), repair, &mut |finding| kinds.push(finding.kind)).unwrap();
        kinds.sort_unstable();
        kinds
    };
    assert_eq!(found(true), ["page_differs", "page_missing", "page_unexplained"]);
    assert_eq!(found(false), [""; 0]);
    assert_eq!(links(&world), before);
}

#[test]
fn a_reindex_works_out_the_authority_of_sites() {
    let world = World::new();
    world.take_in(&pages(&world));
    world.reindex(ReindexRequest::default()).unwrap();
    let authority = links::Authority::load(&world.data().join("links")).unwrap().unwrap();
    // a.kz and c.kz link to b.kz: 1 + 0.85 + 0.85 uncited sites.
    let expected = 2.7f64.ln() / 10_000f64.ln();
    assert!((f64::from(authority.of("b.kz")) - expected).abs() < 1e-4);
    assert!(authority.of("a.kz").abs() < f32::EPSILON);
}

#[test]
fn a_reindex_finds_pages_by_what_others_call_them() {
    let world = World::new();
    let mut records = pages(&world);
    records.reverse();
    world.take_in(&records);
    world.reindex(ReindexRequest { verify: true, ..ReindexRequest::default() }).unwrap();
    let found = world.search("закон о языках");
    assert!(found.contains(&"https://b.kz/law".to_owned()), "{found:?}");
    assert!(!world.search("nofollow").contains(&"https://b.kz/law".to_owned()));
}
