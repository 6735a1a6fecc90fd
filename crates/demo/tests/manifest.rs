//! The demo web is complete and consistent: every link leads somewhere known, every language is there, and the special
//! cases are what `data/demo/README.md` says they are.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails best where it stands")]

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use demo::{Page, find, pages, queries, seeds};
use url::Url;

/// A page's text as a reader sees the source: windows-1251 where the archive host declares it, else UTF-8.
fn source(page: &Page) -> Cow<'static, str> {
    let encoding =
        if page.host() == "old.volna.test" { encoding_rs::WINDOWS_1251 } else { encoding_rs::UTF_8 };
    let (text, _, malformed) = encoding.decode(page.body);
    assert!(!malformed, "{} is not {}", page.url, encoding.name());
    text
}

/// The values between `open` and `close`, whatever the case of `open`.
fn between<'a>(text: &'a str, lower: &str, open: &str, close: &str) -> Vec<(usize, &'a str)> {
    let mut found = Vec::new();
    for (at, _) in lower.match_indices(open) {
        let start = at + open.len();
        if let Some(length) = text[start..].find(close) {
            found.push((at, &text[start..start + length]));
        }
    }
    found
}

/// Every URL a page, sitemap, feed or redirect points to, with whether a crawler may follow it.
fn links(page: &Page) -> Vec<(Url, bool)> {
    let base = Url::parse(page.url).unwrap();
    let text = source(page);
    let lower = text.to_ascii_lowercase();
    let mut raw = Vec::new();
    for open in ["href=\"", "src=\"", "<loc>", "<link>", "\"url\": \"", "property=\"og:image\" content=\""] {
        let close = if open.starts_with('<') { "<" } else { "\"" };
        for (at, value) in between(&text, &lower, open, close) {
            let tag = lower[..at].rfind('<').unwrap_or(0);
            raw.push((value.to_owned(), !lower[tag..at].contains("nofollow")));
        }
    }
    raw.extend(page.header("location").map(|location| (location.to_owned(), true)));
    raw.into_iter()
        .filter(|(value, _)| !value.starts_with("mailto:"))
        .map(|(value, follow)| {
            let mut url = base.join(&value.replace("&amp;", "&")).unwrap();
            url.set_fragment(None);
            (url, follow)
        })
        .collect()
}

fn target(url: &Url) -> Option<&'static Page> {
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    find(url.host_str()?, &format!("{}{query}", url.path()))
}

/// The words of what stands between `<p>` and `</p>`, tags removed.
fn words(page: &Page) -> usize {
    let text = source(page);
    let lower = text.to_ascii_lowercase();
    between(&text, &lower, "<p>", "</p>")
        .iter()
        .chain(&between(&text, &lower, "<p>", "</P>"))
        .map(|(_, paragraph)| paragraph.split_whitespace().count())
        .sum()
}

#[test]
fn every_link_leads_to_a_listed_page() {
    let mut checked = 0;
    for page in pages() {
        for (url, _) in links(page) {
            assert_eq!(url.scheme(), "http", "{} links to {url}", page.url);
            assert!(target(&url).is_some(), "{} links to {url}, which is not in the manifest", page.url);
            checked += 1;
        }
    }
    assert!(checked > 1_000, "only {checked} links were found: the scan is broken");
}

#[test]
fn a_crawler_reaches_everything_it_should() {
    let mut reached: BTreeSet<&str> = BTreeSet::new();
    let mut queue: VecDeque<&Page> = VecDeque::new();
    for seed in seeds() {
        let home = Url::parse(seed).unwrap();
        for path in ["/", "/robots.txt", "/sitemap.xml"] {
            queue.extend(target(&home.join(path).unwrap()));
        }
    }
    while let Some(page) = queue.pop_front() {
        if !page.is_disallowed() && reached.insert(page.url) {
            queue.extend(links(page).iter().filter(|(_, follow)| *follow).filter_map(|(url, _)| target(url)));
        }
    }
    let missed: Vec<_> =
        pages().iter().filter(|page| !reached.contains(page.url)).map(|page| page.url).collect();
    assert_eq!(
        missed,
        [
            "http://alatau.test/private/redaktsiya-jospary.html",
            "http://alatau.test/search?q=qar",
            "http://steppe.test/private/rates",
            "http://volna.test/promo/podpiska.html",
            "http://volna.test/search?q=%D0%BF%D0%B0%D1%80%D0%BE%D0%BC",
        ]
    );
}

#[test]
fn every_language_has_twenty_articles_of_some_length() {
    let mut articles: BTreeMap<&str, usize> = BTreeMap::new();
    for page in pages().iter().filter(|page| page.is_html() && words(page) >= 120) {
        *articles.entry(page.language().unwrap_or("none")).or_default() += 1;
    }
    assert!(articles["kk"] >= 20, "{articles:?}");
    assert_eq!(articles["kk-Latn"], 2, "{articles:?}");
    assert!(articles["ru"] >= 20, "{articles:?}");
    assert!(articles["en"] >= 20, "{articles:?}");
    assert_eq!(articles.len(), 4, "{articles:?}");
}

#[test]
fn the_windows_1251_pages_are_not_utf_8_and_decode() {
    let page = find("old.volna.test", "/arhiv/mayak.html").unwrap();
    assert!(std::str::from_utf8(page.body).is_err());
    assert_eq!(page.content_type, "text/html", "the charset is declared in the page only");
    let text = source(page);
    assert!(text.contains("charset=windows-1251"));
    assert!(text.contains("Маяк на мысе Тихом невысок, всего девятнадцать метров"));
    assert_eq!(page.language(), Some("ru"));
}

#[test]
fn every_host_has_robots_txt_a_sitemap_and_a_home_page() {
    assert_eq!(demo::hosts().len(), 6);
    assert_eq!(seeds().len(), 6);
    for host in demo::hosts() {
        let robots = source(find(host, "/robots.txt").unwrap());
        assert!(robots.contains(&format!("Sitemap: http://{host}/sitemap.xml")), "{host}");
        assert!(find(host, "/sitemap.xml").is_some(), "{host}");
        for page in pages().iter().filter(|page| page.host() == host && page.is_disallowed()) {
            let closed = robots
                .lines()
                .filter_map(|line| line.strip_prefix("Disallow: "))
                .any(|rule| page.target().starts_with(rule.trim_end()));
            assert!(closed, "{} is closed by no line of its robots.txt", page.url);
        }
    }
}

#[test]
fn bodies_repeat_only_where_the_readme_says_so() {
    let mut seen: BTreeMap<&[u8], &str> = BTreeMap::new();
    let mut copies = Vec::new();
    for page in pages().iter().filter(|page| page.is_html()) {
        if let Some(first) = seen.insert(page.body, page.url) {
            copies.push((first, page.url, source(page).contains("rel=\"canonical\"")));
        }
    }
    assert_eq!(
        copies,
        [
            (
                "http://alatau.test/2026/09/18/jabaiy-alma/",
                "http://alatau.test/arhiv/jabaiy-alma.html",
                false
            ),
            (
                "http://volna.test/news/1267-medovyj-kooperativ.html",
                "http://volna.test/print/1267-medovyj-kooperativ.html",
                true
            ),
        ]
    );
}

#[test]
fn directives_and_redirects_are_in_place() {
    let has = |host: &str, target: &str, needle: &str| source(find(host, target).unwrap()).contains(needle);
    assert!(has("steppe.test", "/staff-notes", "content=\"noindex, follow\""));
    assert!(has("steppe.test", "/food/tea-with-milk", "content=\"max-snippet:0\""));
    assert!(has("volna.test", "/afisha/koncert-na-prichale.html", "unavailable_after: 2026-03-01"));
    assert!(has("volna.test", "/sitemap.xml", "<sitemapindex"));
    let draft = find("kitap.test", "/ru/chernovik").unwrap();
    assert_eq!(draft.header("x-robots-tag"), Some("noindex"));
    for (host, path, status, location) in [
        ("volna.test", "/tramvaj", 301, "/news/1097-tramvaj-vernulsya.html"),
        ("kitap.test", "/go/steppe", 301, "http://steppe.test/"),
        ("steppe.test", "/latest", 302, "/cities/night-market"),
    ] {
        let page = find(host, path).unwrap();
        assert_eq!((page.status, page.header("location")), (status, Some(location)));
    }
}

#[test]
fn a_query_that_is_not_listed_gets_the_page_without_it() {
    let plain = find("steppe.test", "/food/wild-apple-forest").unwrap();
    let tagged = find("STEPPE.test", "/food/wild-apple-forest?utm_source=home&utm_medium=banner").unwrap();
    assert_eq!(plain.url, tagged.url);
    assert!(find("volna.test", "/search?q=%D0%BF%D0%B0%D1%80%D0%BE%D0%BC").is_some());
    assert!(find("volna.test", "/no-such-page").is_none());
    assert!(find("elsewhere.test", "/").is_none());
}

#[test]
fn the_examples_are_answered_by_the_texts() {
    let languages: Vec<_> = queries().iter().map(|example| example.language).collect();
    assert_eq!(languages, ["kk", "ru", "en"]);
    for example in queries() {
        let page = pages().iter().find(|page| page.url == example.finds).unwrap();
        assert_eq!(page.language(), Some(example.language));
        let text = source(page).to_lowercase();
        for word in example.query.split(' ') {
            assert!(text.contains(word), "{word:?} does not occur in {}", page.url);
        }
    }
    assert!(pages().iter().any(|page| page.url == demo::liked() && page.is_html()));
}
