//! Whom a node behind TLS must be certified by.

use std::path::Path;
use std::sync::Arc;

use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

/// Bytes that a file of certificates may have.
pub const MAX_FILE_BYTES: u64 = 4 << 20;

/// Authorities whose certificates are believed. By default the public ones, as Mozilla lists them: the list is part of the
/// program, so that it does not depend on the machine.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Roots {
    /// Certificates in DER, in place of the public ones.
    private: Option<Arc<[Vec<u8>]>>,
}

/// Why a file of certificates cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RootsError {
    /// It cannot be read.
    #[error("{path} cannot be read: {cause}")]
    File {
        /// The file.
        path: String,
        /// Why.
        cause: std::io::Error,
    },
    /// It is larger than [`MAX_FILE_BYTES`].
    #[error("{0} is too large for a file of certificates")]
    TooLarge(String),
    /// It has none, or a broken one.
    #[error("{path} holds no certificates in PEM: {cause}")]
    Pem {
        /// The file.
        path: String,
        /// What is wrong.
        cause: String,
    },
}

impl Roots {
    /// Believes only the authorities whose certificates are in a file, in PEM: a private one, or the list that the system
    /// keeps.
    ///
    /// Fails only when the file cannot be read or has no certificate.
    pub fn load(path: &Path) -> Result<Self, RootsError> {
        let name = || path.display().to_string();
        let file = |cause| RootsError::File {
            path: name(),
            cause,
        };
        if std::fs::metadata(path).map_err(file)?.len() > MAX_FILE_BYTES {
            return Err(RootsError::TooLarge(name()));
        }
        let text = std::fs::read(path).map_err(file)?;
        let pem = |cause: String| RootsError::Pem {
            path: name(),
            cause,
        };
        let mut found = Vec::new();
        for item in parse_pem(&text) {
            if let PemItem::Certificate(one) = item.map_err(|cause| pem(cause.to_string()))? {
                found.push(one.der().to_vec());
            }
        }
        if found.is_empty() {
            return Err(pem("nothing begins with BEGIN CERTIFICATE".to_owned()));
        }
        Ok(Self {
            private: Some(found.into()),
        })
    }

    /// The same as a setting of an HTTP client.
    pub fn tls(&self) -> TlsConfig {
        let roots = match &self.private {
            None => RootCerts::WebPki,
            Some(private) => private
                .iter()
                .map(|der| Certificate::from_der(der).to_owned())
                .into(),
        };
        TlsConfig::builder().root_certs(roots).build()
    }
}
