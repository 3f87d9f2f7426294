//! Somebody at work: a network, a key, and where things are told.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use ddvs_client::Backend;
use ddvs_client::getter::unix_time;
use ddvs_people::{Site, Staker};

use super::book::Book;
use super::connect::{Connected, connect};
use super::home::Home;
use super::output::Output;
use super::password;
use super::progress::Progress;
use crate::args::{ActArgs, ConnectArgs, KeyArgs, OutputArgs};

/// What every command on a network needs.
pub struct Session {
    /// The network.
    pub net: Connected,
    /// What belongs to the person.
    pub home: Home,
    /// Names of pools.
    pub book: Book,
    /// Where results go.
    pub output: Output,
    /// Where progress goes.
    pub progress: Progress,
    /// When patience ends.
    pub deadline: Instant,
    /// How long it is to wait for something to happen.
    pub patience: Duration,
}

/// A key that was opened.
pub struct Signer {
    /// Its name.
    pub name: String,
    /// Its accounts.
    pub staker: Staker,
}

impl Session {
    /// Connects to a network, to be asked or waited for at most so long.
    pub fn open(connection: &ConnectArgs, output: &OutputArgs, timeout_s: u64) -> Result<Self> {
        let patience = Duration::from_secs(timeout_s);
        let home = Home::open()?;
        let progress = Progress::new();
        let net = connect(connection, patience)?;
        let book = Book::open(&home, &net.site)?;
        Ok(Self {
            net,
            home,
            book,
            output: Output::new(output),
            progress,
            deadline: Instant::now() + patience,
            patience,
        })
    }

    /// The same for a command that sends something.
    pub fn for_act(args: &ActArgs) -> Result<Self> {
        Self::open(&args.connect, &args.output, args.timeout)
    }

    /// Which network it is.
    pub fn site(&self) -> &Site {
        &self.net.site
    }

    /// Opens a key, and computes its accounts here.
    pub fn signer(&self, args: &KeyArgs) -> Result<Signer> {
        let name = key_name(&self.home, args.key.as_deref())?;
        let secret = self
            .home
            .keys()
            .unlock(&name, || password::ask(&args.password, &name))?;
        let staker = Staker::new(self.site(), secret.seed(), args.chain)?;
        Ok(Signer { name, staker })
    }

    /// The network's time in unix seconds.
    pub fn now(&self) -> Result<u32> {
        Ok(unix_time(self.net.backend.now_ms()?))
    }
}

/// The key that is meant: the one named, or the only one.
pub fn key_name(home: &Home, named: Option<&str>) -> Result<String> {
    if let Some(name) = named {
        return Ok(name.to_owned());
    }
    let keys = home.keys().list()?;
    match keys.as_slice() {
        [one] => Ok(one.name.clone()),
        [] => bail!(
            "there is no key yet in {}: make one with `ddvs key new NAME`",
            home.keys().dir().display()
        ),
        several => {
            let names: Vec<_> = several.iter().map(|key| key.name.as_str()).collect();
            bail!(
                "there are several keys: choose one with --key, {}",
                names.join(", ")
            )
        }
    }
}
