//! How good the parser is on the development pages: main text, title, author, date, language, per set.
//!
//! `cargo run --release -p parser --example evaluate [-- --look FILE…]` reads `../shared/data/pages`. With `--look` it
//! prints what was made of single files. The forests were trained on these very pages: honest figures for the main text
//! are those of `train_text`, which judges pages it has not seen.

#![expect(clippy::print_stdout, reason = "a command for people")]

mod gold;

use std::collections::BTreeMap;

use gold::Gold;
use model::{Document, LinkKind, Parsed, ResourceKind, Timestamp};
use parser::{Input, parse};

/// Sums of one set.
#[derive(Default)]
struct Row {
    pages: usize,
    texts: Share,
    shingles: Share,
    titles: Share,
    authors: Share,
    dates: Share,
    /// Pages without a date that got one.
    invented: Share,
    wanted: Share,
    unwanted: Share,
    languages: Share,
}

/// A mean.
#[derive(Default)]
struct Share(f64, usize);

impl Share {
    fn add(&mut self, value: f64) {
        self.0 += value;
        self.1 += 1;
    }

    fn shown(&self) -> String {
        if self.1 == 0 { "    –".to_owned() } else { format!("{:.3}", self.0 / self.1 as f64) }
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let pages = gold::pages();
    if pages.is_empty() {
        println!("nothing to evaluate: no ../shared/data/pages");
        return;
    }
    if arguments.first().is_some_and(|first| first == "--look") {
        for page in
            pages.iter().filter(|page| arguments.iter().any(|wanted| page.file.contains(wanted.as_str())))
        {
            look(page, &read(page));
        }
        return;
    }
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    for page in &pages {
        let parsed = read(page);
        let kind = page.text("type").map(|kind| format!("{} {kind}", page.set));
        for key in std::iter::once(page.set.clone()).chain(kind) {
            judge(page, &parsed, rows.entry(key).or_default());
        }
        if arguments.iter().any(|argument| argument == "--errors") {
            errors(page, &parsed);
        }
    }
    println!(
        "| set | pages | word F1 | shingle F1 | title | author | date | date invented | must contain | must not contain | language |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|");
    for (key, row) in rows {
        let shares = [
            &row.texts,
            &row.shingles,
            &row.titles,
            &row.authors,
            &row.dates,
            &row.invented,
            &row.wanted,
            &row.unwanted,
            &row.languages,
        ];
        let cells: Vec<String> = shares.iter().map(|share| share.shown()).collect();
        println!("| {key} | {} | {} |", row.pages, cells.join(" | "));
    }
}

fn read(page: &Gold) -> Parsed {
    let fetched: Timestamp = "2026-11-23T00:00:00Z".parse().unwrap_or_default();
    parse(&Input {
        url: &page.url,
        content_type: Some("text/html"),
        headers: &[],
        body: &page.body,
        kind: ResourceKind::Page,
        agent: "silteme",
        fetched,
    })
}

fn judge(page: &Gold, parsed: &Parsed, row: &mut Row) {
    row.pages += 1;
    let Some(document) = &parsed.document else { return };
    let found = gold::words(&document.text);
    if let Some(text) = page.text("text") {
        let gold = gold::words(text);
        row.texts.add(gold::word_f1(&found, &gold));
        row.shingles.add(gold::shingle_f1(&found, &gold));
    }
    if let Some(title) = page.text("title") {
        row.titles.add(flag(gold::words(title) == gold::words(&document.title)));
    }
    if let Some(author) = page.text("author") {
        row.authors
            .add(flag(gold::words(author) == gold::words(document.author.as_deref().unwrap_or_default())));
    }
    match page.text("date") {
        Some(date) => row.dates.add(flag(is_day(document, date))),
        None if page.text("title").is_some() => row.invented.add(flag(document.published.is_some())),
        None => {}
    }
    let folded = found.join(" ");
    for (wanted, share) in [("must_contain", &mut row.wanted), ("must_not_contain", &mut row.unwanted)] {
        let hits = page.list(wanted).into_iter().filter(|snippet| !gold::words(snippet).is_empty());
        for snippet in hits {
            let is_there = folded.contains(&gold::words(snippet).join(" "));
            share.add(flag(is_there == (wanted == "must_contain")));
        }
    }
    if !page.language.is_empty() {
        row.languages.add(flag(document.language.as_str() == page.language));
    }
}

fn flag(is_so: bool) -> f64 {
    f64::from(u8::from(is_so))
}

/// Whether the document was published on this day, in some time zone.
fn is_day(document: &Document, day: &str) -> bool {
    let Some(published) = document.published else { return false };
    (-12..=12)
        .any(|hours: i8| jiff::tz::Offset::constant(hours).to_datetime(published).date().to_string() == day)
}

fn errors(page: &Gold, parsed: &Parsed) {
    let Some(document) = &parsed.document else { return };
    if let Some(title) = page.text("title").filter(|title| gold::words(title) != gold::words(&document.title))
    {
        println!("TITLE {} gold {title:?} found {:?}", page.file, document.title);
    }
    if let Some(author) = page.text("author")
        && gold::words(author) != gold::words(document.author.as_deref().unwrap_or_default())
    {
        println!("AUTHOR {} gold {author:?} found {:?}", page.file, document.author);
    }
    match page.text("date") {
        Some(date) if !is_day(document, date) => println!(
            "DATE {} gold {date} found {:?} by {:?} {}",
            page.file, document.published, parsed.published_source, page.url
        ),
        None if page.text("title").is_some() && document.published.is_some() => println!(
            "INVENTED {} found {:?} by {:?} {}",
            page.file, document.published, parsed.published_source, page.url
        ),
        _ => {}
    }
    if !page.language.is_empty() && document.language.as_str() != page.language {
        println!("LANGUAGE {} gold {} found {}", page.file, page.language, document.language);
    }
}

fn look(page: &Gold, parsed: &Parsed) {
    println!("=== {} {} {}", page.file, page.text("type").unwrap_or_default(), page.url);
    println!("charset {:?} canonical {:?}", parsed.charset, parsed.canonical);
    for note in &parsed.notes {
        println!("note {}: {}", note.code, note.detail);
    }
    let count = |kind: LinkKind| parsed.links.iter().filter(|link| link.kind == kind).count();
    println!(
        "links: content {} navigation {} footer {} pagination {} feeds {}",
        count(LinkKind::Content),
        count(LinkKind::Navigation),
        count(LinkKind::Footer),
        count(LinkKind::Pagination),
        count(LinkKind::Feed)
    );
    let Some(document) = &parsed.document else { return };
    println!("title     {}", document.title);
    println!(
        "author    {:?}  site {:?}  section {:?}",
        document.author, document.site_name, document.section
    );
    println!(
        "published {:?} by {:?}  language {}",
        document.published, parsed.published_source, document.language
    );
    let text = &document.text;
    println!("text      {} words", gold::words(text).len());
    println!("{}", text.chars().take(400).collect::<String>());
    println!(" […] {}", text.chars().rev().take(200).collect::<Vec<_>>().iter().rev().collect::<String>());
}
