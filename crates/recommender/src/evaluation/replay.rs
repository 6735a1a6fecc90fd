//! The replay. Invariant: time only goes forward; every ranker sees the same links at a prediction.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use feedback::{Counters, Event, Kind, MemoryCounters};
use indexer::{Index, IndexWriter, LinkSource, Writer};
use model::{Clock, Interests, Position, Timestamp, UrlKey};
use serde::Serialize;

use super::EvaluationError;
use super::baselines::{Baseline, Item};
use super::log::{Known, Log, Prediction};
use super::measures::{Measures, Ranked};
use crate::features::Features;
use crate::request::{Goal, Request};
use crate::settings::Settings;
use crate::worth::shuffled;

/// Where a prediction names no candidates: every document of this time before it. Readers react within hours (field.md §4).
const WINDOW: Duration = Duration::from_hours(72);

/// Links that are put in order at most, the newest: bounds the cost of a prediction.
const CANDIDATES_MAX: usize = 1_000;

/// Ranks of our rankings that are looked at: a link beyond them adds less than 0.01 to a reciprocal rank, and to nothing else.
const RANKS_MAX: usize = 100;

/// New documents come into the index at most this often, as the crawl commits.
const COMMIT_EVERY: Duration = Duration::from_mins(5);

/// What an evaluation found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// Predictions judged.
    pub predictions: usize,
    /// Predictions left out, because nothing that was opened was among what there was.
    pub left_out: usize,
    /// Links to choose from, on average.
    pub candidates: f64,
    /// One a ranker.
    pub rows: Vec<Row>,
}

/// How one ranker did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// Its name.
    pub ranker: String,
    /// Its averages.
    #[serde(flatten)]
    pub measures: Measures,
}

/// Replays a log in `dir`, which must be empty, and judges the recommender with these settings and what it has to beat.
///
/// # Errors
/// When the disk fails.
pub fn evaluate(
    log: &Log,
    settings: &Settings,
    feedback: &feedback::Settings,
    dir: &Path,
) -> Result<Outcome, EvaluationError> {
    let mut replay = Replay::new(log, feedback, dir)?;
    let plain = Settings { diversity: 0.0, per_host_max: 1_000, per_story_max: 1_000, ..settings.clone() };
    let ours = [
        ("content only", Settings { freshness_weight: 0.0, ..plain.clone() }),
        ("ours without content", Settings { content_weight: 0.0, ..settings.clone() }),
        ("ours without caps and MMR", plain),
        ("ours", settings.clone()),
    ];
    let names = Baseline::ALL.iter().map(|(name, _)| *name).chain(ours.iter().map(|(name, _)| *name));
    let mut rows: Vec<Row> =
        names.map(|name| Row { ranker: name.to_owned(), measures: Measures::default() }).collect();
    let (mut judged, mut left_out, mut candidates) = (0, 0, 0);
    for prediction in &log.predictions {
        replay.advance(prediction)?;
        let items = replay.items(prediction)?;
        let wanted: HashSet<UrlKey> = prediction
            .clicked
            .iter()
            .copied()
            .filter(|key| items.iter().any(|item| item.key == *key))
            .collect();
        if wanted.is_empty() {
            left_out += 1;
        } else {
            let seed = shuffled(prediction.at.as_second().cast_unsigned(), &prediction.clicked[0]);
            let mut orders = Vec::new();
            for (_, baseline) in Baseline::ALL {
                orders.push(baseline.order(&items, prediction.at, seed));
            }
            for (_, settings) in &ours {
                orders.push(replay.recommended(prediction, &items, settings, seed)?);
            }
            for (row, order) in rows.iter_mut().zip(orders) {
                row.measures.add(&replay.judge(&order, &wanted));
            }
            judged += 1;
            candidates += items.len();
        }
        replay.open(prediction)?;
    }
    for row in &mut rows {
        row.measures.divide(judged);
    }
    let candidates = candidates as f64 / judged.max(1) as f64;
    Ok(Outcome { predictions: judged, left_out, candidates, rows })
}

/// The clock of the replay.
#[derive(Clone)]
struct ReplayClock(Arc<Mutex<Timestamp>>);

impl Clock for ReplayClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Replay<'a> {
    log: &'a Log,
    index: Index,
    writer: Writer,
    counters: MemoryCounters,
    clock: ReplayClock,
    known: HashMap<UrlKey, (&'a Known, Features)>,
    /// Documents and clicks that have happened.
    documents: usize,
    clicks: usize,
    committed: Option<Timestamp>,
    events: u64,
}

impl<'a> Replay<'a> {
    fn new(log: &'a Log, settings: &feedback::Settings, dir: &Path) -> Result<Self, EvaluationError> {
        let index = Index::open(dir, indexer::Settings::default())?;
        let writer = index.writer()?;
        let clock = ReplayClock(Arc::new(Mutex::new(Timestamp::UNIX_EPOCH)));
        let counters = MemoryCounters::new(settings, Arc::new(clock.clone()));
        let known = log
            .documents
            .iter()
            .map(|known| (known.document.key, (known, Features::of(&known.document))))
            .collect();
        Ok(Self {
            log,
            index,
            writer,
            counters,
            clock,
            known,
            documents: 0,
            clicks: 0,
            committed: None,
            events: 0,
        })
    }

    /// Lets everything happen that happened before a prediction.
    fn advance(&mut self, prediction: &Prediction) -> Result<(), EvaluationError> {
        let log = self.log;
        *self.clock.0.lock().unwrap_or_else(PoisonError::into_inner) = prediction.at;
        let is_due = self.committed.is_none_or(|at| model::time::until(at, prediction.at) >= COMMIT_EVERY);
        let until = log.documents.partition_point(|known| known.at < prediction.at);
        if is_due && until > self.documents {
            let new = &log.documents[self.documents..until];
            let batch: Vec<_> = new.iter().map(|known| known.document.clone()).collect();
            self.writer.put(&batch)?;
            self.writer.commit(Position::default(), prediction.at)?;
            self.documents = until;
            self.committed = Some(prediction.at);
        }
        let until = log.clicks.partition_point(|(at, _)| *at < prediction.at);
        let clicks: Vec<(Timestamp, UrlKey)> = log.clicks[self.clicks..until].to_vec();
        self.clicks = until;
        self.count(&clicks)?;
        for (key, clicks) in &prediction.clicks_before {
            let counted = self.counters.counts(&[*key], prediction.at)?[0].total.clicks;
            let missing = usize::try_from(clicks.saturating_sub(counted)).unwrap_or(usize::MAX);
            self.count(&vec![(prediction.at, *key); missing])?;
        }
        Ok(())
    }

    /// What was opened at a prediction is known after it.
    fn open(&mut self, prediction: &Prediction) -> Result<(), EvaluationError> {
        let clicks: Vec<_> = prediction.clicked.iter().map(|key| (prediction.at, *key)).collect();
        self.count(&clicks)
    }

    fn count(&mut self, clicks: &[(Timestamp, UrlKey)]) -> Result<(), EvaluationError> {
        let oldest = model::time::earlier(self.clock.now(), Duration::from_hours(1));
        let mut events = Vec::with_capacity(clicks.len());
        for (at, key) in clicks {
            self.events += 1;
            events.push(Event {
                id: self.events.to_string(),
                // Long before the first prediction: too old to be taken, and as good as an hour ago.
                at: (*at).max(oldest),
                kind: Kind::Click,
                link: Some(*key),
                recommendation: None,
                language: self.known.get(key).map(|(known, _)| known.document.language.clone()),
            });
        }
        self.counters.record(&events)?;
        Ok(())
    }

    /// What there was to choose from.
    fn items(&self, prediction: &Prediction) -> Result<Vec<Item>, EvaluationError> {
        let there = &self.log.documents[..self.documents];
        let history: HashSet<UrlKey> =
            prediction.history.iter().filter_map(|url| crate::unwanted::key_of(url)).collect();
        let named: HashSet<UrlKey> = prediction.candidates.iter().copied().collect();
        let first = model::time::earlier(prediction.at, WINDOW);
        let keys: Vec<(UrlKey, Timestamp)> =
            there
                .iter()
                .rev()
                .filter(|known| {
                    if named.is_empty() { known.at >= first } else { named.contains(&known.document.key) }
                })
                .map(|known| (known.document.key, known.at))
                .filter(|(key, _)| !history.contains(key))
                .take(CANDIDATES_MAX)
                .collect();
        let only: Vec<UrlKey> = keys.iter().map(|(key, _)| *key).collect();
        let counts = self.counters.counts(&only, prediction.at)?;
        Ok(keys
            .into_iter()
            .zip(counts)
            .map(|((key, published), counts)| Item { key, published, clicks: counts.total.clicks })
            .collect())
    }

    fn recommended(
        &self,
        prediction: &Prediction,
        items: &[Item],
        settings: &Settings,
        seed: u64,
    ) -> Result<Vec<UrlKey>, EvaluationError> {
        let interests = Interests { links: prediction.history.clone(), ..Interests::default() };
        let goal = Goal::Among { links: items.iter().map(|item| item.key).collect() };
        let request = Request { goal, seed, ..Request::new(items.len().min(RANKS_MAX), prediction.at) };
        let source: &dyn LinkSource = &self.index;
        let answer = crate::recommend(source, &self.counters, &interests, &request, settings)?;
        Ok(answer.items.into_iter().map(|one| one.hit.document.key).collect())
    }

    fn judge(&self, order: &[UrlKey], wanted: &HashSet<UrlKey>) -> Measures {
        let first: Vec<&(&Known, Features)> =
            order.iter().take(10).filter_map(|key| self.known.get(key)).collect();
        let same = |a: &(&Known, Features), b: &(&Known, Features)| {
            let labelled = a.0.story.is_some() && a.0.story == b.0.story;
            labelled || a.1.same(&b.1, a.1.likeness(&b.1))
        };
        let mut duplicate_pairs = 0;
        for (place, one) in first.iter().enumerate() {
            duplicate_pairs += first[place + 1..].iter().filter(|other| same(one, other)).count();
        }
        let hosts = first.iter().map(|(known, _)| known.document.url.split('/').nth(2).unwrap_or_default());
        Measures::of(&Ranked {
            opened: order.iter().map(|key| wanted.contains(key)).collect(),
            sites: hosts.collect(),
            duplicate_pairs,
            wanted: wanted.len(),
        })
    }
}
