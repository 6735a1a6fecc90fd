//! What has been learnt of sites, as alerts. Invariant: what the crawl settles by itself (a stopped trap) alerts nobody.

use frontier::{Notice, NoticeKind, WishReport};

/// Share of visits within a wish below which an alert is raised.
const MET_MIN: f64 = 0.9;
/// Visits before a share says anything.
const VISITS_MIN: f64 = 20.0;

/// What an operator should look at, in words.
pub(crate) fn alerts(notices: &[Notice], wishes: &[WishReport]) -> Vec<String> {
    let mut alerts: Vec<String> = notices
        .iter()
        .filter(|notice| notice.kind != NoticeKind::Trap)
        .map(|notice| match notice.kind {
            NoticeKind::JunkHost => format!("host {}: {}", notice.subject, notice.text),
            _ => format!("site {}: {}", notice.site, notice.text),
        })
        .collect();
    for wish in wishes {
        if let Some(share) = wish.met_share.filter(|share| *share < MET_MIN && wish.visits >= VISITS_MIN) {
            alerts.push(format!(
                "job {}: only {:.0} % of its hubs\u{2019} visits came within {}; `silteme status --job {}` names the worst",
                wish.job,
                share * 100.0,
                wish.fresh_within,
                wish.job
            ));
        }
    }
    alerts
}
