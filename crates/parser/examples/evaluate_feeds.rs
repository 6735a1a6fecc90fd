//! How our feed reader compares with Python's feedparser, file by file.
//!
//! `cargo run --release -p parser --example evaluate_feeds [-- --look]` reads `../shared/data/feeds`: the entries that
//! feedparser 6.0.14 finds in its own test feeds and in those of feed-rs. `--look` prints every file that differs.
//! Files in which feedparser knows no format and finds no entry are no feeds and are left out.

#![expect(clippy::print_stdout, reason = "a command for people")]
#![expect(clippy::expect_used, reason = "an example may stop at data that is not what it reads")]

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use model::LinkKind;
use parser::study::foreign;
use serde_json::Value;
use url::Url;

/// What agrees in one set of files.
#[derive(Default)]
struct Score {
    files: usize,
    same_count: usize,
    links: usize,
    same_links: usize,
    titles: usize,
    same_titles: usize,
}

fn main() {
    let is_looking = std::env::args().any(|argument| argument == "--look");
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/feeds");
    if !data.exists() {
        println!("nothing to evaluate: no ../shared/data/feeds");
        return;
    }
    println!("| set | feeds | entry count as feedparser | links found | titles equal |");
    println!("|---|---|---|---|---|");
    for set in ["feedparser", "feed_rs"] {
        let Some(folder) = unpacked(&data, set) else {
            println!("{set}: cannot unpack {set}.tar.xz; is tar with xz installed?");
            continue;
        };
        let expected = data.join(format!("{set}_expected_by_feedparser_6.0.14.ndjson"));
        let mut score = Score::default();
        for line in fs::read_to_string(expected).unwrap_or_default().lines() {
            let case: Value = serde_json::from_str(line).expect("one JSON object a line");
            judge(&case, &folder, &mut score, is_looking);
        }
        let share = |part: usize, all: usize| {
            format!("{part} of {all} ({:.1} %)", 100.0 * part as f64 / all.max(1) as f64)
        };
        println!(
            "| {set} | {} | {} | {} | {} |",
            score.files,
            share(score.same_count, score.files),
            share(score.same_links, score.links),
            share(score.same_titles, score.titles)
        );
        fs::remove_dir_all(&folder).ok();
    }
}

/// The files of an archive, in a folder of their own.
fn unpacked(data: &Path, set: &str) -> Option<PathBuf> {
    let folder = std::env::temp_dir().join(format!("silteme-feeds-{set}-{}", std::process::id()));
    fs::create_dir_all(&folder).ok()?;
    let archive = data.join(format!("{set}.tar.xz"));
    let status = Command::new("tar").arg("xJf").arg(archive).arg("-C").arg(&folder).status().ok()?;
    status.success().then_some(folder)
}

fn judge(case: &Value, folder: &Path, score: &mut Score, is_looking: bool) {
    let (file, theirs) = (case["f"].as_str().unwrap_or_default(), &case["ref"]);
    let count = usize::try_from(theirs["n"].as_u64().unwrap_or(0)).unwrap_or(0);
    let Ok(body) = fs::read(folder.join(file)) else { return };
    if count == 0 && theirs["version"] == "" {
        return;
    }
    let base = Url::parse("http://base.invalid/feed").expect("a URL");
    let ours = foreign::feed(&body, &base);
    let entries = ours.as_ref().map_or(0, |listing| listing.entries);
    score.files += 1;
    score.same_count += usize::from(entries == count);
    if entries != count && is_looking {
        println!(
            "{file}: {entries} entries instead of {count}{}",
            if ours.is_none() { ", no feed" } else { "" }
        );
    }
    let links: HashMap<String, String> = ours
        .into_iter()
        .flat_map(|listing| listing.links)
        .filter(|link| link.kind == LinkKind::Entry)
        .map(|link| (link.url, link.text))
        .collect();
    for entry in theirs["entries"].as_array().into_iter().flatten() {
        let Some(link) = entry["link"].as_str().and_then(|link| resolved(&base, link)) else { continue };
        score.links += 1;
        let found = links.get(&link);
        score.same_links += usize::from(found.is_some());
        if found.is_none() && is_looking {
            println!("{file}: no {link} among {:?}", links.keys().take(3).collect::<Vec<_>>());
        }
        if let (Some(ours), Some(theirs)) = (found, entry["title"].as_str()) {
            let theirs = words(theirs);
            score.titles += 1;
            let is_same =
                words(ours) == theirs || ours.chars().count() >= 250 && theirs.starts_with(ours.as_str());
            score.same_titles += usize::from(is_same);
            if !is_same && is_looking {
                println!("{file}: title {ours:?} instead of {theirs:?}");
            }
        }
    }
}

fn resolved(base: &Url, link: &str) -> Option<String> {
    let mut url = base.join(link.trim()).ok()?;
    url.set_fragment(None);
    matches!(url.scheme(), "http" | "https").then(|| url.to_string())
}

/// The words alone: feedparser keeps markup and references in titles that are HTML, we drop them.
fn words(text: &str) -> String {
    let mut out = String::new();
    let mut is_tag = false;
    for letter in text.replace("&lt;", "\u{1}").replace("&gt;", "\u{2}").replace("&amp;", "&").chars() {
        match letter {
            '<' => is_tag = true,
            '>' if is_tag => is_tag = false,
            _ if is_tag => {}
            _ => out.push(letter),
        }
    }
    let out = out.replace('\u{1}', "<").replace('\u{2}', ">");
    out.split_whitespace().collect()
}
