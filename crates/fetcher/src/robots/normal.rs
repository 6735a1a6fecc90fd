//! The one form in which patterns and URLs are compared (RFC 9309 section 2.2.2).
//!
//! Invariant: two spellings of a path that RFC 3986 section 6.2.2 calls equivalent have the same form: unreserved
//! characters are never escaped, bytes that cannot stand in a URL always are, digits of escapes are upper case.

use std::borrow::Cow;
use std::fmt::Write;

/// A path with query in comparable form. A `*` or `$` in it stands for itself, so it is escaped.
pub(super) fn target(text: &str) -> String {
    let mut normal = String::with_capacity(text.len() + 8);
    each(&slashes(text), |unit| match unit {
        Unit::Plain(b'*') => normal.push_str("%2A"),
        Unit::Plain(b'$') => normal.push_str("%24"),
        Unit::Plain(byte) => normal.push(char::from(byte)),
        Unit::Escaped(byte) => push_escape(&mut normal, byte),
    });
    normal
}

/// Backslashes before the query as slashes: the URL parser reads them so, hence patterns have to follow.
pub(super) fn slashes(text: &str) -> Cow<'_, [u8]> {
    let (path, query) = text.split_at(text.find('?').unwrap_or(text.len()));
    if path.contains('\\') {
        Cow::Owned(format!("{}{query}", path.replace('\\', "/")).into_bytes())
    } else {
        Cow::Borrowed(text.as_bytes())
    }
}

/// One character of the comparable form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// Stands for itself.
    Plain(u8),
    /// Stands as `%XX`.
    Escaped(u8),
}

/// Calls `take` with each character of the comparable form of `text`.
pub(super) fn each(text: &[u8], mut take: impl FnMut(Unit)) {
    let mut index = 0;
    while let Some(&byte) = text.get(index) {
        index += 1;
        let escaped = if byte == b'%' { text.get(index..index + 2).and_then(hex) } else { None };
        take(match escaped {
            Some(value) => {
                index += 2;
                // The apostrophe because the WHATWG parser escapes it in queries only; nothing hangs on it.
                if is_unreserved(value) || value == b'\'' { Unit::Plain(value) } else { Unit::Escaped(value) }
            }
            None if is_unreserved(byte) || b"%:/?#[]@!$&'()*+,;=".contains(&byte) => Unit::Plain(byte),
            None => Unit::Escaped(byte),
        });
    }
}

fn hex(digits: &[u8]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(digits[0])? * 16 + digit(digits[1])?).ok()
}

/// RFC 3986 section 2.3.
fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

/// Appends `%XX`.
pub(super) fn push_escape(text: &mut String, byte: u8) {
    // Writing to a string cannot fail.
    let _ = write!(text, "%{byte:02X}");
}
