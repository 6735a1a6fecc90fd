//! The second look: the best matches of a query by its stems are looked at for what is dear to ask of all of them.
//!
//! ```text
//! all documents ──stems, pruned──► WINDOW best ──+ words as written, title, neighbours──► their final order
//! ```
//!
//! What is added is never negative, so no document outside the window can belong before one inside it.
//!
//! Invariant: a document's additions depend on the query and the document alone, not on the others of the window.

use tantivy::postings::Postings;
use tantivy::query::{EnableScoring, Query, TermQuery, Weight};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocSet, Score, Searcher, SegmentReader, Term};

use crate::plan::Plan;
use crate::schema::Fields;
use crate::search::field;

/// Matches looked at again: what is relevant is among the first hundred of the stems for 97 of 100 questions (README,
/// recall@100), and a look costs about 5 µs each.
pub(crate) const WINDOW: usize = 100;

/// Neighbours count where at most two words stand between them, in the order of the query.
pub(crate) const DISTANCE_MAX: u32 = 3;

/// How fast more occurrences stop counting, as BM25's k1.
const SATURATION: Score = 1.2;

/// The scores to add to `candidates`, in their order.
pub(crate) fn additions(
    plan: &Plan,
    fields: &Fields,
    searcher: &Searcher,
    candidates: &[DocAddress],
) -> tantivy::Result<Vec<Score>> {
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    order.sort_unstable_by_key(|place| candidates[*place]);
    let mut look = Look { candidates, order, searcher, added: vec![0.0; candidates.len()] };
    let scoring = EnableScoring::enabled_from_searcher(searcher);
    for clause in &plan.bonus {
        let term = Term::from_field_text(field(clause.spot, fields), &clause.text);
        let weight = TermQuery::new(term, IndexRecordOption::WithFreqs).weight(scoring)?;
        look.segments(|segment, found| add_term(&*weight, clause.weight, segment, found))?;
    }
    if plan.close_weight > 0.0 {
        for pair in &plan.close {
            let terms = pair.each_ref().map(|word| Term::from_field_text(fields.words, word));
            let boost = plan.close_weight * (rarity(searcher, &terms[0])? + rarity(searcher, &terms[1])?);
            look.segments(|segment, found| add_close(&terms, boost, segment, found))?;
        }
    }
    Ok(look.added)
}

/// What neighbours add that stand close together `count` times, whose rarities add up to `boost`.
pub(crate) fn closeness(boost: Score, count: usize) -> Score {
    let count = count as Score;
    boost * count * (1.0 + SATURATION) / (count + SATURATION)
}

/// Pairs of places, both ascending, where the second comes at most [`DISTANCE_MAX`] after the first.
pub(crate) fn close_pairs(first: &[u32], second: &[u32]) -> usize {
    let near = |place: &&u32| {
        let next = second[second.partition_point(|other| other <= *place)..].first();
        next.is_some_and(|next| next - **place <= DISTANCE_MAX)
    };
    first.iter().filter(near).count()
}

/// Candidates in the order in which their segments can be read.
struct Look<'a> {
    candidates: &'a [DocAddress],
    order: Vec<usize>,
    searcher: &'a Searcher,
    added: Vec<Score>,
}

/// Candidates of one segment, their numbers ascending, with what is added to them.
type InSegment<'a> = Vec<(u32, &'a mut Score)>;

impl Look<'_> {
    /// Has `add` add to the candidates of each segment.
    fn segments(
        &mut self,
        mut add: impl FnMut(&SegmentReader, InSegment<'_>) -> tantivy::Result<()>,
    ) -> tantivy::Result<()> {
        let candidates = self.candidates;
        let number = |place: usize| candidates[place].segment_ord;
        let mut added: Vec<Option<&mut Score>> = self.added.iter_mut().map(Some).collect();
        for places in self.order.chunk_by(|a, b| number(*a) == number(*b)) {
            let found = places.iter().filter_map(|at| Some((candidates[*at].doc_id, added[*at].take()?)));
            add(self.searcher.segment_reader(number(places[0])), found.collect())?;
        }
        Ok(())
    }
}

fn add_term(
    weight: &dyn Weight,
    boost: Score,
    segment: &SegmentReader,
    found: InSegment<'_>,
) -> tantivy::Result<()> {
    let mut scorer = weight.scorer(segment, boost)?;
    for (doc, added) in found {
        if stands_at(scorer.as_mut(), doc) {
            *added += scorer.score();
        }
    }
    Ok(())
}

fn add_close(
    terms: &[Term; 2],
    boost: Score,
    segment: &SegmentReader,
    found: InSegment<'_>,
) -> tantivy::Result<()> {
    let index = segment.inverted_index(terms[0].field())?;
    let read = |term| index.read_postings(term, IndexRecordOption::WithFreqsAndPositions);
    let (Some(mut first), Some(mut second)) = (read(&terms[0])?, read(&terms[1])?) else { return Ok(()) };
    let (mut at_first, mut at_second) = (Vec::new(), Vec::new());
    for (doc, added) in found {
        if stands_at(&mut first, doc) && stands_at(&mut second, doc) {
            first.positions(&mut at_first);
            second.positions(&mut at_second);
            *added += closeness(boost, close_pairs(&at_first, &at_second));
        }
    }
    Ok(())
}

/// Moves on to a document; false if it is not there.
fn stands_at(postings: &mut (impl DocSet + ?Sized), doc: u32) -> bool {
    if postings.doc() < doc {
        postings.seek(doc);
    }
    postings.doc() == doc
}

/// BM25's inverse document frequency.
fn rarity(searcher: &Searcher, term: &Term) -> tantivy::Result<Score> {
    let documents: u64 = searcher.segment_readers().iter().map(|segment| u64::from(segment.max_doc())).sum();
    Ok(inverse_frequency(searcher.doc_freq(term)? as Score, documents as Score))
}

/// BM25's inverse document frequency of a term that stands in `found` of `documents`.
pub(crate) fn inverse_frequency(found: Score, documents: Score) -> Score {
    (1.0 + (documents - found + 0.5) / (found + 0.5)).ln()
}
