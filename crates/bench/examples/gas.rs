//! Prints what each transaction of one stake change costs: `gas [VALIDATORS] [WORKCHAINS] [CHANGES]`; more than one
//! change are those of candidates.
#![allow(clippy::unwrap_used)]

use ddvs_bench::{Change, StageSpec, measure_many};

fn main() {
    let args = std::env::args().skip(1);
    let numbers: Vec<u32> = args.map(|arg| arg.parse().unwrap()).collect();
    let mut spec = StageSpec::new(numbers.first().copied().unwrap_or(400));
    spec.workchains = numbers.get(1).map_or(2, |&n| n as i8);
    let changes = numbers.get(2).copied().unwrap_or(1);
    let change = if changes > 1 {
        Change::Candidate
    } else {
        Change::Member
    };
    for (chain, tally) in measure_many(&spec, change, changes).unwrap().delectors {
        println!("chain {chain}: {} gas", tally.gas());
        for spent in tally.spent {
            let failed = if spent.succeeded { "" } else { ", failed" };
            println!(
                "    {:08x} {:>8} gas, {} sent{failed}",
                spent.op, spent.gas, spent.sent
            );
        }
    }
}
