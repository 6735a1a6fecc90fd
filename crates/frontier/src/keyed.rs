//! Maps by what is a hash already. Invariant: only parts of SHA-256 are such keys (URLs, sites, marks), which whoever
//! chooses a URL cannot bend without trying as many as he wants to be alike.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// A map by a part of a hash.
pub(crate) type KeyMap<K, V> = HashMap<K, V, BuildHasherDefault<Itself>>;
/// A set of parts of hashes.
pub(crate) type KeySet<K> = HashSet<K, BuildHasherDefault<Itself>>;

/// Parts of SHA-256: hashing them again would add nothing.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Itself(u64);

impl Hasher for Itself {
    fn finish(&self) -> u64 {
        // The table takes its bits from both ends.
        self.0 << 16 ^ self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        // The last bytes of a URL's key tell a site's URLs apart.
        if let Some(last) = bytes.last_chunk() {
            self.0 ^= u64::from_le_bytes(*last);
        } else {
            for byte in bytes {
                self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
            }
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 ^= number;
    }

    /// The length of a key, which is that of all.
    fn write_usize(&mut self, _: usize) {}
}

#[cfg(test)]
mod tests {
    use std::hash::{BuildHasher, BuildHasherDefault};

    use model::UrlKey;

    use super::*;

    #[test]
    fn keys_of_one_site_differ_at_both_ends_of_the_hash() {
        let keyed = BuildHasherDefault::<Itself>::default();
        let (mut low, mut high) = (HashSet::new(), HashSet::new());
        for n in 0..128 {
            let url = model::CanonicalUrl::parse(&format!("https://a.kz/{n}")).unwrap();
            let key: UrlKey = url.key();
            let hash = keyed.hash_one(key);
            low.insert(hash & 0x7F);
            high.insert(hash >> 57);
        }
        // Of 128 values at random 81 are expected to occur.
        assert!(low.len() > 60 && high.len() > 60, "{} and {}", low.len(), high.len());
    }
}
