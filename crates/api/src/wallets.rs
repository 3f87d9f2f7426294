//! Recognising standard wallets, and their next number.

use ddvs_client::AccountView;

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

/// Hash of the code, name as toncenter gives it, and layout of the data.
const KNOWN: [(&str, &str, Layout); 8] = [
    (
        "587cc789eff1c84f46ec3797e45fc809a14ff5ae24f1e0c7a6a99cc9dc9061ff",
        "wallet v1 r3",
        Layout::V1,
    ),
    (
        "5c9a5e68c108e18721a07c42f9956bfb39ad77ec6d624b60c576ec88eee65329",
        "wallet v2 r1",
        Layout::V1,
    ),
    (
        "fe9530d3243853083ef2ef0b4c2908c0abf6fa1c31ea243aacaa5bf8c7d753f1",
        "wallet v2 r2",
        Layout::V1,
    ),
    (
        "b61041a58a7980b946e8fb9e198e3c904d24799ffa36574ea4251c41a566f581",
        "wallet v3 r1",
        Layout::V3,
    ),
    (
        "84dafa449f98a6987789ba232358072bc0f76dc4524002a5d0918b9a75d2d599",
        "wallet v3 r2",
        Layout::V3,
    ),
    (
        "64dd54805522c5be8a9db59cea0105ccf0d08786ca79beb8cb79e880a8d7322d",
        "wallet v4 r1",
        Layout::V3,
    ),
    (
        "feb5ff6820e2ff0d9483e7e0d62c817d846789fb4ae580c878866d959dabd5c0",
        "wallet v4 r2",
        Layout::V3,
    ),
    (
        "20834b7b72b112147e1b2fb457b84e74d1a30f04f737d4f62a668e9552d2b72f",
        "wallet v5 r1",
        Layout::V5,
    ),
];

/// Returns the standard wallet of an account, if it is one.
pub(crate) fn recognise(account: &AccountView) -> Option<StandardWallet> {
    let hash = account.code()?.repr_hash().to_string();
    let &(_, kind, layout) = KNOWN.iter().find(|(known, ..)| *known == hash)?;
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
    fn the_clients_wallet_is_known() {
        let code = ddvs_client::owner::wallet_code()
            .unwrap()
            .repr_hash()
            .to_string();
        let known = KNOWN.iter().find(|(known, ..)| *known == code);
        assert_eq!(known.map(|(_, kind, _)| *kind), Some("wallet v5 r1"));
    }
}
