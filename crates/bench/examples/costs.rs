//! Prints what a change of a stake costs: `costs [WORKCHAINS]`.
#![allow(clippy::unwrap_used)]

use ddvs_bench::{Load, cost};

fn main() {
    let args = std::env::args().skip(1);
    let mut numbers: Vec<i8> = args.map(|arg| arg.parse().unwrap()).collect();
    if numbers.is_empty() {
        numbers = vec![2, 3, 8, 23];
    }
    for load in [Load::One, Load::FullBatch, Load::EachWorkchain] {
        for &workchains in &numbers {
            let row = cost(workchains, load).unwrap();
            println!(
                "{:>15} {:>3} workchains: paid {:.3}, burnt {:.3} ({:.2}), {} gas, {} messages",
                row.load,
                row.workchains,
                row.paid_nano as f64 / 1e9,
                row.burnt_nano as f64 / 1e9,
                row.factor(),
                row.delector_gas,
                row.messages,
            );
        }
    }
}
