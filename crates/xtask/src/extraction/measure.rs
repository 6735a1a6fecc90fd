//! One page judged, and means over many.
//!
//! Invariant: a judgement that the gold does not allow is absent, not nought; a page an extractor fails on counts as
//! an empty text.

use super::Found;
use crate::gold::{self, Gold, Shingles};

/// A mean.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Mean {
    sum: f64,
    count: usize,
}

impl Mean {
    fn add(&mut self, value: f64) {
        self.sum += value;
        self.count += 1;
    }

    fn add_if(&mut self, is_so: bool) {
        self.add(f64::from(u8::from(is_so)));
    }

    /// The mean, if there was anything.
    pub(super) fn value(self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / self.count as f64)
    }
}

/// How good an extractor is on some pages.
#[derive(Debug, Default)]
pub(super) struct Score {
    /// `ScrapingHub`'s measure.
    shingles: Vec<Shingles>,
    /// WCXB's measure.
    pub(super) words: Mean,
    /// Share of the snippets that must be in the text and are.
    pub(super) wanted: Mean,
    /// Share of the snippets that must not be in the text and are not.
    pub(super) unwanted: Mean,
    pub(super) title: Mean,
    pub(super) author: Mean,
    /// Exact to the day.
    pub(super) date: Mean,
    /// Share of the pages without a date that got one.
    pub(super) invented: Mean,
    pub(super) language: Mean,
}

impl Score {
    /// Judges one page.
    pub(super) fn add(&mut self, page: &Gold, found: &Found) {
        if let Some(text) = page.text("text") {
            self.shingles.push(Shingles::of(&found.text, text));
            self.words.add(gold::word_f1(&gold::words(&found.text), &gold::words(text)));
        }
        let folded = gold::words(&found.text).join(" ");
        for (key, is_wanted) in [("must_contain", true), ("must_not_contain", false)] {
            let mean = if is_wanted { &mut self.wanted } else { &mut self.unwanted };
            for snippet in page.list(key).into_iter().map(gold::words).filter(|words| !words.is_empty()) {
                mean.add_if(folded.contains(&snippet.join(" ")) == is_wanted);
            }
        }
        if let Some(title) = page.text("title") {
            self.title.add_if(is_title(found, title));
        }
        if let Some(author) = page.text("author") {
            self.author.add_if(is_author(found, author));
        }
        match page.text("date") {
            Some(date) => self.date.add_if(is_date(found, date)),
            None if page.text("title").is_some() => self.invented.add_if(found.date.is_some()),
            None => {}
        }
        if !page.language.is_empty() && found.language.is_some() {
            self.language.add_if(found.language.as_deref() == Some(page.language.as_str()));
        }
    }

    /// F1 of the mean precision and the mean recall over shingles.
    pub(super) fn shingle_f1(&self) -> Option<f64> {
        gold::shingle_f1_of(&self.shingles)
    }
}

/// Whether the words of the title are right.
pub(super) fn is_title(found: &Found, title: &str) -> bool {
    gold::words(title) == gold::words(found.title.as_deref().unwrap_or_default())
}

/// Whether the words of the author, or authors, are right.
pub(super) fn is_author(found: &Found, author: &str) -> bool {
    gold::words(author) == gold::words(found.author.as_deref().unwrap_or_default())
}

/// Whether the date is right to the day, in some time zone where the extractor says a moment.
pub(super) fn is_date(found: &Found, date: &str) -> bool {
    found.days.iter().any(|day| day == date)
        || found.date.as_deref().is_some_and(|found| found.starts_with(date))
}

#[cfg(test)]
mod tests;
