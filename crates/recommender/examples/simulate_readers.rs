//! Made-up readers of real texts, as a log for `silteme recommend --evaluate`; or the table of all parameter sets.
//!
//! `cargo run --release -p recommender --example simulate_readers -- [FOLDER]` (default ../shared/data/recommend) prints the table;
//! settings as JSON in the environment (`SILTEME_RECOMMENDER='{"content_weight": 2}'`, `SILTEME_FEEDBACK`) and one kind of seeds
//! (`SILTEME_SEEDS=tuned`) or one world (`SILTEME_WORLD=events/mixed`) try others; `… -- FOLDER SET PARAMETERS SEED` prints one log (SET: events, topics, articles; PARAMETERS: see [`PARAMETERS`]).
//!
//! **This is a simulation.** It can show that a ranking uses what there is to use, not how much there is in the world. No ranking is
//! favoured by construction: readers see no ranking at all. Every document has an appeal of its own (log-normal), its site one too;
//! a reader has a taste for some subjects (the labels of the set, which no ranker sees); how often a document is opened follows
//! from appeal and tastes, who opens it from tastes alone, and when from a reaction time that is log-normal with the median and
//! the 90 % point of field.md §4 (2.7 h, 10.5 h), which is none of the rankers' own forms. Documents appear by day more than by
//! night; those of one story within hours of each other, on several sites; of one story a reader seldom opens a second one.
//!
//! The sets: `events` (ECB+, English, stories and their topics as tastes), `topics` (SIB-200, Kazakh, Russian and English sentences,
//! their topics as tastes), `articles` (`KazQAD`, Kazakh; no labels, so tastes are drawn independently of the texts and likeness of
//! content is worth nothing: the worst case for whoever relies on it).

#![expect(clippy::print_stdout, reason = "a simulation prints its log or its table")]
#![expect(clippy::cast_possible_truncation, reason = "small numbers of a simulation")]

use std::collections::{BTreeMap, HashMap, HashSet};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use model::Timestamp;
use recommender::Settings;
use recommender::evaluation::{Log, evaluate};
use serde_json::{Value, json};
use testkit::random::Random;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// What a world is like.
#[derive(Debug, Clone, Copy)]
struct Parameters {
    name: &'static str,
    /// How much more a reader opens of a liked subject: e to this power.
    taste: f64,
    /// Deviation of the logarithm of a document's appeal.
    appeal: f64,
    /// Deviation of the logarithm of a site's.
    site: f64,
    /// Clicks a document has on average.
    clicks: f64,
    /// Percent of further reports of one event that a reader opens nevertheless.
    again: u64,
}

/// Worlds in which taste or appeal decide more or less, with many readers or few.
const PARAMETERS: [Parameters; 4] = [
    Parameters { name: "mixed", taste: 2.0, appeal: 1.0, site: 0.5, clicks: 12.0, again: 30 },
    Parameters { name: "tasteful", taste: 3.5, appeal: 0.5, site: 0.0, clicks: 12.0, again: 60 },
    Parameters { name: "popular", taste: 0.5, appeal: 1.5, site: 0.5, clicks: 12.0, again: 0 },
    Parameters { name: "quiet", taste: 2.0, appeal: 1.0, site: 0.5, clicks: 2.0, again: 30 },
];

/// Readers of a world, days it lasts, sites.
const READERS: usize = 120;
const DAYS: u64 = 14;
const SITES: u64 = 12;
/// Documents of one log: more of a set are left out.
const DOCUMENTS_MAX: usize = 1_200;
/// Predictions of one log, evenly among all there could be.
const PREDICTIONS: usize = 150;
/// Links a reader must have opened before being predicted.
const HISTORY_MIN: usize = 3;
/// ln(2.7 h), and the deviation that has 90 % below 10.5 h: ln(10.5 / 2.7) / 1.2816.
const REACTION: (f64, f64) = (0.993, 1.06);
/// Seeds looked at while tuning, and others looked at once.
const TUNED: [u64; 2] = [1, 2];
const UNSEEN: [u64; 3] = [101, 102, 103];

struct Text {
    title: String,
    body: String,
    language: String,
    subject: String,
    story: Option<String>,
}

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let folder = args.next().map_or_else(|| PathBuf::from("../shared/data/recommend"), PathBuf::from);
    if !folder.exists() {
        println!("no development sets in {}; nothing to simulate", folder.display());
        return Ok(());
    }
    let Some(set) = args.next() else { return table(&folder) };
    let wanted = args.next().unwrap_or_else(|| "mixed".to_owned());
    let parameters = PARAMETERS.into_iter().find(|one| one.name == wanted).ok_or("no such parameters")?;
    let seed = args.next().map_or(Ok(1), |text| text.parse())?;
    print!("{}", world(&texts(&folder, &set)?, parameters, seed));
    Ok(())
}

/// Settings from the environment, else the defaults.
fn settings<T: serde::de::DeserializeOwned + Default>(name: &str) -> Result<T> {
    Ok(match std::env::var(name) {
        Ok(text) => serde_json::from_str(&text)?,
        Err(_) => T::default(),
    })
}

/// Every set and parameter set, on seeds looked at while tuning and on others.
fn table(folder: &Path) -> Result<()> {
    let [only, only_world] =
        ["SILTEME_SEEDS", "SILTEME_WORLD"].map(|name| std::env::var(name).unwrap_or_default());
    for (name, seeds) in [("tuned on", &TUNED[..]), ("not looked at before", &UNSEEN[..])] {
        if !only.is_empty() && !name.starts_with(&only) {
            continue;
        }
        for set in ["events", "topics", "articles"] {
            let texts = texts(folder, set)?;
            for parameters in PARAMETERS {
                if !only_world.is_empty() && only_world != format!("{set}/{}", parameters.name) {
                    continue;
                }
                println!("\n{set}, {} readers, seeds {seeds:?} ({name})", parameters.name);
                println!(
                    "{:28} {:>7} {:>8} {:>8} {:>10} {:>8}",
                    "", "MRR", "nDCG@10", "hit@10", "dup pairs", "entropy"
                );
                judge(&texts, parameters, seeds)?;
            }
        }
    }
    Ok(())
}

fn judge(texts: &[Text], parameters: Parameters, seeds: &[u64]) -> Result<()> {
    let mut sums: Vec<(String, [f64; 5])> = Vec::new();
    let (mut predictions, mut candidates) = (0, 0.0);
    for seed in seeds {
        let log = Log::read(world(texts, parameters, *seed).as_bytes())?;
        let dir = tempfile::tempdir()?;
        let (settings, feedback): (Settings, feedback::Settings) =
            (settings("SILTEME_RECOMMENDER")?, settings("SILTEME_FEEDBACK")?);
        let outcome = evaluate(&log, &settings, &feedback, dir.path())?;
        predictions += outcome.predictions;
        candidates += outcome.candidates / seeds.len() as f64;
        for (place, row) in outcome.rows.iter().enumerate() {
            let m = &row.measures;
            let values = [m.mrr, m.ndcg_10, m.hit_rate_10, m.duplicate_pairs_10, m.source_entropy_10];
            if sums.len() == place {
                sums.push((row.ranker.clone(), [0.0; 5]));
            }
            sums[place].1.iter_mut().zip(values).for_each(|(sum, value)| *sum += value / seeds.len() as f64);
        }
    }
    for (ranker, [mrr, ndcg, hit, pairs, entropy]) in sums {
        println!("{ranker:28} {mrr:7.4} {ndcg:8.4} {hit:8.4} {pairs:10.2} {entropy:8.2}");
    }
    println!("  {predictions} predictions, {candidates:.0} links to choose from");
    Ok(())
}

/// The log of a world.
fn world(texts: &[Text], parameters: Parameters, seed: u64) -> String {
    let mut random = Random::named(seed, parameters.name);
    let mut order: Vec<usize> = (0..texts.len()).collect();
    random.shuffle(&mut order);
    order.truncate(DOCUMENTS_MAX);
    let subjects: Vec<&str> = {
        let all: HashSet<&str> = order.iter().map(|at| texts[*at].subject.as_str()).collect();
        let mut all: Vec<&str> = all.into_iter().collect();
        all.sort_unstable();
        all
    };
    let tastes: Vec<HashSet<&str>> =
        (0..READERS).map(|_| (0..=random.index(3)).map(|_| *random.pick(&subjects)).collect()).collect();
    let site_appeal: Vec<f64> = (0..SITES).map(|_| (parameters.site * normal(&mut random)).exp()).collect();
    let start = Timestamp::constant(1_767_225_600, 0).as_second();
    let mut story_starts: HashMap<&str, f64> = HashMap::new();
    let mut lines = Vec::new();
    let mut opened: Vec<(i64, usize, String, Option<&str>)> = Vec::new();
    for at in order {
        let text = &texts[at];
        let mut hour = daytime(&mut random);
        if let Some(story) = &text.story {
            let first = *story_starts.entry(story).or_insert(hour);
            hour = first + exponential(&mut random) * 4.0;
        }
        let published = start + (hour * 3_600.0) as i64;
        // A few sites publish much, most little.
        let site = random.below(SITES).min(random.below(SITES));
        let url = format!("https://s{site}.test/news/{seed}/{at}");
        lines.push(json!({
            "url": url, "title": text.title, "text": text.body, "language": text.language,
            "published": Timestamp::from_second(published).unwrap_or_default(), "story": text.story,
        }));
        let weights: Vec<f64> = tastes
            .iter()
            .map(|taste| if taste.contains(text.subject.as_str()) { parameters.taste.exp() } else { 1.0 })
            .collect();
        let appeal = (parameters.appeal * normal(&mut random) - parameters.appeal.powi(2) / 2.0).exp();
        let mean_weight = weights.iter().sum::<f64>() / READERS as f64;
        // Tastes of many readers make a document popular, but not as many times as there are of them.
        let expected = parameters.clicks * appeal * site_appeal[site as usize] * mean_weight.sqrt()
            / parameters.taste.exp().sqrt().sqrt();
        for _ in 0..poisson(expected, &mut random) {
            let reader = weighted(&weights, &mut random);
            let delay = (REACTION.0 + REACTION.1 * normal(&mut random)).exp();
            opened.push((published + (delay * 3_600.0) as i64, reader, url.clone(), text.story.as_deref()));
        }
    }
    opened.sort();
    let mut histories: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    let mut stories: HashSet<(usize, &str)> = HashSet::new();
    let mut predictions = Vec::new();
    for (second, reader, url, story) in opened {
        let history = histories.entry(reader).or_default();
        let is_known = story.is_some_and(|story| !stories.insert((reader, story)));
        if (is_known && !random.chance(parameters.again)) || history.contains(&url) {
            continue;
        }
        let at = Timestamp::from_second(second).unwrap_or_default();
        let recent: Vec<&String> = history.iter().rev().take(50).collect();
        predictions.push((
            recent.len(),
            json!({"at": at, "history": recent, "clicked": [url]}),
            json!({"at": at, "click": url}),
        ));
        history.push(url);
    }
    // What is not predicted is a click like any other.
    let able = predictions.iter().filter(|(known, ..)| *known >= HISTORY_MIN).count();
    let step = able.div_ceil(PREDICTIONS).max(1);
    let mut seen = 0;
    for (known, prediction, click) in predictions {
        let is_able = known >= HISTORY_MIN;
        seen += usize::from(is_able);
        lines.push(if is_able && seen % step == 0 { prediction } else { click });
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// An hour of the days of a world, by day three times as likely as by night.
fn daytime(random: &mut Random) -> f64 {
    let day = random.below(DAYS) as f64;
    let hour = if random.chance(75) { 6.0 + unit(random) * 14.0 } else { unit(random) * 24.0 };
    day * 24.0 + hour
}

fn unit(random: &mut Random) -> f64 {
    (random.below(1 << 40) as f64 + 0.5) / (1u64 << 40) as f64
}

fn normal(random: &mut Random) -> f64 {
    let (a, b) = (unit(random), unit(random));
    (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos()
}

fn exponential(random: &mut Random) -> f64 {
    -unit(random).ln()
}

fn poisson(mean: f64, random: &mut Random) -> usize {
    let (mut sum, mut count) = (exponential(random), 0);
    while sum < mean {
        sum += exponential(random);
        count += 1;
    }
    count
}

fn weighted(weights: &[f64], random: &mut Random) -> usize {
    let mut left = unit(random) * weights.iter().sum::<f64>();
    for (place, weight) in weights.iter().enumerate() {
        left -= weight;
        if left <= 0.0 {
            return place;
        }
    }
    weights.len() - 1
}

/// The texts of a set.
fn texts(folder: &Path, set: &str) -> Result<Vec<Text>> {
    let file = match set {
        "events" => "ecbplus_train_dev.jsonl",
        "topics" => "sib200_train_dev.jsonl",
        "articles" => "kazqad_half_a.jsonl",
        other => return Err(format!("{other} is no set; write events, topics or articles").into()),
    };
    let mut random = Random::named(7, set);
    let mut texts = Vec::new();
    for line in fs::read_to_string(folder.join(file))?.lines() {
        texts.extend(text(set, &serde_json::from_str(line)?, &mut random));
    }
    Ok(texts)
}

fn field(row: &Value, name: &str) -> String {
    row[name].as_str().unwrap_or_default().to_owned()
}

/// The first words of a text, for texts without a title.
fn head(text: &str) -> String {
    text.split_whitespace().take(9).collect::<Vec<_>>().join(" ")
}

/// A row of a set; none of a language not looked at.
fn text(set: &str, row: &Value, random: &mut Random) -> Option<Text> {
    let body = field(row, "text");
    let (language, title) = match (set, row["lang"].as_str()) {
        ("events", _) => ("en", head(&body)),
        ("articles", _) => ("kk", field(row, "title")),
        (_, Some("kaz_Cyrl")) => ("kk", head(&body)),
        (_, Some("rus_Cyrl")) => ("ru", head(&body)),
        (_, Some("eng_Latn")) => ("en", head(&body)),
        _ => return None,
    };
    let subject =
        if set == "articles" { format!("subject {}", random.below(20)) } else { field(row, "topic") };
    let story = row["story"].as_str().map(str::to_owned);
    Some(Text { title, body, language: language.to_owned(), subject, story })
}
