//! Dates as people and machines write them.
//!
//! One tokenizer and one set of patterns serve machine formats (RFC 3339, RFC 9110, RFC 2822, RFC 850, W3C-DTF) and
//! prose (`20 қараша 2026`, `2026 жылғы 20 қараша`, `20 ноября 2026, 10:00`, `November 20, 2026`, `20.11.2026`).
//!
//! Invariant: total; years outside 1990–2100 are not dates of web pages and are refused.

mod month;
pub(crate) mod relative;
mod scan;

use jiff::civil::{self, DateTime};
use jiff::tz::Offset;
use model::Timestamp;
use url::Url;

use scan::{Scanner, Token};

/// Which clock a date without a zone is read by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Zone {
    /// UTC.
    Utc,
    /// Kazakhstan: UTC+5 since 2024-03-01, Almaty's UTC+6 before.
    Kazakhstan,
}

/// A date that was understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Date {
    /// The instant; midnight of the zone when only a day was given.
    pub(crate) at: Timestamp,
    /// Whether a time of day was given.
    pub(crate) has_time: bool,
}

/// Longest text read for one date.
const TEXT_BYTES_MAX: usize = 256;

impl Zone {
    /// The zone of a site: Kazakhstan for `.kz` and `.қаз` only, since other Kazakh sites cannot be told from abroad.
    pub(crate) fn of(url: &Url) -> Self {
        let host = url.host_str().unwrap_or_default();
        #[expect(clippy::case_sensitive_file_extension_comparisons, reason = "a host, in lower case already")]
        if host.ends_with(".kz") || host.ends_with(".xn--80ao21a") { Self::Kazakhstan } else { Self::Utc }
    }

    /// What the clocks of the zone show at an instant.
    fn local(self, at: Timestamp) -> DateTime {
        let by = self.offset(Offset::constant(5).to_datetime(at));
        by.to_datetime(at)
    }

    fn offset(self, local: DateTime) -> Offset {
        match self {
            Self::Utc => Offset::UTC,
            Self::Kazakhstan if local.date() >= civil::date(2024, 3, 1) => Offset::constant(5),
            Self::Kazakhstan => Offset::constant(6),
        }
    }
}

/// Reads a text that is expected to be a date.
pub(crate) fn parse(text: &str, zone: Zone) -> Option<Date> {
    let text = text.trim();
    let text = &text[..text.floor_char_boundary(TEXT_BYTES_MAX)];
    if text.len() >= 10 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return epoch(text).or_else(|| compact(text, zone));
    }
    find(text, zone).or_else(|| compact(text, zone))
}

/// The first date in a text.
pub(crate) fn find(text: &str, zone: Zone) -> Option<Date> {
    let tokens = Scanner::new(text).tokens();
    (0..tokens.len()).find_map(|at| date_at(&tokens, at, zone)).map(|(date, _)| date)
}

/// A date in a text, and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    /// The date.
    pub(crate) date: Date,
    /// Where its day begins, in bytes.
    pub(crate) start: usize,
    /// Where its day ends, in bytes; its time of day may follow.
    pub(crate) end: usize,
}

/// The dates in a text, at most `most`.
pub(crate) fn all(text: &str, zone: Zone, most: usize) -> Vec<Found> {
    let tokens = Scanner::new(text).tokens();
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() && found.len() < most {
        if let Some((date, next)) = date_at(&tokens, at, zone) {
            let end = tokens[next.min(tokens.len()) - 1].end;
            found.push(Found { date, start: tokens[at].start, end });
            at = next;
        } else {
            at += 1;
        }
    }
    found
}

/// Whether a word names a month.
pub(crate) fn is_month(word: &str) -> bool {
    word.chars().count() <= 16 && month::number(&word.to_lowercase()).is_some()
}

/// The date in a URL path: `/2026/11/20/`, `/2026-11-20-`, `/20261120/`, `/20-11-2026-`.
pub(crate) fn in_path(url: &Url, zone: Zone) -> Option<Date> {
    year_first(url.path(), zone).or_else(|| day_first(url.path(), zone))
}

/// `20-11-2026` or `20.11.2026` as a whole word of a path.
fn day_first(path: &str, zone: Zone) -> Option<Date> {
    let bytes = path.as_bytes();
    (1..bytes.len()).filter(|at| !bytes[at - 1].is_ascii_alphanumeric()).find_map(|at| {
        let (day, rest) = digits(&bytes[at..], 2)?;
        let separator = rest.first().copied().filter(|byte| matches!(byte, b'-' | b'.' | b'_'))?;
        let (month, rest) = digits(&rest[1..], 2)?;
        let (year, rest) = digits(rest.strip_prefix(&[separator])?, 4)?;
        let is_whole = !rest.first().is_some_and(u8::is_ascii_alphanumeric);
        is_whole.then(|| build(Day { year, month, day }, None, None, zone)).flatten()
    })
}

fn year_first(path: &str, zone: Zone) -> Option<Date> {
    let bytes = path.as_bytes();
    (0..bytes.len()).filter(|at| *at == 0 || !bytes[at - 1].is_ascii_digit()).find_map(|at| {
        let (year, rest) = digits(&bytes[at..], 4)?;
        let separator = rest.first().copied();
        let rest = match separator {
            Some(b'/' | b'-' | b'_' | b'.') => &rest[1..],
            Some(byte) if byte.is_ascii_digit() => rest,
            _ => return None,
        };
        let (month, rest) =
            digits(rest, 2).or_else(|| separator.filter(|s| *s == b'/').and(digits(rest, 1)))?;
        let rest = match (separator, rest.first().copied()) {
            (Some(first), Some(second)) if first == second && !first.is_ascii_digit() => &rest[1..],
            (Some(first), _) if first.is_ascii_digit() => rest,
            _ => return None,
        };
        let (day, rest) =
            digits(rest, 2).or_else(|| separator.filter(|s| *s == b'/').and(digits(rest, 1)))?;
        if rest.first().is_some_and(u8::is_ascii_digit) {
            return None;
        }
        build(Day { year, month, day }, None, None, zone)
    })
}

/// A leading run of exactly `count` digits.
fn digits(bytes: &[u8], count: usize) -> Option<(u32, &[u8])> {
    let run = bytes.get(..count).filter(|run| run.iter().all(u8::is_ascii_digit))?;
    Some((run.iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0')), &bytes[count..]))
}

/// Seconds or milliseconds since 1970.
fn epoch(text: &str) -> Option<Date> {
    let number: i64 = text.parse().ok()?;
    let at = match text.len() {
        10 => Timestamp::from_second(number).ok()?,
        13 => Timestamp::from_millisecond(number).ok()?,
        _ => return None,
    };
    is_plausible(at).then_some(Date { at, has_time: true })
}

/// `20261120`, `20261120100000`, `20261120T100000Z`.
fn compact(text: &str, zone: Zone) -> Option<Date> {
    let bytes = text.as_bytes();
    let (year, rest) = digits(bytes, 4)?;
    let (month, rest) = digits(rest, 2)?;
    let (day, rest) = digits(rest, 2)?;
    let rest = rest.strip_prefix(b"T").unwrap_or(rest);
    let time = digits(rest, 2).and_then(|(hour, rest)| {
        let (minute, rest) = digits(rest, 2)?;
        Some((Time { hour, minute, second: digits(rest, 2).map_or(0, |(s, _)| s) }, rest.ends_with(b"Z")))
    });
    if time.is_none() && !rest.is_empty() {
        return None;
    }
    let offset = time.and_then(|(_, is_utc)| is_utc.then_some(Offset::UTC));
    build(Day { year, month, day }, time.map(|(time, _)| time), offset, zone)
}

#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_field_names, reason = "a calendar day has a day")]
struct Day {
    year: u32,
    month: u32,
    day: u32,
}

#[derive(Debug, Clone, Copy)]
struct Time {
    hour: u32,
    minute: u32,
    second: u32,
}

/// A date that begins at token `at`, with the time and zone that follow it, and the token after its day.
fn date_at(tokens: &[Token<'_>], at: usize, zone: Zone) -> Option<(Date, usize)> {
    if tokens[at].in_word {
        return None;
    }
    if at > 0 && tokens[at].glued && tokens[at - 1].is_number() && !matches!(tokens[at].before, ',' | '(') {
        return None;
    }
    let (day, next) = numeric_day(tokens, at).or_else(|| worded_day(tokens, at))?;
    let time = time_near(tokens, at, next);
    let (clock, offset) = time.map_or((None, None), |(time, offset)| (Some(time), offset));
    Some((build(day, clock, offset, zone)?, next))
}

#[expect(
    clippy::many_single_char_names,
    reason = "three numbers and two separators of unknown meaning have no names yet"
)]
/// `2026-11-20`, `20.11.2026`, `11/20/2026`, `20-11-26`, `2026年11月20日`.
fn numeric_day(tokens: &[Token<'_>], at: usize) -> Option<(Day, usize)> {
    let [first, second, third] = tokens.get(at..at + 3)? else { return None };
    let (a, b, c) = (first.number()?, second.number()?, third.number()?);
    let (s, t) = (second.before, third.before);
    let cjk = s == '年' && t == '月' || s == '년' && t == '월';
    if !cjk && (s != t || !matches!(s, '-' | '/' | '.' | '‐' | '–')) {
        return None;
    }
    let day = if first.len == 4 && second.len <= 2 && third.len <= 2 {
        Day { year: a, month: b, day: c }
    } else if first.len <= 2 && second.len <= 2 && third.len == 4 {
        day_month(a, b, c)?
    } else if first.len == 2 && second.len == 2 && third.len == 2 && s == '.' {
        day_month(a, b, 2000 + c)?
    } else {
        return None;
    };
    Some((day, at + 3))
}

/// Day first, as everywhere outside the United States, unless that is impossible.
fn day_month(a: u32, b: u32, year: u32) -> Option<Day> {
    match (a, b) {
        (1..=31, 1..=12) => Some(Day { year, month: b, day: a }),
        (1..=12, 13..=31) => Some(Day { year, month: a, day: b }),
        _ => None,
    }
}

/// `20 November 2026`, `20-Nov-26`, `November 20, 2026`, `2026 жылғы 20 қараша`, `20 de noviembre de 2026`.
fn worded_day(tokens: &[Token<'_>], at: usize) -> Option<(Day, usize)> {
    let first = &tokens[at];
    if let Some(month) = first.month() {
        let day = tokens.get(at + 1)?;
        let year_at = skip_particles(tokens, at + 2);
        let year = tokens.get(year_at)?;
        return (day.len <= 2 && year.len == 4)
            .then(|| Some((Day { year: year.number()?, month, day: day.number()? }, year_at + 1)))?;
    }
    let number = first.number()?;
    if first.len == 4 {
        let next = skip_particles(tokens, at + 1);
        let (a, b) = (tokens.get(next)?, tokens.get(skip_particles(tokens, next + 1))?);
        let after = skip_particles(tokens, next + 1) + 1;
        return match (a.number(), b.month(), a.month(), b.number()) {
            (Some(day), Some(month), ..) => Some((Day { year: number, month, day }, after)),
            (_, _, Some(month), Some(day)) if b.len <= 2 => Some((Day { year: number, month, day }, after)),
            _ => None,
        };
    }
    let month_at = skip_particles(tokens, at + 1);
    let month = tokens.get(month_at)?.month()?;
    let year_at = skip_particles(tokens, month_at + 1);
    let year = tokens.get(year_at)?;
    let value = match year.len {
        4 => year.number()?,
        2 if year.before == '-' => 2000 + year.number()?,
        _ => return None,
    };
    (first.len <= 2).then_some((Day { year: value, month, day: number }, year_at + 1))
}

/// Words between the parts of a date: `de`, `of`, `жылғы`, `ж`, ordinal endings.
fn skip_particles(tokens: &[Token<'_>], mut at: usize) -> usize {
    for _ in 0..2 {
        let is_particle = tokens.get(at).is_some_and(|token| {
            matches!(
                token.word,
                "de" | "of"
                    | "del"
                    | "den"
                    | "der"
                    | "am"
                    | "st"
                    | "nd"
                    | "rd"
                    | "th"
                    | "er"
                    | "year"
                    | "г"
                    | "го"
                    | "року"
                    | "р"
                    | "ж"
                    | "жыл"
                    | "жылы"
                    | "жылғы"
                    | "жылгы"
                    | "жылдын"
                    | "do"
                    | "di"
                    | "a"
                    | "o"
                    | "ші"
                    | "шы"
                    | "é"
                    | "da"
            )
        });
        at += usize::from(is_particle);
    }
    at
}

/// A time of day after the date, or just before it (`10:00, 20.11.2026`), and its zone.
fn time_near(tokens: &[Token<'_>], date: usize, next: usize) -> Option<(Time, Option<Offset>)> {
    (next..(next + 5).min(tokens.len())).find_map(|at| time_at(tokens, at)).or_else(|| {
        let from = date.checked_sub(2)?;
        let (time, _) = time_at(tokens, from)?;
        (from == 0 || tokens[from - 1].before != ':').then_some((time, None))
    })
}

fn time_at(tokens: &[Token<'_>], at: usize) -> Option<(Time, Option<Offset>)> {
    let (hours, minutes) = (tokens.get(at)?, tokens.get(at + 1)?);
    let (mut hour, minute) = (hours.number()?, minutes.number()?);
    if minutes.before != ':' || !minutes.glued || minutes.len != 2 || hours.len > 2 {
        return None;
    }
    let mut next = at + 2;
    let mut second = 0;
    if let Some(seconds) = tokens.get(next).filter(|t| t.before == ':' && t.glued && t.len == 2) {
        second = seconds.number()?;
        next += 1;
        if tokens.get(next).is_some_and(|t| t.before == '.' && t.glued && t.number().is_some()) {
            next += 1;
        }
    }
    match tokens.get(next).map(|token| token.word) {
        Some("pm" | "p") if hour < 12 => hour += 12,
        Some("am" | "a") if hour == 12 => hour = 0,
        _ => {}
    }
    if matches!(tokens.get(next).map(|token| token.word), Some("pm" | "am")) {
        next += 1;
    }
    let time = Time { hour, minute, second };
    (hour < 24 && minute < 60).then(|| (time, scan::offset_at(tokens, next)))
}

/// Puts the parts together, if they make a plausible instant.
fn build(day: Day, time: Option<Time>, offset: Option<Offset>, zone: Zone) -> Option<Date> {
    let small = |number: u32| i8::try_from(number).ok();
    let clock = time.unwrap_or(Time { hour: 0, minute: 0, second: 0 });
    let local = DateTime::new(
        i16::try_from(day.year).ok()?,
        small(day.month)?,
        small(day.day)?,
        small(clock.hour)?,
        small(clock.minute)?,
        small(clock.second.min(59))?,
        0,
    )
    .ok()?;
    let at = offset.unwrap_or_else(|| zone.offset(local)).to_timestamp(local).ok()?;
    is_plausible(at).then_some(Date { at, has_time: time.is_some() })
}

/// Between 1990 and 2100.
fn is_plausible(at: Timestamp) -> bool {
    (631_152_000..4_102_444_800).contains(&at.as_second())
}

#[cfg(test)]
mod tests;
