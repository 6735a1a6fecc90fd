//! Dates told from the reader's now: `2 часа назад`, `кеше`, `yesterday at 10:00`.
//!
//! Invariant: read against the time of the fetch; only what fixes the day is believed (`3 months ago` does not).

use jiff::SignedDuration;
use jiff::civil::DateTime;
use model::Timestamp;

use super::scan::Scanner;
use super::{Date, Time, Zone, is_plausible, time_at};

/// Longest text that is read as one, in bytes; longer ones are prose.
const TEXT_BYTES_MAX: usize = 96;

/// Most words of such a text: `Published: 2 hours ago by …` is cut by its caller.
const WORDS_MAX: usize = 8;

/// What a word stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    Minute,
    Hour,
    Day,
    /// `ago`, `назад`, `бұрын`.
    Ago,
    /// `an`, `бір`: the number one.
    One,
    Now,
    /// So many days before the day of the fetch.
    DaysBack(i64),
}

/// Reads a text as a date relative to `fetched`.
pub(crate) fn read(text: &str, fetched: Timestamp, zone: Zone) -> Option<Date> {
    let text = text.trim();
    if text.is_empty() || text.len() > TEXT_BYTES_MAX {
        return None;
    }
    let lower = text.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if words.len() > WORDS_MAX {
        return None;
    }
    let known: Vec<(Option<Word>, Option<i64>)> =
        words.iter().map(|text| (word(text), text.parse().ok())).collect();
    if let Some(days) = known.iter().find_map(|(word, _)| match word {
        Some(Word::DaysBack(days)) => Some(*days),
        _ => None,
    }) {
        return day_back(&lower, days, fetched, zone);
    }
    if lower.starts_with("только что")
        || lower.starts_with("жаңа ғана")
        || known.iter().any(|(word, _)| *word == Some(Word::Now))
    {
        return Some(Date { at: fetched, has_time: true });
    }
    let ago = known.iter().position(|(word, _)| *word == Some(Word::Ago))?;
    let unit_at = ago.checked_sub(1)?;
    let unit = known[unit_at].0?;
    let count = match unit_at.checked_sub(1).map(|at| known[at]) {
        Some((_, Some(number))) => number,
        // The last: `Опубликовано час назад`.
        Some((Some(Word::One) | None, None)) | None => 1,
        Some(_) => return None,
    };
    match unit {
        Word::Minute if (0..=1_440).contains(&count) => back(fetched, SignedDuration::from_mins(count), true),
        Word::Hour if (0..=72).contains(&count) => back(fetched, SignedDuration::from_hours(count), true),
        Word::Day if (0..=31).contains(&count) => day_back("", count, fetched, zone),
        _ => None,
    }
}

fn word(word: &str) -> Option<Word> {
    Some(match word {
        "minute" | "minutes" | "min" | "mins" | "минуту" | "минуты" | "минут" | "мин" | "минута"
        | "минуттан" => Word::Minute,
        "hour" | "hours" | "hr" | "hrs" | "час" | "часа" | "часов" | "сағат" | "сағаттан" => {
            Word::Hour
        }
        "day" | "days" | "день" | "дня" | "дней" | "күн" | "күннен" => Word::Day,
        "ago" | "назад" | "бұрын" => Word::Ago,
        "a" | "an" | "one" | "один" | "одну" | "бір" => Word::One,
        "now" => Word::Now,
        "today" | "сегодня" | "бүгін" => Word::DaysBack(0),
        "yesterday" | "вчера" | "кеше" => Word::DaysBack(1),
        "позавчера" | "алдыңгүні" => Word::DaysBack(2),
        _ => return None,
    })
}

fn back(fetched: Timestamp, by: SignedDuration, has_time: bool) -> Option<Date> {
    let at = fetched.checked_sub(by).ok()?;
    is_plausible(at).then_some(Date { at, has_time })
}

/// Some days before the fetch, at the time of day that the text names, else at midnight of the zone.
fn day_back(text: &str, days: i64, fetched: Timestamp, zone: Zone) -> Option<Date> {
    let local = zone.local(fetched).checked_sub(SignedDuration::from_hours(24 * days)).ok()?;
    let tokens = Scanner::new(text).tokens();
    let time = (0..tokens.len()).find_map(|at| time_at(&tokens, at)).map(|(time, _)| time);
    let Time { hour, minute, second } = time.unwrap_or(Time { hour: 0, minute: 0, second: 0 });
    let small = |number: u32| i8::try_from(number).ok();
    let local = DateTime::new(
        local.year(),
        local.month(),
        local.day(),
        small(hour)?,
        small(minute)?,
        small(second.min(59))?,
        0,
    )
    .ok()?;
    let at = zone.offset(local).to_timestamp(local).ok()?;
    is_plausible(at).then_some(Date { at, has_time: time.is_some() })
}
