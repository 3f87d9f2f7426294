//! Progress on stderr: an updated line on a terminal, plain lines elsewhere.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// Number of lines that are remembered, so that none is printed twice.
const MAX_TOLD: usize = 1_000;

/// The updated line: a process has one terminal.
static LINE: Mutex<Option<ProgressBar>> = Mutex::new(None);

fn line() -> Option<ProgressBar> {
    LINE.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Uses the terminal, for example for a question or a result, while the line is hidden.
pub fn aside<T>(act: impl FnOnce() -> T) -> T {
    match line() {
        Some(line) => line.suspend(act),
        None => act(),
    }
}

/// Shows progress.
#[derive(Debug)]
pub struct Progress {
    is_terminal: bool,
    /// Lines printed off a terminal.
    told: Mutex<HashSet<String>>,
}

impl Progress {
    /// Nothing has been printed yet.
    pub fn new() -> Self {
        Self {
            is_terminal: console::Term::stderr().is_term(),
            told: Mutex::default(),
        }
    }

    /// Shows the current operation.
    pub fn doing(&self, what: &str) {
        if !self.is_terminal {
            self.once(what);
        }
        self.moving(what);
    }

    /// The same, for text that the result will repeat: only where the line is updated.
    pub fn moving(&self, what: &str) {
        if !self.is_terminal {
            return;
        }
        let mut line = LINE.lock().unwrap_or_else(PoisonError::into_inner);
        line.get_or_insert_with(begin).set_message(what.to_owned());
    }

    /// Prints a line that has not been printed yet: where lines stay, repeating one adds nothing.
    fn once(&self, what: &str) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() >= MAX_TOLD {
            told.clear();
        }
        if told.insert(what.to_owned()) {
            eprintln!("{what}");
        }
    }

    /// Prints a permanent line.
    pub fn note(&self, what: &str) {
        match self.is_terminal {
            true => aside(|| eprintln!("{what}")),
            false => self.once(what),
        }
    }
}

fn begin() -> ProgressBar {
    let line = ProgressBar::new_spinner();
    let style = ProgressStyle::with_template("{spinner} {msg}");
    line.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
    line.enable_steady_tick(Duration::from_millis(80));
    line
}

impl Drop for Progress {
    fn drop(&mut self) {
        let line = LINE.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(line) = line {
            line.finish_and_clear();
        }
    }
}
