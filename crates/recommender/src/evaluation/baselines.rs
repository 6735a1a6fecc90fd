//! What a ranking must beat: simple orders of the same links. Invariant: they know counts exactly (ours are rounded for privacy).

use model::{Timestamp, UrlKey};

use crate::worth::{hours, shuffled};

/// A simple order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Baseline {
    /// By chance.
    Random,
    /// The newest first.
    Newest,
    /// The most opened so far first.
    Popular,
    /// (n + 1) / (age in hours + 2)^g.
    Faded(f32),
}

/// A link to be put in order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item {
    pub(super) key: UrlKey,
    pub(super) published: Timestamp,
    pub(super) clicks: u64,
}

impl Baseline {
    pub(super) const ALL: [(&'static str, Self); 5] = [
        ("random", Self::Random),
        ("newest", Self::Newest),
        ("popular", Self::Popular),
        ("(n+1)/(age+2)^1.8", Self::Faded(1.8)),
        ("(n+1)/(age+2)^2.5", Self::Faded(2.5)),
    ];

    /// The links, best first; equals by chance, `seed` deciding.
    pub(super) fn order(self, items: &[Item], now: Timestamp, seed: u64) -> Vec<UrlKey> {
        let value = |item: &Item| -> f64 {
            match self {
                Self::Random => 0.0,
                Self::Newest => item.published.as_second() as f64,
                Self::Popular => item.clicks as f64,
                Self::Faded(exponent) => {
                    let age = f64::from(hours(item.published, now));
                    (item.clicks as f64 + 1.0) / (age + 2.0).powf(f64::from(exponent))
                }
            }
        };
        let mut order: Vec<(f64, u64, UrlKey)> =
            items.iter().map(|item| (value(item), shuffled(seed, &item.key), item.key)).collect();
        order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        order.into_iter().map(|(.., key)| key).collect()
    }
}
