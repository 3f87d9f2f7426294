//! A record read from a transaction's cell equals the one that the network made.

use ddvs_test_kit::puppets::*;
use ddvs_types::{COIN, MASTERCHAIN, TransactionRecord};

#[test]
fn record_read_from_a_cell_equals_the_networks_record() {
    let mut network = network();
    let path = [addr(1, 2), addr(0, 3), addr(MASTERCHAIN, 1)];
    let there = internal(&addr(1, 1), 3 * COIN, true, puppet::forward(&path));
    let thrown = internal(&addr(1, 1), COIN, true, puppet::throw());
    let nobody = internal(&addr(0, 77), COIN, true, puppet::nothing());
    let messages = [(1, there), (1, thrown), (1, nobody)];
    tell(&mut network, &addr(0, 1), puppet::send(&messages));
    tell(&mut network, &addr(0, 2), puppet::give_all(&addr(1, 3)));
    tell(&mut network, &addr(0, 3), puppet::burn(50));
    let made = transactions(&settle(&mut network));
    assert!(made.iter().any(|t| t.bounced) && made.iter().any(|t| t.destroyed));
    assert!(made.iter().any(|t| t.in_message.is_bounced));
    for made in made {
        let mut read = TransactionRecord::read(made.chain(), made.block_seqno, made.cell.inner())
            .unwrap()
            .unwrap();
        assert_eq!(read.gen_time_ms, made.gen_time_ms / 1_000 * 1_000);
        // facts that the cell does not contain
        (read.gen_time_ms, read.balance_nano) = (made.gen_time_ms, made.balance_nano);
        assert_eq!(format!("{read:?}"), format!("{made:?}"));
    }
}
