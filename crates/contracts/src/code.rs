//! Compiled code of the contracts, as committed in `contracts/artifacts`.

use std::sync::LazyLock;

use tycho_types::boc::Boc;
use tycho_types::cell::Cell;

macro_rules! artifact {
    ($(#[$doc:meta])* $name:ident, $file:literal) => {
        $(#[$doc])*
        pub fn $name() -> Cell {
            static CODE: LazyLock<Cell> = LazyLock::new(|| {
                let boc = include_bytes!(concat!("../../../contracts/artifacts/", $file));
                #[expect(clippy::expect_used, reason = "the manifest test decodes every committed artifact")]
                Boc::decode(boc).expect("a committed artifact is a valid BOC")
            });
            CODE.clone()
        }
    };
}

artifact! {
    /// Code of the D'Elector & Config.
    delector, "delector.boc"
}
artifact! {
    /// Code of the DePool Root.
    depool_root, "depool-root.boc"
}
artifact! {
    /// Code of the DePool Wallet.
    depool_wallet, "depool-wallet.boc"
}
