//! A gateway in a separate process.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use snapbox::cmd::cargo_bin;

/// Timeout of each step: nodes that start together need some seconds to their first block.
const PATIENCE: Duration = Duration::from_secs(90);

/// Looks until there is something.
#[track_caller]
pub fn wait<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "{what}: not within {PATIENCE:?}");
        std::thread::sleep(Duration::from_millis(300));
    }
}

/// A gateway in a separate process; it is killed with this value, as a crash would.
pub struct Gateway {
    child: Child,
    pub url: String,
}

impl Gateway {
    pub fn start(network: &[&str], data: &Path, more: &[&str]) -> Self {
        let mut child = Command::new(cargo_bin!("ddvs"))
            .args(["gateway", "--listen", "127.0.0.1:0", "--log", "warn"])
            .args(network)
            .arg("--data")
            .arg(data)
            .args(more)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = lines.find_map(|line| {
            let line = line.unwrap();
            let url = line.trim().strip_prefix("dashboard")?;
            Some(url.trim().trim_end_matches('/').to_owned())
        });
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            child,
            url: url.expect("the gateway says where it is"),
        }
    }

    pub fn answer(&self, path: &str) -> (u16, String) {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None)
            .timeout_global(Some(Duration::from_secs(20)))
            .build()
            .into();
        let mut answer = agent.get(format!("{}{path}", self.url)).call().unwrap();
        let text = answer.body_mut().read_to_string().unwrap();
        (answer.status().as_u16(), text)
    }

    #[track_caller]
    pub fn get(&self, path: &str) -> Value {
        let (status, text) = self.answer(path);
        assert_eq!(status, 200, "{path}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    #[track_caller]
    pub fn items(&self, path: &str) -> Vec<Value> {
        self.get(path)["items"].as_array().unwrap().clone()
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
