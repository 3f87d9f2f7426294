//! Trusted certificate authorities for networks behind TLS.

use std::path::Path;

use anyhow::{Context, Result};
use ddvs_jrpc::Roots;

/// Names a PEM file of certificates to trust instead of the public authorities'.
const VARIABLE: &str = "DDVS_CA_FILE";

/// Returns the authorities in the file that `DDVS_CA_FILE` names; the public ones without it.
///
/// Fails only when the file contains no certificates.
pub fn roots() -> Result<Roots> {
    match std::env::var_os(VARIABLE) {
        Some(file) if !file.is_empty() => Roots::load(Path::new(&file)).context(VARIABLE),
        _ => Ok(Roots::default()),
    }
}
