//! Mutated messages against the contracts' code, on a network after the demo's scenario: any body from any sender ends in an
//! ordinary exit, leaves readable storage, loses no coin, and one from a stranger changes nothing that belongs to others. The
//! index can read every block.
//!
//! `ddvs-fuzz` documents how long it runs and how to repeat an input.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::OnceLock;

use ddvs_client::{AccountView, Backend, Block, ComputeResult};
use ddvs_contracts::ExitCode;
use ddvs_contracts::messages::{self, *};
use ddvs_contracts::storage::{DElectorStorage, RootStorage, WalletStorage};
use ddvs_embedded::EmbeddedNetwork;
use ddvs_fuzz::{Shape, fuzz};
use ddvs_index::{Identity, decode, observe};
use ddvs_ledger::{ExternalRefusal, HistoryLimits, Network, NetworkState, SendError};
use ddvs_scenario::{DemoOptions, Setup, Stage, tell};
use ddvs_types::COIN;
use tycho_types::boc::Boc;
use tycho_types::cell::{Cell, CellBuilder, HashBytes, Lazy, Load};
use tycho_types::models::{
    AccountState, CurrencyCollection, IntMsgInfo, Message as AnyMessage, MessageLayout, MsgInfo,
    OptionalAccount, OwnedMessage, ShardAccounts, StdAddr,
};

/// Number of messages of each op that are samples: the last ones, which are closest to the network's state.
const OF_EACH_OP: usize = 4;
/// Number of blocks until everything that a message caused has happened.
const MAX_BLOCKS: usize = 400;
/// Possible values of a message, in nano.
const VALUES: [u128; 8] = [
    1,
    COIN / 100,
    COIN / 20,
    COIN / 5,
    COIN,
    3 * COIN,
    20 * COIN,
    10_000 * COIN,
];
/// Maximum gas of a message, whatever its value.
const GAS_LIMIT: u64 = 1_000_000;
/// Exit codes of the TVM for unreadable bodies: a number out of range, a cell with too much or too little data, an
/// invalid dictionary, and in tycho-vm (12) an address of an unknown kind.
const UNREADABLE: [i32; 5] = [5, 8, 9, 10, 12];
/// Messages that a stranger may send although they affect others: all of it is due, or proven.
const FOR_ANYBODY: [u32; 6] = [
    Settle::OP,
    SyncStake::OP,
    PurgeKey::OP,
    SubmitEvidence::OP,
    PublishSet::OP,
    DeployWallet::OP,
];

/// Whether a contract understood a body, whatever it thought of it.
fn is_read(compute: ComputeResult) -> bool {
    match compute {
        ComputeResult::Executed { exit_code, .. } => {
            !UNREADABLE.contains(&exit_code) && exit_code != ExitCode::UnknownOp.code()
        }
        ComputeResult::Skipped(_) => false,
    }
}

fn is_out_of_gas(compute: ComputeResult) -> bool {
    matches!(compute, ComputeResult::Executed { exit_code: -14, gas_used } if gas_used < GAS_LIMIT)
}

#[derive(Clone)]
struct World {
    state: NetworkState,
    identity: Identity,
    /// All messages between the contracts, and from users to them.
    internals: Vec<Sent>,
    /// Messages signed by users.
    externals: Vec<Cell>,
    contracts: BTreeMap<StdAddr, Class>,
    people: BTreeSet<StdAddr>,
}

/// A contract of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Wallet,
    Root,
    DElector,
}

#[derive(Debug, Clone)]
struct Sent {
    source: StdAddr,
    destination: StdAddr,
    /// Of [`VALUES`].
    value: u8,
    body: Cell,
}

impl Sent {
    fn encode(&self) -> Vec<u8> {
        let parts = (
            self.value,
            self.source.clone(),
            self.destination.clone(),
            self.body.clone(),
        );
        Boc::encode(CellBuilder::build_from(parts).unwrap())
    }

    fn decode(input: &[u8]) -> Option<Self> {
        let cell = Boc::decode(input).ok()?;
        let mut slice = cell.as_slice().ok()?;
        let sent = Self {
            value: slice.load_u8().ok()?,
            source: StdAddr::load_from(&mut slice).ok()?,
            destination: StdAddr::load_from(&mut slice).ok()?,
            body: slice.load_reference_cloned().ok()?,
        };
        // no account has another kind of address
        let is_plain = sent.source.anycast.is_none() && sent.destination.anycast.is_none();
        is_plain.then_some(sent)
    }

    fn op(&self) -> u32 {
        let slice = self.body.as_slice();
        slice
            .and_then(|mut slice| slice.load_u32())
            .unwrap_or_default()
    }

    fn message(&self) -> Cell {
        let value_nano = VALUES[usize::from(self.value) % VALUES.len()];
        CellBuilder::build_from(OwnedMessage {
            info: MsgInfo::Int(IntMsgInfo {
                ihr_disabled: true,
                bounce: true,
                src: self.source.clone().into(),
                dst: self.destination.clone().into(),
                value: CurrencyCollection::new(value_nano),
                ..Default::default()
            }),
            init: None,
            body: self.body.clone().into(),
            layout: Some(MessageLayout {
                init_to_cell: false,
                body_to_cell: true,
            }),
        })
        .unwrap()
    }
}

/// The network after the scenario, shared by all tests.
fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let setup = Setup::new(&DemoOptions::default()).unwrap();
        let mut network = EmbeddedNetwork::start(&setup.zerostate, 1, setup.delays()).unwrap();
        let mut progress = |_: &str| {};
        let mut stage = Stage::new(&mut network, setup.story(), &mut progress).unwrap();
        tell(&mut stage).unwrap();
        drop(stage);
        while !network.network().is_idle() {
            network.next_block().unwrap();
        }
        let identity = Identity::read(&network).unwrap();
        let blocks = network.blocks_since(0, usize::MAX).unwrap();
        let network = network.into_network();
        let (mut contracts, mut people) = (BTreeMap::new(), BTreeSet::new());
        for &chain in network.chain_ids() {
            for id in network.accounts(chain).unwrap().keys() {
                let address = StdAddr::new(chain, id.unwrap());
                let view = network.account(&address).unwrap();
                match class(&identity, &view) {
                    Some(class) => drop(contracts.insert(address, class)),
                    None => drop(people.insert(address)),
                }
            }
        }
        let (internals, externals) = traffic(&blocks, &contracts);
        World {
            state: network.export().unwrap(),
            identity,
            internals,
            externals,
            contracts,
            people,
        }
    })
}

fn traffic(
    blocks: &[std::sync::Arc<Block>],
    contracts: &BTreeMap<StdAddr, Class>,
) -> (Vec<Sent>, Vec<Cell>) {
    let mut by_op: BTreeMap<u32, Vec<Sent>> = BTreeMap::new();
    let mut externals = Vec::new();
    for transaction in blocks.iter().flat_map(|block| &block.transactions) {
        let told = &transaction.in_message;
        let Some(source) = told.source.clone() else {
            externals.push(told.cell.clone());
            continue;
        };
        if told.is_bounced || !contracts.contains_key(&transaction.account) {
            continue;
        }
        let message = told.cell.parse::<AnyMessage<'_>>().unwrap();
        let value = VALUES.iter().position(|value| *value >= told.value_nano);
        let sent = Sent {
            source,
            destination: transaction.account.clone(),
            value: value.unwrap_or(VALUES.len() - 1) as u8,
            body: CellBuilder::build_from(message.body).unwrap(),
        };
        by_op.entry(sent.op()).or_default().push(sent);
    }
    let last = |all: Vec<Sent>| all.into_iter().rev().take(OF_EACH_OP);
    let internals = by_op.into_values().flat_map(last).collect();
    (internals, externals)
}

/// The part of a contract's storage that nobody may change.
#[derive(Debug, PartialEq, Eq)]
enum Kind {
    /// All of it.
    Wallet(HashBytes),
    /// Its stake, and its key.
    Root([u128; 4], Option<HashBytes>, bool),
    /// Registered Roots with their stakes, by chain.
    DElector(Vec<(i8, HashBytes, u128, HashBytes)>),
}

/// `None` if it is no contract of the protocol.
fn class(identity: &Identity, view: &AccountView) -> Option<Class> {
    let code = *view.code()?.repr_hash();
    if identity.is_delector(&view.address) {
        Some(Class::DElector)
    } else if code == identity.wallet_code {
        Some(Class::Wallet)
    } else if code == identity.root_code {
        Some(Class::Root)
    } else {
        None
    }
}

/// Panics when the storage cannot be read.
fn kind(class: Class, view: &AccountView) -> Kind {
    let data = view.data().unwrap();
    match class {
        Class::DElector => {
            let storage: DElectorStorage = data.parse().unwrap();
            storage.local.load().unwrap();
            let mut rows = Vec::new();
            for registry in storage.registries.iter() {
                let (chain, registry) = registry.unwrap();
                for root in registry.roots.iter() {
                    let (id, entry) = root.unwrap();
                    rows.push((chain, id, entry.stake.into_inner(), entry.key));
                }
            }
            Kind::DElector(rows)
        }
        Class::Wallet => {
            let storage: WalletStorage = data.parse().unwrap();
            for position in storage.positions.iter() {
                let unlocking = position.unwrap().1.unlocking;
                assert!(unlocking.iter().all(|entry| entry.is_ok()));
            }
            Kind::Wallet(*data.repr_hash())
        }
        Class::Root => {
            let storage: RootStorage = data.parse().unwrap();
            let state = storage.state.map(|state| state.load().unwrap());
            let state = state.unwrap_or_default();
            let (key, _) = state.keys_of().unwrap();
            let amounts = [
                state.owner_active,
                state.owner_unlocking,
                state.users_active,
                state.users_unlocking,
            ];
            let amounts = amounts.map(|amount| amount.into_inner());
            Kind::Root(amounts, key, state.closed)
        }
    }
}

impl World {
    fn network(&self) -> Network {
        let history = HistoryLimits {
            max_blocks: 1_000,
            max_transactions: 10_000,
        };
        Network::restore(self.state.clone(), history).unwrap()
    }

    fn kinds(&self, network: &Network) -> Vec<Kind> {
        let contracts = self.contracts.iter();
        contracts
            .map(|(address, class)| kind(*class, &network.account(address).unwrap()))
            .collect()
    }

    /// The same network, with a mutant in place of all contracts of a class.
    fn with_mutant(&self, class: Class, name: &str) -> Self {
        let artifacts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contracts/artifacts");
        let boc = std::fs::read(artifacts.join(format!("mutants/{name}.boc"))).unwrap();
        let code = Boc::decode(boc).unwrap();
        let mut world = self.clone();
        for site in &mut world.state.chains {
            let mut accounts: ShardAccounts = site.chain.accounts.parse().unwrap();
            for (address, _) in world.contracts.iter().filter(|own| *own.1 == class) {
                if address.workchain != site.chain.id {
                    continue;
                }
                let (depth, mut shard) = accounts.get(address.address).unwrap().unwrap();
                let mut account = shard.load_account().unwrap().unwrap();
                let AccountState::Active(state) = &mut account.state else {
                    panic!("{address} is not active");
                };
                state.code = Some(code.clone());
                shard.account = Lazy::new(&OptionalAccount(Some(account))).unwrap();
                accounts.set(address.address, depth, shard).unwrap();
            }
            site.chain.accounts = CellBuilder::build_from(accounts).unwrap();
        }
        world
    }

    fn is_stranger(&self, address: &StdAddr) -> bool {
        !self.contracts.contains_key(address) && !self.people.contains(address)
    }

    /// Makes blocks until nothing is in flight, and checks each. Returns whether the receiving contract could read
    /// the message. Effects of a captured chain on its own accounts do not matter.
    fn settle(&self, network: Network, captured: Option<i8>) -> (Network, bool) {
        let mut network = EmbeddedNetwork::new(network);
        let mut first = None;
        for _ in 0..MAX_BLOCKS {
            if network.network().is_idle() {
                break;
            }
            let block = network.next_block().unwrap().unwrap();
            for transaction in &block.transactions {
                let is_ours = self.contracts.contains_key(&transaction.account);
                let is_first = first.is_none();
                first.get_or_insert_with(|| is_read(transaction.compute));
                // with too little value for a contract's gas the sender pays for the used part, and nothing happens
                if is_first && is_out_of_gas(transaction.compute) {
                    continue;
                }
                if is_ours && Some(transaction.account.workchain) != captured {
                    look_at(transaction);
                }
            }
            assert!(
                block.config_rejected.is_none(),
                "{:?}",
                block.config_rejected
            );
            let cursor = network.cursor().unwrap();
            let observed = observe(&network, block, cursor).unwrap();
            decode(&self.identity, &observed).unwrap();
        }
        let network = network.into_network();
        assert!(network.is_idle(), "messages go round for ever");
        assert!(network.supply().is_conserved(), "{:?}", network.supply());
        (network, first.unwrap_or(false))
    }
}

/// Checks that the contracts ended with a code that they document.
fn look_at(transaction: &ddvs_client::TransactionRecord) {
    if let ComputeResult::Executed { exit_code, .. } = transaction.compute {
        let is_ordinary = matches!(exit_code, 0 | 1)
            || UNREADABLE.contains(&exit_code)
            || ExitCode::from_code(exit_code).is_some();
        assert!(is_ordinary, "exit code {exit_code}: {transaction:?}");
    }
    let code = transaction.action_code.unwrap_or(0);
    assert_eq!(code, 0, "the action phase failed: {transaction:?}");
}

/// Throws messages at the contracts.
fn throw(target: &str, seconds: u64, world: &World) {
    let before = world.kinds(&world.network());
    let samples: Vec<_> = world.internals.iter().map(Sent::encode).collect();
    fuzz(target, seconds, Shape::Boc, &samples, |input| {
        let Some(sent) = Sent::decode(input) else {
            return false;
        };
        let source = sent.source.workchain;
        let is_forged = world.contracts.contains_key(&sent.source);
        if is_forged && source == sent.destination.workchain {
            // within a chain a contract sends only what its code does; samples are such messages
            return world.internals.iter().any(|known| known.encode() == input);
        }
        let captured = is_forged.then_some(source);
        let mut network = world.network();
        match network.inject_internal(source, sent.message()) {
            Ok(_) => {}
            Err(SendError::Refused(_)) => return false,
            Err(SendError::Fault(fault)) => panic!("{fault}"),
        }
        let (network, is_read) = world.settle(network, captured);
        let after = world.kinds(&network);
        if world.is_stranger(&sent.source) && !FOR_ANYBODY.contains(&sent.op()) {
            assert_eq!(
                after, before,
                "a stranger changed what others have: {sent:?}"
            );
        }
        is_read
    });
}

#[test]
fn no_message_breaks_a_contract() {
    let world = world();
    let ops: BTreeSet<u32> = world.internals.iter().map(Sent::op).collect();
    let known = messages::all()
        .filter(|info| ops.contains(&info.op))
        .count();
    // the scenario has nearly all of them
    assert!(known >= 20, "{known} ops are sent in the story");
    throw("contracts", 15, world);
}

#[test]
fn fuzzing_detects_a_root_that_accepts_any_wallet() {
    let world = world().with_mutant(Class::Root, "root-takes-any-wallet");
    let thrown = catch_unwind(AssertUnwindSafe(|| throw("mutant", 60, &world)));
    let panic = thrown.unwrap_err();
    let said = panic.downcast_ref::<String>().unwrap();
    assert!(
        said.contains("a stranger changed what others have"),
        "{said}"
    );
}

#[test]
fn no_external_message_breaks_the_network() {
    let world = world();
    let samples: Vec<_> = world.externals.iter().map(Boc::encode).collect();
    let before = world.kinds(&world.network());
    fuzz("externals", 5, Shape::Boc, &samples, |input| {
        let Ok(message) = Boc::decode(input) else {
            return false;
        };
        let mut is_read = false;
        for &chain in world.network().chain_ids() {
            let mut network = world.network();
            match network.send_external(chain, message.clone()) {
                Ok(_) => {
                    is_read = true;
                    let (network, _) = world.settle(network, None);
                    // signatures and sequence numbers are not checked by the contracts: nobody has signed this
                    assert_eq!(world.kinds(&network), before);
                }
                Err(SendError::Refused(refusal)) => {
                    is_read |= !matches!(refusal, ExternalRefusal::Malformed { .. });
                }
                Err(SendError::Fault(fault)) => panic!("{fault}"),
            }
        }
        is_read
    });
}
