//! Documents in memory and how well they match a plan.
//!
//! Invariant: the formula is the embedded index's, over exact lengths instead of rounded ones.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use model::{Document, Position, Timestamp, UrlKey};

use crate::analysis::{Analyser, Tongue, Word, Words};
use crate::best::{Order, Place, Sieve};
use crate::changes::Entry;
use crate::cross;
use crate::error::Error;
use crate::facets::most;
use crate::lookup::{Facets, Filter, Hidden, Removal};
use crate::plan::{Clause, Plan, Spot};
use crate::rescore::{WINDOW, close_pairs, closeness, inverse_frequency};
use crate::schema::{self, date, language_code, tie};
use crate::spelling::Vocabulary;

/// BM25's k1 and b, as the embedded index has them.
const K1: f32 = 1.2;
const B: f32 = 0.75;

#[derive(Default)]
pub(super) struct State {
    pub(super) documents: BTreeMap<UrlKey, Held>,
    pub(super) pending: BTreeMap<UrlKey, Pending>,
    pub(super) log: Vec<Entry>,
    pub(super) checkpoint: Position,
    pub(super) hidden: Option<Hidden>,
}

pub(super) enum Pending {
    Put(Box<Held>),
    Remove(Removal),
}

/// A document with what it can be found by.
pub(super) struct Held {
    pub(super) document: Document,
    pub(super) place: schema::Place,
    words: Vec<String>,
    spots: HashMap<Spot, Counted>,
}

/// Terms of one field with how often they stand there.
#[derive(Default)]
struct Counted {
    counts: HashMap<String, u32>,
    len: u32,
}

impl Held {
    pub(super) fn new(document: &Document, analyser: &mut Analyser) -> Self {
        let mut held = Self {
            document: document.clone(),
            place: schema::Place::of(&document.url),
            words: Vec::new(),
            spots: HashMap::new(),
        };
        held.read(&document.title, &[Spot::Words, Spot::Terms, Spot::Title], analyser);
        held.read(schema::body(document), &[Spot::Words, Spot::Terms], analyser);
        for words in schema::about(document) {
            held.read(words, &[Spot::Words, Spot::About], analyser);
        }
        held.read(&schema::url_words(&document.url), &[Spot::About], analyser);
        let tongue = Tongue::of(&document.language);
        for (term, _) in cross::terms(tongue, &document.title, schema::body(document)) {
            held.spots.entry(Spot::Cross).or_default().add(&term);
        }
        held
    }

    fn read(&mut self, text: &str, into: &[Spot], analyser: &mut Analyser) {
        let tongue = Tongue::of(&self.document.language);
        let mut words = Words::new(text);
        let mut word = Word::default();
        let spots = &mut self.spots;
        while words.next_into(&mut word) {
            for spot in into {
                if *spot == Spot::Words {
                    spots.entry(Spot::Words).or_default().add(&word.text);
                    self.words.push(word.text.clone());
                    continue;
                }
                let spot = spots.entry(*spot).or_default();
                analyser.terms(tongue, &word, &mut |_, term| spot.add(term));
            }
        }
        // No phrase spans two texts.
        self.words.push(String::new());
    }

    fn count(&self, spot: Spot, term: &str) -> u32 {
        self.spots.get(&spot).and_then(|spot| spot.counts.get(term)).copied().unwrap_or_default()
    }

    fn len(&self, spot: Spot) -> u32 {
        self.spots.get(&spot).map_or(0, |spot| spot.len)
    }

    fn phrases(&self, phrase: &[String]) -> usize {
        self.words.windows(phrase.len().max(1)).filter(|window| *window == phrase).count()
    }

    fn places(&self, word: &str) -> Vec<u32> {
        (0..).zip(&self.words).filter(|(_, known)| *known == word).map(|(place, _)| place).collect()
    }

    fn passes(&self, filter: &Filter, sieve: &Sieve) -> bool {
        let expires = self.document.directives.unavailable_after.map(Timestamp::as_second);
        let same = |wanted: &Option<String>, known: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted.to_lowercase() == known.to_lowercase())
        };
        let tag =
            |tag: &String| self.document.tags.iter().any(|known| known.to_lowercase() == tag.to_lowercase());
        same(&filter.host, &self.place.host)
            && same(&filter.site, &self.place.site)
            && same(&filter.section, self.document.section.as_deref().unwrap_or_default())
            && filter.tag.as_ref().is_none_or(tag)
            && filter.story.is_none()
            && sieve.passes(language_code(&self.document.language), date(&self.document).as_second(), expires)
    }
}

impl Counted {
    fn add(&mut self, term: &str) {
        *self.counts.entry(term.to_owned()).or_default() += 1;
        self.len += 1;
    }
}

impl State {
    pub(super) fn shown(&self, document: &Document, now: Timestamp) -> bool {
        document.directives.may_show(now)
            && !self.hidden.as_ref().is_some_and(|hidden| hidden(&document.key, &document.url))
    }

    pub(super) fn document_frequency(&self, spot: Spot, term: &str) -> u64 {
        self.documents.values().filter(|held| held.count(spot, term) > 0).count() as u64
    }

    /// Every match with its place, best first.
    pub(super) fn matches(&self, plan: &Plan, order: Order, now: Timestamp) -> Vec<(Place, &Held)> {
        let filter = &plan.filter;
        let sieve = Sieve::new(filter, now);
        let scoring = Scoring::new(self, plan);
        let value = |score: f32, held: &Held| {
            let date = date(&held.document).as_second();
            order.value(score * order.factor(date, 0), date)
        };
        let mut found = Vec::new();
        for held in self.documents.values().filter(|held| held.passes(filter, &sieve)) {
            if let Some(score) = scoring.first(held) {
                let value = value(score, held);
                found.push((Place { value, tie: tie(&held.document.key) }, score, held));
            }
        }
        let best_first = |(place, ..): &(Place, f32, &Held)| std::cmp::Reverse(*place);
        found.sort_unstable_by_key(best_first);
        if plan.is_open() {
            return found.into_iter().map(|(place, _, held)| (place, held)).collect();
        }
        let window = found.len().min(WINDOW);
        for (place, score, held) in &mut found[..window] {
            *score += scoring.second(held);
            place.value = value(*score, held);
        }
        found[..window].sort_unstable_by_key(best_first);
        found.into_iter().map(|(place, _, held)| (place, held)).collect()
    }
}

impl Vocabulary for State {
    type Error = Error;

    fn frequency(&self, spot: Spot, term: &str) -> Result<u64, Error> {
        Ok(self.document_frequency(spot, term))
    }

    fn near(&self, word: &str, distance: u8) -> Result<Vec<(String, u64)>, Error> {
        let words: BTreeSet<&String> = self.documents.values().flat_map(|held| &held.words).collect();
        let near = |known: &&String| strsim::osa_distance(known, word) <= usize::from(distance);
        let counted = |known: &String| (known.clone(), self.document_frequency(Spot::Words, known));
        Ok(words.into_iter().filter(near).map(counted).collect())
    }
}

/// Documents counted by property.
pub(super) fn facets<'a>(held: impl Iterator<Item = &'a Held>) -> Facets {
    let [mut languages, mut sites, mut sections] = [(); 3].map(|()| HashMap::new());
    for held in held {
        *languages.entry(held.document.language.to_string()).or_default() += 1;
        *sites.entry(held.place.site.clone()).or_default() += 1;
        *sections.entry(held.document.section.as_deref().unwrap_or_default().to_lowercase()).or_default() +=
            1;
    }
    Facets { languages: most(languages), sites: most(sites), sections: most(sections) }
}

/// What a plan's clauses weigh among the documents of now.
struct Scoring<'a> {
    plan: &'a Plan,
    any: Vec<f32>,
    bonus: Vec<f32>,
    phrases: Vec<f32>,
    close: Vec<f32>,
    /// Mean length of each spot.
    means: [f32; Spot::ALL.len()],
}

impl<'a> Scoring<'a> {
    fn new(state: &State, plan: &'a Plan) -> Self {
        let documents = state.documents.len() as f32;
        let mean = |spot| state.documents.values().map(|held| held.len(spot) as f32).sum::<f32>() / documents;
        let rarity =
            |spot, term: &str| inverse_frequency(state.document_frequency(spot, term) as f32, documents);
        let weigh = |clauses: &[Clause]| {
            let weight = |c: &Clause| c.weight * rarity(c.spot, &c.text) * (1.0 + K1);
            clauses.iter().map(weight).collect()
        };
        let words = |words: &[String]| words.iter().map(|word| rarity(Spot::Words, word)).sum::<f32>();
        let phrase_weight = plan.phrase_weight.unwrap_or_default() * (1.0 + K1);
        Self {
            plan,
            any: weigh(&plan.any),
            bonus: weigh(&plan.bonus),
            phrases: plan.phrases.iter().map(|phrase| phrase_weight * words(phrase)).collect(),
            close: plan.close.iter().map(|pair| plan.close_weight * words(pair)).collect(),
            means: Spot::ALL.map(mean),
        }
    }

    fn part(&self, held: &Held, spot: Spot, count: usize) -> f32 {
        if count == 0 {
            return 0.0;
        }
        let norm = 1.0 - B + B * held.len(spot) as f32 / self.means[spot as usize];
        count as f32 / (count as f32 + K1 * norm)
    }

    fn sum(&self, held: &Held, clauses: &[Clause], weights: &[f32]) -> f32 {
        let part =
            |clause: &Clause| self.part(held, clause.spot, held.count(clause.spot, &clause.text) as usize);
        clauses.iter().zip(weights).map(|(clause, weight)| weight * part(clause)).sum()
    }

    /// The score by which all are compared; none where it does not match.
    fn first(&self, held: &Held) -> Option<f32> {
        let plan = self.plan;
        let excluded = plan.none.iter().any(|(spot, term)| held.count(*spot, term) > 0)
            || plan.no_phrases.iter().any(|phrase| held.phrases(phrase) > 0);
        let phrases = !plan.must_phrases() || plan.phrases.iter().all(|phrase| held.phrases(phrase) > 0);
        let any = plan.any.is_empty()
            || plan.must_phrases()
            || plan.any.iter().any(|clause| held.count(clause.spot, &clause.text) > 0);
        let phrase = |(phrase, weight): (&Vec<String>, &f32)| {
            weight * self.part(held, Spot::Words, held.phrases(phrase))
        };
        (any && phrases && !excluded).then(|| {
            self.sum(held, &plan.any, &self.any)
                + plan.phrases.iter().zip(&self.phrases).map(phrase).sum::<f32>()
        })
    }

    /// What the second look adds.
    fn second(&self, held: &Held) -> f32 {
        let close = |(pair, weight): (&[String; 2], &f32)| {
            let [first, second] = pair.each_ref().map(|word| held.places(word));
            closeness(*weight, close_pairs(&first, &second))
        };
        self.sum(held, &self.plan.bonus, &self.bonus)
            + self.plan.close.iter().zip(&self.close).map(close).sum::<f32>()
    }
}
