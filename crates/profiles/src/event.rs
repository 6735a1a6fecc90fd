//! What a person did, and what follows from it for their selection.
//!
//! Invariant: [`wishes`] is the only way from events to [`Interests`], and nothing in the result names a person or a time.

use std::collections::{HashMap, HashSet};

use model::{Interests, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Error;

/// Longest text of an event, bytes: the longest URL.
const TEXT_BYTES_MAX: usize = model::CanonicalUrl::LEN_MAX;

/// What somebody did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// A link was shown.
    Impression,
    /// It was opened.
    Click,
    /// It was read for some time.
    Dwell,
    /// It was liked.
    Like,
    /// A like or a "less like this" was taken back.
    Unlike,
    /// Fewer like it are wanted.
    LessLikeThis,
    /// A host, topic or story is never to be shown.
    Mute,
    /// A mute was taken back.
    Unmute,
    /// It was reported to us.
    Report,
}

/// One thing a person did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonEvent {
    /// Names the event; the same id again is not stored twice. 1 to 128 bytes.
    pub id: String,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub kind: EventKind,
    /// The link it happened to; needed by all kinds but mutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Of a mute: the host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Of a mute: the topic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// Of a mute: the story's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub story: Option<u64>,
    /// Of a dwell: for how long, milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dwell_ms: Option<u64>,
    /// The recommendation it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recommendation: Option<String>,
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Recorded {
    /// Stored now.
    pub accepted: usize,
    /// Known already.
    pub repeated: usize,
}

impl PersonEvent {
    /// The most events of one batch.
    pub const BATCH_MAX: usize = 1_000;

    pub(crate) fn check(&self) -> Result<(), Error> {
        let wrong = |problem: &str| Err(Error::Input(format!("event: {problem}")));
        if !(1..=128).contains(&self.id.len()) {
            return wrong("id must be 1 to 128 bytes");
        }
        let texts = [&self.url, &self.host, &self.topic, &self.recommendation];
        if texts.into_iter().flatten().any(|text| text.is_empty() || text.len() > TEXT_BYTES_MAX) {
            return wrong("a text is empty or longer than 8192 bytes");
        }
        if matches!(self.kind, EventKind::Mute | EventKind::Unmute) {
            let targets = [self.host.is_some(), self.topic.is_some(), self.story.is_some()]
                .iter()
                .filter(|is| **is)
                .count();
            if targets != 1 {
                return wrong("a mute names one of host, topic and story");
            }
        } else if self.url.as_deref().is_none_or(|url| model::CanonicalUrl::parse(url).is_err()) {
            return wrong("url must be an http or https address");
        }
        Ok(())
    }
}

/// What a reader is taken to want. `events` come latest first: of several judgements on a link the last one counts.
pub(crate) fn wishes(events: &[PersonEvent], wishes: &mut Interests) {
    let mut judged: HashMap<&str, EventKind> = HashMap::new();
    for event in events {
        if let (EventKind::Like | EventKind::Unlike | EventKind::LessLikeThis, Some(url)) =
            (event.kind, &event.url)
        {
            judged.entry(url).or_insert(event.kind);
        }
    }
    let (mut muted, mut seen, mut placed) = (HashSet::new(), HashSet::new(), HashSet::new());
    for event in events {
        if matches!(event.kind, EventKind::Mute | EventKind::Unmute) {
            let is_last = muted.insert((&event.host, &event.topic, event.story));
            if is_last && event.kind == EventKind::Mute {
                wishes.muted_hosts.extend(event.host.clone());
                wishes.muted_topics.extend(event.topic.clone());
                wishes.muted_stories.extend(event.story);
            }
            continue;
        }
        // What was only shown may be shown again.
        let Some(url) = event.url.as_deref().filter(|_| event.kind != EventKind::Impression) else {
            continue;
        };
        if seen.insert(url) {
            wishes.seen.push(url.to_owned());
        }
        let list = match (judged.get(url), event.kind) {
            (Some(EventKind::LessLikeThis), _) => &mut wishes.dislikes,
            (Some(EventKind::Like), EventKind::Like) | (_, EventKind::Click | EventKind::Dwell) => {
                &mut wishes.links
            }
            _ => continue,
        };
        if placed.insert(url) {
            list.push(url.to_owned());
        }
    }
}

#[cfg(test)]
mod tests;
