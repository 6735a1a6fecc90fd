//! What an operator should know of single sites: the latest stopped patterns, silent hubs, hosts of junk. Pure.
//!
//! Invariant: the list is short, newest first, and says the same of the same thing once.

use model::{Site, Timestamp};
use serde::{Deserialize, Serialize};

/// Notices kept.
const NOTICES_MAX: usize = 50;
/// Longest text, bytes.
const TEXT_LEN_MAX: usize = 400;
/// First byte of the encoded form.
const VERSION: u8 = 1;

/// One notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// When it was noticed.
    pub at: Timestamp,
    /// Where.
    pub site: Site,
    /// Of what kind.
    pub kind: NoticeKind,
    /// Which pattern, hub or host.
    pub subject: String,
    /// In words.
    pub text: String,
}

/// Kinds of notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// The URLs of a pattern bring nothing new: stopped.
    Trap,
    /// A feed, sitemap or front page that used to bring new links brings none.
    SilentHub,
    /// Most answers of a host are logins, checks for robots or a parked domain.
    JunkHost,
}

/// The list as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Notices {
    list: Vec<Notice>,
    is_changed: bool,
}

impl Notices {
    /// Reads the encoded form; what cannot be read is an empty list.
    pub(crate) fn of_bytes(bytes: &[u8]) -> Self {
        let list = match bytes.split_first() {
            Some((&VERSION, payload)) => postcard::from_bytes::<Vec<Notice>>(payload).unwrap_or_default(),
            _ => Vec::new(),
        };
        Self { list, is_changed: false }
    }

    /// The encoded form, if it changed since it was asked for last.
    pub(crate) fn changed_bytes(&mut self) -> Option<Vec<u8>> {
        std::mem::take(&mut self.is_changed)
            .then(|| postcard::to_extend(&self.list, vec![VERSION]).unwrap_or_default())
    }

    /// Adds a notice; a repeated one takes the place of the earlier.
    pub(crate) fn add(&mut self, mut notice: Notice) {
        let len = notice.text.floor_char_boundary(TEXT_LEN_MAX);
        notice.text.truncate(len);
        self.list.retain(|known| {
            (known.kind, &known.site, &known.subject) != (notice.kind, &notice.site, &notice.subject)
        });
        self.list.insert(0, notice);
        self.list.truncate(NOTICES_MAX);
        self.is_changed = true;
    }

    /// Whether a notice stands already.
    pub(crate) fn has(&self, kind: NoticeKind, site: &Site, subject: &str) -> bool {
        self.list.iter().any(|known| known.kind == kind && known.site == *site && known.subject == subject)
    }

    /// Takes a notice back.
    pub(crate) fn withdraw(&mut self, kind: NoticeKind, site: &Site, subject: &str) {
        let before = self.list.len();
        self.list.retain(|known| !(known.kind == kind && known.site == *site && known.subject == subject));
        self.is_changed |= self.list.len() < before;
    }

    /// Takes back whatever is said of a site.
    pub(crate) fn withdraw_site(&mut self, site: &Site) {
        let before = self.list.len();
        self.list.retain(|known| known.site != *site);
        self.is_changed |= self.list.len() < before;
    }

    /// All of them, newest first.
    pub(crate) fn into_list(self) -> Vec<Notice> {
        self.list
    }
}

#[cfg(test)]
mod tests;
