//! The order of visits within a site, the same in every store.
//!
//! Invariant: hubs (feeds, sitemaps) first, because they lead to news; then what was never visited; and of every four
//! visits one is a due revisit, if any is, so that an endless site does not let what we know of it grow stale.

use model::{ResourceKind, Timestamp};

use crate::status::UrlState;

/// When it is a URL's turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// At once: never tried. Lower ranks first, then in the order of discovery.
    Fresh {
        /// 0 for news, else 1 + depth.
        rank: u16,
    },
    /// At an instant (kept to the millisecond, rounded up).
    At(Timestamp),
}

/// The queues of a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Lane {
    /// Feeds and sitemaps never visited.
    FreshHub = 0,
    /// Feeds and sitemaps visited before.
    Hub = 1,
    /// Pages never tried.
    FreshPage = 2,
    /// What never succeeded, at its next attempt.
    Retry = 3,
    /// Pages visited before, and everything refused or gone.
    Page = 4,
}

/// The order in which lanes are emptied.
const ORDER: [Lane; 5] = [Lane::FreshHub, Lane::Hub, Lane::Retry, Lane::FreshPage, Lane::Page];

impl Lane {
    /// Every lane, by number.
    pub const ALL: [Self; 5] = [Self::FreshHub, Self::Hub, Self::FreshPage, Self::Retry, Self::Page];

    /// The lane of a URL.
    #[must_use]
    pub fn of(kind: ResourceKind, state: UrlState, turn: Turn) -> Self {
        let hub = matches!(kind, ResourceKind::Feed | ResourceKind::Sitemap);
        match (turn, state, hub) {
            (Turn::Fresh { .. }, _, true) => Self::FreshHub,
            (Turn::Fresh { .. }, _, false) => Self::FreshPage,
            (Turn::At(_), UrlState::Queued, _) => Self::Retry,
            (Turn::At(_), UrlState::Scheduled, true) => Self::Hub,
            (Turn::At(_), ..) => Self::Page,
        }
    }

    /// Whether [`crate::LeaseRequest::revisits_due_by`] bounds it.
    #[must_use]
    pub fn is_revisit(self) -> bool {
        matches!(self, Self::Hub | Self::Page)
    }

    /// Whether its URLs need no instant to come.
    #[must_use]
    pub fn is_fresh(self) -> bool {
        matches!(self, Self::FreshHub | Self::FreshPage)
    }
}

/// Chooses at most `visits_max` of what is due, given lane by lane in order. `fence` turns the reserved place round when
/// fewer than four are wanted.
#[must_use]
pub fn choose<T>(mut due: [Vec<T>; 5], visits_max: usize, fence: u64) -> Vec<T> {
    let reserved = visits_max.saturating_add(usize::try_from(fence % 4).unwrap_or_default()) / 4;
    let reserved = reserved.min(due[Lane::Page as usize].len());
    let mut chosen = Vec::new();
    for lane in ORDER {
        let room = if lane == Lane::Page { visits_max } else { visits_max - reserved };
        let free = room.saturating_sub(chosen.len());
        let waiting = &mut due[lane as usize];
        chosen.extend(waiting.drain(..free.min(waiting.len())));
    }
    chosen
}

#[cfg(test)]
mod tests;
