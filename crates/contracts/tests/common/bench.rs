//! A test bench for the pool's contracts: real transactions, message by message. Accounts without code only collect
//! their messages, so a test plays owners and the D'Elector itself.

use std::collections::{BTreeMap, VecDeque};

use ddvs_contracts::getters::{self, RootTotals, WalletBalances};
use ddvs_contracts::messages::{DeployWallet, Message, op_name};
use ddvs_contracts::params::DdvsParams;
use ddvs_contracts::storage::{ChainTotals, Position, RootState, RootStorage, WalletStorage};
use ddvs_contracts::{Codes, Network, RootTerms, address};
pub use ddvs_types::COIN;
use tycho_executor::{Executor, ExecutorInspector, ExecutorParams, ParsedConfig, TxError};
use tycho_types::cell::Lazy;
use tycho_types::models::*;
use tycho_types::num::Tokens;
use tycho_types::prelude::*;
use tycho_vm::RcStackValue;

use super::getter::{self, Account as GetterAccount};
use super::{addr, hash};

pub const START: u32 = 1_800_000_000;

/// A message that reached an account without code.
#[derive(Debug, Clone)]
pub struct Mail {
    pub src: StdAddr,
    pub value_nano: u128,
    pub bounced: bool,
    pub body: Cell,
}

impl Mail {
    pub fn op(&self) -> u32 {
        self.body.as_slice().unwrap().load_u32().unwrap_or(0)
    }

    pub fn parse<T: Message>(&self) -> T {
        self.body
            .parse()
            .unwrap_or_else(|e| panic!("no {}: {e}, op {:08x}", T::NAME, self.op()))
    }
}

/// Result of a transaction.
#[derive(Debug, Clone)]
pub struct Tx {
    pub account: StdAddr,
    /// Name of the message; `-` without op, `bounced` for a bounce.
    pub message: String,
    pub exit_code: i32,
    pub action_code: i32,
    pub gas: u64,
}

impl Tx {
    pub fn is_ok(&self) -> bool {
        self.exit_code == 0 && self.action_code == 0
    }
}

struct Pending {
    dst: StdAddr,
    cell: Cell,
}

pub struct Bench {
    pub now: u32,
    pub network: Network,
    pub codes: Codes,
    /// Messages of every account without code, in order.
    pub mail: BTreeMap<StdAddr, Vec<Mail>>,
    config: ParsedConfig,
    lt: u64,
    accounts: BTreeMap<StdAddr, ShardAccount>,
    queue: VecDeque<Pending>,
    fees_nano: u128,
    issued_nano: u128,
}

impl Bench {
    pub fn new() -> Self {
        Self::with(super::config::params())
    }

    /// A bench with another param 200.
    pub fn with(params: DdvsParams) -> Self {
        Self::running(&Codes::default(), params)
    }

    /// A bench with other contracts.
    pub fn running(codes: &Codes, params: DdvsParams) -> Self {
        let config = super::config::config_with(params);
        Self {
            now: START,
            network: Network::with_codes(hash(0x77), codes),
            codes: codes.clone(),
            mail: BTreeMap::new(),
            config: ParsedConfig::parse(config, START).unwrap(),
            lt: 1_000_000,
            accounts: BTreeMap::new(),
            queue: VecDeque::new(),
            fees_nano: 0,
            issued_nano: 0,
        }
    }

    pub fn delector(&self, chain: i8) -> StdAddr {
        address::delector_address(&self.network, chain).unwrap()
    }

    /// Deploys a Root with its reserve.
    pub fn deploy_root(&mut self, chain: i8, terms: &RootTerms) -> StdAddr {
        let init = address::root_state_init_with(&self.codes, &self.network, chain, terms).unwrap();
        let root = address::address_of(chain, &init).unwrap();
        self.post(
            &terms.owner,
            &root,
            2 * COIN,
            true,
            Some(init),
            Cell::default(),
        );
        self.run();
        // value that the reserve does not need has come back
        self.take_mail(&terms.owner);
        root
    }

    /// Lets a Root deploy a wallet, with free coins.
    pub fn deploy_wallet(
        &mut self,
        root: &StdAddr,
        owner: &StdAddr,
        chain: i8,
        nano: u128,
    ) -> StdAddr {
        self.tell(
            owner,
            root,
            nano + COIN,
            &DeployWallet {
                query_id: 1,
                owner: owner.clone(),
                chain,
            },
        );
        let txs = self.run();
        assert!(txs.iter().all(Tx::is_ok), "{txs:#?}");
        let init = address::wallet_state_init_with(&self.codes, &self.network, chain, owner);
        address::address_of(chain, &init.unwrap()).unwrap()
    }

    /// Queues a message from an account without code; its value is new coins.
    pub fn tell(&mut self, src: &StdAddr, dst: &StdAddr, nano: u128, message: &impl Message) {
        self.post(src, dst, nano, true, None, message.to_cell().unwrap());
    }

    /// Like [`Self::tell`], and delivers all messages.
    pub fn ask(
        &mut self,
        src: &StdAddr,
        dst: &StdAddr,
        nano: u128,
        message: &impl Message,
    ) -> Vec<Tx> {
        self.tell(src, dst, nano, message);
        self.run()
    }

    pub fn post(
        &mut self,
        src: &StdAddr,
        dst: &StdAddr,
        nano: u128,
        bounce: bool,
        init: Option<StateInit>,
        body: Cell,
    ) {
        self.issued_nano += nano;
        self.inject(src, dst, nano, bounce, false, init, body);
    }

    /// Returns mail to its sender as a stock chain bounces it, less a fee.
    pub fn bounce_back(&mut self, at: &StdAddr, mail: &Mail) {
        let mut body = CellBuilder::new();
        body.store_u32(u32::MAX).unwrap();
        let original = mail.body.as_slice().unwrap();
        let bits = original.size_bits().min(256);
        body.store_slice(original.get_prefix(bits, 0)).unwrap();
        self.issued_nano += mail.value_nano;
        self.inject(
            at,
            &mail.src,
            mail.value_nano,
            false,
            true,
            None,
            body.build().unwrap(),
        );
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of a message")]
    fn inject(
        &mut self,
        src: &StdAddr,
        dst: &StdAddr,
        nano: u128,
        bounce: bool,
        bounced: bool,
        init: Option<StateInit>,
        body: Cell,
    ) {
        self.lt += 10;
        let cell = CellBuilder::build_from(OwnedMessage {
            info: MsgInfo::Int(IntMsgInfo {
                ihr_disabled: true,
                bounce,
                bounced,
                src: src.clone().into(),
                dst: dst.clone().into(),
                value: CurrencyCollection::new(nano),
                created_lt: self.lt,
                created_at: self.now,
                ..Default::default()
            }),
            init,
            body: body.into(),
            layout: None,
        })
        .unwrap();
        self.queue.push_back(Pending {
            dst: dst.clone(),
            cell,
        });
    }

    /// Takes the only message in flight to an account, as if it were mail.
    pub fn intercept(&mut self, account: &StdAddr) -> Mail {
        let pending = self.queue.pop_front().unwrap();
        assert!(self.queue.is_empty() && pending.dst == *account);
        let message = pending.cell.parse::<Message_<'_>>().unwrap();
        let MsgInfo::Int(info) = &message.info else {
            unreachable!()
        };
        let value_nano = info.value.tokens.into_inner();
        self.issued_nano -= value_nano;
        Mail {
            src: info.src.as_std().unwrap().clone(),
            value_nano,
            bounced: info.bounced,
            body: CellBuilder::build_from(message.body).unwrap(),
        }
    }

    /// Number of pairs of accounts between which messages wait.
    pub fn waiting(&self) -> usize {
        self.heads().len()
    }

    fn heads(&self) -> Vec<usize> {
        let mut pairs = std::collections::BTreeSet::new();
        (0..self.queue.len())
            .filter(|&i| {
                let MsgInfo::Int(info) = self.queue[i].cell.parse::<MsgInfo>().unwrap() else {
                    unreachable!()
                };
                pairs.insert((
                    info.src.as_std().unwrap().clone(),
                    self.queue[i].dst.clone(),
                ))
            })
            .collect()
    }

    /// Delivers the oldest message of one pair; messages of a pair arrive in order.
    pub fn deliver(&mut self, pair: usize) -> Option<Tx> {
        let heads = self.heads();
        let pending = self.queue.remove(heads[pair % heads.len()]).unwrap();
        self.execute(pending)
    }

    /// Delivers all messages.
    pub fn run(&mut self) -> Vec<Tx> {
        let mut txs = Vec::new();
        while let Some(pending) = self.queue.pop_front() {
            txs.extend(self.execute(pending));
        }
        self.check_coins();
        txs
    }

    fn execute(&mut self, Pending { dst, cell }: Pending) -> Option<Tx> {
        let message = cell.parse::<Message_<'_>>().unwrap();
        let MsgInfo::Int(info) = &message.info else {
            unreachable!()
        };
        let mut body = message.body;
        let name = match body.load_u32() {
            Ok(u32::MAX) => "bounced".to_owned(),
            Ok(op) => op_name(op).map_or_else(|| format!("{op:08x}"), ToOwned::to_owned),
            Err(_) => "-".to_owned(),
        };
        if message.init.is_none() && !self.accounts.contains_key(&dst) && !is_nowhere(&dst) {
            let body = CellBuilder::build_from(message.body).unwrap();
            let src = info.src.as_std().unwrap().clone();
            let value_nano = info.value.tokens.into_inner();
            self.mail.entry(dst).or_default().push(Mail {
                src,
                value_nano,
                bounced: info.bounced,
                body,
            });
            return None;
        }
        let before = self.accounts.get(&dst).cloned().unwrap_or_else(empty);
        let paid_nano = info.value.tokens.into_inner() + balance(&before);
        let params = ExecutorParams {
            block_unixtime: self.now,
            block_lt: self.lt,
            full_body_in_bounced: false,
            strict_extra_currency: true,
            charge_action_fees_on_fail: true,
            ..Default::default()
        };
        let mut inspector = ExecutorInspector::default();
        let out = Executor::new(&params, &self.config)
            .with_min_lt(self.lt)
            .begin_ordinary_ext(&dst, false, cell.clone(), &before, Some(&mut inspector));
        let out = match out {
            Ok(uncommitted) => uncommitted.commit().unwrap(),
            Err(TxError::Skipped) => panic!("an internal message is never skipped"),
            Err(TxError::Fatal(e)) => panic!("{e:#}"),
        };
        self.lt = self.lt.max(out.transaction_meta.next_lt);
        let mut left_nano = balance(&out.new_state);
        for m in &out.transaction_meta.out_msgs {
            let MsgInfo::Int(info) = m.load().unwrap().info else {
                unreachable!()
            };
            left_nano += info.value.tokens.into_inner();
            self.queue.push_back(Pending {
                dst: info.dst.as_std().unwrap().clone(),
                cell: m.inner().clone(),
            });
        }
        self.fees_nano += paid_nano - left_nano;
        let tx = out.transaction.load().unwrap().load_info().unwrap();
        let TxInfo::Ordinary(tx) = tx else {
            unreachable!()
        };
        if out.new_state_meta.exists {
            self.accounts.insert(dst.clone(), out.new_state);
        }
        Some(Tx {
            account: dst,
            message: name,
            exit_code: match tx.compute_phase {
                ComputePhase::Executed(phase) => phase.exit_code,
                ComputePhase::Skipped(_) => -1,
            },
            action_code: tx.action_phase.map_or(0, |phase| phase.result_code),
            gas: inspector.total_gas_used,
        })
    }

    /// Replaces the data of an account, for states that would take long to reach.
    fn edit<T: Store + for<'a> Load<'a>>(&mut self, account: &StdAddr, edit: impl FnOnce(&mut T)) {
        let shard = self.accounts.get_mut(account).unwrap();
        let mut state = shard.account.load().unwrap();
        let AccountState::Active(init) = &mut state.0.as_mut().unwrap().state else {
            panic!("{account} is not active")
        };
        let mut data: T = init.data.as_ref().unwrap().parse().unwrap();
        edit(&mut data);
        init.data = Some(CellBuilder::build_from(data).unwrap());
        // the next transaction measures the account again
        state.0.as_mut().unwrap().storage_stat.used = StorageUsed::ZERO;
        shard.account = Lazy::new(&state).unwrap();
    }

    pub fn edit_wallet(&mut self, wallet: &StdAddr, edit: impl FnOnce(&mut WalletStorage)) {
        self.edit(wallet, edit);
    }

    pub fn edit_root(&mut self, root: &StdAddr, edit: impl FnOnce(&mut RootState)) {
        self.edit(root, |storage: &mut RootStorage| {
            let state = storage.state.as_ref().map(|state| state.load().unwrap());
            let mut state = state.unwrap_or_default();
            edit(&mut state);
            storage.state = Some(Lazy::new(&state).unwrap());
        });
    }

    /// Sets the balance of an account.
    pub fn endow(&mut self, account: &StdAddr, nano: u128) {
        let shard = self.accounts.get_mut(account).unwrap();
        let mut state = shard.account.load().unwrap();
        let balance = &mut state.0.as_mut().unwrap().balance.tokens;
        self.issued_nano = self.issued_nano + nano - balance.into_inner();
        *balance = Tokens::new(nano);
        shard.account = Lazy::new(&state).unwrap();
    }

    /// Deletes an account: messages sent there become mail.
    pub fn forget(&mut self, account: &StdAddr) {
        self.issued_nano -= self.balance(account);
        self.accounts.remove(account);
    }

    /// Whether an account still has its code and data.
    pub fn is_active(&self, account: &StdAddr) -> bool {
        let state = self.accounts[account].account.load().unwrap().0;
        state.is_some_and(|account| matches!(account.state, AccountState::Active(_)))
    }

    /// Bits and cells that an account pays for.
    pub fn used(&self, account: &StdAddr) -> (u64, u64) {
        let state = self.accounts[account].account.load().unwrap().0.unwrap();
        let used = &state.storage_stat.used;
        (used.bits.into_inner(), used.cells.into_inner())
    }

    pub fn balance(&self, account: &StdAddr) -> u128 {
        self.accounts.get(account).map_or(0, balance)
    }

    /// Returns the mail of an account since the last call.
    pub fn take_mail(&mut self, account: &StdAddr) -> Vec<Mail> {
        self.mail
            .get_mut(account)
            .map(|mail| {
                self.issued_nano -= mail.iter().map(|m| m.value_nano).sum::<u128>();
                std::mem::take(mail)
            })
            .unwrap_or_default()
    }

    /// Checks that every nano is accounted for.
    pub fn check_coins(&self) {
        let accounts: u128 = self.accounts.values().map(balance).sum();
        let mail: u128 = self.mail.values().flatten().map(|m| m.value_nano).sum();
        let queued: u128 = self
            .queue
            .iter()
            .map(|p| match p.cell.parse::<MsgInfo>().unwrap() {
                MsgInfo::Int(info) => info.value.tokens.into_inner(),
                _ => unreachable!(),
            })
            .sum();
        assert_eq!(
            accounts + mail + queued + self.fees_nano,
            self.issued_nano,
            "coins are lost or made"
        );
    }

    pub fn get(
        &self,
        account: &StdAddr,
        method: &str,
        args: Vec<RcStackValue>,
    ) -> Vec<RcStackValue> {
        let state = self.accounts[account].account.load().unwrap().0.unwrap();
        let AccountState::Active(init) = &state.state else {
            panic!("{account} is not active")
        };
        let (code, data) = (init.code.clone().unwrap(), init.data.clone().unwrap());
        let account = GetterAccount {
            address: account,
            balance_nano: state.balance.tokens.into_inner(),
            code: &code,
            data: &data,
            config: &super::config::config().params,
            now: self.now,
        };
        getter::call(&account, method, args).unwrap()
    }

    pub fn totals(&self, root: &StdAddr) -> RootTotals {
        getters::totals(&self.get(root, getters::TOTALS, vec![])).unwrap()
    }

    pub fn totals_by_chain(&self, root: &StdAddr) -> BTreeMap<i8, ChainTotals> {
        let stack = self.get(root, getters::TOTALS_BY_CHAIN, vec![]);
        let chains = getters::totals_by_chain(&stack).unwrap();
        chains.iter().map(Result::unwrap).collect()
    }

    pub fn reserves(&self, root: &StdAddr) -> getters::Reserves {
        getters::reserves(&self.get(root, getters::RESERVES, vec![])).unwrap()
    }

    pub fn balances(&self, wallet: &StdAddr) -> WalletBalances {
        let balances = getters::balances(&self.get(wallet, getters::BALANCES, vec![])).unwrap();
        let parts = [
            balances.pending,
            balances.staked,
            balances.leaving,
            balances.unlocking,
            balances.releasing,
        ];
        let sum: u128 = parts.iter().map(|part| part.into_inner()).sum();
        assert_eq!(
            balances.held.into_inner(),
            sum,
            "held is not the sum of its parts"
        );
        // of the account itself, not of the getter's result
        let (balance, held) = (balances.balance.into_inner(), balances.held.into_inner());
        assert!(
            balance >= held,
            "the wallet does not cover what it holds: {balances:?}"
        );
        assert!(balances.free_nano <= (balance - held) as i128);
        balances
    }

    pub fn position(&self, wallet: &StdAddr, root: &StdAddr) -> Position {
        let args = getters::position_args(root).unwrap();
        getters::position(&self.get(wallet, getters::POSITION, args)).unwrap()
    }
}

type Message_<'a> = tycho_types::models::Message<'a>;

/// Addresses that tests use for accounts that do not exist: messages to them bounce.
pub fn nowhere(chain: i8) -> StdAddr {
    addr(chain, 0xee)
}

fn is_nowhere(address: &StdAddr) -> bool {
    address.address == hash(0xee)
}

fn empty() -> ShardAccount {
    ShardAccount {
        account: Lazy::new(&OptionalAccount::EMPTY).unwrap(),
        last_trans_hash: HashBytes::ZERO,
        last_trans_lt: 0,
    }
}

fn balance(account: &ShardAccount) -> u128 {
    account
        .account
        .load()
        .unwrap()
        .0
        .map_or(0, |account| account.balance.tokens.into_inner())
}
