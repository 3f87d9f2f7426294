//! A shell session in which a guide is followed.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use snapbox::cmd::cargo_bin;
use tempfile::TempDir;

use crate::guide::{Block, Step};

/// The address in the guides.
const WRITTEN: &str = "127.0.0.1:8080";
/// Tools that every reader has.
const BASIC: [&str; 14] = [
    "bash", "cat", "cp", "cut", "date", "grep", "head", "ls", "mkdir", "rm", "sed", "sleep",
    "tail", "timeout",
];
/// Timeout of a block: some wait for a stake to unlock.
const PATIENCE: Duration = Duration::from_secs(240);
/// Timeout until a server is healthy, on a busy machine.
const START_PATIENCE: Duration = Duration::from_secs(60);

/// Returns the path of a program.
pub fn find(tool: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let mut places = std::env::split_paths(&path).map(|dir| dir.join(tool));
    places.find(|place| place.is_file())
}

pub struct Session {
    name: String,
    home: TempDir,
    address: SocketAddr,
    shell: Child,
    server: Option<Child>,
    /// The server's stderr.
    server_log: PathBuf,
}

impl Session {
    /// Starts a shell of a user who has `ddvs` and these tools.
    pub fn begin(tools: &[&str]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let (bin, work) = (home.path().join("bin"), home.path().join("work"));
        for dir in [&bin, &work, &home.path().join("log")] {
            fs::create_dir(dir).unwrap();
        }
        symlink(cargo_bin!("ddvs"), bin.join("ddvs")).unwrap();
        for tool in BASIC.iter().chain(tools) {
            let place = find(tool).unwrap_or_else(|| panic!("{tool} is missing"));
            symlink(place, bin.join(tool)).unwrap();
        }
        let address = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let mut session = Self {
            name: String::new(),
            address,
            shell: Command::new("true").spawn().unwrap(),
            server: None,
            server_log: PathBuf::new(),
            home,
        };
        session.shell.wait().unwrap();
        session.shell = session
            .command(&["--noprofile", "--norc", "-euo", "pipefail"])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        session
    }

    fn command(&self, args: &[&str]) -> Command {
        let home = self.home.path();
        let mut command = Command::new("bash");
        command
            .args(args)
            .current_dir(home.join("work"))
            .env_clear()
            .env("HOME", home)
            .env("PATH", home.join("bin"))
            .env("LANG", "C.UTF-8")
            .env("COLUMNS", "200")
            .env("DDVS_LISTEN", self.address.to_string())
            .env("DDVS_RPC", format!("http://{}", self.address));
        command
    }

    fn log(&self, name: &str) -> PathBuf {
        self.home
            .path()
            .join("log")
            .join(format!("{}.{name}", self.name))
    }

    /// Goes on with a guide, in the same terminals.
    pub fn turn_to(&mut self, name: &str) {
        self.name = name.to_owned();
    }

    /// Makes something of the repository part of the working directory.
    pub fn link(&self, place: &Path, name: &str) {
        symlink(place, self.home.path().join("work").join(name)).unwrap();
    }

    fn adapt(&self, text: &str) -> String {
        text.replace(WRITTEN, &self.address.to_string())
    }

    pub fn walk(&mut self, block: &Block) {
        match &block.step {
            Step::Run(text) => self.run(block, &self.adapt(text)),
            Step::Start(text) => self.start(block, &self.adapt(text)),
            Step::Write(name, text) => {
                assert!(!name.contains(['/', '\\']), "{name} is no plain name");
                fs::write(self.home.path().join("work").join(name), self.adapt(text)).unwrap();
            }
        }
    }

    fn run(&mut self, block: &Block, text: &str) {
        let line = block.line;
        let [source, out, err, done] =
            ["sh", "out", "err", "done"].map(|kind| self.log(&format!("{line}.{kind}")));
        fs::write(&source, text).unwrap();
        let input = self.shell.stdin.as_mut().unwrap();
        writeln!(
            input,
            ". {} </dev/null >{} 2>{}; : >{}",
            source.display(),
            out.display(),
            err.display(),
            done.display()
        )
        .unwrap();
        let begin = Instant::now();
        while !done.exists() {
            let ended = self.shell.try_wait().unwrap();
            if ended.is_some() || begin.elapsed() > PATIENCE {
                let read = |path| fs::read_to_string(path).unwrap_or_default();
                let why = ended.map_or("it takes too long".to_owned(), |status| status.to_string());
                panic!(
                    "docs/guide/{}, line {line}: {why}\n{text}\nstdout:\n{}\nstderr:\n{}\nserver:\n{}",
                    self.name,
                    read(&out),
                    read(&err),
                    read(&self.log("server.err"))
                );
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        println!(
            "{}, line {line}: {:.1} s",
            self.name,
            begin.elapsed().as_secs_f64()
        );
        if let Some(expected) = &block.output {
            let expected = pattern(&self.adapt(expected));
            let found = fs::read_to_string(&out).unwrap();
            println!("docs/guide/{}, output at line {line}", self.name);
            snapbox::assert_data_eq!(found, expected);
        }
    }

    fn start(&mut self, block: &Block, text: &str) {
        self.stop();
        self.server_log = self.log("server.err");
        let log = |name: &str| fs::File::create(self.log(name)).unwrap();
        let mut server = self
            .command(&["-c", &format!("exec {}", text.trim())])
            .stdin(Stdio::null())
            .stdout(log("server.out"))
            .stderr(log("server.err"))
            .spawn()
            .unwrap();
        let begin = Instant::now();
        while !is_well(self.address) {
            let ended = server.try_wait().unwrap();
            if ended.is_some() || begin.elapsed() > START_PATIENCE {
                let _ = server.kill();
                let _ = server.wait();
                let told = fs::read_to_string(self.log("server.err")).unwrap();
                panic!(
                    "docs/guide/{}, line {}: {ended:?}\n{text}{told}",
                    self.name, block.line
                );
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        self.server = Some(server);
    }

    /// The effect of Ctrl-C on the other terminal.
    fn stop(&mut self) {
        let Some(mut server) = self.server.take() else {
            return;
        };
        let id = rustix::process::Pid::from_child(&server);
        rustix::process::kill_process(id, rustix::process::Signal::INT).unwrap();
        let begin = Instant::now();
        let status = loop {
            match server.try_wait().unwrap() {
                Some(status) => break status,
                None if begin.elapsed() > Duration::from_secs(20) => {
                    let _ = server.kill();
                    let _ = server.wait();
                    panic!("the server did not end");
                }
                None => std::thread::sleep(Duration::from_millis(20)),
            }
        };
        let told = fs::read_to_string(&self.server_log).unwrap();
        assert!(status.success(), "the server ended with {status}\n{told}");
    }

    pub fn end(mut self) {
        self.stop();
        drop(self.shell.stdin.take());
        assert!(self.shell.wait().unwrap().success());
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        for child in [Some(&mut self.shell), self.server.as_mut()]
            .into_iter()
            .flatten()
        {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Whether a server answers `/health` with 200.
fn is_well(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        write!(
            stream,
            "GET /health HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}

/// A guide's output, in the form in which outputs are compared.
fn pattern(text: &str) -> String {
    let lines = text.lines().map(|line| match line.trim() {
        "…" => "...".to_owned(),
        _ => line.replace('…', "[..]"),
    });
    lines.map(|line| line + "\n").collect()
}
