//! Tables in Markdown: a row per set and page type, a column per extractor.
//!
//! Invariant: an empty cell means that the gold or the extractor says nothing there.

use std::collections::{BTreeMap, HashSet};

use super::measure::Score;
use super::{Extractor, Found, ours};
use crate::gold::Gold;

/// Pages of one set, or of one page type of it.
pub(super) struct Group<'a> {
    name: String,
    pages: Vec<&'a Gold>,
}

/// The sets, each followed by its page types, and the translated pages beside their sources.
pub(super) fn groups(pages: &[Gold]) -> Vec<Group<'_>> {
    let mut groups: BTreeMap<String, Vec<&Gold>> = BTreeMap::new();
    // kkx-NUMBER is wcxb_dev-NUMBER in Kazakh; some of the sources are here too.
    let number = |page: &Gold| page.file.rsplit(['-', '.']).nth(1).map(str::to_owned);
    let numbers = |set: &str| -> HashSet<String> {
        pages.iter().filter(|page| page.set == set).filter_map(number).collect()
    };
    let (translated, sources) = (numbers("kkx"), numbers("wcxb_dev"));
    let pairs: HashSet<&String> = translated.intersection(&sources).collect();
    for page in pages {
        groups.entry(page.set.clone()).or_default().push(page);
        if let Some(kind) = page.text("type") {
            groups.entry(format!("{} {kind}", page.set)).or_default().push(page);
        }
        let is_of_pair = number(page).is_some_and(|number| pairs.contains(&number));
        match page.set.as_str() {
            "kkx" if is_of_pair => {
                groups.entry("kkx = pairs".to_owned()).or_default().push(page);
            }
            "wcxb_dev" if is_of_pair => {
                groups.entry("kkx = pairs, English".to_owned()).or_default().push(page);
            }
            _ => {}
        }
    }
    groups.into_iter().map(|(name, pages)| Group { name, pages }).collect()
}

/// A table with one column per extractor that passes `has_column`, and rows that have at least one cell.
fn by_extractor(
    title: &str,
    groups: &[Group<'_>],
    extractors: &[Extractor],
    has_column: impl Fn(&Extractor) -> bool,
    cell: impl Fn(&Score) -> Option<String>,
) -> String {
    let columns: Vec<&Extractor> = extractors.iter().filter(|extractor| has_column(extractor)).collect();
    let mut table = format!("\n{title}\n\n| set | pages |");
    for column in &columns {
        table.push_str(&format!(" {} |", column.name));
    }
    table.push_str(&format!("\n|---|{}\n", "---|".repeat(columns.len() + 1)));
    for group in groups {
        let cells: Vec<Option<String>> = columns
            .iter()
            .map(|extractor| score(&group.pages, extractor).and_then(|score| cell(&score)))
            .collect();
        if cells.iter().all(Option::is_none) {
            continue;
        }
        table.push_str(&format!("| {} | {} |", group.name, group.pages.len()));
        for cell in cells {
            table.push_str(&format!(" {} |", cell.unwrap_or_default()));
        }
        table.push('\n');
    }
    table
}

/// The score over some pages; none where the extractor has no results at all.
fn score(pages: &[&Gold], extractor: &Extractor) -> Option<Score> {
    if extractor.found.is_empty() {
        return None;
    }
    let nothing = Found::default();
    let mut score = Score::default();
    for page in pages {
        score.add(page, extractor.found.get(&page.file).unwrap_or(&nothing));
    }
    Some(score)
}

fn shown(value: Option<f64>) -> String {
    value.map_or("–".to_owned(), |value| format!("{value:.3}"))
}

/// Main text.
pub(super) fn texts(groups: &[Group<'_>], extractors: &[Extractor]) -> String {
    let title = "**Main text**: F1 by 4-word shingles (ScrapingHub's) / by words (WCXB's)";
    by_extractor(
        title,
        groups,
        extractors,
        |extractor| extractor.has_text,
        |score| {
            let words = score.words.value()?;
            Some(format!("{} / {words:.3}", shown(score.shingle_f1())))
        },
    )
}

/// Snippets.
pub(super) fn snippets(groups: &[Group<'_>], extractors: &[Extractor]) -> String {
    let title = "**Snippets**: share of `must_contain` found / of `must_not_contain` kept out";
    by_extractor(
        title,
        groups,
        extractors,
        |extractor| extractor.has_text,
        |score| {
            let (wanted, unwanted) = (score.wanted.value(), score.unwanted.value());
            (wanted.is_some() || unwanted.is_some())
                .then(|| format!("{} / {}", shown(wanted), shown(unwanted)))
        },
    )
}

/// Whether it is the column that differs from ours in nothing but the main text.
fn is_repeated(extractor: &Extractor) -> bool {
    extractor.name.ends_with("(held out)")
}

/// Title, author, dates.
pub(super) fn metadata(groups: &[Group<'_>], extractors: &[Extractor]) -> String {
    let says = |extractor: &Extractor, what: fn(&Found) -> bool| {
        !is_repeated(extractor) && (extractor.found.is_empty() || extractor.found.values().any(what))
    };
    let title = by_extractor(
        "**Title**: share right, word by word",
        groups,
        extractors,
        |extractor| says(extractor, |found| found.title.is_some()),
        |score| score.title.value().map(|value| format!("{value:.3}")),
    );
    let author = by_extractor(
        "**Author**: share right, word by word, where the gold names one",
        groups,
        extractors,
        |extractor| says(extractor, |found| found.author.is_some()),
        |score| score.author.value().map(|value| format!("{value:.3}")),
    );
    let date = by_extractor(
        "**Date of publication**: share exact to the day / share of the pages without a date that got one",
        groups,
        extractors,
        |extractor| says(extractor, |found| found.date.is_some()),
        |score| {
            let (date, invented) = (score.date.value(), score.invented.value());
            (date.is_some() || invented.is_some()).then(|| format!("{} / {}", shown(date), shown(invented)))
        },
    );
    title + &author + &date
}

/// Languages, which only ours says.
pub(super) fn languages(groups: &[Group<'_>], extractors: &[Extractor]) -> String {
    let is_ours = |extractor: &Extractor| {
        !is_repeated(extractor) && extractor.found.values().any(|found| found.language.is_some())
    };
    by_extractor("**Language of the text**: share right", groups, extractors, is_ours, |score| {
        score.language.value().map(|value| format!("{value:.3}"))
    })
}

/// CPU time, beside the bare parse of the same pages in the same run.
pub(super) fn times(pages: &[Gold], extractors: &[Extractor]) -> String {
    let bare: Vec<f64> = pages.iter().map(ours::bare).collect();
    let mut table = "\n**CPU time**: milliseconds per page, one thread, fastest of a few runs\n\n\
                     | extractor | mean | median | p99 | ÷ bare parse |\n|---|---|---|---|---|\n"
        .to_owned();
    let floor = mean(&bare);
    table.push_str(&line("scraper, parse alone", &bare, floor));
    for extractor in extractors.iter().filter(|extractor| !is_repeated(extractor)) {
        let times: Vec<f64> = extractor.found.values().filter_map(|found| found.cpu_ms).collect();
        if !times.is_empty() {
            table.push_str(&line(&extractor.name, &times, floor));
        }
    }
    table
}

fn line(name: &str, times: &[f64], floor: f64) -> String {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |share: usize| sorted.get((sorted.len() - 1) * share / 100).copied().unwrap_or_default();
    let mean = mean(times);
    format!("| {name} | {mean:.2} | {:.2} | {:.2} | {:.2} |\n", at(50), at(99), mean / floor)
}

fn mean(times: &[f64]) -> f64 {
    times.iter().sum::<f64>() / times.len().max(1) as f64
}
