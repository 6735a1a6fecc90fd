//! The one way out to a provider. Invariant: asks only hosts that the settings name, over TLS unless they are this machine, follows
//! no redirect, reads no endless answer, and says why something failed without saying what was sent.

use std::sync::Arc;
use std::time::Duration;

use axum::http::{StatusCode, header};
use profiles::OidcProvider;
use reqwest::{Client, Response};
use serde::de::DeserializeOwned;
use url::{Host, Url};

use super::OidcError;

/// How long one answer may take; a login asks three times at most, within the deadline of a request.
const TIMEOUT: Duration = Duration::from_secs(3);
/// Largest answer, bytes: key sets in use have some 10 kB.
const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// Asks one provider.
pub(super) struct Http {
    client: Client,
    hosts: Vec<String>,
}

impl Http {
    /// `None` when the issuer is no address that can be asked.
    pub(super) fn to(settings: &OidcProvider) -> Option<Self> {
        let issuer = Url::parse(&settings.issuer).ok()?;
        let hosts = [issuer.host_str()?.to_owned()].into_iter().chain(settings.hosts.iter().cloned());
        Some(Self { client: client().ok()?, hosts: hosts.collect() })
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, url: &str) -> Result<T, OidcError> {
        let request = self.client.get(self.permitted(url)?).header(header::ACCEPT, "application/json");
        read(request.send().await).await
    }

    /// Posts a form; `basic` are the credentials of RFC 6749 section 2.3.1.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        url: &str,
        form: String,
        basic: Option<(String, String)>,
    ) -> Result<T, OidcError> {
        let mut request = self
            .client
            .post(self.permitted(url)?)
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form);
        if let Some((name, secret)) = basic {
            request = request.basic_auth(name, Some(secret));
        }
        read(request.send().await).await
    }

    /// The address, if it is one of the provider's.
    fn permitted(&self, url: &str) -> Result<Url, OidcError> {
        let refused =
            OidcError::Provider("one of its endpoints is at a host that [accounts.oidc] does not name");
        let Some(url) = Url::parse(url).ok() else { return Err(refused) };
        let is_here = match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => false,
        };
        let is_named = url.host_str().is_some_and(|host| self.hosts.iter().any(|known| known == host));
        if is_named && (url.scheme() == "https" || (url.scheme() == "http" && is_here)) {
            Ok(url)
        } else {
            Err(refused)
        }
    }
}

async fn read<T: DeserializeOwned>(answer: reqwest::Result<Response>) -> Result<T, OidcError> {
    let mut answer = answer.map_err(|_| OidcError::Provider("it cannot be reached, or not in time"))?;
    if answer.status() != StatusCode::OK {
        return Err(OidcError::Provider("it refused, or redirected"));
    }
    let mut body = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(|_| OidcError::Provider("its answer broke off"))? {
        if body.len() + part.len() > ANSWER_BYTES_MAX {
            return Err(OidcError::Provider("its answer is too large"));
        }
        body.extend_from_slice(&part);
    }
    serde_json::from_slice(&body).map_err(|_| OidcError::Provider("its answer is not what it should be"))
}

/// TLS 1.2 and 1.3 with ring, as everywhere here.
fn client() -> Result<Client, Box<dyn std::error::Error>> {
    let roots: rustls::RootCertStore = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
    let tls = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let client = Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .timeout(TIMEOUT)
        .build()?;
    Ok(client)
}
