//! `ddvs devnet` as a user sees it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use snapbox::cmd::cargo_bin;

fn ddvs(args: &[&str]) -> Command {
    let mut command = Command::new(cargo_bin!("ddvs"));
    command
        .args(args)
        .args(["--listen", "127.0.0.1:0", "--log", "warn"]);
    command
}

/// A devnet that runs, killed when the test ends.
struct Devnet {
    child: Child,
    address: String,
}

impl Devnet {
    fn start(args: &[&str]) -> Self {
        let mut child = ddvs(&[&["devnet"], args].concat())
            .stdout(Stdio::piped())
            .spawn()
            .expect("starts");
        let stdout = child.stdout.take().expect("is piped");
        let address = BufReader::new(stdout)
            .lines()
            .map_while(Result::ok)
            .find_map(|line| {
                Some(
                    line.trim()
                        .strip_prefix("dashboard  http://")?
                        .trim_end_matches('/')
                        .to_owned(),
                )
            })
            .expect("it says where it listens");
        Self { child, address }
    }

    fn ask(&self, path: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).expect("listens");
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .expect("a timeout");
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n",
            self.address
        )
        .expect("writes");
        stream
    }

    fn get(&self, path: &str) -> String {
        let mut text = String::new();
        self.ask(path).read_to_string(&mut text).expect("answers");
        text
    }
}

impl Drop for Devnet {
    fn drop(&mut self) {
        // it may have ended by then
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn run_json(args: &[&str]) -> serde_json::Value {
    let output = ddvs(&[&["devnet", "--json"], args].concat())
        .output()
        .expect("runs");
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).expect("one JSON object on stdout")
}

#[test]
fn a_run_comes_to_a_json_object() {
    let args = ["--run-for", "4s", "--block-time-ms", "100", "--activity"];
    let summary = run_json(&args);
    assert!(summary["blocks"].as_u64() > Some(30), "{summary}");
    assert!(summary["transactions"].as_u64() > Some(0), "{summary}");
    assert_eq!(summary["supply"]["is_conserved"], true);
    assert_eq!(summary["disagreements"].as_array().map(Vec::len), Some(0));
    assert_eq!(summary["chains"].as_array().map(Vec::len), Some(3));
}

#[test]
fn a_port_in_use_says_what_to_do() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let output = Command::new(cargo_bin!("ddvs"))
        .args(["devnet", "--listen", &address])
        .output()
        .expect("runs");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("is in use by another program"), "{said}");
    assert!(said.contains("--listen 127.0.0.1:0"), "{said}");
}

#[test]
fn a_signal_ends_it_though_somebody_listens() {
    let mut devnet = Devnet::start(&[]);
    assert!(devnet.get("/health").starts_with("HTTP/1.1 200"));
    let mut stream = devnet.ask("/api/v1/events");
    let mut first = [0; 12];
    stream.read_exact(&mut first).expect("answers");
    let begin = Instant::now();
    let id = rustix::process::Pid::from_child(&devnet.child);
    rustix::process::kill_process(id, rustix::process::Signal::TERM).expect("is there");
    let status = devnet.child.wait().expect("ends");
    assert!(
        begin.elapsed() < Duration::from_secs(2),
        "{:?}",
        begin.elapsed()
    );
    assert!(status.success());
}

#[test]
fn a_kept_network_goes_on() {
    let dir = tempfile::tempdir().expect("a directory");
    let data = dir.path().join("net");
    let data = Path::new(&data).to_str().expect("a name in UTF-8");
    let first = run_json(&["--run-for", "2s", "--data", data, "--seed", "3"]);
    let second = run_json(&["--run-for", "1s", "--data", data]);
    assert_eq!(first["network"], second["network"]);
    let height = |run: &serde_json::Value| run["chains"][0]["height"].as_u64();
    assert!(height(&second) > height(&first), "{first} {second}");
    let output = ddvs(&["devnet", "--data", data, "--seed", "4"])
        .output()
        .expect("runs");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("leave --seed out"), "{said}");
    let _other = Devnet::start(&["--data", data]);
    let output = ddvs(&["devnet", "--data", data]).output().expect("runs");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("in use by another"), "{said}");
}

#[test]
fn a_log_filter_that_is_none_is_refused() {
    let output = Command::new(cargo_bin!("ddvs"))
        .args(["devnet", "--log", "loud=very", "--listen", "127.0.0.1:0"])
        .output()
        .expect("runs");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("--log loud=very"), "{said}");
}
