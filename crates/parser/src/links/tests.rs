use super::*;
use crate::dom;

fn of(html: &str) -> Vec<Link> {
    let url = Url::parse("https://e.kz/p").unwrap();
    let (dom, _) = dom::parse(html);
    let outline = Outline::of(&dom);
    let head = Head::of(&outline, &url);
    let mut links = Links::from_headers(&[], &url);
    links.read_head(&head);
    links.read_body(&outline, &head, &url, false);
    links.finish().0
}

#[test]
fn kinds_follow_position() {
    let links = of(
        "<body><nav><a href=/n>n</a></nav><main><a href=/c>c</a><div class=pagination><a href=/2>2</a></div></main><footer><a href=/f>f</a></footer>",
    );
    let kinds: Vec<_> = links.iter().map(|link| (link.text.as_str(), link.kind)).collect();
    assert_eq!(
        kinds,
        [
            ("n", LinkKind::Navigation),
            ("c", LinkKind::Content),
            ("2", LinkKind::Pagination),
            ("f", LinkKind::Footer)
        ]
    );
}

#[test]
fn each_url_once_per_kind_with_the_first_text() {
    let links = of(
        "<a href=/a><img alt='  the  picture '></a><a href=/a#x>again</a><a href=/b></a><a href=/b>text</a>",
    );
    let texts: Vec<_> = links.iter().map(|link| link.text.as_str()).collect();
    assert_eq!(texts, ["the picture", "text"]);
}

#[test]
fn feeds_and_alternates_are_told_apart() {
    let links = of(
        "<link rel=alternate type=application/rss+xml href=/rss title=Жаңалықтар><link rel=alternate hreflang=ru href=/ru><link rel='stylesheet alternate' href=/x.css><link rel=sitemap href=/s.xml>",
    );
    let kinds: Vec<_> = links.iter().map(|link| (link.kind, link.resource)).collect();
    assert_eq!(
        kinds,
        [
            (LinkKind::Feed, ResourceKind::Feed),
            (LinkKind::Alternate, ResourceKind::Page),
            (LinkKind::Sitemap, ResourceKind::Sitemap)
        ]
    );
    assert_eq!(links[1].rel, ["alternate", "hreflang=ru"]);
}

#[test]
fn refresh_is_read_in_its_many_spellings() {
    for content in ["0; URL='/new'", "0;url=/new", "5 , url = \"/new\"", "0 /new"] {
        assert_eq!(refresh_target(content), Some("/new"), "{content}");
    }
    assert_eq!(refresh_target("300"), None);
}
