//! A generated web: hosts full of linked articles in English, Russian and Kazakh.
//!
//! Invariant: every page follows from the seed, its host and its number alone, so a web of a million pages costs no
//! memory; and every page can be reached from its host's front page.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use super::lexicon::{LEXICONS, Lexicon};
use super::page::Page;
use super::robots::Robots;
use crate::clock::EPOCH;
use crate::random::Random;

/// Articles linked from a front page; the others are reached from those.
const FRONT_LINKS: usize = 20;
/// Articles in a feed.
const FEED_ENTRIES: usize = 20;

/// What is on a generated web. Host `n` is `site000n.test`; its pages are `/` and the articles 1 to `pages_per_host` - 1
/// (`/ru/2025/11/site0003-17.html`), of 5 to 60 kB each. Article `n` links to `n + 1`, `2n` and `2n + 1`, to some others of its host and
/// to two of other hosts. Every host has a robots.txt that disallows `/private/` (to which every page links), a sitemap and a feed.
/// The token `articleNNNNxMM` (host, number) is in the text of that article and in no other.
#[derive(Debug, Clone)]
pub struct SiteGraph {
    seed: u64,
    hosts: usize,
    pages_per_host: usize,
    scheme: &'static str,
    robots: Option<Robots>,
}

impl SiteGraph {
    /// A graph over http.
    ///
    /// # Panics
    /// When there would be no page.
    #[must_use]
    pub fn new(seed: u64, hosts: usize, pages_per_host: usize) -> Self {
        assert!(hosts > 0 && pages_per_host > 0, "a web needs at least one page");
        Self { seed, hosts, pages_per_host, scheme: "http", robots: None }
    }

    /// The same over https.
    #[must_use]
    pub fn https(mut self) -> Self {
        self.scheme = "https";
        self
    }

    /// The same with another robots.txt on every host (a fault, a crawl delay).
    #[must_use]
    pub fn robots(mut self, robots: Robots) -> Self {
        self.robots = Some(robots);
        self
    }

    /// The names of its hosts. Each is a site (registrable domain) of its own.
    #[must_use]
    pub fn hosts(&self) -> Vec<String> {
        (0..self.hosts).map(host_name).collect()
    }

    /// The front page of each host: what to seed a crawl with.
    #[must_use]
    pub fn seeds(&self) -> Vec<String> {
        (0..self.hosts).map(|host| self.url(host, 0)).collect()
    }

    /// Every page an obedient crawler can reach: not robots.txt, sitemap and feed, nothing under `/private/`.
    #[must_use]
    pub fn urls(&self) -> Vec<String> {
        let pages = |host| (0..self.pages_per_host).map(move |number| self.url(host, number));
        (0..self.hosts).flat_map(pages).collect()
    }

    /// The URL of page `number` (0: the front page) of host `host`.
    #[must_use]
    pub fn url(&self, host: usize, number: usize) -> String {
        format!("{}://{}{}", self.scheme, host_name(host), self.path(host, number))
    }

    /// The token that is in the text of this page and of no other.
    #[must_use]
    pub fn token(host: usize, number: usize) -> String {
        format!("article{host:04}x{number:02}")
    }

    /// The answer for a path of a host.
    pub(super) fn answer(self: &Arc<Self>, host: &str, target: &str) -> Page {
        let Some(host) = host.strip_prefix("site").and_then(|rest| rest.strip_suffix(".test")?.parse().ok())
        else {
            return Page::error(404);
        };
        let own = self.robots.iter().flat_map(|robots| &robots.pages);
        if let Some((_, page)) = own.into_iter().find(|(path, _)| path == target) {
            return page.clone();
        }
        match target {
            "/robots.txt" => Page::text(format!(
                "User-agent: *\nDisallow: /private/\n\nSitemap: {}sitemap.xml\n",
                self.url(host, 0)
            )),
            "/sitemap.xml" => Page::xml(self.sitemap(host)),
            "/feed.xml" => Page::bytes("application/rss+xml; charset=utf-8", self.feed(host)),
            "/private/statistics.html" => Page::linking("private", &["/"]),
            _ => {
                let number = match target.strip_suffix(".html").and_then(|rest| rest.rsplit_once('-')) {
                    Some((_, number)) => number.parse().ok(),
                    None => (target == "/").then_some(0),
                };
                match number {
                    Some(number) if number < self.pages_per_host && self.path(host, number) == target => {
                        let etag = format!("\"{:x}\"", self.random(host, number).bits());
                        Page::html(self.html(host, number)).etag(&etag)
                    }
                    _ => Page::error(404),
                }
            }
        }
    }

    fn random(&self, host: usize, number: usize) -> Random {
        Random::named(self.seed, &format!("{host}/{number}"))
    }

    fn lexicon(host: usize, number: usize) -> &'static Lexicon {
        &LEXICONS[(host + number) % LEXICONS.len()]
    }

    fn path(&self, host: usize, number: usize) -> String {
        if number == 0 {
            return "/".to_owned();
        }
        let language = Self::lexicon(host, number).language;
        let date = self.published(host, number).strftime("%Y/%m");
        format!("/{language}/{date}/site{host:04}-{number}.html")
    }

    fn published(&self, host: usize, number: usize) -> model::Timestamp {
        let age = self.random(host, number).below(300 * 86_400);
        model::time::earlier(EPOCH, Duration::from_secs(age))
    }

    fn headline(&self, host: usize, number: usize) -> String {
        let mut random = self.random(host, number);
        Self::lexicon(host, number).headline(&mut random)
    }

    /// Numbers of the articles of its own host that a page links to.
    fn links(&self, number: usize, random: &mut Random) -> Vec<usize> {
        let mut links: Vec<usize> = match number {
            0 => (1..=FRONT_LINKS).collect(),
            _ => vec![number + 1, 2 * number, 2 * number + 1],
        };
        links.extend((0..5).map(|_| random.index(self.pages_per_host)));
        links.retain(|link| (1..self.pages_per_host).contains(link) && *link != number);
        links
    }

    fn html(&self, host: usize, number: usize) -> String {
        let lexicon = Self::lexicon(host, number);
        let mut random = self.random(host, number);
        let headline = lexicon.headline(&mut random);
        let own = self.links(number, &mut random);
        let other = (0..2).map(|_| (random.index(self.hosts), random.index(self.pages_per_host)));
        let other: Vec<_> = other.filter(|(to, _)| *to != host).collect();

        let mut html = String::with_capacity(40_000);
        self.write_head(&mut html, host, number, &headline);
        let [home, news, about, contact, privacy, more] = lexicon.menu;
        let _ = write!(
            html,
            "<header><a href=\"/\">{home}</a><nav><ul><li><a href=\"/feed.xml\">{news}</a></li>\
             <li><a href=\"#about\">{about}</a></li><li><a href=\"#contact\">{contact}</a></li></ul></nav></header>\n\
             <main>\n<article>\n<h1>{headline}</h1>\n<p class=\"by\"><time datetime=\"{published}\">{date}</time></p>\n",
            published = self.published(host, number),
            date = self.published(host, number).strftime("%d.%m.%Y"),
        );
        for paragraph in 0..8 + random.index(18) {
            html.push_str("<p>");
            for _ in 0..3 + random.index(4) {
                html.push_str(&lexicon.sentence(&mut random));
                html.push(' ');
            }
            if paragraph == 1 {
                html.push_str(&Self::token(host, number));
            }
            if let Some((to, link)) = other.get(paragraph) {
                let _ =
                    write!(html, " <a href=\"{}\">{}</a>", self.url(*to, *link), self.headline(*to, *link));
            }
            html.push_str("</p>\n");
        }
        let _ = write!(html, "</article>\n<aside><h2>{more}</h2><ul>\n");
        for link in own {
            let (path, headline) = (self.path(host, link), self.headline(host, link));
            let _ = writeln!(html, "<li><a href=\"{path}\">{headline}</a></li>");
        }
        let _ = write!(
            html,
            "</ul></aside>\n</main>\n<footer id=\"contact\"><a href=\"/private/statistics.html\">{privacy}</a> \
             © 2026 {site}</footer>\n</body>\n</html>\n",
            site = host_name(host),
        );
        html
    }

    fn write_head(&self, html: &mut String, host: usize, number: usize, headline: &str) {
        let _ = write!(
            html,
            "<!DOCTYPE html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n<title>{headline} | {site}</title>\n\
             <meta property=\"og:title\" content=\"{headline}\">\n<meta property=\"og:type\" content=\"article\">\n\
             <meta property=\"article:published_time\" content=\"{published}\">\n\
             <link rel=\"canonical\" href=\"{canonical}\">\n\
             <link rel=\"alternate\" type=\"application/rss+xml\" href=\"/feed.xml\">\n\
             <script type=\"application/ld+json\">{{\"@context\":\"https://schema.org\",\"@type\":\"NewsArticle\",\
             \"headline\":\"{headline}\",\"datePublished\":\"{published}\",\"inLanguage\":\"{language}\"}}</script>\n\
             <style>{STYLE}</style>\n</head>\n<body>\n",
            language = Self::lexicon(host, number).language,
            site = host_name(host),
            published = self.published(host, number),
            canonical = self.url(host, number),
        );
    }

    fn sitemap(&self, host: usize) -> String {
        let mut xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
                       <urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n"
            .to_owned();
        for number in 0..self.pages_per_host.min(50_000) {
            let (url, date) = (self.url(host, number), self.published(host, number));
            let _ = writeln!(xml, "<url><loc>{url}</loc><lastmod>{date}</lastmod></url>");
        }
        xml + "</urlset>\n"
    }

    fn feed(&self, host: usize) -> String {
        let site = host_name(host);
        let mut xml = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\"><channel><title>{site}</title>\
             <link>{}</link><description>{site}</description>\n",
            self.url(host, 0)
        );
        for number in 1..self.pages_per_host.min(FEED_ENTRIES + 1) {
            let url = self.url(host, number);
            let date = self.published(host, number).strftime("%a, %d %b %Y %H:%M:%S GMT");
            let title = self.headline(host, number);
            let _ = writeln!(
                xml,
                "<item><title>{title}</title><link>{url}</link><guid>{url}</guid><pubDate>{date}</pubDate></item>"
            );
        }
        xml + "</channel></rss>\n"
    }
}

fn host_name(host: usize) -> String {
    format!("site{host:04}.test")
}

/// Enough style to weigh what styles weigh on small sites.
const STYLE: &str = "*{box-sizing:border-box}body{margin:0 auto;max-width:72rem;font:1.05rem/1.6 Georgia,serif;color:#222;background:#fff}\
    header{display:flex;justify-content:space-between;padding:1rem 2rem;border-bottom:1px solid #ddd}nav ul{display:flex;gap:1.5rem;\
    list-style:none;margin:0;padding:0}a{color:#0a5;text-decoration:none}a:hover{text-decoration:underline}main{display:grid;\
    grid-template-columns:3fr 1fr;gap:3rem;padding:2rem}h1{font-size:2.2rem;line-height:1.2}.by{color:#777;font-size:.9rem}\
    aside{border-left:1px solid #ddd;padding-left:1.5rem}aside ul{list-style:none;padding:0}aside li{margin:.5rem 0}\
    footer{padding:2rem;border-top:1px solid #ddd;color:#777;font-size:.9rem}@media(max-width:50rem){main{grid-template-columns:1fr}}";

#[cfg(test)]
mod tests;
