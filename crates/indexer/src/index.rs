//! The embedded index, for reading.
//!
//! Invariant: every call answers from one whole commit of one whole generation, the newest at its beginning.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use model::{Document, Timestamp, UrlKey};
use tantivy::Searcher;

use crate::analysis::{Analyser, Wanted};
use crate::best::{Order, Sieve};
use crate::changes::{self, What};
use crate::error::Error;
use crate::generation::GenerationWriter;
use crate::layout::{self, Stamp};
use crate::lexicon::Lexicon;
use crate::lookup::{Answer, Change, Changes, Hidden, Hit, Query, Seed, Similar, Stats};
use crate::plan::Plan;
use crate::port::LinkSource;
use crate::schema::Place;
use crate::search::{self, Cursor, Run};
use crate::settings::Settings;
use crate::similar::{self, Pattern};
use crate::snippet;
use crate::spelling::{self, Vocabulary};
use crate::view::{Groups, View};
use crate::writer::Writer;

/// Tries to open the live generation while reindexes replace it: more than two within one opening is not plausible.
const OPEN_TRIES: usize = 4;

/// The index of a folder, for reading. Cheap to clone and to share; never writes; sees commits and generation swaps of
/// this and other processes at the next call. A folder without an index answers as an empty one.
#[derive(Clone)]
pub struct Index {
    inner: Arc<Inner>,
}

struct Inner {
    dir: PathBuf,
    settings: Settings,
    live: Mutex<Live>,
    hidden: RwLock<Option<Hidden>>,
}

/// The generation answered from.
struct Live {
    pointer: Stamp,
    view: Option<Arc<View>>,
}

impl Index {
    /// Opens the index in `dir`, which need not exist yet.
    ///
    /// # Errors
    /// When the index was made by another version, is damaged, or the disk fails.
    pub fn open(dir: &Path, settings: Settings) -> Result<Self, Error> {
        let (pointer, view) = open_live(dir)?;
        Ok(Self {
            inner: Arc::new(Inner {
                dir: dir.to_owned(),
                settings,
                live: Mutex::new(Live { pointer, view }),
                hidden: RwLock::new(None),
            }),
        })
    }

    /// The index in `dir` as it would be with a generation live that is not yet, for judging it; hides nothing.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn as_if_live(dir: &Path, generation: &GenerationWriter, settings: Settings) -> Result<Self, Error> {
        let live = Live {
            pointer: Stamp::of(&layout::pointer(dir)),
            view: Some(Arc::new(View::open(dir, generation.generation())?)),
        };
        let (dir, live, hidden) = (dir.to_owned(), Mutex::new(live), RwLock::new(None));
        Ok(Self { inner: Arc::new(Inner { dir, settings, live, hidden }) })
    }

    /// Hides links from every answer from now on, in this process, for all clones.
    pub fn set_hidden(&self, hidden: Hidden) {
        *self.inner.hidden.write().unwrap_or_else(PoisonError::into_inner) = Some(hidden);
    }

    /// The one writer of the live generation, made if there is none.
    ///
    /// # Errors
    /// [`Error::Locked`] when another writer is open; else when the disk fails.
    pub fn writer(&self) -> Result<Writer, Error> {
        Writer::open(&self.inner.dir, &self.inner.settings)
    }

    /// Begins a new generation beside the live one, or goes on with the unfinished one (see its checkpoint).
    ///
    /// # Errors
    /// [`Error::Locked`] when another reindex runs; else when the disk fails.
    pub fn begin_generation(&self) -> Result<GenerationWriter, Error> {
        GenerationWriter::begin(&self.inner.dir, &self.inner.settings)
    }

    /// Documents in the order of their keys, after `after`: for export and verification. Withdrawn and hidden ones are
    /// left out, so fewer than `limit` do not mean the end; none do.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn documents(
        &self,
        after: Option<UrlKey>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<Document>, Error> {
        let Some(view) = self.view()? else { return Ok(Vec::new()) };
        let searcher = view.searcher()?;
        let mut after = after;
        loop {
            let mut keys = Vec::new();
            for (number, segment) in (0..).zip(searcher.segment_readers()) {
                let found = view.keys_after(segment, after, limit)?;
                keys.extend(found.into_iter().map(|(key, doc)| (key, tantivy::DocAddress::new(number, doc))));
            }
            keys.sort_unstable();
            keys.truncate(limit);
            let Some((last, _)) = keys.last() else { return Ok(Vec::new()) };
            after = Some(*last);
            let mut documents = Vec::with_capacity(keys.len());
            for (_, address) in keys {
                documents.extend(self.shown(view.document(&searcher, address)?, now));
            }
            // A whole stretch of withdrawn documents must not look like the end.
            if !documents.is_empty() {
                return Ok(documents);
            }
        }
    }

    /// The generation to answer from now.
    fn view(&self) -> Result<Option<Arc<View>>, Error> {
        let stamp = Stamp::of(&layout::pointer(&self.inner.dir));
        let mut live = self.inner.live.lock().unwrap_or_else(PoisonError::into_inner);
        if live.pointer != stamp {
            (live.pointer, live.view) = open_live(&self.inner.dir)?;
        }
        Ok(live.view.clone())
    }

    /// The document, unless its publisher or an operator does not want it shown.
    fn shown(&self, document: Document, now: Timestamp) -> Option<Document> {
        let hidden = self.inner.hidden.read().unwrap_or_else(PoisonError::into_inner);
        let is_hidden = hidden.as_ref().is_some_and(|hidden| hidden(&document.key, &document.url));
        (!is_hidden && document.directives.may_show(now)).then_some(document)
    }

    fn hit(&self, document: Document, groups: Groups, wanted: &Wanted, analyser: &mut Analyser) -> Hit {
        let snippet = snippet::snippet(&document, wanted, self.inner.settings.snippet_chars, analyser);
        let Place { host, site } = Place::of(&document.url);
        let Groups { story, copy } = groups;
        Hit { rank: 0, score: 0.0, host, site, story, copy, snippet, document }
    }

    /// A page of matches with one more, to know whether there are more.
    fn page(
        &self,
        run: &Run<'_>,
        again: Option<&Plan>,
        query: &Query,
        wanted: &Wanted,
        analyser: &mut Analyser,
    ) -> Result<Answer, Error> {
        let limits = &self.inner.settings;
        let (limit, offset) = (query.limit.min(limits.limit_max), query.offset.min(limits.limit_max));
        let cursor = query.cursor.as_deref().map(|text| Cursor::parse(text, query)).transpose()?;
        let Lexicon { view, searcher, .. } = run.lexicon;
        let mut found = run.each(again, cursor.as_ref(), offset + limit + 1, |place, address| {
            let document = view.document(searcher, address)?;
            Ok(self.shown(document, query.now).map(|document| (place, address, document)))
        })?;
        let more = limit > 0 && found.len() > offset + limit;
        found.truncate(offset + limit);
        let mut answer = Answer::default();
        let before = cursor.map_or(0, |cursor| cursor.rank);
        for (rank, (place, address, document)) in (before + 1..).zip(found).skip(offset) {
            let key = document.key;
            let groups = view.groups(searcher, address)?;
            let hit = self.hit(document, groups, wanted, analyser);
            answer.hits.push(Hit { rank, score: run.order.score(place.place.value), ..hit });
            if more {
                answer.next = Some(Cursor::after(place, key, rank, query).to_string());
            }
        }
        Ok(answer)
    }

    fn like(
        &self,
        view: &View,
        searcher: &Searcher,
        similar: &Similar,
        analyser: &mut Analyser,
    ) -> Result<Vec<Hit>, Error> {
        let lexicon = Lexicon::new(view, searcher);
        let seed = match &similar.seed {
            Seed::Link(key) => match view.find(searcher, key)? {
                Some(address) => Some(view.document(searcher, address)?),
                None => return Ok(Vec::new()),
            },
            Seed::Text { .. } => None,
        };
        let pattern = match (&seed, &similar.seed) {
            (Some(document), _) => Pattern::of(document),
            (None, Seed::Text { title, text, language }) => Pattern { title, text, language },
            (None, Seed::Link(_)) => return Ok(Vec::new()),
        };
        let least = if seed.is_some() { 2 } else { 1 };
        let cross = similar.cross_language;
        let documents = searcher.num_docs();
        let mut plan = similar::plan(&pattern, cross, documents, least, analyser, |spot, term| {
            lexicon.frequency(spot, term)
        })?;
        if plan.is_open() {
            return Ok(Vec::new());
        }
        plan.filter = similar.filter.clone();
        let run = Run {
            lexicon: &lexicon,
            query: search::engine_query(&plan, &view.fields),
            order: Order::Score { freshness: 0.0, authority: 0.0, now: 0 },
            sieve: Sieve::new(&similar.filter, similar.now),
        };
        let seed_key = seed.as_ref().map(|document| document.key);
        let copy = match seed_key.filter(|_| similar.without_copies) {
            Some(key) => match view.find(searcher, &key)? {
                Some(address) => view.groups(searcher, address)?.copy,
                None => None,
            },
            None => None,
        };
        let limit = similar.limit.min(self.inner.settings.limit_max);
        let found = run.each(None, None, limit, |place, address| {
            if copy.is_some() && view.groups(searcher, address)?.copy == copy {
                return Ok(None);
            }
            let document = view.document(searcher, address)?;
            let shown = self.shown(document, similar.now).filter(|document| Some(document.key) != seed_key);
            Ok(shown.map(|document| (place, address, document)))
        })?;
        let nothing = Wanted::default();
        (1..)
            .zip(found)
            .map(|(rank, (place, address, document))| {
                let hit = self.hit(document, view.groups(searcher, address)?, &nothing, analyser);
                Ok(Hit { rank, score: run.order.score(place.place.value), ..hit })
            })
            .collect()
    }
}

/// Opens the live generation, with how its pointer looked before.
fn open_live(dir: &Path) -> Result<(Stamp, Option<Arc<View>>), Error> {
    let mut tries = OPEN_TRIES;
    loop {
        let stamp = Stamp::of(&layout::pointer(dir));
        let Some(number) = layout::current(dir)? else { return Ok((stamp, None)) };
        match View::open(dir, number) {
            Ok(view) => return Ok((stamp, Some(Arc::new(view)))),
            // It may have been replaced and removed while it was being opened.
            Err(_) if tries > 1 && layout::current(dir)? != Some(number) => tries -= 1,
            Err(e) => return Err(e),
        }
    }
}

impl LinkSource for Index {
    fn search(&self, query: &Query) -> Result<Answer, Error> {
        let mut analyser = Analyser::default();
        let settings = &self.inner.settings;
        let mut plan = Plan::of(query, settings, &mut analyser)?;
        let Some(view) = self.view()? else { return Ok(Answer::default()) };
        let searcher = view.searcher()?;
        let lexicon = Lexicon::new(&view, &searcher);
        let beside = spelling::beside(&plan, &lexicon, &mut analyser)?;
        plan.widen(&beside, &settings.weights);
        let wanted = snippet::wanted(&plan);
        let run = |plan: &Plan| Run {
            lexicon: &lexicon,
            query: search::engine_query(plan, &view.fields),
            order: search::order(plan, query, &settings.weights),
            sieve: Sieve::new(&plan.filter, query.now),
        };
        let (facets, total) = match (query.facets, query.count) {
            (true, counted) => {
                let (facets, total) = run(&plan).facets()?;
                (Some(facets), counted.then_some(total))
            }
            (false, true) => (None, Some(run(&plan).count()?)),
            (false, false) => (None, None),
        };
        plan.thin(lexicon.documents(), |clause| lexicon.frequency(clause.spot, &clause.text))?;
        let again = (!plan.is_open()).then_some(&plan);
        let answer = self.page(&run(&plan), again, query, &wanted, &mut analyser)?;
        Ok(Answer { total, facets, corrections: beside.corrections, ..answer })
    }

    fn get(&self, keys: &[UrlKey], now: Timestamp) -> Result<Vec<Option<Hit>>, Error> {
        let Some(view) = self.view()? else { return Ok(keys.iter().map(|_| None).collect()) };
        let searcher = view.searcher()?;
        let mut analyser = Analyser::default();
        let nothing = Wanted::default();
        keys.iter()
            .map(|key| {
                let Some(address) = view.find(&searcher, key)? else { return Ok(None) };
                let shown = self.shown(view.document(&searcher, address)?, now);
                let groups = view.groups(&searcher, address)?;
                Ok(shown.map(|document| self.hit(document, groups, &nothing, &mut analyser)))
            })
            .collect()
    }

    fn similar(&self, similar: &Similar) -> Result<Vec<Hit>, Error> {
        let Some(view) = self.view()? else { return Ok(Vec::new()) };
        let searcher = view.searcher()?;
        self.like(&view, &searcher, similar, &mut Analyser::default())
    }

    fn changes(&self, cursor: Option<&str>, limit: usize, now: Timestamp) -> Result<Changes, Error> {
        let dir = &self.inner.dir;
        let after = changes::place_of(cursor, changes::last(dir)?)?;
        let entries = changes::read(dir, after, limit.saturating_add(1))?;
        let (entries, more) = changes::stretch(entries, limit);
        let next = changes::cursor(entries.last().map_or(after, |entry| entry.sequence));
        let view = self.view()?;
        let searcher = view.as_ref().map(|view| view.searcher()).transpose()?;
        let mut found = Vec::new();
        for entry in changes::last_of_each(entries) {
            let (at, key) = (entry.at, entry.key);
            match entry.what {
                What::Gone(url) => {
                    found.push(Change::Delete { at, key, url: Some(url).filter(|u| !u.is_empty()) });
                }
                What::Withdrawn => found.push(Change::Delete { at, key, url: None }),
                What::Upsert => {
                    let (Some(view), Some(searcher)) = (&view, &searcher) else { continue };
                    let Some(address) = view.find(searcher, &key)? else { continue };
                    let shown = self.shown(view.document(searcher, address)?, now);
                    found.push(match shown {
                        Some(document) => Change::Upsert { at, document: Box::new(document) },
                        None => Change::Delete { at, key, url: None },
                    });
                }
            }
        }
        Ok(Changes { changes: self.untold(found), next, more })
    }

    fn stats(&self) -> Result<Stats, Error> {
        let changes = changes::last(&self.inner.dir)?;
        match self.view()? {
            Some(view) => Ok(Stats { changes, ..view.stats()? }),
            None => Ok(Stats { changes, ..Stats::default() }),
        }
    }
}

impl Index {
    /// Takes the URLs of hidden links out of deletions.
    fn untold(&self, mut found: Vec<Change>) -> Vec<Change> {
        let hidden = self.inner.hidden.read().unwrap_or_else(PoisonError::into_inner);
        let Some(hidden) = hidden.as_ref() else { return found };
        for change in &mut found {
            if let Change::Delete { key, url, .. } = change
                && url.as_ref().is_some_and(|url| hidden(key, url))
            {
                *url = None;
            }
        }
        found
    }
}
