//! A site's dossier, for people. Invariant: what is stopped says why.

use std::collections::BTreeMap;

use model::{Junk, Span, Timestamp};
use serde::Serialize;

use crate::dossier::{Dossier, Tally};
use crate::settings::Limits;

/// Patterns shown of a site.
const PATTERNS_SHOWN: usize = 40;

/// What has been learnt of a site.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SiteInsight {
    /// Patterns of its URLs, most visited first.
    pub patterns: Vec<PatternInsight>,
    /// Its hosts, by name.
    pub hosts: Vec<HostInsight>,
    /// Spellings that lead to pages known under another one: `AMP of www.a.kz`.
    pub mirrors: Vec<String>,
    /// Pages, feeds and sitemaps that bring new links.
    pub hubs: Vec<HubInsight>,
}

/// A pattern and what its URLs brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PatternInsight {
    /// `/calendar/{number}/{number}?view`.
    pub pattern: String,
    /// URLs admitted.
    pub admitted: u32,
    /// First visits that got an answer.
    pub visited: u32,
    /// Of these, those that brought something new.
    pub useful: u32,
    /// Of these, those where junk stood.
    pub junk: u32,
    /// Why no further URL is visited, if none is.
    pub stopped: Option<String>,
}

/// A host and what stood there.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HostInsight {
    /// The host.
    pub host: String,
    /// First visits that got an answer.
    pub visited: u32,
    /// Of these, those that brought something new.
    pub useful: u32,
    /// Junk seen, by kind.
    pub junk: BTreeMap<&'static str, u32>,
    /// Share of logins, checks for robots and parked domains among the latest pages, 0 to 1.
    pub junk_share: f64,
    /// What most of the latest pages were instead, if most were.
    pub complaint: Option<Junk>,
}

/// A hub and how lively it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HubInsight {
    /// Its URL.
    pub url: String,
    /// How often it is visited.
    pub interval: Span,
    /// Time between new links, smoothed; absent before the second one.
    pub new_link_every: Option<Span>,
    /// When it last brought one.
    pub fresh_at: Option<Timestamp>,
}

impl SiteInsight {
    pub(crate) fn of(dossier: &Dossier, now: Timestamp, limits: &Limits) -> Self {
        let patterns = dossier.patterns().into_iter().map(|(text, tally)| PatternInsight {
            pattern: text.to_owned(),
            admitted: tally.linked.saturating_add(tally.listed),
            visited: tally.visited,
            useful: tally.useful,
            junk: tally.junk,
            stopped: tally.is_stopped(now, dossier.patience(limits)).then(|| barren(tally)),
        });
        // What is stopped is what people look for.
        let (mut stopped, open): (Vec<_>, Vec<_>) = patterns.partition(|pattern| pattern.stopped.is_some());
        stopped.extend(open);
        stopped.truncate(PATTERNS_SHOWN);
        Self {
            patterns: stopped,
            hosts: dossier
                .hosts()
                .map(|(name, host)| HostInsight {
                    host: name.to_owned(),
                    visited: host.tally.visited,
                    useful: host.tally.useful,
                    junk: Junk::ALL
                        .iter()
                        .zip(host.junk)
                        .filter(|(_, times)| *times > 0)
                        .map(|(junk, times)| (junk.word(), times))
                        .collect(),
                    junk_share: host.recent_share(),
                    complaint: dossier.complaint(name),
                })
                .collect(),
            mirrors: dossier.mirrors.lines(),
            hubs: dossier
                .hubs
                .all()
                .map(|hub| HubInsight {
                    url: hub.url.clone(),
                    interval: Span::seconds(u64::from(hub.interval_s)),
                    new_link_every: (hub.link_every_s > 0)
                        .then(|| Span::seconds(u64::from(hub.link_every_s))),
                    fresh_at: Timestamp::from_second(hub.fresh_at_s).ok(),
                })
                .collect(),
        }
    }
}

/// Why a pattern is stopped, in words.
pub(crate) fn barren(tally: &Tally) -> String {
    format!(
        "the last {} of {} visits brought nothing new ({} useful, {} junk)",
        tally.barren(),
        tally.visited,
        tally.useful,
        tally.junk
    )
}
