//! TLS 1.2 and 1.3 (privacy policy 3.4), with certificates that can be renewed while the server runs.
//!
//! Invariant: a renewed certificate that cannot be used changes nothing and is complained about once.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum_server::tls_rustls::RustlsConfig;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::error::Error;
use crate::settings::Settings;

/// How often the files are looked at.
const LOOK_INTERVAL: Duration = Duration::from_secs(2);

/// Times and sizes of the two files, where they are there.
type Stamp = [Option<(SystemTime, u64)>; 2];

/// A certificate with its key, as the files have it.
#[derive(Debug, Clone)]
pub(crate) struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    pub(crate) config: RustlsConfig,
}

impl Tls {
    /// The certificate of the settings, if there is one.
    pub(crate) fn of(settings: &Settings) -> Result<Option<Self>, Error> {
        let (Some(certificate), Some(key)) = (&settings.tls_certificate, &settings.tls_key) else {
            return Ok(None);
        };
        let config = RustlsConfig::from_config(read(certificate, key)?);
        Ok(Some(Self { certificate: certificate.clone(), key: key.clone(), config }))
    }

    /// Takes over renewed files until it is dropped.
    pub(crate) async fn follow(self) {
        let mut seen = self.stamp();
        loop {
            tokio::time::sleep(LOOK_INTERVAL).await;
            self.renew(&mut seen);
        }
    }

    /// Takes over the files if they have changed since they were seen; whether it did.
    pub(crate) fn renew(&self, seen: &mut Stamp) -> bool {
        let now = self.stamp();
        if std::mem::replace(seen, now) == now {
            return false;
        }
        match read(&self.certificate, &self.key) {
            Ok(config) => {
                self.config.reload_from_config(config);
                tracing::info!("the renewed certificate is in force for new connections");
                true
            }
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the renewed certificate cannot be used; the old one stays in force"
                );
                false
            }
        }
    }

    /// What tells one state of the files from another.
    pub(crate) fn stamp(&self) -> Stamp {
        [&self.certificate, &self.key].map(|path| {
            let metadata = std::fs::metadata(path).ok()?;
            Some((metadata.modified().ok()?, metadata.len()))
        })
    }
}

fn read(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, Error> {
    let load = || {
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(certificate)
            .and_then(Iterator::collect)
            .map_err(io::Error::other)?;
        let key = PrivateKeyDer::from_pem_file(key).map_err(io::Error::other)?;
        // `with_safe_default_protocol_versions` is 1.2 and 1.3; rustls has nothing older.
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
            .map_err(io::Error::other)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    };
    load().map_err(|source| Error::Certificate { certificate: certificate.to_owned(), source })
}
