//! A devnet in a separate process, and users of the binary.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

pub mod gateway;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use snapbox::cmd::cargo_bin;
use tempfile::TempDir;

/// A running devnet; it ends with this value.
pub struct Devnet {
    child: Child,
    pub url: String,
}

impl Devnet {
    /// With blocks of 100 ms, and coins that are free 9 seconds after unstaking.
    pub fn start() -> Self {
        Self::with_block_time("100")
    }

    pub fn with_block_time(ms: &str) -> Self {
        Self::with(&["--block-time-ms", ms])
    }

    /// With options of `ddvs devnet`.
    pub fn with(options: &[&str]) -> Self {
        let mut child = Command::new(cargo_bin!("ddvs"))
            .args(["devnet", "--listen", "127.0.0.1:0"])
            .args(options)
            .args(["--unlock-period", "9", "--run-for", "10m", "--log", "error"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = loop {
            let line = lines.next().expect("the devnet says where it is").unwrap();
            if let Some(url) = line.trim().strip_prefix("dashboard") {
                break url.trim().trim_end_matches('/').to_owned();
            }
        };
        // its later output must not fill the pipe
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, url }
    }
}

impl Drop for Devnet {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Result of a command.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }

    /// Checks that it ended with this code, and printed these words on stderr.
    #[track_caller]
    pub fn fails(self, code: i32, words: &str) -> Self {
        assert_eq!(self.code, code, "{self:?}");
        assert!(self.stderr.contains(words), "{words:?} is not in {self:?}");
        self
    }
}

/// A user with a separate directory.
pub struct Person {
    pub home: TempDir,
    url: String,
}

impl Person {
    pub fn new(url: &str) -> Self {
        Self {
            home: tempfile::tempdir().unwrap(),
            url: url.to_owned(),
        }
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(cargo_bin!("ddvs"));
        command
            .args(args)
            .env_clear()
            .env("DDVS_HOME", self.home.path())
            .env("DDVS_RPC", &self.url)
            .env("COLUMNS", "200")
            .stdin(Stdio::null());
        command
    }

    pub fn home(&self) -> &Path {
        self.home.path()
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        Ran::of(self.command(args).output().unwrap())
    }

    /// The same with one variable more.
    pub fn run_with(&self, variable: &str, value: &Path, args: &[&str]) -> Ran {
        let mut command = self.command(args);
        Ran::of(command.env(variable, value).output().unwrap())
    }

    /// The same with `--json`; it must end well.
    #[track_caller]
    pub fn json(&self, args: &[&str]) -> Value {
        let args: Vec<_> = args.iter().copied().chain(["--json"]).collect();
        self.run(&args).ok().json()
    }

    /// Runs a command until `is_it` accepts its result.
    #[track_caller]
    pub fn until(&self, args: &[&str], is_it: impl Fn(&Ran) -> bool) -> Ran {
        let end = Instant::now() + Duration::from_secs(60);
        loop {
            let ran = self.run(args);
            if is_it(&ran) {
                return ran;
            }
            assert!(Instant::now() < end, "{args:?}: {ran:?}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// A key without a password.
    #[track_caller]
    pub fn key(&self, name: &str) {
        self.run(&["key", "new", name, "--unencrypted"]).ok();
    }

    /// A key with coins.
    #[track_caller]
    pub fn rich(&self, name: &str, coins: &str, chain: &str) {
        self.key(name);
        self.run(&["faucet", name, coins, "--chain", chain]).ok();
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Number of recorded requests, on all networks.
    pub fn requests(&self) -> usize {
        let networks = std::fs::read_dir(self.path("networks"));
        let networks = networks.into_iter().flatten().flatten();
        let files = networks
            .filter_map(|network| std::fs::read_dir(network.path().join("requests")).ok())
            .flatten()
            .flatten();
        let is_noted = |path: PathBuf| path.extension().is_some_and(|ending| ending == "json");
        files.filter(|file| is_noted(file.path())).count()
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path
    }
}

pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// An amount of a JSON answer, in whole coins.
#[track_caller]
pub fn coins(value: &Value) -> u128 {
    let nano = value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is not an amount"));
    nano.parse::<u128>().unwrap() / 1_000_000_000
}
