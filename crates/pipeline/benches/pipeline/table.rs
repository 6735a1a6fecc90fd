//! The table. Invariant: a measure that failed has a row that says why, never a number.

use std::fmt::Write as _;

use crate::measures;
use crate::meter::Measured;

/// The results on one web.
pub(crate) struct Column {
    pub(crate) title: String,
    pub(crate) results: Vec<(&'static str, Result<Measured, String>)>,
}

/// The round in the middle by CPU time; a failure only if all rounds failed.
pub(crate) fn median(rounds: Vec<Result<Measured, String>>) -> Result<Measured, String> {
    let (good, mut bad): (Vec<_>, Vec<_>) = rounds.into_iter().partition(Result::is_ok);
    let mut good: Vec<Measured> = good.into_iter().flatten().collect();
    good.sort_by(|a, b| a.cpu_ms_per_page().total_cmp(&b.cpu_ms_per_page()));
    let spread = match (good.first(), good.last()) {
        (Some(low), Some(high)) if good.len() > 1 => {
            format!("{} rounds {:.2}–{:.2}", good.len(), low.cpu_ms_per_page(), high.cpu_ms_per_page())
        }
        (None, _) => return bad.swap_remove(0),
        _ => String::new(),
    };
    let mut middle = good.swap_remove(good.len() / 2);
    middle.note =
        [middle.note, spread].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ");
    Ok(middle)
}

pub(crate) fn print(columns: &[Column]) -> String {
    let mut text = String::new();
    for column in columns {
        let _ = writeln!(text, "\n{}", column.title);
        print_column(&mut text, column);
    }
    text
}

fn print_column(text: &mut String, column: &Column) {
    let result =
        |name: &str| column.results.iter().find(|(other, _)| *other == name).map(|(_, result)| result);
    let cost = |name: &str| result(name)?.as_ref().ok().map(Measured::cpu_ms_per_page);
    let chain = cost("chain");
    let _ = writeln!(
        text,
        "{:<9} {:<45} {:>11} {:>8} {:>8} {:>9}",
        "name", "", "CPU ms/page", "÷ chain", "pages/s", "peak MB"
    );
    let mut group = "";
    for measure in measures::ALL {
        let Some(result) = result(measure.name) else { continue };
        if measure.group != group {
            group = measure.group;
            let _ = writeln!(text, "-- {group}");
        }
        let (name, title) = (measure.name, measure.title);
        match result {
            Ok(measured) => {
                let cost = measured.cpu_ms_per_page();
                let ratio = chain.map_or_else(String::new, |chain| format!("{:.2}", cost / chain));
                // The others hold all pages in memory beforehand; their peak says nothing.
                let peak =
                    if measure.repeats { format!("{}", measured.peak_kib / 1024) } else { String::new() };
                let speed = measured.pages_per_second();
                let _ = write!(text, "{name:<9} {title:<45} {cost:>11.3} {ratio:>8} {speed:>8.0} {peak:>9}");
                let _ = writeln!(text, "  {}", measured.note);
            }
            Err(reason) => {
                let reason: String = reason.chars().take(300).collect();
                let _ = writeln!(text, "{name:<9} {title:<45} failed: {reason}");
            }
        }
    }
    let sum = |names: &[&str]| names.iter().map(|name| cost(name)).sum::<Option<f64>>();
    if let Some(sum) = sum(&["fetch", "archive", "parse", "offers", "index", "frontier"]) {
        let _ = writeln!(text, "stages summed: {sum:.3} ms/page");
    }
    if let (Some(chain), Some(whole)) = (chain, cost("whole")) {
        let ratio = whole / chain;
        let verdict = if ratio <= 1.0 { "met" } else { "missed" };
        let _ = writeln!(
            text,
            "whole pipeline / chain: {ratio:.2} (goal of field.md section 5: at most 1.00: {verdict})"
        );
    }
}
