//! The world: acting, waiting and looking.

use ddvs_client::{
    Backend, ChainId, DElector, DePoolRoot, DePoolWallet, EmbeddedNetwork, FollowLimits,
    MessageTree, Operator, Outgoing, follow,
};
use ddvs_contracts::messages::{Evidence, Message};
use ddvs_contracts::params::{DdvsParams, PARAM_DDVS};
use ddvs_contracts::signing::{self, ConsensusVote};
use ddvs_contracts::storage::{
    ChainRegistry, DElectorStorage, Local, Position, RootEntry, RootState,
};
use ddvs_contracts::{Codes, Network, RootTerms};
use ddvs_scenario::cast::{ConsensusKey, Person};
use ddvs_zerostate::{
    AccountSpec, COIN, ChainSpec, MASTERCHAIN, Spec, Terms, ValidatorSpec, Zerostate,
};
use tycho_types::cell::{Cell, CellBuilder, HashBytes};
use tycho_types::models::{
    CurrencyCollection, IntMsgInfo, MsgInfo, OwnedMessage, StdAddr, ValidatorSet,
};
use tycho_types::num::Tokens;

use crate::Shape;

/// Signature domain of the world's wallets.
const NETWORK_ID: i32 = 0x0000_dd76;
/// Blocks, of all chains together, that one action may take.
const MAX_BLOCKS: usize = 800;

/// A validator: its owner, its key and its Root.
#[derive(Debug, Clone)]
pub struct Validator {
    /// Who runs it.
    pub owner: Person,
    /// Its consensus key.
    pub key: ConsensusKey,
    /// Its Root.
    pub root: DePoolRoot,
}

/// A running network and everybody on it.
#[derive(Debug, Clone)]
pub struct World {
    /// The network.
    pub net: EmbeddedNetwork,
    /// What the contracts' addresses follow from.
    pub network: Network,
    /// Code of the contracts.
    pub codes: Codes,
    /// What the zerostate was built from.
    pub spec: Spec,
    /// Genesis validators by chain.
    pub validators: Vec<Vec<Validator>>,
    /// People by chain, the masterchain's first.
    pub people: Vec<Vec<Person>>,
    terms: Terms,
    seed: u64,
    query_id: u64,
}

impl World {
    /// Builds the zerostate and starts the network.
    #[track_caller]
    pub fn new(shape: &Shape) -> Self {
        Self::edited(shape, |_| ())
    }

    /// The same, with changes to the zerostate that no network file can ask for.
    #[track_caller]
    pub fn edited(shape: &Shape, edit: impl FnOnce(&mut Zerostate)) -> Self {
        let (spec, owners, people) = cast(shape);
        let mut zerostate =
            ddvs_zerostate::build_with(&spec, &shape.codes).expect("the shape is a sound network");
        edit(&mut zerostate);
        Self::start(shape, spec, &zerostate, owners, people)
    }

    fn start(
        shape: &Shape,
        spec: Spec,
        zerostate: &Zerostate,
        owners: Vec<Vec<(Person, ConsensusKey)>>,
        people: Vec<Vec<Person>>,
    ) -> Self {
        let net = EmbeddedNetwork::start(zerostate, shape.seed, shape.delays.clone())
            .expect("the zerostate is sound");
        let mut world = Self {
            net,
            network: zerostate.network.clone(),
            codes: shape.codes.clone(),
            spec,
            validators: Vec::new(),
            people,
            terms: shape.terms.clone(),
            seed: shape.seed,
            query_id: 0,
        };
        for list in owners {
            let validator = |(index, (owner, key)): (usize, (Person, ConsensusKey))| Validator {
                root: world.root_of(&owner, index as u64),
                owner,
                key,
            };
            let validators = list.into_iter().enumerate().map(validator).collect();
            world.validators.push(validators);
        }
        world
    }

    // --- Who ---

    /// Person `index` on `chain`.
    pub fn person(&self, chain: ChainId, index: usize) -> Person {
        self.people[(chain + 1) as usize][index].clone()
    }

    /// Genesis validator `index` of workchain `chain`.
    pub fn validator(&self, chain: ChainId, index: usize) -> Validator {
        self.validators[chain as usize][index].clone()
    }

    /// A consensus key by name.
    pub fn key(&self, name: &str) -> ConsensusKey {
        ConsensusKey::new(self.seed, name)
    }

    /// All chains, the masterchain first.
    pub fn chains(&self) -> Vec<ChainId> {
        self.net.network().chain_ids().to_vec()
    }

    // --- Handles ---

    /// The D'Elector of `chain`.
    pub fn delector(&self, chain: ChainId) -> DElector {
        DElector::new(&self.network, chain).expect("a D'Elector's address can be computed")
    }

    /// The DePool Wallet of somebody on their own chain.
    pub fn wallet(&self, who: &Person) -> DePoolWallet {
        self.wallet_on(who, who.address().workchain)
    }

    /// The DePool Wallet of somebody on `chain`.
    pub fn wallet_on(&self, who: &Person, chain: ChainId) -> DePoolWallet {
        DePoolWallet::with_codes(&self.codes, &self.network, chain, who.address())
            .expect("a wallet's address can be computed")
    }

    /// The Root of somebody on their own chain, deployed or not. Genesis Roots have their validator's index as nonce;
    /// take nonces from 100 on for others.
    pub fn root_of(&self, owner: &Person, nonce: u64) -> DePoolRoot {
        self.root_on(owner, owner.address().workchain, nonce)
    }

    /// The Root of somebody on `chain`.
    pub fn root_on(&self, owner: &Person, chain: ChainId, nonce: u64) -> DePoolRoot {
        self.root_with(self.terms(owner, nonce), chain)
    }

    /// The Root with these terms on `chain`.
    pub fn root_with(&self, terms: RootTerms, chain: ChainId) -> DePoolRoot {
        DePoolRoot::with_codes(&self.codes, &self.network, chain, terms)
            .expect("a Root's address can be computed")
    }

    /// The terms of this world's Roots.
    pub fn terms(&self, owner: &Person, nonce: u64) -> RootTerms {
        RootTerms {
            owner: owner.address().clone(),
            lock_period: self.terms.lock_period,
            unlock_period: self.terms.unlock_period,
            min_stake: Tokens::new(self.terms.min_stake_nano.into()),
            nonce,
        }
    }

    // --- Acting ---

    /// A number for a request.
    pub fn query_id(&mut self) -> u64 {
        self.query_id += 1;
        self.query_id
    }

    /// What a change of a stake needs attached on `chain`, in nano.
    pub fn change_value(&self, chain: ChainId) -> u128 {
        self.params(chain).change_value_nano().into()
    }

    /// Sends messages from somebody's account, without waiting.
    #[track_caller]
    pub fn send(&mut self, who: &Person, messages: &[Outgoing]) -> HashBytes {
        who.wallet
            .send(&mut self.net, messages)
            .expect("the account takes the message")
    }

    /// Follows a message to the end of everything that it causes.
    #[track_caller]
    pub fn follow(&mut self, hash: HashBytes) -> MessageTree {
        let tree = self.follow_within(hash, MAX_BLOCKS);
        assert!(tree.is_settled(), "it does not come to its end:\n{tree}");
        tree
    }

    /// Follows a message for at most `max_blocks` blocks of all chains together.
    #[track_caller]
    pub fn follow_within(&mut self, hash: HashBytes, max_blocks: usize) -> MessageTree {
        let limits = FollowLimits {
            max_blocks,
            ..FollowLimits::default()
        };
        follow(&mut self.net, hash, limits).expect("the network answers")
    }

    /// Sends messages from somebody's account and follows them to their end.
    #[track_caller]
    pub fn act(&mut self, who: &Person, messages: &[Outgoing]) -> MessageTree {
        let hash = self.send(who, messages);
        self.follow(hash)
    }

    /// The same; every message must do what it should.
    #[track_caller]
    pub fn must(&mut self, who: &Person, messages: &[Outgoing]) -> MessageTree {
        let tree = self.act(who, messages);
        assert!(tree.succeeded(), "a message failed:\n{tree}");
        tree
    }

    /// A message of any contract's language to any address.
    #[track_caller]
    pub fn message(to: &StdAddr, body: &impl Message, value_nano: u128) -> Outgoing {
        Outgoing::new(
            to.clone(),
            value_nano,
            body.to_cell().expect("the body can be encoded"),
        )
    }

    /// Brings `amount` coins in nano into the wallet of `who` on their own chain, besides its reserve.
    #[track_caller]
    pub fn deposit(&mut self, who: &Person, amount_nano: u128) {
        let deposit = self
            .wallet(who)
            .deposit(amount_nano + u128::from(COIN))
            .expect("a deposit can be encoded");
        self.must(who, &[deposit]);
    }

    /// The message by which `who` stakes from the wallet on their own chain.
    #[track_caller]
    pub fn stake_message(
        &mut self,
        who: &Person,
        root: &DePoolRoot,
        amount_nano: u128,
    ) -> Outgoing {
        let (wallet, id) = (self.wallet(who), self.query_id());
        let value = self.change_value(wallet.address().workchain);
        wallet
            .stake(root, amount_nano, value, id)
            .expect("a stake can be encoded")
    }

    /// Stakes from the wallet on one's own chain.
    #[track_caller]
    pub fn stake(&mut self, who: &Person, root: &DePoolRoot, amount_nano: u128) -> MessageTree {
        let stake = self.stake_message(who, root, amount_nano);
        self.act(who, &[stake])
    }

    /// Deposits and stakes; all of it must succeed.
    #[track_caller]
    pub fn deposit_and_stake(&mut self, who: &Person, root: &DePoolRoot, amount_nano: u128) {
        self.deposit(who, amount_nano);
        let tree = self.stake(who, root, amount_nano);
        assert!(tree.succeeded(), "a message failed:\n{tree}");
    }

    /// Unstakes; returns what became of it.
    #[track_caller]
    pub fn unstake(&mut self, who: &Person, root: &DePoolRoot, amount_nano: u128) -> MessageTree {
        let (wallet, id) = (self.wallet(who), self.query_id());
        let value = self.change_value(wallet.address().workchain);
        let unstake = wallet
            .unstake(root.address(), amount_nano, value, id)
            .expect("an unstake can be encoded");
        self.act(who, &[unstake])
    }

    /// Settles the position that `whose` wallet has with a Root; `who` pays.
    #[track_caller]
    pub fn settle_position(
        &mut self,
        who: &Person,
        whose: &Person,
        root: &DePoolRoot,
    ) -> MessageTree {
        let (wallet, id) = (self.wallet(whose), self.query_id());
        let value = self.change_value(wallet.address().workchain);
        let settle = wallet
            .settle(root.address(), value, id)
            .expect("a settle can be encoded");
        self.act(who, &[settle])
    }

    /// Deploys a Root and registers a key with it, without a stake.
    #[track_caller]
    pub fn open_root(&mut self, owner: &Person, root: &DePoolRoot, key: &ConsensusKey) {
        let deploy = root
            .deploy(COIN.into())
            .expect("a deployment can be encoded");
        self.must(owner, &[deploy]);
        let register = self.register_message(root, key);
        self.must(owner, &[register]);
    }

    /// The message that registers a key with a Root.
    #[track_caller]
    pub fn register_message(&mut self, root: &DePoolRoot, key: &ConsensusKey) -> Outgoing {
        let proof = key.prove(&self.network.genesis, root.address());
        let (value, id) = (self.change_value(root.address().workchain), self.query_id());
        root.register_key(key.public(), &proof, value, id)
            .expect("a registration can be encoded")
    }

    /// Makes a validator out of a person: Root with nonce 100, key of the person's name, stake from their own wallet.
    #[track_caller]
    pub fn join(&mut self, who: &Person, stake_nano: u128) -> Validator {
        let (root, key) = (self.root_of(who, 100), self.key(&who.name));
        self.open_root(who, &root, &key);
        self.deposit_and_stake(who, &root, stake_nano);
        Validator {
            owner: who.clone(),
            key,
            root,
        }
    }

    /// Asks a Root's D'Elector again for what it does not count yet.
    #[track_caller]
    pub fn sync(&mut self, who: &Person, root: &DePoolRoot, value_nano: u128) -> MessageTree {
        let id = self.query_id();
        let sync = root.sync(value_nano, id).expect("a sync can be encoded");
        self.act(who, &[sync])
    }

    /// Closes a Root.
    #[track_caller]
    pub fn close(&mut self, owner: &Person, root: &DePoolRoot) -> MessageTree {
        let (value, id) = (self.change_value(root.address().workchain), self.query_id());
        let close = root.close(value, id).expect("a closing can be encoded");
        self.act(owner, &[close])
    }

    /// Two conflicting votes of a key on `chain` at `height`.
    pub fn double_vote(&self, key: &ConsensusKey, chain: ChainId, height: u64) -> Evidence {
        let vote = |value: u8| ConsensusVote {
            chain,
            height,
            round: 0,
            vote_type: 1,
            value_hash: HashBytes([value; 32]),
        };
        let genesis = &self.network.genesis;
        let (first, second) = (
            signing::sign_vote(key.pair(), genesis, &vote(1)),
            signing::sign_vote(key.pair(), genesis, &vote(2)),
        );
        signing::evidence(key.public(), &vote(1), first, vote(2).value_hash, second)
            .expect("evidence can be encoded")
    }

    /// Brings evidence to the D'Elector of `chain`.
    #[track_caller]
    pub fn accuse(&mut self, who: &Person, chain: ChainId, evidence: &Evidence) -> MessageTree {
        let (delector, id) = (self.delector(chain), self.query_id());
        let value = self.change_value(chain);
        let message = delector
            .submit_evidence(evidence, value, id)
            .expect("evidence can be encoded");
        self.act(who, &[message])
    }

    /// Puts an internal message into the queue as if `source` had sent it: a captured chain.
    #[track_caller]
    pub fn inject(&mut self, source: &StdAddr, to: &StdAddr, body: &impl Message) -> HashBytes {
        let message = internal(source, to, body, u128::from(COIN));
        self.net
            .inject_internal(source.workchain, message)
            .expect("the message can be queued")
    }

    // --- Time ---

    /// Lets the next block happen.
    #[track_caller]
    pub fn step(&mut self) {
        self.net
            .next_block()
            .expect("the network answers")
            .expect("some chain makes blocks");
    }

    /// Lets blocks happen until no message waits anywhere.
    #[track_caller]
    pub fn settle(&mut self) {
        for _ in 0..10 * MAX_BLOCKS {
            if self.net.is_idle() {
                return;
            }
            self.step();
        }
        panic!("the network does not come to rest");
    }

    /// Lets blocks happen until `done`. Returns whether it was within `max_blocks`.
    #[track_caller]
    pub fn wait_for(&mut self, max_blocks: usize, mut done: impl FnMut(&Self) -> bool) -> bool {
        for _ in 0..max_blocks {
            if done(self) {
                return true;
            }
            self.step();
        }
        done(self)
    }

    /// The network's time, in unix seconds.
    pub fn now(&self) -> u32 {
        (self.net.network().now_ms() / 1_000) as u32
    }

    /// Lets `seconds` pass on all live chains.
    #[track_caller]
    pub fn pass(&mut self, seconds: u32) {
        let until = self.net.network().now_ms() + u64::from(seconds) * 1_000;
        while self.net.network().now_ms() < until {
            self.step();
        }
    }

    /// Stops a chain.
    #[track_caller]
    pub fn silence(&mut self, chain: ChainId) {
        Operator::silence(&mut self.net, chain).expect("the chain exists");
    }

    /// Brings a chain back.
    #[track_caller]
    pub fn resume(&mut self, chain: ChainId) {
        Operator::resume(&mut self.net, chain).expect("the chain exists");
    }

    // --- Looking ---

    /// Param 200 of a chain.
    #[track_caller]
    pub fn params(&self, chain: ChainId) -> DdvsParams {
        let config = self.net.config(chain).expect("the chain exists");
        let cell = config.get_raw_cell(PARAM_DDVS).expect("the config parses");
        cell.expect("param 200 is there")
            .parse()
            .expect("param 200 parses")
    }

    /// Balance of an account, in nano.
    #[track_caller]
    pub fn balance(&self, address: &StdAddr) -> u128 {
        self.net
            .account(address)
            .expect("the chain exists")
            .balance_nano
    }

    /// Hash of an account's data; what an attack must not change.
    #[track_caller]
    pub fn data_hash(&self, address: &StdAddr) -> Option<HashBytes> {
        let account = self.net.account(address).expect("the chain exists");
        account.data().map(|data| *data.repr_hash())
    }

    /// Everything that the copy on `chain` holds.
    #[track_caller]
    pub fn storage(&self, chain: ChainId) -> DElectorStorage {
        self.delector(chain)
            .storage(&self.net)
            .expect("the copy is there")
    }

    /// What only the copy on `chain` keeps.
    #[track_caller]
    pub fn local(&self, chain: ChainId) -> Local {
        self.storage(chain).local.load().expect("it parses")
    }

    /// The registry of `chain` that the copy on `copy` holds.
    #[track_caller]
    pub fn registry(&self, copy: ChainId, chain: ChainId) -> ChainRegistry {
        self.delector(copy)
            .registry(&self.net, chain)
            .expect("the copy knows the chain")
    }

    /// What the D'Elector of a Root's own chain has registered for it.
    #[track_caller]
    pub fn entry(&self, root: &DePoolRoot) -> Option<RootEntry> {
        self.delector(root.address().workchain)
            .root_entry(&self.net, root.address())
            .expect("the copy is there")
    }

    /// What the D'Elector of a Root's own chain counts for it, in nano; zero if nothing.
    #[track_caller]
    pub fn counted(&self, root: &DePoolRoot) -> u128 {
        self.entry(root).map_or(0, |entry| entry.stake.into_inner())
    }

    /// What a Root remembers.
    #[track_caller]
    pub fn root_state(&self, root: &DePoolRoot) -> RootState {
        root.state(&self.net).expect("the Root is there")
    }

    /// The position that somebody's wallet on their own chain has with a Root.
    #[track_caller]
    pub fn position(&self, who: &Person, root: &DePoolRoot) -> Position {
        self.wallet(who)
            .position(&self.net, root.address())
            .expect("the wallet parses")
    }

    /// Free coins of somebody's wallet on their own chain, in nano.
    #[track_caller]
    pub fn free(&self, who: &Person) -> u128 {
        self.wallet(who)
            .free_nano(&self.net)
            .expect("the wallet parses")
    }

    /// Param 34 of a chain, as its copy holds it now.
    #[track_caller]
    pub fn set(&self, chain: ChainId) -> ValidatorSet {
        self.delector(chain)
            .current_set(&self.net)
            .expect("param 34 parses")
    }

    /// Whether a key is in the set of a chain.
    #[track_caller]
    pub fn in_set(&self, chain: ChainId, key: &ConsensusKey) -> bool {
        self.weight(chain, key).is_some()
    }

    /// Weight of a key in the set of a chain, in whole coins.
    #[track_caller]
    pub fn weight(&self, chain: ChainId, key: &ConsensusKey) -> Option<u64> {
        let set = self.set(chain);
        let mut members = set.list.iter();
        members
            .find(|member| member.public_key == key.public())
            .map(|member| member.weight)
    }
}

/// Sum of a position's unlocking coins, in nano.
pub fn unlocking(position: &Position) -> u128 {
    let amounts = position.unlocking.values();
    amounts
        .map(|amount| amount.expect("an amount parses").into_inner())
        .sum()
}

/// An internal message that no account sent.
#[track_caller]
pub fn internal(source: &StdAddr, to: &StdAddr, body: &impl Message, value_nano: u128) -> Cell {
    let info = IntMsgInfo {
        ihr_disabled: true,
        src: source.clone().into(),
        dst: to.clone().into(),
        value: CurrencyCollection::new(value_nano),
        ..IntMsgInfo::default()
    };
    CellBuilder::build_from(OwnedMessage {
        info: MsgInfo::Int(info),
        init: None,
        body: body.to_cell().expect("the body can be encoded").into(),
        layout: None,
    })
    .expect("the message can be encoded")
}

type Owners = Vec<Vec<(Person, ConsensusKey)>>;

fn cast(shape: &Shape) -> (Spec, Owners, Vec<Vec<Person>>) {
    let person = |name: String, chain: i8| {
        Person::new(shape.seed, &name, chain, NETWORK_ID).expect("the wallet's code is at hand")
    };
    let chains: Vec<i8> = (MASTERCHAIN..shape.stakes.len() as i8).collect();
    let people: Vec<Vec<Person>> = chains
        .iter()
        .map(|&chain| {
            let name = |index| format!("person {index} of {chain}");
            (0..shape.people)
                .map(|index| person(name(index), chain))
                .collect()
        })
        .collect();
    let (mut owners, mut validators) = (Owners::new(), Vec::new());
    for (chain, stakes) in shape.stakes.iter().enumerate() {
        let mut list = Vec::new();
        for (index, &stake) in stakes.iter().enumerate() {
            let name = format!("validator {index} of {chain}");
            let key = ConsensusKey::new(shape.seed, &name);
            let owner = person(name, chain as i8);
            validators.push(ValidatorSpec {
                chain: chain as i8,
                owner: owner.address().clone(),
                key: key.public(),
                stake_nano: stake * COIN,
                terms: Terms {
                    nonce: index as u64,
                    ..shape.terms.clone()
                },
            });
            list.push((owner, key));
        }
        owners.push(list);
    }
    let everybody = people
        .iter()
        .flatten()
        .chain(owners.iter().flatten().map(|(owner, _)| owner));
    let accounts = everybody
        .map(|person| AccountSpec {
            address: person.address().clone(),
            state_init: None,
            balance_nano: shape.pocket * COIN,
        })
        .collect();
    let spec = Spec {
        name: format!("test world {}", shape.seed),
        start_time: 1_800_000_000,
        global_id: NETWORK_ID,
        chains: chains
            .into_iter()
            .map(|id| ChainSpec {
                id,
                block_time_ms: shape.block_time_ms,
            })
            .collect(),
        limits: shape.limits.clone(),
        prices: shape.prices.clone(),
        validators,
        accounts,
    };
    (spec, owners, people)
}
