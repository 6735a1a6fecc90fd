//! What a recommendation costs: milliseconds of CPU a lookup for a history of 50 links, on an index of N made-up articles.
//!
//! `cargo run --release -p recommender --example cost -- [N]` (default 20000)
//!
//! The articles: 200 words each of three made-up languages written in the letters of kk, ru and en, the frequencies of words as
//! Zipf's law has them, on 500 sites, over 60 days; readers follow one to three of 200 subjects, each with 40 words of its own.
//! Made-up words have no stems and no shared roots, so lists of postings are a little shorter than those of real texts.

#![expect(clippy::print_stdout, reason = "a measurement prints its table")]
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_possible_wrap,
    reason = "small numbers of a measurement"
)]

use std::error::Error;
use std::fs;
use std::sync::{Mutex, PoisonError};

use feedback::{Counters, Event, Feedback, Kind};
use indexer::{Answer, Changes, Hit, Index, IndexWriter, LinkSource, Query, Similar, Stats};
use model::{Document, Interests, Language, Position, Timestamp, UrlKey};
use recommender::{Goal, Request, Settings, recommend};
use testkit::conformance::indexer::document;
use testkit::random::Random;

const SUBJECTS: usize = 200;
const SITES: u64 = 500;
const HISTORY: usize = 50;
const LOOKUPS: usize = 300;

fn main() -> Result<(), Box<dyn Error>> {
    let count: usize = std::env::args().nth(1).map_or(Ok(20_000), |text| text.parse())?;
    let now: Timestamp = "2026-03-01T12:00:00Z".parse()?;
    let dir = tempfile::tempdir()?;
    let mut settings = indexer::Settings::default();
    // Stories cost while indexing, not here.
    settings.stories.documents_max = 0;
    let index = Index::open(dir.path(), settings)?;
    let world = World::new();
    let mut writer = index.writer()?;
    let mut random = Random::new(1);
    let mut links: Vec<Vec<String>> = vec![Vec::new(); SUBJECTS];
    let mut all = Vec::new();
    for from in (0..count).step_by(1_000) {
        let batch: Vec<Document> = (from..count.min(from + 1_000))
            .map(|n| world.article(n, count, now, &mut random, &mut links))
            .collect();
        all.extend(batch.iter().map(|document| document.key));
        writer.put(&batch)?;
        if from % 10_000 == 0 {
            writer.commit(Position::default(), now)?;
        }
    }
    writer.commit(Position::default(), now)?;
    let data = tempfile::tempdir()?;
    let counters = Feedback::open(data.path(), &feedback::Settings::default(), std::sync::Arc::new(At(now)))?;
    read(&counters, &all, now, &mut random)?;
    let stats = index.stats()?;
    println!("{} documents in {} segments, {} MB", stats.documents, stats.segments, stats.bytes >> 20);
    println!("{:34} {:>7} {:>7} {:>7} {:>7}", "CPU ms a lookup", "mean", "p50", "p90", "p99");
    let before = cpu_nanoseconds();
    for n in 0..LOOKUPS {
        counters.counts(&all[all.len() - 200 - n % 100..all.len() - n % 100], now)?;
    }
    let micros = (cpu_nanoseconds() - before) as f64 / 1e3 / LOOKUPS as f64;
    println!("counts of 200 links, {} of them with events: {micros:.0} µs", 200.min(all.len() / 30));
    let timed = Timed { index, spent: Mutex::default() };
    let ask = |name: &str, of: &dyn Fn(&mut Random) -> (Interests, Goal)| -> Result<(), Box<dyn Error>> {
        let mut random = Random::new(2);
        let mut costs = Vec::new();
        let mut found = 0;
        for seed in 0..LOOKUPS as u64 {
            let (interests, goal) = of(&mut random);
            let request = Request { goal, seed, ..Request::new(10, now) };
            let before = cpu_nanoseconds();
            found += recommend(&timed, &counters, &interests, &request, &Settings::default())?.items.len();
            costs.push((cpu_nanoseconds() - before) as f64 / 1e6);
        }
        costs.sort_by(f64::total_cmp);
        let at = |part: f64| costs[((costs.len() - 1) as f64 * part) as usize];
        let mean = costs.iter().sum::<f64>() / costs.len() as f64;
        println!("{name:34} {mean:7.2} {:7.2} {:7.2} {:7.2}", at(0.5), at(0.9), at(0.99));
        for (call, (calls, nanoseconds)) in
            std::mem::take(&mut *timed.spent.lock().unwrap_or_else(PoisonError::into_inner))
        {
            let (calls, cost) = (calls as f64 / LOOKUPS as f64, nanoseconds as f64 / 1e6 / LOOKUPS as f64);
            println!("    of which {call:20} {cost:7.2}   ({calls:.1} calls)");
        }
        println!("    links a lookup {:.1}", found as f64 / LOOKUPS as f64);
        Ok(())
    };
    let history = |random: &mut Random| -> Vec<String> {
        let subjects: Vec<usize> = (0..3).map(|_| random.index(SUBJECTS)).collect();
        (0..HISTORY).map(|_| random.pick(&links[*random.clone().pick(&subjects)]).clone()).collect()
    };
    ask("personal, nothing known", &|_| (Interests::default(), Goal::Personal))?;
    ask("personal, 50 links", &|random| {
        (Interests { links: history(random), ..Interests::default() }, Goal::Personal)
    })?;
    ask("personal, 50 links and all else", &|random| {
        let interests = Interests {
            links: history(random),
            dislikes: history(random).into_iter().take(10).collect(),
            terms: (0..5).map(|_| world.subjects[random.index(SUBJECTS)][0][0].clone()).collect(),
            sites: (0..5).map(|_| format!("s{}.kz", random.below(SITES))).collect(),
            seen: history(random),
            ..Interests::default()
        };
        (interests, Goal::Personal)
    })?;
    ask("trending", &|_| (Interests::default(), Goal::Trending { topic: None, window: None }))?;
    ask("related", &|random| (Interests::default(), Goal::Related { link: history(random)[0].clone() }))?;
    Ok(())
}

/// Some articles of the last two days are opened.
fn read(
    counters: &dyn Counters,
    all: &[UrlKey],
    now: Timestamp,
    random: &mut Random,
) -> Result<(), Box<dyn Error>> {
    let recent = &all[all.len() - all.len() / 30..];
    let events: Vec<Event> = (0..recent.len() * 5)
        .map(|n| Event {
            id: n.to_string(),
            at: now - jiff::SignedDuration::from_mins(i64::try_from(random.below(2_000)).unwrap_or(0)),
            kind: Kind::Click,
            link: Some(recent[random.index(recent.len()).min(random.index(recent.len()))]),
            recommendation: None,
            language: None,
        })
        .collect();
    counters.record(&events)?;
    Ok(())
}

struct World {
    /// By language, most frequent first.
    words: [Vec<String>; 3],
    /// By subject and language.
    subjects: Vec<[Vec<String>; 3]>,
}

const LANGUAGES: [&str; 3] = ["kk", "ru", "en"];
const LETTERS: [&str; 3] =
    ["аәбгдежзиіклмнңоөпрстуұүшы", "абвгдежзиклмнопрстуцчшыэя", "abcdefghijklmnoprstuvwy"];

impl World {
    fn new() -> Self {
        let mut random = Random::new(3);
        let word = |language: usize, random: &mut Random| -> String {
            let letters: Vec<char> = LETTERS[language].chars().collect();
            let length = random.within(3..11);
            (0..length).map(|_| *random.pick(&letters)).collect()
        };
        let words = [0, 1, 2].map(|language| (0..60_000).map(|_| word(language, &mut random)).collect());
        let mut subject = |language| (0..40).map(|_| word(language, &mut random)).collect();
        let subjects = (0..SUBJECTS).map(|_| [subject(0), subject(1), subject(2)]).collect();
        Self { words, subjects }
    }

    fn article(
        &self,
        number: usize,
        count: usize,
        now: Timestamp,
        random: &mut Random,
        links: &mut [Vec<String>],
    ) -> Document {
        let (language, subject) = (random.index(3), random.index(SUBJECTS));
        let mut text = |length: usize| -> String {
            let mut words = Vec::with_capacity(length);
            for _ in 0..length {
                let all = &self.words[language];
                // Zipf: the logarithm of the rank is even.
                let rank =
                    (all.len() as f64).powf(random.below(1 << 20) as f64 / f64::from(1 << 20)) as usize;
                let own = &self.subjects[subject][language];
                words.push(if random.chance(8) {
                    random.pick(own).as_str()
                } else {
                    &all[rank.min(all.len()) - 1]
                });
            }
            words.join(" ")
        };
        let (title, body) = (text(8), text(200));
        let url = format!("https://s{}.kz/news/{number}", random.below(SITES));
        let minutes = 60 * 24 * 60 * (count - number) as i64 / count as i64;
        let published = Some(now - jiff::SignedDuration::from_mins(minutes));
        links[subject].push(url.clone());
        Document {
            published,
            language: Language::new(LANGUAGES[language]),
            ..document(&url, LANGUAGES[language], &title, &body)
        }
    }
}

/// The index, with what each call costs.
struct Timed {
    index: Index,
    spent: Mutex<std::collections::BTreeMap<&'static str, (u64, u64)>>,
}

impl Timed {
    fn time<T>(&self, call: &'static str, run: impl FnOnce() -> T) -> T {
        let before = cpu_nanoseconds();
        let done = run();
        let cost = cpu_nanoseconds() - before;
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = spent.entry(call).or_default();
        *entry = (entry.0 + 1, entry.1 + cost);
        done
    }
}

impl LinkSource for Timed {
    fn search(&self, query: &Query) -> Result<Answer, indexer::Error> {
        let call = if query.text.is_empty() { "newest" } else { "search" };
        let call = if query.filter.site.is_some() { "newest of a site" } else { call };
        self.time(call, || self.index.search(query))
    }

    fn get(&self, keys: &[UrlKey], now: Timestamp) -> Result<Vec<Option<Hit>>, indexer::Error> {
        self.time("get", || self.index.get(keys, now))
    }

    fn similar(&self, similar: &Similar) -> Result<Vec<Hit>, indexer::Error> {
        self.time("similar", || self.index.similar(similar))
    }

    fn changes(&self, cursor: Option<&str>, limit: usize, now: Timestamp) -> Result<Changes, indexer::Error> {
        self.time("changes", || self.index.changes(cursor, limit, now))
    }

    fn stats(&self) -> Result<Stats, indexer::Error> {
        self.index.stats()
    }
}

/// A clock that stands.
struct At(Timestamp);

impl model::Clock for At {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// CPU time of this thread so far; Linux.
fn cpu_nanoseconds() -> u64 {
    let times = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    times.split(' ').next().and_then(|first| first.parse().ok()).unwrap_or_default()
}
