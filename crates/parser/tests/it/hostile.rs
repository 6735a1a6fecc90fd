//! HTML made to hurt: bounded work, whatever it is. `cargo run --release -p parser --example hostile` prints the costs.

use std::time::{Duration, Instant};

use crate::page;

/// Generous: an unoptimised build on a busy machine. What is quadratic takes minutes at these sizes.
const TIME_MAX: Duration = Duration::from_mins(1);

fn within_bounds(name: &str, html: &str) -> model::Parsed {
    let began = Instant::now();
    let found = page(html);
    let took = began.elapsed();
    assert!(took < TIME_MAX, "{name}: {took:?}");
    found
}

#[test]
fn nesting_of_any_element_is_bounded() {
    for tag in [
        "div", "p", "table", "svg", "math", "template", "select", "form", "b", "a", "button", "li", "h1",
        "ruby",
    ] {
        let open = format!("<{tag}>").repeat(30_000);
        let found = within_bounds(tag, &format!("{open}deep</{tag}>"));
        assert!(found.document.is_some(), "{tag}");
        within_bounds(tag, &format!("{open}{}", format!("</{tag}>").repeat(30_000)));
    }
}

#[test]
fn misnested_formatting_is_bounded() {
    let fonts: String = (0..5_000).map(|n| format!("<font a{n}>")).collect();
    within_bounds("fonts", &fonts);
    let paragraphs: String = (0..3_000).map(|n| format!("<p><font a{n}>x")).collect();
    within_bounds("fonts in paragraphs", &paragraphs);
    within_bounds("a b i u", &"<a><b><i><u>".repeat(5_000));
    within_bounds("adoption agency", &"<a><div></a><p></b><b><table><i></table>".repeat(3_000));
    within_bounds("end tags alone", &"</p></b></a></table></br>".repeat(20_000));
    within_bounds("foster parents", &"<table>x<b>".repeat(5_000));
}

#[test]
fn attributes_and_tokens_are_bounded() {
    let many: String = (0..50_000).map(|n| format!(" a{n}=1")).collect();
    within_bounds("attributes", &format!("<p{many}>inside"));
    within_bounds("one long attribute", &format!("<p class='{}'>x", "post ".repeat(400_000)));
    within_bounds("one long href", &format!("<a href='/{}'>x</a>", "a".repeat(2_000_000)));
    within_bounds("one long text", &"слово ".repeat(200_000));
    within_bounds("comment without end", &format!("<!--{}", "- ".repeat(500_000)));
    within_bounds("unfinished tags", &"<a href='".repeat(50_000));
    within_bounds("references", &"&amp&#1;&#xffffffff;&notit;".repeat(20_000));
    within_bounds("NUL bytes", &"\0<p>\0</p>".repeat(50_000));
}

#[test]
fn many_links_and_the_text_around_them_are_bounded() {
    let links: String = (0..60_000).map(|n| format!("<a href=/{n}>{n}</a> ")).collect();
    let found = within_bounds("links in one paragraph", &format!("<p>{links}"));
    assert!(found.links.len() <= 20_000);
    assert!(found.notes.iter().any(|note| note.code == "link_limit"), "{:?}", found.notes);
    let headings: String = (0..20_000).map(|n| format!("<h2>Related {n}</h2><a href=/{n}>x</a>")).collect();
    within_bounds("headings", &headings);
    let metas = "<meta name=robots content='noindex, max-snippet:3'><link rel=alternate hreflang=kz href=/x>"
        .repeat(20_000);
    let found = within_bounds("metas", &metas);
    assert!(found.directives.raw.len() <= 32 && found.notes.len() <= 80);
}

#[test]
fn pages_cut_at_any_byte_are_read() {
    let whole = "<!doctype html><html lang=kk><head><meta charset=utf-8><title>Қазақ</title><script>var a='<p>';</script>\
                 <script type=application/ld+json>{\"@type\":\"NewsArticle\"}</script></head><body><p title='ә'>Мәтін &amp; \
                 <a href=/ә>сілтеме</a><!-- x --><table><tr><td>1</table></body></html>";
    for end in 0..whole.len() {
        let found = crate::parsed("https://e.kz/p", &[], &whole.as_bytes()[..end], model::ResourceKind::Page);
        assert!(end == 0 || found.document.is_some() || !found.notes.is_empty(), "{end}");
    }
}
