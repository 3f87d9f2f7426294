//! Transactions per second on one core, in CPU time of this thread.
//!
//! `cargo run --release -p ddvs-ledger --example throughput -- [accounts] [rounds]`
//!
//! Each round queues external messages to distinct accounts, each of which sends a message on
//! through three more accounts of the same chain: one external and four internal transactions.

mod measure;

use std::error::Error;

use ddvs_ledger::{HistoryLimits, Network};
use ddvs_test_kit::puppets::{
    ConfigPlan, addr, assert_conserved, chain_genesis, external, genesis, internal, puppet,
};
use ddvs_types::COIN;
use measure::cpu_s;

const BATCH: u32 = 500;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = measure::numbers()?;
    let accounts = args.next().unwrap_or(10_000);
    let rounds = args.next().unwrap_or(20);

    let plan = ConfigPlan {
        block_gas_limit: u64::MAX,
        ..Default::default()
    };
    let start_s = cpu_s()?;
    let mut genesis = genesis(2, &plan);
    genesis.chains[1] = chain_genesis(0, accounts, &plan);
    genesis.history = HistoryLimits {
        max_blocks: 8,
        max_transactions: 20_000,
    };
    let mut network = Network::new(genesis)?;
    println!("{accounts} accounts: zerostate {:.2} s", cpu_s()? - start_s);

    let (mut admit_s, mut block_s) = (0.0, 0.0);
    let (mut transactions, mut gas) = (0, 0);
    for round in 0..rounds {
        let messages: Vec<_> = (0..BATCH)
            .map(|n| {
                let number = |step: u32| 1 + (round * BATCH + n + step * 7_919) % accounts;
                let path: Vec<_> = (1..=4).map(|step| addr(0, number(step))).collect();
                let inner = internal(&path[0], COIN, true, puppet::forward(&path[1..]));
                external(&addr(0, number(0)), puppet::send(&[(1, inner)]))
            })
            .collect();
        let before_s = cpu_s()?;
        for message in messages {
            network.send_external(0, message)?;
        }
        admit_s += cpu_s()? - before_s;
        let before_s = cpu_s()?;
        let block = network.produce_block(0)?;
        block_s += cpu_s()? - before_s;
        transactions += block.transactions.len();
        gas += block.gas_used;
        assert!(block.transactions.iter().all(|t| t.succeeded()));
    }
    println!(
        "{transactions} transactions, {} gas each: {:.0} per second in blocks ({:.1} us each)",
        gas / transactions as u64,
        transactions as f64 / block_s,
        block_s * 1e6 / transactions as f64,
    );
    println!(
        "admission {:.1} us each external; with it {:.0} transactions per second",
        admit_s * 1e6 / f64::from(rounds * BATCH),
        transactions as f64 / (block_s + admit_s),
    );
    assert_conserved(&network);
    Ok(())
}
