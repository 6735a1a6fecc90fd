//! Keys and what is done with them. Invariant: key bytes are wiped when dropped, never printed, and never used for two things:
//! each use has a key of its own, derived by label.

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// Bytes of an `XChaCha20` nonce; random ones do not collide (192 bits).
const NONCE_BYTES: usize = 24;

/// 256 secret bits.
#[derive(Clone)]
pub(crate) struct Key(Zeroizing<[u8; 32]>);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(..)")
    }
}

/// `N` bytes from the system's generator.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::fill(&mut bytes);
    bytes
}

impl Key {
    pub(crate) fn random() -> Self {
        Self(Zeroizing::new(random()))
    }

    /// `None` unless there are exactly 32 bytes.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(|bytes| Self(Zeroizing::new(bytes)))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// The key for one use (HKDF-SHA-256, RFC 5869).
    pub(crate) fn derive(&self, label: &str) -> Self {
        let mut out = Zeroizing::new([0; 32]);
        // Both fail on wrong lengths only, and 32 bytes are right for both.
        if let Ok(kdf) = Hkdf::<Sha256>::from_prk(self.bytes()) {
            let _ = kdf.expand(label.as_bytes(), out.as_mut_slice());
        }
        Self(out)
    }

    /// HMAC-SHA-256 over `parts`, each led by its length so that no two lists of parts give the same bytes.
    pub(crate) fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        // HMAC pads a key to a block with zeros (RFC 2104 section 2); done here, no length can be wrong.
        let mut block = Zeroizing::new([0; 64]);
        block[..32].copy_from_slice(self.bytes());
        let mut mac = <Hmac<Sha256> as KeyInit>::new((&*block).into());
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// The first half of [`Key::mac`]: a random-looking row id.
    pub(crate) fn row_id(&self, parts: &[&[u8]]) -> [u8; 16] {
        let mut id = [0; 16];
        id.copy_from_slice(&self.mac(parts)[..16]);
        id
    }

    /// Encrypts; the result opens with this key and this `place` only.
    pub(crate) fn seal(&self, place: &[u8], plain: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE_BYTES] = random();
        let mut sealed = nonce.to_vec();
        let payload = Payload { msg: plain, aad: place };
        // Fails on texts above 256 GiB only; the empty rest would not open again.
        sealed.extend(self.cipher().encrypt(&nonce.into(), payload).unwrap_or_default());
        sealed
    }

    /// What was sealed, unless the key, the place or a single bit is another.
    pub(crate) fn open(&self, place: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, body) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        let payload = Payload { msg: body, aad: place };
        self.cipher().decrypt(&(*nonce).into(), payload).ok().map(Zeroizing::new)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&*self.0).into())
    }
}
