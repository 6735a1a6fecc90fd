use super::*;
use crate::dom;

#[test]
fn subtrees_are_ranges_and_templates_are_left_out() {
    let (html, _) = dom::parse("<div id=a><p>one <b>two</b></p><template><p>no</p></template></div><p>three");
    let outline = Outline::of(&html);
    for (at, item) in outline.items.iter().enumerate() {
        assert!((item.end as usize) > at && item.end as usize <= outline.items.len());
        assert!(at == 0 || (item.parent as usize) < at);
        assert!(item.end <= outline.items[item.parent as usize].end);
    }
    assert_eq!(outline.folded_text(0, 100), "one two three");
    let div = outline.items.iter().position(|item| item.tag == Tag::Div).unwrap();
    assert_eq!(outline.attr(div, "id"), Some("a"));
}

#[test]
fn white_space_is_folded_and_cut() {
    assert_eq!(fold("  a \n\t b\u{a0}c\u{200b}d  ", 100), "a b cd");
    assert_eq!(fold("әліппе оқу", 6), "әліппе");
    assert_eq!(fold("", 5), "");
}
