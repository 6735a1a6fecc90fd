//! Single pages for the eye: what was made of them, and where the gold disagrees.

use model::LinkKind;

use super::{Found, measure, ours};
use crate::gold::{self, Gold};

/// Prints what our parser makes of the development pages whose file name contains one of these.
pub(crate) fn look(files: &[String]) {
    for page in gold::pages() {
        if files.iter().any(|wanted| page.file.contains(wanted.as_str())) {
            show(&page);
        }
    }
}

fn show(page: &Gold) {
    let parsed = ours::read(page);
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

/// Prints the title, author, date and language of ours that the gold contradicts.
pub(super) fn errors(page: &Gold, found: &Found) {
    let file = &page.file;
    if let Some(title) = page.text("title").filter(|title| !measure::is_title(found, title)) {
        println!("TITLE {file} gold {title:?} found {:?}", found.title);
    }
    if let Some(author) = page.text("author").filter(|author| !measure::is_author(found, author)) {
        println!("AUTHOR {file} gold {author:?} found {:?}", found.author);
    }
    let source = || ours::read(page).published_source;
    match page.text("date") {
        Some(date) if !measure::is_date(found, date) => {
            println!("DATE {file} gold {date} found {:?} by {:?} {}", found.date, source(), page.url);
        }
        None if page.text("title").is_some() && found.date.is_some() => {
            println!("INVENTED {file} found {:?} by {:?} {}", found.date, source(), page.url);
        }
        _ => {}
    }
    if !page.language.is_empty() && found.language.as_deref() != Some(page.language.as_str()) {
        println!("LANGUAGE {file} gold {} found {:?}", page.language, found.language);
    }
}
