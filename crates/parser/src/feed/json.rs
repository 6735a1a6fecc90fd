//! JSON Feed 1.0 and 1.1.

use model::{LinkKind, Note};
use serde_json::Value;
use url::Url;

use super::{Clock, ENTRIES_MAX, Entry, Feed};
use crate::links::resolve;
use crate::note::note;

/// Reads JSON, if it is a feed.
pub(crate) fn read(text: &str, url: &Url, clock: Clock) -> Result<Feed, Note> {
    let value: Value =
        serde_json::from_str(text).map_err(|error| note("json_invalid", format!("not JSON: {error}")))?;
    let items = value.get("items").and_then(Value::as_array);
    let version = value.get("version").and_then(Value::as_str).unwrap_or_default();
    let Some(items) = items.filter(|_| version.contains("jsonfeed.org")) else {
        return Err(note("json", "JSON that is not a JSON Feed"));
    };
    let mut feed = Feed::default();
    for item in items.iter().take(ENTRIES_MAX) {
        let text =
            |key: &str| item.get(key).and_then(Value::as_str).filter(|s| !s.is_empty()).map(str::to_owned);
        let entry = Entry {
            title: text("title").or_else(|| text("summary")).unwrap_or_default(),
            link: text("url").or_else(|| text("external_url")),
            id: text("id"),
            published: text("date_published"),
            updated: text("date_modified"),
            media: media(item),
            ..Entry::default()
        };
        feed.push_entry(&entry, url, clock);
    }
    if let Some(next) = value.get("next_url").and_then(Value::as_str).and_then(|next| resolve(url, next)) {
        feed.push(&next, "", LinkKind::Pagination, None);
    }
    Ok(feed.finish(0))
}

/// Image and attachments of an item, as written.
fn media(item: &Value) -> Vec<String> {
    let attachments = item.get("attachments").and_then(Value::as_array).into_iter().flatten();
    item.get("image")
        .into_iter()
        .chain(attachments.filter_map(|attachment| attachment.get("url")))
        .filter_map(|url| Some(url.as_str().filter(|url| !url.is_empty())?.to_owned()))
        .take(super::MEDIA_MAX)
        .collect()
}
