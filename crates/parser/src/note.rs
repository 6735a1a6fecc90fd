//! Notes: what was odd. Invariant: codes are the stable words listed in the README; details are short.

use model::Note;

/// A note with a stable code.
pub(crate) fn note(code: &str, detail: impl Into<String>) -> Note {
    Note { code: code.to_owned(), detail: detail.into() }
}
