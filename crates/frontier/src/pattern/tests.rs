//! Patterns as people read them, and what must hold of any.

use proptest::prelude::*;
use url::Url;

use super::Pattern;

fn pattern(url: &str) -> String {
    Pattern::of(&Url::parse(url).unwrap()).as_str().to_owned()
}

#[test]
fn patterns_by_the_table() {
    for (path, expected) in [
        ("/", "/"),
        ("/news", "/{word}"),
        ("/news/", "/{word}/"),
        ("/kz/news/prezident-2024-zholdauy", "/kz/news/{title}"),
        ("/news/123456", "/news/{number}"),
        ("/news/2024/05/01/some-title.html", "/news/{number}/{number}/{…}/{title}.html"),
        ("/calendar/2031/12?view=week", "/calendar/{number}/{number}?view"),
        ("/calendar?month=12&year=2031", "/calendar?month&year"),
        ("/calendar/2031-12-01/", "/calendar/{date}/"),
        ("/catalog?a=1&b=2&c=3", "/catalog?{many}"),
        ("/catalog?b=2&a=1&b=4", "/catalog?a&b"),
        ("/item/5f3e9a0b1c2d4e6f/x", "/item/{id}/{word}"),
        ("/u/123e4567-e89b-12d3-a456-426614174000/x", "/u/{id}/{word}"),
        ("/(S(lit3py55t21z5v55vlm25s55))/page1.aspx", "/{token}/{title}.aspx"),
        ("/index.php?page=7", "/index.php?page"),
        ("/a;jsessionid=1F2E/b", "/a/{word}"),
        ("/1/2/3/4/5/6", "/{number}/{number}/{…}"),
        ("/page2/x", "/page{number}/{word}"),
        ("/%D2%9B%D0%B0%D0%B7/x", "/{title}/{word}"),
        ("/a/b/c/d/e/f.html", "/a/b/c/{folder}/{folder}/{word}.html"),
    ] {
        assert_eq!(pattern(&format!("https://a.kz{path}")), expected, "{path}");
    }
}

#[test]
fn a_family_is_all_parameters_of_a_path() {
    let family = |url: &str| Pattern::of(&Url::parse(url).unwrap()).family();
    assert_eq!(family("https://a.kz/catalog?a=1"), family("https://a.kz/catalog?b=1&c=2"));
    assert_eq!(family("https://a.kz/catalog"), None);
}

proptest! {
    #[test]
    fn numbers_do_not_matter_and_length_is_bounded(one in 0u32..9999, two in 0u32..9999, path in "[a-z0-9/%._;()-]{0,400}") {
        prop_assert_eq!(
            pattern(&format!("https://a.kz/x{one}/{one}?p={one}")),
            pattern(&format!("https://a.kz/x{two}/{two}?p={two}"))
        );
        if let Ok(url) = Url::parse(&format!("https://a.kz/{path}")) {
            prop_assert!(Pattern::of(&url).as_str().len() < 400);
        }
    }

    #[test]
    fn the_order_of_parameters_does_not_matter(mut names in proptest::collection::vec("[a-z]{1,6}", 1..5)) {
        let url = |names: &[String]| format!("https://a.kz/x?{}=1", names.join("=1&"));
        let one = pattern(&url(&names));
        names.reverse();
        prop_assert_eq!(one, pattern(&url(&names)));
    }
}
