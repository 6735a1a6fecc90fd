use url::Url;

use super::trap;
use crate::settings::Limits;

fn is_trap(path: &str) -> bool {
    trap(&Url::parse(&format!("https://a.kz{path}")).unwrap(), &Limits::default()).is_some()
}

#[test]
fn traps_by_their_shape() {
    for path in ["/a/b/a/b/a/b", "/a/a/a", "/1/1/1/1", "/x/%D2%9B/%D2%9B/%D2%9B"] {
        assert!(is_trap(path), "{path}");
    }
    assert!(is_trap(&"/a1".repeat(9)) && is_trap(&format!("/{}", "x".repeat(3000))));
    assert!(is_trap(&(0..40).map(|n| format!("/d{n}")).collect::<String>()));
    assert!(is_trap(&format!("/?{}", (0..40).map(|n| format!("a{n}=1&")).collect::<String>())));
}

#[test]
fn ordinary_urls_are_none() {
    for path in ["/", "/a/a", "/2024/01/01/01-title", "/2022/12/12/12", "/kz/news/politics/?page=2&sort=date"]
    {
        assert!(!is_trap(path), "{path}");
    }
}
