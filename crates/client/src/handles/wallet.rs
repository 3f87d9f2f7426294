//! The DePool Wallet of one owner on one chain.

use ddvs_contracts::messages::{Message, Settle, Stake, Unstake, Withdraw, WithdrawTo};
use ddvs_contracts::reserves::Spare;
use ddvs_contracts::storage::{Position, WalletStorage};
use ddvs_contracts::{Codes, Network, address};
use tycho_types::cell::{Cell, Lazy};
use tycho_types::error::Error;
use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;

use super::{DePoolRoot, params, read, storage_due_soon_nano, storage_prices};
use crate::comment::comment_cell;
use crate::{ChainId, ClientError, Live, Outgoing};

/// Receiver of coins.
#[derive(Debug, Clone, Copy)]
pub struct Receiver<'a> {
    /// Its address.
    pub address: &'a StdAddr,
    /// Whether the coins return if nothing there takes them.
    pub bounce: bool,
    /// A text for it.
    pub comment: Option<&'a str>,
}

/// A DePool Wallet.
#[derive(Debug, Clone)]
pub struct DePoolWallet {
    codes: Codes,
    network: Network,
    owner: StdAddr,
    address: StdAddr,
}

impl DePoolWallet {
    /// The wallet of `owner` on `chain`, deployed or not.
    ///
    /// Fails with a fault when a cell cannot be built, which its sizes forbid.
    pub fn new(network: &Network, chain: ChainId, owner: &StdAddr) -> Result<Self, ClientError> {
        Self::with_codes(&Codes::default(), network, chain, owner)
    }

    /// Like [`Self::new`], in a network that runs other contracts than the committed ones.
    pub fn with_codes(
        codes: &Codes,
        network: &Network,
        chain: ChainId,
        owner: &StdAddr,
    ) -> Result<Self, ClientError> {
        let address = address::wallet_state_init_with(codes, network, chain, owner)
            .and_then(|state| address::address_of(chain, &state))
            .map_err(fault)?;
        Ok(Self {
            codes: codes.clone(),
            network: network.clone(),
            owner: owner.clone(),
            address,
        })
    }

    /// Its address.
    pub fn address(&self) -> &StdAddr {
        &self.address
    }

    /// Owner of its coins.
    pub fn owner(&self) -> &StdAddr {
        &self.owner
    }

    /// Deposits coins, and deploys the wallet with them if necessary.
    pub fn deposit(&self, value_nano: u128) -> Result<Outgoing, ClientError> {
        let chain = self.address.workchain;
        let state = address::wallet_state_init_with(&self.codes, &self.network, chain, &self.owner)
            .map_err(fault)?;
        Ok(Outgoing::new(self.address.clone(), value_nano, Cell::default()).with_state_init(state))
    }

    /// Stakes free coins with a Root. `value_nano` pays for the path; see [`Self::change_value`].
    pub fn stake(
        &self,
        root: &DePoolRoot,
        amount_nano: u128,
        value_nano: u128,
        query_id: u64,
    ) -> Result<Outgoing, ClientError> {
        let body = Stake {
            query_id,
            amount: Tokens::new(amount_nano),
            root: root.address().clone(),
            terms: Lazy::new(root.terms()).map_err(fault)?,
        };
        self.send(body, value_nano)
    }

    /// Unstakes coins, all or in part.
    pub fn unstake(
        &self,
        root: &StdAddr,
        amount_nano: u128,
        value_nano: u128,
        query_id: u64,
    ) -> Result<Outgoing, ClientError> {
        let body = Unstake {
            query_id,
            amount: Tokens::new(amount_nano),
            root: root.clone(),
        };
        self.send(body, value_nano)
    }

    /// Pays out free coins; all of them for `None`.
    pub fn withdraw(
        &self,
        amount_nano: Option<u128>,
        value_nano: u128,
        query_id: u64,
    ) -> Result<Outgoing, ClientError> {
        let body = Withdraw {
            query_id,
            amount: amount_nano.map(Tokens::new),
        };
        self.send(body, value_nano)
    }

    /// Pays out free coins to any account, all of them for `None`: exactly the amount arrives there. With `bounce` they
    /// return to the wallet as free coins if nothing there takes them.
    ///
    /// Fails with a fault when the comment is longer than [`MAX_COMMENT_BYTES`](crate::comment::MAX_COMMENT_BYTES).
    pub fn withdraw_to(
        &self,
        to: &Receiver<'_>,
        amount_nano: Option<u128>,
        value_nano: u128,
        query_id: u64,
    ) -> Result<Outgoing, ClientError> {
        let body = WithdrawTo {
            query_id,
            amount: amount_nano.map(Tokens::new),
            to: to.address.clone(),
            bounce: to.bounce,
            comment: to.comment.map(comment_cell).transpose().map_err(fault)?,
        };
        self.send(body, value_nano)
    }

    /// Releases what is due and settles a slash (anyone).
    pub fn settle(
        &self,
        root: &StdAddr,
        value_nano: u128,
        query_id: u64,
    ) -> Result<Outgoing, ClientError> {
        let body = Settle {
            query_id,
            root: root.clone(),
        };
        self.send(body, value_nano)
    }

    fn send(&self, body: impl Message, value_nano: u128) -> Result<Outgoing, ClientError> {
        let body = body.to_cell().map_err(fault)?;
        Ok(Outgoing::new(self.address.clone(), value_nano, body))
    }

    /// Value to attach to a stake or unstake, in nano; the unused part comes back.
    pub fn change_value(&self, live: &dyn Live) -> Result<u128, ClientError> {
        Ok(params(live, self.address.workchain)?
            .change_value_nano()
            .into())
    }

    /// Its storage, `None` before it is deployed.
    pub fn storage(&self, live: &dyn Live) -> Result<Option<WalletStorage>, ClientError> {
        read(live, &self.address)
    }

    /// Its balance in nano.
    pub fn balance_nano(&self, live: &dyn Live) -> Result<u128, ClientError> {
        Ok(live.account(&self.address)?.balance_nano)
    }

    /// Its position with a Root; an empty one if there is none.
    pub fn position(&self, live: &dyn Live, root: &StdAddr) -> Result<Position, ClientError> {
        let Some(storage) = self.storage(live)? else {
            return Ok(Position::default());
        };
        let found = storage.positions.get(root).map_err(fault)?;
        Ok(found.unwrap_or_default())
    }

    /// Coins that the owner may withdraw now, in nano: storage fees are subtracted.
    pub fn free_nano(&self, live: &dyn Live) -> Result<u128, ClientError> {
        Ok(self.spare(live, 0)?.free_nano)
    }

    /// Coins that the owner may stake, in nano, even with a Root without a position yet, which needs more reserve.
    /// Storage fees until a stake that is signed now has run are subtracted.
    pub fn stakable_nano(&self, live: &dyn Live) -> Result<u128, ClientError> {
        let account = live.account(&self.address)?;
        let due_nano = storage_due_soon_nano(live, &account)?;
        Ok(self.spare(live, due_nano)?.stakable_nano)
    }

    /// What is left for the owner after its positions, its reserve and `due_nano`.
    fn spare(&self, live: &dyn Live, due_nano: u128) -> Result<Spare, ClientError> {
        let storage = self.storage(live)?;
        let (held_nano, count) =
            storage.map_or((0, 0), |storage| (storage.held.into_inner(), storage.count));
        let prices = storage_prices(live, self.address.workchain)?;
        let balance_nano = self.balance_nano(live)?;
        Ok(Spare::of(
            &prices,
            balance_nano,
            held_nano + due_nano,
            count,
        ))
    }

    /// Value to attach to a settle, in nano, so that it also updates the D'Elector where that is due.
    pub fn settle_value(&self, live: &dyn Live) -> Result<u128, ClientError> {
        self.change_value(live)
    }
}

fn fault(cause: Error) -> ClientError {
    ClientError::fault("a wallet's message or state", cause)
}
