//! `[accounts]`. Invariant: every way of logging in has a switch; where all are off there are no accounts, and lookups need none.

use std::collections::BTreeMap;
use std::path::PathBuf;

use model::{ByteSize, Span};
use serde::{Deserialize, Serialize};

/// `[accounts]`: how readers log in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Whether readers may log in by e-mail address and password.
    pub passwords: bool,
    /// Memory of one password hash.
    pub hash_memory: ByteSize,
    /// Passes over that memory.
    pub hash_passes: u32,
    /// Password hashes computed at the same time; further ones wait, so that memory stays bounded.
    pub hashes_at_once: usize,
    /// A session ends so long after its login.
    pub session_term: Span,
    /// A session ends when it was not used for so long.
    pub session_idle: Span,
    /// Sessions of one person; the earliest end first.
    pub sessions_max: usize,
    /// Failures of one account before the next attempt has to wait.
    pub failures_free: u32,
    /// The first wait; each further failure doubles it.
    pub wait_first: Span,
    /// The longest wait.
    pub wait_max: Span,
    /// Failures are forgotten when there were none for so long.
    pub failures_kept: Span,
    /// What delivers one-time codes: `file:PATH` appends them to a file (for tests), `command:PROGRAM` runs a program with
    /// the message on its standard input. Unset: no login by phone.
    pub code_sender: Option<CodeSender>,
    /// How long a code is good.
    pub code_term: Span,
    /// Attempts one code allows.
    pub code_tries: u32,
    /// How long the sender may take.
    pub code_sender_timeout: Span,
    /// Codes sent within an hour, to all numbers together.
    pub codes_per_hour: u32,
    /// Outside providers (`OpenID` Connect), by the name in their routes.
    pub oidc: BTreeMap<String, OidcProvider>,
}

/// What delivers one-time codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum CodeSender {
    /// Appends one JSON object a line to a file that only its owner can read.
    File(PathBuf),
    /// Runs a program without arguments; one JSON object on its standard input.
    Command(PathBuf),
}

/// `[accounts.oidc.NAME]`: an outside provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcProvider {
    /// Its address, as its tokens name it: `https://accounts.example.kz`.
    pub issuer: String,
    /// What it calls us.
    pub client_id: String,
    /// File with the secret it gave us. Unset: we are a public client; PKCE protects the exchange.
    #[serde(default)]
    pub client_secret_file: Option<PathBuf>,
    /// Where it sends readers back to: our `/v1/oidc/NAME/callback` as readers reach it.
    pub redirect_url: String,
    /// Hosts its endpoints may be at beside the issuer's own.
    #[serde(default)]
    pub hosts: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            passwords: true,
            // OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane.
            hash_memory: ByteSize::mebibytes(19),
            hash_passes: 2,
            hashes_at_once: 2,
            session_term: Span::seconds(30 * 86_400),
            session_idle: Span::seconds(7 * 86_400),
            sessions_max: 20,
            failures_free: 5,
            wait_first: Span::seconds(1),
            wait_max: Span::seconds(15 * 60),
            failures_kept: Span::seconds(86_400),
            code_sender: None,
            code_term: Span::seconds(5 * 60),
            code_tries: 5,
            code_sender_timeout: Span::seconds(5),
            codes_per_hour: 600,
            oidc: BTreeMap::new(),
        }
    }
}

impl Settings {
    /// Checks what can be checked without the disk.
    ///
    /// # Errors
    /// A message naming the key, what is wrong, and what to write instead.
    pub fn check(&self) -> Result<(), String> {
        let least = argon2::Params::MIN_M_COST;
        let memory_kib = self.hash_memory.0 / 1024;
        // 1 GiB is more than any recommendation; above it a typing error is likelier.
        if !(u64::from(least)..=1024 * 1024).contains(&memory_kib) || !(1..=100).contains(&self.hash_passes) {
            return Err(format!(
                "[accounts] hash_memory must be {least} KiB to 1 GiB and hash_passes 1 to 100; write \"19 MiB\" and 2"
            ));
        }
        for (key, value) in [
            ("hashes_at_once", self.hashes_at_once),
            ("sessions_max", self.sessions_max),
            ("failures_free", self.failures_free as usize),
            ("code_tries", self.code_tries as usize),
        ] {
            if !(1..=1_000).contains(&value) {
                return Err(format!("[accounts] {key} must be 1 to 1000"));
            }
        }
        for (key, span) in [
            ("session_term", self.session_term),
            ("session_idle", self.session_idle),
            ("wait_first", self.wait_first),
            ("wait_max", self.wait_max),
            ("failures_kept", self.failures_kept),
            ("code_term", self.code_term),
            ("code_sender_timeout", self.code_sender_timeout),
        ] {
            if span.0.is_zero() {
                return Err(format!("[accounts] {key} must be longer than 0s"));
            }
        }
        if self.failures_kept.0 <= self.wait_max.0 {
            return Err(
                "[accounts] failures_kept must be longer than wait_max, or waiting would reset it".to_owned()
            );
        }
        self.oidc.iter().try_for_each(|(name, provider)| provider.check(name))
    }
}

impl OidcProvider {
    fn check(&self, name: &str) -> Result<(), String> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if name.is_empty() || !name.chars().all(plain) {
            return Err(format!("[accounts.oidc.{name}]: a name has lowercase letters, digits and hyphens"));
        }
        for (key, address) in [("issuer", &self.issuer), ("redirect_url", &self.redirect_url)] {
            // On this machine there is nobody in between, so tests and development need no certificate.
            let local = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
            if !address.starts_with("https://") && !local.iter().any(|prefix| address.starts_with(prefix)) {
                return Err(format!("[accounts.oidc.{name}] {key} must be an https address"));
            }
        }
        if self.client_id.is_empty() {
            return Err(format!("[accounts.oidc.{name}] client_id is missing"));
        }
        Ok(())
    }
}

impl TryFrom<String> for CodeSender {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.split_once(':') {
            Some(("file", path)) if !path.is_empty() => Ok(Self::File(path.into())),
            Some(("command", program)) if !program.is_empty() => Ok(Self::Command(program.into())),
            _ => Err(format!("code_sender {text:?} is unknown; write \"file:PATH\" or \"command:PROGRAM\"")),
        }
    }
}

impl From<CodeSender> for String {
    fn from(sender: CodeSender) -> Self {
        match sender {
            CodeSender::File(path) => format!("file:{}", path.display()),
            CodeSender::Command(program) => format!("command:{}", program.display()),
        }
    }
}
