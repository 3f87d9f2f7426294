//! Memory of idle wallets, as the process's resident set grows: `cargo run --release -p ddvs-bench --example memory`.

use anyhow::{Context, Result};
use ddvs_bench::Crowd;

/// Resident set in bytes, from `/proc/self/statm` (Linux).
fn resident() -> Result<u64> {
    let text = std::fs::read_to_string("/proc/self/statm").context("this example needs Linux")?;
    let pages: u64 = text
        .split_whitespace()
        .nth(1)
        .context("statm has a second field")?
        .parse()?;
    Ok(pages * 4_096)
}

fn main() -> Result<()> {
    let (few, many) = (1_000, 101_000);
    let small = Crowd::new(few, 200_000_000)?;
    let before = resident()?;
    let large = Crowd::new(many, 200_000_000)?;
    let after = resident()?;
    let each = (after - before) / u64::from(many);
    println!("{{\"wallets\":{many},\"bytes_per_user\":{each}}}");
    drop((small, large));
    Ok(())
}
