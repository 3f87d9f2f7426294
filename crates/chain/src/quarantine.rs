//! Isolation of failures: the engine may fail or panic on a message, and the chain continues.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Maximum length of a fault's text, so that a record does not grow with the engine's messages.
const MAX_FAULT_LETTERS: usize = 300;

/// Runs code that may fail or panic, and returns the error as one line.
///
/// `work` must not change anything that is used after it fails.
pub(crate) fn guard<T>(work: impl FnOnce() -> Result<T, anyhow::Error>) -> Result<T, String> {
    let fault = match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(done)) => return Ok(done),
        Ok(Err(cause)) => format!("{cause:#}"),
        Err(panic) => {
            let words = panic.downcast_ref::<String>().map(String::as_str);
            let words = words.or_else(|| panic.downcast_ref::<&str>().copied());
            format!("panic: {}", words.unwrap_or("no reason given"))
        }
    };
    let line = fault.replace(|sign: char| sign.is_control(), " ");
    Err(line.chars().take(MAX_FAULT_LETTERS).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_and_panics_are_told_in_a_line() {
        assert_eq!(guard(|| Ok(5)), Ok(5));
        let failed = guard::<()>(|| Err(anyhow::anyhow!("no\ngood").context("phase")));
        assert_eq!(failed, Err("phase: no good".to_owned()));
        let panicked = guard(|| {
            let nothing: &[u8] = std::hint::black_box(&[]);
            Ok(nothing[0])
        });
        let said = panicked.expect_err("it panics");
        assert!(said.starts_with("panic: index out of bounds"), "{said}");
        let long = guard::<()>(|| Err(anyhow::anyhow!("x".repeat(10_000))));
        assert_eq!(long.expect_err("fails").len(), MAX_FAULT_LETTERS);
    }
}
