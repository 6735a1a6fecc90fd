//! One spelling of percent-encoding. Invariant: the result reads back as itself, whatever the input.

use std::borrow::Cow;

/// Upper-case digits, unreserved characters (RFC 3986 section 6.2.2) decoded, and a `%` that encodes nothing written as
/// `%25`; without the last rule `%%36%31` would become `%61`, which reads differently the second time.
pub(super) fn normalise(text: &str) -> Cow<'_, str> {
    let Some(first) = first_odd(text.as_bytes()) else { return Cow::Borrowed(text) };
    let mut normal = String::with_capacity(text.len() + 8);
    normal.push_str(&text[..first]);
    let mut rest = &text[first..];
    while let Some(at) = rest.find('%') {
        normal.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(byte) = encoded(rest.as_bytes()) {
            if is_unreserved(byte) {
                normal.push(char::from(byte));
            } else {
                normal.push('%');
                normal.extend(rest[1..3].chars().map(|digit| digit.to_ascii_uppercase()));
            }
            rest = &rest[3..];
        } else {
            normal.push_str("%25");
            rest = &rest[1..];
        }
    }
    normal.push_str(rest);
    Cow::Owned(normal)
}

/// The first `%` that [`normalise`] would change.
fn first_odd(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some(step) = bytes[at..].iter().position(|&b| b == b'%') {
        at += step;
        match encoded(&bytes[at..]) {
            Some(byte)
                if !is_unreserved(byte) && !bytes[at + 1..at + 3].iter().any(u8::is_ascii_lowercase) =>
            {
                at += 3;
            }
            _ => return Some(at),
        }
    }
    None
}

/// The byte that a `%XX` at the start of `bytes` stands for.
fn encoded(bytes: &[u8]) -> Option<u8> {
    let digit =
        |at: usize| char::from(*bytes.get(at)?).to_digit(16).and_then(|value| u8::try_from(value).ok());
    Some(digit(1)? << 4 | digit(2)?)
}

/// RFC 3986 section 2.3.
fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}
