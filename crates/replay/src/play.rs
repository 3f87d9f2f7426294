//! Traces: random ones, and those of scenarios.

use ddvs_contracts::Codes;
use ddvs_model::random::Rng;
use ddvs_model::scenarios::Scenario;
use ddvs_model::{Instance, Step};

use crate::{Mismatch, Replay};

/// Maximum number of steps of a trace.
const MAX_STEPS: usize = 400;

/// Plays a random trace; returns its length.
///
/// Fails only when the copies differ from the model.
///
/// # Panics
/// Panics if the instance's stakes make no network.
pub fn play(instance: &Instance, codes: &Codes, seed: u64) -> Result<usize, Mismatch> {
    let mut replay = Replay::new(instance, codes);
    let mut rng = Rng::new(seed);
    for taken in 0..MAX_STEPS {
        let mut steps = replay.steps();
        // Silence is rare, or nothing would happen.
        if steps.iter().any(|step| !matches!(step, Step::Silence(_))) && rng.below(20) != 0 {
            steps.retain(|step| !matches!(step, Step::Silence(_)));
        }
        if steps.is_empty() {
            return Ok(taken);
        }
        replay.take(steps[rng.below(steps.len())])?;
    }
    Ok(MAX_STEPS)
}

/// Replays a scenario in its own order, to its end; returns the number of steps.
///
/// Fails only when the copies differ from the model.
///
/// # Panics
/// Panics if the instance's stakes are invalid, or the order does not fit the instance.
pub fn tell(story: &Scenario, codes: &Codes) -> Result<usize, Mismatch> {
    let mut replay = Replay::new(&story.instance, codes);
    let steps = story.steps();
    for &step in &steps {
        assert!(replay.steps().contains(&step), "{}: {step:?}", story.name);
        replay.take(step)?;
    }
    Ok(steps.len())
}
