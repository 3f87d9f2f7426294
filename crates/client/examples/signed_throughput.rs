//! Operations per second on one core, in CPU time of this thread. An operation is equivalent to a stake: a signed
//! external message to a standard wallet, and five internal messages after it.
//!
//! `cargo run --release -p ddvs-client --example signed_throughput -- [wallets] [rounds]`
//!
//! The contracts behind the wallet are those of the ledger's tests, not the real ones: this measures the cost of the
//! ledger and the wallet, without the contracts.

#[path = "../../ledger/examples/measure/mod.rs"]
mod measure;

use std::error::Error;

use ddvs_client::{MASTERCHAIN, Outgoing, OwnerWallet};
use ddvs_ledger::{GenesisAccount, HistoryLimits, Network, NetworkGenesis};
use ddvs_test_kit::puppets::{ConfigPlan, START_MS, addr, assert_conserved, chain_genesis, puppet};
use ddvs_test_kit::wallets::NETWORK_ID;
use ddvs_types::COIN;
use measure::cpu_s;

fn secret(number: u32) -> [u8; 32] {
    let mut secret = [7; 32];
    secret[..4].copy_from_slice(&number.to_be_bytes());
    secret
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = measure::numbers()?;
    let count = args.next().unwrap_or(1_000);
    let rounds = args.next().unwrap_or(5);

    let plan = ConfigPlan {
        block_gas_limit: u64::MAX,
        ..Default::default()
    };
    let wallets: Vec<_> = (0..count)
        .map(|n| OwnerWallet::new(secret(n), 0, NETWORK_ID))
        .collect::<Result<_, _>>()?;
    let mut chain = chain_genesis(0, 100, &plan);
    chain
        .accounts
        .extend(wallets.iter().map(|wallet| GenesisAccount {
            address: wallet.address().clone(),
            state_init: Some(wallet.state_init().clone()),
            balance_nano: 100 * COIN,
        }));
    let chains = vec![chain_genesis(MASTERCHAIN, 1, &plan), chain];
    let mut genesis = NetworkGenesis::new(chains, START_MS, 1);
    genesis.history = HistoryLimits {
        max_blocks: 8,
        max_transactions: 20_000,
    };
    let mut network = Network::new(genesis)?;

    let path: Vec<_> = (1..=5).map(|n| addr(0, n)).collect();
    let (mut sign_s, mut admit_s, mut block_s) = (0.0, 0.0, 0.0);
    let (mut operations, mut transactions, mut gas) = (0u32, 0, 0);
    for seqno in 0..rounds {
        for batch in wallets.chunks(500) {
            let start_s = cpu_s()?;
            let outgoing = [Outgoing::new(
                path[0].clone(),
                COIN,
                puppet::forward(&path[1..]),
            )];
            let messages: Vec<_> = batch
                .iter()
                .map(|w| w.build_external(seqno, u32::MAX, false, &outgoing))
                .collect::<Result<_, _>>()?;
            let signed_s = cpu_s()?;
            for message in messages {
                network.send_external(0, message)?;
            }
            let admitted_s = cpu_s()?;
            let block = network.produce_block(0)?;
            block_s += cpu_s()? - admitted_s;
            admit_s += admitted_s - signed_s;
            sign_s += signed_s - start_s;
            operations += batch.len() as u32;
            transactions += block.transactions.len();
            gas += block.gas_used;
            assert!(block.transactions.iter().all(|t| t.succeeded()));
        }
    }
    let each = |s: f64| s * 1e6 / f64::from(operations);
    println!(
        "{count} wallets, {operations} operations of {:.1} transactions and {} gas: \
         signing {:.1} us, admission {:.1} us, blocks {:.1} us each",
        transactions as f64 / f64::from(operations),
        gas / u64::from(operations),
        each(sign_s),
        each(admit_s),
        each(block_s),
    );
    println!(
        "{:.0} operations per second without signing",
        f64::from(operations) / (admit_s + block_s)
    );
    assert_conserved(&network);
    Ok(())
}
