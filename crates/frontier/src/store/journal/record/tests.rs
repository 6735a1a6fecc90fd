use std::time::Duration;

use model::{Outcome, ResourceKind, Timestamp, UrlKey};
use proptest::prelude::*;

use super::{Counted, Loan, QueuePlace, Record, Was};
use crate::port::{LastVisit, UrlRow};
use crate::queue::{Lane, Turn};
use crate::status::UrlState;
use crate::store::journal::queue::Entry;
use crate::store::journal::row::{Row, Via};
use crate::store::journal::table::Mark;
use crate::takedown::{Rule, RuleKind};

fn row(key: [u8; 16], number: u64, text: &str, visited: bool) -> UrlRow {
    UrlRow {
        key: UrlKey(key),
        url: format!("https://a.kz/{text}"),
        kind: if number.is_multiple_of(2) { ResourceKind::Page } else { ResourceKind::Sitemap },
        depth: 3,
        hops: u8::try_from(number % 3).unwrap(),
        via: None,
        job: "job".to_owned(),
        state: if visited { UrlState::Gone } else { UrlState::Queued },
        turn: if visited { Turn::At(Timestamp::UNIX_EPOCH) } else { Turn::Fresh { rank: 7 } },
        on_loan: false,
        attempts: u16::try_from(number % 1_000).unwrap(),
        last: visited.then(|| LastVisit {
            at: Timestamp::UNIX_EPOCH,
            outcome: Outcome::HttpError { status: 404 },
            etag: number.is_multiple_of(2).then(|| text.to_owned()),
            last_modified: number.is_multiple_of(3).then(|| text.to_owned()),
            content_hash: number.is_multiple_of(5).then_some(number),
            interval: Duration::from_secs(number),
        }),
    }
}

/// One of each kind of record.
fn all(key: [u8; 16], number: u64, text: &str) -> Vec<Record<'static>> {
    let mark = Mark::of(UrlKey(key));
    let site = crate::port::number_of(UrlKey(key));
    let place = QueuePlace { site, job: 9, lane: Lane::Hub };
    let row = |via, visited| {
        let row = row(key, number, text, visited);
        Row::of(&row, "a.kz", number, 700, via).unwrap().into_owned()
    };
    let entries = vec![Entry { at: (number, 1), mark }, Entry { at: (1, number), mark }];
    let loan = Loan { key: UrlKey(key), job: 1, state: UrlState::Dropped, lane: Lane::Page, at: (number, 4) };
    let text = || text.to_owned().into();
    vec![
        Record::Job { id: 3, name: text(), rules: (number > 5).then(|| "{}".into()) },
        Record::Site { site, name: text(), next_allowed: number },
        Record::Row { row: row(Via::None, false), was: Was::Unknown, counted: Counted::Page },
        Record::Row { row: row(Via::Known(mark), true), was: Was::OnLoan, counted: Counted::Free },
        Record::Row {
            row: row(Via::Text(text()), true),
            was: Was::Queued { job: 8, state: UrlState::Refused },
            counted: Counted::Hub,
        },
        Record::MovedRow(row(Via::None, true)),
        Record::Gone { site, mark, job: 4, state: UrlState::Scheduled },
        Record::Return { site, pace: key.to_vec().into(), next_allowed: number },
        Record::Robots { site, origin: text(), copy: vec![0, 255].into() },
        Record::RobotsGone { site, origin: text() },
        Record::Unvisited { mark },
        Record::Reclaim,
        Record::Silence { site, until: number },
        Record::Memo { of: text(), bytes: vec![1; 300].into() },
        Record::MemoGone { of: text() },
        Record::Checkpoint { segment: 2, offset: number },
        Record::Outcome { word: text(), visits: number },
        Record::Takedown(Rule { kind: RuleKind::Prefix, length: 12, hash: [7; 32] }),
        Record::Erased,
        Record::Lend { site, fence: number, loans: vec![loan; 3] },
        Record::Consumed { place, through: (number, number), dropped: vec![0, 3], count: 5 },
        Record::Firsts { site, job: 2, ready: number, revisit: u64::MAX },
        Record::Horizon(number / 2),
        Record::Block { place, spill: true, entries: entries.clone() },
        Record::MovedBlock { place, from: number, entries },
        Record::Merged {
            place,
            runs: vec![1, 2],
            with_tail: true,
            blocks: vec![4, number],
            last: (1, 2),
            len: 7,
        },
        Record::Cleaned { base: number },
    ]
}

proptest! {
    #[test]
    fn what_was_written_is_read_back(key: [u8; 16], number: u64, text in "[a-zа-я/]{1,40}") {
        for record in all(key, number, &text) {
            let mut out = Vec::new();
            record.write(&mut out);
            prop_assert_eq!(&Record::read(record.tag(), &out).unwrap(), &record);
            // Cut anywhere, it is refused.
            for len in 0..out.len() {
                prop_assert!(Record::read(record.tag(), &out[..len]).is_err(), "{record:?} cut at {len}");
            }
        }
    }

    #[test]
    fn any_bytes_are_a_record_or_refused(tag in 0u8..40, bytes: Vec<u8>) {
        let _ = Record::read(tag, &bytes);
    }

    #[test]
    fn a_record_with_a_changed_byte_is_read_or_refused(at: prop::sample::Index, byte: u8) {
        for record in all([9; 16], 70_000, "abc") {
            let mut out = Vec::new();
            record.write(&mut out);
            if !out.is_empty() {
                let at = at.index(out.len());
                out[at] = byte;
                let _ = Record::read(record.tag(), &out);
            }
        }
    }
}
