//! Commands printed by `ddvs devnet` for a new user: they equal those of the guide, and work as printed.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use snapbox::cmd::cargo_bin;

use crate::guide::{Guide, Step};
use crate::repository;

struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn commands_printed_by_a_devnet_work_and_equal_the_guide() {
    let home = tempfile::tempdir().unwrap();
    let mut devnet = Killed(
        Command::new(cargo_bin!("ddvs"))
            .args(["devnet", "--listen", "127.0.0.1:0", "--run-for", "10m"])
            .current_dir(home.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap(),
    );
    let mut url = None;
    let mut commands = Vec::new();
    for line in BufReader::new(devnet.0.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        let line = line.trim();
        if let Some(rest) = line.strip_prefix("dashboard") {
            url = Some(rest.trim().trim_end_matches('/').to_owned());
        }
        let program = line.split(' ').next().unwrap_or_default();
        if program.trim_end_matches('\'').ends_with("/ddvs") {
            commands.push((line.to_owned(), line.replace(program, "ddvs")));
        }
        if line.starts_with("Ctrl-C") {
            break;
        }
    }
    let url = url.expect("it says where it is");
    let guide = Guide::read(&repository().join("docs/guide/README.md"));
    let told = guide.blocks.iter().find_map(|block| match &block.step {
        Step::Run(text) => Some(text.clone()),
        _ => None,
    });
    let printed: Vec<_> = commands
        .iter()
        .map(|(_, words)| words.replace(&format!(" --rpc {url}"), "") + "\n")
        .collect();
    assert_eq!(printed.len(), 3, "{commands:?}");
    assert_eq!(printed.concat(), told.unwrap());
    for (line, _) in &commands {
        let ran = Command::new("bash")
            .args(["-c", line])
            .current_dir(home.path())
            .env_remove("DDVS_RPC")
            .env_remove("DDVS_KEY")
            .env("DDVS_HOME", home.path().join("ddvs"))
            .output()
            .unwrap();
        assert!(ran.status.success(), "{line}: {ran:?}");
    }
}
