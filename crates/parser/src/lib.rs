//! Bytes become a document and its links; pure and total.

use model::{
    CanonicalUrl, Directives, Document, HeaderLine, Language, Link, LinkKind, Note, Parsed, ResourceKind,
    Timestamp,
};
use scraper::{Html, Selector};
use url::Url;

/// One response to read: everything the parser may know about it.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The URL it was fetched from; base of relative links.
    pub url: &'a Url,
    /// The `Content-Type` header's value, if there was one.
    pub content_type: Option<&'a str>,
    /// All response header lines, for directives and `Link`; may be empty.
    pub headers: &'a [HeaderLine],
    /// The body with content codings removed; any bytes, any length.
    pub body: &'a [u8],
    /// What the discoverer believed is there: a hint only, the bytes decide.
    pub kind: ResourceKind,
    /// Our product token in lower case (`silteme`), for directives that name an agent.
    pub agent: &'a str,
    /// When it was fetched; no date later than a day after it is believed.
    pub fetched: Timestamp,
}

/// Reads one response. Never fails, never panics: what is odd becomes a [`Note`].
#[must_use]
pub fn parse(input: &Input<'_>) -> Parsed {
    let text = String::from_utf8_lossy(input.body);
    let html = Html::parse_document(&text);
    let first = |css: &str| {
        let selector = Selector::parse(css).ok()?;
        html.select(&selector).next().map(|e| e.text().collect::<String>().trim().to_owned())
    };
    let Ok(url) = CanonicalUrl::from_url(input.url.clone()) else {
        return Parsed {
            notes: vec![Note { code: "url".to_owned(), detail: "not a crawlable URL".to_owned() }],
            ..Parsed::default()
        };
    };
    let links = Selector::parse("a[href]").map(|selector| {
        html.select(&selector)
            .filter_map(|a| {
                let mut target = input.url.join(a.value().attr("href")?).ok()?;
                target.set_fragment(None);
                matches!(target.scheme(), "http" | "https").then(|| Link {
                    url: target.into(),
                    text: a.text().collect::<String>().trim().chars().take(256).collect(),
                    rel: Vec::new(),
                    kind: LinkKind::Content,
                    resource: ResourceKind::Page,
                    dated: None,
                })
            })
            .collect()
    });
    Parsed {
        document: Some(Document {
            key: url.key(),
            url: url.url().to_string(),
            title: first("title").unwrap_or_else(|| url.url().path().to_owned()),
            text: first("body").unwrap_or_default(),
            description: None,
            author: None,
            site_name: None,
            section: None,
            tags: Vec::new(),
            image: None,
            language: Language::unknown(),
            published: None,
            modified: None,
            fetched: input.fetched,
            directives: Directives::default(),
        }),
        links: links.unwrap_or_default(),
        charset: Some("UTF-8".to_owned()),
        ..Parsed::default()
    }
}
