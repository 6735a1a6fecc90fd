//! What a search understands: what is said about a page, mistyped words, other languages, counts, long answers.

use indexer::{IndexWriter, LinkSource, Query};
use model::Document;

use super::{Fresh, document, found, now, paged, put, urls};

pub(super) fn what_is_said_about_a_page_finds_it<W: IndexWriter, S: LinkSource>(mut index: Fresh<W, S>) {
    let mut page =
        document("https://www.qazaq.test/ekonomika/astyk-koimasy-2026.html", "ru", "Урожай", "Собран.");
    page.author = Some("Абай Құнанбаев".to_owned());
    page.site_name = Some("Степной вестник".to_owned());
    page.tags = vec!["зерно".to_owned()];
    page.section = Some("Экономика".to_owned());
    put(&mut index.writer, &[page, document("https://b.test/1", "ru", "Погода", "Дождь.")]);
    for text in ["құнанбаев", "\"степной вестник\"", "зерно", "экономика", "qazaq", "koimasy"]
    {
        assert_eq!(found(&index.source, text).len(), 1, "found by {text:?}");
    }
    assert!(found(&index.source, "html").is_empty(), "a file ending is no word");
    assert!(found(&index.source, "урожай -зерно").is_empty(), "and excluded by it");
}

pub(super) fn typing_mistakes_are_forgiven<W: IndexWriter, S: LinkSource>(mut index: Fresh<W, S>) {
    put(
        &mut index.writer,
        &[
            document("https://a.test/1", "ru", "Наводнение в Атырау", "Большая вода пришла."),
            document("https://a.test/2", "en", "Elections", "The parliament votes."),
        ],
    );
    let ask = |text: &str| index.source.search(&Query::new(text, 10, now())).expect("search");
    let answer = ask("новоднение");
    assert_eq!(urls(&answer.hits), ["https://a.test/1"]);
    let told: Vec<_> = answer.corrections.iter().map(|c| (c.written.as_str(), c.taken.as_str())).collect();
    assert_eq!(told, [("новоднение", "наводнение")]);
    assert_eq!(urls(&ask("parlament").hits), ["https://a.test/2"]);
    assert!(ask("наводнения").corrections.is_empty(), "another form is no mistake");
    assert!(ask("ведро").hits.is_empty(), "what is two letters off in five is another word");
    assert!(ask("\"parlament votes\"").hits.is_empty(), "a phrase stands as written");
}

pub(super) fn other_languages_are_found_when_asked<W: IndexWriter, S: LinkSource>(mut index: Fresh<W, S>) {
    put(
        &mut index.writer,
        &[
            document(
                "https://a.test/ru",
                "ru",
                "Наводнение в Атырау",
                "Правительство объявило о помощи городу.",
            ),
            document(
                "https://a.test/en",
                "en",
                "Flood in Atyrau",
                "The government has promised help to the city.",
            ),
            document("https://a.test/far", "ru", "Концерт в Алматы", "Оркестр играл симфонию."),
        ],
    );
    let query = Query::new("Атыраудағы үкімет көмегі", 10, now());
    let across = index.source.search(&Query { cross_language: true, ..query.clone() }).expect("search");
    let mut first: Vec<_> = urls(&across.hits).into_iter().take(2).collect();
    first.sort_unstable();
    assert_eq!(first, ["https://a.test/en", "https://a.test/ru"], "{:?}", urls(&across.hits));
    let own = index.source.search(&query).expect("search");
    assert!(!urls(&own.hits).contains(&"https://a.test/en"), "only when asked");
}

pub(super) fn matches_are_counted_by_property<W: IndexWriter, S: LinkSource>(mut index: Fresh<W, S>) {
    let page = |url: &str, language: &str, section: &str| Document {
        section: Some(section.to_owned()).filter(|section| !section.is_empty()),
        ..document(url, language, "Спорт", "")
    };
    put(
        &mut index.writer,
        &[
            page("https://a.test/1", "kk", "Қоғам"),
            page("https://a.test/2", "kk", "қоғам"),
            page("https://b.test/1", "ru", ""),
            document("https://b.test/2", "ru", "Погода", ""),
        ],
    );
    let query = Query { facets: true, count: true, ..Query::new("спорт", 1, now()) };
    let answer = index.source.search(&query).expect("search");
    let facets = answer.facets.expect("asked for");
    let own = |pairs: &[(&str, u64)]| pairs.iter().map(|(v, n)| ((*v).to_owned(), *n)).collect::<Vec<_>>();
    assert_eq!(answer.total, Some(3));
    assert_eq!(facets.languages, own(&[("kk", 2), ("ru", 1)]));
    assert_eq!(facets.sites, own(&[("a.test", 2), ("b.test", 1)]));
    assert_eq!(facets.sections, own(&[("қоғам", 2)]));
}

/// More matches than are looked at twice.
pub(super) fn many_matches_keep_one_order<W: IndexWriter, S: LinkSource>(mut index: Fresh<W, S>) {
    let page = |n: usize| {
        let (word, title) =
            if n.is_multiple_of(3) { ("spring flood", "Flood") } else { ("flood in spring", "River") };
        document(&format!("https://a.test/{n}"), "en", title, &format!("{word} {}", "water ".repeat(n % 11)))
    };
    put(&mut index.writer, &(0..150).map(page).collect::<Vec<_>>());
    let whole = index.source.search(&Query::new("spring flood", 200, now())).expect("search");
    assert_eq!(whole.hits.len(), 150);
    assert!(whole.hits.windows(2).all(|pair| pair[0].score >= pair[1].score));
    assert_eq!(paged(&index.source, "spring flood", 40, || {}), urls(&whole.hits));
    assert_eq!(whole.hits[0].document.title, "Flood", "the title counts, and neighbours do");
    let mut every = urls(&whole.hits);
    every.sort_unstable();
    every.dedup();
    assert_eq!(every.len(), 150, "every match once");
}
