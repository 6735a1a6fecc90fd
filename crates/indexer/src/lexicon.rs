//! What one state of the index says about terms: where their postings are and in how many documents they stand.
//!
//! Invariant: a term is looked up once a segment, however often it is asked for: a query asks for each of its terms in the
//! plan, in scoring and in the second look, and a look-up costs about a microsecond.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use tantivy::postings::{SegmentPostings, TermInfo};
use tantivy::query::{Bm25StatisticsProvider, FuzzyTermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{InvertedIndexReader, Score, Searcher, SegmentOrdinal, Term};

use crate::error::Error;
use crate::plan::Spot;
use crate::search::field;
use crate::spelling::Vocabulary;
use crate::view::View;

/// The terms of one state of the index.
pub(crate) struct Lexicon<'a> {
    pub(crate) view: &'a View,
    pub(crate) searcher: &'a Searcher,
    known: RefCell<HashMap<Term, Arc<Entry>>>,
    tokens: RefCell<HashMap<Field, u64>>,
    documents: u64,
}

/// A term: its place in each segment.
pub(crate) struct Entry {
    places: Vec<Option<TermInfo>>,
    /// Documents it stands in, deleted ones among them.
    pub(crate) frequency: u64,
}

impl<'a> Lexicon<'a> {
    pub(crate) fn new(view: &'a View, searcher: &'a Searcher) -> Self {
        let documents = searcher.segment_readers().iter().map(|segment| u64::from(segment.max_doc())).sum();
        Self { view, searcher, known: RefCell::default(), tokens: RefCell::default(), documents }
    }

    /// Documents of the index, deleted ones among them.
    pub(crate) fn documents(&self) -> u64 {
        self.documents
    }

    /// What is known of a term.
    pub(crate) fn entry(&self, term: &Term) -> tantivy::Result<Arc<Entry>> {
        if let Some(entry) = self.known.borrow().get(term) {
            return Ok(Arc::clone(entry));
        }
        let mut entry = Entry { places: Vec::new(), frequency: 0 };
        for segment in self.searcher.segment_readers() {
            let place = segment.inverted_index(term.field())?.get_term_info(term)?;
            entry.frequency += place.as_ref().map_or(0, |place| u64::from(place.doc_freq));
            entry.places.push(place);
        }
        let entry = Arc::new(entry);
        self.known.borrow_mut().insert(term.clone(), Arc::clone(&entry));
        Ok(entry)
    }

    /// What is known of a term of a spot.
    pub(crate) fn term(&self, spot: Spot, text: &str) -> tantivy::Result<Arc<Entry>> {
        self.entry(&Term::from_field_text(field(spot, &self.view.fields), text))
    }

    /// Mean length of a field, in tokens.
    pub(crate) fn mean_length(&self, field: Field) -> tantivy::Result<Score> {
        Ok(self.total_num_tokens(field)? as Score / self.documents as Score)
    }
}

impl Entry {
    /// The documents of a segment it stands in; none where it does not.
    pub(crate) fn postings(
        &self,
        segment: SegmentOrdinal,
        index: &InvertedIndexReader,
        option: IndexRecordOption,
    ) -> tantivy::Result<Option<SegmentPostings>> {
        let place = self.places.get(segment as usize).and_then(Option::as_ref);
        Ok(place.map(|place| index.read_postings_from_terminfo(place, option)).transpose()?)
    }
}

impl Bm25StatisticsProvider for Lexicon<'_> {
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        if let Some(tokens) = self.tokens.borrow().get(&field) {
            return Ok(*tokens);
        }
        let tokens = Bm25StatisticsProvider::total_num_tokens(self.searcher, field)?;
        self.tokens.borrow_mut().insert(field, tokens);
        Ok(tokens)
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(self.documents)
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        Ok(self.entry(term)?.frequency)
    }
}

impl Vocabulary for Lexicon<'_> {
    type Error = Error;

    fn frequency(&self, spot: Spot, term: &str) -> Result<u64, Error> {
        Ok(self.term(spot, term).map_err(Error::engine("search", &self.view.path))?.frequency)
    }

    fn near(&self, word: &str, distance: u8) -> Result<Vec<(String, u64)>, Error> {
        let failed = |e| Error::engine("search", &self.view.path)(e);
        let field = self.view.fields.words;
        let query = FuzzyTermQuery::new(Term::from_field_text(field, word), distance, true);
        let mut found: HashMap<String, u64> = HashMap::new();
        for segment in self.searcher.segment_readers() {
            let index = segment.inverted_index(field).map_err(failed)?;
            let stream = index.terms().search(query.automaton().map_err(failed)?).into_stream();
            let mut stream = stream.map_err(|e| Error::io("read", &self.view.path)(e))?;
            while stream.advance() {
                let term = String::from_utf8_lossy(stream.key()).into_owned();
                *found.entry(term).or_default() += u64::from(stream.value().doc_freq);
            }
        }
        Ok(found.into_iter().collect())
    }
}
