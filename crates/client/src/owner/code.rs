//! Code of the standard wallet, from a library with the codes of all standard wallets.

use std::sync::OnceLock;

use tonlib_core::cell::BagOfCells;
use tonlib_core::wallet::version_helper::VersionHelper;
use tonlib_core::wallet::wallet_version::WalletVersion;
use tycho_types::boc::Boc;
use tycho_types::cell::Cell;

use crate::ClientError;

/// Code of W5R1. Nothing else of the library is used: its cells are converted once through a bag of cells, and every
/// wallet shares the result.
///
/// Fails only when that library no longer contains the code.
pub fn wallet_code() -> Result<Cell, ClientError> {
    static CODE: OnceLock<Cell> = OnceLock::new();
    if let Some(code) = CODE.get() {
        return Ok(code.clone());
    }
    let context = "taking the standard wallet's code from its library";
    let code = VersionHelper::get_code(WalletVersion::V5R1)
        .map_err(|cause| ClientError::fault(context, cause))?;
    let bag = BagOfCells::from_root(code.as_ref().clone())
        .serialize(false)
        .map_err(|cause| ClientError::fault(context, cause))?;
    let code = Boc::decode(bag).map_err(|cause| ClientError::fault(context, cause))?;
    Ok(CODE.get_or_init(|| code).clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_published_code() {
        // The hash that explorers show for W5R1.
        let published = "20834b7b72b112147e1b2fb457b84e74d1a30f04f737d4f62a668e9552d2b72f";
        assert_eq!(wallet_code().unwrap().repr_hash().to_string(), published);
    }
}
