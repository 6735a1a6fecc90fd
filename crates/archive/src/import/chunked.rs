//! Undoing the chunked transfer coding (RFC 9112 section 7.1), which some tools leave on.
//!
//! Invariant: output is never longer than input; a body that does not begin with a chunk is left alone, because tools
//! that removed the coding often kept the header line.

/// What came out.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unchunked {
    /// The body was not chunked at all.
    AsItWas,
    /// All of it.
    Whole(Vec<u8>),
    /// The coding breaks off or is broken from some point on.
    Cut(Vec<u8>),
}

/// Removes the coding.
pub(crate) fn undo(body: &[u8]) -> Unchunked {
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    let mut is_first = true;
    loop {
        let Some((size, after)) = chunk_size(rest) else {
            return if is_first { Unchunked::AsItWas } else { Unchunked::Cut(out) };
        };
        is_first = false;
        if size == 0 {
            return Unchunked::Whole(out);
        }
        let Some(data) = after.get(..size) else {
            out.extend_from_slice(after);
            return Unchunked::Cut(out);
        };
        out.extend_from_slice(data);
        rest = &after[size..];
        rest = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n")).unwrap_or(rest);
    }
}

/// The size line at the beginning of `bytes`, and what follows it.
fn chunk_size(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let end = bytes.iter().take(256).position(|byte| *byte == b'\n')?;
    let line = bytes[..end].split(|byte| *byte == b';').next()?.trim_ascii();
    let text =
        std::str::from_utf8(line).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    Some((usize::from_str_radix(text, 16).ok()?, &bytes[end + 1..]))
}
