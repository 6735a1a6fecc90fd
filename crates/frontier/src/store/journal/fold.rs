//! What each record means.
//!
//! Invariant: folding depends on the state and the record alone and reads no file; so what a batch did is done again, the
//! same, by everybody who reads the journal.

use super::bytes::Flaw;
use super::queue::Entry;
use super::record::{Counted, Loan, QueuePlace, Record, Was};
use super::row::Row;
use super::site::SiteState;
use super::state::{Job, State};
use super::table::Mark;
use crate::port::number_of;

impl State {
    /// Takes in a record that stands at a place.
    pub(super) fn fold(&mut self, record: &Record<'_>, place: u64) -> Result<(), Flaw> {
        match record {
            Record::Job { id, name, rules } => self.fold_job(*id, name, rules.as_deref())?,
            Record::Site { site, name, next_allowed } => {
                self.sites.add(*site, SiteState::new(name, *next_allowed));
            }
            Record::Row { row, was, counted } => self.fold_row(row, *was, *counted, place)?,
            Record::MovedRow(row) => {
                let before = self.known.set(row.mark(), Some(place));
                self.keep(place, before);
            }
            Record::Gone { site, mark, state, .. } => {
                if let Some(before) = self.known.set(*mark, None) {
                    self.let_go(before);
                }
                self.end_loan(*mark);
                self.count(*site, *state, false);
                self.touch(*site);
            }
            Record::Return { site, pace, next_allowed } => {
                let state = self.site_mut(*site)?;
                let was_lent = state.fence.take().is_some();
                state.pace = pace.as_ref().into();
                state.next_allowed = *next_allowed;
                self.sites_lent -= u64::from(was_lent).min(self.sites_lent);
                self.touch(*site);
            }
            Record::Robots { site, origin, .. } => {
                let robots = &mut self.site_mut(*site)?.robots;
                let before = match robots.binary_search_by(|(known, _)| known.as_ref().cmp(origin)) {
                    Ok(n) => Some(std::mem::replace(&mut robots[n].1, place)),
                    Err(n) => {
                        robots.reserve_exact(1);
                        robots.insert(n, (origin.as_ref().into(), place));
                        None
                    }
                };
                self.keep(place, before);
            }
            Record::RobotsGone { site, origin } => {
                let robots = &mut self.site_mut(*site)?.robots;
                if let Some(n) = robots.iter().position(|(known, _)| **known == **origin) {
                    let (_, before) = robots.remove(n);
                    self.let_go(before);
                }
            }
            Record::Unvisited { mark } => {
                if let Some(loan) = self.end_loan(*mark) {
                    self.rejoin(*mark, loan)?;
                }
            }
            Record::Reclaim => {
                let mut loans: Vec<(Mark, Loan)> =
                    self.loans.iter().map(|(mark, loan)| (*mark, *loan)).collect();
                loans.sort_unstable_by_key(|(_, loan)| loan.key);
                for (mark, loan) in loans {
                    self.end_loan(mark);
                    self.rejoin(mark, loan)?;
                }
            }
            Record::Silence { site, until } => {
                let state = self.site_mut(*site)?;
                state.next_allowed = state.next_allowed.max(*until);
                self.touch(*site);
            }
            Record::Memo { of, .. } => {
                let before = self.memos.insert(of.as_ref().into(), place);
                self.keep(place, before);
            }
            Record::MemoGone { of } => {
                if let Some(before) = self.memos.remove(of.as_ref()) {
                    self.let_go(before);
                }
            }
            Record::Checkpoint { segment, offset } => {
                self.checkpoint = model::Position { segment: *segment, offset: *offset };
            }
            Record::Outcome { word, visits } => {
                *self.outcomes.entry(word.as_ref().into()).or_default() += visits;
            }
            Record::Takedown(rule) => {
                self.takedowns.insert(*rule);
                self.erasing = Some(*rule);
            }
            Record::Erased => self.erasing = None,
            Record::Lend { site, fence, loans } => self.fold_lend(*site, *fence, loans)?,
            Record::Firsts { site, job, ready, revisit } => {
                let share = self.site_mut(*site)?.share_mut(*job);
                (share.ready, share.revisit) = (*ready, *revisit);
                self.touch(*site);
            }
            Record::Horizon(horizon) => self.set_horizon(*horizon),
            _ => self.fold_queue(record, place)?,
        }
        Ok(())
    }

    /// Records about the blocks of queues.
    fn fold_queue(&mut self, record: &Record<'_>, at: u64) -> Result<(), Flaw> {
        match record {
            Record::Consumed { place, through, dropped, count } => {
                let gone = self.queue_mut(*place)?.consume(*through, dropped, *count)?;
                for block in gone {
                    self.let_go(block);
                }
            }
            Record::Block { place, spill, entries } => {
                if *spill {
                    self.queue_mut(*place)?.spilled(at, entries);
                }
                self.keep(at, None);
            }
            Record::MovedBlock { place, from, .. } => {
                if self.queue_mut(*place)?.moved(*from, at) {
                    self.keep(at, Some(*from));
                }
            }
            Record::Merged { place, runs, with_tail, blocks, last, len } => {
                let queue = self.queue_mut(*place)?;
                let gone = queue.merged(runs, *with_tail, blocks.clone(), *last, *len);
                for block in gone {
                    self.let_go(block);
                }
            }
            Record::Cleaned { base } => {
                if let Some(reel) = self.reels.get_mut(base) {
                    reel.cleaned = Some(at);
                }
            }
            _ => return Err("a record without meaning"),
        }
        Ok(())
    }

    fn fold_job(&mut self, id: u16, name: &str, rules: Option<&str>) -> Result<(), Flaw> {
        if usize::from(id) == self.jobs.len() {
            self.add_job(Job { name: name.to_owned(), rules: None, pages: 0 });
        }
        let job = self.jobs.get_mut(usize::from(id)).filter(|job| job.name == name);
        let job = job.ok_or("a job has another number")?;
        if let Some(rules) = rules {
            job.rules = Some(rules.to_owned());
        }
        Ok(())
    }

    fn fold_row(&mut self, row: &Row<'_>, was: Was, counted: Counted, place: u64) -> Result<(), Flaw> {
        let (site, mark) = (number_of(row.key), row.mark());
        match was {
            Was::Unknown => self.discovered = self.discovered.max(row.number + 1),
            Was::OnLoan => {
                let loan = self.end_loan(mark).ok_or("a row claims a loan that is none")?;
                self.count(site, loan.state, false);
            }
            Was::Queued { state, .. } => self.count(site, state, false),
        }
        let before = self.known.set(mark, Some(place));
        self.keep(place, before);
        self.count(site, row.state, true);
        if counted == Counted::Page {
            self.jobs.get_mut(usize::from(row.job)).ok_or("a job is missing")?.pages += 1;
        }
        let share = self.site_mut(site)?.share_mut(row.job);
        match counted {
            Counted::Free => {}
            Counted::Page => share.pages = share.pages.saturating_add(1),
            Counted::Hub => share.hubs = share.hubs.saturating_add(1),
        }
        share.join(row.lane(), Entry { at: (row.order(), row.number), mark });
        self.touch(site);
        Ok(())
    }

    fn fold_lend(&mut self, site: u64, fence: u64, loans: &[Loan]) -> Result<(), Flaw> {
        let state = self.site_mut(site)?;
        let was_lent = state.fence.replace(fence).is_some();
        self.sites_lent += u64::from(!was_lent);
        self.fence = self.fence.max(fence);
        for loan in loans {
            self.loans.insert(Mark::of(loan.key), *loan);
            self.count_lent(site, loan.state, true);
        }
        self.touch(site);
        Ok(())
    }

    fn end_loan(&mut self, mark: Mark) -> Option<Loan> {
        let loan = self.loans.remove(&mark)?;
        self.count_lent(number_of(loan.key), loan.state, false);
        Some(loan)
    }

    /// A URL is due again as it was before its loan.
    fn rejoin(&mut self, mark: Mark, loan: Loan) -> Result<(), Flaw> {
        let site = number_of(loan.key);
        self.site_mut(site)?.share_mut(loan.job).join(loan.lane, Entry { at: loan.at, mark });
        self.touch(site);
        Ok(())
    }

    fn site_mut(&mut self, site: u64) -> Result<&mut SiteState, Flaw> {
        self.sites.get_mut(site).ok_or("a site is missing")
    }

    fn queue_mut(&mut self, place: QueuePlace) -> Result<&mut super::queue::Queue, Flaw> {
        Ok(self.site_mut(place.site)?.share_mut(place.job).queue_mut(place.lane))
    }
}
