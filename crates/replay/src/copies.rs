//! One real D'Elector for each chain, executed message by message.

use std::collections::{BTreeMap, VecDeque};

use ddvs_contracts::messages::Message;
use ddvs_contracts::storage::DElectorStorage;
use ddvs_contracts::{Codes, Network, RootTerms, address};
use ddvs_types::{COIN, COIN_U64};
use ddvs_zerostate::{Zerostate, build_with};
use tycho_executor::{Executor, ExecutorParams, ParsedConfig, TxError};
use tycho_types::cell::{Cell, CellBuilder};
use tycho_types::models::{
    Account, AccountState, ComputePhase, CurrencyCollection, IntMsgInfo, MsgInfo, OwnedMessage,
    ShardAccount, StateInit, StdAddr, TxInfo,
};

use crate::genesis::{active, spec, without_churn_limit};

/// Start time of the copies, in Unix seconds.
pub(crate) const START: u32 = 1_800_000_000;
/// Nano in the model's unit of stake.
pub const UNIT_NANO: u64 = 1_000 * COIN_U64;
/// Initial balance of a copy: enough for any trace.
pub(crate) const BALANCE_NANO: u128 = 1_000_000 * COIN;
/// Value of a message that the trace makes up.
pub const VALUE_NANO: u128 = 1_000 * COIN;

/// A message that a copy sent to another one.
#[derive(Debug, Clone)]
pub struct Sent {
    /// The sender's chain.
    pub from: i8,
    /// The receiver's chain.
    pub to: i8,
    /// The body.
    pub body: Cell,
    /// Its value, in nano.
    pub value_nano: u128,
}

/// The D'Electors of a masterchain and workchains, each with one genesis validator.
#[derive(Debug)]
pub struct Copies {
    /// The network, from which addresses follow.
    pub network: Network,
    /// Terms of the only Root of each workchain.
    terms: BTreeMap<i8, RootTerms>,
    accounts: BTreeMap<i8, ShardAccount>,
    configs: BTreeMap<i8, ParsedConfig>,
    lt: u64,
    /// Maximum gas of a transaction.
    pub most_gas: u64,
}

impl Copies {
    /// Copies on a masterchain and one workchain for each of `stakes`, which count units.
    ///
    /// # Panics
    /// Panics if no network can start so.
    pub fn new(stakes: &[i32], codes: &Codes) -> Self {
        let spec = spec(stakes);
        let zerostate = build_with(&spec, codes).expect("the stakes make a network");
        let terms = |chain: usize| spec.validators[chain].root_terms();
        let mut copies = Self {
            network: zerostate.network.clone(),
            terms: (0..stakes.len())
                .map(|chain| (chain as i8, terms(chain)))
                .collect(),
            accounts: BTreeMap::new(),
            configs: BTreeMap::new(),
            lt: 1_000_000,
            most_gas: 0,
        };
        copies.take(&zerostate);
        copies
    }

    fn take(&mut self, zerostate: &Zerostate) {
        for chain in &zerostate.chains {
            let account = &chain.accounts[0];
            let mut init = account
                .state_init
                .clone()
                .expect("the D'Elector comes first");
            let config = without_churn_limit(&mut init);
            self.configs.insert(chain.id, config);
            self.accounts
                .insert(chain.id, active(&account.address, init));
        }
    }

    /// Address of the D'Elector on `chain`.
    pub fn address(&self, chain: i8) -> StdAddr {
        address::delector_address(&self.network, chain).expect("an address can be computed")
    }

    /// Address and terms of the only Root of `chain`.
    pub fn root(&self, chain: i8) -> (StdAddr, &RootTerms) {
        let terms = &self.terms[&chain];
        let root = address::root_address(&self.network, chain, terms);
        (root.expect("an address can be computed"), terms)
    }

    /// Returns the storage of the copy on `chain`.
    pub fn storage(&self, chain: i8) -> DElectorStorage {
        let account = self.accounts[&chain]
            .load_account()
            .expect("the account parses");
        let Some(Account {
            state: AccountState::Active(init),
            ..
        }) = account
        else {
            panic!("the D'Elector of {chain} is not active");
        };
        data(&init).parse().expect("its storage parses")
    }

    /// Delivers a message to the copy on `chain`, and all messages that it then sends to itself. Returns its messages
    /// to other copies, in order, and the exit codes of failed transactions.
    pub fn deliver(
        &mut self,
        chain: i8,
        src: &StdAddr,
        value_nano: u128,
        body: Cell,
    ) -> (Vec<Sent>, Vec<i32>) {
        let (mut sent, mut failed) = (Vec::new(), Vec::new());
        let this = self.address(chain);
        let mut queue = VecDeque::from([(src.clone(), value_nano, body)]);
        while let Some((src, value_nano, body)) = queue.pop_front() {
            for out in self.execute(chain, &src, value_nano, body, &mut failed) {
                let MsgInfo::Int(info) = out.info else {
                    continue;
                };
                let dst = info
                    .dst
                    .as_std()
                    .expect("copies send to standard addresses")
                    .clone();
                let value_nano = info.value.tokens.into_inner();
                let body = CellBuilder::build_from(body_of(&out.body)).expect("a body is a cell");
                if dst == this {
                    queue.push_back((dst, value_nano, body));
                } else if self.address(dst.workchain) == dst {
                    sent.push(Sent {
                        from: chain,
                        to: dst.workchain,
                        body,
                        value_nano,
                    });
                }
            }
        }
        (sent, failed)
    }

    fn execute(
        &mut self,
        chain: i8,
        src: &StdAddr,
        value_nano: u128,
        body: Cell,
        failed: &mut Vec<i32>,
    ) -> Vec<OwnedMessage> {
        self.lt += 100;
        let this = self.address(chain);
        let message = CellBuilder::build_from(OwnedMessage {
            info: MsgInfo::Int(IntMsgInfo {
                ihr_disabled: true,
                src: src.clone().into(),
                dst: this.clone().into(),
                value: CurrencyCollection::new(value_nano),
                created_lt: self.lt,
                created_at: START,
                ..Default::default()
            }),
            init: None,
            body: body.into(),
            layout: None,
        })
        .expect("a message can be encoded");
        let params = ExecutorParams {
            block_unixtime: START,
            block_lt: self.lt,
            strict_extra_currency: true,
            charge_action_fees_on_fail: true,
            ..Default::default()
        };
        let out = Executor::new(&params, &self.configs[&chain])
            .with_min_lt(self.lt)
            .begin_ordinary(&this, false, message, &self.accounts[&chain]);
        let out = match out {
            Ok(out) => out.commit().expect("a transaction can be committed"),
            Err(TxError::Skipped) => panic!("an internal message is never skipped"),
            Err(TxError::Fatal(error)) => panic!("{error:#}"),
        };
        self.lt = out.transaction_meta.next_lt;
        let info = out
            .transaction
            .load()
            .and_then(|tx| tx.load_info())
            .expect("a transaction parses");
        let TxInfo::Ordinary(info) = info else {
            panic!("no ticks here")
        };
        match &info.compute_phase {
            ComputePhase::Executed(phase) => {
                self.most_gas = self.most_gas.max(u64::from(phase.gas_used));
                if !phase.success {
                    failed.push(phase.exit_code);
                }
            }
            ComputePhase::Skipped(_) => failed.push(i32::MIN),
        }
        if let Some(action) = &info.action_phase
            && !action.success
        {
            failed.push(action.result_code);
        }
        self.accounts.insert(chain, out.new_state);
        let out_msgs = out.transaction_meta.out_msgs.iter();
        out_msgs.map(|message| owned(message.inner())).collect()
    }

    /// The body of a message.
    pub fn body(message: &impl Message) -> Cell {
        message.to_cell().expect("a message can be encoded")
    }
}

fn owned(message: &Cell) -> OwnedMessage {
    message.parse().expect("a message that was sent parses")
}

fn body_of(body: &tycho_types::cell::CellSliceParts) -> tycho_types::cell::CellSlice<'_> {
    body.0.apply_allow_exotic(&body.1)
}

fn data(init: &StateInit) -> Cell {
    init.data.clone().expect("a D'Elector has data")
}
