//! The demo's scenario, with its checks.
//!
//! A network with genesis validators ([`setup`]), a [`Stage`] on which users act through `ddvs-client`, and the scenario's
//! [`steps`], one file each. A [`Report`] collects the observations.

pub mod agreement;
pub mod cast;
pub mod needs;
pub mod report;
pub mod setup;
pub mod stage;
pub mod steps;
pub mod story;
pub mod words;

pub use cast::{Cast, People, Story, ValidatorCast};
pub use needs::lacking;
pub use report::{Check, Event, Outcome, Report, Step};
pub use setup::{DemoOptions, Setup};
pub use stage::Stage;
pub use story::tell;
