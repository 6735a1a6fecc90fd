//! What each scenario answers, and what no answer may ever hold.

#![expect(clippy::expect_used, reason = "a case that cannot go on has failed")]

use std::collections::HashMap;
use std::sync::Arc;

use feedback::{Counters, Event, Kind, MemoryCounters};
use indexer::{Index, IndexWriter, LinkSource, MemoryIndex, Removal};
use model::{Document, Interests, Language, Position, Timestamp, UrlKey};
use proptest::prelude::*;
use recommender::{Answer, Goal, ReasonCode, Recommendation, Request, Settings, recommend};
use testkit::clock::SimulatedClock;
use testkit::conformance::indexer::{document, key, now};
use testkit::random::Random;

struct World {
    index: MemoryIndex,
    counters: MemoryCounters,
    events: usize,
}

fn hours_ago(hours: i64) -> Timestamp {
    now() - jiff::SignedDuration::from_hours(hours)
}

fn dated(url: &str, language: &str, title: &str, text: &str, hours: i64) -> Document {
    Document { published: Some(hours_ago(hours)), ..document(url, language, title, text) }
}

impl World {
    fn of(documents: &[Document]) -> Self {
        let clock = SimulatedClock::default();
        clock.advance(model::time::until(testkit::clock::EPOCH, now()));
        let counters = MemoryCounters::new(&feedback::Settings::default(), Arc::new(clock));
        let mut world = Self { index: MemoryIndex::default(), counters, events: 0 };
        world.put(documents);
        world
    }

    fn put(&mut self, documents: &[Document]) {
        self.index.put(documents).expect("put");
        self.index.commit(Position::default(), now()).expect("commit");
    }

    fn happens(&mut self, kind: &Kind, url: &str, times: usize, language: &str) {
        let event = |n: usize| Event {
            id: n.to_string(),
            at: now(),
            kind: kind.clone(),
            link: Some(key(url)),
            recommendation: None,
            language: Some(Language::new(language)),
        };
        let events: Vec<Event> = (self.events..self.events + times).map(event).collect();
        self.events += times;
        self.counters.record(&events).expect("record");
    }

    fn ask(&self, interests: &Interests, request: &Request) -> Answer {
        recommend(&self.index, &self.counters, interests, request, &Settings::default()).expect("recommend")
    }
}

fn urls(found: &[Recommendation]) -> Vec<&str> {
    found.iter().map(|one| one.hit.document.url.as_str()).collect()
}

fn codes(one: &Recommendation) -> Vec<ReasonCode> {
    one.reasons.iter().map(|reason| reason.code).collect()
}

fn strings(list: &[&str]) -> Vec<String> {
    list.iter().map(|text| (*text).to_owned()).collect()
}

fn languages(codes: &[&str]) -> Vec<Language> {
    codes.iter().map(|code| Language::new(code)).collect()
}

fn goal(goal: Goal) -> Request {
    Request { goal, ..Request::new(10, now()) }
}

fn little_web() -> Vec<Document> {
    let mut sport = dated("https://a.test/n/kk-chess", "kk", "Шахмат турнирі", "Гроссмейстер жеңді.", 30);
    sport.section = Some("Спорт".to_owned());
    vec![
        sport,
        dated("https://b.test/n/kk-flood", "kk", "Су тасқыны", "Тұрғындар көшірілуде.", 3),
        dated("https://c.test/n/ru-flood", "ru", "Паводок в Атырау", "Жителей эвакуируют.", 3),
        dated("https://d.test/n/ru-chess", "ru", "Итоги турнира по шахматам", "Гроссмейстер победил.", 2),
        dated("https://h.test/n/ru-chess", "ru", "Шахматный турнир", "Гроссмейстеры сыграли вничью.", 40),
        dated(
            "https://e.test/n/en-space",
            "en",
            "A rocket was launched",
            "The satellite reached its orbit.",
            1,
        ),
    ]
}

#[test]
fn trending_is_what_is_opened_in_a_language_or_of_a_topic() {
    let mut world = World::of(&little_web());
    world.happens(&Kind::Click, "https://a.test/n/kk-chess", 30, "kk");
    world.happens(&Kind::Click, "https://d.test/n/ru-chess", 50, "ru");
    world.happens(&Kind::Click, "https://b.test/n/kk-flood", 4, "kk");
    let trending = |topic: Option<&str>, codes: &[&str]| {
        let interests = Interests { languages: languages(codes), ..Interests::default() };
        world.ask(&interests, &goal(Goal::Trending { topic: topic.map(str::to_owned), window: None })).items
    };
    let all = trending(None, &[]);
    assert_eq!(urls(&all)[0], "https://d.test/n/ru-chess");
    assert_eq!(all[0].reasons[0].code, ReasonCode::Trending);
    assert_eq!(all[0].reasons[0].text, "ru", "trending in which language");
    let kk = trending(None, &["kk"]);
    assert!(kk.iter().all(|one| one.hit.document.language.as_str() == "kk"), "{:?}", urls(&kk));
    let flood = kk.iter().find(|one| one.hit.host == "b.test").expect("new links fill up");
    assert!(!codes(flood).contains(&ReasonCode::Trending), "four are fewer than k");
    assert_eq!(urls(&trending(Some("спорт"), &[])), ["https://a.test/n/kk-chess"]);
    assert!(trending(Some("music"), &[]).is_empty());
}

#[test]
fn related_links_are_like_the_link_and_never_itself() {
    let world = World::of(&little_web());
    let related = |link: &str, interests: &Interests| {
        world.ask(interests, &goal(Goal::Related { link: link.to_owned() })).items
    };
    let chess = related("https://d.test/n/ru-chess", &Interests::default());
    assert_eq!(urls(&chess)[0], "https://h.test/n/ru-chess");
    let others = ["https://d.test/n/ru-chess", "https://c.test/n/ru-flood", "https://e.test/n/en-space"];
    assert!(others.iter().all(|url| !urls(&chess).contains(url)), "what shares nothing is not related");
    assert!(related("https://unknown.test/", &Interests::default()).is_empty());
    let muted = Interests { muted_hosts: strings(&["h.test"]), ..Interests::default() };
    let rest = related("https://d.test/n/ru-chess", &muted);
    assert!(!urls(&rest).contains(&"https://h.test/n/ru-chess"));
}

#[test]
fn new_links_are_told_once_and_fit() {
    let mut world = World::of(&little_web());
    let fans = Interests { terms: strings(&["гроссмейстер"]), ..Interests::default() };
    let new = |world: &World, interests: &Interests, cursor: Option<String>| {
        world.ask(interests, &goal(Goal::New { cursor }))
    };
    let first = new(&world, &fans, None);
    assert_eq!(urls(&first.items), ["https://d.test/n/ru-chess"], "of the last day, about chess");
    let cursor = first.next.expect("a cursor");
    let nothing = new(&world, &fans, Some(cursor.clone()));
    assert!(nothing.items.is_empty());
    assert_eq!(nothing.next.as_ref(), Some(&cursor));
    // What is dated long ago but arrives now is new too.
    world.put(&[
        dated("https://f.test/n/late", "ru", "Старый турнир", "Гроссмейстер сыграл вничью.", 100),
        dated("https://g.test/n/other", "ru", "Погода", "Ожидается снег.", 1),
    ]);
    let later = new(&world, &fans, Some(cursor.clone()));
    assert_eq!(urls(&later.items), ["https://f.test/n/late"]);
    let anyone = new(&world, &Interests::default(), Some(cursor));
    assert_eq!(anyone.items.len(), 2, "without wishes all that arrived");
    let follower = Interests { sites: strings(&["www.G.test"]), ..Interests::default() };
    let followed = new(&world, &follower, nothing.next);
    assert_eq!(urls(&followed.items), ["https://g.test/n/other"]);
    assert!(codes(&followed.items[0]).contains(&ReasonCode::FollowedSource));
    let foreign = goal(Goal::New { cursor: Some("c999".to_owned()) });
    let refused = recommend(&world.index, &world.counters, &fans, &foreign, &Settings::default());
    assert!(matches!(refused, Err(recommender::Error::Index(e)) if e.is_askers()));
}

#[test]
fn disliked_links_push_their_like_down_and_stay_away() {
    let floods = [
        ("Flood in Atyrau", "Flood water rose in the town and people left their houses by boat."),
        ("Flood reaches Oral", "The flood reached the town, houses stand in water, people are worried."),
        (
            "Aktobe waits for boats",
            "People wait for boats while flood water stands in the houses of the town.",
        ),
    ];
    let mut documents: Vec<Document> = (0..)
        .zip(floods)
        .map(|(n, (title, text))| dated(&format!("https://f{n}.test/n/{n}"), "en", title, text, 1))
        .collect();
    documents.push(dated(
        "https://x.test/n/x",
        "en",
        "Chess final tonight",
        "The champion kept the title.",
        2,
    ));
    let world = World::of(&documents);
    let place = |interests: &Interests| {
        let found = world.ask(interests, &Request { diversity: Some(0.0), ..Request::new(10, now()) }).items;
        (urls(&found).iter().position(|url| *url == "https://x.test/n/x"), found.len())
    };
    assert_eq!(place(&Interests::default()), (Some(3), 4), "the oldest is last");
    let tired = Interests { dislikes: strings(&["https://f0.test/n/0"]), ..Interests::default() };
    // Of the two that are left one is more alike than the other.
    let (at, count) = place(&tired);
    assert!(at < Some(2) && count == 3, "no longer last for whoever has had enough of floods: {at:?}");
}

#[test]
fn what_is_opened_comes_first_and_followed_sources_are_told() {
    let mut world = World::of(&little_web());
    world.happens(&Kind::Click, "https://c.test/n/ru-flood", 60, "ru");
    let found = world.ask(&Interests::default(), &Request::new(10, now())).items;
    assert_eq!(urls(&found)[0], "https://c.test/n/ru-flood");
    assert!(codes(&found[0]).contains(&ReasonCode::Trending));
    let follower = Interests { sites: strings(&["b.test"]), ..Interests::default() };
    let followed = world.ask(&follower, &Request::new(10, now())).items;
    let one = followed.iter().find(|one| one.hit.host == "b.test").expect("it is there");
    assert_eq!(one.reasons[0].code, ReasonCode::FollowedSource);
    let score = |found: &[Recommendation]| {
        found.iter().find(|one| one.hit.host == "b.test").map_or(0.0, |one| one.score)
    };
    assert!(score(&followed) > score(&found));
    world.happens(&Kind::LessLikeThis, "https://c.test/n/ru-flood", 60, "ru");
    let less = world.ask(&Interests::default(), &Request::new(10, now())).items;
    assert_ne!(urls(&less)[0], "https://c.test/n/ru-flood", "many want less of it");
}

#[test]
fn one_reader_moves_nothing() {
    let mut world = World::of(&little_web());
    let ask = |world: &World| {
        let found = world.ask(&Interests::default(), &Request::new(10, now())).items;
        found.iter().map(|one| (one.hit.document.url.clone(), one.score.to_bits())).collect::<Vec<_>>()
    };
    let before = ask(&world);
    world.happens(&Kind::Click, "https://c.test/n/ru-flood", 4, "ru");
    assert_eq!(ask(&world), before, "not even a score");
    world.happens(&Kind::Click, "https://c.test/n/ru-flood", 1, "ru");
    assert_ne!(ask(&world), before, "the fifth does");
}

#[test]
fn exploration_is_by_seed() {
    let first = |world: &World, seed| {
        let request = Request { seed, exploration: Some(1.0), ..Request::new(1, now()) };
        world.ask(&Interests::default(), &request).items[0].score.to_bits()
    };
    let documents: Vec<Document> = (0..40)
        .map(|n| {
            dated(
                &format!("https://h{n}.test/n/{n}"),
                "en",
                &format!("Item{n}"),
                &format!("w{n} v{n}"),
                n % 5,
            )
        })
        .collect();
    let mut world = World::of(&documents);
    assert_eq!(
        first(&world, 1),
        first(&world, 2),
        "where nobody's clicks are counted nothing is left to chance"
    );
    world.happens(&Kind::Click, "https://h0.test/n/0", 10, "en");
    let with = |seed, exploration| {
        let exploration = Some(exploration);
        let request = Request { seed, exploration, ..Request::new(10, now()) };
        let found = world.ask(&Interests::default(), &request).items;
        (urls(&found).join(" "), found.iter().any(|one| codes(one).contains(&ReasonCode::Explore)))
    };
    assert_eq!(with(1, 1.0), with(1, 1.0));
    assert_ne!(with(1, 1.0).0, with(2, 1.0).0);
    assert!(with(1, 1.0).1, "whom chance was kind to is told so");
    assert!(!with(1, 0.0).1);
}

#[test]
fn given_links_are_put_in_order() {
    let world = World::of(&little_web());
    let links = ["https://a.test/n/kk-chess", "https://c.test/n/ru-flood", "https://gone.test/"].map(key);
    let interests = Interests { links: strings(&["https://d.test/n/ru-chess"]), ..Interests::default() };
    let found = world.ask(&interests, &goal(Goal::Among { links: links.to_vec() })).items;
    assert_eq!(found.len(), 2);
}

#[test]
fn no_story_comes_twice() {
    let dir = tempfile::tempdir().expect("dir");
    let index = Index::open(dir.path(), indexer::Settings::default()).expect("open");
    let mut writer = index.writer().expect("writer");
    let tell = |n: i64, site: &str, title: &str, text: &str| {
        dated(&format!("https://{site}.test/n/{n}"), "en", title, text, n)
    };
    let documents = [
        tell(
            1,
            "a",
            "Bridge over the Ural opened in Atyrau",
            "The minister opened the bridge over the Ural in Atyrau on Friday after three years of works.",
        ),
        tell(
            2,
            "b",
            "New Ural bridge opens in Atyrau",
            "In Atyrau a bridge over the Ural was opened by the minister; works had taken three years.",
        ),
        tell(
            3,
            "c",
            "Minister opens Atyrau bridge",
            "A new bridge over the Ural opened in Atyrau on Friday, the minister said, three years after works began.",
        ),
        tell(
            4,
            "d",
            "Snow expected in the north",
            "Forecasters expect snow and strong wind in Petropavl this weekend.",
        ),
    ];
    writer.put(&documents).expect("put");
    writer.commit(Position::default(), now()).expect("commit");
    let counters = MemoryCounters::default();
    let ask = |request: &Request| {
        recommend(&index, &counters, &Interests::default(), request, &Settings::default())
            .expect("recommend")
            .items
    };
    let stories = |found: &[Recommendation]| {
        let mut counts: HashMap<u64, usize> = HashMap::new();
        found.iter().filter_map(|one| one.hit.story).for_each(|story| *counts.entry(story).or_default() += 1);
        counts.into_values().max().unwrap_or_default()
    };
    let all = ask(&Request { per_story_max: Some(10), ..Request::new(10, now()) });
    assert!(stories(&all) >= 2, "the index takes them for one story: {:?}", urls(&all));
    assert_eq!(stories(&ask(&Request::new(10, now()))), 1);
    let told = |story: u64| all.iter().filter(|one| one.hit.story == Some(story)).count();
    let stories = all.iter().filter_map(|one| one.hit.story).filter(|story| told(*story) > 1);
    let muted = Interests { muted_stories: stories.collect(), ..Interests::default() };
    let rest = recommend(&index, &counters, &muted, &Request::new(10, now()), &Settings::default())
        .expect("recommend");
    assert!(
        rest.items.iter().all(|one| one.hit.story.is_none_or(|story| told(story) < 2)),
        "{:?}",
        urls(&rest.items)
    );
    assert!(urls(&rest.items).contains(&"https://d.test/n/4"));
}

/// A web from chance: a few hosts and topics, some links expired, gone, or opened much.
fn any_world(seed: u64) -> (World, Vec<Document>) {
    let mut random = Random::new(seed);
    let topics: Vec<String> = (0..4).map(|_| random.words(6)).collect();
    let documents: Vec<Document> = (0..60)
        .map(|n| {
            let topic = random.index(topics.len());
            let words = random.words(6);
            let hours = i64::try_from(random.below(90)).unwrap_or(0);
            let url = format!("https://h{}.test/n/{n}", random.below(8));
            let text = format!("{} {words}", topics[topic]);
            let mut one = dated(&url, "en", &random.words(4), &text, hours);
            one.section = Some(format!("topic{topic}"));
            if random.chance(10) {
                one.directives.unavailable_after = Some(hours_ago(1));
            }
            one
        })
        .collect();
    let mut world = World::of(&documents);
    let gone: Vec<UrlKey> = documents.iter().filter(|_| random.chance(5)).map(|one| one.key).collect();
    world.index.delete(&gone, Removal::Withdrawn).expect("delete");
    world.index.commit(Position::default(), now()).expect("commit");
    for _ in 0..6 {
        let url = random.pick(&documents).url.clone();
        let times = random.index(30);
        world.happens(&Kind::Click, &url, times, "en");
    }
    (world, documents)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever is asked: nothing seen, liked, disliked, excluded, muted, expired or gone; no cap broken; twice the same.
    #[test]
    fn no_answer_holds_what_it_must_not(seed in 0u64..1_000_000) {
        let (world, documents) = any_world(seed);
        let mut random = Random::new(seed ^ 1);
        let mut some = |count: usize| -> Vec<String> {
            (0..count).map(|_| random.pick(&documents).url.clone()).collect()
        };
        let interests = Interests {
            links: some(5),
            dislikes: some(2),
            seen: some(8),
            muted_hosts: strings(&["h3.test"]),
            muted_topics: strings(&["TOPIC1"]),
            sites: strings(&["h5.test"]),
            ..Interests::default()
        };
        let exclude = some(4);
        let link = some(1).remove(0);
        for goal in [
            Goal::Personal,
            Goal::Trending { topic: None, window: None },
            Goal::Related { link },
            Goal::New { cursor: Some("c0".to_owned()) },
            Goal::Among { links: documents.iter().map(|one| one.key).collect() },
        ] {
            let request = Request { goal, exclude: exclude.clone(), seed, per_host_max: Some(2), ..Request::new(10, now()) };
            let answer = world.ask(&interests, &request);
            prop_assert_eq!(&answer, &world.ask(&interests, &request));
            let unwanted = [&interests.links, &interests.dislikes, &interests.seen, &request.exclude];
            let mut hosts: HashMap<&str, usize> = HashMap::new();
            for one in &answer.items {
                let document = &one.hit.document;
                prop_assert!(unwanted.iter().all(|urls| !urls.contains(&document.url)), "{}", document.url);
                prop_assert!(one.hit.host != "h3.test" && document.section.as_deref() != Some("topic1"));
                prop_assert!(document.directives.may_show(now()));
                prop_assert!(world.index.get(&[document.key], now()).expect("get")[0].is_some());
                prop_assert!(!one.reasons.is_empty());
                *hosts.entry(&one.hit.host).or_default() += 1;
            }
            prop_assert!(answer.items.len() <= 10 && hosts.values().all(|count| *count <= 2));
        }
    }
}

#[test]
fn among_links_that_are_all_old_content_decides() {
    let months = 24 * 200;
    let mut documents: Vec<Document> = (0..6)
        .map(|n| {
            let text = format!("Grain harvest report number {n} of the northern district.");
            dated(&format!("https://g{n}.test/n/{n}"), "en", &format!("Grain {n}"), &text, months + n * 24)
        })
        .collect();
    let comet = "A comet with a long tail crosses the sky above the old observatory tonight.";
    documents.push(dated("https://c1.test/n/1", "en", "Comet seen", comet, months + 2_000));
    documents.push(dated("https://c2.test/n/2", "en", "Tail of a comet", comet, months + 1_000));
    let likes = Interests { links: strings(&["https://c1.test/n/1"]), ..Interests::default() };
    let first = |documents: &[Document]| {
        let answer = World::of(documents).ask(&likes, &Request::new(3, now()));
        answer.items[0].hit.document.url.clone()
    };
    // The copy of the liked link would be the same text: another report of it is what is wanted.
    documents[7].text = format!("{comet} Astronomers photographed it from the roof, children from the yard.");
    assert_eq!(first(&documents), "https://c2.test/n/2");
    // With news beside it, news comes first.
    documents.push(dated("https://n.test/n/9", "en", "Bridge opens", "The bridge was opened today.", 1));
    assert_eq!(first(&documents), "https://n.test/n/9");
}
