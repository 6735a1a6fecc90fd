//! Whether a job's freshness wish is met: how far apart the visits of its hubs really were. Pure.
//!
//! Invariant: bounded; older visits count less, so that the answer is about the last thousand visits or so; a changed wish
//! is a new question.

use std::time::Duration;

use model::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// First byte of the encoded form.
const VERSION: u8 = 1;
/// What is left of a visit's weight with each further visit.
const DECAY: f32 = 0.999;
/// Upper edges of the gaps counted, in wishes.
const EDGES: [f32; 8] = [0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 4.0];
/// Late hubs named.
const WORST_MAX: usize = 5;
/// Longest URL kept of one, bytes.
const URL_LEN_MAX: usize = 200;

/// The gaps between visits of the hubs of a job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct WishBook {
    wish_s: u32,
    /// Visits by gap, as [`EDGES`] say; the last holds the rest.
    gaps: [f32; EDGES.len() + 1],
    /// URL, gap in seconds, instant of the visit in seconds from 1970; the latest gap of each.
    worst: Vec<(String, u32, i64)>,
}

/// Whether a job's freshness wish is met.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WishReport {
    /// The job.
    pub job: String,
    /// New links are wanted within this time.
    pub fresh_within: Span,
    /// Visits of hubs judged; recent ones count fully, older ones less.
    pub visits: f64,
    /// Share of them that came within the wish, 0 to 1; absent before the first.
    pub met_share: Option<f64>,
    /// Nine in ten came within this time (an upper bound); absent when it is more than four times the wish.
    pub p90: Option<Span>,
    /// The hubs that wait longest, worst first.
    pub worst: Vec<LateHub>,
}

/// A hub that was visited later than wished.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LateHub {
    /// The hub.
    pub url: String,
    /// Time between its last two visits.
    pub gap: Span,
    /// When the last one was.
    pub at: Timestamp,
}

impl WishBook {
    pub(crate) fn new(wish: Duration) -> Self {
        Self { wish_s: seconds(wish), gaps: [0.0; EDGES.len() + 1], worst: Vec::new() }
    }

    /// Reads the encoded form; what cannot be read, or is about another wish, is a new book.
    pub(crate) fn of_bytes(bytes: &[u8], wish: Duration) -> Self {
        let read = match bytes.split_first() {
            Some((&VERSION, payload)) => postcard::from_bytes::<Self>(payload).ok(),
            _ => None,
        };
        let sound = |book: &Self| {
            book.wish_s == seconds(wish) && book.gaps.iter().all(|gap| gap.is_finite() && *gap >= 0.0)
        };
        let mut book = read.filter(sound).unwrap_or_else(|| Self::new(wish));
        book.worst.truncate(WORST_MAX);
        book
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        postcard::to_extend(self, vec![VERSION]).unwrap_or_default()
    }

    /// Takes in a visit of a hub, so long after the one before.
    pub(crate) fn note(&mut self, url: &str, gap: Duration, at: Timestamp) {
        for count in &mut self.gaps {
            *count *= DECAY;
        }
        let wishes = gap.as_secs_f32() / self.wish_s.max(1) as f32;
        let place = EDGES.iter().position(|edge| wishes <= *edge).unwrap_or(EDGES.len());
        self.gaps[place] += 1.0;
        let url = &url[..url.floor_char_boundary(URL_LEN_MAX)];
        self.worst.retain(|(known, ..)| known != url);
        if wishes > 1.0 {
            self.worst.push((url.to_owned(), seconds(gap), at.as_second()));
            self.worst.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            self.worst.truncate(WORST_MAX);
        }
    }

    pub(crate) fn report(&self, job: &str) -> WishReport {
        let total: f32 = self.gaps.iter().sum();
        let met: f32 =
            EDGES.iter().zip(self.gaps).filter(|(edge, _)| **edge <= 1.0).map(|(_, gap)| gap).sum();
        let mut reached = 0.0;
        let p90 = EDGES.iter().zip(self.gaps).find_map(|(edge, gap)| {
            reached += gap;
            (total > 0.0 && reached >= 0.9 * total)
                .then(|| Span(Duration::from_secs_f32((edge * self.wish_s as f32).round())))
        });
        WishReport {
            job: job.to_owned(),
            fresh_within: Span::seconds(u64::from(self.wish_s)),
            visits: f64::from(total),
            met_share: (total > 0.0).then(|| f64::from(met / total)),
            p90,
            worst: self
                .worst
                .iter()
                .map(|(url, gap, at)| LateHub {
                    url: url.clone(),
                    gap: Span::seconds(u64::from(*gap)),
                    at: Timestamp::from_second(*at).unwrap_or(Timestamp::UNIX_EPOCH),
                })
                .collect(),
        }
    }
}

fn seconds(span: Duration) -> u32 {
    u32::try_from(span.as_secs()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
