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
