use url::Url;

use super::*;
use crate::dates::Zone;
use crate::head::Head;
use crate::{dom, metadata};

#[test]
fn rows_are_whole_and_finite() {
    let html = "<title>t</title><nav><a href=/>x</a></nav><article><h1>t</h1><p>One, two, three four five six seven \
                eight nine ten.</p><p>y</p></article><footer>z</footer>";
    let (dom, _) = dom::parse(html);
    let outline = Outline::of(&dom);
    let head = Head::of(&outline, &Url::parse("https://e.kz/a/b").unwrap());
    let metadata = metadata::of(&outline, &head, Zone::Utc, "2026-11-23T00:00:00Z".parse().unwrap());
    let blocks = Blocks::of(&outline);
    let context = Context::of(&outline, &blocks, &metadata, "/a/b");
    assert_eq!(context.len(), 5);
    assert_eq!(context.rows.numbers.len(), 5 * FIRST_WIDTH);
    let rows = second(&context, &[0.1, 0.2, 0.9, 0.5, 0.1], &[1.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    assert_eq!(rows.numbers.len(), 5 * SECOND_WIDTH);
    assert!(rows.numbers.iter().all(|number| number.is_finite()));
    const { assert!(SECOND_WIDTH <= 256, "features are numbered by a byte") };
}
