//! Login by outside providers: OpenID Connect, authorization code with PKCE, state and nonce.
//!
//! Invariant: a login that comes back was begun here, in the same browser, within ten minutes, and is used once; of what the
//! provider tells only its name for the person is used. Nothing is on the disk before the person agrees.

mod discovery;
mod http;
mod token;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use model::{Clock, Timestamp};
use profiles::{NewConsent, OidcProvider};
use sha2::{Digest as _, Sha256};
use url::Url;

use self::discovery::Known;
use self::http::Http;

/// How long a reader may take at the provider.
pub(crate) const LOGIN_TERM: Duration = Duration::from_mins(10);
/// Logins begun at once, about 30 MB; further ones wait for old ones to end.
const BEGUN_MAX: usize = 100_000;

/// The providers, and the logins begun with them.
pub(crate) struct Oidc {
    providers: BTreeMap<String, Provider>,
    begun: Mutex<HashMap<String, Begun>>,
    clock: Arc<dyn Clock>,
}

/// A provider as it is used.
struct Provider {
    settings: OidcProvider,
    secret: Option<String>,
    known: Known,
}

/// A login on its way.
struct Begun {
    provider: String,
    nonce: String,
    verifier: String,
    consent: Option<NewConsent>,
    ends: Timestamp,
}

/// Where to send a reader.
pub(crate) struct Departure {
    /// The provider's page.
    pub(crate) location: String,
    /// Names the login; kept in a cookie, so that only this browser can end it.
    pub(crate) state: String,
    /// Whether that cookie may travel over TLS only.
    pub(crate) is_secure: bool,
}

/// Somebody a provider vouches for.
pub(crate) struct Vouched {
    /// The provider, as its tokens name it.
    pub(crate) issuer: String,
    /// What it calls the person.
    pub(crate) subject: String,
    /// What the person agreed to before they left.
    pub(crate) consent: Option<NewConsent>,
}

/// Why a login by a provider did not come about. No message names a person, a code or a token.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OidcError {
    /// No such provider is set up.
    #[error("no such provider")]
    NoProvider,
    /// Too many logins are on their way.
    #[error("too many logins at once")]
    Full,
    /// The login was not begun here, not in this browser, too long ago, or has ended.
    #[error("this login was not begun here, or has ended; begin again")]
    NotBegun,
    /// The provider cannot be asked.
    #[error("the provider does not answer as it should: {0}")]
    Provider(&'static str),
    /// The provider does not vouch for the reader.
    #[error("the provider's token is not accepted: {0}")]
    Token(&'static str),
}

impl Oidc {
    /// Over the providers of `[accounts.oidc]`; asks none of them yet.
    ///
    /// # Errors
    /// A message that names the setting which cannot be used.
    pub(crate) fn open(
        settings: &BTreeMap<String, OidcProvider>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, String> {
        let mut providers = BTreeMap::new();
        for (name, settings) in settings {
            let secret = settings.client_secret_file.as_ref().map(|path| {
                std::fs::read_to_string(path).map(|text| text.trim().to_owned()).map_err(|_| {
                    format!("[accounts.oidc.{name}] client_secret_file {} cannot be read", path.display())
                })
            });
            let http = Http::to(settings)
                .ok_or_else(|| format!("[accounts.oidc.{name}] issuer is no address of a provider"))?;
            let provider = Provider {
                secret: secret.transpose()?,
                known: Known::of(&settings.issuer, http),
                settings: settings.clone(),
            };
            providers.insert(name.clone(), provider);
        }
        Ok(Self { providers, begun: Mutex::default(), clock })
    }

    /// Begins a login.
    pub(crate) async fn begin(
        &self,
        name: &str,
        consent: Option<NewConsent>,
    ) -> Result<Departure, OidcError> {
        let provider = self.provider(name)?;
        let discovery = provider.known.discovery(self.clock.now()).await?;
        let mut location = Url::parse(&discovery.authorization_endpoint)
            .map_err(|_| OidcError::Provider("its authorization endpoint is no address"))?;
        let (state, nonce, verifier) = (secret(), secret(), secret());
        // RFC 7636 section 4.2.
        let challenge = BASE64URL_NOPAD.encode(&Sha256::digest(&verifier));
        location.query_pairs_mut().extend_pairs([
            ("response_type", "code"),
            ("scope", "openid"),
            ("client_id", &provider.settings.client_id),
            ("redirect_uri", &provider.settings.redirect_url),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]);
        let now = self.clock.now();
        let mut begun = self.begun();
        if begun.len() >= BEGUN_MAX {
            begun.retain(|_, login| now < login.ends);
            if begun.len() >= BEGUN_MAX {
                return Err(OidcError::Full);
            }
        }
        let ends = model::time::later(now, LOGIN_TERM);
        begun.insert(state.clone(), Begun { provider: name.to_owned(), nonce, verifier, consent, ends });
        let is_secure = provider.settings.redirect_url.starts_with("https://");
        Ok(Departure { location: location.into(), state, is_secure })
    }

    /// Ends a login: `cookie` is what the browser kept, `state` and `code` what the provider sent along.
    pub(crate) async fn end(
        &self,
        name: &str,
        cookie: Option<&str>,
        state: &str,
        code: &str,
    ) -> Result<Vouched, OidcError> {
        let provider = self.provider(name)?;
        if cookie != Some(state) {
            return Err(OidcError::NotBegun);
        }
        let now = self.clock.now();
        let login = self.begun().remove(state).filter(|login| login.provider == name && now < login.ends);
        let login = login.ok_or(OidcError::NotBegun)?;
        let settings = &provider.settings;
        let token = provider.known.exchange(settings, provider.secret.as_deref(), code, &login.verifier, now);
        let token = token.await?;
        let header = token::header(&token)?;
        let key = provider.known.key(&header, now).await?;
        let expected = token::Expected {
            issuer: &settings.issuer,
            client_id: &settings.client_id,
            nonce: &login.nonce,
            now: self.clock.now(),
        };
        let subject = token::verify(&token, &header, &key, &expected)?;
        Ok(Vouched { issuer: settings.issuer.clone(), subject, consent: login.consent })
    }

    /// Gives up a login that the provider refused.
    pub(crate) fn give_up(&self, cookie: Option<&str>, state: &str) {
        if cookie == Some(state) {
            self.begun().remove(state);
        }
    }

    fn provider(&self, name: &str) -> Result<&Provider, OidcError> {
        self.providers.get(name).ok_or(OidcError::NoProvider)
    }

    fn begun(&self) -> MutexGuard<'_, HashMap<String, Begun>> {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Oidc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Oidc").field("providers", &self.providers.len()).finish_non_exhaustive()
    }
}

/// 256 random bits, hexadecimal: also good as a PKCE verifier (RFC 7636 section 4.1).
fn secret() -> String {
    let mut bytes = [0_u8; 32];
    rand::fill(&mut bytes);
    HEXLOWER.encode(&bytes)
}

#[cfg(test)]
mod tests;
