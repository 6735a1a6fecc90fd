//! Feeds and sitemaps as they are met, good and broken.

use std::fs;
use std::path::Path;

use model::{LinkKind, Parsed, ResourceKind};

use crate::{codes, parsed, shared_data};

fn read(body: &[u8], kind: ResourceKind) -> Parsed {
    parsed("https://e.kz/list.xml", &[], body, kind)
}

fn of_kind(parsed: &Parsed, kind: LinkKind) -> Vec<(&str, &str)> {
    let links = parsed.links.iter().filter(|link| link.kind == kind);
    links.map(|link| (link.url.as_str(), link.text.as_str())).collect()
}

fn file(folder: &Path, name: &str) -> Vec<u8> {
    fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn shared_feeds_are_recovered() {
    let Some(folder) = shared_data("feeds") else { return };
    let cases: [(&str, usize); 10] = [
        ("03_cp1251_bytes_declared_utf8.xml", 1),
        ("06_leading_newlines.xml", 1),
        ("09_control_chars.xml", 1),
        ("12_html_page.xml", 0),
        ("15_xxe.xml", 1),
        ("18_date_no_tz.xml", 1),
        ("21_date_iso.xml", 1),
        ("24_atom_xhtml.xml", 1),
        ("27_yandex_turbo_fulltext.xml", 1),
        ("33_utf16le_bom.xml", 1),
    ];
    for (name, entries) in cases {
        let found = read(&file(&folder, name), ResourceKind::Feed);
        assert_eq!(of_kind(&found, LinkKind::Entry).len(), entries, "{name}: {found:#?}");
        for link in &found.links {
            assert!(!link.text.contains("root:") && !link.text.contains('\u{fffd}'), "{name}: {}", link.text);
        }
    }
    for name in ["18_date_no_tz.xml", "21_date_iso.xml"] {
        assert!(read(&file(&folder, name), ResourceKind::Feed).links[0].dated.is_some(), "{name}");
    }
    assert_eq!(codes(&read(&file(&folder, "12_html_page.xml"), ResourceKind::Feed)), ["not_a_feed"]);
    let json = read(&file(&folder, "30_jsonfeed_ok.json"), ResourceKind::Feed);
    assert_eq!(of_kind(&json, LinkKind::Entry).len(), 1, "{json:#?}");
}

#[test]
fn shared_sitemaps_are_recovered() {
    let Some(folder) = shared_data("sitemaps") else { return };
    let cases: [(&str, LinkKind, usize); 8] = [
        ("03_google84_ns.xml", LinkKind::Location, 1),
        ("06_index.xml", LinkKind::Sitemap, 2),
        ("09_double_gz.xml.gz", LinkKind::Location, 1),
        ("12_image_video.xml", LinkKind::Location, 1),
        ("15_bare_amp.xml", LinkKind::Location, 2),
        ("24_html_instead.xml", LinkKind::Location, 0),
        ("27_utf16le.xml", LinkKind::Location, 1),
        ("30_dup_loc.xml", LinkKind::Location, 2),
    ];
    for (name, kind, count) in cases {
        let found = read(&file(&folder, name), ResourceKind::Sitemap);
        assert_eq!(of_kind(&found, kind).len(), count, "{name}: {found:#?}");
    }
    assert!(
        !of_kind(&read(&file(&folder, "12_image_video.xml"), ResourceKind::Sitemap), LinkKind::Media)
            .is_empty()
    );
    let bomb = read(&file(&folder, "21_gzip_bomb_100MB.xml.gz"), ResourceKind::Sitemap);
    assert!(codes(&bomb).contains(&"size_limit"), "{:?}", bomb.notes);
}

#[test]
fn entities_of_a_bomb_and_of_a_file_stay_names() {
    let mut bomb = "<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY a0 'ha'>".to_owned();
    for n in 1..40 {
        bomb += &format!("<!ENTITY a{n} '&a{};&a{};'>", n - 1, n - 1);
    }
    bomb += "<!ENTITY f SYSTEM 'file:///etc/passwd'><!ENTITY % p SYSTEM 'http://x.test/e.dtd'> %p;]>\
             <rss><channel><item><title>&a39;|&f;</title><link>https://e.kz/1</link></item></channel></rss>";
    let found = read(bomb.as_bytes(), ResourceKind::Feed);
    assert_eq!(of_kind(&found, LinkKind::Entry), [("https://e.kz/1", "&a39;|&f;")]);
}

#[test]
fn media_of_entries_come_after_their_entry() {
    let rss = "<rss xmlns:media='m'><channel><item><title>A</title><link>/1</link><enclosure url='/a.mp3' type='audio/mpeg'/>\
               <media:group><media:content url='/i.jpg'><media:title>no</media:title></media:content></media:group></item></channel></rss>";
    let found = read(rss.as_bytes(), ResourceKind::Feed);
    let urls: Vec<_> = found.links.iter().map(|link| (link.url.as_str(), link.kind)).collect();
    assert_eq!(
        urls,
        [
            ("https://e.kz/1", LinkKind::Entry),
            ("https://e.kz/a.mp3", LinkKind::Media),
            ("https://e.kz/i.jpg", LinkKind::Media)
        ]
    );
}

#[test]
fn a_json_feed_has_attachments_and_a_next_page() {
    let json = r#"{"version":"https://jsonfeed.org/version/1.1","next_url":"/2.json","items":[{"id":"https://e.kz/1",
        "content_text":"x"},{"id":"7","url":"/b","title":"B","attachments":[{"url":"/b.mp3"}]}]}"#;
    let found = read(json.as_bytes(), ResourceKind::Feed);
    assert_eq!(of_kind(&found, LinkKind::Entry), [("https://e.kz/1", ""), ("https://e.kz/b", "B")]);
    assert_eq!(of_kind(&found, LinkKind::Media), [("https://e.kz/b.mp3", "")]);
    assert_eq!(of_kind(&found, LinkKind::Pagination), [("https://e.kz/2.json", "")]);
}

#[test]
fn a_sitemap_full_of_alternates_keeps_every_location() {
    let mut xml = "<urlset xmlns:xhtml='x'>".to_owned();
    for n in 0..12_000 {
        xml += &format!("<url><loc>https://e.kz/{n}</loc>");
        for language in ["kz", "ru", "en", "zh", "tr"] {
            xml += &format!(
                "<xhtml:link rel='alternate' hreflang='{language}' href='https://e.kz/{language}/{n}'/>"
            );
        }
        xml += "</url>";
    }
    let found = read(xml.as_bytes(), ResourceKind::Sitemap);
    assert_eq!(of_kind(&found, LinkKind::Location).len(), 12_000);
    assert!(found.links.len() <= 100_000);
    assert!(found.links[1].rel.contains(&"hreflang=kk".to_owned()), "{:?}", found.links[1].rel);
    assert_eq!(codes(&found), ["hreflang_invalid"]);
}
