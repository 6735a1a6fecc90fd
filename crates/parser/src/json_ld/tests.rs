use super::*;

#[test]
fn the_article_speaks_for_the_page() {
    let facts = facts(&[
        r#"[{"@type":"BreadcrumbList"},{"@type":["NewsArticle","Article"],"headline":"T","author":[{"name":"A"},"B"]}]"#,
        r#"{"@graph":[{"@type":"WebSite","name":"S"},{"@type":"WebPage","name":"no","datePublished":"2026-01-02"}]}"#,
    ]);
    assert_eq!(facts.headline.as_deref(), Some("T"));
    assert_eq!(facts.authors, ["A", "B"]);
    assert_eq!(facts.site_name.as_deref(), Some("S"));
    assert_eq!(facts.published, None);
    assert_eq!(facts.page_published.as_deref(), Some("2026-01-02"));
}

#[test]
fn broken_syntax_is_forgiven() {
    let scripts = [
        "<!-- //<![CDATA[\n{\"@type\":\"NewsArticle\",\"headline\":\"x\"}\n//]]> -->",
        "{\"@type\":\"NewsArticle\",\"headline\":\"x\",}",
        "{\"@type\":\"NewsArticle\",\"headline\":\"x\n\"};",
    ];
    for script in scripts {
        assert_eq!(facts(&[script]).headline.as_deref(), Some("x"), "{script}");
    }
    assert_eq!(facts(&[&"[".repeat(100_000)]), Facts::default());
}
