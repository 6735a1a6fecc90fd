//! Which encoding the bytes are in, and their text.
//!
//! Order: byte order mark, `Content-Type`, `meta` prescan or XML declaration (WHATWG Encoding and HTML section 13.2.3),
//! then whether the bytes are valid UTF-8, then chardetng on a bounded prefix with the host's country. Then what neither labels
//! nor detectors know: Mac Cyrillic, the Kazakh siblings of windows-1251, and UTF-8 that was read wrongly before. A declaration that the bytes refute is
//! overridden and noted, because a crawler reads many pages that no browser user ever complained about.
//!
//! Invariant: always yields text; replaces what cannot be decoded.

mod declared;
mod kazakh;
mod macintosh;
mod mojibake;

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, IBM866, ISO_8859_5, KOI8_R, KOI8_U, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1251};
use encoding_rs::{WINDOWS_1252, X_MAC_CYRILLIC};
use model::Note;

use crate::note::note;

pub(crate) use declared::Markup;
use kazakh::Sibling;

/// How many bytes chardetng reads, from the first byte that is not ASCII. On a whole page it costs six times the DOM
/// parse; beyond this the verdict does not change (field.md section 3 row 24).
const DETECTED_BYTES_MAX: usize = 8 * 1024;

/// A body declared UTF-8 is still read as UTF-8 when at most one in this many of its multi-byte sequences is broken:
/// cut teasers and pasted Latin-1 are common, and detection would break everything else.
const BROKEN_SEQUENCE_RATIO: usize = 16;

/// This many valid multi-byte sequences, and none broken, refute a declared legacy encoding.
const UTF_8_SEQUENCES_MIN: usize = 2;

/// How much is looked at to tell unmarked UTF-16.
const UTF_16_BYTES_MAX: usize = 512;

/// Decoded text with its encoding.
pub(crate) struct Decoded<'a> {
    /// The text, without byte order mark.
    pub(crate) text: Cow<'a, str>,
    /// Name by the WHATWG Encoding Standard, or `KZ-1048`, or `PT154`.
    pub(crate) name: &'static str,
    /// What was odd.
    pub(crate) notes: Vec<Note>,
}

/// Decodes a body. `tld` is the last label of the host, a prior for the detection.
pub(crate) fn decode<'a>(
    body: &'a [u8],
    content_type: Option<&str>,
    markup: Markup,
    host: &str,
) -> Decoded<'a> {
    if let Some((encoding, bom_len)) = Encoding::for_bom(body) {
        return read(&body[bom_len..], encoding, host, Vec::new());
    }
    let mut notes = Vec::new();
    let declared = content_type
        .and_then(declared::in_content_type)
        .or_else(|| declared::in_markup(body, markup))
        .or_else(|| utf_16_without_mark(body));
    let encoding = match declared {
        None => undeclared(body, host),
        Some(encoding) => checked(body, encoding, host, &mut notes),
    };
    read(body, encoding, host, notes)
}

/// The encoding of bytes that nobody labelled.
fn undeclared(body: &[u8], host: &str) -> &'static Encoding {
    let evidence = Utf8Evidence::of(body);
    if evidence.is_utf_8() { UTF_8 } else { detect(body, host) }
}

/// The declared encoding, unless the bytes refute it.
fn checked(body: &[u8], declared: &'static Encoding, host: &str, notes: &mut Vec<Note>) -> &'static Encoding {
    if declared == UTF_16LE || declared == UTF_16BE || declared.output_encoding() != declared {
        return declared;
    }
    let evidence = Utf8Evidence::of(body);
    let found = if declared == UTF_8 {
        if evidence.is_utf_8() { UTF_8 } else { detect(body, host) }
    } else if evidence.broken == 0 && evidence.valid >= UTF_8_SEQUENCES_MIN {
        UTF_8
    } else if declared == WINDOWS_1252 && mostly_high(body) {
        match detect(body, host) {
            found if is_cyrillic(found) => found,
            _ => declared,
        }
    } else {
        declared
    };
    if found != declared {
        let detail = format!("declared {}, but the bytes are {}", declared.name(), found.name());
        notes.push(note("charset_conflict", detail));
    }
    found
}

/// Decodes without looking for a byte order mark again, and puts right what the encoding's name does not tell.
fn read<'a>(body: &'a [u8], encoding: &'static Encoding, host: &str, mut notes: Vec<Note>) -> Decoded<'a> {
    let (text, _) = encoding.decode_without_bom_handling(body);
    if encoding == WINDOWS_1251
        && let Some(sibling) = kazakh::sibling_of(&text, is_kazakh(host))
    {
        let detail = format!("labelled windows-1251, but the Kazakh letters are those of {}", sibling.name());
        notes.push(note(if sibling == Sibling::Pt154 { "charset_pt154" } else { "charset_kz1048" }, detail));
        return Decoded { text: Cow::Owned(sibling.repaired(&text)), name: sibling.name(), notes };
    }
    if let Some((repaired, wrong)) = mojibake::repaired(&text) {
        let detail = format!("UTF-8 that was read as {} before it was stored; repaired", wrong.name());
        notes.push(note("charset_mojibake", detail));
        return Decoded { text: Cow::Owned(repaired), name: encoding.name(), notes };
    }
    Decoded { text, name: encoding.name(), notes }
}

/// Whether a host is of Kazakhstan: `.kz` and `.қаз`.
fn is_kazakh(host: &str) -> bool {
    [".kz", ".xn--80ao21a"].iter().any(|end| host.ends_with(end))
}

/// How the bytes fare as UTF-8.
struct Utf8Evidence {
    /// Valid multi-byte sequences; counted exactly only when some are broken.
    valid: usize,
    /// Maximal broken sequences.
    broken: usize,
}

impl Utf8Evidence {
    fn of(body: &[u8]) -> Self {
        let mut evidence = Self { valid: 0, broken: 0 };
        let mut rest = body;
        loop {
            let (good, error) = match std::str::from_utf8(rest) {
                Ok(_) => (rest, None),
                Err(error) => (&rest[..error.valid_up_to()], Some(error)),
            };
            evidence.valid += leads(good);
            let Some(error) = error else { return evidence };
            // A sequence cut at the very end is what a truncated body looks like, not evidence against UTF-8.
            let Some(len) = error.error_len() else { return evidence };
            evidence.broken += 1;
            rest = &rest[good.len() + len..];
            if evidence.broken > body.len() / 64 + 64 {
                return evidence;
            }
        }
    }

    fn is_utf_8(&self) -> bool {
        self.broken == 0 || self.valid >= self.broken.saturating_mul(BROKEN_SEQUENCE_RATIO)
    }
}

/// Lead bytes of multi-byte sequences.
fn leads(text: &[u8]) -> usize {
    text.iter().filter(|byte| **byte >= 0xc0).count()
}

/// Whether letters above ASCII dominate, as in Cyrillic text and never in Western European text.
fn mostly_high(body: &[u8]) -> bool {
    let prefix = sample(body);
    let high = prefix.iter().filter(|byte| **byte >= 0xc0).count();
    high >= 8 && high * 3 > prefix.iter().filter(|byte| byte.is_ascii_alphabetic()).count()
}

fn is_cyrillic(encoding: &'static Encoding) -> bool {
    [WINDOWS_1251, KOI8_R, KOI8_U, ISO_8859_5, IBM866, X_MAC_CYRILLIC].contains(&encoding)
}

/// The part of the body that detection reads: from the first non-ASCII byte.
fn sample(body: &[u8]) -> &[u8] {
    let start = body.iter().position(|byte| !byte.is_ascii()).unwrap_or(body.len());
    &body[start..body.len().min(start + DETECTED_BYTES_MAX)]
}

/// chardetng's guess, with the country of the host as its prior.
fn detect(body: &[u8], host: &str) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample(body), true);
    let tld = host.rsplit('.').next().unwrap_or_default();
    let usable = !tld.is_empty() && tld.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    let guess = detector.guess(usable.then_some(tld.as_bytes()), Utf8Detection::Deny);
    // chardetng names the Ukrainian superset; without the four Ukrainian letters the two are the same.
    if guess == KOI8_U
        && !sample(body).iter().any(|byte| matches!(byte, 0xa4 | 0xa6 | 0xa7 | 0xb4 | 0xb6 | 0xb7))
    {
        return KOI8_R;
    }
    if guess != IBM866 && mostly_high(body) && macintosh::is_it(sample(body)) {
        return X_MAC_CYRILLIC;
    }
    guess
}

/// UTF-16 without mark: in every second place there is zero (ASCII) or four (Cyrillic) nearly always, in the others
/// nearly never.
fn utf_16_without_mark(body: &[u8]) -> Option<&'static Encoding> {
    let (pairs, _) = body[..body.len().min(UTF_16_BYTES_MAX)].as_chunks::<2>();
    let of = |place: usize| pairs.iter().filter(|pair| matches!(pair[place], 0 | 4)).count();
    let (first, second) = (of(0), of(1));
    let is_most = |count: usize| count * 10 >= pairs.len() * 9;
    let is_little = is_most(second) && first * 10 <= pairs.len();
    let is_big = is_most(first) && second * 10 <= pairs.len();
    let is_long = pairs.len() >= 2;
    (is_long && is_little).then_some(UTF_16LE).or_else(|| (is_long && is_big).then_some(UTF_16BE))
}

#[cfg(test)]
mod tests;
