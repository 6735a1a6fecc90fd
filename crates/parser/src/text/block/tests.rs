use super::*;
use crate::dom;

fn of(html: &str) -> Vec<String> {
    let (dom, _) = dom::parse(html);
    let blocks = Blocks::of(&Outline::of(&dom));
    blocks.list.iter().map(|block| blocks.text(block).to_owned()).collect()
}

#[test]
fn block_elements_and_double_breaks_cut() {
    let html = "<div>one <b>two</b>\n three<p>four</p>five</div>six<br>seven<br><br>eight<ul><li>nine</ul>";
    assert_eq!(of(html), ["one two three", "four", "five", "six\nseven", "eight", "nine"]);
}

#[test]
fn what_is_not_for_reading_is_left_out() {
    let html = "<p>a<script>x</script><span data-nosnippet>secret</span><select><option>y</select>b</p><button>z</button>";
    assert_eq!(of(html), ["ab"]);
}

#[test]
fn links_are_measured() {
    let (dom, _) = dom::parse("<p>four<a href=/>four</a></p>");
    let blocks = Blocks::of(&Outline::of(&dom));
    assert!((blocks.list[0].link_density() - 0.5).abs() < f32::EPSILON);
}
