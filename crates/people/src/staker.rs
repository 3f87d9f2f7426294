//! A user with a key: the standard wallet that it signs for, and the DePool Wallet that holds the stakes.

use ddvs_client::handles::storage_prices;
use ddvs_client::{Backend, ChainId, DePoolRoot, DePoolWallet, Outgoing, OwnerWallet};
use ddvs_contracts::reserves::wallet_reserve_nano;
use ddvs_types::{Amount, coins};
use tycho_types::models::StdAddr;

use crate::answer::Kind;
use crate::counting::Counting;
use crate::request::FEES_NANO;
use crate::{NetworkContext, PeopleError, Request, pools, spread};

pub(crate) mod checks;
mod view;
mod withdraw;

pub use view::{InPool, WalletView, in_pool, view};

/// A user with a key, on one chain.
#[derive(Debug, Clone)]
pub struct Staker {
    /// The account that signs, pays and receives what comes back.
    pub owner: OwnerWallet,
    /// The wallet that holds the stakes.
    pub wallet: DePoolWallet,
}

impl Staker {
    /// Returns the accounts of a secret key on a chain.
    ///
    /// Fails when the network has no such chain.
    pub fn new(
        context: &NetworkContext,
        seed: &[u8; 32],
        chain: ChainId,
    ) -> Result<Self, PeopleError> {
        let owner = context.owner(seed, chain)?;
        let wallet = DePoolWallet::new(&context.network, chain, owner.address())?;
        Ok(Self { owner, wallet })
    }

    /// Its chain.
    pub fn chain(&self) -> ChainId {
        self.owner.address().workchain
    }

    /// Returns the state of its wallet.
    pub fn view(&self, backend: &dyn Backend) -> Result<WalletView, PeopleError> {
        view(backend, &self.wallet)
    }

    fn request(&self, about: String, messages: Vec<Outgoing>, kind: Kind) -> Request {
        Request {
            about,
            owner: self.owner.clone(),
            messages,
            kind,
        }
    }

    /// Deploys the wallet with its first coins; `None` if it exists already.
    ///
    /// Fails on the masterchain, and when the coins do not suffice for its storage.
    pub fn create(
        &self,
        backend: &dyn Backend,
        amount_nano: u128,
    ) -> Result<Option<Request>, PeopleError> {
        if self.wallet.storage(backend)?.is_some() {
            return Ok(None);
        }
        checks::chain(self.chain())?;
        let prices = storage_prices(backend, self.chain())?;
        let reserve = wallet_reserve_nano(&prices, 1);
        let least = 2 * reserve;
        if amount_nano < least {
            return Err(PeopleError::cannot(
                format!("a wallet keeps {} coins for its storage", coins(reserve)),
                format!("begin with {} or more", coins(least)),
            ));
        }
        let about = format!("open a DePool Wallet with {} coins", coins(amount_nano));
        let messages = vec![self.wallet.deposit(amount_nano)?];
        Ok(Some(self.request(about, messages, Kind::Take)))
    }

    /// Deposits coins from the owner's account. `All` leaves the value there that a stake must attach.
    ///
    /// Fails when nothing would be left to deposit, and on the masterchain.
    pub fn deposit(&self, backend: &dyn Backend, amount: Amount) -> Result<Request, PeopleError> {
        checks::chain(self.chain())?;
        let amount_nano = match amount {
            Amount::Nano(nano) => nano,
            Amount::All => {
                let has = backend.account(self.owner.address())?.balance_nano;
                let stays = self.wallet.change_value(backend)? + 2 * FEES_NANO;
                has.checked_sub(stays).filter(|nano| *nano > 0).ok_or_else(|| {
                    PeopleError::cannot(
                        format!(
                            "the owner's account {} has {} coins, and {} stay there to pay for a stake",
                            self.owner.address(),
                            coins(has),
                            coins(stays)
                        ),
                        "send it some first (on a devnet: `ddvs faucet`)",
                    )
                })?
            }
        };
        let about = format!("bring {} coins to the DePool Wallet", coins(amount_nano));
        let messages = vec![self.wallet.deposit(amount_nano)?];
        Ok(self.request(about, messages, Kind::Take))
    }

    /// Stakes free coins with a Root.
    ///
    /// Fails when the wallet has fewer free coins, or the Root would not accept them.
    pub fn stake(
        &self,
        backend: &dyn Backend,
        context: &NetworkContext,
        root: &DePoolRoot,
        amount: Amount,
    ) -> Result<Request, PeopleError> {
        checks::chain(self.chain())?;
        let view = self.opened(backend)?;
        let most = match view.positions.iter().any(|(at, _)| at == root.address()) {
            true => view.free_nano,
            false => {
                checks::room(&view)?;
                view.stakable_nano
            }
        };
        let amount_nano = match amount {
            Amount::Nano(nano) => nano,
            Amount::All => most,
        };
        if amount_nano == 0 || amount_nano > most {
            return Err(PeopleError::cannot(
                format!(
                    "the wallet {} has {} coins to stake with this pool",
                    view.address,
                    coins(most)
                ),
                "bring more with `ddvs wallet deposit`, or stake less",
            ));
        }
        checks::stake(backend, root, amount_nano)?;
        let mut about = format!("stake {} coins with {}", coins(amount_nano), root.address());
        let pool = Counting::read(backend, root)?;
        let active = pool.active_nano() + amount_nano;
        let (value, batches) = self.way(backend, context, root, &pool, active)?;
        about.push_str(&spread::words(batches));
        let messages = vec![
            self.wallet
                .stake(root, amount_nano, value, query_id(backend)?)?,
        ];
        Ok(self.request(about, messages, Kind::Ask))
    }

    /// Unstakes coins, all or in part.
    ///
    /// Fails when fewer coins are staked with that Root, or they are locked.
    pub fn unstake(
        &self,
        backend: &dyn Backend,
        context: &NetworkContext,
        root: &StdAddr,
        amount: Amount,
    ) -> Result<Request, PeopleError> {
        self.opened(backend)?;
        let position = self.wallet.position(backend, root)?;
        let staked = position.staked_nano();
        let amount_nano = match amount {
            Amount::Nano(nano) => nano,
            Amount::All => staked,
        };
        if amount_nano == 0 || amount_nano > staked {
            return Err(PeopleError::cannot(
                format!("{} coins are staked with {root}", coins(staked)),
                "unstake less; `ddvs wallet status` shows all stakes",
            ));
        }
        let pool = pools::fetch(backend, context, root)?;
        checks::unstake(backend, &pool, &position, amount_nano)?;
        let mut about = format!("unstake {} coins from {root}", coins(amount_nano));
        let counting = Counting::read(backend, &pool)?;
        let active = counting.active_nano().saturating_sub(amount_nano);
        let (value, batches) = self.way(backend, context, &pool, &counting, active)?;
        about.push_str(&spread::words(batches));
        let messages = vec![
            self.wallet
                .unstake(root, amount_nano, value, query_id(backend)?)?,
        ];
        Ok(self.request(about, messages, Kind::Ask))
    }

    /// Releases what is due with a Root, and settles a slash.
    ///
    /// Fails when the wallet has nothing with that Root, or nothing is due.
    pub fn settle(
        &self,
        backend: &dyn Backend,
        context: &NetworkContext,
        root: &StdAddr,
    ) -> Result<Request, PeopleError> {
        let view = self.opened(backend)?;
        let found = view.positions.iter().find(|(other, _)| other == root);
        let Some((_, position)) = found else {
            return Err(PeopleError::cannot(
                format!("the wallet {} has no coins with {root}", view.address),
                "`ddvs wallet status` shows all stakes",
            ));
        };
        let pool = pools::fetch(backend, context, root)?;
        checks::settle(backend, &pool, self.owner.address(), position)?;
        // it updates the D'Elector, where that is due
        let counting = Counting::read(backend, &pool)?;
        let (value, _) = self.way(backend, context, &pool, &counting, counting.active_nano())?;
        let messages = vec![self.wallet.settle(root, value, query_id(backend)?)?];
        let about = format!("settle with {root}");
        Ok(self.request(about, messages, Kind::Ask))
    }

    /// Returns the value of a request after which `active_nano` is staked with a Root, in nano: a large change takes
    /// several batches, and each of them is paid from it. Also returns the number of batches.
    fn way(
        &self,
        backend: &dyn Backend,
        context: &NetworkContext,
        root: &DePoolRoot,
        pool: &Counting,
        active_nano: u128,
    ) -> Result<(u128, u32), PeopleError> {
        let change = spread::change(backend, context, root.address(), pool, active_nano)?;
        let has = backend.account(self.owner.address())?.balance_nano;
        let value = change.affordable_nano(has.saturating_sub(FEES_NANO));
        Ok((value, change.batches))
    }

    fn opened(&self, backend: &dyn Backend) -> Result<WalletView, PeopleError> {
        let view = self.view(backend)?;
        if view.exists {
            return Ok(view);
        }
        Err(PeopleError::cannot(
            format!(
                "the DePool Wallet {} of this key does not exist yet",
                view.address
            ),
            "open it with `ddvs wallet create`",
        ))
    }
}

/// Returns a number that distinguishes requests: the network's time.
pub(crate) fn query_id(backend: &dyn Backend) -> Result<u64, PeopleError> {
    Ok(backend.now_ms()?)
}
