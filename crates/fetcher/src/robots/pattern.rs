//! A path pattern with `*` and `$`, matched without backtracking.
//!
//! Invariant: matching is linear in the target, whatever the pattern: the leftmost place for each piece between stars is
//! always as good as any later one, so nothing is ever tried twice.

use super::normal::{self, Unit};

/// A pattern of an `Allow` or `Disallow` line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    /// What the target must begin with.
    head: String,
    /// What must follow in this order, anything between; never empty strings.
    pieces: Vec<String>,
    /// Whether a star stands at the end, so that the last piece need not end the target.
    open: bool,
    /// Whether `$` stands at the end.
    anchored: bool,
    octets: usize,
}

impl Pattern {
    /// Reads a value. `None` for the empty one, which is no rule.
    pub(super) fn read(value: &str) -> Option<Self> {
        let (body, anchored) = value.strip_suffix('$').map_or((value, false), |body| (body, true));
        let mut octets = usize::from(anchored);
        let mut parts = vec![String::new()];
        normal::each(&normal::slashes(body), |unit| {
            octets += if matches!(unit, Unit::Escaped(_)) { 3 } else { 1 };
            let part = parts.last_mut();
            match (unit, part) {
                (Unit::Plain(b'*'), _) => parts.push(String::new()),
                // Not at the end, so it stands for itself, as in normal::target.
                (Unit::Plain(b'$'), Some(part)) => part.push_str("%24"),
                (Unit::Plain(byte), Some(part)) => part.push(char::from(byte)),
                (Unit::Escaped(byte), Some(part)) => normal::push_escape(part, byte),
                (_, None) => {}
            }
        });
        if octets == 0 {
            return None;
        }
        let open = parts.len() > 1 && parts.last().is_some_and(String::is_empty);
        let mut parts = parts.into_iter();
        let head = parts.next().unwrap_or_default();
        let pieces = parts.filter(|piece| !piece.is_empty()).collect();
        Some(Self { head, pieces, open, anchored, octets })
    }

    /// Its length in octets, stars and `$` included: the longer of two matching rules decides.
    pub(super) fn octets(&self) -> usize {
        self.octets
    }

    /// Whether a target in comparable form matches.
    pub(super) fn matches(&self, target: &str) -> bool {
        let Some(mut rest) = target.strip_prefix(self.head.as_str()) else {
            return false;
        };
        let ends = self.anchored && !self.open;
        let (last, between) = match self.pieces.split_last() {
            Some((last, between)) if ends => (Some(last), between),
            _ => (None, self.pieces.as_slice()),
        };
        for piece in between {
            match rest.find(piece.as_str()) {
                Some(at) => rest = &rest[at + piece.len()..],
                None => return false,
            }
        }
        match last {
            Some(last) => rest.ends_with(last.as_str()),
            None => !ends || rest.is_empty(),
        }
    }
}
