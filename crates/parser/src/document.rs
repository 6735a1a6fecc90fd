//! From bytes to everything they say: the order of the steps.
//!
//! Invariant: every form of input, also none, ends in a [`Parsed`].

mod plain;

use model::{CanonicalUrl, Document, HeaderLine, Language, Note, Parsed, ResourceKind, Timestamp};
use scraper::Html;

use crate::charset::{self, Decoded, Markup};
use crate::dates::Zone;
use crate::directives::Gathered;
use crate::feed::{self, Clock, Feed};
use crate::head::Head;
use crate::links::Links;
use crate::metadata::{self, Metadata};
use crate::note::note;
use crate::outline::Outline;
use crate::sitemap::{self, Sitemap, gzip};
use crate::sniff::{Form, sniff};
use crate::{Input, dom, junk, language, text};

/// No date later than this after the fetch is believed: clocks and zones differ by less.
const LATEST_AFTER_FETCH: std::time::Duration = std::time::Duration::from_hours(24);

/// Most bytes of a page or a plain text that are decoded: enough for [`dom::TEXT_BYTES_MAX`] in any encoding, of which
/// UTF-16 makes the least text out of a byte.
const PAGE_BYTES_MAX: usize = 2 * dom::TEXT_BYTES_MAX + 2;

/// Most bytes of a feed or sitemap that are decoded; the sitemap protocol allows 50 MB.
const LIST_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Reads one response.
pub(crate) fn read(input: &Input<'_>) -> Parsed {
    let mut parsed = Parsed::default();
    let form = sniff(input.body, input.content_type, input.kind);
    if form == Form::Gzip {
        let (bytes, is_cut) = gzip::unpacked(input.body);
        let inner = Input { body: &bytes, content_type: None, ..*input };
        let form = sniff(&bytes, None, input.kind);
        read_form(&inner, if form == Form::Gzip { Form::Binary("archive") } else { form }, &mut parsed);
        if is_cut {
            parsed
                .notes
                .push(note("size_limit", "gzip data too large or broken off; read as far as it goes"));
        }
    } else {
        read_form(input, form, &mut parsed);
    }
    parsed
}

fn read_form(input: &Input<'_>, form: Form, parsed: &mut Parsed) {
    match form {
        Form::Html => read_html(input, parsed),
        Form::Feed => {
            let decoded = decoded(input, Markup::Xml, parsed);
            take_feed(feed::read(&decoded.text, input.url, clock(input)), parsed);
            read_bare(input, parsed);
        }
        Form::Sitemap => {
            let decoded = decoded(input, Markup::Xml, parsed);
            take_sitemap(sitemap::read(&decoded.text, input.url, clock(input)), parsed);
            read_bare(input, parsed);
        }
        Form::Text => read_text(input, parsed),
        Form::Json => {
            let decoded = decoded(input, Markup::None, parsed);
            match feed::read_json(&decoded.text, input.url, clock(input)) {
                Ok(feed) => take_feed(feed, parsed),
                Err(note) => parsed.notes.push(note),
            }
            read_bare(input, parsed);
        }
        Form::Empty => refuse(input, parsed, note("empty", "no bytes, or white space only")),
        Form::Xml => refuse(input, parsed, note("xml", "XML that is neither feed nor sitemap")),
        Form::Binary(what) => refuse(input, parsed, note("binary", format!("not text: {what}"))),
        Form::Gzip => refuse(input, parsed, note("binary", "not text: archive")),
        Form::Code => refuse(input, parsed, note("code", "a script or style sheet")),
    }
}

fn clock(input: &Input<'_>) -> Clock {
    Clock { zone: Zone::of(input.url), latest: model::time::later(input.fetched, LATEST_AFTER_FETCH) }
}

/// The text of the body; its encoding and oddities are noted. What no reader would look at is not decoded either.
fn decoded<'a>(input: &Input<'a>, markup: Markup, parsed: &mut Parsed) -> Decoded<'a> {
    let host = input.url.host_str().unwrap_or_default();
    let bytes_max = if markup == Markup::Xml { LIST_BYTES_MAX } else { PAGE_BYTES_MAX };
    let body = &input.body[..input.body.len().min(bytes_max)];
    // Of a page, the DOM says how much it read.
    if body.len() < input.body.len() && markup != Markup::Html {
        let detail = format!("{} bytes; only the first {bytes_max} were read", input.body.len());
        parsed.notes.push(note("size_limit", detail));
    }
    let mut decoded = charset::decode(body, input.content_type, markup, host);
    parsed.charset = Some(decoded.name.to_owned());
    parsed.notes.append(&mut decoded.notes);
    decoded
}

fn take_feed(feed: Feed, parsed: &mut Parsed) {
    parsed.links = feed.links;
    parsed.notes.extend(feed.notes);
}

fn take_sitemap(sitemap: Sitemap, parsed: &mut Parsed) {
    parsed.links = sitemap.links;
    parsed.notes.extend(sitemap.notes);
}

/// Something that has no document: directives of the header and the note.
fn refuse(input: &Input<'_>, parsed: &mut Parsed, why: Note) {
    parsed.notes.push(why);
    read_bare(input, parsed);
}

/// What the response header alone says.
fn read_bare(input: &Input<'_>, parsed: &mut Parsed) {
    parsed.directives = Gathered::from_headers(input.headers, input.agent).finish();
    let (mut links, canonical, notes) = Links::from_headers(input.headers, input.url).finish();
    parsed.links.append(&mut links);
    parsed.canonical = canonical.map(String::from);
    parsed.notes.extend(notes);
}

/// Plain text: a list of URLs, or a document without markup.
fn read_text(input: &Input<'_>, parsed: &mut Parsed) {
    let text = decoded(input, Markup::None, parsed);
    if input.kind == ResourceKind::Sitemap || sitemap::is_text_sitemap(&text.text) {
        take_sitemap(sitemap::read_text(&text.text, input.url), parsed);
        read_bare(input, parsed);
        return;
    }
    read_bare(input, parsed);
    if input.kind == ResourceKind::Feed {
        parsed.notes.push(note("not_a_feed", "a feed was expected, plain text came"));
        return;
    }
    let plain = plain::read(&text.text);
    let facts = Facts { title: plain.title, text: plain.text, metadata: None, is_paywalled: false };
    let declared = content_language(input.headers);
    parsed.document = document(input, facts, declared.as_deref(), parsed);
}

/// A page.
fn read_html(input: &Input<'_>, parsed: &mut Parsed) {
    let page = decoded(input, Markup::Html, parsed);
    let (html, notes) = dom::parse(&page.text);
    parsed.notes.extend(notes);
    read_dom(input, &html, parsed);
}

fn read_dom(input: &Input<'_>, html: &Html, parsed: &mut Parsed) {
    let outline = Outline::of(html);
    let head = Head::of(&outline, input.url);
    let mut gathered = Gathered::from_headers(input.headers, input.agent);
    gathered.read_metas(&head);
    parsed.directives = gathered.finish();
    let mut links = Links::from_headers(input.headers, input.url);
    links.read_head(&head);
    links.read_body(&outline, &head, input.url, !parsed.directives.follow);
    let (found, canonical, notes) = links.finish();
    parsed.links = found;
    parsed.canonical = canonical.map(String::from);
    parsed.notes.extend(notes);
    if head.is_amp {
        parsed.notes.push(note("amp", "an AMP page"));
    }
    // A page where a feed or sitemap was expected is an error page or a wrong seed, and nothing to show to readers.
    if input.kind != ResourceKind::Page {
        let expected = if input.kind == ResourceKind::Feed { "feed" } else { "sitemap" };
        parsed
            .notes
            .push(note(&format!("not_a_{expected}"), format!("a {expected} was expected, a page came")));
        return;
    }
    let metadata = metadata::of(&outline, &head, Zone::of(input.url), input.fetched);
    let main = text::of(&outline, &metadata, input.url);
    parsed.page_type = Some(main.page_type);
    parsed.junk = junk::of(&junk::Shown {
        outline: &outline,
        metadata: &metadata,
        links: &parsed.links,
        text: &main.text,
    });
    let declared = head.language.map(str::to_owned).or_else(|| {
        head.meta(&["content-language", "og:locale", "language", "dc.language"]).map(str::to_owned)
    });
    let declared = declared.or_else(|| content_language(input.headers));
    let facts = Facts {
        title: metadata.title.clone(),
        text: main.text,
        is_paywalled: metadata.is_paywalled,
        metadata: Some(metadata),
    };
    parsed.document = document(input, facts, declared.as_deref(), parsed);
}

/// `Content-Language` of the response.
fn content_language(headers: &[HeaderLine]) -> Option<String> {
    let line = headers.iter().find(|line| line.name.eq_ignore_ascii_case("content-language"))?;
    Some(String::from_utf8_lossy(&line.value).into_owned())
}

/// What a document is made of.
struct Facts {
    title: Option<String>,
    text: String,
    metadata: Option<Metadata>,
    is_paywalled: bool,
}

fn document(
    input: &Input<'_>,
    facts: Facts,
    declared: Option<&str>,
    parsed: &mut Parsed,
) -> Option<Document> {
    let url = match CanonicalUrl::from_url(input.url.clone()) {
        Ok(url) => url,
        Err(error) => {
            parsed.notes.push(note("url", error.to_string()));
            return None;
        }
    };
    let title = facts.title.filter(|title| !title.is_empty()).unwrap_or_else(|| plain::title_of(input.url));
    let language = language_of(&title, &facts.text, declared, parsed);
    if facts.is_paywalled {
        parsed.notes.push(note("paywall", "the publisher says that the text is not free"));
    }
    let mut document = Document {
        key: url.key(),
        url: url.url().to_string(),
        title,
        text: facts.text,
        description: None,
        author: None,
        site_name: None,
        section: None,
        tags: Vec::new(),
        image: None,
        language,
        published: None,
        modified: None,
        fetched: input.fetched,
        directives: parsed.directives.clone(),
    };
    if let Some(mut metadata) = facts.metadata {
        parsed.notes.append(&mut metadata.notes);
        parsed.evidence = std::mem::take(&mut metadata.evidence);
        parsed.published_source = metadata.published.map(|(_, source)| source);
        fill(&mut document, metadata);
    }
    Some(document)
}

fn fill(document: &mut Document, metadata: Metadata) {
    document.description = metadata.description;
    document.author = metadata.author;
    document.site_name = metadata.site_name;
    document.section = metadata.section;
    document.tags = metadata.tags;
    document.image = metadata.image;
    document.published = metadata.published.map(|(at, _): (Timestamp, _)| at);
    document.modified = metadata.modified;
}

/// The language of title and text; a declaration that they contradict is noted.
fn language_of(title: &str, text: &str, declared: Option<&str>, parsed: &mut Parsed) -> Language {
    let found = language::identify(title, text, declared);
    if let Some(declared) = declared.map(language::declared_code).filter(|code| *code != Language::unknown())
        && declared != found.language
    {
        let detail = format!("declared {declared}, but the text is {}", found.language);
        parsed.notes.push(note("language_conflict", detail));
    }
    parsed.language_shares = found.shares;
    found.language
}
