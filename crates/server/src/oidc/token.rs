//! Id tokens: JSON web tokens (RFC 7519) signed with RS256 or ES256 (RFC 7518), judged as OpenID Connect Core section 3.1.3.7 says.
//!
//! Invariant: nothing of a token is believed before its signature; which algorithm may sign follows from the key, never from the
//! token alone. The cryptography is ring's.

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use model::Timestamp;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::OidcError;

/// Longest token, bytes.
const TOKEN_BYTES_MAX: usize = 16 * 1024;
/// Longest name of a person (OpenID Connect Core section 2), bytes.
const SUBJECT_BYTES_MAX: usize = 255;
/// Two machines' clocks may differ by so much.
const SKEW: Duration = Duration::from_mins(1);

/// What a token says of its signature.
#[derive(Debug, Deserialize)]
pub(super) struct Header {
    alg: String,
    pub(super) kid: Option<String>,
    /// Extensions that must be understood (RFC 7515 section 4.1.11); we understand none.
    crit: Option<serde_json::Value>,
}

/// A provider's key.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Jwk {
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    #[serde(flatten)]
    material: Material,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "kty")]
enum Material {
    #[serde(rename = "RSA")]
    Rsa { n: String, e: String },
    #[serde(rename = "EC")]
    Ec { crv: String, x: String, y: String },
}

/// What a token must say.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    pub(super) now: Timestamp,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: i64,
    iat: i64,
    nonce: Option<String>,
    azp: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Jwk {
    /// Whether a token with this header can be signed with this key.
    pub(super) fn fits(&self, header: &Header) -> bool {
        self.algorithm() == Some(header.alg.as_str())
            && (header.kid.is_none() || header.kid == self.kid)
            && self.alg.as_ref().is_none_or(|alg| *alg == header.alg)
            && self.usage.as_ref().is_none_or(|usage| usage == "sig")
    }

    fn algorithm(&self) -> Option<&'static str> {
        match &self.material {
            Material::Rsa { .. } => Some("RS256"),
            Material::Ec { crv, .. } => (crv == "P-256").then_some("ES256"),
        }
    }

    fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let part = |text: &str| BASE64URL_NOPAD.decode(text.as_bytes()).unwrap_or_default();
        match &self.material {
            Material::Rsa { n, e } => RsaPublicKeyComponents { n: part(n), e: part(e) }
                .verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
                .is_ok(),
            Material::Ec { x, y, .. } => {
                // SEC 1 section 2.3.3: an uncompressed point.
                let point = [&[4], part(x).as_slice(), part(y).as_slice()].concat();
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature).is_ok()
            }
        }
    }
}

/// What the token says of its signature; to choose the key by, not to be believed.
pub(super) fn header(token: &str) -> Result<Header, OidcError> {
    if token.len() > TOKEN_BYTES_MAX {
        return Err(OidcError::Token("it is too long"));
    }
    let header: Header = part(token.split('.').next().unwrap_or_default())?;
    if header.crit.is_some() {
        return Err(OidcError::Token("it asks for an extension"));
    }
    if !["RS256", "ES256"].contains(&header.alg.as_str()) {
        return Err(OidcError::Token("it is not signed with RS256 or ES256"));
    }
    Ok(header)
}

/// The provider's name for the person, if everything is as it must be.
pub(super) fn verify(
    token: &str,
    header: &Header,
    key: &Jwk,
    expected: &Expected<'_>,
) -> Result<String, OidcError> {
    let wrong = |what| Err(OidcError::Token(what));
    let Some((message, signature)) = token.rsplit_once('.') else { return wrong("it is no token") };
    let Some((_, claims)) = message.split_once('.') else { return wrong("it is no token") };
    let signature = BASE64URL_NOPAD.decode(signature.as_bytes()).unwrap_or_default();
    if !key.fits(header) || !key.has_signed(message.as_bytes(), &signature) {
        return wrong("its signature is wrong");
    }
    let claims: Claims = part(claims)?;
    if claims.iss != expected.issuer {
        return wrong("it is of another issuer");
    }
    let is_for_us = match &claims.aud {
        Audience::One(one) => one == expected.client_id,
        // Several need one that it was issued to.
        Audience::Many(many) => {
            many.iter().any(|one| one == expected.client_id) && (many.len() == 1 || claims.azp.is_some())
        }
    };
    if !is_for_us || claims.azp.is_some_and(|party| party != expected.client_id) {
        return wrong("it is for somebody else");
    }
    let skew = i64::try_from(SKEW.as_secs()).unwrap_or(0);
    let now = expected.now.as_second();
    if now >= claims.exp.saturating_add(skew) {
        return wrong("it has expired");
    }
    if claims.iat > now.saturating_add(skew) {
        return wrong("it is from the future");
    }
    if claims.nonce.as_deref() != Some(expected.nonce) {
        return wrong("it answers another login");
    }
    if !(1..=SUBJECT_BYTES_MAX).contains(&claims.sub.len()) || claims.sub.chars().any(char::is_control) {
        return wrong("it names nobody");
    }
    Ok(claims.sub)
}

/// One part of a token.
fn part<T: DeserializeOwned>(encoded: &str) -> Result<T, OidcError> {
    let bytes = BASE64URL_NOPAD.decode(encoded.as_bytes()).unwrap_or_default();
    serde_json::from_slice(&bytes).map_err(|_| OidcError::Token("it cannot be read"))
}
