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
