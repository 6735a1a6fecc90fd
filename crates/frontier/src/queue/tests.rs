//! The order of visits within a site.

use super::{Lane, Turn, choose};
use crate::status::UrlState;
use model::{ResourceKind, Timestamp};

fn due(lanes: &[(Lane, usize)]) -> [Vec<(Lane, usize)>; 5] {
    let mut due: [Vec<(Lane, usize)>; 5] = Default::default();
    for (lane, count) in lanes {
        due[*lane as usize] = (0..*count).map(|n| (*lane, n)).collect();
    }
    due
}

#[test]
fn hubs_come_first_then_retries_then_the_new() {
    let all =
        due(&[(Lane::Page, 1), (Lane::FreshPage, 1), (Lane::Retry, 1), (Lane::Hub, 1), (Lane::FreshHub, 1)]);
    let lanes: Vec<Lane> = choose(all, 10, 1).into_iter().map(|(lane, _)| lane).collect();
    assert_eq!(lanes, [Lane::FreshHub, Lane::Hub, Lane::Retry, Lane::FreshPage, Lane::Page]);
}

#[test]
fn a_quarter_belongs_to_revisits_while_any_are_due() {
    for fence in 0..4 {
        let chosen = choose(due(&[(Lane::FreshPage, 100), (Lane::Page, 100)]), 8, fence);
        assert_eq!(chosen.iter().filter(|(lane, _)| *lane == Lane::Page).count(), 2);
        assert_eq!(chosen.len(), 8);
    }
    assert_eq!(choose(due(&[(Lane::FreshPage, 100)]), 8, 0).len(), 8, "and goes to others when none is");
    assert_eq!(
        choose(due(&[(Lane::Page, 100)]), 8, 0).len(),
        8,
        "and is not all they get when nothing else is"
    );
}

#[test]
fn one_visit_at_a_time_still_reaches_revisits() {
    let turns: Vec<Lane> =
        (0..8).map(|fence| choose(due(&[(Lane::FreshPage, 9), (Lane::Page, 9)]), 1, fence)[0].0).collect();
    assert_eq!(turns.iter().filter(|lane| **lane == Lane::Page).count(), 2);
}

#[test]
fn nothing_wanted_is_nothing_chosen() {
    assert!(choose(due(&[(Lane::FreshPage, 3), (Lane::Page, 3)]), 0, 3).is_empty());
}

#[test]
fn lanes_follow_from_kind_state_and_turn() {
    let fresh = Turn::Fresh { rank: 3 };
    let at = Turn::At(Timestamp::UNIX_EPOCH);
    let cases = [
        (ResourceKind::Feed, UrlState::Queued, fresh, Lane::FreshHub),
        (ResourceKind::Page, UrlState::Queued, fresh, Lane::FreshPage),
        (ResourceKind::Sitemap, UrlState::Queued, at, Lane::Retry),
        (ResourceKind::Sitemap, UrlState::Scheduled, at, Lane::Hub),
        (ResourceKind::Feed, UrlState::Gone, at, Lane::Page),
        (ResourceKind::Page, UrlState::Scheduled, at, Lane::Page),
        (ResourceKind::Page, UrlState::Refused, at, Lane::Page),
    ];
    for (kind, state, turn, lane) in cases {
        assert_eq!(Lane::of(kind, state, turn), lane, "{kind:?} {state:?} {turn:?}");
    }
}
