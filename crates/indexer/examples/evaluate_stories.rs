//! How well stories and copies are told on the development sets in `../shared/data/recommend`.
//!
//! `cargo run --release -p indexer --example evaluate_stories [FOLDER]`; with `evidence FILE` it writes what speaks for and
//! against each decision on ECB+ (topic, whether right, evidence), from which the weights of `story` are learned;
//! with `cost DOCUMENTS` it only measures what placing costs with so many remembered.

#![expect(clippy::print_stdout, reason = "an evaluation prints its table")]

use std::collections::{HashMap, HashSet};
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use indexer::story::{Placement, Settings, Stories};
use model::Document;
use testkit::conformance::indexer::document;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// A report of a known story.
struct Report {
    topic: usize,
    story: String,
    document: Document,
}

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let first = arguments.next();
    if first.as_deref() == Some("evidence") {
        let path = arguments.next().ok_or("evidence FILE")?;
        return write_evidence(&ecb(Path::new("../shared/data/recommend"))?, &path);
    }
    if first.as_deref() == Some("cost") {
        let window = arguments.next().ok_or("cost DOCUMENTS")?.parse()?;
        return cost(Path::new("../shared/data/recommend"), window);
    }
    let folder = PathBuf::from(first.as_deref().unwrap_or("../shared/data/recommend"));
    if !folder.exists() {
        println!("no development sets in {}; nothing to evaluate", folder.display());
        return Ok(());
    }
    events(&ecb(&folder)?);
    pairs(&folder)?;
    languages(&folder)?;
    copies(&folder)?;
    cost(&folder, 100_000)
}

/// B-cubed of the stories of ECB+, in the order of the file and in others.
fn events(reports: &[Report]) {
    println!("{:38} {:>6} {:>9} {:>6}", "ECB+ stories, online B-cubed", "F1", "precision", "recall");
    for (name, part) in
        [("all topics", None), ("even topics (weights learned)", Some(0)), ("odd topics", Some(1))]
    {
        for (order, seeds) in [("as given", 0..1), ("shuffled, mean of 5", 1..6)] {
            let mut sums = [0.0; 3];
            let runs = seeds.clone().count() as f64;
            for seed in seeds {
                let mut chosen: Vec<&Report> = reports
                    .iter()
                    .filter(|report| part.is_none_or(|part| report.topic % 2 == part))
                    .collect();
                shuffle(&mut chosen, seed);
                let mut stories = Stories::new(Settings::default());
                let placed: Vec<u64> =
                    chosen.iter().map(|report| stories.assign(&report.document).story).collect();
                let gold: Vec<&str> = chosen.iter().map(|report| report.story.as_str()).collect();
                sums.iter_mut().zip(b_cubed(&gold, &placed)).for_each(|(sum, value)| *sum += value);
            }
            let [f1, precision, recall] = sums.map(|sum| sum / runs);
            println!("{:38} {f1:6.3} {precision:9.3} {recall:6.3}", format!("{name}, {order}"));
        }
    }
}

/// F1, precision, recall.
fn b_cubed(gold: &[&str], placed: &[u64]) -> [f64; 3] {
    let (mut precision, mut recall) = (0.0, 0.0);
    for (story, place) in gold.iter().zip(placed) {
        let both = gold.iter().zip(placed).filter(|(s, p)| *s == story && *p == place).count() as f64;
        precision += both / placed.iter().filter(|other| *other == place).count() as f64;
        recall += both / gold.iter().filter(|other| *other == story).count() as f64;
    }
    let count = gold.len().max(1) as f64;
    let (precision, recall) = (precision / count, recall / count);
    [2.0 * precision * recall / (precision + recall), precision, recall]
}

/// Pairs of Russian articles: of one story or not, all in one stream.
fn pairs(folder: &Path) -> Outcome<()> {
    println!("\n{:38} {:>6} {:>9} {:>6}", "Russian same-story pairs", "F1", "precision", "recall");
    let rows = rows(&folder.join("tgcontest_ru_train_exam_pairs.jsonl"))?;
    for pool in ["", "train", "exam"] {
        let mut stories = Stories::new(Settings::default());
        let (mut right, mut said, mut there) = (0.0, 0.0, 0.0);
        for row in &rows {
            let mut place = |side: &str| -> Outcome<u64> {
                let text = |name: &str| row[format!("{side}_{name}")].as_str().unwrap_or_default().to_owned();
                Ok(stories.assign(&document(&text("url"), "ru", &text("title"), &text("text"))).story)
            };
            let same = place("first")? == place("second")?;
            if row["pool"].as_str().is_some_and(|of| of.contains(pool)) {
                let is_story = row["label"] == "OK";
                right += f64::from(u8::from(same && is_story));
                said += f64::from(u8::from(same));
                there += f64::from(u8::from(is_story));
            }
        }
        let (precision, recall) = (right / said, right / there);
        let f1 = 2.0 * precision * recall / (precision + recall);
        let name = if pool.is_empty() { "all" } else { pool };
        println!("{name:38} {f1:6.3} {precision:9.3} {recall:6.3}");
    }
    Ok(())
}

/// Parallel sentences as reports of one event each.
fn languages(folder: &Path) -> Outcome<()> {
    println!("\n{:38} {:>6} {:>9} {:>6}", "parallel sentences kk, ru, en", "F1", "precision", "recall");
    let mut reports = Vec::new();
    for row in rows(&folder.join("sib200_train_dev.jsonl"))? {
        let code = match row["lang"].as_str() {
            Some("kaz_Cyrl") => "kk",
            Some("rus_Cyrl") => "ru",
            Some("eng_Latn") => "en",
            _ => continue,
        };
        let (event, text) =
            (row["idx"].as_str().unwrap_or_default(), row["text"].as_str().unwrap_or_default());
        let url = format!("https://{code}.test/{event}");
        reports.push((event.to_owned(), document(&url, code, "", text)));
    }
    let mut stories = Stories::new(Settings::default());
    let placed: Vec<u64> = reports.iter().map(|(_, document)| stories.assign(document).story).collect();
    let gold: Vec<&str> = reports.iter().map(|(event, _)| event.as_str()).collect();
    let (mut right, mut said, mut there) = (0.0, 0.0, 0.0);
    for first in 0..gold.len() {
        for second in first + 1..gold.len() {
            let (event, same) = (gold[first] == gold[second], placed[first] == placed[second]);
            right += f64::from(u8::from(event && same));
            said += f64::from(u8::from(same));
            there += f64::from(u8::from(event));
        }
    }
    let (precision, recall) = (right / said, right / there);
    let f1 = 2.0 * precision * recall / (precision + recall);
    println!("{:38} {f1:6.3} {precision:9.3} {recall:6.3}", "pairs of one event");
    Ok(())
}

/// Makes a text of an article's sentences and of boilerplate.
type Edit = fn(&[&str], &str) -> String;

/// Real articles edited as sites edit what they copy, among all others.
fn copies(folder: &Path) -> Outcome<()> {
    let mut articles = Vec::new();
    for row in rows(&folder.join("tgcontest_ru_train_exam_pairs.jsonl"))? {
        for side in ["first", "second"] {
            let text = |name: &str| row[format!("{side}_{name}")].as_str().unwrap_or_default().to_owned();
            articles.push((text("title"), text("text"), "ru"));
        }
    }
    for row in rows(&folder.join("kazqad_half_a.jsonl"))? {
        let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        articles.push((text("title"), text("text"), "kk"));
    }
    let mut seen = HashSet::new();
    articles.retain(|(_, text, _)| text.len() > 400 && seen.insert(text.clone()));
    println!("\n{:38} {:>6} {:>9}", format!("copies of {} articles", articles.len()), "recall", "precision");
    let boilerplate = "Подписывайтесь на наш канал и читайте новости первыми. При полном или частичном использовании \
                       материалов активная гиперссылка обязательна. Хабарламаға жазылыңыз, жаңалықтарды бірінші болып оқыңыз.";
    let edits: [(&str, Edit); 5] = [
        ("another headline", |sentences, _| sentences.join(". ")),
        ("boilerplate around it", |sentences, other| format!("{other} {} {other}", sentences.join(". "))),
        ("last third dropped", |sentences, _| sentences[..sentences.len() - sentences.len() / 3].join(". ")),
        ("every fourth sentence dropped", |sentences, _| {
            let kept = sentences.iter().enumerate().filter(|(at, _)| at % 4 != 3);
            kept.map(|(_, sentence)| *sentence).collect::<Vec<_>>().join(". ")
        }),
        ("every fifth sentence rewritten", |sentences, other| {
            let kept = sentences.iter().enumerate().map(|(at, s)| if at % 5 == 4 { other } else { s });
            kept.collect::<Vec<_>>().join(". ")
        }),
    ];
    for (name, edit) in edits {
        let mut stories = Stories::new(Settings::default());
        let mut placed = Vec::new();
        for (at, (title, text, code)) in articles.iter().enumerate() {
            let url = format!("https://first.test/{at}");
            placed.push(stories.assign(&document(&url, code, title, text)).copy);
        }
        let (mut found, mut right) = (0.0, 0.0);
        for (at, (_, text, code)) in articles.iter().enumerate() {
            let sentences: Vec<&str> = text.split(". ").collect();
            let edited = edit(&sentences, boilerplate);
            let copy = document(&format!("https://second.test/{at}"), code, "Тақырып заголовок", &edited);
            let place = stories.assign(&copy).copy;
            found += f64::from(u8::from(placed.contains(&place)));
            right += f64::from(u8::from(place == placed[at]));
        }
        println!("{name:38} {:6.3} {:9.3}", right / articles.len() as f64, right / found);
    }
    let mut stories = Stories::new(Settings::default());
    let mut texts = HashSet::new();
    for (at, (title, text, code)) in articles.iter().enumerate() {
        texts.insert(stories.assign(&document(&format!("https://one.test/{at}"), code, title, text)).copy);
    }
    println!("{:38} {:6}", "of the articles themselves are copies", articles.len() - texts.len());
    Ok(())
}

/// What placing a document costs with a full window, made of sentences of the sets put together by chance.
fn cost(folder: &Path, window: usize) -> Outcome<()> {
    let mut sentences: HashMap<&str, Vec<String>> = HashMap::new();
    for row in rows(&folder.join("kazqad_half_a.jsonl"))? {
        let text = row["text"].as_str().unwrap_or_default();
        sentences.entry("kk").or_default().extend(text.split(". ").map(str::to_owned));
    }
    for row in rows(&folder.join("tgcontest_ru_train_exam_pairs.jsonl"))? {
        let text = row["first_text"].as_str().unwrap_or_default();
        sentences.entry("ru").or_default().extend(text.split(". ").map(str::to_owned));
    }
    println!();
    let mut stories = Stories::new(Settings { documents_max: window, ..Settings::default() });
    let mut random = 1;
    let mut make = |at: usize| -> Document {
        let code = if at.is_multiple_of(2) { "kk" } else { "ru" };
        let of = &sentences[code];
        let mut pick = || {
            next(&mut random);
            of[(random >> 33) as usize % of.len()].as_str()
        };
        let title = pick().to_owned();
        let text: Vec<&str> = (0..8).map(|_| pick()).collect();
        document(&format!("https://site.test/{at}"), code, &title, &text.join(". "))
    };
    for at in 0..window {
        stories.assign(&make(at));
    }
    let documents: Vec<Document> = (window..window + 2_000).map(&mut make).collect();
    let began = Instant::now();
    for document in &documents {
        stories.assign(document);
    }
    let mean = began.elapsed().as_secs_f64() * 1e3 / documents.len() as f64;
    println!("\n{mean:.3} ms a document with {} documents remembered", stories.len());
    Ok(())
}

/// Every decision on ECB+ as it would have been had all before been right.
fn write_evidence(reports: &[Report], path: &str) -> Outcome<()> {
    let mut out = String::new();
    for part in [0, 1] {
        for seed in 0..6 {
            let mut chosen: Vec<&Report> = reports.iter().filter(|report| report.topic % 2 == part).collect();
            shuffle(&mut chosen, seed);
            let mut stories = Stories::new(Settings::default());
            let mut known: HashMap<&str, Placement> = HashMap::new();
            for report in chosen {
                let right = known.get(report.story.as_str()).copied();
                for candidate in stories.candidates(&report.document) {
                    let is_right = right.is_some_and(|right| right.story == candidate.story);
                    write!(out, "{}\t{}", report.topic, u8::from(is_right))?;
                    candidate.evidence.iter().try_for_each(|value| write!(out, "\t{value:.4}"))?;
                    out.push('\n');
                }
                let number = known.len() as u64;
                let placement = right.unwrap_or(Placement { story: number, copy: number });
                known.insert(&report.story, placement);
                stories.restore(&report.document, placement);
            }
        }
    }
    Ok(fs::write(path, out)?)
}

fn ecb(folder: &Path) -> Outcome<Vec<Report>> {
    let mut reports = Vec::new();
    for row in rows(&folder.join("ecbplus_train_dev.jsonl"))? {
        let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        reports.push(Report {
            topic: text("topic").parse()?,
            story: text("story"),
            document: document(&format!("https://news.test/{}", text("id")), "en", "", &text("text")),
        });
    }
    Ok(reports)
}

fn rows(path: &Path) -> Outcome<Vec<serde_json::Value>> {
    fs::read_to_string(path)?.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}

/// Another order; 0 leaves the order as it is.
fn shuffle<T>(items: &mut [T], seed: u64) {
    let mut random = seed;
    for at in (1..items.len()).rev().take_while(|_| seed != 0) {
        next(&mut random);
        items.swap(at, (random >> 33) as usize % (at + 1));
    }
}

fn next(random: &mut u64) {
    *random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
}
