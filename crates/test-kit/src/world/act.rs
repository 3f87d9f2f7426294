//! Actions: messages of users, validators and captured chains.

use ddvs_client::seeded::{ConsensusKey, Person};
use ddvs_client::{ChainId, DePoolRoot, FollowLimits, MessageTree, Operator, Outgoing, follow};
use ddvs_contracts::messages::{Evidence, Message};
use ddvs_contracts::signing;
use ddvs_types::COIN;
use tycho_types::cell::{Cell, CellBuilder, HashBytes};
use tycho_types::models::{CurrencyCollection, IntMsgInfo, MsgInfo, OwnedMessage, StdAddr};

use super::{MAX_BLOCKS, Validator, World};

impl World {
    /// A number for a request.
    pub fn query_id(&mut self) -> u64 {
        self.query_id += 1;
        self.query_id
    }

    /// Returns the value to attach to a change of a stake on `chain`, in nano.
    pub fn change_value(&self, chain: ChainId) -> u128 {
        self.params(chain).change_value_nano().into()
    }

    /// Sends messages from a user's account, without waiting.
    #[track_caller]
    pub fn send(&mut self, who: &Person, messages: &[Outgoing]) -> HashBytes {
        who.wallet
            .send(&self.net, messages)
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
        follow(&mut self.watched(), hash, limits).expect("the network answers")
    }

    /// Sends messages from a user's account and follows them to their end.
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
            .deposit(amount_nano + COIN)
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
        let deploy = root.deploy(2 * COIN).expect("a deployment can be encoded");
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
        signing::double_vote(key.pair(), &self.network.genesis, chain, height)
            .expect("evidence can be encoded")
    }

    /// The message that brings evidence to the D'Elector of `chain`.
    #[track_caller]
    pub fn evidence_message(&mut self, chain: ChainId, evidence: &Evidence) -> Outgoing {
        let (delector, id) = (self.delector(chain), self.query_id());
        let value = self.change_value(chain);
        delector
            .submit_evidence(evidence, value, id)
            .expect("evidence can be encoded")
    }

    /// Brings evidence to the D'Elector of `chain`.
    #[track_caller]
    pub fn accuse(&mut self, who: &Person, chain: ChainId, evidence: &Evidence) -> MessageTree {
        let message = self.evidence_message(chain, evidence);
        self.act(who, &[message])
    }

    /// Puts an internal message into the queue as if `source` had sent it: a captured chain.
    #[track_caller]
    pub fn inject(&mut self, source: &StdAddr, to: &StdAddr, body: &impl Message) -> HashBytes {
        self.inject_with(source, to, body, 10 * COIN)
    }

    /// The same with a value, in nano.
    #[track_caller]
    pub fn inject_with(
        &mut self,
        source: &StdAddr,
        to: &StdAddr,
        body: &impl Message,
        value_nano: u128,
    ) -> HashBytes {
        let message = internal(source, to, body, value_nano);
        self.net
            .inject_internal(source.workchain, message)
            .expect("the message can be queued")
    }
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
