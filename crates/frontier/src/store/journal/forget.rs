//! Forgetting: rows out of the frontier, then their texts out of the files.
//!
//! First a frame says that the rule holds and which URLs are gone; then every reel that holds a text it names is written
//! again with nothing in its place; then a frame says that this is done. Where we die in between, opening goes on.
//!
//! Invariant: when the last frame stands, no file of the frontier holds the text of what was forgotten, in no version of no
//! row; what is kept are hashes (and, of a whole host, the site's name, which its politeness goes by).

use model::{CanonicalUrl, Site, UrlKey};

use super::apply::Application;
use super::core::Core;
use super::log::{records, seal};
use super::record::Record;
use super::row::{Row, Via, lengthen};
use super::state::State;
use super::table::Mark;
use crate::error::Error;
use crate::port::{MemoKey, number_of, site_number};
use crate::status::UrlState;
use crate::takedown::{Rule, RuleKind, Rules, Takedown};

/// What is looked for.
struct Hunt {
    rules: Rules,
    kind: RuleKind,
    /// The only site whose URLs it can name; `None` when they may be of several or that is not known any more.
    site: Option<u64>,
}

/// A URL that is to go.
struct Doomed {
    key: UrlKey,
    job: u16,
    state: UrlState,
}

impl Core {
    /// Forgets what a takedown names: three steps, of which the first is the batch. Returns how many URLs there were.
    pub(super) fn forget(&mut self, takedown: &Takedown) -> Result<u64, Error> {
        self.erase_rest()?;
        let hunt = Hunt::of(&takedown.rule(), reach(takedown));
        let forgotten = self.atomically(|core| {
            let doomed = core.doomed(&hunt)?;
            core.emit(&Record::Takedown(takedown.rule()))?;
            let mut application = Application::new(core, 0);
            for Doomed { key, job, state } in &doomed {
                let (site, mark) = (number_of(*key), Mark::of(*key));
                if !application.core.state.loans.contains_key(&mark) {
                    application.stale.insert((site, *job));
                }
                application.core.forget_texts();
                application.core.emit(&Record::Gone { site, mark, job: *job, state: *state })?;
            }
            application.look_up()?;
            core.forget_beside(&hunt)?;
            Ok(doomed.len() as u64)
        })?;
        self.erase(&hunt)?;
        Ok(forgotten)
    }

    /// Goes on with what was not erased when we died.
    pub(super) fn erase_rest(&mut self) -> Result<(), Error> {
        match self.state.erasing {
            Some(rule) => self.erase(&Hunt::of(&rule, None)),
            None => Ok(()),
        }
    }

    /// The rows that a hunt is for.
    fn doomed(&mut self, hunt: &Hunt) -> Result<Vec<Doomed>, Error> {
        let mut doomed = Vec::new();
        let bases: Vec<u64> = self.log.bases().collect();
        let Self { log, state, .. } = self;
        for base in bases {
            log.frames(base, base, |log, place, frame| {
                let mut found = Vec::new();
                records(frame, place, &mut |at, tag, content| {
                    if let Record::Row { row, .. } | Record::MovedRow(row) = Record::read(tag, content)?
                        && hunt.names_row(state, &row)
                    {
                        found.push((at, Doomed { key: row.key, job: row.job, state: row.state }));
                    }
                    Ok(())
                })
                .map_err(|flaw| log.damaged(place, flaw))?;
                for (at, row) in found {
                    if state.known.get(Mark::of(row.key))? == Some(at) {
                        doomed.push(row);
                    }
                }
                Ok(true)
            })?;
        }
        Ok(doomed)
    }

    /// Copies of robots.txt and memos of what is gone as a whole.
    fn forget_beside(&mut self, hunt: &Hunt) -> Result<(), Error> {
        if hunt.kind == RuleKind::Url {
            return Ok(());
        }
        let (mut origins, mut memos) = (Vec::new(), Vec::new());
        let mut look = |number: u64, site: &super::site::SiteState| {
            let named = site.robots.iter().filter(|(origin, _)| hunt.names(&format!("{origin}/")));
            origins.extend(named.map(|(origin, _)| (number, origin.to_string())));
            let memo = MemoKey::Site(Site::of_domain(&site.name)).text();
            if hunt.names(&format!("https://{}/", site.name)) && self.state.memos.contains_key(memo.as_str())
            {
                memos.push(memo);
            }
        };
        match hunt.site {
            Some(number) => self.state.sites.get(number).into_iter().for_each(|site| look(number, site)),
            None => self.state.sites.iter().for_each(|(number, site)| look(number, site)),
        }
        for (site, origin) in origins {
            self.emit(&Record::RobotsGone { site, origin: origin.into() })?;
        }
        for of in memos {
            self.emit(&Record::MemoGone { of: of.into() })?;
        }
        Ok(())
    }

    /// Writes every reel again that holds what is hunted.
    fn erase(&mut self, hunt: &Hunt) -> Result<(), Error> {
        // Older snapshots may name origins, and what they would have to read again is about to lose its texts.
        self.snapshot_alone()?;
        let bases: Vec<u64> = self.log.bases().collect();
        for base in bases {
            let mut changed = Vec::new();
            let state = &self.state;
            self.log.frames(base, base, |log, place, frame| {
                let clean = without(state, hunt, place, frame).map_err(|flaw| log.damaged(place, flaw))?;
                if let Some(mut clean) = clean {
                    seal(&mut clean, place)?;
                    changed.push((place, clean));
                }
                Ok(true)
            })?;
            if !changed.is_empty() {
                self.log.replace(base, &changed)?;
            }
        }
        self.atomically(|core| core.emit(&Record::Erased).map(drop))
    }
}

/// A frame without what is hunted; `None` when it holds nothing of it.
fn without(
    state: &State,
    hunt: &Hunt,
    place: u64,
    frame: &[u8],
) -> Result<Option<Vec<u8>>, super::bytes::Flaw> {
    let mut clean: Option<Vec<u8>> = None;
    let mut last: Option<(usize, Option<Vec<u8>>)> = None;
    // A record ends where the next begins, or at the end of the frame; what is put there is never longer.
    let mut put = |last: Option<(usize, Option<Vec<u8>>)>, end: usize| {
        if let Some((begin, Some(instead))) = last {
            let clean = clean.get_or_insert_with(|| frame.to_vec());
            clean[begin..end].fill(0);
            let len = instead.len().min(end - begin);
            clean[begin..begin + len].copy_from_slice(&instead[..len]);
        }
    };
    records(frame, place, &mut |at, tag, content| {
        let begin = usize::try_from(at - place).map_err(|_| "a frame is too long")?;
        put(last.take(), begin);
        last = Some((begin, hunt.instead(state, tag, content)?));
        Ok(())
    })?;
    put(last, frame.len());
    Ok(clean)
}

impl Hunt {
    fn of(rule: &Rule, site: Option<u64>) -> Self {
        let mut rules = Rules::default();
        rules.add(rule);
        Self { rules, kind: rule.kind, site }
    }

    fn names(&self, url: &str) -> bool {
        CanonicalUrl::parse(url).is_ok_and(|url| self.rules.doom(&url))
    }

    fn names_row(&self, state: &State, row: &Row<'_>) -> bool {
        let number = number_of(row.key);
        if self.site.is_some_and(|site| site != number) {
            return false;
        }
        let site = state.sites.get(number).map_or("", |site| &site.name);
        lengthen(&row.text, site).is_ok_and(|url| self.names(&url))
    }

    /// What is to stand in a record's place: nothing, or the record without its mention; `None` when it may stay.
    fn instead(&self, state: &State, tag: u8, content: &[u8]) -> Result<Option<Vec<u8>>, super::bytes::Flaw> {
        let shorter = |record: &Record<'_>| {
            let mut bytes = Vec::new();
            record.write(&mut bytes);
            let mut whole = vec![tag];
            super::bytes::Writer::bytes(&mut whole, &bytes);
            Some(whole)
        };
        let mentions = |row: &Row<'_>| matches!(&row.via, Via::Text(via) if self.names(via));
        Ok(match Record::read(tag, content)? {
            Record::Row { row, .. } | Record::MovedRow(row) if self.names_row(state, &row) => {
                // What the record did to counters and queues is still to be done by whoever reads it: only texts go.
                let bare = Row { text: "=".into(), via: Via::None, last: None, ..row };
                match Record::read(tag, content)? {
                    Record::Row { was, counted, .. } => shorter(&Record::Row { row: bare, was, counted }),
                    _ => shorter(&Record::MovedRow(bare)),
                }
            }
            Record::Row { row, was, counted } if mentions(&row) => {
                shorter(&Record::Row { row: Row { via: Via::None, ..row }, was, counted })
            }
            Record::MovedRow(row) if mentions(&row) => {
                shorter(&Record::MovedRow(Row { via: Via::None, ..row }))
            }
            Record::Robots { site, origin, .. }
                if self.kind != RuleKind::Url && self.names(&format!("{origin}/")) =>
            {
                shorter(&Record::Robots { site, origin: "-".into(), copy: (&[][..]).into() })
                    .filter(|_| self.site.is_none_or(|wanted| wanted == site))
            }
            Record::RobotsGone { site, origin }
                if self.kind != RuleKind::Url && self.names(&format!("{origin}/")) =>
            {
                shorter(&Record::RobotsGone { site, origin: "-".into() })
            }
            Record::Memo { of, .. } if self.kind != RuleKind::Url && self.names_memo(&of) => {
                shorter(&Record::Memo { of: "-".into(), bytes: (&[][..]).into() })
            }
            Record::MemoGone { of } if self.kind != RuleKind::Url && self.names_memo(&of) => {
                shorter(&Record::MemoGone { of: "-".into() })
            }
            _ => None,
        })
    }

    /// Whether a memo is of a site that is gone as a whole.
    fn names_memo(&self, of: &str) -> bool {
        of.strip_prefix("site ").is_some_and(|site| self.names(&format!("https://{site}/")))
    }
}

/// The only site a takedown can concern; `None` when it may concern several.
fn reach(takedown: &Takedown) -> Option<u64> {
    let site = match takedown {
        Takedown::Url(url) => url.site(),
        Takedown::Host(host) => Site::of_domain(host),
        Takedown::Prefix(prefix) => {
            // Only a host that is followed by something is a whole host.
            let (_, rest) = prefix.split_once("://")?;
            rest.contains('/').then(|| CanonicalUrl::parse(prefix).ok()).flatten()?.site()
        }
    };
    Some(site_number(&site))
}
