//! Somebody at work: a network, a key, and where things are told.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use ddvs_client::getter::unix_time;
use ddvs_client::owner::owner_address;
use ddvs_client::{Backend, DePoolWallet};
use ddvs_keystore::KeyEntry;
use ddvs_people::{Site, Staker};
use tycho_types::models::StdAddr;

use super::book::Book;
use super::connect::{Connected, connect};
use super::home::Home;
use super::output::Output;
use super::password;
use super::progress::Progress;
use crate::args::{ActArgs, ConnectArgs, KeyArgs, OutputArgs, WhoArgs};

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

/// A key that is only looked at.
pub struct Viewer {
    /// Its name.
    pub name: String,
    /// The account that it signs for.
    pub owner: StdAddr,
    /// The DePool Wallet of that account.
    pub wallet: DePoolWallet,
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

    /// Computes a key's accounts from its public half: no password is asked for.
    pub fn viewer(&self, args: &WhoArgs) -> Result<Viewer> {
        let name = key_name(&self.home, args.key.as_deref())?;
        let entry = self.home.keys().entry(&name)?;
        self.view(&entry, args.chain)
    }

    /// The accounts of a key on a chain.
    ///
    /// Fails when the network has no such chain.
    pub fn view(&self, entry: &KeyEntry, chain: i8) -> Result<Viewer> {
        let site = self.site();
        site.check_chain(chain)?;
        let owner = owner_address(entry.public, chain, site.global_id)?;
        let wallet = DePoolWallet::new(&site.network, chain, &owner)?;
        Ok(Viewer {
            name: entry.name.clone(),
            owner,
            wallet,
        })
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
    // which key is meant when one cannot be read, only its owner knows
    if let Some(error) = home.keys().damaged()?.first() {
        bail!(
            "a key cannot be read: {error}; choose one with --key NAME, or repair or remove that file"
        );
    }
    match keys.as_slice() {
        [one] => Ok(one.name.clone()),
        [] => bail!(
            "there is no key yet in {}: make one with `ddvs key new NAME`",
            home.keys().dir().display()
        ),
        several => {
            let names: Vec<_> = several.iter().map(|key| key.name.as_str()).collect();
            bail!(
                "there are several keys, {}: choose one with --key NAME, or for all commands with DDVS_KEY=NAME in the environment",
                names.join(", ")
            )
        }
    }
}
