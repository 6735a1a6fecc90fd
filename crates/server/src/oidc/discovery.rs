//! What a provider says of itself (OpenID Connect Discovery 1.0) and its keys (RFC 7517), remembered for an hour.
//!
//! Invariant: what it says counts only if it names itself as the settings do; a key that is not known is looked for again, but not
//! with every request.

use std::time::Duration;

use model::Timestamp;
use profiles::OidcProvider;
use serde::Deserialize;
use tokio::sync::Mutex;
use url::form_urlencoded;

use super::OidcError;
use super::http::Http;
use super::token::{Header, Jwk};

/// How long what a provider says is remembered.
const KEPT: Duration = Duration::from_hours(1);
/// How soon its keys are asked for again because one is missing: a stream of wrong tokens must not become one of requests.
const AGAIN: Duration = Duration::from_mins(1);

/// What is known of a provider.
pub(super) struct Known {
    issuer: String,
    http: Http,
    discovery: Mutex<Option<(Timestamp, Discovery)>>,
    keys: Mutex<Option<(Timestamp, Vec<Jwk>)>>,
}

/// The part of a provider's metadata that is used.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Discovery {
    issuer: String,
    pub(super) authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
}

#[derive(Deserialize)]
struct Keys {
    keys: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
}

impl Known {
    pub(super) fn of(issuer: &str, http: Http) -> Self {
        Self { issuer: issuer.to_owned(), http, discovery: Mutex::default(), keys: Mutex::default() }
    }

    pub(super) async fn discovery(&self, now: Timestamp) -> Result<Discovery, OidcError> {
        let mut known = self.discovery.lock().await;
        if let Some((at, discovery)) = known.as_ref()
            && model::time::until(*at, now) < KEPT
        {
            return Ok(discovery.clone());
        }
        let address = format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/'));
        let discovery: Discovery = self.http.get(&address).await?;
        if discovery.issuer != self.issuer {
            return Err(OidcError::Provider("it names another issuer than the settings"));
        }
        *known = Some((now, discovery.clone()));
        Ok(discovery)
    }

    /// The key a token says it is signed with.
    pub(super) async fn key(&self, header: &Header, now: Timestamp) -> Result<Jwk, OidcError> {
        let mut known = self.keys.lock().await;
        if let Some((at, keys)) = known.as_ref() {
            let age = model::time::until(*at, now);
            match find(keys, header) {
                Some(key) if age < KEPT => return Ok(key),
                None if age < AGAIN => return Err(OidcError::Token("its key is not known")),
                _ => {}
            }
        }
        let address = self.discovery(now).await?.jwks_uri;
        let fetched: Keys = self.http.get(&address).await?;
        // Keys of kinds we do not use are passed over.
        let keys: Vec<Jwk> =
            fetched.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect();
        let found = find(&keys, header);
        *known = Some((now, keys));
        found.ok_or(OidcError::Token("its key is not known"))
    }

    /// Trades the code for an id token (RFC 6749 section 4.1.3, RFC 7636 section 4.5).
    pub(super) async fn exchange(
        &self,
        settings: &OidcProvider,
        secret: Option<&str>,
        code: &str,
        verifier: &str,
        now: Timestamp,
    ) -> Result<String, OidcError> {
        let discovery = self.discovery(now).await?;
        let methods = &discovery.token_endpoint_auth_methods_supported;
        let has = |method: &str| methods.iter().any(|known| known == method);
        // Basic is what a provider has that says nothing (Discovery section 3).
        let in_body = secret.is_none() || (has("client_secret_post") && !has("client_secret_basic"));
        let mut pairs = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &settings.redirect_url),
            ("code_verifier", verifier),
        ];
        let mut basic = None;
        if in_body {
            pairs.push(("client_id", &settings.client_id));
            pairs.extend(secret.map(|secret| ("client_secret", secret)));
        } else if let Some(secret) = secret {
            basic = Some((encoded(&settings.client_id), encoded(secret)));
        }
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let tokens: Tokens = self.http.post(&discovery.token_endpoint, form, basic).await?;
        Ok(tokens.id_token)
    }
}

fn find(keys: &[Jwk], header: &Header) -> Option<Jwk> {
    let mut fitting = keys.iter().filter(|key| key.fits(header));
    let first = fitting.next()?;
    // Without a name, only a single key can be meant.
    (header.kid.is_some() || fitting.next().is_none()).then(|| first.clone())
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
