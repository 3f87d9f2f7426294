//! Mutated inputs for decoders of untrusted bytes, for the tests of other crates.
//!
//! A target ([`fuzz`]) starts from valid samples and mutates them by their structure: bytes, cells of a bag of cells, values
//! of a JSON document. Its check says whether an input was accepted, and panics if something is wrong. It runs for the seconds
//! that the target requests, or for `DDVS_FUZZ_SECONDS`, from the seed 1 or `DDVS_FUZZ_SEED` (`clock`: another one each time).
//!
//! An input that fails is printed as `DDVS_FUZZ_REPLAY=<target>:...`; with that variable set, the same test runs only that
//! input. The current input is also in the file `ddvs-fuzz-<target>` of the directory for temporary files, so that one which
//! ends the whole process (by exhausting stack or memory) is found there: `DDVS_FUZZ_REPLAY=<target>:file:<path>`.
//!
//! Unlike coverage-guided fuzzers, it does not observe which code an input reached.

mod boc;
mod bytes;
mod json;
mod replay;
mod rng;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::{Duration, Instant};

pub use rng::Rng;

/// Processing time of an input above which something grows too fast.
const SLOW: Duration = Duration::from_secs(20);
/// Maximum number of mutations of one sample.
const MAX_CHANGES: usize = 4;

/// Structure of the samples, which determines how they are mutated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Arbitrary bytes.
    Bytes,
    /// A bag of cells.
    Boc,
    /// JSON; strings that are base64 of a bag of cells are mutated as such.
    Json,
}

impl Shape {
    /// Returns a mutated sample. `all` are the samples from which parts may be taken.
    pub fn mutate(self, rng: &mut Rng, sample: &[u8], all: &[Vec<u8>]) -> Vec<u8> {
        let mut input = sample.to_vec();
        for _ in 0..=rng.below(MAX_CHANGES) {
            let changed = match self {
                // one in eight is mutated as bytes only
                Self::Boc if !rng.one_in(8) => boc::mutate(rng, &input, all),
                Self::Json if !rng.one_in(8) => json::mutate(rng, &input),
                _ => None,
            };
            input = changed.unwrap_or_else(|| bytes::mutate(rng, &input, all));
        }
        input
    }
}

/// Runs a target: first its samples unchanged, which must be accepted, then mutated ones, for `seconds` or the time in the environment.
///
/// # Panics
///
/// When the check does, or takes 20 seconds, and when a sample is refused; the input is printed. Also when no mutated input
/// was accepted, or none refused: such a target tests nothing. With `DDVS_FUZZ_REPLAY` of this target only that input is checked.
pub fn fuzz(
    target: &str,
    seconds: u64,
    shape: Shape,
    samples: &[Vec<u8>],
    mut check: impl FnMut(&[u8]) -> bool,
) {
    if let Some(input) = replay::wanted(target) {
        let taken = check(&input);
        println!("{target}: taken: {taken}");
        return;
    }
    let seconds = replay::number("DDVS_FUZZ_SECONDS").unwrap_or(seconds);
    let seed = replay::seed();
    let mut rng = Rng::new(seed);
    let mut kept = replay::Kept::new(target);
    let mut try_one = |input: &[u8]| -> bool {
        kept.keep(input);
        let begin = Instant::now();
        let found = catch_unwind(AssertUnwindSafe(|| check(input)));
        let took = begin.elapsed();
        match found {
            Ok(taken) if took < SLOW => taken,
            Ok(_) => {
                replay::tell(target, seed, input);
                panic!("{target}: an input took {took:?}");
            }
            Err(panic) => {
                replay::tell(target, seed, input);
                resume_unwind(panic);
            }
        }
    };
    for (number, sample) in samples.iter().enumerate() {
        if !try_one(sample) {
            replay::tell(target, seed, sample);
            panic!("{target}: sample {number} is refused");
        }
    }
    let begin = Instant::now();
    let end = begin + Duration::from_secs(seconds);
    let (mut taken, mut refused) = (0u64, 0u64);
    while Instant::now() < end {
        let sample = &samples[rng.below(samples.len())];
        let input = shape.mutate(&mut rng, sample, samples);
        match try_one(&input) {
            true => taken += 1,
            false => refused += 1,
        }
    }
    kept.forget();
    println!(
        "{target}: {taken} inputs taken, {refused} refused in {:.1} s, DDVS_FUZZ_SEED={seed}",
        begin.elapsed().as_secs_f64()
    );
    assert!(
        taken > 0 && refused > 0,
        "{target}: all inputs fared the same"
    );
}
