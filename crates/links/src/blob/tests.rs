use model::{CanonicalUrl, LinkKind};

use super::*;

fn outlink(url: &str, text: &str, rel: &[&str], vouched: bool) -> Outlink {
    let target = CanonicalUrl::parse(url).ok().map(|url| url.key()).filter(|_| vouched);
    Outlink {
        target,
        url: url.to_owned(),
        text: text.to_owned(),
        rel: rel.iter().map(|&token| token.to_owned()).collect(),
        kind: LinkKind::Content,
    }
}

fn page(links: Vec<Outlink>) -> Page {
    let url = CanonicalUrl::parse("https://a.kz/news/1").unwrap();
    Page {
        key: url.key(),
        url: url.url().to_string(),
        fetched: "2026-11-27T08:00:00.123456789Z".parse().unwrap(),
        until: Some("2027-01-01T00:00:00Z".parse().unwrap()),
        links,
    }
}

#[test]
fn a_page_comes_back_as_it_went_in() {
    let before = page(vec![
        outlink("https://a.kz/news/2", "Екінші жаңалық", &[], true),
        outlink("https://a.kz/news/2", "", &["nofollow", "ugc"], false),
        outlink("http://b.example/қазақ", "", &["author"], true),
        outlink("https://a.kz/", "Басты бет", &[], true),
    ]);
    let bytes = encode(&before).unwrap();
    assert_eq!(decode(&bytes).unwrap().page(before.key), before);
}

#[test]
fn only_vouched_links_are_found_by_their_target() {
    let target = CanonicalUrl::parse("https://b.kz/x").unwrap().key();
    let page = page(vec![
        outlink("https://b.kz/x", "жоқ", &["nofollow"], false),
        outlink("https://b.kz/y", "басқа", &[], true),
        outlink("https://b.kz/x", "осы", &[], true),
    ]);
    let bytes = encode(&page).unwrap();
    assert_eq!(decode(&bytes).unwrap().to(&target).collect::<Vec<_>>(), [2]);
}

#[test]
fn a_page_of_too_many_links_is_cut_and_a_damaged_blob_refused() {
    let many = page(vec![outlink("https://a.kz/2", "x", &[], true); Page::LINKS_MAX + 7]);
    let bytes = encode(&many).unwrap();
    assert_eq!(decode(&bytes).unwrap().page(many.key).links.len(), Page::LINKS_MAX);
    assert!(decode(&bytes[..bytes.len() / 2]).is_err());
    assert!(decode(&[]).is_err());
}
