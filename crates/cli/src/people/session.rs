//! A session: a network, a key, and the output.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use ddvs_client::{DePoolWallet, Live, getter::unix_time, owner::owner_address};
use ddvs_keystore::KeyEntry;
use ddvs_people::{NetworkContext, Staker};
use tycho_types::models::StdAddr;

use super::book::Book;
use super::connect::{Connected, connect};
use super::home::Home;
use super::output::Output;
use super::password;
use super::progress::Progress;
use crate::args::{ActArgs, ConnectArgs, KeyArgs, OutputArgs, WhoArgs};

/// Everything that a command on a network needs.
pub struct Session {
    /// The network.
    pub net: Connected,
    /// The user's files.
    pub home: Home,
    /// Names of pools.
    pub book: Book,
    /// Destination of results.
    pub output: Output,
    /// Destination of progress.
    pub progress: Progress,
    /// End of the timeout.
    pub deadline: Instant,
    /// The timeout.
    pub patience: Duration,
}

/// An opened key.
pub struct Signer {
    /// Its name.
    pub name: String,
    /// Its accounts.
    pub staker: Staker,
}

/// A key that is only read.
pub struct Viewer {
    /// Its name.
    pub name: String,
    /// Its account.
    pub owner: StdAddr,
    /// The DePool Wallet of that account.
    pub wallet: DePoolWallet,
}

impl Session {
    /// Connects to a network, with a timeout for queries and waiting.
    pub fn open(connection: &ConnectArgs, output: &OutputArgs, timeout_s: u64) -> Result<Self> {
        let patience = Duration::from_secs(timeout_s);
        let home = Home::open()?;
        let progress = Progress::new();
        let net = connect(connection, patience)?;
        let book = Book::open(&home, &net.context)?;
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

    /// The same for a command that sends a message.
    pub fn for_act(args: &ActArgs) -> Result<Self> {
        Self::open(&args.connect, &args.output, args.timeout)
    }

    /// The network's identity.
    pub fn context(&self) -> &NetworkContext {
        &self.net.context
    }

    /// Opens a key, and computes its accounts here.
    pub fn signer(&self, args: &KeyArgs) -> Result<Signer> {
        let name = key_name(&self.home, args.key.as_deref())?;
        let secret = self
            .home
            .keys()
            .unlock(&name, || password::ask(&args.password, &name))?;
        let staker = Staker::new(self.context(), secret.seed(), args.chain)?;
        Ok(Signer { name, staker })
    }

    /// Computes a key's accounts from its public half, without a password.
    pub fn viewer(&self, args: &WhoArgs) -> Result<Viewer> {
        let name = key_name(&self.home, args.key.as_deref())?;
        let entry = self.home.keys().entry(&name)?;
        self.view(&entry, args.chain)
    }

    /// Returns the accounts of a key on a chain.
    ///
    /// Fails when the network has no such chain.
    pub fn view(&self, entry: &KeyEntry, chain: i8) -> Result<Viewer> {
        let context = self.context();
        context.check_chain(chain)?;
        let owner = owner_address(entry.public, chain, context.global_id)?;
        let wallet = DePoolWallet::new(&context.network, chain, &owner)?;
        Ok(Viewer {
            name: entry.name.clone(),
            owner,
            wallet,
        })
    }

    /// Returns the network's time in Unix seconds.
    pub fn now(&self) -> Result<u32> {
        Ok(unix_time(self.net.backend.now_ms()?))
    }
}

/// Returns the selected key: the one named, or the only one.
pub fn key_name(home: &Home, named: Option<&str>) -> Result<String> {
    if let Some(name) = named {
        return Ok(name.to_owned());
    }
    let keys = home.keys().list()?;
    // if one key cannot be read, only the owner knows which is meant
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
