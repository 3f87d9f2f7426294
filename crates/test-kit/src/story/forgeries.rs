//! Mallory forges Roots, wallets, proposals and votes.

use ddvs_client::seeded::Person;
use ddvs_contracts::messages::{
    Batch, BatchVote, ConfirmStake, Message, Propose, Stake, UpdateStake, Vote,
};
use ddvs_contracts::{ExitCode, RootTerms};
use ddvs_types::COIN;
use tycho_types::cell::{Cell, HashBytes, Lazy};
use tycho_types::dict::Dict;
use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;

use super::refused;
use crate::{Validator, World};

/// Value of a forgery: more than any change needs, so that it does not fail for lack of value.
const VALUE: u128 = 20 * COIN;
/// The stake that Mallory claims, in nano.
const CLAIMED: Tokens = Tokens::new(1_000_000 * COIN);

/// All of these, by Mallory's accounts on workchains 1 and 2 and in the masterchain.
pub(super) fn all_are_refused(world: &mut World, nora: &Validator) {
    root(world, nora);
    wallet(world, nora);
    root_in_masterchain(world, nora);
    proposal_and_vote(world);
    wrong_chain(world, nora);
}

#[track_caller]
fn try_in_vain(world: &mut World, who: &Person, to: &StdAddr, body: &impl Message, code: ExitCode) {
    refused(world, who, World::message(to, body, VALUE), code);
}

/// The claim of a large stake for the Root of these terms, with a key of someone else.
fn claim(world: &World, terms: &RootTerms, nora: &Validator) -> UpdateStake {
    UpdateStake {
        seq: 1,
        total: CLAIMED,
        key: nora.key.public(),
        code_hash: world.network.root_code_hash,
        terms: Lazy::new(terms).expect("terms can be encoded"),
        proof: None,
    }
}

/// Claims a stake from an ordinary account, and for code of her own; stakes with an address that is no Root.
fn root(world: &mut World, nora: &Validator) {
    let mallory = world.person(1, 2);
    let terms = world.terms(&mallory, 666);
    let delector = world.delector(1).address().clone();
    let body = claim(world, &terms, nora);
    let code = ExitCode::NotAuthenticRoot;
    try_in_vain(world, &mallory, &delector, &body, code);
    let other_code = UpdateStake {
        code_hash: HashBytes([0x66; 32]),
        ..body
    };
    let code = ExitCode::UnknownRootCode;
    try_in_vain(world, &mallory, &delector, &other_code, code);

    world.deposit(&mallory, 100 * COIN);
    let stake = Stake {
        query_id: world.query_id(),
        amount: Tokens::new(20 * COIN),
        root: mallory.address().clone(),
        terms: Lazy::new(&terms).expect("terms can be encoded"),
    };
    let wallet = world.wallet(&mallory).address().clone();
    let code = ExitCode::NotAuthenticRoot;
    try_in_vain(world, &mallory, &wallet, &stake, code);
}

/// Confirms stakes to a Root as if her account were a wallet: hers, and another user's.
fn wallet(world: &mut World, nora: &Validator) {
    let mallory = world.person(1, 2);
    for owner in [&mallory, &world.person(0, 0)] {
        let confirm = ConfirmStake {
            query_id: world.query_id(),
            amount: CLAIMED,
            owner: owner.address().clone(),
        };
        let (root, code) = (nora.root.address(), ExitCode::NotAuthenticWallet);
        try_in_vain(world, &mallory, root, &confirm, code);
    }
}

/// Deploys a Root in the masterchain and registers a key with it; claims a stake there herself.
fn root_in_masterchain(world: &mut World, nora: &Validator) {
    let mallory = world.person(-1, 0);
    let root = world.root_of(&mallory, 667);
    let deploy = root.deploy(COIN).expect("a deployment can be encoded");
    world.act(&mallory, &[deploy]);
    let register = world.register_message(&root, &nora.key);
    let code = ExitCode::RootInMasterchain;
    refused(world, &mallory, register, code);
    let delector = world.delector(-1).address().clone();
    let body = claim(world, root.terms(), nora);
    try_in_vain(world, &mallory, &delector, &body, code);
}

/// Proposes a batch of workchain 0 and votes for it.
fn proposal_and_vote(world: &mut World) {
    let mallory = world.person(1, 2);
    let delector = world.delector(1).address().clone();
    let registry = world.registry(1, 0);
    let (origin, seqno) = (0, registry.seqno + 1);
    let batch = Batch {
        origin,
        seqno,
        previous: registry.last_hash,
        base: Cell::default(),
        entries: Dict::new(),
    };
    let batch = Lazy::new(&batch).expect("a batch can be encoded");
    let batch_hash = *batch.inner().repr_hash();
    let code = ExitCode::NotPeer;
    try_in_vain(world, &mallory, &delector, &Propose { batch }, code);
    let vote = Vote::one(BatchVote {
        origin,
        seqno,
        batch_hash,
    });
    try_in_vain(world, &mallory, &delector, &vote, code);
}

/// Deploys a Root and a wallet of workchain 1 on workchain 2, and uses them.
fn wrong_chain(world: &mut World, nora: &Validator) {
    let (mallory, code) = (world.person(2, 1), ExitCode::WrongChain);
    let right = world.root_on(&mallory, 1, 668);
    let moved = StdAddr::new(2, right.address().address);
    let mut deploy = right.deploy(COIN).expect("a deployment can be encoded");
    deploy.to = moved.clone();
    world.act(&mallory, &[deploy]);
    let mut register = world.register_message(&right, &nora.key);
    register.to = moved;
    refused(world, &mallory, register, code);
    let delector = world.delector(1).address().clone();
    let body = claim(world, right.terms(), nora);
    try_in_vain(world, &mallory, &delector, &body, code);

    let wallet = world.wallet_on(&mallory, 1);
    let moved = StdAddr::new(2, wallet.address().address);
    let deposit = wallet.deposit(50 * COIN);
    let mut deposit = deposit.expect("a deposit can be encoded");
    deposit.to = moved.clone();
    world.act(&mallory, &[deposit]);
    let id = world.query_id();
    let stake = wallet.stake(&nora.root, 10 * COIN, VALUE, id);
    let mut stake = stake.expect("a stake can be encoded");
    stake.to = moved;
    refused(world, &mallory, stake, code);
}
