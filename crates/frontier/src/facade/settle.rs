//! Taking in what visits brought.
//!
//! Invariant: the settlements of a batch take effect in their order, and each at most once in the life of the frontier.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use model::{CanonicalUrl, Outcome, Position, ResourceKind, Timestamp, UrlKey, Visit};

use super::Frontier;
use crate::error::Error;
use crate::instant::ceil_millis;
use crate::offer::OfferReport;
use crate::port::{Batch, SettledRow, UrlRow, Wanted};
use crate::queue::Turn;
use crate::schedule;
use crate::settlement::Settlement;
use crate::status::UrlState;

/// Rows as they are now, and where each will stand in the batch.
struct Rows<'a> {
    known: HashMap<UrlKey, UrlRow>,
    settled: Vec<SettledRow<'a>>,
    place: HashMap<UrlKey, usize>,
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
        let keys: Vec<UrlKey> = settlements.iter().map(|settlement| settlement.visit.key).collect();
        let found = self.store.read(&Wanted { urls: &keys, ..Wanted::default() })?;
        let known = found.urls.into_iter().flatten().map(|row| (row.key, row)).collect();
        let mut rows = Rows { known, settled: Vec::new(), place: HashMap::new() };
        let mut batch = Batch::new(now);
        let mut report = OfferReport::default();
        for settlement in settlements {
            self.settle_one(settlement, &mut rows, &mut batch);
        }
        let mut seen: HashSet<UrlKey> = rows.place.keys().copied().collect();
        for settlement in settlements {
            self.admit(&settlement.discovered, &mut seen, &mut batch, &mut report);
        }
        batch.rows = rows.settled;
        batch.checkpoint = Some(checkpoint);
        let applied = self.store.apply(&batch)?;
        report.admitted += applied.admitted;
        report.known += applied.known;
        report.refused += applied.over_budget;
        Ok(report)
    }

    fn settle_one<'a>(&self, settlement: &'a Settlement, rows: &mut Rows<'a>, batch: &mut Batch<'a>) {
        if let Some(until) = self.silence_after(settlement) {
            batch.silences.push((&settlement.site, until));
        }
        if settlement.visit.kind == ResourceKind::Robots {
            return;
        }
        let key = settlement.visit.key;
        let known =
            rows.place.get(&key).map(|&place| &rows.settled[place].row).or_else(|| rows.known.get(&key));
        let mut row = match known {
            Some(row) if is_stale(row, settlement) => return,
            Some(row) => row.clone(),
            None => match self.row_of(&settlement.visit) {
                Some(row) => row,
                None => return,
            },
        };
        schedule::settle(&mut row, settlement, &self.settings.recrawl);
        let outcome = settlement.outcome.word();
        if let Some(&place) = rows.place.get(&key) {
            rows.settled[place].row = row;
            rows.settled[place].outcomes.push(outcome);
        } else {
            rows.place.insert(key, rows.settled.len());
            rows.settled.push(SettledRow { site: &settlement.site, row, outcomes: vec![outcome] });
        }
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
}

/// Whether the row has taken in this settlement, or a later one. A URL on loan expects one whatever the clock says.
fn is_stale(row: &UrlRow, settlement: &Settlement) -> bool {
    !row.on_loan && row.last.as_ref().is_some_and(|last| ceil_millis(settlement.at) <= last.at)
}
