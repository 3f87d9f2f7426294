//! Trusted certificate authorities for nodes behind TLS.

use std::path::Path;
use std::sync::Arc;

use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

/// Maximum size of a file of certificates, in bytes.
pub const MAX_FILE_BYTES: u64 = 4 << 20;

/// Trusted certificate authorities. By default the public ones, as listed by Mozilla: the list is part of the
/// program, so it does not depend on the machine.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Roots {
    /// Certificates in DER, instead of the public ones.
    private: Option<Arc<[Vec<u8>]>>,
}

/// Reason why a file of certificates cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RootsError {
    /// It cannot be read.
    #[error("{path} cannot be read: {cause}")]
    File {
        /// The file.
        path: String,
        /// I/O error.
        cause: std::io::Error,
    },
    /// It is larger than [`MAX_FILE_BYTES`].
    #[error("{0} is too large for a file of certificates")]
    TooLarge(String),
    /// It contains no certificate, or an invalid one.
    #[error("{path} contains no PEM certificates: {cause}")]
    Pem {
        /// The file.
        path: String,
        /// Description of the problem.
        cause: String,
    },
}

impl Roots {
    /// Trusts only the authorities whose certificates are in a PEM file: a private one, or the system's list.
    ///
    /// Fails only when the file cannot be read or contains no certificate.
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

    /// Returns it as a setting of an HTTP client.
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
