//! What every `feedback::Counters` must do.

use std::any::Any;
use std::time::Duration;

use feedback::{Counters, Error, Event, Kind, Muted, Refusal, ReportCode, Trend};
use model::{CanonicalUrl, Clock, Language, Span, UrlKey};

use crate::clock::SimulatedClock;
use crate::random::Random;

/// Runs the suite; `make` gives fresh, empty counters with the default settings over a clock, and whatever must live as long.
pub fn run<C: Counters>(make: impl Fn(SimulatedClock) -> (C, Box<dyn Any>)) {
    for case in [
        what_happened_is_counted,
        an_id_counts_once,
        batches_are_all_or_nothing,
        what_cannot_be_counted_is_refused,
        events_fade_and_expire,
        trends_are_by_language_and_window,
        removed_links_are_gone,
        random_batches_add_up,
    ] {
        let clock = SimulatedClock::default();
        clock.advance(Duration::from_mins(30));
        let (counters, _keep) = make(clock.clone());
        case(&World { counters: &counters, clock });
    }
}

struct World<'a> {
    counters: &'a dyn Counters,
    clock: SimulatedClock,
}

impl World<'_> {
    fn event(&self, id: &str, link: UrlKey, kind: Kind) -> Event {
        let id = id.to_owned();
        Event { id, at: self.clock.now(), kind, link: Some(link), recommendation: None, language: None }
    }

    fn clicks(&self, name: &str, link: UrlKey, count: usize, language: &str) {
        let language = Some(Language::new(language));
        let click =
            |n| Event { language: language.clone(), ..self.event(&format!("{name}-{n}"), link, Kind::Click) };
        let events: Vec<Event> = (0..count).map(click).collect();
        assert_eq!(self.counters.record(&events).unwrap().accepted, count);
    }

    fn counts(&self, link: UrlKey) -> feedback::Counts {
        self.counters.counts(&[link], self.clock.now()).unwrap()[0]
    }

    fn trending(&self, languages: &[&str], hours: u64, limit: usize) -> Vec<(UrlKey, u64)> {
        let languages = languages.iter().map(|code| Language::new(code)).collect();
        let trend = Trend { languages, window: Span::seconds(hours * 3_600), limit };
        self.counters.trending(&trend, self.clock.now()).unwrap()
    }
}

fn link(url: &str) -> UrlKey {
    CanonicalUrl::parse(url).unwrap().key()
}

fn what_happened_is_counted(world: &World<'_>) {
    let (a, b, other) = (link("https://a.test/1"), link("https://a.test/2"), link("https://b.test/"));
    let shown = Kind::Impression { links: vec![a, b, a, other] };
    let events = [
        Event { link: None, ..world.event("1", a, shown) },
        world.event("2", a, Kind::Click),
        world.event("3", a, Kind::Dwell { milliseconds: 1_500 }),
        world.event("4", a, Kind::Like),
        world.event("5", a, Kind::LessLikeThis),
        world.event("6", a, Kind::Mute(Muted::Host("a.test".to_owned()))),
        world.event("7", a, Kind::Report(ReportCode::Broken)),
        Event { link: None, ..world.event("8", a, Kind::Mute(Muted::Topic("sport".to_owned()))) },
    ];
    assert_eq!(world.counters.record(&events).unwrap().accepted, 8);
    let counts = world.counters.counts(&[b, a, link("https://c.test/")], world.clock.now()).unwrap();
    assert_eq!((counts[0].total.impressions, counts[0].total.clicks), (1, 0));
    let total = counts[1].total;
    assert_eq!(total.impressions, 1, "a link shown twice in one list was shown once");
    let rest = [total.clicks, total.dwells, total.likes, total.less, total.mutes, total.reports];
    assert_eq!((rest, total.dwell_seconds), ([1; 6], 2));
    assert!((counts[1].decayed.less - 2.0).abs() < 1e-6, "what is muted is wanted less");
    assert_eq!((counts[2].total, counts[2].site), Default::default());
    assert_eq!((counts[0].site.links, counts[0].site.total.impressions), (2, 2), "both links of a.test");
}

fn an_id_counts_once(world: &World<'_>) {
    let a = link("https://a.test/1");
    let twice = [world.event("1", a, Kind::Click), world.event("1", a, Kind::Click)];
    let recorded = world.counters.record(&twice).unwrap();
    assert_eq!((recorded.accepted, recorded.repeated), (1, 1));
    world.clock.advance(Duration::from_hours(47));
    assert_eq!(world.counters.record(&twice[..1]).unwrap().repeated, 1);
    assert_eq!(world.counts(a).total.clicks, 1);
    assert_eq!(world.counters.record(&[]).unwrap(), feedback::Recorded::default());
}

fn batches_are_all_or_nothing(world: &World<'_>) {
    let a = link("https://a.test/1");
    let bad = Event { link: None, ..world.event("2", a, Kind::Click) };
    let batch = [world.event("1", a, Kind::Click), bad];
    match world.counters.record(&batch) {
        Err(Error::Refused { place: 1, why: Refusal::NoLink }) => {}
        other => panic!("{other:?}"),
    }
    assert_eq!(world.counts(a).total.clicks, 0);
    assert_eq!(world.counters.record(&batch[..1]).unwrap().accepted, 1, "its id was not remembered either");
}

fn what_cannot_be_counted_is_refused(world: &World<'_>) {
    let a = link("https://a.test/1");
    let now = world.clock.now();
    let good = world.event("1", a, Kind::Click);
    let impression = |count: usize| Kind::Impression { links: vec![a; count] };
    let hours = jiff::SignedDuration::from_hours;
    let cases = [
        (Event { id: String::new(), ..good.clone() }, Refusal::Id),
        (Event { id: "x".repeat(129), ..good.clone() }, Refusal::Id),
        (Event { kind: impression(0), ..good.clone() }, Refusal::NoLink),
        (Event { kind: impression(Event::LINKS_MAX + 1), ..good.clone() }, Refusal::TooManyLinks),
        (Event { at: now - hours(49), ..good.clone() }, Refusal::TooOld),
        (Event { at: now + hours(2), ..good.clone() }, Refusal::Future),
    ];
    for (event, expected) in cases {
        match world.counters.record(&[event]) {
            Err(Error::Refused { place: 0, why }) => assert_eq!(why, expected),
            other => panic!("{expected:?}: {other:?}"),
        }
    }
    assert_eq!(world.counts(a).total, feedback::Tally::default());
    let ahead = Event { at: now + hours(1), ..good };
    assert_eq!(world.counters.record(&[ahead]).unwrap().accepted, 1);
    assert!((world.counts(a).decayed.clicks - 1.0).abs() < 1e-6, "it is counted as of now");
}

fn events_fade_and_expire(world: &World<'_>) {
    let a = link("https://a.test/1");
    world.clicks("a", a, 8, "kk");
    let half_life = feedback::Settings::default().half_life.0;
    world.clock.advance(half_life);
    let counts = world.counts(a);
    assert_eq!(counts.total.clicks, 8);
    assert!((counts.decayed.clicks - 4.0).abs() < 0.01, "{counts:?}");
    assert_eq!(counts.coarse().total.clicks, 5);
    assert!(counts.coarse().decayed.clicks.abs() < f32::EPSILON, "4 is below 5");
    assert_eq!((counts.shown().clicks, counts.shown().likes), (Some(8), None));
    world.clock.advance(feedback::Settings::default().retention.0);
    assert_eq!(world.counts(a).total.clicks, 0, "also before it is cleared away");
    assert_eq!(world.counters.expire(world.clock.now()).unwrap(), 1);
    assert_eq!(world.counts(a).site, feedback::SiteCounts::default());
}

fn trends_are_by_language_and_window(world: &World<'_>) {
    let [a, b, c, d] = ["1", "2", "3", "4"].map(|path| link(&format!("https://a.test/{path}")));
    world.clicks("a", a, 23, "kk");
    world.clock.advance(Duration::from_hours(10));
    world.clicks("b", b, 12, "kk");
    world.clicks("c", c, 17, "ru");
    world.clicks("d", d, 4, "kk");
    assert_eq!(world.trending(&[], 3, 10), [(c, 15), (b, 10)], "multiples of k, and none below it");
    assert_eq!(world.trending(&["kk"], 24, 10), [(a, 20), (b, 10)]);
    assert_eq!(world.trending(&["kk", "ru"], 24, 2), [(a, 20), (c, 15)]);
    assert!(world.trending(&["en"], 24, 10).is_empty());
    assert!(world.trending(&[], 24, 0).is_empty());
}

fn removed_links_are_gone(world: &World<'_>) {
    let (a, b) = (link("https://a.test/1"), link("https://a.test/2"));
    world.clicks("a", a, 6, "kk");
    world.clicks("b", b, 7, "kk");
    world.counters.remove(&[a, link("https://never.test/")]).unwrap();
    assert_eq!(world.counts(a).total.clicks, 0);
    assert_eq!(world.trending(&[], 24, 10), [(b, 5)]);
    assert_eq!((world.counts(b).site.links, world.counts(b).site.total.clicks), (1, 7));
    let again = world.counters.record(&[world.event("a-0", a, Kind::Click)]).unwrap();
    assert_eq!(again.repeated, 1, "the id of a counted event is still known");
}

fn random_batches_add_up(world: &World<'_>) {
    let mut random = Random::new(7);
    let links: Vec<UrlKey> = (0..12).map(|n| link(&format!("https://s{}.test/{n}", n % 3))).collect();
    let mut clicks = vec![0u64; links.len()];
    let mut known = std::collections::HashSet::new();
    for _ in 0..60 {
        let mut batch = Vec::new();
        for _ in 0..random.within(0..9) {
            let (place, id) = (random.index(links.len()), random.below(200).to_string());
            if known.insert(id.clone()) {
                clicks[place] += 1;
            }
            batch.push(world.event(&id, links[place], Kind::Click));
        }
        world.counters.record(&batch).unwrap();
        world.clock.advance(Duration::from_mins(11));
    }
    let counts = world.counters.counts(&links, world.clock.now()).unwrap();
    assert_eq!(counts.iter().map(|counts| counts.total.clicks).collect::<Vec<_>>(), clicks);
    for (place, counts) in counts.iter().enumerate() {
        let site: u64 = (0..links.len()).filter(|n| n % 3 == place % 3).map(|n| clicks[n]).sum();
        assert_eq!(counts.site.total.clicks, site);
    }
}
