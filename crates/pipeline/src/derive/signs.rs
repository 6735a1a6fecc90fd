//! What a page shows of its worth, for the frontier. Pure.
//!
//! Invariant: two pages that differ in digits only have the same fingerprint, and two pages with different texts do not;
//! of pages with little text the links speak.

use frontier::{Offer, Signs};
use model::{CanonicalUrl, Parsed, Site};
use sha2::{Digest, Sha256};

/// Text from which on it alone makes the fingerprint, bytes. Front and section pages have less main text, and the same
/// title as each other.
const TEXT_BYTES_MIN: usize = 400;

/// The signs of a page, with the offers made of its links.
pub(super) fn of(parsed: &Parsed, offers: &[Offer], site: &Site) -> Signs {
    Signs {
        fingerprint: Some(fingerprint(parsed, offers)),
        junk: parsed.junk,
        canonical: parsed
            .canonical
            .as_deref()
            .and_then(|url| CanonicalUrl::parse(url).ok())
            .filter(|url| url.site() == *site),
    }
}

fn fingerprint(parsed: &Parsed, offers: &[Offer]) -> u64 {
    let mut hasher = Sha256::new();
    let mut add = |text: &str| {
        let mut plain: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_digit()).collect();
        plain.push(0);
        hasher.update(&plain);
    };
    let text = parsed.document.as_ref().map_or("", |document| document.text.as_str());
    if let Some(document) = &parsed.document {
        add(&document.title);
        add(text);
    }
    if text.len() < TEXT_BYTES_MIN {
        for offer in offers {
            // Where links lead, not how the page sorts them: every choice of a facet search links to itself otherwise.
            add(offer.url.host());
            add(offer.url.url().path());
        }
    }
    let digest = hasher.finalize();
    let mut head = [0; 8];
    head.copy_from_slice(&digest[..8]);
    u64::from_le_bytes(head)
}
