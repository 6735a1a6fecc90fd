//! The best documents of a query, in one order whatever the segments look like: value descending, then [`tie`] ascending.
//!
//! Filters run only on documents good enough to be among the best, and what cannot be is skipped by block-max pruning.
//!
//! Invariant: values are compared with their last eight bits rounded away, because the order in which a sum of scores is
//! added up (and so its last bits) depends on the segments.
//!
//! [`tie`]: crate::schema::tie

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use model::Timestamp;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::Column;
use tantivy::query::Weight;
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader};

use crate::lookup::Filter;
use crate::schema::{AUTHORITY, DATE, EXPIRES, LANGUAGE, TIE, language_code};

const SECONDS_PER_WEEK: f32 = 604_800.0;

/// Collects the best documents.
#[derive(Debug, Clone)]
pub(crate) struct Best {
    /// How many.
    pub(crate) limit: usize,
    pub(crate) order: Order,
    pub(crate) sieve: Sieve,
    /// Only what comes after this place.
    pub(crate) after: Option<Place>,
    /// Whether every match is counted; pruning is then off.
    pub(crate) count: bool,
}

/// What makes a document good.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Order {
    /// BM25 times freshness times authority (see [`Order::factor`]).
    Score { freshness: f32, authority: f32, now: i64 },
    /// The newest first.
    Date,
}

/// The conditions that are checked per document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Sieve {
    languages: Vec<u64>,
    since: Option<i64>,
    until: Option<i64>,
    now: i64,
}

/// A place in the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// Greater is better.
    pub(crate) value: u64,
    /// Smaller is better.
    pub(crate) tie: u64,
}

/// A document found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    pub(crate) place: Place,
    pub(crate) address: DocAddress,
    /// Its score before freshness and authority.
    pub(crate) score: Score,
    /// What these make of it.
    pub(crate) factor: Score,
}

/// What a segment gave.
#[derive(Debug, Clone, Default)]
pub(crate) struct Harvest {
    /// Best first.
    pub(crate) found: Vec<Found>,
    pub(crate) total: u64,
}

impl Order {
    /// The value of a score, multiplied by its factor, or of a date (seconds).
    pub(crate) fn value(self, score: Score, date: i64) -> u64 {
        match self {
            Self::Score { .. } => (u64::from(score.max(0.0).to_bits()) + 128) >> 8,
            Self::Date => date.cast_unsigned() ^ (1 << 63),
        }
    }

    /// What a score is multiplied by: over 0 and at most 1, so that what BM25 alone leaves out stays out.
    pub(crate) fn factor(self, date: i64, authority: u64) -> Score {
        let Self::Score { freshness, authority: strength, now } = self else { return 1.0 };
        let fresh = if freshness > 0.0 { freshness_factor(freshness, now.saturating_sub(date)) } else { 1.0 };
        if strength > 0.0 {
            fresh * (1.0 + strength * authority as f32 / 1_000.0) / (1.0 + strength)
        } else {
            fresh
        }
    }

    /// The score a value stands for; 0 for dates.
    pub(crate) fn score(self, value: u64) -> Score {
        match self {
            Self::Score { .. } => f32::from_bits(u32::try_from(value << 8).unwrap_or(u32::MAX >> 1)),
            Self::Date => 0.0,
        }
    }
}

/// 1 for what is new, less the older: 1 / (1 + strength × ln(1 + age in weeks)).
pub(crate) fn freshness_factor(strength: f32, age_seconds: i64) -> f32 {
    1.0 / (1.0 + strength * (1.0 + (age_seconds.max(0) as f32) / SECONDS_PER_WEEK).ln())
}

impl Sieve {
    pub(crate) fn new(filter: &Filter, now: Timestamp) -> Self {
        Self {
            languages: filter.languages.iter().map(language_code).collect(),
            since: filter.since.map(Timestamp::as_second),
            until: filter.until.map(Timestamp::as_second),
            now: now.as_second(),
        }
    }

    /// Whether a document with these properties passes.
    pub(crate) fn passes(&self, language: u64, date: i64, expires: Option<i64>) -> bool {
        (self.languages.is_empty() || self.languages.contains(&language))
            && self.since.is_none_or(|since| date >= since)
            && self.until.is_none_or(|until| date < until)
            && expires.is_none_or(|end| self.now < end)
    }
}

impl Ord for Place {
    fn cmp(&self, other: &Self) -> Ordering {
        self.value.cmp(&other.value).then(other.tie.cmp(&self.tie))
    }
}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// In the order of places.
impl Ord for Found {
    fn cmp(&self, other: &Self) -> Ordering {
        self.place.cmp(&other.place)
    }
}

impl PartialOrd for Found {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Found {
    fn eq(&self, other: &Self) -> bool {
        self.place == other.place
    }
}

impl Eq for Found {}

/// Collects within one segment.
pub(crate) struct SegmentBest {
    asked: Best,
    segment: SegmentOrdinal,
    date: Column<i64>,
    expires: Option<Column<i64>>,
    authority: Column<u64>,
    language: Column<u64>,
    tie: Column<u64>,
    /// The most a score of this segment is multiplied by.
    factor_max: Score,
    heap: BinaryHeap<Reverse<Found>>,
    total: u64,
}

impl SegmentBest {
    fn take(&mut self, doc: DocId, score: Score) {
        let date = self.date.first(doc).unwrap_or_default();
        let factor = match self.asked.order {
            Order::Date => 1.0,
            order @ Order::Score { .. } => order.factor(date, self.authority.first(doc).unwrap_or_default()),
        };
        let value = self.asked.order.value(score * factor, date);
        let worst = self.worst();
        if !self.asked.count && worst.is_some_and(|worst| value < worst.value) {
            return;
        }
        let expires = self.expires.as_ref().and_then(|column| column.first(doc));
        if !self.asked.sieve.passes(self.language.first(doc).unwrap_or_default(), date, expires) {
            return;
        }
        self.total += 1;
        let place = Place { value, tie: self.tie.first(doc).unwrap_or_default() };
        if self.asked.after.is_some_and(|after| place >= after) {
            return;
        }
        let found = Found { place, address: DocAddress::new(self.segment, doc), score, factor };
        if self.heap.len() < self.asked.limit {
            self.heap.push(Reverse(found));
        } else if worst.is_some_and(|worst| place > worst) {
            self.heap.pop();
            self.heap.push(Reverse(found));
        }
    }

    /// The worst place among the best, once there are enough of them.
    fn worst(&self) -> Option<Place> {
        if self.heap.len() < self.asked.limit {
            None
        } else {
            self.heap.peek().map(|Reverse(found)| found.place)
        }
    }

    /// The score below which no document can be among the best: a little under the worst one's, for ties and rounding.
    fn threshold(&self) -> Score {
        if self.asked.count {
            return Score::MIN;
        }
        let least = |worst: Place| self.asked.order.score(worst.value.saturating_sub(2));
        self.worst().map_or(Score::MIN, |worst| least(worst) / self.factor_max)
    }
}

impl SegmentCollector for SegmentBest {
    type Fruit = Harvest;

    fn collect(&mut self, doc: DocId, score: Score) {
        self.take(doc, score);
    }

    fn harvest(self) -> Harvest {
        let mut found: Vec<Found> = self.heap.into_iter().map(|Reverse(found)| found).collect();
        found.sort_unstable_by_key(|found| Reverse(found.place));
        Harvest { found, total: self.total }
    }
}

impl Collector for Best {
    type Fruit = Harvest;
    type Child = SegmentBest;

    fn for_segment(&self, segment: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<SegmentBest> {
        let columns = reader.fast_fields();
        let authority = columns.u64(AUTHORITY)?;
        let factor_max = self.order.factor(i64::MAX, authority.max_value());
        Ok(SegmentBest {
            asked: self.clone(),
            segment,
            date: columns.i64(DATE)?,
            expires: columns.column_opt(EXPIRES)?,
            authority,
            factor_max,
            language: columns.u64(LANGUAGE)?,
            tie: columns.u64(TIE)?,
            heap: BinaryHeap::with_capacity(self.limit.min(1_024)),
            total: 0,
        })
    }

    fn requires_scoring(&self) -> bool {
        matches!(self.order, Order::Score { .. })
    }

    fn merge_fruits(&self, harvests: Vec<Harvest>) -> tantivy::Result<Harvest> {
        let mut merged = Harvest::default();
        for harvest in harvests {
            merged.total += harvest.total;
            merged.found.extend(harvest.found);
        }
        merged.found.sort_unstable_by_key(|found| Reverse(found.place));
        merged.found.truncate(self.limit);
        Ok(merged)
    }

    fn collect_segment(
        &self,
        weight: &dyn Weight,
        segment: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<Harvest> {
        let mut best = self.for_segment(segment, reader)?;
        if self.limit == 0 && !self.count {
            return Ok(best.harvest());
        }
        let alive = reader.alive_bitset();
        let is_alive = |doc| alive.is_none_or(|bits| bits.is_alive(doc));
        if self.requires_scoring() {
            weight.for_each_pruning(Score::MIN, reader, &mut |doc, score| {
                if is_alive(doc) {
                    best.take(doc, score);
                }
                best.threshold()
            })?;
        } else {
            // Documents stand about in the order of their dates. From the newest on the best are found at once and the rest only
            // looked at; from the oldest on every one would be the best so far.
            let mut all = Vec::new();
            weight.for_each_no_score(reader, &mut |docs| all.extend_from_slice(docs))?;
            for doc in all.into_iter().rev().filter(|doc| is_alive(*doc)) {
                best.take(doc, 0.0);
            }
        }
        Ok(best.harvest())
    }
}
