//! Passwords. Invariant: a password is kept as an argon2id hash only, and judging one takes the same work whether or not there is an
//! account.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::Error;
use crate::account::settings::Settings;

/// Fewest and most characters (NIST SP 800-63B: at least 8; at least 64 must be allowed).
const CHARS: std::ops::RangeInclusive<usize> = 8..=256;

/// Makes and judges password hashes.
pub(super) struct Hasher {
    argon2: Argon2<'static>,
    /// A hash of a random password, judged where there is no account.
    nobody: String,
}

impl Hasher {
    pub(super) fn new(settings: &Settings) -> Result<Self, Error> {
        let wrong = |_| Error::Setting("[accounts] hash_memory and hash_passes cannot be used".to_owned());
        let memory_kib = u32::try_from(settings.hash_memory.0 / 1024).unwrap_or(u32::MAX);
        let params = Params::new(memory_kib, settings.hash_passes, 1, None).map_err(wrong)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let mut hasher = Self { argon2, nobody: String::new() };
        hasher.nobody = hasher.hash(&crate::PersonId::random().as_str().to_owned().into())?;
        Ok(hasher)
    }

    /// The hash as a PHC string, with a random salt.
    pub(super) fn hash(&self, password: &Password) -> Result<String, Error> {
        let hash: Result<PasswordHash, _> =
            self.argon2.hash_password_with_salt(password.0.as_bytes(), &crate::secret::random::<16>());
        hash.map(|hash| hash.to_string()).map_err(|_| Error::damaged("password"))
    }

    /// Whether the password is the one of this hash; of nobody's it never is.
    pub(super) fn is_right(&self, password: &Password, hash: Option<&str>) -> bool {
        let Ok(parsed) = PasswordHash::new(hash.unwrap_or(&self.nobody)) else { return false };
        // The hash's own parameters are used, and compared in constant time.
        self.argon2.verify_password(password.0.as_bytes(), &parsed).is_ok() && hash.is_some()
    }

    /// Whether a hash was made with other parameters than are set now.
    pub(super) fn is_outdated(&self, hash: &str) -> bool {
        let made = PasswordHash::new(hash).ok().and_then(|hash| Params::try_from(&hash).ok());
        let cost = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
        made.as_ref().map(cost) != Some(cost(self.argon2.params()))
    }
}

/// A password as typed, in the one form it can be compared in (NFC), wiped when dropped.
pub(super) struct Password(Zeroizing<String>);

impl From<String> for Password {
    fn from(typed: String) -> Self {
        let typed = Zeroizing::new(typed);
        Self(Zeroizing::new(typed.nfc().collect()))
    }
}

impl Password {
    /// Refuses what is too short or too long to be one.
    pub(super) fn check(&self) -> Result<(), Error> {
        if CHARS.contains(&self.0.chars().count()) {
            return Ok(());
        }
        Err(Error::Input(format!("a password has {} to {} characters", CHARS.start(), CHARS.end())))
    }
}
