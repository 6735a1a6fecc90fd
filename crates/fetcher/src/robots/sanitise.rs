//! Bytes made safe for the tokenizer.
//!
//! Invariant: the result is printable ASCII and line feeds, one line per line of the file, so that line numbers carry
//! over, and no line is longer than the tokenizer takes. (It miscounts and panics on long non-ASCII lines, keeps a byte
//! order mark as text and drops malformed escapes next to lower-case ones.)

use std::borrow::Cow;

/// Most bytes of a file that are read: 500 KiB (RFC 9309 section 2.5).
pub(super) const LEN_MAX: usize = 512_000;
/// Longest line read, in bytes: eight times the longest URL a browser took (2083), as Google's parser has it.
const LINE_MAX: usize = 2083 * 8 - 1;

/// The lines of a file as written, without terminators.
pub(super) fn lines(bytes: &[u8]) -> Vec<Cow<'_, [u8]>> {
    match utf8(cut(bytes)) {
        Cow::Borrowed(bytes) => split(bytes).map(Cow::Borrowed).collect(),
        Cow::Owned(bytes) => split(&bytes).map(|line| Cow::Owned(line.to_vec())).collect(),
    }
}

/// One sanitised text of all lines.
pub(super) fn text(lines: &[Cow<'_, [u8]>]) -> String {
    let mut text = String::with_capacity(lines.iter().map(|line| line.len() + 1).sum());
    for line in lines {
        push_line(&mut text, line);
        text.push('\n');
    }
    text
}

/// The first [`LEN_MAX`] bytes without a partial last line.
fn cut(bytes: &[u8]) -> &[u8] {
    if bytes.len() <= LEN_MAX {
        return bytes;
    }
    let is_end = |&byte: &u8| matches!(byte, b'\n' | b'\r');
    let kept = &bytes[..LEN_MAX];
    if is_end(&bytes[LEN_MAX]) {
        return kept;
    }
    kept.iter().rposition(is_end).map_or(&[], |end| &kept[..=end])
}

/// Takes a byte order mark off and turns UTF-16 into UTF-8. A part of a UTF-8 mark is taken off too: some tools cut it.
fn utf8(bytes: &[u8]) -> Cow<'_, [u8]> {
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0, 1..=0x7f, 0, ..] => utf16(bytes, u16::from_be_bytes),
        [1..=0x7f, 0, _, 0, ..] => utf16(bytes, u16::from_le_bytes),
        _ => {
            let mark = bytes.iter().zip([0xef, 0xbb, 0xbf]).take_while(|(byte, mark)| *byte == mark).count();
            // A mark that some tool has already turned into U+FFFD is no part of the first key either.
            let mark = if bytes.starts_with(b"\xef\xbf\xbd") { 3 } else { mark };
            Cow::Borrowed(&bytes[mark..])
        }
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Cow<'_, [u8]> {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let text: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    Cow::Owned(text.into_bytes())
}

/// Splits at CR LF, CR or LF.
fn split(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(bytes);
    std::iter::from_fn(move || {
        let current = rest?;
        let end = current.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        let Some(end) = end else {
            rest = None;
            return Some(current);
        };
        let width = if current[end..].starts_with(b"\r\n") { 2 } else { 1 };
        rest = Some(&current[end + width..]);
        Some(&current[..end])
    })
}

/// Appends a line: what follows a NUL is dropped (as Google's parser does), control characters become spaces, escapes
/// get upper-case digits, other bytes outside ASCII become escapes.
fn push_line(text: &mut String, line: &[u8]) {
    let line = &line[..line.len().min(LINE_MAX)];
    let line = line.split(|&byte| byte == 0).next().unwrap_or_default().trim_ascii();
    let mut index = 0;
    while let Some(&byte) = line.get(index) {
        index += 1;
        match byte {
            b'%' => {
                text.push('%');
                if let Some([high, low]) = line.get(index..index + 2)
                    && high.is_ascii_hexdigit()
                    && low.is_ascii_hexdigit()
                {
                    text.push(char::from(high.to_ascii_uppercase()));
                    text.push(char::from(low.to_ascii_uppercase()));
                    index += 2;
                }
            }
            0x20..=0x7e => text.push(char::from(byte)),
            0x80.. => super::normal::push_escape(text, byte),
            _ => text.push(' '),
        }
    }
}

/// A line as shown to people: without comment, at most 200 characters.
pub(super) fn shown(line: &[u8]) -> String {
    let line = line.split(|&byte| byte == b'#' || byte == 0).next().unwrap_or_default();
    String::from_utf8_lossy(&line[..line.len().min(LINE_MAX)]).trim().chars().take(200).collect()
}
