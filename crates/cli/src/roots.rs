//! Whom networks behind TLS must be certified by.

use std::path::Path;

use anyhow::{Context, Result};
use ddvs_jrpc::Roots;

/// Names a file of certificates, in PEM, that are believed in place of the public authorities'.
const VARIABLE: &str = "DDVS_CA_FILE";

/// The authorities in the file that `DDVS_CA_FILE` names; the public ones without it.
///
/// Fails only when the file has no certificates.
pub fn roots() -> Result<Roots> {
    match std::env::var_os(VARIABLE) {
        Some(file) if !file.is_empty() => Roots::load(Path::new(&file)).context(VARIABLE),
        _ => Ok(Roots::default()),
    }
}
