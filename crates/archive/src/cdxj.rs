//! Lines of a CDXJ index: SURT key, timestamp, JSON.

use model::Response;

/// The media type of a response without parameters, lower case; `unk` when it has none (as pywb and cdxj-indexer do).
pub(crate) fn media_type(response: &Response) -> String {
    let value = response.header("content-type").map(String::from_utf8_lossy).unwrap_or_default();
    let bare = value.split([';', ' ', '\t']).next().unwrap_or_default().trim().to_ascii_lowercase();
    if bare.is_empty() { "unk".to_owned() } else { bare }
}
