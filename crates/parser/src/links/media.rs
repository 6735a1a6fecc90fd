//! Images, sounds and films: on the page, and behind links.
//!
//! Invariant: an ending alone makes a URL media only where no page of a wiki (`/wiki/File:X.jpg`) can be meant.

use model::LinkKind;
use url::Url;

use crate::outline::{Outline, Tag};

/// Attributes with the source of an image, the lazy ones first: then `src` holds a placeholder.
const SOURCES: [&str; 5] = ["data-src", "data-original", "data-lazy-src", "src", "data"];

/// Endings of media files.
const ENDINGS: [&str; 20] = [
    "jpg", "jpeg", "png", "gif", "webp", "avif", "svg", "bmp", "ico", "mp3", "m4a", "ogg", "wav", "flac",
    "mp4", "webm", "avi", "mov", "mkv", "m3u8",
];

/// The source of a medium that belongs to the content of the page.
pub(super) fn source<'a>(outline: &Outline<'a>, at: usize, zone: LinkKind) -> Option<&'a str> {
    let item = &outline.items[at];
    let is_medium = match item.tag {
        Tag::Image => true,
        Tag::Embedded => item.element.is_some_and(|element| {
            matches!(element.name(), "video" | "audio" | "embed" | "object" | "iframe")
        }),
        Tag::Other => item.element.is_some_and(|element| element.name() == "source"),
        _ => false,
    };
    if !is_medium || zone != LinkKind::Content {
        return None;
    }
    let source =
        SOURCES.iter().find_map(|name| outline.attr(at, name).filter(|source| !source.trim().is_empty()))?;
    // Pictures inside the page have no URL of their own.
    (!source.trim_start().get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:")))
        .then_some(source)
}

/// Whether a URL names a media file.
pub(super) fn is_media(url: &Url) -> bool {
    let last = url.path().rsplit('/').next().unwrap_or_default();
    let Some((stem, ending)) = last.rsplit_once('.') else { return false };
    ending.len() <= 4
        && !stem.contains(':')
        && !stem.to_ascii_lowercase().contains("%3a")
        && ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known))
}
