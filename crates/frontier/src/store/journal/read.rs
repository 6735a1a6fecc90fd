//! Questions. Invariant: rows, memos, counters and single sites are found by key; a list of sites looks at every site in
//! memory (some ten nanoseconds each) and at no file.

use std::collections::BinaryHeap;

use model::Site;

use super::lend::{pace, robots};
use super::record::Record;
use super::row::{STATES, instant};
use super::site::SiteState;
use super::state::State;
use super::table::Mark;
use super::view::View;
use crate::error::Error;
use crate::port::{Found, KeptRules, Ledger, SiteRow, Wanted, site_number};
use crate::status::{Counts, StateCounts, UrlState};

pub(super) fn read(view: &View<'_>, wanted: &Wanted<'_>) -> Result<Found, Error> {
    let mut found = Found::default();
    for key in wanted.urls {
        found.urls.push(view.row_of(*key)?.map(|row| view.complete(row)).transpose()?);
    }
    for key in wanted.known {
        found.known.push(view.state.known.get(Mark::of(*key))?.is_some());
    }
    for memo in wanted.memos {
        let place = view.state.memos.get(memo.text().as_str());
        found.memos.push(place.map(|place| memo_at(view, *place)).transpose()?);
    }
    for site in sites(view.state, wanted) {
        found.sites.push(site_row(site)?);
        if wanted.robots {
            found.robots.push(robots(view, site)?);
        }
    }
    if wanted.ledger {
        found.ledger = Some(ledger(view.state));
    }
    if wanted.rules {
        found.rules = Some(rules(view.state)?);
    }
    Ok(found)
}

fn memo_at(view: &View<'_>, place: u64) -> Result<Vec<u8>, Error> {
    match view.log.record(place, &mut Vec::new())? {
        Record::Memo { bytes, .. } => Ok(bytes.into_owned()),
        _ => Err(view.log.damaged(place, "another record stands where a memo should")),
    }
}

fn sites<'a>(state: &'a State, wanted: &Wanted<'_>) -> Vec<&'a SiteState> {
    let mut found: Vec<&SiteState> =
        wanted.sites.iter().filter_map(|site| state.sites.get(site_number(site))).collect();
    if wanted.sites_max > 0 {
        let after = wanted.sites_after.map_or("", Site::as_str);
        // The first so many by name, without sorting the rest.
        let mut first: BinaryHeap<(&str, u64)> = BinaryHeap::new();
        for (number, site) in state.sites.iter().filter(|(_, site)| *site.name > *after) {
            if first.len() < wanted.sites_max || first.peek().is_some_and(|(name, _)| *site.name < **name) {
                first.push((&site.name, number));
            }
            if first.len() > wanted.sites_max {
                first.pop();
            }
        }
        found.extend(first.into_sorted_vec().into_iter().filter_map(|(_, number)| state.sites.get(number)));
    }
    if wanted.sites_on_loan {
        let mut lent: Vec<(u64, &SiteState)> =
            state.sites.iter().filter(|(_, site)| site.fence.is_some()).collect();
        lent.sort_unstable_by_key(|(number, _)| *number);
        found.extend(lent.into_iter().map(|(_, site)| site));
    }
    found
}

fn site_row(site: &SiteState) -> Result<SiteRow, Error> {
    Ok(SiteRow {
        site: Site::of_domain(&site.name),
        pace: pace(site)?,
        next_allowed: instant(site.next_allowed).map_err(|flaw| Error::corrupt("site", flaw))?,
        fence: site.fence,
        counts: site.tally.counts(),
    })
}

fn ledger(state: &State) -> Ledger {
    let mut counts = StateCounts::default();
    for (n, kind) in STATES.into_iter().enumerate() {
        *counts.of_mut(kind) += state.tally[n].saturating_sub(state.lent[n]);
        *counts.of_mut(UrlState::Leased) += state.lent[n];
    }
    let StateCounts { queued, leased, scheduled, gone, refused, dropped } = counts;
    Ledger {
        counts: Counts {
            queued,
            leased,
            scheduled,
            gone,
            refused,
            dropped,
            sites: state.sites.len() as u64,
            sites_leased: state.sites_lent,
            outcomes: state.outcomes.clone(),
        },
        checkpoint: state.checkpoint,
    }
}

fn rules(state: &State) -> Result<KeptRules, Error> {
    let mut kept = KeptRules { takedowns: state.takedowns.iter().copied().collect(), ..KeptRules::default() };
    for json in state.jobs.iter().filter_map(|job| job.rules.as_deref()) {
        kept.jobs.push(serde_json::from_str(json).map_err(|e| Error::corrupt("job rules", e))?);
    }
    kept.jobs.sort_by(|a: &crate::job::JobRules, b| a.name.cmp(&b.name));
    Ok(kept)
}
