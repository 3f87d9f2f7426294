//! Helpers of the measuring examples.

use std::error::Error;

/// Returns the CPU time of this thread in seconds. The machine may be shared, so wall time would mislead.
pub fn cpu_s() -> Result<f64, Box<dyn Error>> {
    let schedstat = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let ran = schedstat.split(' ').next().unwrap_or_default();
    Ok(ran.parse::<f64>()? * 1e-9)
}

/// Returns the numbers given as arguments.
pub fn numbers() -> Result<impl Iterator<Item = u32>, Box<dyn Error>> {
    let numbers: Result<Vec<_>, _> = std::env::args().skip(1).map(|arg| arg.parse()).collect();
    Ok(numbers?.into_iter())
}
