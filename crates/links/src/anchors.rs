//! Which words of other pages say what a link is about.
//!
//! Invariant: never a text that could stand at any link ("read more"), nor one that is the URL again.

use std::collections::BTreeMap;

use model::LinkKind;

use crate::page::Inlink;

/// Longest anchor text kept, in characters.
pub const CHARS_MAX: usize = 100;

/// Texts that could stand at any link, in lower case without punctuation around: the field's most frequent ones in three
/// languages.
const GENERIC: &[&str] = &[
    // Kazakh
    "толығырақ",
    "толық",
    "толық оқу",
    "толығырақ оқу",
    "оқу",
    "жалғасы",
    "жалғасын оқу",
    "ары қарай",
    "әрі қарай",
    "көру",
    "барлығы",
    "барлығын көру",
    "тағы",
    "келесі",
    "алдыңғы",
    "басты бет",
    "басты",
    "артқа",
    "осында",
    "мұнда",
    "осы жерде",
    "сілтеме",
    "дереккөз",
    "бөлісу",
    "жүктеу",
    "жаңалықтар",
    "пікірлер",
    "жазылу",
    "кіру",
    "ашу",
    "фото",
    "видео",
    // Russian
    "подробнее",
    "подробно",
    "читать",
    "читать далее",
    "читать дальше",
    "читать полностью",
    "читайте также",
    "далее",
    "дальше",
    "ещё",
    "еще",
    "все",
    "смотреть",
    "смотреть все",
    "показать ещё",
    "показать еще",
    "перейти",
    "узнать больше",
    "узнать подробнее",
    "на главную",
    "главная",
    "главная страница",
    "назад",
    "вперёд",
    "вперед",
    "следующая",
    "предыдущая",
    "здесь",
    "тут",
    "сюда",
    "ссылка",
    "по ссылке",
    "источник",
    "поделиться",
    "скачать",
    "комментарии",
    "комментировать",
    "войти",
    "открыть",
    "новости",
    "полная версия",
    "версия для печати",
    "печать",
    // English
    "more",
    "read more",
    "read",
    "read on",
    "continue reading",
    "continue",
    "full story",
    "learn more",
    "find out more",
    "see more",
    "show more",
    "view",
    "view all",
    "see all",
    "all",
    "click here",
    "click",
    "here",
    "this",
    "link",
    "details",
    "next",
    "previous",
    "prev",
    "back",
    "home",
    "homepage",
    "main",
    "top",
    "source",
    "via",
    "share",
    "download",
    "comments",
    "comment",
    "reply",
    "permalink",
    "login",
    "sign in",
    "open",
    "website",
    "news",
    "photo",
    "video",
    "print",
];

/// What is said of one text.
struct Said<'a> {
    text: &'a str,
    foreign: bool,
    kind: u8,
    times: usize,
}

/// The distinct texts of `inlinks`, most telling first, at most `max`: another site's words before the own site's, an author's
/// before a menu's, what many say before what one says.
pub(crate) fn telling(inlinks: &[Inlink], max: usize) -> Vec<String> {
    let mut said: BTreeMap<String, Said<'_>> = BTreeMap::new();
    for inlink in inlinks {
        let text = inlink.text.trim();
        let folded = text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        if !is_telling(&folded) {
            continue;
        }
        let kind = rank(inlink.kind);
        let one = said.entry(folded).or_insert(Said { text, foreign: false, kind, times: 0 });
        one.foreign |= inlink.foreign;
        one.kind = one.kind.min(kind);
        one.times += 1;
    }
    let mut said: Vec<Said<'_>> = said.into_values().collect();
    said.sort_by_key(|one| (!one.foreign, one.kind, std::cmp::Reverse(one.times)));
    said.iter().take(max).map(|one| one.text.chars().take(CHARS_MAX).collect()).collect()
}

fn rank(kind: LinkKind) -> u8 {
    match kind {
        LinkKind::Content | LinkKind::Entry | LinkKind::Related => 0,
        LinkKind::Navigation | LinkKind::Footer | LinkKind::Pagination => 2,
        _ => 1,
    }
}

/// `text` is in lower case.
fn is_telling(text: &str) -> bool {
    let is_address = text.contains("://")
        || text.starts_with("www.")
        || (!text.contains(char::is_whitespace)
            && text.split_once('.').is_some_and(|(a, b)| a.len() > 1 && b.len() > 1));
    text.chars().filter(|c| c.is_alphabetic()).count() > 1 && !is_address && !GENERIC.contains(&text)
}

#[cfg(test)]
mod tests;
