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
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocSet, Score, SegmentOrdinal, SegmentReader};

use crate::lexicon::{Entry, Lexicon};
use crate::plan::{Clause, Plan, Spot};
use crate::search::field;

/// Matches looked at again: what is relevant is among the first hundred of the stems for 97 of 100 questions (README,
/// recall@100), and a look costs about 5 µs each.
pub(crate) const WINDOW: usize = 100;

/// Neighbours count where at most two words stand between them, in the order of the query.
pub(crate) const DISTANCE_MAX: u32 = 3;

/// BM25's k1: how fast more occurrences stop counting; the search engine's own.
const SATURATION: Score = 1.2;
/// BM25's b: how much the length of a field counts; the search engine's own.
const LENGTH_PART: Score = 0.75;

/// The scores to add to `candidates`, in their order.
pub(crate) fn additions(
    plan: &Plan,
    lexicon: &Lexicon<'_>,
    candidates: &[DocAddress],
) -> tantivy::Result<Vec<Score>> {
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    order.sort_unstable_by_key(|place| candidates[*place]);
    let mut look = Look { candidates, order, lexicon, added: vec![0.0; candidates.len()] };
    for clause in &plan.bonus {
        look.add_term(clause)?;
    }
    if plan.close_weight > 0.0 {
        for pair in &plan.close {
            look.add_close(pair, plan.close_weight)?;
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
    lexicon: &'a Lexicon<'a>,
    added: Vec<Score>,
}

impl Look<'_> {
    /// Adds the BM25 score of a term.
    fn add_term(&mut self, clause: &Clause) -> tantivy::Result<()> {
        let entry = self.lexicon.term(clause.spot, &clause.text)?;
        if entry.frequency == 0 {
            return Ok(());
        }
        let field = field(clause.spot, &self.lexicon.view.fields);
        let mean = self.lexicon.mean_length(field)?;
        let boost = clause.weight * self.rarity(&entry) * (1.0 + SATURATION);
        self.segments(|number, segment, found| {
            let index = segment.inverted_index(field)?;
            let postings = entry.postings(number, &index, IndexRecordOption::WithFreqs)?;
            let Some(mut postings) = postings else { return Ok(()) };
            let lengths = segment.get_fieldnorms_reader(field)?;
            for (doc, added) in found {
                if stands_at(&mut postings, *doc) {
                    let count = postings.term_freq() as Score;
                    let length = lengths.fieldnorm(*doc) as Score / mean;
                    let norm = SATURATION * (1.0 - LENGTH_PART + LENGTH_PART * length);
                    **added += boost * count / (count + norm);
                }
            }
            Ok(())
        })
    }

    /// Adds what two words are worth that stand close together.
    fn add_close(&mut self, pair: &[String; 2], weight: Score) -> tantivy::Result<()> {
        let [first, second] = pair;
        let entries = [self.lexicon.term(Spot::Words, first)?, self.lexicon.term(Spot::Words, second)?];
        let boost = weight * (self.rarity(&entries[0]) + self.rarity(&entries[1]));
        let field = self.lexicon.view.fields.words;
        let (mut at_first, mut at_second) = (Vec::new(), Vec::new());
        self.segments(|number, segment, found| {
            let index = segment.inverted_index(field)?;
            let read =
                |entry: &Entry| entry.postings(number, &index, IndexRecordOption::WithFreqsAndPositions);
            let (Some(mut first), Some(mut second)) = (read(&entries[0])?, read(&entries[1])?) else {
                return Ok(());
            };
            for (doc, added) in found {
                if stands_at(&mut first, *doc) && stands_at(&mut second, *doc) {
                    first.positions(&mut at_first);
                    second.positions(&mut at_second);
                    **added += closeness(boost, close_pairs(&at_first, &at_second));
                }
            }
            Ok(())
        })
    }

    /// Has `add` add to the candidates of each segment, their numbers ascending.
    fn segments(
        &mut self,
        mut add: impl FnMut(SegmentOrdinal, &SegmentReader, &mut [(u32, &mut Score)]) -> tantivy::Result<()>,
    ) -> tantivy::Result<()> {
        let candidates = self.candidates;
        let mut added: Vec<Option<&mut Score>> = self.added.iter_mut().map(Some).collect();
        let same = |a: &usize, b: &usize| candidates[*a].segment_ord == candidates[*b].segment_ord;
        for places in self.order.chunk_by(same) {
            let number = candidates[places[0]].segment_ord;
            let found = places.iter().filter_map(|at| Some((candidates[*at].doc_id, added[*at].take()?)));
            add(number, self.lexicon.searcher.segment_reader(number), &mut found.collect::<Vec<_>>())?;
        }
        Ok(())
    }

    fn rarity(&self, entry: &Entry) -> Score {
        inverse_frequency(entry.frequency as Score, self.lexicon.documents() as Score)
    }
}

/// Moves on to a document; false if it is not there.
fn stands_at(postings: &mut (impl DocSet + ?Sized), doc: u32) -> bool {
    if postings.doc() < doc {
        postings.seek(doc);
    }
    postings.doc() == doc
}

/// BM25's inverse document frequency of a term that stands in `found` of `documents`.
pub(crate) fn inverse_frequency(found: Score, documents: Score) -> Score {
    (1.0 + (documents - found + 0.5) / (found + 0.5)).ln()
}
