use url::Url;

use super::*;
use crate::dom;

fn of_page(html: &str) -> Metadata {
    let (dom, _) = dom::parse(html);
    let outline = Outline::of(&dom);
    let head = Head::of(&outline, &Url::parse("https://www.example.kz/news/1").unwrap());
    of(&outline, &head, Zone::Kazakhstan, "2026-11-23T00:00:00Z".parse().unwrap())
}

fn title(html: &str) -> String {
    of_page(html).title.unwrap_or_default()
}

#[test]
fn the_site_is_cut_off_the_title() {
    assert_eq!(title("<title>Жаңа заң күшіне енді | Example.kz</title>"), "Жаңа заң күшіне енді");
    assert_eq!(title("<title>Example — Жаңа заң күшіне енді</title>"), "Жаңа заң күшіне енді");
    assert_eq!(
        title("<title>A long enough story about things - The Daily</title>"),
        "A long enough story about things"
    );
    assert_eq!(
        title("<title>Covid-19 - what we know about it so far today</title>"),
        "Covid-19 - what we know about it so far today"
    );
}

#[test]
fn the_heading_the_title_repeats_is_the_title() {
    let html = "<title>Жаңа заң күшіне енді - Сайт</title><h1>Сайт</h1><h1>Жаңа заң  күшіне енді</h1>";
    assert_eq!(title(html), "Жаңа заң күшіне енді");
}

#[test]
fn dates_come_from_the_most_trusted_source() {
    let html = r#"<meta property="article:published_time" content="2026-11-19T10:00:00+05:00">
        <script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2026-11-20 10:00:00"}</script>"#;
    let (at, source) = of_page(html).published.unwrap();
    assert_eq!((at.to_string().as_str(), source), ("2026-11-20T05:00:00Z", PublishedSource::JsonLd));
    let (at, source) =
        of_page("<h1>Тақырып</h1><span class=date>20 қараша 2026, 10:00</span>").published.unwrap();
    assert_eq!((at.to_string().as_str(), source), ("2026-11-20T05:00:00Z", PublishedSource::TimeElement));
    assert_eq!(of_page("<meta name=date content=2027-05-01>").published, None, "later than tomorrow");
}

#[test]
fn bylines_are_names() {
    assert_eq!(of_page("<span class=author>By Jane Doe</span>").author.as_deref(), Some("Jane Doe"));
    assert_eq!(of_page("<meta name=author content='https://fb.com/x'>").author, None);
}

fn published(html: &str) -> Option<String> {
    of_page(html).published.map(|(at, _)| at.to_string()[..10].to_owned())
}

fn source_of(metadata: &Metadata, fact: model::Fact) -> Option<FactSource> {
    metadata.evidence.iter().find(|evidence| evidence.fact == fact).map(|evidence| evidence.source)
}

#[test]
fn labels_in_three_languages_tell_publication_from_change() {
    for line in [
        "Жарияланды: 20 қараша 2026 12:00. Жаңартылды: 21 қараша 2026 12:00",
        "Опубликовано 20 ноября 2026 в 12:00, обновлено 21 ноября 2026 в 12:00",
        "Published November 20, 2026 12:00 | Updated November 21, 2026 12:00",
    ] {
        let metadata = of_page(&format!("<h1>Тақырып</h1><p>{line}</p><p>Мәтін.</p>"));
        let day = |at: Timestamp| at.to_string()[..10].to_owned();
        assert_eq!(metadata.published.map(|(at, _)| day(at)).as_deref(), Some("2026-11-20"), "{line}");
        assert_eq!(metadata.modified.map(day).as_deref(), Some("2026-11-21"), "{line}");
    }
}

#[test]
fn what_is_no_date_of_the_page_is_left() {
    let long = "word ".repeat(40);
    for html in [
        "<h1>Title</h1><p>Text</p><footer>© 2026-01-01 Сайт</footer>".to_owned(),
        "<h1>Festival</h1><p>05.10.2026 – 07.10.2026</p>".to_owned(),
        format!("<h1>Title</h1><p>{long} on 5 May 2020 {long}</p>"),
        "<h1>Title</h1><p>Last visit: 2026-10-10 10:00</p>".to_owned(),
        "<div>2026-11-23</div><h1>Title above which the template shows the day of the fetch</h1>".to_owned(),
    ] {
        assert_eq!(published(&html), None, "{html}");
    }
}

#[test]
fn a_date_of_the_web_page_alone_needs_a_witness() {
    let page = r#"<script type="application/ld+json">{"@type":"WebPage","datePublished":"2021-05-20T12:00:00Z"}</script><h1>Қызмет</h1>"#;
    assert_eq!(published(page), None);
    let seen = format!("{page}<p>20 мамыр 2021</p>");
    assert_eq!(published(&seen).as_deref(), Some("2021-05-20"));
}

#[test]
fn an_earlier_day_under_the_headline_contradicts_the_declared_one() {
    let page = of_page(
        r#"<meta property="article:published_time" content="2026-11-10T12:00:00Z"><h1>Тақырып</h1><time datetime="2024-01-31T12:00:00Z">31 қаңтар 2024</time>"#,
    );
    assert_eq!(page.published.unwrap().0.to_string(), "2024-01-31T12:00:00Z");
    assert!(page.notes.iter().any(|note| note.code == "date_conflict"));
    let same = of_page(
        r#"<meta property="article:published_time" content="2026-11-10T12:00:00Z"><h1>Тақырып</h1><time datetime="2026-11-10">10 қараша 2026</time>"#,
    );
    assert!(same.notes.is_empty());
}

#[test]
fn a_list_has_no_date_and_a_thread_that_of_its_first_message() {
    let entries = |days: [u8; 5]| -> String {
        let long = "<p>".repeat(80);
        days.iter().map(|day| format!("{long}<time>{day}.10.2026 12:00</time>")).collect()
    };
    assert_eq!(published(&format!("<h1>News</h1>{}", entries([25, 24, 23, 20, 19]))), None);
    let thread = published(&format!("<h1>Question</h1>{}", entries([10, 11, 12, 15, 19])));
    assert_eq!(thread.as_deref(), Some("2026-10-10"));
}

#[test]
fn bylines_end_where_the_name_ends() {
    let author = |html: &str| of_page(html).author.unwrap_or_default();
    for (html, expected) in [
        ("<p class=author>Written by: Jane Doe Last Updated: August 1, 2025</p>", "Jane Doe"),
        ("<div class=author>Автор: Иван Петров – 20 ноября 2026</div>", "Иван Петров"),
        ("<div class=author>Мәтін: Айгүл Серікқызы | Алматы</div>", "Айгүл Серікқызы"),
        ("<div class=author><div>Jane Doe</div><div>Senior Reporter</div></div>", "Jane Doe"),
        ("<h1>Title</h1><p>By <a href=/x>Jane Doe</a></p>", "Jane Doe"),
        ("<div class=author>View more posts</div>", ""),
        (
            r#"<script type="application/ld+json">{"@graph":[{"@type":"Article","author":{"@id":"p1"}},{"@type":"Person","@id":"p1","name":"Jane Doe"}]}</script>"#,
            "Jane Doe",
        ),
    ] {
        assert_eq!(author(html), expected, "{html}");
    }
}

#[test]
fn every_fact_has_its_source() {
    let page = of_page(
        r#"<link rel=amphtml href=/amp><link rel=alternate hreflang=ru href=/ru>
        <meta property="og:site_name" content="Сайт"><title>Тақырып сөзі | Сайт</title>
        <script type="application/ld+json">{"@type":"Article","isAccessibleForFree":"False","datePublished":"2026-11-20"}</script>
        <h1>Тақырып сөзі</h1>"#,
    );
    assert_eq!(source_of(&page, model::Fact::Title), Some(FactSource::Heading));
    assert_eq!(source_of(&page, model::Fact::Published), Some(FactSource::JsonLd));
    assert_eq!(source_of(&page, model::Fact::SiteName), Some(FactSource::Meta));
    assert_eq!(source_of(&page, model::Fact::Amp), Some(FactSource::Link));
    let value = |fact| page.evidence.iter().find(|evidence| evidence.fact == fact).map(|e| e.value.as_str());
    assert_eq!(value(model::Fact::Paywall), Some("true"));
    assert_eq!(value(model::Fact::Alternate), Some("https://www.example.kz/ru"));
    assert!(page.evidence.iter().all(|evidence| (0.0..=1.0).contains(&evidence.confidence)));
}
