use super::*;
use crate::dates::Zone;

fn of(text: &str) -> Sitemap {
    let clock = Clock { zone: Zone::Kazakhstan, latest: "2026-11-24T00:00:00Z".parse().unwrap() };
    read(text, &Url::parse("https://e.kz/sitemap.xml").unwrap(), clock)
}

#[test]
fn bad_dates_lose_only_themselves() {
    let dates = ["2026", "2026-11", "2026-11-20", "20.11.2026", "yesterday", "2099-01-01", "0000-00-00", ""];
    let text: String = dates
        .iter()
        .enumerate()
        .map(|(n, date)| format!("<url><loc>https://e.kz/{n}</loc><lastmod>{date}</lastmod></url>"))
        .collect();
    let found = of(&format!("<urlset>{text}</urlset>"));
    let dated: Vec<bool> = found.links.iter().map(|link| link.dated.is_some()).collect();
    assert_eq!(dated, [true, true, true, true, false, false, false, false]);
}

#[test]
fn extensions_are_not_locations() {
    let found = of(
        "<urlset><url><loc>https://e.kz/a?x=1&y=2</loc><image:image><image:loc>https://e.kz/i.jpg</image:loc>\
        </image:image><news:news><news:publication_date>2026-11-20</news:publication_date><news:title>T</news:title>\
        </news:news><xhtml:link rel='alternate' hreflang='RU' href='/ru'/></url></urlset>",
    );
    let urls: Vec<_> = found.links.iter().map(|l| (l.url.as_str(), l.kind, l.text.as_str())).collect();
    assert_eq!(
        urls,
        [
            ("https://e.kz/a?x=1&y=2", LinkKind::Location, "T"),
            ("https://e.kz/ru", LinkKind::Alternate, ""),
            ("https://e.kz/i.jpg", LinkKind::Media, "")
        ]
    );
    assert!(found.links[0].dated.is_some());
    assert_eq!(found.links[1].rel, ["alternate", "hreflang=ru"]);
}

#[test]
fn nesting_and_number_are_bounded() {
    let deep = format!("<urlset>{}", "<url><x>".repeat(200_000));
    assert!(of(&deep).links.is_empty());
    let many: String = (0..60_000).map(|n| format!("<url><loc>https://e.kz/{n}</loc></url>")).collect();
    let found = of(&many);
    assert_eq!(found.links.len(), LOCATIONS_MAX);
    assert_eq!(found.notes[0].code, "location_limit");
}

#[test]
fn text_sitemaps_are_told_from_text() {
    assert!(is_text_sitemap("\nhttps://e.kz/a\r\nhttps://e.kz/b\n"));
    assert!(!is_text_sitemap("https://e.kz/a is a page\n"));
    assert!(!is_text_sitemap(""));
}
