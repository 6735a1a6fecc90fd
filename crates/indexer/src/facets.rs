//! All matches counted by language, site and section.
//!
//! Invariant: memory is bounded by the distinct values of a segment, not by the matches.

use std::collections::HashMap;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

use crate::best::Sieve;
use crate::lookup::Facets;
use crate::schema::{DATE, EXPIRES, LANGUAGE, SECTION, SITE, language_of};

/// Counts what passes a sieve.
#[derive(Debug, Clone)]
pub(crate) struct Counter {
    pub(crate) sieve: Sieve,
}

/// What a segment gave: documents by value of each property.
#[derive(Debug, Default)]
pub(crate) struct Counted {
    total: u64,
    languages: HashMap<u64, u64>,
    sites: HashMap<String, u64>,
    sections: HashMap<String, u64>,
}

pub(crate) struct SegmentCounter {
    sieve: Sieve,
    date: Column<i64>,
    expires: Option<Column<i64>>,
    language: Column<u64>,
    languages: HashMap<u64, u64>,
    sites: Ordinals,
    sections: Ordinals,
}

/// Counts of a text column by the numbers its values have in the segment.
struct Ordinals {
    column: Option<StrColumn>,
    counts: HashMap<u64, u64>,
}

impl Ordinals {
    fn add(&mut self, doc: DocId) {
        if let Some(ordinal) = self.column.as_ref().and_then(|column| column.ords().first(doc)) {
            *self.counts.entry(ordinal).or_default() += 1;
        }
    }

    fn resolve(self) -> HashMap<String, u64> {
        let Some(column) = self.column else { return HashMap::new() };
        let text = |(ordinal, count)| {
            let mut text = String::new();
            // A value that cannot be read is left out; the answer says how many there are of the others.
            let known = column.ord_to_str(ordinal, &mut text).unwrap_or(false);
            known.then_some((text, count))
        };
        self.counts.into_iter().filter_map(text).collect()
    }
}

impl Collector for Counter {
    type Fruit = (Facets, u64);
    type Child = SegmentCounter;

    fn for_segment(&self, _: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<SegmentCounter> {
        let columns = reader.fast_fields();
        let ordinals = |name| {
            Ok::<_, tantivy::TantivyError>(Ordinals { column: columns.str(name)?, counts: HashMap::new() })
        };
        Ok(SegmentCounter {
            sieve: self.sieve.clone(),
            date: columns.i64(DATE)?,
            expires: columns.column_opt(EXPIRES)?,
            language: columns.u64(LANGUAGE)?,
            languages: HashMap::new(),
            sites: ordinals(SITE)?,
            sections: ordinals(SECTION)?,
        })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<Counted>) -> tantivy::Result<(Facets, u64)> {
        let mut all = Counted::default();
        for segment in segments {
            all.total += segment.total;
            segment.languages.into_iter().for_each(|(code, n)| *all.languages.entry(code).or_default() += n);
            segment.sites.into_iter().for_each(|(site, n)| *all.sites.entry(site).or_default() += n);
            segment.sections.into_iter().for_each(|(name, n)| *all.sections.entry(name).or_default() += n);
        }
        let languages = all.languages.into_iter().map(|(code, n)| (language_of(code), n)).collect();
        let facets =
            Facets { languages: most(languages), sites: most(all.sites), sections: most(all.sections) };
        Ok((facets, all.total))
    }
}

impl SegmentCollector for SegmentCounter {
    type Fruit = Counted;

    fn collect(&mut self, doc: DocId, _: Score) {
        let language = self.language.first(doc).unwrap_or_default();
        let expires = self.expires.as_ref().and_then(|column| column.first(doc));
        if self.sieve.passes(language, self.date.first(doc).unwrap_or_default(), expires) {
            *self.languages.entry(language).or_default() += 1;
            self.sites.add(doc);
            self.sections.add(doc);
        }
    }

    fn harvest(self) -> Counted {
        let total = self.languages.values().sum();
        Counted {
            total,
            languages: self.languages,
            sites: self.sites.resolve(),
            sections: self.sections.resolve(),
        }
    }
}

/// The most frequent values, most frequent first.
pub(crate) fn most(counts: HashMap<String, u64>) -> Vec<(String, u64)> {
    let mut counts: Vec<_> = counts.into_iter().filter(|(value, _)| !value.is_empty()).collect();
    counts.sort_unstable_by(|(a, n), (b, m)| m.cmp(n).then_with(|| a.cmp(b)));
    counts.truncate(Facets::VALUES_MAX);
    counts
}
