//! Where the content of a `script`, `style` or other raw text element ends.
//!
//! html5ever reads raw text character by character and builds it line by line, and half of a page of today is scripts.
//! Its end can be found by looking for `<` alone, and its text is then a part of the page's own buffer.
//!
//! Invariant: the same end that the tokenizer of the HTML standard finds (13.2.5.4 to 13.2.5.31), in linear time.

use std::borrow::Cow;

/// What the comment-like parts of a script are about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Plain,
    /// After `<!--`: an end tag still ends the script.
    Escaped,
    /// After `<!--` and `<script`: the next end tag belongs to that.
    Doubly,
}

/// Where the end tag of the raw text element `name` begins, or the end of the text. `from` is after the start tag.
pub(super) fn end(text: &str, from: usize, name: &str) -> usize {
    let bytes = text.as_bytes();
    let is_script = name == "script";
    let mut state = State::Plain;
    let mut at = from;
    loop {
        let rest = &bytes[at..];
        let found = match state {
            State::Plain => text[at..].find('<'),
            State::Escaped | State::Doubly => rest.iter().position(|byte| matches!(byte, b'<' | b'-')),
        };
        let Some(found) = found else { return text.len() };
        at += found;
        let rest = &bytes[at..];
        match state {
            State::Escaped | State::Doubly if rest.starts_with(b"-->") => {
                state = State::Plain;
                at += 3;
                continue;
            }
            State::Plain | State::Escaped if is_tag(rest, b"</", name) => return at,
            State::Doubly if is_tag(rest, b"</", name) => state = State::Escaped,
            State::Escaped if is_tag(rest, b"<", name) => state = State::Doubly,
            State::Plain if is_script && rest.starts_with(b"<!--") => {
                state = State::Escaped;
                // The hyphens that open may also be those that close: `<!-->`.
                at += 1;
            }
            _ => {}
        }
        at += 1;
    }
}

/// Whether a tag of this name begins here.
fn is_tag(rest: &[u8], opening: &[u8], name: &str) -> bool {
    let Some(rest) = rest.strip_prefix(opening) else { return false };
    rest.len() > name.len()
        && rest[..name.len()].eq_ignore_ascii_case(name.as_bytes())
        && matches!(rest[name.len()], b'\t' | b'\n' | b'\r' | b'\x0c' | b' ' | b'/' | b'>')
}

/// The text as the tokenizer would give it: line ends as `\n`, NUL replaced.
pub(super) fn normalised(text: &str) -> Cow<'_, str> {
    if text.bytes().any(|byte| matches!(byte, b'\r' | b'\0')) {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}
