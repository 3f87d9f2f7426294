//! A D'Elector that knows a batch by votes only is made to ask for it.
#![allow(clippy::unwrap_used)]

mod common;

use common::{ALICE, network};
use ddvs_client::Backend;
use ddvs_contracts::ExitCode;
use ddvs_contracts::messages::{BatchVote, ContentId, Message, Vote, Want};
use ddvs_people::lacking::{Lacking, lacking};
use ddvs_people::{Answer, Why, simulate};
use tycho_types::cell::{Cell, CellBuilder, HashBytes};
use tycho_types::models::{CurrencyCollection, IntMsgInfo, MsgInfo, OwnedMessage, StdAddr};

const MADE_UP: HashBytes = HashBytes([7; 32]);

/// A captured chain's D'Elector votes for a batch of chain 0 that nobody has.
fn vote(source: StdAddr, to: StdAddr) -> Cell {
    let body = Vote::one(BatchVote {
        origin: 0,
        seqno: 1,
        batch_hash: MADE_UP,
    });
    let info = IntMsgInfo {
        ihr_disabled: true,
        bounce: false,
        src: source.into(),
        dst: to.into(),
        value: CurrencyCollection::new(1_000_000_000),
        created_lt: 1,
        ..IntMsgInfo::default()
    };
    let message = OwnedMessage {
        info: MsgInfo::Int(info),
        init: None,
        body: body.to_cell().unwrap().into(),
        layout: None,
    };
    CellBuilder::build_from(message).unwrap()
}

#[test]
fn a_copy_is_made_to_ask_for_what_it_lacks() {
    let mut net = network();
    let (copy, voter) = (1, -1);
    assert_eq!(lacking(&net.network, &net.site, copy).unwrap(), []);
    let site = net.site.clone();
    let delector = |chain| site.delector(chain).unwrap().address().clone();
    let message = vote(delector(voter), delector(copy));
    net.network
        .operator()
        .unwrap()
        .inject_internal(voter, message)
        .unwrap();
    net.pass(4);
    let found = lacking(&net.network, &net.site, copy).unwrap();
    let [lacks] = found.as_slice() else {
        panic!("{found:?}");
    };
    assert_eq!((lacks.origin, lacks.seqno), (0, 1));
    assert_eq!(lacks.content, ContentId::of(&MADE_UP));
    assert_eq!(
        (lacks.voters.clone(), lacks.asked.clone()),
        (vec![-1], vec![])
    );

    let payer = net.staker(ALICE, 0).owner;
    let request = lacks.poke(&net.network, &net.site, &payer).unwrap();
    let tried = simulate(&net.network, &net.site, &request).unwrap();
    assert_eq!(tried.answer, Some(Answer::Taken));
    assert_eq!(net.answer(&request), Answer::Taken);
    let asked = net
        .network
        .transactions(&delector(voter), 0, 1_000)
        .unwrap();
    let wants = asked.iter().filter(|transaction| {
        let message = transaction
            .in_message
            .cell
            .parse::<tycho_types::models::Message<'_>>();
        message.unwrap().body.get_u32(0).ok() == Some(Want::OP)
    });
    assert_eq!(wants.count(), 1);
    let found = lacking(&net.network, &net.site, copy).unwrap();
    assert_eq!(found[0].asked, [-1]);

    // what nobody voted for cannot be asked for
    let unknown = Lacking {
        content: ContentId([9; 27]),
        ..found[0].clone()
    };
    let request = unknown.poke(&net.network, &net.site, &payer).unwrap();
    let Answer::Refused(no) = net.answer(&request) else {
        panic!("it was taken");
    };
    assert_eq!(no.why, Why::Exit(ExitCode::NothingToAsk.code()));
}
