//! The pages as a browser gets them.

use model::Directives;

use crate::world::{Answered, World, page};

#[track_caller]
fn says(answer: &Answered, words: &str) {
    assert!(answer.body.contains(words), "{words} in {}", answer.body);
}

/// The values of an attribute, entities still on.
fn attributes<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    html.split(&start).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

#[tokio::test]
async fn a_page_speaks_the_language_asked_for() {
    let world = World::of_steppes(3);
    for (lang, words) in [
        ("kk", ["Жаңа сілтемелер", "Іздеу", "Индекстегі сілтемелер: 3", "ұқсас сілтемелер"]),
        ("ru", ["Новые ссылки", "Найти", "Ссылок в индексе: 3", "похожие ссылки"]),
        ("en", ["New links", "Search", "Links in the index: 3", "similar links"]),
    ] {
        for answer in
            [world.get(&format!("/?lang={lang}")).await, world.get_with("/", "accept-language", lang).await]
        {
            assert_eq!(answer.status, 200);
            assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
            assert_eq!(answer.header("content-language"), lang);
            assert_eq!(answer.header("vary"), "accept-language");
            says(&answer, &format!("<html lang=\"{lang}\">"));
            for word in words {
                says(&answer, word);
            }
        }
    }
    says(&world.get("/").await, "<html lang=\"kk\">");
}

#[tokio::test]
async fn a_link_on_a_page_says_its_own_language() {
    let published = Some("2026-01-02T03:04:05Z".parse().unwrap());
    let world = World::of(&[page("https://kitap.kz/dala", "Кең дала", "Дала туралы.", "kk", published)]);
    let answer = world.get("/?lang=en&q=дала".replace("дала", "%D0%B4%D0%B0%D0%BB%D0%B0").as_str()).await;
    says(
        &answer,
        "<a class=\"title\" href=\"https://kitap.kz/dala\" lang=\"kk\" dir=\"auto\" rel=\"noopener noreferrer\">Кең дала</a>",
    );
    says(&answer, "<p lang=\"kk\" dir=\"auto\"><mark>Дала</mark> туралы.</p>");
    says(&answer, "<time datetime=\"2026-01-02T03:04:05Z\">2 Jan 2026</time>");
    says(&answer, "<span lang=\"kk\">қазақша</span>");
    says(&answer, "<title>дала — Silteme</title>");
    says(&world.get("/?lang=ru").await, ">02.01.2026</time>");
}

#[tokio::test]
async fn what_strangers_write_is_text() {
    let script = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>";
    let mut hostile = page("https://evil.test/a?%22onclick=x", script, script, "en", None);
    hostile.directives = Directives::default();
    let mut runs = page("https://evil.test/b", "Runs", "Runs.", "en", None);
    runs.url = "javascript:alert(3)".to_owned();
    let world = World::of(&[hostile, runs]);
    let encoded: String = url::form_urlencoded::byte_serialize(script.as_bytes()).collect();
    for path in [
        "/".to_owned(),
        format!("/?q={encoded}"),
        format!("/?q=alert&language={encoded}&lang={encoded}&cursor={encoded}"),
        format!("/?q=alert&like={encoded}"),
    ] {
        let answer = world.get(&path).await;
        for tag in ["<script", "<img", "\"'>"] {
            assert!(!answer.body.contains(tag), "{tag} on {path}: {}", answer.body);
        }
        for name in ["href", "action", "src"] {
            for target in attributes(&answer.body, name) {
                let is_known = target.starts_with("https://evil.test/")
                    || (target.starts_with('/') && !target.starts_with("//"));
                assert!(is_known, "{name}={target} on {path}");
            }
        }
        assert!(
            attributes(&answer.body, "onerror").is_empty() && attributes(&answer.body, "onclick").is_empty()
        );
    }
    let all = world.get("/").await;
    says(&all, "&#60;script&#62;alert(1)");
    says(&all, "<span class=\"title\" lang=\"en\" dir=\"auto\">Runs</span>");
}

#[tokio::test]
async fn a_page_loads_nothing_and_runs_nothing() {
    let world = World::of_steppes(12);
    let html = world.get("/?q=steppe").await.body;
    for loading in [
        "<script",
        "<img",
        "<link",
        "<iframe",
        "@import",
        "url(",
        "src=",
        "srcset",
        "<base",
        "http-equiv",
        "on click",
    ] {
        assert!(!html.contains(loading), "{loading}");
    }
    assert!(world.get("/").await.header("set-cookie").is_empty());
}

#[tokio::test]
async fn more_leads_through_everything_once() {
    let world = World::of_steppes(25);
    let mut path = "/?lang=ru&q=steppe&language=en".to_owned();
    let mut seen = Vec::new();
    for _ in 0..5 {
        let answer = world.get(&path).await;
        seen.extend(
            attributes(&answer.body, "href")
                .into_iter()
                .filter(|href| href.starts_with("https:"))
                .map(str::to_owned),
        );
        let Some(at) = answer.body.find("class=\"more\"") else { break };
        says(&answer, "Показать ещё");
        path = attributes(&answer.body[at..], "href")[0].replace("&#38;", "&");
        assert!(path.starts_with("/?lang=ru&q=steppe&language=en&cursor="), "{path}");
    }
    assert_eq!(seen.len(), 25);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 25);
}

#[tokio::test]
async fn another_language_of_the_page_keeps_the_question() {
    let world = World::of_steppes(3);
    let answer = world.get("/?lang=en&q=wide+steppe&language=en").await;
    says(&answer, "href=\"/?lang=kk&#38;q=wide+steppe&#38;language=en\" lang=\"kk\" hreflang=\"kk\">Қазақша");
    says(&answer, "hreflang=\"en\" aria-current=\"true\">English");
    says(&answer, "<option value=\"en\" lang=\"en\" selected>");
    says(&answer, "value=\"wide steppe\"");
}

#[tokio::test]
async fn a_page_without_links_says_why() {
    let world = World::of_steppes(3);
    for (path, status, words) in [
        ("/?lang=en&q=ocean", 200, "Nothing found."),
        ("/?lang=ru&q=steppe&language=kk", 200, "Ничего не найдено."),
        ("/?lang=kk&cursor=nonsense", 400, "Бұл сұрауды орындау мүмкін емес."),
        ("/?lang=en&language=klingon", 400, "This request cannot be used."),
        ("/?q=a&q=b", 400, "Бұл сұрауды орындау мүмкін емес."),
        ("/recommendations?like=a&like=b", 400, "Бұл сұрауды орындау мүмкін емес."),
    ] {
        let answer = world.get(path).await;
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
        says(&answer, words);
    }
    let long = world.get(&format!("/?lang=ru&q={}", "a".repeat(9_000))).await;
    assert_eq!(long.status, 400);
    says(&long, "Начните поиск заново.");
    says(&World::of(&[]).get("/?lang=ru").await, "Индекс пока пуст.");
    assert_eq!(world.get("/?utm_source=somewhere").await.status, 200);
}

#[tokio::test]
async fn recommendations_give_their_reasons_in_words() {
    let mut world = World::of_steppes(6);
    for (number, more) in [(1, "Astronomers photograph it."), (2, "Children watch it from the roof.")] {
        let text = format!("A comet with a long tail crosses the evening sky above the observatory. {more}");
        world.put(&[page(&format!("https://sky.test/{number}"), "Comet <b>", &text, "en", None)]);
    }
    for (lang, heading, reason) in [
        ("kk", "Сізге ұсынамыз", "Себебі: «Comet &#60;b&#62;» сілтемесіне ұқсас"),
        ("ru", "Рекомендуем вам", "Почему: похоже на «Comet &#60;b&#62;»"),
        ("en", "Recommended for you", "Why: similar to “Comet &#60;b&#62;”"),
    ] {
        let answer = world.get(&format!("/recommendations?lang={lang}&like=https://sky.test/1")).await;
        assert_eq!(answer.status, 200);
        says(&answer, heading);
        says(&answer, reason);
        says(&answer, "href=\"/recommendations?lang=ru&#38;like=https%3A%2F%2Fsky.test%2F1\"");
    }
    says(&world.get("/recommendations?lang=ru").await, "Почему: новая ссылка");
    says(&world.get("/recommendations?lang=en&q=horses").await, "about “horses”");
}
