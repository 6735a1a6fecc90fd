//! Recommendations over both indexes.

#![expect(clippy::expect_used, reason = "a case that cannot go on has failed")]

use feedback::MemoryCounters;
use indexer::{Index, IndexWriter, LinkSource, MemoryIndex, Removal};
use model::{Document, Interests, Language, Position, Timestamp};
use recommender::{ReasonCode, Recommendation, Request, Settings, recommend};
use testkit::conformance::indexer::{document, key, now};

fn hours_ago(hours: i64) -> Timestamp {
    now() - jiff::SignedDuration::from_hours(hours)
}

fn dated(url: &str, language: &str, title: &str, text: &str, hours: i64) -> Document {
    Document { published: Some(hours_ago(hours)), ..document(url, language, title, text) }
}

fn web() -> Vec<Document> {
    vec![
        dated(
            "https://news.test/flood",
            "ru",
            "Паводок в Атырау",
            "Вода поднялась, жителей Атырау эвакуируют.",
            130,
        ),
        dated(
            "https://news.test/flood2",
            "ru",
            "Атырау готовится к паводку",
            "Дамбы укрепляют, паводок близко.",
            20,
        ),
        dated("https://kk.test/flood", "kk", "Атырауда су тасқыны", "Тұрғындар көшірілуде.", 25),
        dated("https://sport.test/chess", "ru", "Шахматный турнир", "Гроссмейстеры сыграли вничью.", 40),
        dated("https://sport.test/chess2", "ru", "Итоги турнира по шахматам", "Гроссмейстер победил.", 50),
        dated("https://en.test/space", "en", "A rocket was launched", "The satellite reached its orbit.", 1),
        dated("https://en.test/space2", "en", "Old satellites", "A satellite fell from its orbit.", 2_000),
    ]
}

/// Runs a case on both indexes.
fn on_both(documents: &[Document], case: impl Fn(&dyn LinkSource)) {
    let mut memory = MemoryIndex::default();
    memory.put(documents).expect("put");
    memory.commit(Position::default(), now()).expect("commit");
    case(&memory);
    let dir = tempfile::tempdir().expect("dir");
    let index = Index::open(dir.path(), indexer::Settings::default()).expect("open");
    let mut writer = index.writer().expect("writer");
    writer.put(documents).expect("put");
    // Deleted documents must not matter (tantivy's own MoreLikeThis panics then).
    writer.put(&[document("https://gone.test/", "ru", "Паводок", "Атырау")]).expect("put");
    writer.commit(Position::default(), now()).expect("commit");
    writer.delete(&[key("https://gone.test/")], Removal::Gone).expect("delete");
    writer.commit(Position::default(), now()).expect("commit");
    case(&index);
}

fn ask(source: &dyn LinkSource, interests: &Interests, request: &Request) -> Vec<Recommendation> {
    recommend(source, &MemoryCounters::default(), interests, request, &Settings::default())
        .expect("recommend")
        .items
}

fn urls(found: &[Recommendation]) -> Vec<&str> {
    found.iter().map(|one| one.hit.document.url.as_str()).collect()
}

fn strings(list: &[&str]) -> Vec<String> {
    list.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn liked_links_lead_to_links_like_them() {
    on_both(&web(), |source| {
        let interests =
            Interests { links: strings(&["https://news.test/flood#part"]), ..Interests::default() };
        let found = ask(source, &interests, &Request::new(3, now()));
        let first = &found[0];
        assert_eq!(first.hit.document.url, "https://news.test/flood2");
        // Five days apart, so that no index takes both for one story.
        assert_eq!(first.reason().code, ReasonCode::SimilarTo);
        assert_eq!(first.reason().text, "Паводок в Атырау", "the reason names the liked link");
        assert!(!urls(&found).contains(&"https://news.test/flood"), "a liked link is not recommended");
        assert!(found.windows(2).all(|pair| pair[0].hit.rank + 1 == pair[1].hit.rank));
        assert_eq!(found[0].hit.rank, 1);
    });
}

#[test]
fn words_lead_to_links_about_them() {
    on_both(&web(), |source| {
        let interests =
            Interests { terms: strings(&["", "гроссмейстер"]), ..Interests::default() };
        let request = Request { per_story_max: Some(2), ..Request::new(2, now()) };
        let found = ask(source, &interests, &request);
        assert!(found.iter().all(|one| one.hit.host == "sport.test"), "{:?}", urls(&found));
        assert_eq!(found[0].reason().code, ReasonCode::MatchesTerm);
        assert_eq!(found[0].reason().text, "гроссмейстер");
    });
}

#[test]
fn without_interests_the_newest_in_the_languages_read() {
    on_both(&web(), |source| {
        let found = ask(source, &Interests::default(), &Request::new(3, now()));
        assert_eq!(urls(&found)[0], "https://en.test/space");
        assert!(
            found.iter().all(|one| one.reason().code == ReasonCode::Fresh && one.reason().text.is_empty())
        );
        let interests = Interests { languages: vec![Language::new("kk")], ..Interests::default() };
        assert_eq!(urls(&ask(source, &interests, &Request::new(5, now()))), ["https://kk.test/flood"]);
        let mut request = Request::new(5, now());
        request.filter.host = Some("sport.test".to_owned());
        assert!(ask(source, &Interests::default(), &request).iter().all(|one| one.hit.host == "sport.test"));
    });
}

#[test]
fn seen_muted_and_excluded_links_stay_away() {
    on_both(&web(), |source| {
        let interests = Interests {
            links: strings(&["https://sport.test/chess"]),
            terms: strings(&["паводок", "orbit"]),
            seen: strings(&["https://news.test/flood2", "not a URL"]),
            muted_hosts: strings(&["En.test"]),
            ..Interests::default()
        };
        let request = Request { exclude: strings(&["https://kk.test/flood"]), ..Request::new(50, now()) };
        let mut found =
            urls(&ask(source, &interests, &request)).into_iter().map(str::to_owned).collect::<Vec<_>>();
        found.sort();
        assert_eq!(found, ["https://news.test/flood", "https://sport.test/chess2"]);
        let muted = Interests { muted_hosts: strings(&["test"]), ..Interests::default() };
        assert!(
            ask(source, &muted, &Request::new(50, now())).is_empty(),
            "hosts below a muted one are muted"
        );
    });
}

#[test]
fn fresh_beats_old_at_equal_fit() {
    let old = dated("https://a.test/old", "en", "Old rocket", "The satellite reached its orbit.", 2_000);
    let new = dated("https://b.test/new", "en", "New rocket", "The satellite reached an orbit.", 2);
    on_both(&[old, new], |source| {
        let interests = Interests { terms: strings(&["satellite orbit"]), ..Interests::default() };
        let found = ask(source, &interests, &Request::new(2, now()));
        assert_eq!(urls(&found), ["https://b.test/new", "https://a.test/old"]);
    });
    // A page without a date is not taken for news because it was fetched just now.
    let undated = document("https://a.test/undated", "en", "Undated page", "One thing.");
    let dated = dated("https://b.test/dated", "en", "Dated page", "Another matter.", 0);
    on_both(&[undated, dated], |source| {
        let found = ask(source, &Interests::default(), &Request::new(2, now()));
        assert_eq!(urls(&found)[0], "https://b.test/dated");
    });
}

#[test]
fn one_host_does_not_fill_the_answer() {
    let mut documents: Vec<Document> = (0..20)
        .map(|n| {
            dated(
                &format!("https://loud.test/{n}"),
                "en",
                &format!("Loud number{n}"),
                &format!("word{n} text{n}"),
                1,
            )
        })
        .collect();
    documents.push(dated("https://quiet.test/", "en", "Quiet voice", "Something else entirely.", 200));
    on_both(&documents, |source| {
        // Pages as short and alike as these are one story to the index.
        let request = Request { per_story_max: Some(100), ..Request::new(10, now()) };
        let found = ask(source, &Interests::default(), &request);
        let loud = found.iter().filter(|one| one.hit.host == "loud.test").count();
        assert_eq!((loud, found.len()), (3, 4));
        let request = Request { per_host_max: Some(1), ..request };
        assert_eq!(ask(source, &Interests::default(), &request).len(), 2);
        // What the loud one publishes must not hide the quiet one from who has muted it.
        let muted = Interests { muted_hosts: strings(&["loud.test"]), ..Interests::default() };
        let settings = Settings { candidates_max: 10, ..Settings::default() };
        let counters = MemoryCounters::default();
        let request = Request::new(10, now());
        let found = recommend(source, &counters, &muted, &request, &settings).expect("recommend").items;
        assert_eq!(urls(&found), ["https://quiet.test/"]);
    });
}

#[test]
fn the_same_text_is_shown_once() {
    let text = "The minister opened the new bridge over the river on Friday, after three years of building.";
    let documents = [
        dated("https://a.test/1", "en", "Bridge opened", text, 1),
        dated("https://b.test/1", "en", "Bridge opened", text, 2),
        dated("https://c.test/1", "en", "New bridge opened at last", text, 3),
        dated("https://d.test/1", "en", "Weather", "Snow is expected in the north.", 300),
    ];
    on_both(&documents, |source| {
        let found = ask(source, &Interests::default(), &Request::new(10, now()));
        assert_eq!(
            urls(&found),
            ["https://a.test/1", "https://d.test/1"],
            "the freshest copy stands for all"
        );
    });
}

#[test]
fn diversity_moves_other_subjects_up() {
    let flood = "Flood waters rise in the town while rescue teams move people and bring sand to the dams";
    let documents = [
        dated("https://a.test/1", "en", "Flood waters rise", flood, 1),
        dated(
            "https://b.test/1",
            "en",
            "Flood: people moved",
            &format!("{flood} near the old bridge and the mill today again"),
            1,
        ),
        dated("https://c.test/1", "en", "Chess final", "The champion kept the title.", 4),
    ];
    on_both(&documents, |source| {
        let with = |diversity| {
            let request =
                Request { diversity: Some(diversity), per_story_max: Some(3), ..Request::new(3, now()) };
            let found = ask(source, &Interests::default(), &request);
            urls(&found).iter().position(|url| *url == "https://c.test/1").expect("chess is there")
        };
        assert_eq!(with(0.0), 2, "by score alone it is last");
        assert_eq!(with(0.9), 1, "with diversity it comes before the second flood");
    });
}

#[test]
fn the_same_question_has_the_same_answer() {
    let documents: Vec<Document> = (0..60)
        .map(|n| {
            dated(
                &format!("https://h{}.test/{n}", n % 30),
                "en",
                &format!("Item{n}"),
                &format!("alpha beta w{n}"),
                5,
            )
        })
        .collect();
    on_both(&documents, |source| {
        let interests = Interests { terms: strings(&["alpha"]), ..Interests::default() };
        let with = |seed| {
            let found = ask(source, &interests, &Request { seed, ..Request::new(10, now()) });
            urls(&found).into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(with(1), with(1));
        assert_ne!(with(1), with(2), "the seed decides between equals");
        assert_eq!(with(1).len(), 10);
    });
}

#[test]
fn nothing_there_nothing_recommended() {
    on_both(&[], |source| {
        let interests = Interests {
            links: strings(&["https://a.test/", "nonsense"]),
            terms: strings(&["\"", "-", &"x".repeat(100)]),
            ..Interests::default()
        };
        assert!(ask(source, &interests, &Request::new(10, now())).is_empty());
        assert!(ask(source, &interests, &Request::new(0, now())).is_empty());
    });
}

#[test]
fn what_is_withdrawn_is_not_recommended() {
    let mut ends = dated("https://a.test/ends", "en", "Ends now", "Some words.", 1);
    ends.directives.unavailable_after = Some(now());
    let stays = dated("https://a.test/stays", "en", "Stays", "Some words here.", 1);
    on_both(&[ends, stays], |source| {
        let interests = Interests { terms: strings(&["words"]), ..Interests::default() };
        assert_eq!(urls(&ask(source, &interests, &Request::new(10, now()))), ["https://a.test/stays"]);
    });
}

#[test]
fn a_long_history_is_bounded() {
    on_both(&web(), |source| {
        let many: Vec<String> = (0..5_000).map(|n| format!("https://seen.test/{n}")).collect();
        let interests = Interests {
            links: many.clone(),
            terms: (0..5_000).map(|n| format!("term{n}")).collect(),
            seen: many,
            ..Interests::default()
        };
        assert!(!ask(source, &interests, &Request::new(3, now())).is_empty(), "fresh links fill in");
    });
}

#[test]
fn settings_out_of_range_are_named() {
    assert_eq!(Settings::default().check(), Ok(()));
    for (settings, name) in [
        (Settings { candidates_max: 0, ..Settings::default() }, "candidates_max"),
        (Settings { diversity: f32::NAN, ..Settings::default() }, "diversity"),
    ] {
        assert!(settings.check().expect_err("refused").contains(name));
    }
}
