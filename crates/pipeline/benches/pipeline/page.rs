//! Pages of the shape field.md section 5 was measured on: an article in a news site's markup, about 50 kB, 98 links.
//!
//! Invariant: every link leads to a page of the same graph, and every page can be reached from its host's front page.

use std::fmt::Write as _;

use testkit::random::Random;

use crate::prose::{LANGUAGES, Writer};

const MENU: usize = 30;
const CARDS: usize = 40;
const INLINE: usize = 6;
const FOOTER: usize = 22;

/// All pages of a generated web.
pub(crate) struct Graph {
    pub(crate) hosts: usize,
    pub(crate) pages_per_host: usize,
    writers: Vec<Writer>,
}

impl Graph {
    pub(crate) fn new(hosts: usize, pages_per_host: usize) -> Self {
        Self { hosts, pages_per_host, writers: LANGUAGES.iter().map(Writer::new).collect() }
    }

    pub(crate) fn url(host: usize, number: usize) -> String {
        format!("http://site{host:04}.test{}", Self::path(host, number))
    }

    fn path(host: usize, number: usize) -> String {
        if number == 0 {
            return "/".to_owned();
        }
        let mut random = Random::named(2, &format!("{host}/{number}"));
        let (month, slug) = (1 + random.index(12), random.words(4).replace(' ', "-"));
        format!("/{}/2026/{month:02}/{slug}-{number}.html", LANGUAGES[Self::language(host, number)].code)
    }

    fn language(host: usize, number: usize) -> usize {
        (host + number) % LANGUAGES.len()
    }

    fn headline(&self, host: usize, number: usize) -> String {
        let mut random = Random::named(3, &format!("{host}/{number}"));
        self.writers[Self::language(host, number)].phrase(5 + number % 6, &mut random)
    }

    /// The page that card `nth` leads to; following the first cards alone reaches every page of the host.
    fn neighbour(&self, number: usize, nth: usize, random: &mut Random) -> usize {
        match nth {
            0 => (number + 1) % self.pages_per_host,
            1 => (2 * number + 1) % self.pages_per_host,
            _ => random.index(self.pages_per_host),
        }
    }

    pub(crate) fn html(&self, host: usize, number: usize) -> String {
        let mut random = Random::named(4, &format!("{host}/{number}"));
        let mut html = String::with_capacity(64 * 1024);
        self.head(&mut html, host, number, &mut random);
        self.menu(&mut html, host);
        self.article(&mut html, host, number, &mut random);
        self.cards(&mut html, host, number, &mut random);
        self.footer(&mut html, host, &mut random);
        html
    }

    fn head(&self, html: &mut String, host: usize, number: usize, random: &mut Random) {
        let (title, url) = (self.headline(host, number), Self::url(host, number));
        let code = LANGUAGES[Self::language(host, number)].code;
        let about = self.writers[Self::language(host, number)].phrase(24, random);
        let published = format!("2026-{:02}-{:02}T09:30:00+05:00", 1 + number % 9, 1 + host % 28);
        let _ = write!(
            html,
            "<!DOCTYPE html>\n<html lang=\"{code}\" class=\"no-js\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title} — Site {host}</title>\n\
             <meta name=\"description\" content=\"{about}\">\n<meta property=\"og:type\" content=\"article\">\n\
             <meta property=\"og:title\" content=\"{title}\">\n<meta property=\"og:description\" content=\"{about}\">\n\
             <meta property=\"og:url\" content=\"{url}\">\n<meta property=\"og:image\" content=\"{url}.jpg\">\n\
             <meta property=\"article:published_time\" content=\"{published}\">\n<link rel=\"canonical\" href=\"{url}\">\n\
             <script type=\"application/ld+json\">{{\"@context\":\"https://schema.org\",\"@type\":\"NewsArticle\",\
             \"headline\":\"{title}\",\"datePublished\":\"{published}\",\"dateModified\":\"{published}\",\
             \"author\":{{\"@type\":\"Person\",\"name\":\"Editor {host}\"}},\"description\":\"{about}\"}}</script>\n<style>"
        );
        for rule in 0..24 {
            let _ = write!(
                html,
                ".block-{rule}__inner{{display:flex;padding:{}px {}px;color:#{:06x};border-radius:.25rem}}",
                rule % 7,
                rule % 11,
                rule * 65_537
            );
        }
        html.push_str("</style>\n<script>window.dataLayer=window.dataLayer||[];");
        for slot in 0..48 {
            let token: String = (0..4).map(|_| format!("{:016x}", random.bits())).collect();
            let _ = writeln!(
                html,
                "ads.push({{slot:'slot-{slot}',token:'{token}',sizes:[[300,250],[728,90]]}});"
            );
        }
        html.push_str("</script>\n</head>\n");
    }

    fn menu(&self, html: &mut String, host: usize) {
        let _ = write!(
            html,
            "<body class=\"page page--article\">\n<header class=\"header\"><div class=\"header__inner\">\
             <nav class=\"menu\"><ul class=\"menu__list\">\n"
        );
        for entry in 0..MENU {
            let path = Self::path(host, entry % self.pages_per_host);
            let label = self.writers[host % LANGUAGES.len()]
                .phrase(2, &mut Random::named(5, &format!("{host}/{entry}")));
            let _ = writeln!(
                html,
                "<li class=\"menu__item\"><a class=\"menu__link\" href=\"{path}\"><span>{label}</span></a></li>"
            );
        }
        html.push_str("</ul></nav></div></header>\n");
    }

    fn article(&self, html: &mut String, host: usize, number: usize, random: &mut Random) {
        let writer = &self.writers[Self::language(host, number)];
        let _ = write!(
            html,
            "<main class=\"main\"><article class=\"article\" itemscope>\n<h1 class=\"article__title\">{}</h1>\n\
             <div class=\"article__meta\"><time datetime=\"2026-{:02}-{:02}\">{:02}.{:02}.2026</time></div>\n\
             <div class=\"article__body\">\n",
            self.headline(host, number),
            1 + number % 9,
            1 + host % 28,
            1 + host % 28,
            1 + number % 9
        );
        for paragraph in 0..13 + random.index(9) {
            let _ = write!(html, "<p class=\"article__text\">{}", writer.paragraph(random));
            if paragraph < INLINE {
                // Half of them lead to other hosts.
                let to = if paragraph % 2 == 0 { random.index(self.hosts) } else { host };
                let page = random.index(self.pages_per_host);
                let _ = write!(html, "<a href=\"{}\">{}</a>.", Self::url(to, page), self.headline(to, page));
            }
            html.push_str("</p>\n");
        }
        html.push_str("</div></article>\n");
    }

    fn cards(&self, html: &mut String, host: usize, number: usize, random: &mut Random) {
        html.push_str("<aside class=\"related\"><div class=\"related__grid\">\n");
        for nth in 0..CARDS {
            let page = self.neighbour(number, nth, random);
            let (path, headline) = (Self::path(host, page), self.headline(host, page));
            let _ = writeln!(
                html,
                "<div class=\"card card--small\" data-id=\"{host}-{page}\"><div class=\"card__media\">\
                 <img class=\"card__image lazy\" src=\"data:image/gif;base64,R0lGODlhAQABAAAAACw=\" data-src=\"/media/{page}.webp\" \
                 alt=\"\" width=\"320\" height=\"180\"></div><div class=\"card__body\"><h3 class=\"card__title\">\
                 <a href=\"{path}\">{headline}</a></h3><span class=\"card__date\">{:02}.2026</span></div></div>",
                1 + page % 9
            );
        }
        html.push_str("</div></aside></main>\n");
    }

    fn footer(&self, html: &mut String, host: usize, random: &mut Random) {
        html.push_str("<footer class=\"footer\"><ul class=\"footer__list\">\n");
        for _ in 0..FOOTER {
            let page = random.index(self.pages_per_host);
            let path = Self::path(host, page);
            let _ = writeln!(html, "<li class=\"footer__item\"><a href=\"{path}\">№ {page}</a></li>");
        }
        let _ = write!(
            html,
            "</ul><p class=\"footer__note\">© 2026 Site {host}</p></footer>\n</body>\n</html>\n"
        );
    }
}
