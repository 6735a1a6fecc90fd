//! What HTML made to hurt costs: CPU seconds and peak memory of a process of its own for each case, beside bare scraper.
//!
//! `cargo run --release -p parser --example hostile` prints the table; reads `/proc`, so Linux only. Bare scraper is
//! stopped after [`CPU_SECONDS_MAX`]. With a case's name and `ours` or `scraper` it runs that one and nothing else.

#![expect(clippy::print_stdout, reason = "a table is what this is for")]
#![expect(clippy::expect_used, reason = "an example with constant inputs may stop")]

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use url::Url;

/// Bearable for a table of some thirty rows.
const CPU_SECONDS_MAX: u64 = 20;

/// A name, and how to make the page.
type Case = (&'static str, fn() -> Vec<u8>);

const CASES: &[Case] = &[
    ("1 M div", || nested("div", 1_000_000)),
    ("1 M p", || nested("p", 1_000_000)),
    ("1 M table", || nested("table", 1_000_000)),
    ("1 M svg", || nested("svg", 1_000_000)),
    ("1 M template", || nested("template", 1_000_000)),
    ("1 M select", || nested("select", 1_000_000)),
    ("1 M span, closed", || [nested("span", 1_000_000), "</span>".repeat(1_000_000).into()].concat()),
    ("10 k font aN", || (0..10_000).map(|n| format!("<font a{n}>")).collect::<String>().into()),
    ("10 k p + font aN", || (0..10_000).map(|n| format!("<p><font a{n}>x")).collect::<String>().into()),
    ("10 k a b i u", || "<a><b><i><u>".repeat(10_000).into()),
    ("50 k misnested", || "<a><div></a><p></b><b><table><i></table>".repeat(50_000).into()),
    ("100 k attributes", || {
        let many: String = (0..100_000).map(|n| format!(" a{n}=1")).collect();
        format!("<p{many}>x").into()
    }),
    ("50 MB attribute", || format!("<p class='{}'>x", "post ".repeat(10_000_000)).into()),
    ("50 MB href", || format!("<a href='/{}'>x</a>", "a".repeat(50_000_000)).into()),
    ("100 k links", || {
        (0..100_000).map(|n| format!("<a href=/{n}>link {n}</a> ")).collect::<String>().into()
    }),
    ("100 MB of paragraphs", || {
        "<p>Some words of a paragraph, and <a href=/x>a link</a>.</p>\n".repeat(1_700_000).into()
    }),
    ("100 MB of text", || "words and words ".repeat(6_500_000).into()),
    ("100 MB of NUL", || vec![0; 100_000_000]),
    ("20 MB of <", || "<".repeat(20_000_000).into()),
    ("20 MB of &", || "&amp".repeat(5_000_000).into()),
    ("20 MB comment", || format!("<!--{}", "-- >".repeat(5_000_000)).into()),
    ("20 MB script", || format!("<script>{}", "</scrip".repeat(3_000_000)).into()),
    ("10 MB JSON-LD [", || format!("<script type=application/ld+json>{}", "[".repeat(10_000_000)).into()),
    ("1 M end tags", || "</p></b></a></table></br>".repeat(200_000).into()),
    ("1 M cells", || format!("<table>{}", "<tr><td>x<td>y".repeat(500_000)).into()),
    ("200 k headings", || (0..200_000).map(|n| format!("<h2>Related {n}</h2>")).collect::<String>().into()),
];

fn nested(tag: &str, depth: usize) -> Vec<u8> {
    format!("<{tag}>").repeat(depth).into()
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [name, who] => run_one(name, who),
        _ => table(),
    }
}

/// Runs one case in this process and prints what it cost beyond making the page.
fn run_one(name: &str, who: &str) {
    let Some((_, make)) = CASES.iter().find(|(known, _)| known == &name) else {
        println!("no case {name:?}");
        return;
    };
    let body = make();
    let (cpu, mut notes) = (cpu_seconds(), Vec::new());
    if who == "ours" {
        let url = Url::parse("https://e.kz/p").expect("a URL");
        let parsed = parser::parse(&parser::Input {
            url: &url,
            content_type: Some("text/html; charset=utf-8"),
            headers: &[],
            body: &body,
            kind: model::ResourceKind::Page,
            agent: "silteme",
            fetched: "2026-11-22T00:00:00Z".parse().expect("an instant"),
        });
        notes = parsed.notes.into_iter().map(|note| note.code).collect();
    } else {
        let html = scraper::Html::parse_document(&String::from_utf8_lossy(&body));
        assert!(html.tree.nodes().len() > 1);
    }
    let megabytes = body.len() as f64 / 1e6;
    println!(
        "{megabytes:.1} MB | {:.2} s | {:.0} MB | {}",
        cpu_seconds() - cpu,
        peak_megabytes(),
        notes.join(" ")
    );
    std::io::stdout().flush().ok();
}

fn table() {
    println!("| page | bytes | ours: CPU | peak with the page | notes | scraper: CPU | peak |");
    println!("|---|---|---|---|---|---|---|");
    for (name, _) in CASES {
        let ours = spawn(name, "ours").unwrap_or_else(|| "? | ? | died |".to_owned());
        let bare = spawn(name, "scraper");
        let fields: Vec<&str> = ours.split('|').map(str::trim).collect();
        let field = |at: usize| fields.get(at).copied().unwrap_or("?");
        let (cpu, peak) = bare.as_deref().and_then(two).unwrap_or(("stopped", ""));
        println!("| {name} | {} | {} | {} | {} | {cpu} | {peak} |", field(0), field(1), field(2), field(3));
    }
}

fn two(line: &str) -> Option<(&str, &str)> {
    let mut fields = line.split('|').map(str::trim).skip(1);
    Some((fields.next()?, fields.next()?))
}

/// One case in a process of its own; `None` if it died or was stopped.
fn spawn(name: &str, who: &str) -> Option<String> {
    let this = std::env::current_exe().ok()?;
    let mut child =
        Command::new(this).args([name, who]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
    let began = Instant::now();
    let limit = Duration::from_secs(if who == "ours" { 10 } else { 2 } * CPU_SECONDS_MAX);
    while child.try_wait().ok()?.is_none() {
        let is_over = cpu_of(&child.id().to_string()) > CPU_SECONDS_MAX as f64 && who != "ours";
        if is_over || began.elapsed() > limit {
            child.kill().ok();
            child.wait().ok();
            return None;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let output = child.wait_with_output().ok()?;
    let line = String::from_utf8(output.stdout).ok()?;
    (!line.trim().is_empty()).then(|| line.trim().to_owned())
}

fn cpu_seconds() -> f64 {
    cpu_of("self")
}

/// User and system time from `/proc/…/stat`, in ticks of 10 ms (`getconf CLK_TCK` is 100 on Linux).
fn cpu_of(process: &str) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let fields: Vec<f64> = after_name.split_whitespace().map(|field| field.parse().unwrap_or(0.0)).collect();
    fields.get(11..13).map_or(0.0, |times| (times[0] + times[1]) / 100.0)
}

/// The process's largest resident size.
fn peak_megabytes() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}
