//! Gas of one user's operations, beside few and beside many other stakers.

use ddvs_types::COIN;

use crate::crowd::gas_of;
use crate::{BenchError, Crowd};

/// One operation's gas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    /// Operations by contract.
    pub name: &'static str,
    /// Validators on the Root's chain.
    pub validators: u32,
    /// Gas used.
    pub gas: u64,
}

const BLOCK_GAS_LIMIT: u64 = 4_000_000_000;

/// Stake, unstake and release of one user with a Root that `stakers` users stake with.
///
/// Fails only when something that was to be measured did not happen.
pub fn operations(stakers: u32) -> Result<Vec<Operation>, BenchError> {
    let mut crowd = Crowd::new(stakers, BLOCK_GAS_LIMIT)?;
    let all = crowd.stakes(0..stakers as usize, 0, 10 * COIN)?;
    crowd.run(all)?;
    let staked = crowd.staked_nano()?;
    if staked != u128::from(stakers) * 10 * COIN {
        return Err(BenchError::NotDone(format!("{staked} nano are staked")));
    }
    let (wallet, root) = (crowd.wallets[0].clone(), crowd.roots[0].address().clone());
    let mut rows = Vec::new();
    let mut row = |name, gas: Option<&u64>| match gas {
        Some(&gas) => {
            rows.push(Operation {
                name,
                validators: 4,
                gas,
            });
            Ok(())
        }
        None => Err(BenchError::NotDone(format!("{name} did not happen"))),
    };

    let stake = crowd.stakes(0..1, 1, COIN)?;
    let blocks = crowd.run(stake)?;
    let (at_wallet, at_root) = (gas_of(&blocks, wallet.address()), gas_of(&blocks, &root));
    row("wallet-stake", at_wallet.first())?;
    row("root-confirm-stake", at_root.first())?;
    row("wallet-lock", at_wallet.get(1))?;
    row("root-applied", at_root.get(1))?;

    // the lock of one second has passed
    let unstake = wallet.unstake(&root, COIN, crowd.value_nano(), 2)?;
    let external = crowd.external(0, 2, unstake)?;
    let blocks = crowd.run(vec![external])?;
    let (at_wallet, at_root) = (gas_of(&blocks, wallet.address()), gas_of(&blocks, &root));
    row("wallet-unstake", at_wallet.first())?;
    row("root-request-unstake", at_root.first())?;
    row("wallet-unlock", at_wallet.get(1))?;

    // nothing is due yet: the position is settled against the Root all the same
    let settle = wallet.settle(&root, crowd.value_nano(), 3)?;
    let external = crowd.external(0, 3, settle)?;
    let blocks = crowd.run(vec![external])?;
    let (at_wallet, at_root) = (gas_of(&blocks, wallet.address()), gas_of(&blocks, &root));
    row("wallet-settle", at_wallet.first())?;
    row("root-request-release", at_root.first())?;
    row("wallet-release", at_wallet.get(1))?;
    Ok(rows)
}
