//! Runs the Rust extractors that Silteme is compared with and prints what they find, one JSON object per page.
//!
//! `peers NAME PAGES` reads `PAGES/gold.ndjson` and the files it names; NAME is `dom_smoothie` or `readability`. The
//! lines are those of `peers.py`: `file`, `text`, `title`, `author`, `date`, `cpu_ms`. The first line names the peer's
//! version. A peer that fails or panics on a page gives an empty text there.
//!
//! Invariant: every page of the gold file gives one line, and a peer sees a page only through its own public interface.

use std::fs;
use std::io::{self, Write};
use std::panic;
use std::path::Path;

use serde_json::{Value, json};
use url::Url;

/// What one extractor finds.
#[derive(Default)]
struct Found {
    text: String,
    title: Option<String>,
    author: Option<String>,
    date: Option<String>,
}

type Extract = fn(&str, &Url) -> Option<Found>;

/// Runs over each page; the fastest counts, because everything slower was disturbed.
const ROUNDS: usize = 3;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, folder] = arguments.as_slice() else { return Err("usage: peers NAME PAGES".into()) };
    let (version, extract): (&str, Extract) = match name.as_str() {
        "dom_smoothie" => ("dom_smoothie 0.19.0", dom_smoothie),
        "readability" => ("readability 0.3.0 (Rust)", readability),
        _ => return Err(format!("no peer is called {name}").into()),
    };
    panic::set_hook(Box::new(|_| ()));
    let folder = Path::new(folder);
    let mut output = io::stdout().lock();
    writeln!(output, "{}", json!({ "version": version }))?;
    for line in fs::read_to_string(folder.join("gold.ndjson"))?.lines() {
        let page: Value = serde_json::from_str(line)?;
        let (Some(file), Some(url)) = (page["file"].as_str(), page["url"].as_str()) else { continue };
        let url = Url::parse(url)?;
        let html = decoded(&fs::read(folder.join(file))?);
        let mut fastest = f64::INFINITY;
        let mut found = Found::default();
        for _ in 0..ROUNDS {
            let start = cpu_ms();
            found = panic::catch_unwind(|| extract(&html, &url)).ok().flatten().unwrap_or_default();
            fastest = fastest.min(cpu_ms() - start);
        }
        let Found { text, title, author, date } = found;
        let line = json!({
            "file": file, "text": text, "title": title, "author": author, "date": date, "cpu_ms": fastest,
        });
        writeln!(output, "{line}")?;
    }
    Ok(())
}

fn dom_smoothie(html: &str, url: &Url) -> Option<Found> {
    let config = dom_smoothie::Config { text_mode: dom_smoothie::TextMode::Formatted, ..Default::default() };
    let mut page = dom_smoothie::Readability::new(html, Some(url.as_str()), Some(config)).ok()?;
    let article = page.parse().ok()?;
    Some(Found {
        text: article.text_content.to_string(),
        title: Some(article.title),
        author: article.byline,
        date: article.published_time,
    })
}

fn readability(html: &str, url: &Url) -> Option<Found> {
    let article = readability::extractor::extract(&mut html.as_bytes(), url).ok()?;
    Some(Found { text: article.text, title: Some(article.title), ..Found::default() })
}

/// Both take text: BOM, else UTF-8 where it is valid, else what the first 1,024 bytes declare, else windows-1251.
fn decoded(bytes: &[u8]) -> String {
    if let Ok(text) = str::from_utf8(bytes) {
        return text.trim_start_matches('\u{feff}').to_owned();
    }
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]).to_ascii_lowercase();
    let label = start.split("charset=").nth(1).unwrap_or_default().trim_start_matches(['"', '\'', ' ']);
    let label = label.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-').next();
    let encoding = encoding_rs::Encoding::for_label(label.unwrap_or_default().as_bytes())
        .unwrap_or(encoding_rs::WINDOWS_1251);
    encoding.decode(bytes).0.into_owned()
}

/// CPU time of this process so far, in milliseconds.
fn cpu_ms() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}
