//! Get methods that never end, and that ask for all the memory they can.

use ddvs_client::{Backend, Outgoing, OwnerWallet};
use ddvs_types::COIN;
use tycho_asm_macros::tvmasm;
use tycho_types::boc::Boc;
use tycho_types::cell::{Cell, CellBuilder, CellFamily};
use tycho_types::models::{StateInit, StdAddr};

use super::client::Request;
use super::wallets::until;
use crate::BenchError;

/// They accept messages, whose method number is zero.
const CODES: [&[u8]; 2] = [
    tvmasm!("PUSHCONT { PUSHCONT { NOP } AGAIN } IF"),
    tvmasm!("PUSHCONT { NULL PUSHCONT { INT 1 SWAP PAIR } AGAIN } IF"),
];
/// Coins that each contract gets, in nano.
const VALUE_NANO: u128 = COIN;

/// Deploys the contracts; returns calls of them.
///
/// Fails when the network does not execute that in time.
pub(super) fn deploy(
    backend: &mut dyn Backend,
    faucet: &OwnerWallet,
) -> Result<Vec<Request>, BenchError> {
    let mut calls = Vec::new();
    for code in CODES {
        let state = StateInit {
            code: Some(Boc::decode(code).map_err(|cause| BenchError::NotDone(cause.to_string()))?),
            ..StateInit::default()
        };
        let hash = *CellBuilder::build_from(&state)?.repr_hash();
        let address = StdAddr::new(0, hash);
        if backend.account(&address)?.balance_nano == 0 {
            let deploy = Outgoing::new(address.clone(), VALUE_NANO, Cell::empty_cell());
            let deploy = Outgoing {
                bounce: false,
                ..deploy.with_state_init(state)
            };
            faucet.send(backend, &[deploy])?;
            until(backend, "a contract with endless get methods", |backend| {
                Ok(backend.account(&address)?.balance_nano > 0)
            })?;
        }
        calls.push(Request {
            path: format!("/toncenter/v2/runGetMethod?address={address}&method=endless"),
            body: None,
        });
    }
    Ok(calls)
}
