//! `ddvs faucet`: test coins, signed here with the faucet's key: a devnet's follows from its seed, and that of a
//! network directory is in its `keys`.

use anyhow::{Result, bail};
use ddvs_client::{Live, Outgoing};
use ddvs_devnet::Keys;
use ddvs_people::{Kind, Request, request::FEES_NANO};
use ddvs_tycho::{Layout, StoredKey};
use ddvs_types::{Amount, coins};

use super::session::Session;
use crate::args::FaucetArgs;
use ddvs_terminal::Stop;

/// Returns whether the coins arrived.
pub fn run(args: &FaucetArgs) -> Result<bool> {
    let Amount::Nano(amount_nano) = args.amount else {
        bail!("ALL is not possible here: write how many coins");
    };
    let mut session = Session::open(&args.connect, &args.output, args.timeout)?;
    let to = session.account_of(&args.to, args.chain)?;
    session.context().check_chain(to.workchain)?;
    let secret = match &session.net.dir {
        Some(dir) => StoredKey::read(&Layout::new(dir).key("faucet"))?.secret.0,
        None => {
            session
                .progress
                .note("the faucet's key is public: it follows from the devnet's seed, and is for tests only");
            Keys::from_seed(args.seed, 0).faucet
        }
    };
    let faucet = session.context().owner(&secret, to.workchain)?;
    let has = session.net.backend.account(faucet.address())?.balance_nano;
    if has < amount_nano + FEES_NANO {
        let next = match has {
            0 => {
                "this network has no such faucet: on a devnet with another seed use --seed, on a network of `ddvs tycho init` use --network"
            }
            _ => "ask for less",
        };
        return Err(Stop::Refused(format!(
            "the faucet {} has {} coins: {next}",
            faucet.address(),
            coins(has)
        ))
        .into());
    }
    let mut words = format!("faucet {to} {amount_nano}");
    if session.net.dir.is_none() {
        words.push_str(&format!(" seed {}", args.seed));
    }
    let owner = faucet.address().clone();
    let done = session.carry_out(&owner, &words, true, |_| {
        Ok(Request {
            about: format!("send {} coins from the faucet to {to}", coins(amount_nano)),
            owner: faucet,
            messages: vec![Outgoing::transfer(to, amount_nano)],
            kind: Kind::Pay,
        })
    })?;
    session.report(&done)
}
