//! Which words of a page are the words of its gold text: the longest shared runs first, then what lies left and right of
//! them (Ratcliff and Obershelp's matching). So a menu entry that happens to name a word of the text does not count.
//!
//! Invariant: matched words keep their order on both sides; each is matched once.

use std::collections::HashMap;
use std::ops::Range;

/// For each word of `page`, whether it is matched with a word of `gold`.
pub(crate) fn matched(page: &[&str], gold: &[String]) -> Vec<bool> {
    let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, word) in gold.iter().enumerate() {
        places.entry(word).or_default().push(at);
    }
    let mut is_matched = vec![false; page.len()];
    let mut open = vec![(0..page.len(), 0..gold.len())];
    // Lengths of the runs that end at each word of the gold, for this and for the previous word of the page.
    let (mut runs, mut before): (HashMap<usize, usize>, HashMap<usize, usize>) = Default::default();
    while let Some((of_page, of_gold)) = open.pop() {
        let (mut start, mut gold_start, mut longest) = (0, 0, 0);
        before.clear();
        for at in of_page.clone() {
            runs.clear();
            for place in within(places.get(page[at]), &of_gold) {
                let run = place.checked_sub(1).and_then(|place| before.get(&place)).map_or(1, |run| run + 1);
                runs.insert(place, run);
                if run > longest {
                    (start, gold_start, longest) = (at + 1 - run, place + 1 - run, run);
                }
            }
            std::mem::swap(&mut runs, &mut before);
        }
        if longest == 0 {
            continue;
        }
        is_matched[start..start + longest].fill(true);
        let rest = [
            (of_page.start..start, of_gold.start..gold_start),
            (start + longest..of_page.end, gold_start + longest..of_gold.end),
        ];
        open.extend(rest.into_iter().filter(|(page, gold)| !page.is_empty() && !gold.is_empty()));
    }
    is_matched
}

/// Places inside a range; they are sorted.
fn within<'a>(places: Option<&'a Vec<usize>>, range: &Range<usize>) -> impl Iterator<Item = usize> + 'a {
    let places = places.map(Vec::as_slice).unwrap_or_default();
    let from = places.partition_point(|place| *place < range.start);
    let to = places.partition_point(|place| *place < range.end);
    places[from..to].iter().copied()
}
