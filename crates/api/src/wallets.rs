//! Recognising standard wallets, and their next number.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use ddvs_client::AccountView;
use tonlib_core::wallet::version_helper::VersionHelper;
use tonlib_core::wallet::wallet_version::WalletVersion;
use tycho_types::cell::HashBytes;

/// A standard wallet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StandardWallet {
    /// Its name in toncenter.
    pub kind: &'static str,
    /// Number that the next request must have.
    pub seqno: u32,
    /// Part of every request, so that it is valid for only one wallet.
    pub wallet_id: Option<u32>,
}

#[derive(Clone, Copy)]
enum Layout {
    /// seqno, then the key.
    V1,
    /// seqno, wallet id, key.
    V3,
    /// Whether signatures are allowed, seqno, wallet id, key.
    V5,
}

const KNOWN: [(WalletVersion, &str, Layout); 8] = [
    (WalletVersion::V1R3, "wallet v1 r3", Layout::V1),
    (WalletVersion::V2R1, "wallet v2 r1", Layout::V1),
    (WalletVersion::V2R2, "wallet v2 r2", Layout::V1),
    (WalletVersion::V3R1, "wallet v3 r1", Layout::V3),
    (WalletVersion::V3R2, "wallet v3 r2", Layout::V3),
    (WalletVersion::V4R1, "wallet v4 r1", Layout::V3),
    (WalletVersion::V4R2, "wallet v4 r2", Layout::V3),
    (WalletVersion::V5R1, "wallet v5 r1", Layout::V5),
];

fn known() -> &'static BTreeMap<HashBytes, (&'static str, Layout)> {
    static CODES: OnceLock<BTreeMap<HashBytes, (&'static str, Layout)>> = OnceLock::new();
    CODES.get_or_init(|| {
        let code = |(version, kind, layout): &(WalletVersion, &'static str, Layout)| {
            let code = VersionHelper::get_code(*version).ok()?;
            let hash: [u8; 32] = code.cell_hash().as_slice().try_into().ok()?;
            Some((HashBytes(hash), (*kind, *layout)))
        };
        KNOWN.iter().filter_map(code).collect()
    })
}

/// Returns the standard wallet of an account, if it is one.
pub(crate) fn recognise(account: &AccountView) -> Option<StandardWallet> {
    let &(kind, layout) = known().get(account.code()?.repr_hash())?;
    let mut data = account.data()?.as_slice().ok()?;
    if matches!(layout, Layout::V5) {
        data.load_bit().ok()?;
    }
    let seqno = data.load_u32().ok()?;
    let wallet_id = match layout {
        Layout::V1 => None,
        Layout::V3 | Layout::V5 => Some(data.load_u32().ok()?),
    };
    Some(StandardWallet {
        kind,
        seqno,
        wallet_id,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_the_published_ones() {
        let hash: HashBytes = "20834b7b72b112147e1b2fb457b84e74d1a30f04f737d4f62a668e9552d2b72f"
            .parse()
            .unwrap();
        assert_eq!(known()[&hash].0, "wallet v5 r1");
        assert_eq!(known().len(), KNOWN.len());
    }
}
