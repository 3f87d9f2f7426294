//! Messages that cannot be read end with codes of the virtual machine, one of which TON's has another number for.

use crate::common;

use common::addr;
use common::bench::COIN;
use common::pool::Pool;
use ddvs_contracts::error::UNREADABLE_ADDRESS;
use ddvs_contracts::messages::{DeployWallet, Message};
use tycho_types::cell::CellBuilder;

/// A kind of address, and how it is written.
type Kind = (&'static str, &'static dyn Fn(&mut CellBuilder));

/// The exit code of `DeployWallet` with something else in the place of the owner.
fn with_owner(store: impl FnOnce(&mut CellBuilder)) -> i32 {
    let mut pool = Pool::new();
    let mut body = CellBuilder::new();
    body.store_u32(DeployWallet::OP).unwrap();
    body.store_u64(1).unwrap();
    store(&mut body);
    let (src, root) = (addr(0, 9), pool.root.clone());
    let body = body.build().unwrap();
    pool.bench.post(&src, &root, 5 * COIN, true, None, body);
    let transactions = pool.bench.run();
    transactions[0].exit_code
}

#[test]
fn an_address_of_another_kind_has_its_own_code() {
    let kinds: [Kind; 3] = [
        ("addr_none", &|body| body.store_zeros(2).unwrap()),
        ("addr_extern", &|body| {
            body.store_small_uint(0b01, 2).unwrap();
            body.store_uint(8, 9).unwrap();
            body.store_u8(1).unwrap();
        }),
        ("addr_var", &|body| {
            body.store_small_uint(0b110, 3).unwrap();
            body.store_uint(256, 9).unwrap();
            body.store_u32(0).unwrap();
            body.store_zeros(256).unwrap();
        }),
    ];
    for (kind, store) in kinds {
        let code = with_owner(|body| {
            store(body);
            body.store_u8(0).unwrap();
        });
        assert_eq!(code, UNREADABLE_ADDRESS.here, "{kind}");
    }
    // what is merely too short has the same code everywhere
    assert_eq!(with_owner(|_| ()), UNREADABLE_ADDRESS.on_ton);
    let half = with_owner(|body| body.store_small_uint(0b100, 3).unwrap());
    assert_eq!(half, UNREADABLE_ADDRESS.on_ton);
}
