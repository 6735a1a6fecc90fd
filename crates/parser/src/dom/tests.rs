use super::*;

fn depth_of(html: &Html) -> usize {
    html.tree.nodes().map(|node| node.ancestors().count()).max().unwrap_or(0)
}

fn text_of(html: &Html) -> String {
    html.tree.nodes().filter_map(|node| node.value().as_text().map(|text| text.to_string())).collect()
}

#[test]
fn ordinary_page_is_what_scraper_makes_of_it() {
    let page = "<!doctype html><title>t</title><p class=x>a<b>c</b><script>1<2</script><table><tr><td>d";
    let (html, notes) = parse(page);
    assert!(notes.is_empty());
    assert_eq!(html.html(), Html::parse_document(page).html());
}

#[test]
fn raw_text_ends_where_scraper_ends_it() {
    let pieces = [
        "<!--",
        "-->",
        "<script>",
        "</script>",
        "</SCRIPT ",
        "</script",
        "<style>",
        "</style>",
        "<script",
        "<",
        "--",
        ">",
        "-",
        "!",
        "a\r\nb\0",
        "<title>",
        "</title>",
    ];
    for start in ["<script>", "<p><style>", "<body><iframe>", "<svg><script>", "<xmp>"] {
        let mut pages = vec![start.to_owned()];
        for _ in 0..3 {
            pages = pages.iter().flat_map(|page| pieces.map(|piece| format!("{page}{piece}"))).collect();
            for page in &pages {
                assert_eq!(parse(page).0.html(), Html::parse_document(page).html(), "{page:?}");
            }
        }
    }
}

#[test]
fn plain_markup_is_what_scraper_makes_of_it() {
    let pieces = [
        "<p",
        " a",
        " b=c",
        " b='d'",
        " B=\"e&amp;\"",
        ">",
        "/>",
        "</p>",
        "<BR>",
        "text",
        "&nbsp;",
        "&ampx",
        "&",
        "\r\n",
        "\0",
        "<!--c-->",
        "<!-->",
        "<!--c--!>",
        "<!--",
        "<title>",
        "</title>",
        "<script>",
        "</script>",
        "<!doctype html>",
        "<table>",
        "<svg>",
        "<![CDATA[x]]>",
        "<pre>\n",
        " =",
        "ж",
        "</",
        "<a href=x/y/>",
        "<template>",
        "/",
        "\"",
    ];
    for first in pieces {
        for second in pieces {
            for third in pieces {
                let page = format!("{first}{second}{third}<b>z</b>");
                assert_eq!(parse(&page).0.html(), Html::parse_document(&page).html(), "{page:?}");
            }
        }
    }
}

#[test]
fn a_byte_order_mark_is_one_at_the_start_only() {
    assert_eq!(text_of(&parse("\u{feff}<p>a").0), "a");
    // html5ever drops this one as well, because it looks for the mark at every resumption.
    assert_eq!(text_of(&parse("<p>a<script></script>\u{feff}<b>z").0), "a\u{feff}z");
}

#[test]
fn scripts_longer_than_a_chunk_are_one_text() {
    let script = "if (a<b) { c(\"<p>\") }\n".repeat(1_000);
    let page = format!("<title>t</title><script>{script}</script><style>{script}</style><p>text");
    let (html, _) = parse(&page);
    assert_eq!(html.html(), Html::parse_document(&page).html());
    let open = format!("<p>text<script>{script}");
    assert_eq!(parse(&open).0.html(), Html::parse_document(&open).html());
}

#[test]
fn nesting_is_flattened_and_the_text_stays() {
    let page = format!("{}deep{}<p>after", "<div>".repeat(20_000), "</div>".repeat(20_000));
    let (html, notes) = parse(&page);
    assert!(depth_of(&html) < 400, "{}", depth_of(&html));
    assert!(text_of(&html).contains("deep") && text_of(&html).contains("after"));
    assert_eq!(notes[0].code, "depth_limit");
    let after = html.tree.nodes().find(|n| n.value().as_text().is_some_and(|t| &**t == "after"));
    assert_eq!(
        after.map(|node| node.ancestors().count()),
        Some(4),
        "end tags of dropped elements were dropped too"
    );
}

#[test]
fn formatting_elements_are_bounded_as_well() {
    let fonts: String = (0..10_000).map(|n| format!("<p><font a{n}>x")).collect();
    let (html, _) = parse(&fonts);
    assert!(depth_of(&html) < 4 * DEPTH_MAX);
    let mixed = "<a><b><i><u>".repeat(5_000);
    assert!(depth_of(&parse(&mixed).0) < 4 * DEPTH_MAX);
}

#[test]
fn a_tag_with_many_attributes_is_cut() {
    let attributes: String = (0..50_000).map(|n| format!("a{n} ")).collect();
    let (html, notes) = parse(&format!("<p {attributes}>inside</p><p>after</p>"));
    assert_eq!(notes[0].code, "attribute_limit");
    assert!(text_of(&html).contains("after"));
    let data = format!("<img src='data:image/png;base64,{}'><p>after", "QUJD ".repeat(40_000));
    let (html, notes) = parse(&data);
    assert!(notes.is_empty(), "one long attribute is no flood: {notes:?}");
    assert!(text_of(&html).contains("after"));
}

#[test]
fn a_long_comment_is_no_tag_with_many_attributes() {
    for words in ["word ", "a > b ", "-- > "] {
        let page = format!("<p>before<!-- {} --><p>after", words.repeat(20_000));
        let (html, notes) = parse(&page);
        assert!(notes.is_empty(), "{words:?}: {notes:?}");
        assert_eq!(text_of(&html), "beforeafter", "{words:?}");
    }
    let (html, notes) = parse(&format!("<p x='>' y='<!--' {}>inside", "a b ".repeat(50_000)));
    assert!(notes.len() <= 1 && html.tree.nodes().len() < 20, "a tag that looks like a comment ends too");
}

#[test]
fn nodes_are_limited() {
    let (html, notes) = parse(&"<b></b><i></i>".repeat(NODES_MAX));
    assert!(html.tree.nodes().len() < NODES_MAX + 40_000);
    assert!(notes.iter().any(|note| note.code == "element_limit"));
}

#[test]
fn noscript_is_read_in_the_body_and_left_alone_in_the_head() {
    let (html, _) = parse(
        "<head><noscript><img src=x></noscript><link rel=canonical href=/c></head><body><noscript><p>for all</p></noscript>",
    );
    let page = html.html();
    assert!(page.find("canonical").unwrap() < page.find("<body>").unwrap(), "{page}");
    assert!(page.contains("<p>for all</p>"), "{page}");
}
