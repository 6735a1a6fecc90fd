use proptest::prelude::*;

use super::{BLOCK, Entry, Queue, Reader, read_block, write_entries};
use crate::queue::Lane;
use crate::store::journal::table::Mark;

fn entry(order: u64, number: u64) -> Entry {
    Entry { at: (order, number), mark: Mark::of_number(number & 0xFFFF).unwrap() }
}

fn push(queue: &mut Queue, entries: &[Entry]) {
    for entry in entries {
        queue.push(*entry);
    }
}

#[test]
fn blocks_in_order_make_one_run_and_others_their_own() {
    let mut queue = Queue::new(Lane::FreshPage);
    for (block, orders) in [(4, 0..32), (8, 32..64), (12, 10..42)] {
        let entries: Vec<Entry> = orders.map(|n| entry(n, n)).collect();
        push(&mut queue, &entries);
        assert!(queue.is_full());
        assert_eq!(queue.tail().unwrap(), entries);
        queue.spilled(block, &entries);
    }
    assert_eq!(queue.runs().iter().map(|run| run.blocks.clone()).collect::<Vec<_>>(), [vec![4, 8], vec![12]]);
    assert_eq!(queue.len(), 3 * 32);
    assert_eq!(queue.consume((31, 31), &[1, 0], 32 + 22).unwrap(), [4]);
    assert!(queue.has_block(8) && queue.has_block(12) && !queue.has_block(4));
    assert!(queue.consume((99, 0), &[], 0).is_err(), "another queue's");
    assert!(queue.moved(8, 16) && !queue.moved(8, 20));
    assert_eq!(queue.merged(&[0, 1], false, vec![24], (63, 63), 42), [12, 16]);
}

#[test]
fn runs_of_like_size_are_merged() {
    let mut queue = Queue::new(Lane::Page);
    for n in 0..8 {
        assert_eq!(queue.crowded(), None);
        let entries: Vec<Entry> = (0..BLOCK as u64).map(|at| entry(100 - n, at)).collect();
        push(&mut queue, &entries);
        queue.spilled(4 * (n + 1), &entries);
    }
    assert_eq!(queue.crowded(), Some((0..8).collect()));
}

proptest! {
    #[test]
    fn what_was_written_is_read_back(
        tail in proptest::collection::vec((any::<u64>(), any::<u64>()), 0..40),
        blocks in proptest::collection::vec(0u64..1 << 40, 1..20),
        consumed: Option<(u64, u64)>,
    ) {
        let mut queue = Queue::new(Lane::Retry);
        for block in blocks {
            let entries = [entry(block, 1), entry(block, 2)];
            push(&mut queue, &entries);
            queue.spilled(block * 4, &entries);
        }
        if let Some(through) = consumed {
            let none = vec![0; queue.runs().len()];
            queue.consume(through, &none, 1).unwrap();
        }
        for (order, number) in &tail {
            queue.push(entry(*order, *number));
        }
        let mut out = Vec::new();
        queue.write(&mut out);
        prop_assert_eq!(&Queue::read(&mut Reader::new(&out)).unwrap(), &queue);
        let entries = queue.tail().unwrap();
        if (1..=BLOCK).contains(&entries.len()) {
            let mut out = Vec::new();
            write_entries(&mut out, &entries);
            prop_assert_eq!(read_block(&mut Reader::new(&out)).unwrap(), entries);
        }
    }

    #[test]
    fn any_bytes_are_a_queue_or_refused(bytes: Vec<u8>) {
        let _ = Queue::read(&mut Reader::new(&bytes));
        let _ = read_block(&mut Reader::new(&bytes));
    }
}
