//! Messages that no transaction can accept: the network continues, and every dialect reports their outcome.

use ddvs_client::Live;
use ddvs_client::{Backend, Outgoing, OwnerWallet};
use ddvs_devnet::GLOBAL_ID;
use serde_json::{Value, json};
use tycho_types::cell::{Cell, CellBuilder, CellFamily, HashBytes, Store};
use tycho_types::models::{
    CurrencyCollection, IntAddr, IntMsgInfo, MsgInfo, OwnedRelaxedMessage, RelaxedIntMsgInfo,
    RelaxedMsgInfo, StateInit, StdAddr, VarAddr,
};
use tycho_types::num::Uint9;

use crate::http::Http;
use crate::server::{COIN, Server};

/// `PUSH s2; CTOS; PLDU 4; PUSHINT 1; AND; IFRET`: accepts bounces without effect, and otherwise
/// `PUSH c4; CTOS; LDREF; DROP; PUSHINT 1; SENDRAWMSG`: sends the message that its data refers to.
const SENDER_CODE: [u8; 16] = [
    0x22, 0xd0, 0xd7, 0x0b, 0x03, 0x71, 0xb0, 0xdc, 0xed, 0x44, 0xd0, 0xd4, 0x30, 0x71, 0xfb, 0x00,
];

/// A message to an address of 8 bits in the masterchain.
fn to_nowhere() -> Cell {
    CellBuilder::build_from(OwnedRelaxedMessage {
        info: RelaxedMsgInfo::Int(RelaxedIntMsgInfo {
            ihr_disabled: true,
            bounce: true,
            dst: IntAddr::Var(VarAddr {
                anycast: None,
                address_len: Uint9::new(8),
                workchain: -1,
                address: vec![0xff],
            }),
            value: CurrencyCollection::new(COIN),
            ..Default::default()
        }),
        init: None,
        body: Cell::empty_cell().into(),
        layout: None,
    })
    .unwrap()
}

/// A contract that sends this message when it is deployed.
fn sender_of(message: Cell) -> (StdAddr, StateInit) {
    let mut code = CellBuilder::new();
    code.store_raw(&SENDER_CODE, 128).unwrap();
    let state = StateInit {
        code: Some(code.build().unwrap()),
        data: Some(CellBuilder::build_from(message).unwrap()),
        ..Default::default()
    };
    let cell = CellBuilder::build_from(&state).unwrap();
    (StdAddr::new(0, *cell.repr_hash()), state)
}

fn message(http: &Http, hash: &HashBytes) -> Option<Value> {
    let answer = http.get(&format!("/api/v1/messages/{hash}"));
    let body = (answer.status == 200).then(|| answer.json())?;
    (body["now"]["status"] == "returned").then_some(body)
}

fn assert_goes_on(server: &Server) {
    let heads = [-1, 0, 1].map(|chain| (chain, server.status(chain).seqno));
    for (chain, seqno) in heads {
        server.until("another block", |_| {
            (server.status(chain).seqno > seqno + 1).then_some(())
        });
    }
    assert_eq!(server.http.get("/health").text, "ok\n");
    assert!(server.running.live.supply().unwrap().is_conserved());
}

#[test]
fn message_to_an_impossible_address_is_returned() {
    let server = Server::start();
    let faucet = OwnerWallet::new(server.keys.faucet, 0, GLOBAL_ID).unwrap();
    let (sender, state) = sender_of(to_nowhere());
    let deploy = Outgoing::new(sender.clone(), 2 * COIN, Cell::empty_cell());
    let external = faucet
        .build_external(0, u32::MAX, true, &[deploy.with_state_init(state)])
        .unwrap();
    let hash = server.running.live.send(external).unwrap();

    let sent = server.until("the message", |_| {
        let network = server.running.live.read();
        let own = network.transactions(&sender, 0, 1).unwrap().pop()?;
        Some(*own.out_messages.first().expect("it sends one").hash())
    });
    let body = server.until("its end", |http| message(http, &sent));
    assert_eq!(body["now"]["note"], "no account can have that address");
    assert_eq!(body["message"]["destination"], Value::Null);
    let back = body["now"]["returned_as"].as_str().expect("it goes back");
    server.until("its return", |http| {
        let back = http.get(&format!("/api/v1/messages/{back}"));
        (back.status == 200 && back.json()["now"]["status"] == "executed").then_some(())
    });
    let tree = server.until("the tree", |http| {
        let tree = http.get(&format!("/api/v1/messages/{hash}/tree")).ok();
        (tree["is_settled"] == true).then_some(tree)
    });
    assert!(tree["nodes"].as_array().unwrap().len() >= 4, "{tree:#}");
    let path = format!("/toncenter/v2/getTransactions?address={sender}&limit=5");
    let told = server.http.get(&path).ok();
    assert_eq!(told["result"].as_array().unwrap().len(), 2, "{told:#}");
    let listed = server.http.post(
        "/rpc",
        &json!({"jsonrpc": "2.0", "id": 1, "method": "getTransactionsList", "params": {"account": sender.to_string(), "limit": 5}}),
    );
    assert_eq!(listed.ok()["result"].as_array().unwrap().len(), 2);
    assert_goes_on(&server);
}

#[test]
fn a_message_on_which_the_engine_breaks_is_told_as_an_event() {
    let server = Server::start();
    let mut builder = CellBuilder::new();
    let info = MsgInfo::Int(IntMsgInfo {
        bounce: false,
        src: server.running.index.identity().delectors[&0].clone().into(),
        dst: server.running.index.identity().delectors[&1].clone().into(),
        value: CurrencyCollection::new(COIN),
        ..Default::default()
    });
    info.store_into(&mut builder, Cell::empty_context())
        .unwrap();
    builder.store_uint(0b11, 2).unwrap(); // a state init in a reference, which holds none
    builder
        .store_reference(CellBuilder::build_from(u64::MAX).unwrap())
        .unwrap();
    builder.store_bit_zero().unwrap();
    let broken = builder.build().unwrap();
    // as it could come from another chain
    let hash = {
        let mut network = server.running.live.write();
        network.network_mut().inject_internal(0, broken).unwrap()
    };
    let body = server.until("its end", |http| message(http, &hash));
    let note = body["now"]["note"].as_str().unwrap();
    assert!(note.starts_with("the engine failed"), "{note}");
    assert_eq!(body["now"]["returned_as"], Value::Null);
    // the index follows a little later
    let event = server.until("its event", |http| {
        let events = http.get("/api/v1/events?kinds=message_fault").ok();
        events["items"].get(0).cloned()
    });
    assert_eq!(event["kind"], "message_fault");
    let note = event["note"].as_str().unwrap();
    assert!(note.contains(&hash.to_string()), "{note}");
    assert_goes_on(&server);
}
