//! Mallory tries all kinds of forgeries. Each attack is executed and changes nothing.

use anyhow::Result;
use ddvs_client::{DePoolRoot, DePoolWallet, Outgoing, seeded::Person};
use ddvs_contracts::messages::{
    Batch, BatchVote, ConfirmStake, Message, Propose, UpdateStake, Vote,
};
use ddvs_contracts::{ExitCode, RootTerms};
use ddvs_types::COIN;
use tycho_types::cell::{Cell, HashBytes, Lazy};
use tycho_types::dict::Dict;
use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;

use crate::stage::Stage;
use crate::words;

/// Value of an attack: more than any change needs, so that it does not fail for lack of value.
const VALUE: u128 = 20 * COIN;

/// Checks `forged-root-refused`, `forged-wallet-refused`, `root-in-masterchain-refused`, `forged-proposal-refused` and
/// `wrong-chain-refused`.
pub fn run(stage: &mut Stage<'_>) -> Result<()> {
    stage.begin(
        "forgeries",
        "Mallory forges Roots, wallets, proposals and votes",
    );
    forged_root(stage)?;
    forged_wallet(stage)?;
    root_in_masterchain(stage)?;
    forged_proposal(stage)?;
    wrong_chain(stage)
}

/// One attempt and its expected result.
struct Attempt<'p> {
    who: &'p Person,
    what: &'p str,
    messages: Vec<Outgoing>,
    target: StdAddr,
    expected: ExitCode,
}

/// Executes the attempts; the check passes when each is refused as expected and no target's state changed.
fn attack(stage: &mut Stage<'_>, check: &str, attempts: Vec<Attempt<'_>>) -> Result<()> {
    let (mut ok, mut details) = (true, Vec::new());
    for attempt in attempts {
        let before = data_hash(stage, &attempt.target)?;
        let tree = stage.act(attempt.who, attempt.what, &attempt.messages)?;
        let exit = tree.exit_code_at(&attempt.target);
        let unchanged = data_hash(stage, &attempt.target)? == before;
        ok &= unchanged && exit == Some(attempt.expected.code());
        let said = exit.map_or_else(|| "not executed".to_owned(), words::exit_code);
        stage.say("network", format!("refuses it: {said}"));
        details.push(format!(
            "{}: {said}, state unchanged: {unchanged}",
            attempt.what
        ));
    }
    stage.check(check, ok, details.join("; "));
    Ok(())
}

fn data_hash(stage: &Stage<'_>, address: &StdAddr) -> Result<Option<HashBytes>> {
    let account = stage.backend.account(address)?;
    Ok(account.data().map(|data| *data.repr_hash()))
}

fn message(to: &StdAddr, body: &impl Message) -> Result<Outgoing> {
    Ok(Outgoing::new(to.clone(), VALUE, body.to_cell()?))
}

fn update(stage: &Stage<'_>, terms: &RootTerms) -> Result<UpdateStake> {
    Ok(UpdateStake {
        seq: 1,
        total: Tokens::new(1_000_000 * COIN),
        key: stage.cast.nora_key.public(),
        code_hash: stage.network.root_code_hash,
        terms: Lazy::new(terms)?,
        proof: None,
    })
}

fn forged_root(stage: &mut Stage<'_>) -> Result<()> {
    let mallory = stage.cast.mallory.clone();
    let delector = stage.delector(1)?;
    let terms = stage.terms(&mallory, 666);
    let claim = update(stage, &terms)?;
    let unknown_code = UpdateStake {
        code_hash: HashBytes([0x66; 32]),
        ..claim.clone()
    };

    // a wallet must not stake with an address that does not follow from the terms either
    let wallet = stage.wallet(&mallory)?;
    stage.act(
        &mallory,
        "opens a DePool Wallet with 100 coins",
        &[wallet.deposit(100 * COIN)?],
    )?;
    let real = DePoolRoot::new(&stage.network, 1, terms)?;
    let id = stage.query_id();
    let mut stake = wallet.stake(&real, 20 * COIN, VALUE, id)?;
    stake.body = ddvs_contracts::messages::Stake {
        query_id: id,
        amount: Tokens::new(20 * COIN),
        root: mallory.address().clone(),
        terms: Lazy::new(real.terms())?,
    }
    .to_cell()?;
    attack(
        stage,
        "forged-root-refused",
        vec![
            Attempt {
                who: &mallory,
                what: "claims a million coins of stake from her own account",
                messages: vec![message(delector.address(), &claim)?],
                target: delector.address().clone(),
                expected: ExitCode::NotAuthenticRoot,
            },
            Attempt {
                who: &mallory,
                what: "claims them for a Root with code of her own",
                messages: vec![message(delector.address(), &unknown_code)?],
                target: delector.address().clone(),
                expected: ExitCode::UnknownRootCode,
            },
            Attempt {
                who: &mallory,
                what: "stakes with an address that is no Root",
                messages: vec![stake],
                target: wallet.address().clone(),
                expected: ExitCode::NotAuthenticRoot,
            },
        ],
    )
}

fn forged_wallet(stage: &mut Stage<'_>) -> Result<()> {
    let mallory = stage.cast.mallory.clone();
    let root = stage.nora_root()?;
    let claim = |owner: &StdAddr| ConfirmStake {
        query_id: 1,
        amount: Tokens::new(1_000_000 * COIN),
        owner: owner.clone(),
    };
    let uma = stage.cast.uma.address().clone();
    let attempts = vec![
        Attempt {
            who: &mallory,
            what: "confirms a stake as if her account were her wallet",
            messages: vec![message(root.address(), &claim(mallory.address()))?],
            target: root.address().clone(),
            expected: ExitCode::NotAuthenticWallet,
        },
        Attempt {
            who: &mallory,
            what: "confirms a stake in Uma's name",
            messages: vec![message(root.address(), &claim(&uma))?],
            target: root.address().clone(),
            expected: ExitCode::NotAuthenticWallet,
        },
    ];
    attack(stage, "forged-wallet-refused", attempts)
}

fn root_in_masterchain(stage: &mut Stage<'_>) -> Result<()> {
    let mallory = stage.cast.mallory_main.clone();
    let terms = stage.terms(&mallory, 667);
    let root = DePoolRoot::new(&stage.network, -1, terms.clone())?;
    let delector = stage.delector(-1)?;
    let claim = update(stage, &terms)?;
    stage.act(
        &mallory,
        "deploys a Root in the masterchain",
        &[root.deploy(COIN)?],
    )?;
    let proof = stage
        .cast
        .nora_key
        .prove(&stage.network.genesis, root.address());
    let key = stage.cast.nora_key.public();
    let id = stage.query_id();
    let register = root.register_key(key, &proof, VALUE, id)?;
    let attempts = vec![
        Attempt {
            who: &mallory,
            what: "registers a key with it",
            messages: vec![register],
            target: root.address().clone(),
            expected: ExitCode::RootInMasterchain,
        },
        Attempt {
            who: &mallory,
            what: "asks the masterchain's D'Elector herself",
            messages: vec![message(delector.address(), &claim)?],
            target: delector.address().clone(),
            expected: ExitCode::RootInMasterchain,
        },
    ];
    attack(stage, "root-in-masterchain-refused", attempts)
}

fn forged_proposal(stage: &mut Stage<'_>) -> Result<()> {
    let mallory = stage.cast.mallory.clone();
    let delector = stage.delector(1)?;
    let registry = delector.registry(stage.backend, 0)?;
    let batch = Batch {
        origin: 0,
        seqno: registry.seqno + 1,
        previous: registry.last_hash,
        base: Cell::default(),
        entries: Dict::new(),
    };
    let batch = Lazy::new(&batch)?;
    let batch_hash = *batch.inner().repr_hash();
    let proposal = Propose { batch };
    let vote = Vote::one(BatchVote {
        origin: 0,
        seqno: registry.seqno + 1,
        batch_hash,
    });
    let attempts = vec![
        Attempt {
            who: &mallory,
            what: "proposes a batch of workchain 0",
            messages: vec![message(delector.address(), &proposal)?],
            target: delector.address().clone(),
            expected: ExitCode::NotPeer,
        },
        Attempt {
            who: &mallory,
            what: "votes for it",
            messages: vec![message(delector.address(), &vote)?],
            target: delector.address().clone(),
            expected: ExitCode::NotPeer,
        },
    ];
    attack(stage, "forged-proposal-refused", attempts)
}

fn wrong_chain(stage: &mut Stage<'_>) -> Result<()> {
    let mallory = stage.cast.mallory_elsewhere.clone();
    let chain = mallory.address().workchain;
    let delector = stage.delector(1)?;
    let terms = stage.terms(&mallory, 668);
    // the right code and static data, which name the D'Elector of workchain 1, on another chain
    let right = DePoolRoot::new(&stage.network, 1, terms.clone())?;
    let mut deploy = right.deploy(COIN)?;
    deploy.to = StdAddr::new(chain, right.address().address);
    let moved = deploy.to.clone();
    let proof = stage.cast.nora_key.prove(&stage.network.genesis, &moved);
    let key = stage.cast.nora_key.public();
    let id = stage.query_id();
    let mut register = right.register_key(key, &proof, VALUE, id)?;
    register.to = moved.clone();
    let claim = update(stage, &terms)?;
    stage.act(
        &mallory,
        "deploys a Root of workchain 1 on another chain",
        &[deploy],
    )?;

    // the wallet of workchain 1 on another chain stakes nothing; coins sent there by mistake may leave
    let wallet = DePoolWallet::new(&stage.network, 1, mallory.address())?;
    let mut misplaced = wallet.deposit(50 * COIN)?;
    misplaced.to = StdAddr::new(chain, wallet.address().address);
    let elsewhere = misplaced.to.clone();
    stage.act(
        &mallory,
        "deploys a wallet of workchain 1 there",
        &[misplaced],
    )?;
    let root = stage.nora_root()?;
    let mut stake = wallet.stake(&root, 10 * COIN, VALUE, 1)?;
    stake.to = elsewhere.clone();
    let attempts = vec![
        Attempt {
            who: &mallory,
            what: "registers a key with that Root",
            messages: vec![register],
            target: moved,
            expected: ExitCode::WrongChain,
        },
        Attempt {
            who: &mallory,
            what: "asks the D'Elector of workchain 1 from there",
            messages: vec![message(delector.address(), &claim)?],
            target: delector.address().clone(),
            expected: ExitCode::WrongChain,
        },
        Attempt {
            who: &mallory,
            what: "stakes from the misplaced wallet",
            messages: vec![stake],
            target: elsewhere,
            expected: ExitCode::WrongChain,
        },
    ];
    attack(stage, "wrong-chain-refused", attempts)
}
