//! The history of the network that most tests query: a staker joined, a validator signed twice, an echo was deployed.

use std::sync::{Mutex, OnceLock};

use ddvs_client::{
    DElector, DePoolRoot, DePoolWallet, FollowLimits, Live, MessageTree, Outgoing, OwnerWallet,
};
use ddvs_contracts::signing;
use ddvs_devnet::GLOBAL_ID;
use ddvs_jrpc::JrpcNetwork;
use tycho_crypto::ed25519::{KeyPair, SecretKey};
use tycho_types::cell::{Cell, CellBuilder, HashBytes};
use tycho_types::models::{StateInit, StdAddr};

use crate::server::{COIN, Server};

const LIMITS: FollowLimits = FollowLimits {
    max_nodes: 10_000,
    max_blocks: 5_000,
};

/// Facts that a test may need.
pub struct Story {
    pub server: Server,
    /// A user with 5,000 coins and more, on chain 0.
    pub user: OwnerWallet,
    /// Its DePool Wallet, with 200 coins staked.
    pub wallet: StdAddr,
    /// The Root of the first genesis validator of chain 0.
    pub root: StdAddr,
    /// A Root of chain 1, for tests that change something.
    pub other_root: StdAddr,
    /// The external message of the stake, and everything that it caused.
    pub stake: MessageTree,
    /// The key that was removed, and its Root.
    pub removed: (HashBytes, StdAddr),
    /// A contract whose get methods return their arguments.
    pub echo: StdAddr,
}

/// The network with this history, shared by all tests.
pub fn shared() -> &'static Story {
    static STORY: OnceLock<Story> = OnceLock::new();
    STORY.get_or_init(|| tell(Server::start()))
}

/// A wallet of the name, without coins.
pub fn wallet_of(name: u8, chain: i8) -> OwnerWallet {
    OwnerWallet::new([name; 32], chain, GLOBAL_ID).unwrap()
}

pub fn follow(network: &mut JrpcNetwork, from: &OwnerWallet, messages: &[Outgoing]) -> MessageTree {
    let tree = from.send_and_follow(network, messages, LIMITS).unwrap();
    assert!(tree.is_settled(), "{tree}");
    tree
}

/// Gives coins out of the faucet.
pub fn fund(server: &Server, network: &mut JrpcNetwork, to: &OwnerWallet, coins: u128) {
    // one faucet, one number for each of its requests
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap();
    let faucet = OwnerWallet::new(server.keys.faucet, to.address().workchain, GLOBAL_ID).unwrap();
    let gift = [Outgoing::transfer(to.address().clone(), coins * COIN)];
    assert!(follow(network, &faucet, &gift).succeeded());
}

fn pools(server: &Server, chain: i8) -> Vec<(StdAddr, HashBytes)> {
    let pools = server
        .running
        .index
        .read()
        .unwrap()
        .pools(None, 100)
        .unwrap();
    let of_chain = pools
        .into_iter()
        .filter(|pool| pool.address.workchain == chain);
    of_chain
        .map(|pool| (pool.address, pool.key.unwrap()))
        .collect()
}

fn tell(server: Server) -> Story {
    let mut network = server.connect();
    let net = server.running.index.identity().network.clone();
    let user = wallet_of(7, 0);
    fund(&server, &mut network, &user, 10_000);

    let (root, _) = server.until("the genesis pools", |_| pools(&server, 0).first().cloned());
    let pool = DePoolRoot::fetch(&network, &net, &root).unwrap();
    let wallet = DePoolWallet::new(&net, 0, user.address()).unwrap();
    follow(
        &mut network,
        &user,
        &[wallet.deposit(1_000 * COIN).unwrap()],
    );
    let value = wallet.change_value(&network).unwrap();
    let stake = wallet.stake(&pool, 200 * COIN, value, 1).unwrap();
    let stake = follow(&mut network, &user, &[stake]);
    let position = wallet.position(&network, &root).unwrap();
    assert_eq!(position.staked_nano(), 200 * COIN, "{stake}");

    let (blamed, key) = pools(&server, 0).last().cloned().unwrap();
    let secret = server.keys.validators.iter().map(|own| own.consensus);
    let pairs = secret.map(|secret| KeyPair::from(&SecretKey::from_bytes(secret)));
    let pair = pairs
        .into_iter()
        .find(|pair| signing::public_key(pair) == key)
        .unwrap();
    let evidence = signing::double_vote(&pair, &net.genesis, 0, 1_000).unwrap();
    let delector = DElector::new(&net, 0).unwrap();
    let value = 2 * delector.change_value(&network).unwrap();
    let evidence = delector.submit_evidence(&evidence, value, 2).unwrap();
    follow(&mut network, &user, &[evidence]);

    let (echo, state) = echo(0);
    let deploy = Outgoing::new(echo.clone(), COIN, Cell::default()).with_state_init(state);
    assert!(follow(&mut network, &user, &[deploy]).succeeded());

    server.until("the removal", |_| {
        let removed = server
            .running
            .index
            .read()
            .unwrap()
            .removed(None, 1)
            .unwrap();
        removed.into_iter().find(|row| row.key == key)
    });
    server.until("the batch with the stake", |_| {
        let pool = server.running.index.read().unwrap().pool(&root).unwrap()?;
        let staked = pool.owner_active_nano + pool.users_active_nano;
        (pool.counted_nano == staked && pool.users_active_nano == 200 * COIN).then_some(())
    });
    server.settle();
    Story {
        user,
        wallet: wallet.address().clone(),
        other_root: pools(&server, 1)[0].0.clone(),
        root,
        stake,
        removed: (key, blamed),
        echo,
        server,
    }
}

/// `DROP`: removes the method's number and leaves the arguments.
pub fn echo(chain: i8) -> (StdAddr, StateInit) {
    let mut code = CellBuilder::new();
    code.store_u8(0x30).unwrap();
    contract(chain, code.build().unwrap())
}

/// An account with this code, and no data.
pub fn contract(chain: i8, code: Cell) -> (StdAddr, StateInit) {
    let state = StateInit {
        code: Some(code),
        data: Some(Cell::default()),
        ..StateInit::default()
    };
    let id = *CellBuilder::build_from(&state).unwrap().repr_hash();
    (StdAddr::new(chain, id), state)
}

/// A network that is queried directly, besides HTTP.
pub fn account(story: &Story, address: &StdAddr) -> ddvs_client::AccountView {
    story.server.running.live.read().account(address).unwrap()
}
