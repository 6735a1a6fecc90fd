//! Taking in what visits brought.
//!
//! Invariant: the settlements of a batch take effect in their order, and each at most once in the life of the frontier.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use model::{CanonicalUrl, Outcome, Position, ResourceKind, Site, Timestamp, UrlKey, Visit};

use super::Frontier;
use super::admit::Gathered;
use super::learn::Lesson;
use crate::dossier::Trust;
use crate::error::Error;
use crate::instant::ceil_millis;
use crate::keyed::{KeyMap, KeySet};
use crate::offer::OfferReport;
use crate::port::{Batch, SettledRow, UrlRow, Wanted, number_of};
use crate::queue::Turn;
use crate::schedule;
use crate::settlement::Settlement;
use crate::status::UrlState;

/// Rows as they are now, and where each will stand in the batch.
pub(super) struct Rows<'a> {
    known: KeyMap<UrlKey, UrlRow>,
    settled: Vec<SettledRow<'a>>,
    place: KeyMap<UrlKey, usize>,
}

impl Frontier {
    /// Takes in what visits brought, with the links found and the place in the archive this reaches to: one atomic batch.
    /// Settlements of URLs taken down have no effect.
    ///
    /// # Errors
    /// A failure of the store; then nothing was settled.
    pub fn settle(
        &mut self,
        settlements: &[Settlement],
        checkpoint: Position,
        now: Timestamp,
    ) -> Result<OfferReport, Error> {
        let settled = self.settle_batch(settlements, checkpoint, now);
        if settled.is_err() {
            // What was learnt from a batch that did not happen did not happen either.
            self.dossiers.clear();
            self.wishes.clear();
            self.notices = None;
        }
        settled
    }

    fn settle_batch(
        &mut self,
        settlements: &[Settlement],
        checkpoint: Position,
        now: Timestamp,
    ) -> Result<OfferReport, Error> {
        self.load_dossiers(settlements.iter().map(|one| (number_of(one.visit.key), || one.site.clone())))?;
        let keys: Vec<UrlKey> = settlements.iter().map(|settlement| settlement.visit.key).collect();
        let found = self.store.read(&Wanted { urls: &keys, ..Wanted::default() })?;
        let known = found.urls.into_iter().flatten().map(|row| (row.key, row)).collect();
        let mut rows = Rows { known, settled: Vec::new(), place: KeyMap::default() };
        let mut report = OfferReport::default();

        let mut seen: KeySet<UrlKey> = self.settled_keys(settlements, &rows);
        let offers = settlements.iter().filter(|settlement| self.may_follow(settlement)).flat_map(|one| {
            let trust = match one.visit.kind {
                ResourceKind::Feed | ResourceKind::Sitemap => Trust::Listed,
                ResourceKind::Page | ResourceKind::Robots => Trust::Linked,
            };
            one.discovered.iter().map(move |offer| (offer, trust))
        });
        let offers: Vec<_> = offers.collect();
        let followed = offers.len();
        let mut gathered = self.gather(offers.into_iter(), &mut seen, &mut report)?;
        let found: usize = settlements.iter().map(|settlement| settlement.discovered.len()).sum();
        report.refused += u32::try_from(found - followed).unwrap_or(u32::MAX);

        let lessons = self.lessons(settlements, &gathered);
        let mut batch = Batch::new(now);
        for (settlement, lesson) in settlements.iter().zip(lessons) {
            self.settle_one(settlement, lesson, &mut rows, &mut batch)?;
        }
        self.learn_all(settlements, &gathered, &rows, now)?;
        self.spend(&mut gathered, now, &mut report);
        let sooner = self.due_sooner(settlements, &gathered, &rows, now)?;

        batch.rows = rows.settled;
        batch.rows.extend(sooner.iter().map(|(site, row)| SettledRow {
            site,
            row: row.clone(),
            outcomes: Vec::new(),
        }));
        batch.offers =
            gathered.candidates.iter().filter(|one| one.is_taken).map(|one| one.new_url(now)).collect();
        batch.memos = self.memos();
        batch.checkpoint = Some(checkpoint);
        let applied = self.store.apply(&batch)?;
        report.admitted += applied.admitted;
        report.known += applied.known;
        report.refused += applied.over_budget;
        Ok(report)
    }

    /// The keys of URLs that this batch settles: they are known, whoever links to them.
    fn settled_keys(&self, settlements: &[Settlement], rows: &Rows<'_>) -> KeySet<UrlKey> {
        let is_settled = |settlement: &&Settlement| {
            settlement.visit.kind != ResourceKind::Robots
                && match rows.known.get(&settlement.visit.key) {
                    Some(row) => !is_stale(row, settlement),
                    None => self.row_of(&settlement.visit).is_some(),
                }
        };
        settlements.iter().filter(is_settled).map(|settlement| settlement.visit.key).collect()
    }

    fn settle_one<'a>(
        &mut self,
        settlement: &'a Settlement,
        mut lesson: Lesson,
        rows: &mut Rows<'a>,
        batch: &mut Batch<'a>,
    ) -> Result<(), Error> {
        if let Some(until) = self.silence_after(settlement) {
            batch.silences.push((&settlement.site, until));
        }
        if settlement.visit.kind == ResourceKind::Robots {
            return Ok(());
        }
        let key = settlement.visit.key;
        let known =
            rows.place.get(&key).map(|&place| &rows.settled[place].row).or_else(|| rows.known.get(&key));
        let mut row = match known {
            Some(row) if is_stale(row, settlement) => return Ok(()),
            Some(row) => row.clone(),
            None => match self.row_of(&settlement.visit) {
                Some(row) => row,
                None => return Ok(()),
            },
        };
        // What stands there is known now, but the row stays in the queues of what its discoverer believed.
        let queued_as = std::mem::replace(&mut row.kind, settlement.visit.kind);
        self.note_hub(settlement, &row, &mut lesson)?;
        schedule::settle(&mut row, settlement, &self.settings.recrawl, &lesson.news);
        self.keep_within_hub_budget(settlement, &mut row, &lesson);
        row.kind = queued_as;
        let outcome = settlement.outcome.word();
        if let Some(&place) = rows.place.get(&key) {
            rows.settled[place].row = row;
            rows.settled[place].outcomes.push(outcome);
        } else {
            rows.place.insert(key, rows.settled.len());
            rows.settled.push(SettledRow { site: &settlement.site, row, outcomes: vec![outcome] });
        }
        Ok(())
    }

    /// The row of a URL that was visited and is not known: the frontier is being rebuilt from the archive. `None` when it
    /// was forgotten.
    fn row_of(&self, visit: &Visit) -> Option<UrlRow> {
        let url = CanonicalUrl::parse(&visit.url).ok()?;
        if self.admission.is_taken_down(&url) {
            return None;
        }
        Some(UrlRow {
            key: visit.key,
            url: visit.url.clone(),
            kind: visit.kind,
            depth: visit.depth,
            hops: visit.hops,
            via: visit.via.clone(),
            job: visit.job.clone(),
            state: UrlState::Queued,
            turn: Turn::Fresh { rank: 0 },
            on_loan: true,
            attempts: visit.attempts,
            last: None,
        })
    }

    /// The rest a refusal or failure asks of its site. Its holder knows already, through the pace; but if we died before
    /// the site came back, the archive is all that remembers.
    fn silence_after(&self, settlement: &Settlement) -> Option<Timestamp> {
        if !matches!(settlement.outcome, Outcome::RetryLater { .. } | Outcome::Failed { .. }) {
            return None;
        }
        let mut pace = self.pace(&settlement.site, None);
        pace.answered(&settlement.outcome, Duration::ZERO, settlement.at);
        Some(ceil_millis(pace.next_allowed()))
    }

    /// Known URLs that a feed or sitemap says have changed since their last visit, due at once.
    fn due_sooner(
        &self,
        settlements: &[Settlement],
        gathered: &Gathered<'_>,
        rows: &Rows<'_>,
        now: Timestamp,
    ) -> Result<Vec<(Site, UrlRow)>, Error> {
        /// Of one batch; more is a generator that stamps every page with the present.
        const SOONER_MAX: usize = 256;
        let visited =
            |key: &UrlKey| rows.known.get(key).and_then(|row| row.last.as_ref()).map(|last| last.at);
        let listed_before: HashMap<&str, Timestamp> = settlements
            .iter()
            .filter(|one| matches!(one.visit.kind, ResourceKind::Feed | ResourceKind::Sitemap))
            .filter_map(|one| Some((one.visit.url.as_str(), visited(&one.visit.key)?)))
            .collect();
        if listed_before.is_empty() {
            return Ok(Vec::new());
        }
        // Only what changed since the list was last read is news.
        let mut changed: Vec<(UrlKey, Timestamp)> = gathered
            .known_dated
            .iter()
            .filter(|offer| !rows.place.contains_key(&offer.url.key()))
            .filter_map(|offer| {
                let before = listed_before.get(offer.via.as_deref()?)?;
                let dated = offer.dated.filter(|dated| dated > before && *dated <= now)?;
                Some((offer.url.key(), dated))
            })
            .collect();
        let lists_everything = changed.len() > SOONER_MAX && changed.len() > gathered.known_dated.len() / 2;
        if changed.is_empty() || lists_everything {
            return Ok(Vec::new());
        }
        changed.sort_unstable_by_key(|(key, dated)| (std::cmp::Reverse(*dated), *key));
        changed.dedup_by_key(|(key, _)| *key);
        changed.truncate(SOONER_MAX);
        let keys: Vec<UrlKey> = changed.iter().map(|(key, _)| *key).collect();
        let found = self.store.read(&Wanted { urls: &keys, ..Wanted::default() })?;
        let at = ceil_millis(now);
        let is_behind = |row: &UrlRow, dated: Timestamp| {
            !row.on_loan
                && row.state == UrlState::Scheduled
                && row.last.as_ref().is_some_and(|last| last.at < dated)
                && matches!(row.turn, Turn::At(turn) if turn > at)
        };
        let mut seen = HashSet::new();
        Ok(found
            .urls
            .into_iter()
            .zip(&changed)
            .filter_map(|(row, (key, dated))| {
                let row = row.filter(|row| is_behind(row, *dated) && seen.insert(*key))?;
                let site = CanonicalUrl::parse(&row.url).ok()?.site();
                // Nobody is visited more often because a list says so.
                let rest = self.settings.recrawl.interval_min.0;
                let rested =
                    row.last.as_ref().map_or(at, |last| ceil_millis(model::time::later(last.at, rest)));
                let turn = match row.turn {
                    Turn::At(turn) => Turn::At(turn.min(rested.max(at))),
                    fresh @ Turn::Fresh { .. } => fresh,
                };
                Some((site, UrlRow { turn, ..row }))
            })
            .collect())
    }
}

impl Rows<'_> {
    /// The row before the batch.
    pub(super) fn before(&self, key: UrlKey) -> Option<&UrlRow> {
        self.known.get(&key)
    }

    /// Whether the batch settles it.
    pub(super) fn is_settled(&self, key: UrlKey) -> bool {
        self.place.contains_key(&key)
    }
}

/// Whether the row has taken in this settlement, or a later one. A URL on loan expects one whatever the clock says.
fn is_stale(row: &UrlRow, settlement: &Settlement) -> bool {
    !row.on_loan && row.last.as_ref().is_some_and(|last| ceil_millis(settlement.at) <= last.at)
}
