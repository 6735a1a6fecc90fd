//! The index in memory: scans its documents, scores them with the formula of the embedded one.
//!
//! Invariant: keeps every promise of the ports but durability, and costs time linear in the documents with every question.

mod state;

use std::ops::Bound;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use model::{Document, Position, Timestamp, UrlKey};

use crate::analysis::{Analyser, Wanted};
use crate::best::Order;
use crate::changes::{self, Entry, What};
use crate::error::Error;
use crate::lookup::{Answer, Change, Changes, Hidden, Hit, Query, Removal, Seed, Similar, Stats};
use crate::plan::Plan;
use crate::port::{IndexWriter, LinkSource};
use crate::schema;
use crate::search::{self, Cursor, Ranked};
use crate::settings::Settings;
use crate::similar::{self, Pattern};
use crate::snippet;
use crate::spelling;

use self::state::{Held, Pending, State};

/// An index in memory that scans its documents; for tests and demonstrations. Clones share the documents: one clone
/// writes, others read.
#[derive(Clone, Default)]
pub struct MemoryIndex {
    settings: Settings,
    state: Arc<RwLock<State>>,
}

impl MemoryIndex {
    /// An empty index.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self { settings, state: Arc::default() }
    }

    /// Hides links from every answer from now on.
    pub fn set_hidden(&self, hidden: Hidden) {
        self.change().hidden = Some(hidden);
    }

    fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn hit(&self, held: &Held, wanted: &Wanted, analyser: &mut Analyser) -> Hit {
        let document = held.document.clone();
        let snippet = snippet::snippet(&document, wanted, self.settings.snippet_chars, analyser);
        let (host, site) = (held.place.host.clone(), held.place.site.clone());
        Hit { rank: 0, score: 0.0, host, site, story: None, copy: None, snippet, document }
    }
}

impl LinkSource for MemoryIndex {
    fn search(&self, query: &Query) -> Result<Answer, Error> {
        let mut analyser = Analyser::default();
        let mut plan = Plan::of(query, &self.settings, &mut analyser)?;
        let cursor = query.cursor.as_deref().map(|text| Cursor::parse(text, query)).transpose()?;
        let order = search::order(&plan, query, &self.settings.weights);
        let state = self.state();
        let beside = spelling::beside(&plan, &*state, &mut analyser)?;
        plan.widen(&beside, &self.settings.weights);
        let all = state.matches(&plan, order, query.now);
        let total = query.count.then_some(all.len() as u64);
        let facets = query.facets.then(|| state::facets(all.iter().map(|(_, held)| *held)));
        let after = cursor.as_ref().map(|cursor| {
            let now = all.iter().find(|(_, held)| cursor.is_at(&held.document.key));
            now.map_or(cursor.place(), |(place, _)| *place)
        });
        let (limit, offset) =
            (query.limit.min(self.settings.limit_max), query.offset.min(self.settings.limit_max));
        let rest: Vec<_> = all
            .into_iter()
            .filter(|(place, _)| after.is_none_or(|after| *place < after))
            .filter(|(_, held)| state.shown(&held.document, query.now))
            .collect();
        let more = limit > 0 && rest.len() > offset + limit;
        let wanted = snippet::wanted(&plan);
        let before = cursor.map_or(0, |cursor| cursor.rank);
        let corrections = beside.corrections;
        let mut answer = Answer { total, facets, corrections, ..Answer::default() };
        for (rank, (place, held)) in (before + 1..).zip(rest).skip(offset).take(limit) {
            let hit = self.hit(held, &wanted, &mut analyser);
            answer.hits.push(Hit { rank, score: order.score(place.value), ..hit });
            if more {
                answer.next =
                    Some(Cursor::after(Ranked::within(place), held.document.key, rank, query).to_string());
            }
        }
        Ok(answer)
    }

    fn get(&self, keys: &[UrlKey], now: Timestamp) -> Result<Vec<Option<Hit>>, Error> {
        let (state, mut analyser) = (self.state(), Analyser::default());
        let shown = |key| state.documents.get(key).filter(|held| state.shown(&held.document, now));
        Ok(keys
            .iter()
            .map(|key| shown(key).map(|held| self.hit(held, &Wanted::default(), &mut analyser)))
            .collect())
    }

    fn similar(&self, similar: &Similar) -> Result<Vec<Hit>, Error> {
        let (state, mut analyser) = (self.state(), Analyser::default());
        let (pattern, seed) = match &similar.seed {
            Seed::Text { title, text, language } => (Pattern { title, text, language }, None),
            Seed::Link(key) => match state.documents.get(key) {
                Some(held) => (Pattern::of(&held.document), Some(*key)),
                None => return Ok(Vec::new()),
            },
        };
        let least = if seed.is_some() { 2 } else { 1 };
        let documents = state.documents.len() as u64;
        let mut plan = similar::plan(
            &pattern,
            similar.cross_language,
            documents,
            least,
            &mut analyser,
            |spot, term| Ok::<_, Error>(state.document_frequency(spot, term)),
        )?;
        if plan.is_open() {
            return Ok(Vec::new());
        }
        plan.filter = similar.filter.clone();
        let order = Order::Score { freshness: 0.0, authority: 0.0, now: 0 };
        let found = state.matches(&plan, order, similar.now);
        let shown = found
            .into_iter()
            .filter(|(_, held)| Some(held.document.key) != seed && state.shown(&held.document, similar.now));
        let limit = similar.limit.min(self.settings.limit_max);
        Ok((1..)
            .zip(shown.take(limit))
            .map(|(rank, (place, held))| {
                let hit = self.hit(held, &Wanted::default(), &mut analyser);
                Hit { rank, score: order.score(place.value), ..hit }
            })
            .collect())
    }

    fn changes(&self, cursor: Option<&str>, limit: usize, now: Timestamp) -> Result<Changes, Error> {
        let state = self.state();
        let last = state.log.last().map_or(0, |entry| entry.sequence);
        let after = changes::place_of(cursor, last)?;
        let entries = state.log.iter().filter(|entry| entry.sequence > after).cloned().collect();
        let (entries, more) = changes::stretch(entries, limit);
        let next = changes::cursor(entries.last().map_or(after, |entry| entry.sequence));
        let is_hidden =
            |key: &UrlKey, url: &str| state.hidden.as_ref().is_some_and(|hidden| hidden(key, url));
        let mut found = Vec::new();
        for entry in changes::last_of_each(entries) {
            let (at, key) = (entry.at, entry.key);
            found.push(match entry.what {
                What::Gone(url) => {
                    let url = Some(url).filter(|url| !is_hidden(&key, url));
                    Change::Delete { at, key, url }
                }
                What::Withdrawn => Change::Delete { at, key, url: None },
                What::Upsert => match state.documents.get(&key) {
                    Some(held) if state.shown(&held.document, now) => {
                        Change::Upsert { at, document: Box::new(held.document.clone()) }
                    }
                    Some(_) => Change::Delete { at, key, url: None },
                    None => continue,
                },
            });
        }
        Ok(Changes { changes: found, next, more })
    }

    fn stats(&self) -> Result<Stats, Error> {
        let state = self.state();
        Ok(Stats {
            documents: state.documents.len() as u64,
            generation: 1,
            checkpoint: state.checkpoint,
            changes: state.log.last().map_or(0, |entry| entry.sequence),
            ..Stats::default()
        })
    }
}

impl IndexWriter for MemoryIndex {
    fn put(&mut self, documents: &[Document]) -> Result<(), Error> {
        let mut analyser = Analyser::default();
        let mut state = self.change();
        for document in documents {
            let pending = if schema::may_index(document) {
                Pending::Put(Box::new(Held::new(document, &mut analyser)))
            } else {
                Pending::Remove(Removal::Withdrawn)
            };
            state.pending.insert(document.key, pending);
        }
        Ok(())
    }

    fn delete(&mut self, keys: &[UrlKey], why: Removal) -> Result<(), Error> {
        self.change().pending.extend(keys.iter().map(|key| (*key, Pending::Remove(why))));
        Ok(())
    }

    fn commit(&mut self, checkpoint: Position, now: Timestamp) -> Result<(), Error> {
        let mut state = self.change();
        let mut sequence = state.log.last().map_or(0, |entry| entry.sequence);
        for (key, pending) in std::mem::take(&mut state.pending) {
            let before = state.documents.remove(&key);
            let what = match (pending, before) {
                (Pending::Put(held), before) => {
                    let digest = schema::digest(&held.document);
                    let same = before.is_some_and(|before| schema::digest(&before.document) == digest);
                    state.documents.insert(key, *held);
                    (!same).then_some(What::Upsert)
                }
                (Pending::Remove(_), None) => None,
                (Pending::Remove(Removal::Withdrawn), Some(_)) => Some(What::Withdrawn),
                (Pending::Remove(Removal::Gone), Some(before)) => Some(What::Gone(before.document.url)),
            };
            if let Some(what) = what {
                sequence += 1;
                state.log.push(Entry { sequence, at: now, key, what });
            }
        }
        state.checkpoint = checkpoint;
        Ok(())
    }

    fn checkpoint(&self) -> Position {
        self.state().checkpoint
    }

    /// What was deleted is gone at its commit already; only the log of changes still tells URLs.
    fn purge(&mut self) -> Result<(), Error> {
        let mut state = self.change();
        let log = std::mem::take(&mut state.log);
        let last = log.last().map(|entry| entry.sequence);
        let withdrawn: std::collections::HashSet<UrlKey> = changes::last_of_each(log.clone())
            .filter(|entry| entry.what == What::Withdrawn)
            .map(|entry| entry.key)
            .collect();
        let kept: std::collections::HashSet<u64> =
            changes::last_of_each(log.clone()).map(|entry| entry.sequence).chain(last).collect();
        state.log = log.into_iter().filter(|entry| kept.contains(&entry.sequence)).collect();
        for entry in &mut state.log {
            if withdrawn.contains(&entry.key) {
                entry.what = What::Withdrawn;
            }
        }
        Ok(())
    }
}

impl MemoryIndex {
    /// Documents in the order of their keys, after `after`, as the embedded index gives them.
    #[must_use]
    pub fn documents(&self, after: Option<UrlKey>, limit: usize, now: Timestamp) -> Vec<Document> {
        let state = self.state();
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let rest = state.documents.range((from, Bound::Unbounded)).map(|(_, held)| &held.document);
        rest.filter(|document| state.shown(document, now)).take(limit).cloned().collect()
    }
}
