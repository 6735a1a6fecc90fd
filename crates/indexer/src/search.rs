//! A plan is carried out on a view: the search engine's query, paging, cursors.
//!
//! The best matches are ordered again by a second look (`rescore`); the others follow in the order of the first.
//!
//! A cursor names the last hit by its value and its key. Scores drift a little with every commit, so the next page finds that
//! hit again and goes on after its place of now; only if it is gone the remembered value counts.
//!
//! Invariant: what is hidden or withdrawn never fills a page: the search goes on until the page is full or all is read.

use model::UrlKey;
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, EnableScoring, Occur, PhraseQuery,
    Query as EngineQuery, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocAddress, DocSet, Term};

use crate::best::{Best, Found, Order, Place, Sieve};
use crate::error::Error;
use crate::exclusion::Excludable;
use crate::facets::Counter;
use crate::lexicon::Lexicon;
use crate::lookup::{Facets, Query};
use crate::plan::{Clause, Plan, Spot};
use crate::rescore::{self, WINDOW};
use crate::schema::{self, Fields};
use crate::settings::Weights;

/// Rounds of searching on when hits turn out to be hidden; each asks for twice as many.
const ROUNDS_MAX: usize = 12;

/// A parsed cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cursor {
    value: u64,
    key: UrlKey,
    /// Hits before it.
    pub(crate) rank: u32,
    /// Whether it came after those looked at twice.
    beyond: bool,
    /// Of the query it belongs to.
    query: u64,
}

impl Cursor {
    /// The cursor after a hit.
    pub(crate) fn after(place: Ranked, key: UrlKey, rank: u32, query: &Query) -> Self {
        let Ranked { place, beyond } = place;
        Self { value: place.value, key, rank, beyond, query: fingerprint(query) }
    }

    /// Reads a cursor of this query.
    pub(crate) fn parse(text: &str, query: &Query) -> Result<Self, Error> {
        let read = || {
            let mut parts = text.split('.');
            let mut number = || u64::from_str_radix(parts.next()?, 16).ok();
            let (value, rank, beyond, of) = (number()?, number()?, number()?, number()?);
            let key = UrlKey::from_hex(parts.next()?)?;
            let rank = u32::try_from(rank).ok()?;
            let cursor = Self { value, key, rank, beyond: beyond == 1, query: of };
            (parts.next().is_none() && cursor.query == fingerprint(query)).then_some(cursor)
        };
        read().ok_or_else(|| Error::cursor(text))
    }

    /// Whether it was given out after this link.
    pub(crate) fn is_at(&self, key: &UrlKey) -> bool {
        self.key == *key
    }

    /// The remembered place.
    pub(crate) fn place(&self) -> Place {
        Place { value: self.value, tie: schema::tie(&self.key) }
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let beyond = u8::from(self.beyond);
        write!(f, "{:x}.{:x}.{beyond:x}.{:x}.{}", self.value, self.rank, self.query, self.key)
    }
}

fn fingerprint(query: &Query) -> u64 {
    let Query { text, verbatim, cross_language, filter, freshness, authority, .. } = query;
    schema::fingerprint(&format!("{text} {verbatim} {cross_language} {filter:?} {freshness:?} {authority:?}"))
}

/// The order a query is answered in.
pub(crate) fn order(plan: &Plan, query: &Query, weights: &Weights) -> Order {
    if plan.is_open() {
        return Order::Date;
    }
    Order::Score {
        freshness: query.freshness.unwrap_or(weights.freshness),
        authority: query.authority.unwrap_or(weights.authority),
        now: query.now.as_second(),
    }
}

/// The search engine's query of a plan.
pub(crate) fn engine_query(plan: &Plan, fields: &Fields) -> Box<dyn EngineQuery> {
    let mut any: Vec<_> = plan.any.iter().map(|clause| (Occur::Should, term_query(clause, fields))).collect();
    let mut must = Vec::new();
    let filter = &plan.filter;
    let named = [
        (fields.host, &filter.host),
        (fields.site, &filter.site),
        (fields.section, &filter.section),
        (fields.tag, &filter.tag),
    ];
    for (field, text) in named {
        must.extend(text.as_deref().map(|text| constant(Box::new(exact(field, &text.to_lowercase())))));
    }
    must.extend(filter.story.map(|story| {
        let term = Term::from_field_u64(fields.story, story);
        constant(Box::new(TermQuery::new(term, IndexRecordOption::Basic)))
    }));
    match plan.phrase_weight {
        None => must.extend(plan.phrases.iter().map(|words| constant(phrase(words, fields)))),
        Some(weight) => any.extend(plan.phrases.iter().map(|words| {
            (Occur::Should, Box::new(BoostQuery::new(phrase(words, fields), weight)) as Box<dyn EngineQuery>)
        })),
    }
    let mut none: Vec<Box<dyn EngineQuery>> =
        plan.none.iter().map(|(spot, text)| Box::new(exact(field(*spot, fields), text)) as _).collect();
    none.extend(plan.no_phrases.iter().map(|words| Box::new(Excludable(phrase(words, fields))) as _));
    if must.is_empty() && none.is_empty() && !any.is_empty() {
        return Box::new(BooleanQuery::new(any));
    }
    let mut clauses: Vec<(Occur, Box<dyn EngineQuery>)> = Vec::new();
    if !any.is_empty() {
        // A phrase that must be there says itself what matches; its words then only add to the score.
        let occur = if plan.must_phrases() { Occur::Should } else { Occur::Must };
        clauses.push((occur, Box::new(BooleanQuery::new(any))));
    } else if must.is_empty() {
        clauses.push((Occur::Must, Box::new(AllQuery)));
    }
    clauses.extend(must.into_iter().map(|query| (Occur::Must, query)));
    clauses.extend(none.into_iter().map(|query| (Occur::MustNot, query)));
    Box::new(BooleanQuery::new(clauses))
}

pub(crate) fn field(spot: Spot, fields: &Fields) -> Field {
    match spot {
        Spot::Words => fields.words,
        Spot::Terms => fields.terms,
        Spot::Title => fields.title,
        Spot::Anchors => fields.anchors,
        Spot::About => fields.about,
        Spot::Cross => fields.cross,
    }
}

fn term_query(clause: &Clause, fields: &Fields) -> Box<dyn EngineQuery> {
    let term = Term::from_field_text(field(clause.spot, fields), &clause.text);
    Box::new(BoostQuery::new(Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)), clause.weight))
}

fn exact(field: Field, text: &str) -> TermQuery {
    TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::Basic)
}

fn phrase(words: &[String], fields: &Fields) -> Box<dyn EngineQuery> {
    match words {
        [word] => Box::new(exact(fields.words, word)),
        _ => Box::new(PhraseQuery::new(
            words.iter().map(|word| Term::from_field_text(fields.words, word)).collect(),
        )),
    }
}

fn constant(query: Box<dyn EngineQuery>) -> Box<dyn EngineQuery> {
    Box::new(ConstScoreQuery::new(query, 0.0))
}

/// One search on one state of the index.
pub(crate) struct Run<'a> {
    pub(crate) lexicon: &'a Lexicon<'a>,
    pub(crate) query: Box<dyn EngineQuery>,
    pub(crate) order: Order,
    pub(crate) sieve: Sieve,
}

/// A place in the whole answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ranked {
    pub(crate) place: Place,
    /// Whether it comes after those looked at twice.
    beyond: bool,
}

impl Ranked {
    /// Looked at twice.
    pub(crate) fn within(place: Place) -> Self {
        Self { place, beyond: false }
    }
}

impl Run<'_> {
    fn failed<T>(&self, result: tantivy::Result<T>) -> Result<T, Error> {
        result.map_err(Error::engine("search", &self.lexicon.view.path))
    }

    /// Where the cursor's hit stands now in the order of the first look.
    fn resume(&self, cursor: &Cursor) -> Result<Place, Error> {
        let remembered = cursor.place();
        let Lexicon { view, searcher, .. } = self.lexicon;
        let Some(address) = view.find(searcher, &cursor.key)? else { return Ok(remembered) };
        let segment = searcher.segment_reader(address.segment_ord);
        let mut score = 0.0;
        if matches!(self.order, Order::Score { .. }) {
            let scoring = EnableScoring::enabled_from_statistics_provider(self.lexicon, searcher);
            let weight = self.failed(self.query.weight(scoring))?;
            let mut scorer = self.failed(weight.scorer(segment, 1.0))?;
            if scorer.doc() < address.doc_id {
                scorer.seek(address.doc_id);
            }
            if scorer.doc() != address.doc_id {
                return Ok(remembered);
            }
            score = scorer.score();
        }
        let columns = segment.fast_fields();
        let date = self.failed(columns.i64(schema::DATE))?.first(address.doc_id).unwrap_or_default();
        let authority = self.failed(columns.u64(schema::AUTHORITY))?.first(address.doc_id);
        let factor = self.order.factor(date, authority.unwrap_or_default());
        Ok(Place { value: self.order.value(score * factor, date), tie: remembered.tie })
    }

    /// How many documents match.
    pub(crate) fn count(&self) -> Result<u64, Error> {
        Ok(self.best(0, None, true)?.1)
    }

    /// How many documents match, by property and in all.
    pub(crate) fn facets(&self) -> Result<(Facets, u64), Error> {
        let counter = Counter { sieve: self.sieve.clone() };
        self.failed(self.lexicon.searcher.search(&*self.query, &counter))
    }

    fn best(&self, limit: usize, after: Option<Place>, count: bool) -> Result<(Vec<Found>, u64), Error> {
        let best = Best { limit, order: self.order, sieve: self.sieve.clone(), after, count };
        let searcher = self.lexicon.searcher;
        let harvest =
            self.failed(searcher.search_with_statistics_provider(&*self.query, &best, self.lexicon))?;
        Ok((harvest.found, harvest.total))
    }

    /// Gives the matches after the cursor's in order to `keep` until it has kept `wanted` of them; the best ones in the order
    /// of a second look for what `again` says, if anything.
    pub(crate) fn each<T>(
        &self,
        again: Option<&Plan>,
        cursor: Option<&Cursor>,
        wanted: usize,
        mut keep: impl FnMut(Ranked, DocAddress) -> Result<Option<T>, Error>,
    ) -> Result<Vec<T>, Error> {
        let mut kept = Vec::new();
        let mut after = None;
        match (again, cursor) {
            (None, None) => {}
            (None, Some(cursor)) => after = Some(self.resume(cursor)?),
            (Some(_), Some(cursor)) if cursor.beyond => after = Some(self.resume(cursor)?),
            (Some(plan), _) => {
                let (found, _) = self.best(WINDOW, None, false)?;
                let last = found.last().map(|found| found.place);
                let is_all = found.len() < WINDOW;
                let window = self.look_again(plan, found)?;
                let start = cursor.map_or(0, |cursor| start(&window, cursor));
                for found in &window[start..] {
                    if kept.len() < wanted {
                        kept.extend(keep(Ranked::within(found.place), found.address)?);
                    }
                }
                if is_all {
                    return Ok(kept);
                }
                after = last;
            }
        }
        let beyond = again.is_some();
        let mut batch = wanted;
        for _ in 0..ROUNDS_MAX {
            if kept.len() >= wanted {
                break;
            }
            let (found, _) = self.best(batch, after, false)?;
            for found in &found {
                if kept.len() < wanted {
                    kept.extend(keep(Ranked { place: found.place, beyond }, found.address)?);
                }
            }
            if found.len() < batch {
                break;
            }
            after = found.last().map(|found| found.place);
            batch *= 2;
        }
        Ok(kept)
    }

    /// The matches in their final order.
    fn look_again(&self, plan: &Plan, mut found: Vec<Found>) -> Result<Vec<Found>, Error> {
        let addresses: Vec<DocAddress> = found.iter().map(|found| found.address).collect();
        let added = self.failed(rescore::additions(plan, self.lexicon, &addresses))?;
        for (found, added) in found.iter_mut().zip(added) {
            found.place.value = self.order.value((found.score + added) * found.factor, 0);
        }
        found.sort_unstable_by_key(|found| std::cmp::Reverse(found.place));
        Ok(found)
    }
}

/// Where to go on in the window after the cursor's hit.
fn start(window: &[Found], cursor: &Cursor) -> usize {
    let last = cursor.place();
    match window.iter().position(|found| found.place.tie == last.tie) {
        Some(at) => at + 1,
        None => window.partition_point(|found| found.place >= last),
    }
}
