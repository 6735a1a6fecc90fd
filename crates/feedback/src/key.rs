//! The secret of the counters: it authenticates recommendation ids and hashes the ids of events.
//!
//! Invariant: 32 random bytes in one file that only its owner can read; processes that start at once agree on one key.

use std::fs;
use std::io::Write;
use std::path::Path;

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use model::Timestamp;
use sha2::Sha256;

use crate::error::{Error, Refusal};
use crate::recommendation_id::{RecommendationId, Scenario};

const KEY_BYTES: usize = 32;
const MAC_BYTES: usize = 16;
/// Version, seconds, scenario, nonce, seed.
const BODY_BYTES: usize = 1 + 8 + 1 + 8 + 8;
const VERSION: u8 = 1;

/// The secret.
#[derive(Clone)]
pub(crate) struct Key(Hmac<Sha256>);

impl Key {
    /// The key in `dir`; made if there is none.
    pub(crate) fn open(dir: &Path) -> Result<Self, Error> {
        let path = dir.join("key");
        if !path.exists() {
            let draft = dir.join(format!("key.{:016x}.new", rand::random::<u64>()));
            write_private(&draft, &rand::random::<[u8; KEY_BYTES]>())
                .map_err(Error::disk("write", &draft))?;
            // A link is made only where there is none, so whoever comes second takes the key of the first.
            let linked = fs::hard_link(&draft, &path);
            fs::remove_file(&draft).map_err(Error::disk("remove", &draft))?;
            if let Err(e) = linked
                && e.kind() != std::io::ErrorKind::AlreadyExists
            {
                return Err(Error::disk("write", &path)(e));
            }
        }
        let bytes = fs::read(&path).map_err(Error::disk("read", &path))?;
        Self::of(&bytes).ok_or(Error::Key { path })
    }

    /// A key of these bytes, if they are 32.
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.len() != KEY_BYTES {
            return None;
        }
        Hmac::new_from_slice(bytes).ok().map(Self)
    }

    /// A new recommendation id.
    pub(crate) fn issue(&self, scenario: Scenario, at: Timestamp, nonce: u64, seed: u64) -> RecommendationId {
        let seconds = at.as_second();
        let mut bytes = Vec::with_capacity(BODY_BYTES + MAC_BYTES);
        bytes.push(VERSION);
        bytes.extend(seconds.to_be_bytes());
        bytes.push(scenario as u8);
        bytes.extend(nonce.to_be_bytes());
        bytes.extend(seed.to_be_bytes());
        bytes.extend(&self.mac("recommendation", &bytes)[..MAC_BYTES]);
        let at = Timestamp::from_second(seconds).unwrap_or(at);
        RecommendationId { at, scenario, nonce, seed, text: BASE64URL_NOPAD.encode(&bytes) }
    }

    /// Reads a recommendation id that was issued with this key.
    pub(crate) fn verify(&self, text: &str) -> Result<RecommendationId, Refusal> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| Refusal::Forged)?;
        if bytes.len() != BODY_BYTES + MAC_BYTES {
            return Err(Refusal::Forged);
        }
        let (body, mac) = bytes.split_at(BODY_BYTES);
        self.begin("recommendation", body).verify_truncated_left(mac).map_err(|_| Refusal::Forged)?;
        let number =
            |from: usize| body[from..from + 8].iter().fold(0, |sum: u64, b| sum << 8 | u64::from(*b));
        let scenario = Scenario::ALL.get(usize::from(body[9])).copied().ok_or(Refusal::Forged)?;
        let at = Timestamp::from_second(number(1).cast_signed()).map_err(|_| Refusal::Forged)?;
        if body[0] != VERSION {
            return Err(Refusal::Forged);
        }
        Ok(RecommendationId { at, scenario, nonce: number(10), seed: number(18), text: text.to_owned() })
    }

    /// What an event's id is remembered as.
    pub(crate) fn hash(&self, id: &str) -> [u8; 16] {
        let mut hash = [0; 16];
        hash.copy_from_slice(&self.mac("event", id.as_bytes())[..16]);
        hash
    }

    fn mac(&self, purpose: &str, bytes: &[u8]) -> [u8; 32] {
        self.begin(purpose, bytes).finalize().into_bytes().into()
    }

    fn begin(&self, purpose: &str, bytes: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(bytes);
        mac
    }
}

#[cfg(unix)]
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(not(unix))]
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = fs::File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests;
