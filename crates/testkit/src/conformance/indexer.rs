//! What every `indexer::IndexWriter` and `indexer::LinkSource` must do.

#![expect(clippy::expect_used, reason = "a case that cannot go on has failed")]

mod asking;

use indexer::{Change, Error, Filter, Hidden, Hit, IndexWriter, LinkSource, Query, Removal, Seed, Similar};
use model::{CanonicalUrl, Directives, Document, Language, Position, Timestamp, UrlKey};
use std::sync::Arc;

/// A fresh, empty adapter: its writer, a reader of the same index, and a way to hide links.
pub struct Fresh<W, S> {
    /// Writes.
    pub writer: W,
    /// Reads what was written.
    pub source: S,
    /// Hides links from the source.
    pub hide: Box<dyn Fn(Hidden)>,
    /// Whatever has to live as long (a temporary folder).
    pub keep: Box<dyn std::any::Any>,
}

/// Runs the suite; `fresh` makes a new adapter for each case.
pub fn run<W: IndexWriter, S: LinkSource>(fresh: impl Fn() -> Fresh<W, S>) {
    commits_are_all_or_nothing(fresh());
    puts_replace_and_deletes_remove(fresh());
    words_are_found_in_every_form(fresh());
    titles_count_more_than_texts(fresh());
    filters_narrow(fresh());
    asking::what_is_said_about_a_page_finds_it(fresh());
    asking::typing_mistakes_are_forgiven(fresh());
    asking::matches_are_counted_by_property(fresh());
    asking::other_languages_are_found_when_asked(fresh());
    asking::many_matches_keep_one_order(fresh());
    pages_hold_every_hit_once(fresh());
    cursors_survive_commits(fresh());
    no_words_means_newest_first(fresh());
    phrases_and_exclusions(fresh());
    odd_queries_are_answered(fresh());
    snippets_keep_to_what_is_permitted(fresh());
    publishers_withdraw(fresh());
    operators_hide(fresh());
    similar_links(fresh());
    the_feed_tells_every_change_once(fresh());
    the_feed_forgets(fresh());
    figures(fresh());
}

/// 2026-01-10, noon.
#[must_use]
pub fn now() -> Timestamp {
    "2026-01-10T12:00:00Z".parse().expect("a valid time")
}

/// A document for the cases.
#[must_use]
pub fn document(url: &str, language: &str, title: &str, text: &str) -> Document {
    let url = CanonicalUrl::parse(url).expect("a valid URL");
    Document {
        key: url.key(),
        url: url.url().to_string(),
        title: title.to_owned(),
        text: text.to_owned(),
        description: None,
        author: None,
        site_name: None,
        section: None,
        tags: Vec::new(),
        image: None,
        language: Language::new(language),
        published: None,
        modified: None,
        fetched: now(),
        directives: Directives::default(),
    }
}

/// The key of a URL.
#[must_use]
pub fn key(url: &str) -> UrlKey {
    CanonicalUrl::parse(url).expect("a valid URL").key()
}

fn at(offset: u64) -> Position {
    Position { segment: 0, offset }
}

fn day(number: i8) -> Timestamp {
    format!("2026-01-{number:02}T00:00:00Z").parse().expect("a valid day")
}

fn put<W: IndexWriter>(writer: &mut W, documents: &[Document]) {
    writer.put(documents).expect("put");
    writer.commit(writer.checkpoint(), now()).expect("commit");
}

fn urls(hits: &[Hit]) -> Vec<&str> {
    hits.iter().map(|hit| hit.document.url.as_str()).collect()
}

fn found<S: LinkSource>(source: &S, text: &str) -> Vec<String> {
    let answer = source.search(&Query::new(text, 100, now())).expect("search");
    urls(&answer.hits).into_iter().map(str::to_owned).collect()
}

fn like<S: LinkSource>(source: &S, seed: Seed) -> Vec<String> {
    let similar = Similar::new(seed, 10, now());
    urls(&source.similar(&similar).expect("similar")).into_iter().map(str::to_owned).collect()
}

/// Changes as text: `+url`, `-url`, `-` for a deletion that tells no URL.
fn feed<S: LinkSource>(source: &S, cursor: Option<&str>, limit: usize) -> (Vec<String>, String, bool) {
    let changes = source.changes(cursor, limit, now()).expect("changes");
    let told = changes.changes.iter().map(|change| match change {
        Change::Upsert { document, .. } => format!("+{}", document.url),
        Change::Delete { url, .. } => format!("-{}", url.as_deref().unwrap_or_default()),
    });
    (told.collect(), changes.next, changes.more)
}

fn commits_are_all_or_nothing<W: IndexWriter, S: LinkSource>(mut index: Fresh<W, S>) {
    assert!(found(&index.source, "алма").is_empty(), "an empty index answers with nothing");
    let one = document("https://a.test/1", "kk", "Алма бағы", "Алма көп.");
    index.writer.put(std::slice::from_ref(&one)).expect("put");
    assert!(found(&index.source, "алма").is_empty(), "nothing is visible before the commit");
    index.writer.commit(at(7), now()).expect("commit");
    assert_eq!(found(&index.source, "алма"), ["https://a.test/1"]);
    assert_eq!(index.writer.checkpoint(), at(7));
    let back = index.source.get(&[key("https://a.test/2"), one.key], now()).expect("get");
    assert!(back[0].is_none(), "an unknown key has no link");
    assert_eq!(back[1].as_ref().map(|hit| &hit.document), Some(&one), "the document comes back whole");
}

fn puts_replace_and_deletes_remove<W: IndexWriter, S: LinkSource>(mut index: Fresh<W, S>) {
    let url = "https://a.test/1";
    put(
        &mut index.writer,
        &[document(url, "en", "Old apples", "Pears."), document("https://a.test/2", "en", "Plums", "")],
    );
    put(&mut index.writer, &[document(url, "en", "New cherries", "Quinces.")]);
    assert!(found(&index.source, "apples").is_empty(), "the old text is gone");
    assert_eq!(found(&index.source, "cherries"), [url]);
    // Twice in one batch: the last one counts.
    put(&mut index.writer, &[document(url, "en", "Figs", ""), document(url, "en", "Dates", "")]);
    assert!(found(&index.source, "figs").is_empty());
    assert_eq!(found(&index.source, "dates"), [url]);
    index.writer.delete(&[key(url), key("https://never.test/")], Removal::Gone).expect("delete");
    index.writer.commit(at(1), now()).expect("commit");
    assert_eq!(found(&index.source, ""), ["https://a.test/2"]);
    // Removed and put again within one commit.
    index.writer.delete(&[key("https://a.test/2")], Removal::Gone).expect("delete");
    put(&mut index.writer, &[document("https://a.test/2", "en", "Medlars", "")]);
    assert_eq!(found(&index.source, "medlars"), ["https://a.test/2"]);
}

fn words_are_found_in_every_form<W: IndexWriter, S: LinkSource>(mut index: Fresh<W, S>) {
    let long = "х".repeat(60);
    put(
        &mut index.writer,
        &[
            document(
                "https://a.test/kk",
                "kk",
                "Қазақстанның өзендері",
                "Елдегі кітаптардың тізімі: тілдік қор.",
            ),
            document("https://a.test/ru", "ru", "Ёлка в городе", "Министерства открыли новые библиотеки."),
            document("https://a.test/en", "en", "Rivers", "The libraries were opened quickly."),
            document("https://a.test/und", "und", "Смешанное", "Қалалар қызметі, services"),
            document("https://a.test/long", "ru", "Длинно", &long),
        ],
    );
    for (query, url) in [
        ("қазақстан", "https://a.test/kk"),
        ("ҚАЗАҚСТАНДА", "https://a.test/kk"),
        ("казакстан", "https://a.test/kk"),
        ("Qazaqstan", "https://a.test/kk"),
        ("قازاقستان", "https://a.test/kk"),
        ("өзен", "https://a.test/kk"),
        ("озендер", "https://a.test/kk"),
        ("кітабы", "https://a.test/kk"),
        ("қазaқcтан", "https://a.test/kk"),
        ("елка", "https://a.test/ru"),
        ("ёлки", "https://a.test/ru"),
        ("министерство", "https://a.test/ru"),
        ("библиотека", "https://a.test/ru"),
        ("library", "https://a.test/en"),
        ("RIVER", "https://a.test/en"),
        ("қала", "https://a.test/und"),
        ("service", "https://a.test/und"),
        (long.as_str(), "https://a.test/long"),
    ] {
        assert_eq!(found(&index.source, query).first().map(String::as_str), Some(url), "searching {query}");
    }
    assert!(found(&index.source, "жоқсөз").is_empty(), "what stands nowhere is not found");
}

fn titles_count_more_than_texts<W: IndexWriter, S: LinkSource>(mut index: Fresh<W, S>) {
    put(
        &mut index.writer,
        &[
            document("https://a.test/text", "ru", "Новости дня", "Сегодня о погоде и о ветре."),
            document("https://a.test/title", "ru", "Новости погоды", "Сегодня о ветре и о дожде."),
        ],
    );
    assert_eq!(found(&index.source, "погода"), ["https://a.test/title", "https://a.test/text"]);
}

fn filters_narrow<W: IndexWriter, S: LinkSource>(mut index: Fresh<W, S>) {
    let mut old = document("https://news.a.test/old", "ru", "Город старый", "");
    old.published = Some(day(2));
    let mut new = document("https://www.a.test/new", "kk", "Город новый", "");
    new.published = Some(day(8));
    new.section = Some("Қоғам".to_owned());
    new.tags = vec!["Қала".to_owned()];
    let other = document("https://b.test/undated", "ru", "Город другой", "");
    put(&mut index.writer, &[old, new, other]);
    let ask = |filter: Filter| {
        let mut found = Vec::new();
        for text in ["город", ""] {
            let query = Query { filter: filter.clone(), count: true, ..Query::new(text, 10, now()) };
            let answer = index.source.search(&query).expect("search");
            let mut hits: Vec<String> = urls(&answer.hits).into_iter().map(str::to_owned).collect();
            assert_eq!(answer.total, Some(hits.len() as u64));
            hits.sort();
            found.push(hits);
        }
        assert_eq!(found[0], found[1], "filters do the same with and without words");
        found.remove(0)
    };
    let (old, new, other) = ("https://news.a.test/old", "https://www.a.test/new", "https://b.test/undated");
    assert_eq!(ask(Filter::default()), [other, old, new]);
    assert_eq!(ask(Filter { languages: vec![Language::new("kk")], ..Filter::default() }), [new]);
    let both = vec![Language::new("kk"), Language::new("ru")];
    assert_eq!(ask(Filter { languages: both, ..Filter::default() }), [other, old, new]);
    assert_eq!(ask(Filter { host: Some("News.a.test".to_owned()), ..Filter::default() }), [old]);
    assert_eq!(ask(Filter { site: Some("a.test".to_owned()), ..Filter::default() }), [old, new]);
    assert_eq!(ask(Filter { since: Some(day(8)), ..Filter::default() }), [other, new], "since is inclusive");
    assert_eq!(ask(Filter { until: Some(day(8)), ..Filter::default() }), [old], "until is exclusive");
    assert!(ask(Filter { host: Some("c.test".to_owned()), ..Filter::default() }).is_empty());
    assert_eq!(ask(Filter { section: Some("ҚОҒАМ".to_owned()), ..Filter::default() }), [new]);
    assert_eq!(ask(Filter { tag: Some("қала".to_owned()), ..Filter::default() }), [new]);
    assert!(ask(Filter { story: Some(7), ..Filter::default() }).is_empty());
    assert_eq!(
        found(&index.source, "город site:a.test until:2026-01-05"),
        [old],
        "filters stand in queries too"
    );
}

fn numbered(count: usize) -> Vec<Document> {
    (0..count)
        .map(|n| {
            let text = format!("Apples {} {}", "apple ".repeat(n % 4), "pear ".repeat(n % 7));
            document(&format!("https://a.test/{n}"), "en", "Fruit", &text)
        })
        .collect()
}

/// All pages of a query, and every rank.
fn paged<S: LinkSource>(source: &S, text: &str, limit: usize, mut between: impl FnMut()) -> Vec<String> {
    let mut query = Query::new(text, limit, now());
    let mut all = Vec::new();
    for _ in 0..100 {
        let answer = source.search(&query).expect("search");
        for hit in &answer.hits {
            all.push(hit.document.url.clone());
            assert_eq!(hit.rank as usize, all.len(), "ranks go on over pages");
        }
        match answer.next {
            Some(next) => query.cursor = Some(next),
            None => return all,
        }
        between();
    }
    panic!("the pages do not end");
}

fn pages_hold_every_hit_once<W: IndexWriter, S: LinkSource>(mut index: Fresh<W, S>) {
    put(&mut index.writer, &numbered(23));
    for text in ["apple", ""] {
        let whole = index.source.search(&Query::new(text, 100, now())).expect("search");
        assert_eq!(whole.hits.len(), 23);
        assert!(whole.next.is_none(), "no cursor where there is no more");
        assert!(whole.hits.windows(2).all(|pair| pair[0].score >= pair[1].score));
        let whole: Vec<&str> = urls(&whole.hits);
        assert_eq!(paged(&index.source, text, 5, || {}), whole, "pages in the same order as the whole");
        assert_eq!(paged(&index.source, text, 23, || {}), whole);
        let query = Query { offset: 20, ..Query::new(text, 5, now()) };
        let rest = index.source.search(&query).expect("search");
        assert_eq!(urls(&rest.hits), whole[20..]);
        assert_eq!(rest.hits.first().map(|hit| hit.rank), Some(21));
    }
    let first = index.source.search(&Query::new("apple", 2, now())).expect("search").next;
    for cursor in
        ["", "x", "1.2.3", "c5", "ffffffffffffffffff.0.0.0", "ё"].map(str::to_owned).into_iter().chain(first)
    {
        let query = Query { cursor: Some(cursor.clone()), ..Query::new("pear", 2, now()) };
        let refused = index.source.search(&query);
        assert!(matches!(refused, Err(Error::Cursor { .. })), "{cursor:?} is no cursor of this query");
    }
}

fn cursors_survive_commits<W: IndexWriter, S: LinkSource>(mut index: Fresh<W, S>) {
    put(&mut index.writer, &numbered(20));
    let mut before = found(&index.source, "apple");
    let mut extra = 0;
    let (writer, source) = (&mut index.writer, &index.source);
    let mut seen = paged(source, "apple", 4, || {
        extra += 1;
        // Scores of all documents change a little, and neighbours may change places.
        put(writer, &[document(&format!("https://b.test/{extra}"), "en", "Nothing", "Of that kind.")]);
    });
    seen.sort();
    before.sort();
    assert_eq!(seen, before, "every old document once");
}

fn no_words_means_newest_first<W: IndexWriter, S: LinkSource>(mut index: Fresh<W, S>) {
    let dated =
        |url: &str, date: Option<Timestamp>| Document { published: date, ..document(url, "en", "T", "") };
    put(
        &mut index.writer,
        &[
            dated("https://a.test/3", Some(day(3))),
            dated("https://a.test/fetched", None),
            dated("https://a.test/5", Some(day(5))),
        ],
    );
    let newest = ["https://a.test/fetched", "https://a.test/5", "https://a.test/3"];
    for text in ["", "  ", "\"\"", "…!"] {
        assert_eq!(found(&index.source, text), newest, "query {text:?}");
    }
}

fn phrases_and_exclusions<W: IndexWriter, S: LinkSource>(mut index: Fresh<W, S>) {
    put(
        &mut index.writer,
        &[
            document("https://a.test/1", "ru", "Сводка", "Большая вода пришла в Атырау"),
            document("https://a.test/2", "ru", "Сводка", "Вода большая, а Уральск далеко"),
        ],
    );
    let sorted = |text: &str| {
        let mut found = found(&index.source, text);
        found.sort();
        found
    };
    assert_eq!(sorted("большая вода"), ["https://a.test/1", "https://a.test/2"]);
    assert_eq!(sorted("\"Большая вода\""), ["https://a.test/1"], "a phrase stands as written");
    assert_eq!(sorted("\"большие воды\""), [""; 0]);
    assert_eq!(sorted("вода -Уральск"), ["https://a.test/1"]);
    assert_eq!(sorted("-атырау"), ["https://a.test/2"], "an exclusion alone is a query");
    assert_eq!(sorted("вода -\"вода большая\""), ["https://a.test/1"]);
    let both = ["https://a.test/1", "https://a.test/2"];
    assert_eq!(found(&index.source, "сводка \"большая вода\""), both, "beside words a phrase counts extra");
    assert_eq!(sorted("сводка \"большие воды\""), both, "and is not needed");
}

fn odd_queries_are_answered<W: IndexWriter, S: LinkSource>(mut index: Fresh<W, S>) {
    put(&mut index.writer, &[document("https://a.test/1", "en", "Apples", "Plain text.")]);
    for text in ["\"", "-", "--", "apples AND (", "a:b:c^2~", "[x TO y]", "*", "\\", "\u{0}", "🍏", "+-\"-"]
    {
        let answer = index.source.search(&Query::new(text, 10, now()));
        assert!(answer.is_ok(), "query {text:?}: {answer:?}");
    }
    assert_eq!(found(&index.source, "apples AND ( \""), ["https://a.test/1"]);
    let unknown = index.source.search(&Query::new("apples autor:x", 10, now()));
    assert!(matches!(unknown, Err(Error::Syntax { position: 8, .. })), "an unknown filter: {unknown:?}");
    let verbatim = Query { verbatim: true, ..Query::new("autor:apples", 10, now()) };
    let verbatim = index.source.search(&verbatim).expect("search");
    assert_eq!(urls(&verbatim.hits), ["https://a.test/1"], "no reader typed it, so it is no filter");
    let long = "apple ".repeat(200_000);
    let refused = index.source.search(&Query::new(long, 10, now()));
    assert!(matches!(refused, Err(Error::QueryTooLong { .. })), "a query of a megabyte is refused");
    let none = index.source.search(&Query::new("apples", 0, now())).expect("search");
    assert!(none.hits.is_empty() && none.next.is_none(), "asked for none, given none");
    let huge = Query { offset: usize::MAX, ..Query::new("apples", usize::MAX, now()) };
    assert!(index.source.search(&huge).expect("search").hits.is_empty());
}

fn snippets_keep_to_what_is_permitted<W: IndexWriter, S: LinkSource>(mut index: Fresh<W, S>) {
    let text = format!(
        "{} Here the walrus sleeps. {}",
        "Filler words come first. ".repeat(40),
        "And last. ".repeat(40)
    );
    let with = |url: &str, max: Option<u32>| {
        let mut document = document(url, "en", "Animals", &text);
        document.directives.snippet_chars_max = max;
        document
    };
    put(
        &mut index.writer,
        &[
            with("https://a.test/free", None),
            with("https://a.test/none", Some(0)),
            with("https://a.test/few", Some(30)),
        ],
    );
    let answer = index.source.search(&Query::new("walruses", 10, now())).expect("search");
    assert_eq!(answer.hits.len(), 3);
    for hit in &answer.hits {
        let chars = hit.snippet.text.chars().count();
        match hit.document.directives.snippet_chars_max {
            Some(0) => assert_eq!(hit.snippet.text, ""),
            Some(max) => assert!(chars <= max as usize && chars > 0, "{:?}", hit.snippet.text),
            None => {
                let marked: Vec<&str> =
                    hit.snippet.highlights.iter().map(|(a, b)| &hit.snippet.text[*a..*b]).collect();
                assert_eq!(marked, ["walrus"], "in {:?}", hit.snippet.text);
            }
        }
    }
}

fn publishers_withdraw<W: IndexWriter, S: LinkSource>(mut index: Fresh<W, S>) {
    let mut ends = document("https://a.test/ends", "en", "Apple offer", "");
    ends.directives.unavailable_after = Some(now());
    let mut noindex = document("https://a.test/noindex", "en", "Apple secret", "");
    noindex.directives.index = false;
    let mut unsearchable = document("https://a.test/search-no", "en", "Apple signal", "");
    unsearchable.directives.search = Some(false);
    let stays = document("https://a.test/stays", "en", "Apple tree", "");
    put(&mut index.writer, &[ends.clone(), noindex, unsearchable, stays.clone()]);
    assert_eq!(found(&index.source, "apple"), ["https://a.test/stays"], "from that instant on it is gone");
    let earlier = Query { now: day(9), ..Query::new("apple", 10, now()) };
    assert_eq!(index.source.search(&earlier).expect("search").hits.len(), 2, "before it, it is there");
    assert!(index.source.get(&[ends.key], now()).expect("get")[0].is_none());
    assert!(index.source.get(&[ends.key], day(9)).expect("get")[0].is_some());
    assert!(!like(&index.source, Seed::Link(stays.key)).contains(&ends.url));
    // A page that turns noindex leaves the index.
    let mut turned = stays.clone();
    turned.directives.index = false;
    put(&mut index.writer, &[turned]);
    assert!(found(&index.source, "apple").is_empty());
    assert!(
        !feed(&index.source, None, 100).0.contains(&format!("-{}", stays.url)),
        "the feed does not tell its URL"
    );
}

fn operators_hide<W: IndexWriter, S: LinkSource>(mut index: Fresh<W, S>) {
    put(&mut index.writer, &numbered(30));
    index.writer.delete(&[key("https://a.test/29")], Removal::Gone).expect("delete");
    index.writer.commit(at(2), now()).expect("commit");
    let kept = ["https://a.test/3", "https://a.test/17"];
    (index.hide)(Arc::new(move |_: &UrlKey, url: &str| !kept.contains(&url)));
    for text in ["apple", ""] {
        let mut found = found(&index.source, text);
        found.sort();
        assert_eq!(found, ["https://a.test/17", "https://a.test/3"]);
        let first = index.source.search(&Query::new(text, 1, now())).expect("search");
        assert_eq!(first.hits.len(), 1, "hidden links do not fill pages");
        assert_eq!(paged(&index.source, text, 1, || {}).len(), 2);
    }
    let got = index.source.get(&[key("https://a.test/1"), key(kept[0])], now()).expect("get");
    assert!(got[0].is_none() && got[1].is_some());
    assert_eq!(like(&index.source, Seed::Link(key(kept[0]))), [kept[1]]);
    let told = feed(&index.source, None, 100).0;
    assert!(told.iter().all(|change| change == "-" || kept.contains(&&change[1..])), "{told:?}");
}

fn similar_links<W: IndexWriter, S: LinkSource>(mut index: Fresh<W, S>) {
    put(
        &mut index.writer,
        &[
            document(
                "https://a.test/flood1",
                "ru",
                "Паводок в Атырау",
                "Вода поднялась, жителей Атырау эвакуируют.",
            ),
            document("https://a.test/flood2", "ru", "Атырау ждёт паводок", "Паводок подошёл к городу."),
            document("https://a.test/chess", "ru", "Шахматы", "Гроссмейстер выиграл партию."),
            document("https://a.test/short", "ru", "Шахматы", ""),
            document("https://a.test/gone", "ru", "Паводок", "Атырау, паводок, эвакуация."),
        ],
    );
    index.writer.delete(&[key("https://a.test/gone")], Removal::Gone).expect("delete");
    index.writer.commit(at(2), now()).expect("commit");
    let seed = |url| Seed::Link(key(url));
    assert_eq!(
        like(&index.source, seed("https://a.test/flood1")).first().map(String::as_str),
        Some("https://a.test/flood2")
    );
    assert_eq!(
        like(&index.source, seed("https://a.test/short")),
        ["https://a.test/chess"],
        "a short text is enough"
    );
    assert!(like(&index.source, seed("https://a.test/gone")).is_empty(), "what is not there is like nothing");
    for url in ["https://a.test/flood1", "https://a.test/flood2", "https://a.test/chess"] {
        assert!(!like(&index.source, seed(url)).contains(&url.to_owned()), "the seed is not answered");
    }
    let text = Seed::Text {
        title: String::new(),
        text: "гроссмейстеры и партии".to_owned(),
        language: Language::unknown(),
    };
    assert_eq!(like(&index.source, text), ["https://a.test/chess"]);
    let filter = Filter { languages: vec![Language::new("en")], ..Filter::default() };
    let similar = Similar { filter, ..Similar::new(seed("https://a.test/flood1"), 10, now()) };
    assert!(index.source.similar(&similar).expect("similar").is_empty(), "filters hold");
}

fn the_feed_tells_every_change_once<W: IndexWriter, S: LinkSource>(mut index: Fresh<W, S>) {
    let (changes, start, more) = feed(&index.source, None, 10);
    assert!(changes.is_empty() && !more);
    let documents: Vec<Document> = numbered(3);
    put(&mut index.writer, &documents);
    let (mut changes, cursor, more) = feed(&index.source, Some(&start), 10);
    changes.sort();
    assert_eq!(changes, ["+https://a.test/0", "+https://a.test/1", "+https://a.test/2"]);
    assert!(!more);
    // The same again, only fetched later: nothing to tell.
    let again: Vec<Document> =
        documents.iter().map(|document| Document { fetched: day(11), ..document.clone() }).collect();
    put(&mut index.writer, &again);
    assert_eq!(feed(&index.source, Some(&cursor), 10), (vec![], cursor.clone(), false));
    let fetched = index.source.get(&[documents[0].key], now()).expect("get");
    assert_eq!(fetched[0].as_ref().map(|hit| hit.document.fetched), Some(day(11)), "but the index knows");
    index.writer.delete(&[documents[0].key], Removal::Gone).expect("delete");
    index.writer.delete(&[documents[1].key], Removal::Withdrawn).expect("delete");
    index.writer.delete(&[key("https://never.test/")], Removal::Gone).expect("delete");
    put(&mut index.writer, &[Document { title: "Berries".to_owned(), ..documents[2].clone() }]);
    let (mut changes, last, _) = feed(&index.source, Some(&cursor), 10);
    changes.sort();
    assert_eq!(changes, ["+https://a.test/2", "-", "-https://a.test/0"]);
    // In steps of one, from the beginning: the same links in the end.
    let (mut cursor, mut told) = (start, Vec::new());
    loop {
        let (changes, next, more) = feed(&index.source, Some(&cursor), 1);
        told.extend(changes);
        cursor = next;
        if !more {
            break;
        }
    }
    assert_eq!(cursor, last);
    assert_eq!(told.iter().filter(|change| *change == "+https://a.test/2").count(), 2);
    for cursor in ["", "c", "c999999", "c-1", "5", "cё", "c 1"] {
        let refused = index.source.changes(Some(cursor), 10, now());
        assert!(matches!(refused, Err(Error::Cursor { .. })), "{cursor:?} is no cursor");
    }
}

fn the_feed_forgets<W: IndexWriter, S: LinkSource>(mut index: Fresh<W, S>) {
    let documents = numbered(4);
    put(&mut index.writer, &documents);
    let (_, middle, _) = feed(&index.source, None, 10);
    index.writer.delete(&[documents[0].key], Removal::Gone).expect("delete");
    index.writer.commit(at(3), now()).expect("commit");
    put(&mut index.writer, &documents[..1]);
    index.writer.delete(&[documents[0].key], Removal::Withdrawn).expect("delete");
    index.writer.commit(at(4), now()).expect("commit");
    index.writer.purge().expect("purge");
    assert_eq!(feed(&index.source, Some(&middle), 10).0, ["-"], "old cursors go on");
    let (mut all, _, _) = feed(&index.source, None, 10);
    all.sort();
    assert_eq!(all, ["+https://a.test/1", "+https://a.test/2", "+https://a.test/3", "-"]);
    put(&mut index.writer, &documents[..1]);
    assert!(feed(&index.source, Some(&middle), 10).0.contains(&"+https://a.test/0".to_owned()));
}

fn figures<W: IndexWriter, S: LinkSource>(mut index: Fresh<W, S>) {
    let stats = index.source.stats().expect("stats");
    assert_eq!((stats.documents, stats.changes), (0, 0));
    index.writer.put(&numbered(5)).expect("put");
    index.writer.commit(at(9), now()).expect("commit");
    let stats = index.source.stats().expect("stats");
    assert_eq!((stats.documents, stats.changes, stats.checkpoint), (5, 5, at(9)));
    assert!(stats.generation > 0);
    index.writer.commit(at(12), now()).expect("commit");
    assert_eq!(
        index.source.stats().expect("stats").checkpoint,
        at(12),
        "a commit may move the checkpoint only"
    );
}
