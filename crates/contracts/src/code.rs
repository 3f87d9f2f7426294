//! The compiled contracts, as committed in `contracts/artifacts`, of which `artifacts` of this crate is a link, so that a package contains them.

use std::sync::LazyLock;

use tycho_types::prelude::*;

macro_rules! contract {
    ($(#[$doc:meta])* $name:ident, $file:literal) => {
        $(#[$doc])*
        pub fn $name() -> Cell {
            static CODE: LazyLock<Cell> = LazyLock::new(|| parse(include_bytes!(concat!("../artifacts/", $file))));
            CODE.clone()
        }
    };
}

contract!(
    /// Code of the D'Elector & Config.
    delector,
    "delector.boc"
);
contract!(
    /// Code of the DePool Root.
    depool_root,
    "depool-root.boc"
);
contract!(
    /// Code of the DePool Wallet.
    depool_wallet,
    "depool-wallet.boc"
);

/// Code of the three contracts, by default the committed one.
///
/// A network with other code is another network: all its addresses differ. Tests start networks with a rule removed
/// from a contract, and show that its absence is noticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Codes {
    /// Code of the D'Elector & Config.
    pub delector: Cell,
    /// Code of the DePool Root.
    pub depool_root: Cell,
    /// Code of the DePool Wallet.
    pub depool_wallet: Cell,
}

impl Default for Codes {
    fn default() -> Self {
        Self {
            delector: delector(),
            depool_root: depool_root(),
            depool_wallet: depool_wallet(),
        }
    }
}

#[expect(
    clippy::expect_used,
    reason = "the artifact is part of this build, and a test parses it"
)]
fn parse(boc: &[u8]) -> Cell {
    Boc::decode(boc).expect("an artifact is a bag of cells")
}
