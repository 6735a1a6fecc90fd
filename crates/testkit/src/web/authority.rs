//! Certificates for any name, made when they are first asked for.
//!
//! Invariant: an authority's key never leaves it; only its certificate does, for clients to trust.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;

use super::atlas::Trouble;

/// The certificate authority of one web.
pub(super) struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
    /// An authority that no client is told of.
    stranger: Issuer<'static, KeyPair>,
    /// One key for every host: making a key costs more than everything else here.
    host_key: KeyPair,
    http2: bool,
    made: Mutex<HashMap<String, Arc<ServerConfig>>>,
}

impl Authority {
    pub(super) fn new(http2: bool) -> Self {
        let params = authority("Silteme test authority");
        let stranger = Issuer::new(authority("Unknown authority"), KeyPair::generate().unwrap());
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self {
            pem,
            issuer: Issuer::new(params, key),
            stranger,
            host_key: KeyPair::generate().unwrap(),
            http2,
            made: Mutex::default(),
        }
    }

    /// The certificate to trust, as PEM.
    pub(super) fn pem(&self) -> &str {
        &self.pem
    }

    /// How to speak TLS as `host`, in the way its trouble wants.
    pub(super) fn config(&self, host: &str, trouble: Option<Trouble>) -> Arc<ServerConfig> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let name = format!("{host} {trouble:?}");
        Arc::clone(made.entry(name).or_insert_with(|| Arc::new(self.make(host, trouble))))
    }

    fn make(&self, host: &str, trouble: Option<Trouble>) -> ServerConfig {
        let name = if trouble == Some(Trouble::WrongName) { "somebody-else.test" } else { host };
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, "Silteme test host");
        if trouble == Some(Trouble::Expired) {
            params.not_before = rcgen::date_time_ymd(2020, 1, 1);
            params.not_after = rcgen::date_time_ymd(2020, 12, 31);
        }
        let issuer = if trouble == Some(Trouble::Untrusted) { &self.stranger } else { &self.issuer };
        let certificate = params.signed_by(&self.host_key, issuer).unwrap();
        let key = PrivateKeyDer::try_from(self.host_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        if self.http2 {
            config.alpn_protocols.push(b"h2".to_vec());
        }
        config.alpn_protocols.push(b"http/1.1".to_vec());
        config
    }
}

fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.distinguished_name.push(DnType::CommonName, name);
    params
}
