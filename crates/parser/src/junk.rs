//! Pages that answer 200 and are not what was asked for: error pages, parked domains, logins, checks for robots, shells.
//!
//! Invariant: a page with a text of its own is never junk, whatever its words: an article about captchas is an article.
//! What is not certain is no junk; the frontier learns the rest from repetition.

use model::{Junk, Link, LinkKind};

use crate::metadata::{Metadata, PageKind};
use crate::outline::{Outline, Tag};

/// Main text from which on a page speaks for itself, characters. Error pages with advice stay below it; of the 560 real
/// pages of the shared data the shortest text of an article has 300.
const OWN_TEXT_CHARS: usize = 700;
/// Visible text up to which a page is a notice with little around it, characters.
const NOTICE_CHARS: usize = 2_500;
/// Visible text of a page that is nothing but the notice.
const BARE_CHARS: usize = 500;
/// Links of a page that is nothing but a form.
const FORM_LINKS_MAX: usize = 60;

/// Phrases of checks for robots, in titles and notices.
const CAPTCHA: &[&str] = &[
    "just a moment",
    "attention required! | cloudflare",
    "checking your browser",
    "checking if the site connection is secure",
    "verify you are human",
    "verifying you are human",
    "verify that you are not a robot",
    "are you a robot",
    "i'm not a robot",
    "enable javascript and cookies to continue",
    "ddos protection by",
    "ddos-guard",
    "проверка браузера",
    "проверяем ваш браузер",
    "проверка вашего браузера",
    "вы не робот",
    "докажите, что вы человек",
    "введите символы с картинки",
    "робот емес",
    "браузеріңізді тексеру",
    "браузер тексерілуде",
];

/// Phrases of parked domains.
const PARKED: &[&str] = &[
    "domain is for sale",
    "domain may be for sale",
    "domain name is for sale",
    "buy this domain",
    "this domain is parked",
    "domain parking",
    "parked free, courtesy of",
    "domain has expired",
    "this domain has been registered",
    "related searches:",
    "домен продается",
    "домен продаётся",
    "купить этот домен",
    "купить домен",
    "домен припаркован",
    "домен не оплачен",
    "срок регистрации домена истек",
    "срок регистрации домена истёк",
    "домен сатылады",
    "домен сатылымда",
];

/// Phrases of forms to log in with.
const LOGIN: &[&str] = &[
    "log in",
    "login",
    "sign in",
    "authorization required",
    "авторизация",
    "авторизуйтесь",
    "вход",
    "войти",
    "войдите",
    "жүйеге кіру",
    "кіру",
    "авторландыру",
];

/// Titles and notices of error pages.
const ERROR: &[&str] = &[
    "404 not found",
    "error 404",
    "404 error",
    "page not found",
    "page cannot be found",
    "page can't be found",
    "page could not be found",
    "page doesn't exist",
    "page does not exist",
    "page you requested was not found",
    "page you are looking for",
    "ошибка 404",
    "404 ошибка",
    "страница не найдена",
    "страницы не найдено",
    "страница не существует",
    "такой страницы не существует",
    "такой страницы нет",
    "запрашиваемая страница не",
    "запрошенная страница не",
    "страница удалена",
    "материал не найден",
    "новость не найдена",
    "бет табылмады",
    "бет табылған жоқ",
    "парақша табылмады",
    "парақ табылмады",
    "мұндай бет жоқ",
    "сұралған бет",
    "404 қате",
    "қате 404",
];

/// What a page shows.
pub(crate) struct Shown<'a> {
    pub(crate) outline: &'a Outline<'a>,
    pub(crate) metadata: &'a Metadata,
    pub(crate) links: &'a [Link],
    /// The main text.
    pub(crate) text: &'a str,
}

/// What stands there instead of a page, if it is none.
pub(crate) fn of(shown: &Shown<'_>) -> Option<Junk> {
    let text_chars = shown.text.chars().take(OWN_TEXT_CHARS).count();
    if text_chars >= OWN_TEXT_CHARS {
        return None;
    }
    let visible = shown.outline.folded_text(0, NOTICE_CHARS).to_lowercase();
    let visible_chars = visible.chars().count();
    let is_notice = visible_chars < NOTICE_CHARS;
    let headings = headings(shown.outline);
    let says = |phrases: &[&str]| headings.iter().any(|heading| has_any(heading, phrases));
    let is_bare = visible_chars < BARE_CHARS;
    let notes = |phrases: &[&str]| is_bare && has_any(&visible, phrases);
    let is_article = shown.metadata.kind == PageKind::Article && shown.metadata.published.is_some();
    if is_notice && (says(CAPTCHA) || notes(CAPTCHA)) && !is_article {
        return Some(Junk::Captcha);
    }
    if is_notice && !is_article && (says(PARKED) || notes(PARKED)) {
        return Some(Junk::Parked);
    }
    if is_notice && has_password(shown.outline) && shown.links.len() <= FORM_LINKS_MAX && says(LOGIN) {
        return Some(Junk::Login);
    }
    if !is_article && (says(ERROR) || headings.iter().any(|heading| is_404(heading)) || notes(ERROR)) {
        return Some(Junk::SoftError);
    }
    is_shell(shown, text_chars).then_some(Junk::Empty)
}

/// Title and first heading in lower case.
fn headings(outline: &Outline<'_>) -> Vec<String> {
    /// Longer ones are sentences about something.
    const HEADING_CHARS_MAX: usize = 120;
    let first = |tag: Tag| {
        let at = outline.items.iter().position(|item| item.tag == tag)?;
        Some(outline.folded_text(at, HEADING_CHARS_MAX).to_lowercase())
    };
    [Tag::Title, Tag::Heading(1)].into_iter().filter_map(first).collect()
}

fn has_any(text: &str, phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| text.match_indices(phrase).any(|(at, _)| is_whole(text, at, phrase.len())))
}

/// Whether a phrase stands between words, not within one.
fn is_whole(text: &str, at: usize, len: usize) -> bool {
    let before = text[..at].chars().next_back();
    let after = text[at + len..].chars().next();
    !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
}

/// `404`, `404 | name of the site`.
fn is_404(heading: &str) -> bool {
    let first = heading.split(['|', '—', '–', ':', '-']).next().unwrap_or_default();
    first.trim().trim_end_matches(['.', '!']) == "404"
}

fn has_password(outline: &Outline<'_>) -> bool {
    let is_password = |at: usize| {
        outline.items[at].tag == Tag::Input
            && outline.attr(at, "type").is_some_and(|kind| kind.eq_ignore_ascii_case("password"))
    };
    (0..outline.items.len()).any(is_password)
}

/// Scripts, and neither text nor links.
fn is_shell(shown: &Shown<'_>, text_chars: usize) -> bool {
    /// Words of a spinner and of a note about scripts.
    const SHELL_CHARS_MAX: usize = 200;
    let leads_on = |link: &&Link| {
        link.kind.leads_on() && !matches!(link.kind, LinkKind::Alternate | LinkKind::Feed | LinkKind::Sitemap)
    };
    if text_chars > 0 || shown.links.iter().any(|link| leads_on(&link)) {
        return false;
    }
    let outline = shown.outline;
    let Some(body) = outline.items.iter().position(|item| item.tag == Tag::Body) else { return false };
    let has_script = outline.items.iter().any(|item| item.tag == Tag::Script);
    let has_media = outline.items.iter().any(|item| matches!(item.tag, Tag::Image | Tag::Embedded));
    has_script
        && !has_media
        && outline.folded_text(body, SHELL_CHARS_MAX + 1).chars().count() <= SHELL_CHARS_MAX
}

#[cfg(test)]
mod tests;
