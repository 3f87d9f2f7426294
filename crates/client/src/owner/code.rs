//! Code of the standard wallet, W5R1.

use std::sync::OnceLock;

use tycho_types::boc::Boc;
use tycho_types::cell::Cell;

use crate::ClientError;

/// The compiled contract of `ton-blockchain/wallet-contract-v5`, MIT, with its licence next to it.
const CODE_BOC: &[u8] = include_bytes!("../../wallet-v5/code.boc");

/// Code of W5R1.
///
/// Fails only when the file with the code is not a bag of cells.
pub fn wallet_code() -> Result<Cell, ClientError> {
    static CODE: OnceLock<Cell> = OnceLock::new();
    if let Some(code) = CODE.get() {
        return Ok(code.clone());
    }
    let code = Boc::decode(CODE_BOC)
        .map_err(|cause| ClientError::fault("reading the standard wallet's code", cause))?;
    Ok(CODE.get_or_init(|| code).clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wallet_code_has_the_published_hash() {
        // The hash that explorers show for W5R1.
        let published = "20834b7b72b112147e1b2fb457b84e74d1a30f04f737d4f62a668e9552d2b72f";
        assert_eq!(wallet_code().unwrap().repr_hash().to_string(), published);
    }
}
