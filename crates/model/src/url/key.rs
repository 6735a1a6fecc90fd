//! The name of a canonical URL in every store. Invariant: keys of one site share their first six bytes, so a site's URLs
//! lie together in any ordered store.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::site::Site;

/// 16 bytes that name a canonical URL: 6 bytes of SHA-256 of the site, then 10 bytes of SHA-256 of the canonical URL.
/// A cryptographic hash because crawled sites choose their URLs and must not be able to make two collide.
/// Printed as 32 lower-case hexadecimal digits; this is also the public link id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UrlKey(pub [u8; 16]);

impl UrlKey {
    /// The key of a canonical URL on a site.
    #[must_use]
    pub fn new(site: &Site, canonical: &str) -> Self {
        Self::of_parts(site.as_str(), canonical)
    }

    /// As [`UrlKey::new`], from the site's name.
    pub(super) fn of_parts(site: &str, canonical: &str) -> Self {
        let mut bytes = [0; 16];
        bytes[..6].copy_from_slice(&Self::of_site(site));
        bytes[6..].copy_from_slice(&Sha256::digest(canonical)[..10]);
        Self(bytes)
    }

    /// The first six bytes of the keys of every URL of a site (a registrable domain).
    #[must_use]
    pub fn of_site(site: &str) -> [u8; 6] {
        let mut bytes = [0; 6];
        bytes.copy_from_slice(&Sha256::digest(site)[..6]);
        bytes
    }

    /// The key printed by [`fmt::Display`], if `text` is one. Upper-case digits and signs are not.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        if text.len() != 32 || !text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return None;
        }
        let mut bytes = [0; 16];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for UrlKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for UrlKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UrlKey({self})")
    }
}

impl Serialize for UrlKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            self.0.serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for UrlKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let text = String::deserialize(deserializer)?;
            Self::from_hex(&text)
                .ok_or_else(|| serde::de::Error::custom("not a link id of 32 hexadecimal digits"))
        } else {
            <[u8; 16]>::deserialize(deserializer).map(Self)
        }
    }
}
