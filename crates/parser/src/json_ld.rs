//! JSON-LD of schema.org: what a page says about its article.
//!
//! Invariant: lenient in syntax (comments, CDATA, raw control characters, trailing commas), bounded in size and depth.

use std::collections::HashMap;

use serde_json::{Map, Value};

/// Objects with a name, by `@id`.
type Named<'v> = HashMap<&'v str, &'v Map<String, Value>>;

/// Longest script read, in bytes.
const SCRIPT_BYTES_MAX: usize = 512 * 1024;

/// Most objects looked at in one page.
const OBJECTS_MAX: usize = 2_000;

/// Facts of the main object of the page.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Facts {
    /// `@type` of the object that the facts come from.
    pub(crate) kind: Option<String>,
    /// `headline` or `name`.
    pub(crate) headline: Option<String>,
    /// `datePublished` of an article or another main thing, as written.
    pub(crate) published: Option<String>,
    /// `datePublished` of the web page: content management systems write it for every page of a firm.
    pub(crate) page_published: Option<String>,
    /// `dateModified`, as written.
    pub(crate) modified: Option<String>,
    /// Names of authors.
    pub(crate) authors: Vec<String>,
    /// `description`.
    pub(crate) description: Option<String>,
    /// URL of `image`.
    pub(crate) image: Option<String>,
    /// `articleSection`.
    pub(crate) section: Option<String>,
    /// `keywords`.
    pub(crate) keywords: Vec<String>,
    /// Name of `WebSite` or `publisher`.
    pub(crate) site_name: Option<String>,
    /// `isAccessibleForFree` says no.
    pub(crate) is_paywalled: bool,
    /// What `isAccessibleForFree` says, if anything.
    pub(crate) is_free: Option<bool>,
}

/// Reads all scripts of a page.
pub(crate) fn facts(scripts: &[&str]) -> Facts {
    let values: Vec<Value> = scripts.iter().filter_map(|script| read(script)).collect();
    let mut objects: Vec<&Map<String, Value>> = Vec::new();
    for value in &values {
        collect(value, &mut objects);
    }
    let mut facts = Facts::default();
    let mut best: Vec<(u8, &Map<String, Value>)> =
        objects.iter().filter_map(|object| Some((rank(object)?, *object))).collect();
    best.sort_by_key(|(rank, _)| *rank);
    let named: HashMap<&str, &Map<String, Value>> = objects
        .iter()
        .filter(|object| object.contains_key("name"))
        .filter_map(|object| Some((object.get("@id")?.as_str()?, *object)))
        .collect();
    for (rank, object) in &best {
        facts.fill(object, *rank, &named);
    }
    facts
}

/// How much an object speaks for the page: 0 = an article, 1 = another main thing, 2 = the page, 3 = the site.
fn rank(object: &Map<String, Value>) -> Option<u8> {
    kinds(object).filter_map(kind_rank).min()
}

fn kind_rank(kind: &str) -> Option<u8> {
    let kind = kind.rsplit(['/', '#', ':']).next().unwrap_or(kind);
    match kind {
        "WebPage" | "ItemPage" | "AboutPage" | "FAQPage" | "CollectionPage" | "ProfilePage" => Some(2),
        "WebSite" | "NewsMediaOrganization" => Some(3),
        "Product"
        | "Recipe"
        | "Event"
        | "DiscussionForumPosting"
        | "QAPage"
        | "VideoObject"
        | "Review"
        | "Course"
        | "JobPosting"
        | "Book"
        | "Movie"
        | "SoftwareApplication"
        | "HowTo" => Some(1),
        _ if kind.ends_with("Article") || kind.ends_with("BlogPosting") || kind == "Report" => Some(0),
        _ => None,
    }
}

fn kinds(object: &Map<String, Value>) -> impl Iterator<Item = &str> {
    let kinds: Vec<&str> = match object.get("@type") {
        Some(Value::String(kind)) => vec![kind],
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    kinds.into_iter()
}

/// Parses one script; repairs what publishing systems get wrong, and gives up on the rest.
fn read(script: &str) -> Option<Value> {
    let mut text = script.trim();
    if text.len() > SCRIPT_BYTES_MAX {
        return None;
    }
    for (open, close) in
        [("<!--", "-->"), ("//<![CDATA[", "//]]>"), ("<![CDATA[", "]]>"), ("/*<![CDATA[*/", "/*]]>*/")]
    {
        text = text.strip_prefix(open).unwrap_or(text).trim();
        text = text.strip_suffix(close).unwrap_or(text).trim();
    }
    let text = text.trim_end_matches(';');
    serde_json::from_str(text).ok().or_else(|| serde_json::from_str(&repaired(text)).ok())
}

/// Control characters become spaces, and commas before a closing bracket go.
fn repaired(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            ']' | '}' => {
                let kept = out.trim_end().trim_end_matches(',').len();
                out.truncate(kept);
                out.push(letter);
            }
            control if control.is_control() => out.push(' '),
            other => out.push(other),
        }
    }
    out
}

/// Objects in document order, those inside lists of other things left out.
fn collect<'v>(root: &'v Value, objects: &mut Vec<&'v Map<String, Value>>) {
    let mut open = vec![root];
    while let Some(value) = open.pop() {
        match value {
            Value::Array(items) => open.extend(items.iter().rev().take(OBJECTS_MAX)),
            Value::Object(object) if objects.len() < OBJECTS_MAX => {
                objects.push(object);
                for key in ["mainEntityOfPage", "mainEntity", "@graph"] {
                    open.extend(object.get(key).filter(|inner| inner.is_object() || inner.is_array()));
                }
            }
            _ => {}
        }
    }
}

impl Facts {
    /// Takes from an object what better ones did not give.
    fn fill(&mut self, object: &Map<String, Value>, rank: u8, named: &Named<'_>) {
        if rank == 3 {
            self.site_name = self.site_name.take().or_else(|| name_of(object.get("name")));
            return;
        }
        let text = |key: &str| name_of(object.get(key));
        if self.kind.is_none() && rank <= 1 {
            self.kind = kinds(object).find(|kind| kind_rank(kind) == Some(rank)).map(str::to_owned);
        }
        if rank <= 1 {
            self.headline = self.headline.take().or_else(|| text("headline")).or_else(|| text("name"));
        }
        let published =
            || text("datePublished").or_else(|| text("uploadDate")).or_else(|| text("dateCreated"));
        if rank <= 1 {
            self.published = self.published.take().or_else(published);
        } else {
            self.page_published = self.page_published.take().or_else(|| text("datePublished"));
        }
        self.modified = self.modified.take().or_else(|| text("dateModified"));
        self.description = self.description.take().or_else(|| text("description"));
        self.image = self.image.take().or_else(|| image_of(object.get("image")));
        self.section = self.section.take().or_else(|| text("articleSection"));
        self.site_name = self.site_name.take().or_else(|| text("publisher"));
        if self.authors.is_empty() && rank <= 1 {
            self.authors = people(object.get("author").or_else(|| object.get("creator")), named);
        }
        if self.keywords.is_empty() {
            self.keywords = names(object.get("keywords"));
        }
        let is_free = match object.get("isAccessibleForFree") {
            Some(Value::Bool(free)) => Some(*free),
            Some(Value::String(free)) if free.eq_ignore_ascii_case("false") => Some(false),
            Some(Value::String(free)) if free.eq_ignore_ascii_case("true") => Some(true),
            _ => None,
        };
        self.is_paywalled |= is_free == Some(false);
        // One object that is not free makes the page so.
        self.is_free = self.is_free.map_or(is_free, |known| Some(known && is_free != Some(false)));
    }
}

/// A text, or the name of an object, or that of the first of several.
fn name_of(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Object(object) => name_of(object.get("name").or_else(|| object.get("@value"))),
        Value::Array(items) => name_of(items.first()),
        _ => None,
    }
}

/// Names of people, those too that are only pointed at by `@id`.
fn people(value: Option<&Value>, named: &Named<'_>) -> Vec<String> {
    let one = |value: &Value| {
        name_of(Some(value)).or_else(|| {
            let id = value.as_object()?.get("@id")?.as_str()?;
            name_of(named.get(id)?.get("name"))
        })
    };
    match value {
        Some(Value::Array(items)) => items.iter().take(32).filter_map(one).collect(),
        Some(value) => one(value).into_iter().collect(),
        None => Vec::new(),
    }
}

/// All texts or names.
fn names(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Array(items)) => items.iter().take(32).filter_map(|item| name_of(Some(item))).collect(),
        other => name_of(other).into_iter().collect(),
    }
}

fn image_of(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(url) => Some(url.clone()),
        Value::Object(object) => image_of(object.get("url").or_else(|| object.get("contentUrl"))),
        Value::Array(items) => image_of(items.first()),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
