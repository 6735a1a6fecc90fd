//! Links of hand-judged pages: `tests/cases/links/*.txt`.
//!
//! A case is a page, a line `====`, and what each anchor is for: `kind path text`, in page order. Lines that begin with
//! `#` are remarks.

use std::fs;
use std::path::Path;

use model::LinkKind;

use crate::page;

#[test]
fn hand_judged_links() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/links");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 8, "{} cases", files.len());
    let wrong: Vec<String> = files.iter().filter_map(|file| check(file)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is wrong with a case, if anything.
fn check(file: &Path) -> Option<String> {
    let text = fs::read_to_string(file).unwrap();
    let (html, expected) = text.split_once("\n====\n").expect("a line ==== between page and judgement");
    let expected: Vec<&str> =
        expected.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let found: Vec<String> = page(html)
        .links
        .iter()
        .map(|link| {
            let kind = serde_json::to_value(link.kind).unwrap();
            let url = link.url.strip_prefix("https://e.kz").unwrap_or(&link.url);
            let url = url.strip_prefix("https://").unwrap_or(url);
            format!("{} {url} {}", kind.as_str().unwrap(), link.text).trim().to_owned()
        })
        .collect();
    let differs = found.iter().map(String::as_str).ne(expected.iter().copied());
    differs.then(|| {
        let lines = |list: Vec<&str>| list.join("\n    ");
        format!(
            "{}:\n  expected\n    {}\n  found\n    {}",
            file.display(),
            lines(expected.clone()),
            lines(found.iter().map(String::as_str).collect())
        )
    })
}

#[test]
fn links_know_where_they_stand_and_what_stands_around() {
    let found = page(
        "<nav><a href=/n>menu</a></nav><main><p>Сөйлем басы. <a href=/a>мақала <b>туралы</b></a> сөз, ары қарай.</p>\
         <p>Басқа.</p></main>",
    );
    let of = |path: &str| found.links.iter().find(|link| link.url.ends_with(path)).unwrap();
    assert_eq!(of("/a").context, "Сөйлем басы. мақала туралы сөз, ары қарай.");
    assert_eq!(of("/n").context, "");
    assert!(of("/n").position < of("/a").position && of("/a").position < 1_000);
}

#[test]
fn a_country_in_place_of_a_language_is_read_as_what_is_meant() {
    let found = page(
        "<link rel=alternate hreflang=KZ href=/kz><link rel=alternate hreflang=kz-KZ href=/kz2>\
         <link rel=alternate hreflang=uk href=/uk><link rel=alternate hreflang=english href=/en>",
    );
    let rels: Vec<String> = found.links.iter().map(|link| link.rel.join(" ")).collect();
    assert_eq!(
        rels,
        [
            "alternate hreflang=kk hreflang-declared=kz",
            "alternate hreflang=kk-kz hreflang-declared=kz-kz",
            "alternate hreflang=uk",
            "alternate"
        ]
    );
    let noted: Vec<_> = found.notes.iter().filter(|note| note.code == "hreflang_invalid").collect();
    assert_eq!(noted.len(), 3, "{noted:?}");
}

#[test]
fn media_are_recorded_and_lead_nowhere() {
    let found = page(
        "<main><img data-src=/a.jpg src=data:image/gif;base64,R0 alt='Алма'><a href=/b.PDF>b</a></main>",
    );
    let media: Vec<_> = found.links.iter().filter(|link| link.kind == LinkKind::Media).collect();
    assert_eq!(
        (media.len(), media[0].url.as_str(), media[0].text.as_str()),
        (1, "https://e.kz/a.jpg", "Алма")
    );
    assert!(!LinkKind::Media.leads_on() && LinkKind::Related.leads_on());
}
