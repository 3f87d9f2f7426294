//! Address formats.

use tycho_types::models::{Base64StdAddrFlags, StdAddr, StdAddrFormat};

use crate::error::ApiError;

/// Parses an address in any format; also returns the flags if it was base64.
pub(crate) fn parse_with_flags(
    name: &str,
    text: &str,
) -> Result<(StdAddr, Option<Base64StdAddrFlags>), ApiError> {
    let text = text.trim();
    let malformed = || {
        let shown: String = text.chars().take(80).collect();
        ApiError::bad_request(
            format!("{name}: {shown:?} is not an address"),
            "Write it as chain:hex, such as 0:83df…, or as 48 characters of base64 with their checksum.",
        )
    };
    let is_friendly = text.len() == 48;
    let (address, flags) =
        StdAddr::from_str_ext(text, StdAddrFormat::any()).map_err(|_| malformed())?;
    Ok((address, is_friendly.then_some(flags)))
}

/// Parses an address in any format.
pub(crate) fn parse(name: &str, text: &str) -> Result<StdAddr, ApiError> {
    Ok(parse_with_flags(name, text)?.0)
}

/// Formats an address as wallets do: URL-safe base64, bounceable.
pub(crate) fn friendly(address: &StdAddr) -> String {
    address.display_base64_url(true).to_string()
}
