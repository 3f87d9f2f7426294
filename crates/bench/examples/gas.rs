//! Prints the gas of each transaction of one stake change: `gas [VALIDATORS] [WORKCHAINS] [CHANGES]`; more than one
//! change are those of candidates.

use ddvs_contracts::messages::op_name;
use std::error::Error;

use ddvs_bench::{Change, StageSpec, measure_many};

fn main() -> Result<(), Box<dyn Error>> {
    let args = std::env::args().skip(1);
    let numbers = args
        .map(|arg| arg.parse())
        .collect::<Result<Vec<u32>, _>>()?;
    let mut spec = StageSpec::new(numbers.first().copied().unwrap_or(400));
    spec.workchains = numbers.get(1).map_or(Ok(2), |&n| i8::try_from(n))?;
    let changes = numbers.get(2).copied().unwrap_or(1);
    let change = if changes > 1 {
        Change::Candidate
    } else {
        Change::Member
    };
    for (chain, tally) in measure_many(&spec, change, changes)?.delectors {
        println!("chain {chain}: {} gas", tally.gas());
        for spent in tally.spent {
            let failed = if spent.succeeded { "" } else { ", failed" };
            println!(
                "    {:<14} {:>8} gas, {} sent{failed}",
                spent.op.and_then(op_name).unwrap_or("-"),
                spent.gas,
                spent.sent
            );
        }
    }
    Ok(())
}
