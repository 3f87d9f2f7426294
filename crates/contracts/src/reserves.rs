//! Reserves of the pool's contracts for ten years of storage (`contracts/pool/limits.tolk`).

use tycho_types::models::StoragePrices;

/// How long a contract of the pool survives without any message, in seconds: ten years.
const STORED_FOR: u64 = 315_576_000;
const WALLET_BITS: u64 = 32_000;
const WALLET_CELLS: u64 = 80;
const POSITION_BITS: u64 = 3_500;
const POSITION_CELLS: u64 = 36;
const ROOT_BITS: u64 = 130_000;
const ROOT_CELLS: u64 = 345;

/// Returns the reserve of a wallet with this number of positions, in nano, by the prices of its chain; 0 without
/// positions.
pub fn wallet_reserve_nano(prices: &StoragePrices, positions: u8) -> u128 {
    if positions == 0 {
        return 0;
    }
    let positions = u64::from(positions);
    fee_nano(
        prices,
        WALLET_BITS + positions * POSITION_BITS,
        WALLET_CELLS + positions * POSITION_CELLS,
    )
}

/// Coins of a wallet that its owner may use, in nano.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spare {
    /// Amount that may be withdrawn.
    pub free_nano: u128,
    /// Amount that may be staked, even with another Root, whose position needs more reserve.
    pub stakable_nano: u128,
    /// Reserve with the present positions.
    pub reserve_nano: u128,
    /// Reserve with one more position.
    pub next_reserve_nano: u128,
}

impl Spare {
    /// Returns what is left of a balance without `taken_nano`: coins of the positions, and storage fees that are due.
    pub fn of(prices: &StoragePrices, balance_nano: u128, taken_nano: u128, positions: u8) -> Self {
        let own_nano = balance_nano.saturating_sub(taken_nano);
        let reserve_nano = wallet_reserve_nano(prices, positions);
        let next_reserve_nano = wallet_reserve_nano(prices, positions.saturating_add(1));
        Self {
            free_nano: own_nano.saturating_sub(reserve_nano),
            stakable_nano: own_nano.saturating_sub(next_reserve_nano),
            reserve_nano,
            next_reserve_nano,
        }
    }
}

/// Returns the reserve of a Root, in nano, by the prices of its chain.
pub fn root_reserve_nano(prices: &StoragePrices) -> u128 {
    fee_nano(prices, ROOT_BITS, ROOT_CELLS)
}

fn fee_nano(prices: &StoragePrices, bits: u64, cells: u64) -> u128 {
    let each_second = u128::from(prices.bit_price_ps) * u128::from(bits)
        + u128::from(prices.cell_price_ps) * u128::from(cells);
    (each_second * u128::from(STORED_FOR)).div_ceil(1 << 16)
}
