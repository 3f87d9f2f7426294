//! The outcome of a request, for people and as JSON.

use ddvs_people::Answer;
use ddvs_types::coins;
use serde_json::{Value, json};

use super::act::Done;
use super::time;

/// Returns one word for the outcome.
fn outcome(answer: Option<&Answer>) -> &'static str {
    match answer {
        None => "sent",
        Some(Answer::Locked { .. }) => "locked",
        Some(Answer::Unlocking { .. }) => "unlocking",
        Some(Answer::Released { .. }) => "released",
        Some(Answer::Paid { .. }) => "paid",
        Some(Answer::Taken) => "done",
        Some(Answer::Refused(_)) => "refused",
    }
}

/// Returns an answer as JSON.
pub fn answer_object(answer: Option<&Answer>) -> Value {
    let mut object = json!({ "outcome": outcome(answer) });
    match answer {
        Some(Answer::Locked {
            amount_nano,
            lock_until,
        }) => {
            object["amount_nano"] = amount_nano.to_string().into();
            object["lock_until"] = (*lock_until).into();
        }
        Some(Answer::Unlocking {
            amount_nano,
            release_at,
            lost_nano,
        }) => {
            object["amount_nano"] = amount_nano.to_string().into();
            object["release_at"] = (*release_at).into();
            object["lost_nano"] = lost_nano.to_string().into();
        }
        Some(Answer::Released {
            amount_nano,
            lost_nano,
        }) => {
            object["amount_nano"] = amount_nano.to_string().into();
            object["lost_nano"] = lost_nano.to_string().into();
        }
        Some(Answer::Paid { amount_nano }) => {
            object["amount_nano"] = amount_nano.to_string().into();
        }
        Some(Answer::Refused(rejection)) => {
            let (meaning, advice) = rejection.reason.words();
            object["refusal"] = json!({
                "by": rejection.by.to_string(),
                "code": rejection.reason.code(),
                "name": rejection.reason.name(),
                "meaning": meaning,
                "advice": advice,
                "until": rejection.until,
            });
        }
        Some(Answer::Taken) | None => {}
    }
    object
}

/// Returns the outcome of a request, as JSON.
pub fn object(done: &Done) -> Value {
    let mut object = answer_object(done.answer.as_ref());
    object["about"] = done.about.clone().into();
    object["message"] = done.hash.to_string().into();
    object["continued"] = done.is_continued.into();
    object
}

/// Describes an answer; `now` in Unix seconds.
pub fn words(answer: &Answer, now: u32) -> String {
    match answer {
        Answer::Locked {
            amount_nano,
            lock_until,
        } => format!(
            "locked: {} coins, until {}",
            coins(*amount_nano),
            time::until(*lock_until, now)
        ),
        Answer::Unlocking {
            amount_nano,
            release_at,
            lost_nano,
        } => format!(
            "unlocking: {} coins; settle from {} on{}",
            coins(*amount_nano),
            time::until(*release_at, now),
            lost(*lost_nano)
        ),
        Answer::Released {
            amount_nano: 0,
            lost_nano,
        } => format!("settled; no coins were due for release{}", lost(*lost_nano)),
        Answer::Released {
            amount_nano,
            lost_nano,
        } => format!(
            "released: {} coins are free now{}",
            coins(*amount_nano),
            lost(*lost_nano)
        ),
        Answer::Paid { amount_nano } => {
            format!("paid: {} coins arrived", coins(*amount_nano))
        }
        other => other.to_string(),
    }
}

/// Describes the loss by a slash.
fn lost(nano: u128) -> String {
    match nano {
        0 => String::new(),
        nano => format!(
            "\nthe pool was slashed: {} coins of your stake with it are lost",
            coins(nano)
        ),
    }
}

/// Describes the outcome of a request; `now` in Unix seconds.
pub fn human(done: &Done, now: u32) -> String {
    match &done.answer {
        None if done.is_continued => format!(
            "sent before, as {}, and not answered yet: {}\nnothing new was sent; follow it with `ddvs query message {}`",
            done.hash, done.about, done.hash
        ),
        None => format!(
            "sent: {}\nfollow it with `ddvs query message {}`",
            done.about, done.hash
        ),
        Some(answer) => format!("{}\n{}", done.about, words(answer, now)),
    }
}
