//! Requests: messages of one wallet, and the event that counts as their answer.

use ddvs_client::{
    AccountView, Backend, ClientError, FollowLimits, Live, MessageTree, Outgoing, OwnerWallet,
    Refusal, follow_until, handles::params,
};
use ddvs_contracts::storage::WalletStorage;
use ddvs_types::coins;
use tycho_types::cell::{Cell, HashBytes};
use tycho_types::models::StdAddr;

use crate::answer::{self, Answer, Kind};
use crate::{NetworkContext, PeopleError};

/// Amount that a wallet keeps for its own fees when it sends, in nano.
pub const FEES_NANO: u128 = 100_000_000;

/// Maximum number of transactions of the owner's account, from the signing on, that are searched for the one with a
/// request's number.
const MAX_LATER: usize = 100;

/// Messages of one wallet, sent with one external message. The answer to the last one counts.
#[derive(Debug, Clone)]
pub struct Request {
    /// Its purpose.
    pub about: String,
    /// The sending wallet.
    pub owner: OwnerWallet,
    /// The messages, in order.
    pub messages: Vec<Outgoing>,
    /// The event that counts as the answer.
    pub kind: Kind,
}

impl Request {
    /// Returns the balance that the owner's account must hold, in nano.
    pub fn needs_nano(&self) -> u128 {
        let values = self.messages.iter().map(|message| message.value_nano);
        values.sum::<u128>() + FEES_NANO
    }

    /// Returns the receiver of the last message: the contract whose answer counts.
    pub fn target(&self) -> Option<&StdAddr> {
        self.messages.last().map(|message| &message.to)
    }

    /// Signs it for the current state of the owner's wallet.
    ///
    /// Fails with a refusal when the owner has too few coins, or the account holds another contract.
    pub fn sign(&self, backend: &dyn Backend) -> Result<Signed, PeopleError> {
        let address = self.owner.address();
        let account = backend.account(address)?;
        let (has, needs) = (account.balance_nano, self.needs_nano());
        if has < needs {
            return Err(PeopleError::cannot(
                format!(
                    "the owner's account {address} has {} coins, and {} are needed",
                    coins(has),
                    coins(needs)
                ),
                "send it some (on a devnet: `ddvs faucet`); what the way does not use comes back",
            ));
        }
        let (seqno, with_state) = self.owner.next_seqno(&account)?;
        let now = ddvs_client::getter::unix_time(backend.now_ms()?);
        let valid_until = now.saturating_add(ddvs_client::owner::DEFAULT_TTL_S);
        let message = self
            .owner
            .build_external(seqno, valid_until, with_state, &self.messages)?;
        Ok(Signed {
            message,
            valid_until,
            after_lt: account.last_transaction_lt,
            owner: address.clone(),
            target: self.target().cloned().unwrap_or_default(),
            count: self.messages.len(),
            kind: self.kind,
        })
    }

    /// Returns the error of signing when a chain of a message's path does not exist.
    pub fn check(&self, context: &NetworkContext) -> Result<(), PeopleError> {
        for message in &self.messages {
            context.check_chain(message.to.workchain)?;
        }
        Ok(())
    }
}

/// A signed request: the same bytes run only once, however often they are sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The external message.
    pub message: Cell,
    /// Unix time after which it is invalid.
    pub valid_until: u32,
    /// Logical time of the wallet's last transaction at signing.
    pub after_lt: u64,
    /// The sending wallet.
    pub owner: StdAddr,
    /// The contract whose answer counts.
    pub target: StdAddr,
    /// Number of messages that the wallet sends.
    pub count: usize,
    /// The event that counts as the answer.
    pub kind: Kind,
}

/// State of a sent request.
#[derive(Debug, Clone)]
pub struct Followed {
    /// Everything that it has caused so far.
    pub tree: MessageTree,
    /// The answer, if it arrived in time.
    pub answer: Option<Answer>,
}

impl Signed {
    /// Hash of the external message.
    pub fn hash(&self) -> HashBytes {
        *self.message.repr_hash()
    }

    /// Its number in the owner's wallet.
    pub fn seqno(&self) -> Option<u32> {
        ddvs_client::owner::request_seqno(&self.message)
    }

    /// Whether another request is known to have run under its number, so that it never will. Networks forget: neither
    /// is known if it ran too long ago.
    pub fn is_outrun(&self, backend: &dyn Backend) -> Result<bool, PeopleError> {
        let later = backend.transactions(&self.owner, self.after_lt, MAX_LATER)?;
        let mut requests = later
            .iter()
            .map(|transaction| &transaction.in_message)
            .filter(|message| message.is_external() && *message.hash() != self.hash());
        Ok(requests.any(|message| {
            let seqno = ddvs_client::owner::request_seqno(&message.cell);
            seqno.is_some() && seqno == self.seqno()
        }))
    }

    /// Sends it.
    ///
    /// Fails with a refusal when the wallet does not accept it, for example because it ran already.
    pub fn send(&self, live: &dyn Live) -> Result<(), PeopleError> {
        live.send(self.message.clone())?;
        Ok(())
    }

    /// Returns its current state, without waiting.
    pub fn look(&self, backend: &mut dyn Backend) -> Result<Followed, PeopleError> {
        self.wait(backend, &mut |_| true)
    }

    /// Waits for the answer until `gives_up` returns true; it is called after each block.
    ///
    /// Fails only when the network does.
    pub fn wait(
        &self,
        backend: &mut dyn Backend,
        gives_up: &mut dyn FnMut(&MessageTree) -> bool,
    ) -> Result<Followed, PeopleError> {
        let limits = FollowLimits {
            max_blocks: usize::MAX,
            ..FollowLimits::default()
        };
        let mut answer = None;
        let tree = follow_until(backend, self.hash(), limits, &mut |tree| {
            answer = answer::read(tree, self);
            answer.is_some() || gives_up(tree)
        })?;
        if answer.is_none() {
            answer = answer::read(&tree, self);
        }
        if let Some(answer) = &mut answer
            && answer::has_settled(&tree, &self.target)
        {
            let storage = wallet_storage(&backend.account(&self.target)?)?;
            let answer_value = params(backend, self.target.workchain)?.answer_value_nano;
            self.settle(answer, &tree, storage, answer_value.into());
        }
        Ok(Followed { tree, answer })
    }

    /// Makes an answer exact after a slash, by the wallet's state then. `gas_nano` accompanies slashed coins.
    pub(crate) fn settle(
        &self,
        answer: &mut Answer,
        tree: &MessageTree,
        storage: Option<WalletStorage>,
        gas_nano: u128,
    ) {
        let Some(storage) = storage else { return };
        // the Root of the request
        let asked = tree.nodes.iter().filter_map(|node| node.transaction());
        let mut roots = asked.map(|transaction| &transaction.account);
        let position = roots.find_map(|root| storage.positions.get(root).ok().flatten());
        // a completely settled position is deleted
        let position = position.unwrap_or_default();
        answer::exact(answer, tree, &self.target, &position, gas_nano);
    }
}

/// Whether an error means that a signed request is invalid: its number was used, or it has expired.
pub fn is_void(error: &PeopleError) -> bool {
    let PeopleError::Client(ClientError::Refused(Refusal::NotAccepted { exit_code, .. })) = error
    else {
        return false;
    };
    let void = [
        ddvs_client::owner::exit::SEQNO,
        ddvs_client::owner::exit::EXPIRED,
    ];
    exit_code.is_some_and(|code| void.contains(&code))
}

/// Returns the state of a DePool Wallet, if the account is one.
pub(crate) fn wallet_storage(account: &AccountView) -> Result<Option<WalletStorage>, PeopleError> {
    let parsed = account.data().map(|data| data.parse::<WalletStorage>());
    parsed
        .transpose()
        .map_err(PeopleError::codec("reading a DePool Wallet"))
}
