//! The words of the pages. Invariant: every language has every word; the compiler sees to it.

use axum::http::{HeaderMap, header};

/// The words of one language.
pub(super) struct Words {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(super) tagline: &'static str,
    pub(super) search: &'static str,
    pub(super) placeholder: &'static str,
    pub(super) any_language: &'static str,
    pub(super) newest: &'static str,
    pub(super) found: &'static str,
    pub(super) nothing: &'static str,
    pub(super) recommended: &'static str,
    pub(super) more_like_this: &'static str,
    pub(super) more: &'static str,
    pub(super) similar_to: &'static str,
    pub(super) about: &'static str,
    pub(super) fresh: &'static str,
    pub(super) why: &'static str,
    pub(super) documents: &'static str,
}

const KAZAKH: Words = Words {
    code: "kk",
    name: "Қазақша",
    tagline: "Қазақ, орыс және ағылшын тілдеріндегі сілтемелер",
    search: "Іздеу",
    placeholder: "Не іздейсіз?",
    any_language: "Барлық тіл",
    newest: "Жаңа сілтемелер",
    found: "Табылғаны",
    nothing: "Ештеңе табылмады. Басқа сөздермен іздеп көріңіз.",
    recommended: "Сізге ұсынамыз",
    more_like_this: "осыған ұқсас",
    more: "Тағы көрсету",
    similar_to: "Мынаған ұқсас:",
    about: "Мына тақырыпта:",
    fresh: "Жаңа",
    why: "Неге:",
    documents: "сілтеме индексте",
};

const RUSSIAN: Words = Words {
    code: "ru",
    name: "Русский",
    tagline: "Ссылки на казахском, русском и английском языках",
    search: "Найти",
    placeholder: "Что ищете?",
    any_language: "Все языки",
    newest: "Новые ссылки",
    found: "Найдено",
    nothing: "Ничего не найдено. Попробуйте другие слова.",
    recommended: "Рекомендуем вам",
    more_like_this: "похожее",
    more: "Показать ещё",
    similar_to: "Похоже на",
    about: "На тему",
    fresh: "Новое",
    why: "Почему:",
    documents: "ссылок в индексе",
};

const ENGLISH: Words = Words {
    code: "en",
    name: "English",
    tagline: "Links in Kazakh, Russian and English",
    search: "Search",
    placeholder: "What are you looking for?",
    any_language: "Any language",
    newest: "New links",
    found: "Found",
    nothing: "Nothing found. Try other words.",
    recommended: "Recommended to you",
    more_like_this: "more like this",
    more: "Show more",
    similar_to: "Similar to",
    about: "About",
    fresh: "New",
    why: "Why:",
    documents: "links in the index",
};

/// Every language of the pages.
pub(super) const ALL: [&Words; 3] = [&KAZAKH, &RUSSIAN, &ENGLISH];

/// The language asked for, else the first that the browser prefers, else Kazakh.
pub(super) fn choose(asked: Option<&str>, headers: &HeaderMap) -> &'static Words {
    let known = |code: &str| ALL.into_iter().find(|words| code.to_ascii_lowercase().starts_with(words.code));
    let preferred = || {
        let header = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
        header.split(',').find_map(|part| known(part.trim()))
    };
    asked.and_then(known).or_else(preferred).unwrap_or(&KAZAKH)
}
