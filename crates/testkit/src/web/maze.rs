//! A site full of traps: an archive of real articles, and around it everything that multiplies URLs without end.
//!
//! Invariant: what stands at a URL follows from the URL alone, so the maze is endless and costs no memory; every article
//! can be reached from the front page through the sections; and a URL is either real or in a trap.

use std::fmt::Write as _;
use std::sync::Arc;

use url::Url;

use super::builder::Builder;
use super::lexicon::LEXICONS;
use super::page::Page;
use crate::random::Random;

/// Articles on one page of a section.
const PER_PAGE: usize = 40;
/// Parameters of the facet search.
const FACETS: [&str; 6] = ["color", "size", "brand", "price", "sort", "view"];

/// A maze of `articles` articles on `maze.test`, with a parked domain beside it.
///
/// Traps: a calendar without end, paths that repeat themselves, session ids in path and query, a facet search, pages of a
/// section beyond its end, hosts without end, "not found" with status 200 for every unknown path, a `www` mirror, AMP and
/// print views, a login wall, a parked host.
#[derive(Debug, Clone)]
pub struct Maze {
    seed: u64,
    articles: usize,
    sections: usize,
}

/// What stands at a URL of the maze.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MazePage {
    /// Its title.
    pub title: String,
    /// Its paragraphs.
    pub text: Vec<String>,
    /// Its links, absolute or relative.
    pub links: Vec<String>,
    /// What it names as its canonical URL.
    pub canonical: Option<String>,
    /// It is an article (or a view of one).
    pub article: Option<usize>,
    /// It asks for a password.
    pub has_form: bool,
}

impl Maze {
    /// A maze.
    ///
    /// # Panics
    /// When it would have no article.
    #[must_use]
    pub fn new(seed: u64, articles: usize) -> Self {
        assert!(articles > 0, "a maze needs something to be found in it");
        Self { seed, articles, sections: articles.div_ceil(2_000).max(2) }
    }

    /// Where to start.
    #[must_use]
    pub fn seed(&self) -> String {
        "http://maze.test/".to_owned()
    }

    /// The URLs of all articles.
    #[must_use]
    pub fn article_urls(&self) -> Vec<String> {
        (0..self.articles).map(|article| format!("http://maze.test{}", self.article_path(article))).collect()
    }

    /// Whether a URL is the one spelling of a real page: the front page, a section as far as it has articles, an article.
    #[must_use]
    pub fn is_real(&self, url: &str) -> bool {
        let Ok(url) = Url::parse(url) else { return false };
        if url.scheme() != "http" || url.host_str() != Some("maze.test") {
            return false;
        }
        match (url.path(), url.query()) {
            ("/" | "/robots.txt", None) => true,
            (path, None) => self.article_of(path).is_some(),
            (path, Some(query)) => match (section_of(path), query.strip_prefix("page=")) {
                (Some(section), Some(page)) => page.parse().is_ok_and(|page: usize| {
                    section < self.sections && page * PER_PAGE < self.articles.div_ceil(self.sections)
                }),
                _ => false,
            },
        }
    }

    /// What stands at a URL.
    #[must_use]
    pub fn page(&self, url: &str) -> MazePage {
        let Ok(url) = Url::parse(url) else { return missing("") };
        let host = url.host_str().unwrap_or_default();
        match host {
            "parked.test" => return notice("parked.test", "This domain is for sale. Buy this domain today."),
            "maze.test" | "www.maze.test" => {}
            _ => return self.wildcard(host),
        }
        let path = url.path();
        if path == "/" {
            return self.front();
        }
        if let Some(section) = section_of(path).filter(|section| *section < self.sections) {
            let page = url.query_pairs().find(|(name, _)| name == "page");
            return self.section(section, page.and_then(|(_, page)| page.parse().ok()).unwrap_or(0));
        }
        if let Some((_, rest)) = path.strip_prefix("/s/").and_then(|rest| rest.split_once('/'))
            && let Some(article) = self.article_of(&format!("/{rest}"))
        {
            return self.article(article, None);
        }
        let (inner, is_view) = match path.strip_suffix("/amp") {
            Some(inner) => (inner, true),
            None => (path, url.query() == Some("print=1")),
        };
        if let Some(article) = self.article_of(inner) {
            return self.article(article, is_view.then(|| format!("http://maze.test{inner}")));
        }
        match path.split('/').nth(1).unwrap_or_default() {
            "calendar" => calendar(path),
            "catalog" => facets(&url),
            "account" => MazePage { has_form: true, ..notice("Sign in", "Please sign in to go on.") },
            "rep" => {
                MazePage { links: vec![format!("{path}rep/x/")], ..notice("Again", "And again and again.") }
            }
            _ => missing(path),
        }
    }

    fn front(&self) -> MazePage {
        let mut links: Vec<String> =
            (0..self.sections).map(|section| format!("/section{section}?page=0")).collect();
        links.extend(
            ["/calendar/2026/11", "/catalog?color=red", "/rep/x/", "/account/1", "/nowhere/1"]
                .map(str::to_owned),
        );
        links.extend(
            ["http://www.maze.test/", "http://parked.test/", "http://w1.maze.test/"].map(str::to_owned),
        );
        MazePage { links, ..notice("The maze", "Everything that is new in the maze.") }
    }

    fn section(&self, section: usize, page: usize) -> MazePage {
        let per_section = self.articles.div_ceil(self.sections);
        let first = section * per_section;
        let last = ((section + 1) * per_section).min(self.articles);
        let shown = (first + page * PER_PAGE).min(last)..(first + (page + 1) * PER_PAGE).min(last);
        let mut links: Vec<String> = shown.map(|article| self.article_path(article)).collect();
        links.push(format!("/section{section}?page={}", page + 1));
        MazePage { links, ..notice(&format!("Section {section}"), "Articles, page by page.") }
    }

    fn article(&self, article: usize, canonical: Option<String>) -> MazePage {
        let mut random = Random::named(self.seed, &format!("article {article}"));
        let lexicon = &LEXICONS[article % LEXICONS.len()];
        let title = lexicon.headline(&mut random);
        let paragraph = |random: &mut Random| {
            let sentences: Vec<String> = (0..4).map(|_| lexicon.sentence(random)).collect();
            sentences.join(" ")
        };
        let text: Vec<String> = (0..4).map(|_| paragraph(&mut random)).collect();
        let path = self.article_path(article);
        let near = (article + 1) % self.articles;
        let token = token(&mut random);
        let links = vec![
            self.article_path(near),
            format!("{path}?print=1"),
            format!("{path}/amp"),
            format!("http://www.maze.test{path}"),
            format!("/s/{token}{}", self.article_path(random.index(self.articles))),
            format!("{}?PHPSESSID={token}", self.article_path(near)),
            format!("/nowhere/{}", random.index(1 << 30)),
            format!("/account/login?return={path}"),
            format!("http://w{}.maze.test/", random.index(1 << 30)),
            format!("/catalog?{}={}", FACETS[random.index(6)], random.index(50)),
            format!("/calendar/{}/{}", 1990 + random.index(90), 1 + random.index(12)),
        ];
        MazePage { title, text, links, canonical, article: Some(article), has_form: false }
    }

    fn wildcard(&self, host: &str) -> MazePage {
        let mut random = Random::named(self.seed, host);
        let links = (0..3).map(|_| format!("http://w{}.maze.test/", random.index(1 << 30))).collect();
        MazePage { links, ..notice("Welcome", "Every name leads here.") }
    }

    fn article_path(&self, article: usize) -> String {
        let mut random = Random::named(self.seed, &format!("path {article}"));
        format!("/news/{}-{article}", letters(&mut random, 12))
    }

    fn article_of(&self, path: &str) -> Option<usize> {
        let article: usize = path.strip_prefix("/news/")?.rsplit_once('-')?.1.parse().ok()?;
        (article < self.articles && self.article_path(article) == path).then_some(article)
    }
}

impl MazePage {
    /// As HTML.
    #[must_use]
    pub fn html(&self) -> String {
        let mut html = format!("<!doctype html>\n<html lang=\"en\"><head><title>{}</title>", self.title);
        if let Some(canonical) = &self.canonical {
            let _ = write!(html, "<link rel=\"canonical\" href=\"{canonical}\">");
        }
        let _ = writeln!(html, "</head><body><article><h1>{}</h1>", self.title);
        for paragraph in &self.text {
            let _ = writeln!(html, "<p>{paragraph}</p>");
        }
        if self.has_form {
            html.push_str(
                "<form method=\"post\"><input name=\"u\"><input type=\"password\" name=\"p\"></form>",
            );
        }
        html.push_str("</article><ul>\n");
        for link in &self.links {
            let _ = writeln!(html, "<li><a href=\"{}\">more</a></li>", link.replace('&', "&amp;"));
        }
        html + "</ul></body></html>\n"
    }
}

impl Builder {
    /// A maze, over http.
    #[must_use]
    pub fn maze(mut self, maze: &Maze) -> Self {
        let maze = Arc::new(maze.clone());
        for host in ["maze.test", "*.maze.test", "parked.test"] {
            let maze = Arc::clone(&maze);
            self = self.host(host, move |asked| {
                if asked.target == "/robots.txt" {
                    return Page::error(404);
                }
                Page::html(maze.page(&asked.url()).html())
            });
        }
        self
    }
}

/// A page with a title, a sentence and nothing else.
fn notice(title: &str, text: &str) -> MazePage {
    MazePage {
        title: title.to_owned(),
        text: vec![text.to_owned()],
        links: Vec::new(),
        canonical: None,
        article: None,
        has_form: false,
    }
}

/// The answer to every unknown path.
fn missing(path: &str) -> MazePage {
    let next = path.bytes().fold(7u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(u32::from(byte)));
    MazePage {
        links: vec!["/".to_owned(), format!("/nowhere/{next}"), format!("/nowhere/deep/{next}")],
        ..notice("Page not found", "Try something else.")
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn calendar(path: &str) -> MazePage {
    let numbers: Vec<u32> = path.split('/').filter_map(|part| part.parse().ok()).collect();
    let (year, month) = (numbers.first().copied().unwrap_or(2026), numbers.get(1).copied().unwrap_or(1));
    let next = if month >= 12 {
        format!("/calendar/{}/1", year + 1)
    } else {
        format!("/calendar/{year}/{}", month + 1)
    };
    let mut links = vec![
        next.clone(),
        format!("{next}?view=week"),
        format!("/calendar/{}/{month}", year.wrapping_sub(1)),
    ];
    links.extend((1..=28).map(|day| format!("/calendar/{year}/{month}/{day}")));
    let name = MONTHS[(month.max(1) as usize - 1) % 12];
    MazePage { links, ..notice(&format!("{name} {year}"), "No events.") }
}

fn facets(url: &Url) -> MazePage {
    let chosen: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let mut links = Vec::new();
    for (at, facet) in FACETS.iter().enumerate() {
        for value in 0..3 {
            let mut pairs: Vec<String> = chosen
                .iter()
                .filter(|(name, _)| name != facet)
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            pairs.push(format!("{facet}={}", value * 7 + at));
            links.push(format!("/catalog?{}", pairs.join("&")));
        }
    }
    MazePage { links, ..notice("Catalog", "Forty-two things were found.") }
}

fn section_of(path: &str) -> Option<usize> {
    path.strip_prefix("/section")?.parse().ok()
}

fn letters(random: &mut Random, count: usize) -> String {
    (0..count).map(|_| char::from(b'a' + u8::try_from(random.index(26)).unwrap_or_default())).collect()
}

/// Letters and digits by turns, as session ids are.
fn token(random: &mut Random) -> String {
    (0..10).map(|_| format!("{}{}", letters(random, 1), random.index(10))).collect()
}

#[cfg(test)]
mod tests;
