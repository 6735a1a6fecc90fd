//! Which links are looked at: those like the liked ones, those about the words, those of followed sources, what is opened much,
//! and the newest.
//!
//! Invariant: bounded by `Settings::candidates_max` and a handful of lookups, however long the history; nothing unwanted gets in.

use std::collections::{BTreeMap, HashSet};

use feedback::{Counters, Trend};
use indexer::{Filter, Hit, LinkSource, Query, Seed, Similar};
use model::{CanonicalUrl, Interests, Language, Span, UrlKey};

use crate::error::Error;
use crate::history::{History, Known};
use crate::request::Request;
use crate::settings::Settings;
use crate::unwanted::{Unwanted, bare};

/// Words and phrases of the interests that are searched for; more add cost and little else.
pub(crate) const TERMS_MAX: usize = 20;

/// Followed sources whose newest links are looked at, in their order.
const SITES_MAX: usize = 10;

/// Links asked for beyond what is needed, because those of the history come back too; and where they are less likely to. Reading
/// a link costs some 25 µs, whether it is wanted or not.
const LIKED_MARGIN_MAX: usize = 15;
const SEEN_MARGIN_MAX: usize = 5;

/// Links judged where the order of counters or one query decides already.
const FEW: usize = 60;

/// Queries made of the history: each costs 1 to 5 ms at a million links, most of it for the reading of what it finds.
const QUERIES_MAX: usize = 2;

/// Letters of a liked text that go into a query of many, beside its title: its beginning says what it is about.
const HEAD_CHARS: usize = 120;

/// Weight over which a liked link gives more than its title to such a query: the ten most recent.
const RECENT_WEIGHT: f32 = 0.5;

/// A link to be judged.
pub(crate) struct Candidate {
    pub(crate) hit: Hit,
    /// How well the index says it fits what was asked, relative to the best, 0 to 1.
    pub(crate) relevance: f32,
}

/// Links by their keys, none of them unwanted.
pub(crate) struct Pool<'a> {
    unwanted: &'a Unwanted,
    found: BTreeMap<UrlKey, Candidate>,
    max: usize,
}

/// Where candidates come from.
pub(crate) struct Gatherer<'a> {
    pub(crate) source: &'a dyn LinkSource,
    pub(crate) counters: &'a dyn Counters,
    pub(crate) interests: &'a Interests,
    pub(crate) request: &'a Request,
    pub(crate) settings: &'a Settings,
    pub(crate) unwanted: &'a Unwanted,
    pub(crate) filter: Filter,
}

impl<'a> Gatherer<'a> {
    /// What fits the interests, what is opened much, what is new: a quarter each at least, where there is any.
    pub(crate) fn personal(&self, history: &History) -> Result<Vec<Candidate>, Error> {
        let most = self.settings.candidates_max;
        let mut pool = self.pool(most / 2);
        self.pointed(&mut pool, history, most / 2)?;
        pool.max = most * 5 / 8;
        self.followed(&mut pool, most / 8)?;
        pool.max = most * 3 / 4;
        self.opened(&mut pool, self.settings.trending_window, most / 4)?;
        pool.max = most;
        self.newest(&mut pool)?;
        Ok(pool.into_candidates())
    }

    /// What the history and the words point at.
    fn pointed(&self, pool: &mut Pool<'_>, history: &History, most: usize) -> Result<(), Error> {
        let queries = queries(&history.liked);
        let terms = self.terms();
        let shares = queries.len() + usize::from(!terms.is_empty());
        let share = most.checked_div(shares).unwrap_or_default().max(3);
        for seed in queries {
            pool.add(self.similar(seed, share)?, share);
        }
        if !terms.is_empty() {
            pool.add(self.search(&terms.join(" "), share)?, share);
        }
        Ok(())
    }

    /// These links, with what the index says of how they fit.
    pub(crate) fn among(&self, history: &History, links: &[UrlKey]) -> Result<Vec<Candidate>, Error> {
        let mut pool = self.pool(usize::MAX);
        self.pointed(&mut pool, history, self.settings.candidates_max / 2)?;
        let only: HashSet<UrlKey> = links.iter().copied().collect();
        pool.found.retain(|key, _| only.contains(key));
        let rest: Vec<UrlKey> = only.into_iter().filter(|key| !pool.found.contains_key(key)).collect();
        self.add_keys(&mut pool, &rest)?;
        Ok(pool.into_candidates())
    }

    /// What is opened most; filled up with the newest, so that a service without readers yet has an answer.
    pub(crate) fn trending(&self, topic: Option<&str>, window: Span) -> Result<Vec<Candidate>, Error> {
        let mut pool = self.pool(self.few());
        self.opened(&mut pool, window, self.few())?;
        if let Some(topic) = topic {
            // The most opened of all may not be of the topic; of its newest every one is.
            for filter in [
                Filter { section: Some(topic.to_owned()), ..self.filter.clone() },
                Filter { tag: Some(topic.to_owned()), ..self.filter.clone() },
            ] {
                self.newest_of(&mut pool, &filter)?;
            }
            pool.found.retain(|_, candidate| is_of_topic(&candidate.hit, topic));
        } else {
            self.newest(&mut pool)?;
        }
        Ok(pool.into_candidates())
    }

    /// What is like a link.
    pub(crate) fn related(&self, seed: &Known) -> Result<Vec<Candidate>, Error> {
        let most = self.few();
        let mut pool = self.pool(most);
        pool.add(self.similar(Seed::Link(seed.hit.document.key), most)?, most);
        Ok(pool.into_candidates())
    }

    /// What is dated since a time.
    pub(crate) fn since(&self, filter: &Filter) -> Result<Vec<Candidate>, Error> {
        let mut pool = self.pool(self.settings.candidates_max);
        self.newest_of(&mut pool, filter)?;
        Ok(pool.into_candidates())
    }

    /// Those of these links that are there, wanted, and pass the filter.
    pub(crate) fn of_keys(&self, keys: &[UrlKey]) -> Result<Vec<Candidate>, Error> {
        let mut pool = self.pool(keys.len());
        self.add_keys(&mut pool, keys)?;
        Ok(pool.into_candidates())
    }

    /// The words of the interests that are searched for.
    pub(crate) fn terms(&self) -> Vec<&'a str> {
        let terms = self.interests.terms.iter().map(|term| term.trim());
        terms.filter(|term| !term.is_empty()).take(TERMS_MAX).collect()
    }

    fn pool(&self, max: usize) -> Pool<'a> {
        Pool { unwanted: self.unwanted, found: BTreeMap::new(), max }
    }

    fn margin(&self) -> usize {
        self.unwanted.keys.len().min(SEEN_MARGIN_MAX)
    }

    /// Links judged of a goal that needs no more than a few.
    fn few(&self) -> usize {
        self.settings.candidates_max.min(FEW.max(2 * self.request.limit))
    }

    fn similar(&self, seed: Seed, share: usize) -> Result<Vec<Hit>, Error> {
        let limit = share + self.unwanted.keys.len().min(LIKED_MARGIN_MAX);
        let filter = self.filter.clone();
        Ok(self.source.similar(&Similar { filter, ..Similar::new(seed, limit, self.request.now) })?)
    }

    fn search(&self, words: &str, share: usize) -> Result<Vec<Hit>, Error> {
        let limit = share + self.margin();
        let filter = self.filter.clone();
        let query = Query { filter, verbatim: true, ..Query::new(words, limit, self.request.now) };
        Ok(self.source.search(&query)?.hits)
    }

    /// The newest of followed sources.
    fn followed(&self, pool: &mut Pool<'_>, most: usize) -> Result<(), Error> {
        if self.filter.host.is_some() || self.filter.site.is_some() {
            return Ok(());
        }
        let sites = self.interests.sites.iter().take(SITES_MAX);
        let share = most / self.interests.sites.len().clamp(1, SITES_MAX);
        for name in sites.map(|name| bare(name)) {
            let is_site =
                CanonicalUrl::parse(&format!("https://{name}/")).is_ok_and(|url| url.site_str() == name);
            let mut filter = self.filter.clone();
            *(if is_site { &mut filter.site } else { &mut filter.host }) = Some(name);
            let query = Query { filter, ..Query::new("", share + self.margin(), self.request.now) };
            pool.add(self.source.search(&query)?.hits, share);
        }
        Ok(())
    }

    /// What is opened most within a window.
    fn opened(&self, pool: &mut Pool<'_>, window: Span, most: usize) -> Result<(), Error> {
        let limit = most + self.margin();
        let trend = Trend { languages: self.filter.languages.clone(), window, limit };
        let trending = self.counters.trending(&trend, self.request.now)?;
        let keys: Vec<UrlKey> = trending
            .into_iter()
            .map(|(key, _)| key)
            .filter(|key| !self.unwanted.keys.contains(key))
            .take(most)
            .collect();
        self.add_keys(pool, &keys)
    }

    fn add_keys(&self, pool: &mut Pool<'_>, keys: &[UrlKey]) -> Result<(), Error> {
        let hits = self.source.get(keys, self.request.now)?.into_iter().flatten();
        pool.add(hits.filter(|hit| passes(hit, &self.filter)).collect(), keys.len());
        Ok(())
    }

    fn newest(&self, pool: &mut Pool<'_>) -> Result<(), Error> {
        self.newest_of(pool, &self.filter)
    }

    /// The newest links, a page at a time until there are enough, so that a muted host that publishes all day leaves room.
    fn newest_of(&self, pool: &mut Pool<'_>, filter: &Filter) -> Result<(), Error> {
        const PAGES_MAX: usize = 5;
        let mut cursor = None;
        for _ in 0..PAGES_MAX {
            let room = pool.max.saturating_sub(pool.found.len());
            if room == 0 {
                break;
            }
            let limit = room + self.margin();
            let page = Query { filter: filter.clone(), cursor, ..Query::new("", limit, self.request.now) };
            let answer = self.source.search(&page)?;
            pool.add(answer.hits, room);
            cursor = answer.next;
            if cursor.is_none() {
                break;
            }
        }
        Ok(())
    }
}

/// What the history asks: a few links each by itself, many together, by language.
fn queries(liked: &[Known]) -> Vec<Seed> {
    if liked.len() <= QUERIES_MAX {
        return liked.iter().map(|known| Seed::Link(known.hit.document.key)).collect();
    }
    let mut by_language: Vec<(&Language, f32, Vec<&Known>)> = Vec::new();
    for known in liked {
        let language = &known.hit.document.language;
        match by_language.iter_mut().find(|(of, ..)| *of == language) {
            Some((_, weight, group)) => {
                *weight += known.weight;
                group.push(known);
            }
            None => by_language.push((language, known.weight, vec![known])),
        }
    }
    by_language.sort_by(|a, b| b.1.total_cmp(&a.1));
    let seed = |(language, _, group): (&Language, f32, Vec<&Known>)| {
        let (mut title, mut text) = (String::new(), String::new());
        for known in &group {
            let document = &known.hit.document;
            title.push_str(&document.title);
            title.push('\n');
            if known.weight > RECENT_WEIGHT {
                text.extend(document.text.chars().take(HEAD_CHARS));
                text.push('\n');
            }
        }
        Seed::Text { title, text, language: language.clone() }
    };
    by_language.into_iter().take(QUERIES_MAX).map(seed).collect()
}

fn is_of_topic(hit: &Hit, topic: &str) -> bool {
    let topic = topic.trim().to_lowercase();
    let document = &hit.document;
    document.section.iter().chain(&document.tags).any(|name| name.trim().to_lowercase() == topic)
}

/// Whether a link that the index did not filter passes a filter.
fn passes(hit: &Hit, filter: &Filter) -> bool {
    let document = &hit.document;
    let date = document.published.unwrap_or(document.fetched);
    let equal =
        |wanted: &Option<String>, is: &str| wanted.as_ref().is_none_or(|name| name.eq_ignore_ascii_case(is));
    (filter.languages.is_empty() || filter.languages.contains(&document.language))
        && equal(&filter.host, &hit.host)
        && equal(&filter.site, &hit.site)
        && filter.section.as_ref().is_none_or(|wanted| {
            document.section.as_ref().is_some_and(|is| is.to_lowercase() == wanted.to_lowercase())
        })
        && filter
            .tag
            .as_ref()
            .is_none_or(|wanted| document.tags.iter().any(|is| is.to_lowercase() == wanted.to_lowercase()))
        && filter.story.is_none_or(|wanted| hit.story == Some(wanted))
        && filter.since.is_none_or(|since| date >= since)
        && filter.until.is_none_or(|until| date < until)
}

impl Pool<'_> {
    /// Adds the first `most` wanted hits.
    fn add(&mut self, hits: Vec<Hit>, most: usize) {
        let best = hits.first().map_or(0.0, |hit| hit.score);
        for hit in hits.into_iter().filter(|hit| self.unwanted.allows(hit)).take(most) {
            let relevance = if best > 0.0 { (hit.score / best).clamp(0.0, 1.0) } else { 0.0 };
            if let Some(known) = self.found.get_mut(&hit.document.key) {
                // As independent evidence: more of it brings the sum nearer to 1.
                known.relevance = 1.0 - (1.0 - known.relevance) * (1.0 - relevance);
            } else if self.found.len() < self.max {
                self.found.insert(hit.document.key, Candidate { hit, relevance });
            }
        }
    }

    /// In the order of their keys.
    fn into_candidates(self) -> Vec<Candidate> {
        self.found.into_values().collect()
    }
}
