//! A D'Elector that knows a batch only by votes is made to ask for it, and one that has it, where others have
//! counted.

use crate::common;

use common::{ALICE, network};
use ddvs_client::Backend;
use ddvs_contracts::ExitCode;
use ddvs_contracts::messages::{
    Batch, BatchEntry, BatchVote, Claim, ContentId, Message, Propose, Relay, Vote, Want,
};
use ddvs_people::lacking::{Lack, Lacking, lacking};
use ddvs_people::{Answer, RejectReason, simulate};
use tycho_types::cell::{Cell, CellBuilder, HashBytes, Lazy};
use tycho_types::dict::Dict;
use tycho_types::models::{CurrencyCollection, IntMsgInfo, MsgInfo, OwnedMessage, StdAddr};
use tycho_types::num::Tokens;

const MADE_UP: HashBytes = HashBytes([7; 32]);

/// A captured chain's D'Elector votes for a batch of chain 0 that nobody has.
fn vote(source: StdAddr, to: StdAddr) -> Cell {
    let vote = Vote::one(BatchVote {
        origin: 0,
        seqno: 1,
        batch_hash: MADE_UP,
    });
    said(source, to, &vote)
}

/// A message of a captured chain's D'Elector.
fn said(source: StdAddr, to: StdAddr, body: &impl Message) -> Cell {
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
    assert_eq!(lacking(&net.network, &net.context, copy).unwrap(), []);
    let context = net.context.clone();
    let delector = |chain| context.delector(chain).unwrap().address().clone();
    let message = vote(delector(voter), delector(copy));
    net.network
        .operator()
        .unwrap()
        .inject_internal(voter, message)
        .unwrap();
    net.pass(4);
    let found = lacking(&net.network, &net.context, copy).unwrap();
    let [lacks] = found.as_slice() else {
        panic!("{found:?}");
    };
    assert_eq!((lacks.origin, lacks.seqno), (0, 1));
    assert_eq!(lacks.lack, Lack::Batch);
    assert_eq!(lacks.content, ContentId::of(&MADE_UP));
    assert_eq!(
        (lacks.voters.clone(), lacks.asked.clone()),
        (vec![-1], vec![])
    );

    let payer = net.staker(ALICE, 0).owner;
    let request = lacks.poke(&net.network, &net.context, &payer).unwrap();
    let tried = simulate(&net.network, &net.context, &request).unwrap();
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
    let found = lacking(&net.network, &net.context, copy).unwrap();
    assert_eq!(found[0].asked, [-1]);

    // contents without votes cannot be asked for
    let unknown = Lacking {
        content: ContentId([9; 27]),
        ..found[0].clone()
    };
    let request = unknown.poke(&net.network, &net.context, &payer).unwrap();
    let Answer::Refused(rejection) = net.answer(&request) else {
        panic!("it was taken");
    };
    assert_eq!(
        rejection.reason,
        RejectReason::Exit(ExitCode::NothingToAsk.code())
    );
}

/// A captured chain sends one copy a batch whose base is never reached; that copy counts at its current totals, and
/// someone relays the batch to another one.
#[test]
fn a_copy_is_made_to_ask_where_others_have_counted() {
    let mut net = network();
    let context = net.context.clone();
    let delector = |chain| context.delector(chain).unwrap().address().clone();
    let (origin, told, copy) = (0, 1, -1);
    let storage = context
        .delector(told)
        .unwrap()
        .storage(&net.network)
        .unwrap();
    let registry = storage.registries.get(origin).unwrap().unwrap();
    let (root, entry) = registry.roots.iter().next().unwrap().unwrap();
    let mut entries = Dict::new();
    let change = BatchEntry::SetStake {
        stake: Tokens::new(entry.stake.into_inner() + 1_000_000_000),
        key: entry.key,
        since: entry.since,
        proof: None,
    };
    entries.set(root, change).unwrap();
    let mut base = CellBuilder::new();
    base.store_u8(1).unwrap();
    base.store_u32(100).unwrap();
    let batch = Batch {
        origin,
        seqno: 1,
        previous: registry.last_hash,
        base: base.build().unwrap(),
        entries,
    };
    let batch = Lazy::new(&batch).unwrap();
    let hash = *batch.inner().repr_hash();
    let propose = Propose {
        batch: batch.clone(),
    };
    let mut inject = |from, message| {
        let operator = net.network.operator().unwrap();
        operator.inject_internal(from, message).unwrap();
        net.pass(6);
    };
    inject(origin, said(delector(origin), delector(told), &propose));
    inject(told, said(delector(told), delector(copy), &Relay { batch }));
    let found = lacking(&net.network, &net.context, copy).unwrap();
    let [lacks] = found.as_slice() else {
        panic!("{found:?}");
    };
    assert_eq!(
        (lacks.origin, lacks.seqno, lacks.content),
        (origin, 1, ContentId::of(&hash))
    );
    assert_eq!(lacks.lack, Lack::Base);
    assert_eq!(lacking(&net.network, &net.context, told).unwrap(), []);

    let payer = net.staker(ALICE, 0).owner;
    let request = lacks.poke(&net.network, &net.context, &payer).unwrap();
    assert_eq!(net.answer(&request), Answer::Taken);
    net.pass(4);
    let heard = |chain, op| {
        let heard = net.network.transactions(&delector(chain), 0, 1_000);
        let messages = heard
            .unwrap()
            .into_iter()
            .map(|heard| heard.in_message.cell.clone());
        let is_it = |cell: &Cell| {
            let message = cell.parse::<tycho_types::models::Message<'_>>();
            message.unwrap().body.get_u32(0).ok() == Some(op)
        };
        messages.filter(is_it).count()
    };
    assert_eq!((heard(told, Want::OP), heard(copy, Claim::OP)), (1, 1));
}
