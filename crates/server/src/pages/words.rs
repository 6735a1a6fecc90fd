//! The words of the pages. Invariant: every language has every word; the compiler sees to it.

use axum::http::{HeaderMap, header};
use model::Language;

/// The most preferences of a browser that are looked at; real ones send fewer than ten.
const PREFERENCES_MAX: usize = 32;

/// The words of one language.
pub(super) struct Words {
    pub(super) code: &'static str,
    /// The language by its own name.
    pub(super) name: &'static str,
    /// The same within a sentence.
    pub(super) name_inside: &'static str,
    pub(super) page_language: &'static str,
    pub(super) tagline: &'static str,
    pub(super) search: &'static str,
    pub(super) placeholder: &'static str,
    pub(super) links_language: &'static str,
    pub(super) any_language: &'static str,
    pub(super) newest: &'static str,
    pub(super) found: &'static str,
    pub(super) nothing: &'static str,
    /// Instead of `nothing`, where nothing can be found yet.
    pub(super) empty: &'static str,
    pub(super) unusable: &'static str,
    pub(super) failed: &'static str,
    pub(super) recommended: &'static str,
    pub(super) more_like_this: &'static str,
    pub(super) more: &'static str,
    /// Before a reason.
    pub(super) why: &'static str,
    /// A reason; `{}` stands for a title.
    pub(super) similar_to: &'static str,
    /// A reason; `{}` stands for words.
    pub(super) about: &'static str,
    /// A reason; `{}` stands for a title.
    pub(super) same_story: &'static str,
    /// A reason; `{}` stands for the name of a source.
    pub(super) followed: &'static str,
    /// A reason.
    pub(super) trending: &'static str,
    /// A reason.
    pub(super) explore: &'static str,
    /// A reason.
    pub(super) fresh: &'static str,
    /// Before a number.
    pub(super) documents: &'static str,
    /// The privacy policy.
    pub(super) privacy: &'static str,
    /// Before the versions of the privacy policy.
    pub(super) versions: &'static str,
    /// A day, for `strftime`.
    pub(super) day: &'static str,
}

const KAZAKH: Words = Words {
    code: "kk",
    name: "Қазақша",
    name_inside: "қазақша",
    page_language: "Бет тілі",
    tagline: "Қазақ, орыс және ағылшын тілдеріндегі сілтемелер",
    search: "Іздеу",
    placeholder: "Не іздейсіз?",
    links_language: "Сілтемелер тілі",
    any_language: "Кез келген тіл",
    newest: "Жаңа сілтемелер",
    found: "Іздеу нәтижелері",
    nothing: "Ештеңе табылмады. Басқа сөздермен іздеп көріңіз.",
    empty: "Индекс әзірге бос.",
    unusable: "Бұл сұрауды орындау мүмкін емес. Іздеуді қайта бастаңыз.",
    failed: "Сервер жауап бере алмады. Кейінірек қайталап көріңіз.",
    recommended: "Сізге ұсынамыз",
    more_like_this: "ұқсас сілтемелер",
    more: "Тағы көрсету",
    why: "Себебі:",
    similar_to: "«{}» сілтемесіне ұқсас",
    about: "«{}» тақырыбы бойынша",
    same_story: "«{}» оқиғасы туралы",
    followed: "сіз бақылайтын дереккөзден: {}",
    trending: "қазір көп оқылуда",
    explore: "әлі аз адам көрген",
    fresh: "жаңа сілтеме",
    documents: "Индекстегі сілтемелер:",
    privacy: "Құпиялық саясаты",
    versions: "Нұсқалары:",
    day: "%d.%m.%Y",
};

const RUSSIAN: Words = Words {
    code: "ru",
    name: "Русский",
    name_inside: "на русском",
    page_language: "Язык страницы",
    tagline: "Ссылки на казахском, русском и английском языках",
    search: "Найти",
    placeholder: "Что вы ищете?",
    links_language: "Язык ссылок",
    any_language: "Любой язык",
    newest: "Новые ссылки",
    found: "Результаты поиска",
    nothing: "Ничего не найдено. Попробуйте другие слова.",
    empty: "Индекс пока пуст.",
    unusable: "Этот запрос выполнить нельзя. Начните поиск заново.",
    failed: "Сервер не смог ответить. Попробуйте позже.",
    recommended: "Рекомендуем вам",
    more_like_this: "похожие ссылки",
    more: "Показать ещё",
    why: "Почему:",
    similar_to: "похоже на «{}»",
    about: "по теме «{}»",
    same_story: "о том же событии, что «{}»",
    followed: "из источника, за которым вы следите: {}",
    trending: "сейчас много читают",
    explore: "мало кто ещё видел",
    fresh: "новая ссылка",
    documents: "Ссылок в индексе:",
    privacy: "Политика конфиденциальности",
    versions: "Редакции:",
    day: "%d.%m.%Y",
};

const ENGLISH: Words = Words {
    code: "en",
    name: "English",
    name_inside: "in English",
    page_language: "Page language",
    tagline: "Links in Kazakh, Russian and English",
    search: "Search",
    placeholder: "What are you looking for?",
    links_language: "Language of links",
    any_language: "Any language",
    newest: "New links",
    found: "Search results",
    nothing: "Nothing found. Try other words.",
    empty: "The index is still empty.",
    unusable: "This request cannot be used. Start the search again.",
    failed: "The server could not answer. Try again later.",
    recommended: "Recommended for you",
    more_like_this: "similar links",
    more: "Show more",
    why: "Why:",
    similar_to: "similar to “{}”",
    about: "about “{}”",
    same_story: "same story as “{}”",
    followed: "from a source you follow: {}",
    trending: "many read it now",
    explore: "few have seen it yet",
    fresh: "new link",
    documents: "Links in the index:",
    privacy: "Privacy policy",
    versions: "Versions:",
    day: "%-d %b %Y",
};

/// Every language of the pages.
pub(super) const ALL: [&Words; 3] = [&KAZAKH, &RUSSIAN, &ENGLISH];

/// The language asked for, else the one the browser likes best, else Kazakh.
pub(super) fn choose(asked: Option<&str>, headers: &HeaderMap) -> &'static Words {
    let preferred = || preferred(headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?);
    asked.and_then(of).or_else(preferred).unwrap_or(&KAZAKH)
}

/// The words of a language with or without region or script: `ru`, `ru-KZ`.
pub(super) fn of(code: &str) -> Option<&'static Words> {
    let language = Language::new(code.trim());
    ALL.into_iter().find(|words| words.code == language.as_str())
}

/// The first of the heaviest languages that we speak (RFC 9110 section 12.5.4); a weight of 0 means "not this".
fn preferred(accepted: &str) -> Option<&'static Words> {
    let mut best: Option<(f32, &'static Words)> = None;
    for part in accepted.split(',').take(PREFERENCES_MAX) {
        let (code, parameters) = part.split_once(';').unwrap_or((part, ""));
        let weight = match parameters.trim().strip_prefix("q=") {
            Some(weight) => weight.trim().parse().unwrap_or(0.0),
            None => 1.0,
        };
        if weight > best.map_or(0.0, |(most, _)| most)
            && let Some(words) = of(code)
        {
            best = Some((weight, words));
        }
    }
    best.map(|(_, words)| words)
}

#[cfg(test)]
mod tests;
