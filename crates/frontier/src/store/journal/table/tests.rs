use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{Mark, SHARDS, Shard, Table, UNIT};

/// Few shards and few homes, so that marks crowd.
fn mark(number: u16) -> Mark {
    Mark::of_number((u64::from(number % 3) << 38) | ((u64::from(number / 3) % 40) << 30) | u64::from(number))
        .unwrap()
}

proptest! {
    #[test]
    fn it_is_a_map(steps in proptest::collection::vec((0u16..400, 0u8..4), 0..600)) {
        let (mut table, mut map) = (Table::default(), BTreeMap::new());
        for (n, (number, what)) in steps.into_iter().enumerate() {
            let (mark, place) = (mark(number), (n as u64 + 1) * UNIT);
            if what == 0 {
                prop_assert_eq!(table.remove(mark), map.remove(&mark));
            } else {
                prop_assert_eq!(table.set(mark, place), map.insert(mark, place));
            }
            prop_assert_eq!(table.len(), map.len() as u64);
        }
        for number in 0..400 {
            prop_assert_eq!(table.get(mark(number)), map.get(&mark(number)).copied());
        }
        let mut copy = Table::default();
        for index in 0..SHARDS {
            if !table.shards()[index].slots().is_empty() {
                copy.restore(index, Shard::of_slots(table.shards()[index].slots()).unwrap());
            }
        }
        prop_assert_eq!(copy.len(), table.len());
    }
}

#[test]
fn the_load_stays_high() {
    let mut table = Table::default();
    for number in 0..200_000u64 {
        // Spread as SHA-256 spreads, over three shards: by the golden ratio (Knuth 1973, section 6.4).
        let spread = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 26;
        table.set(Mark::of_number(spread | ((number % 3) << 38)).unwrap(), UNIT * (number + 1));
    }
    let bytes: usize = table.shards().iter().map(|shard| shard.slots().len()).sum();
    assert!(bytes as u64 <= table.len() * 13, "{bytes} bytes for {}", table.len());
}
