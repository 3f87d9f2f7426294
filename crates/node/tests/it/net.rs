//! A network of nodes on free ports of this machine.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use ddvs_client::seeded::{ConsensusKey, Person};
use ddvs_client::{DePoolRoot, DePoolWallet, Outgoing, OwnerWallet};
use ddvs_node::{Node, NodeConfig};
use ddvs_types::{COIN_U64, ChainId};
use ddvs_zerostate::{
    AccountSpec, ChainSpec, Limits, Prices, Spec, Terms, ValidatorSpec, Zerostate,
};
use tempfile::TempDir;
use tycho_crypto::ed25519::SecretKey;

/// Signature domain of the wallets.
const NETWORK_ID: i32 = 0x0000_dd77;
/// Validators of a workchain, and members of the masterchain's set.
pub const PER_CHAIN: u16 = 4;
/// Time between blocks, in ms.
pub const BLOCK_MS: u64 = 200;
/// How long anything may take.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// A validator, or one that wants to be one.
#[derive(Clone)]
pub struct Member {
    pub chain: ChainId,
    pub owner: Person,
    pub secret: [u8; 32],
    pub owner_secret: [u8; 32],
    pub key: ConsensusKey,
}

/// A network: what all know, and the nodes that run.
pub struct Net {
    pub zerostate: Zerostate,
    pub members: Vec<Member>,
    pub homes: Vec<TempDir>,
    pub configs: Vec<NodeConfig>,
    pub nodes: Vec<Option<Node>>,
}

fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    listener.local_addr().expect("it listens").to_string()
}

fn secret(index: u16) -> [u8; 32] {
    ddvs_client::seeded::secret(1, &format!("consensus key {index}"))
}

impl Net {
    /// Two workchains and the masterchain. `newcomers` have nodes and coins, but no Root.
    pub fn new(newcomers: u16) -> Self {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .expect("it is later");
        let count = 2 * PER_CHAIN;
        let members: Vec<_> = (0..count + newcomers)
            .map(|index| {
                let chain = if index < count {
                    index / PER_CHAIN
                } else {
                    index % 2
                } as ChainId;
                let owner = Person::new(1, &format!("owner {index}"), chain, NETWORK_ID);
                let secret = secret(index);
                let owner_secret = ddvs_client::seeded::secret(1, &format!("owner {index}"));
                let pair = (&SecretKey::from_bytes(secret)).into();
                Member {
                    chain,
                    owner: owner.expect("it has an address"),
                    secret,
                    owner_secret,
                    key: ConsensusKey::from_pair(pair),
                }
            })
            .collect();
        let spec = Spec {
            name: "nodes in a test".to_owned(),
            start_time: now.as_secs() as u32,
            global_id: NETWORK_ID,
            chains: [-1, 0, 1]
                .map(|id| ChainSpec {
                    id,
                    block_time_ms: BLOCK_MS,
                })
                .to_vec(),
            limits: Limits {
                main_validators: PER_CHAIN,
                evidence_window_s: 60,
                min_unlock_period_s: 61,
                ..Limits::default()
            },
            prices: Prices::default(),
            validators: (members.iter().zip(0u64..).take(count.into()))
                .map(|(member, index)| ValidatorSpec {
                    chain: member.chain,
                    owner: member.owner.address().clone(),
                    key: member.key.public(),
                    // of each workchain the last two are in the masterchain's set
                    stake_nano: (100_000 + 1_000 * (index % u64::from(PER_CHAIN))) * COIN_U64,
                    terms: Terms {
                        lock_period: 20,
                        unlock_period: 70,
                        nonce: index,
                        ..Terms::default()
                    },
                })
                .collect(),
            accounts: (members.iter())
                .map(|member| AccountSpec {
                    address: member.owner.address().clone(),
                    state_init: None,
                    balance_nano: 500_000 * COIN_U64,
                })
                .collect(),
        };
        let zerostate = ddvs_zerostate::build(&spec).expect("the network is sound");
        let homes: Vec<_> = (members.iter())
            .map(|_| TempDir::new().expect("there is a disk"))
            .collect();
        let http: Vec<_> = members.iter().map(|_| free_address()).collect();
        let configs = (members.iter().zip(&homes).zip(&http))
            .map(|((member, home), own)| {
                let engines: BTreeMap<_, _> =
                    [-1, 0, 1].map(|chain| (chain, free_address())).into();
                let others = http.iter().filter(|other| *other != own);
                NodeConfig {
                    home: home.path().to_owned(),
                    secret: SecretKey::from_bytes(member.secret),
                    listen: own.parse().expect("it is an address"),
                    http: format!("http://{own}"),
                    api: None,
                    reporter: OwnerWallet::new(member.owner_secret, member.chain, NETWORK_ID).ok(),
                    #[cfg(feature = "byzantine")]
                    misbehavior: None,
                    engines_public: engines.clone(),
                    engines,
                    nodes: others.map(|other| format!("http://{other}")).collect(),
                }
            })
            .collect();
        Self {
            zerostate,
            nodes: members.iter().map(|_| None).collect(),
            members,
            homes,
            configs,
        }
    }

    pub async fn start(&mut self, index: usize) {
        let node = Node::start(self.configs[index].clone(), &self.zerostate).await;
        self.nodes[index] = Some(node.expect("the node starts"));
    }

    pub async fn start_all(&mut self) {
        for index in 0..usize::from(2 * PER_CHAIN) {
            self.start(index).await;
        }
    }

    pub async fn stop(&mut self, index: usize) {
        if let Some(node) = self.nodes[index].take() {
            node.stop().await.expect("the node stops");
        }
    }

    pub async fn stop_all(&mut self) {
        for index in 0..self.nodes.len() {
            self.stop(index).await;
        }
    }

    pub fn node(&self, index: usize) -> &Node {
        self.nodes[index].as_ref().expect("it runs")
    }

    pub fn height(&self, index: usize, chain: ChainId) -> u64 {
        let site = self.node(index).chains.site(chain);
        site.expect("the chain exists").height()
    }

    /// Waits until something is so on a node.
    pub async fn until(&self, what: &str, mut is_so: impl FnMut(&Self) -> bool) -> Duration {
        let begin = Instant::now();
        while !is_so(self) {
            assert!(begin.elapsed() < PATIENCE, "{what}: it takes too long");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        begin.elapsed()
    }

    /// Waits until all nodes that run have a chain at a height.
    pub async fn reach(&self, chain: ChainId, height: u64) {
        self.until(&format!("height {height} of chain {chain}"), |net| {
            let running = (0..net.nodes.len()).filter(|index| net.nodes[*index].is_some());
            running
                .map(|index| net.height(index, chain))
                .all(|reached| reached >= height)
        })
        .await;
    }

    pub fn wallet(&self, owner: &Person) -> DePoolWallet {
        let chain = owner.address().workchain;
        DePoolWallet::new(&self.zerostate.network, chain, owner.address())
            .expect("it has an address")
    }

    /// The Root of a genesis validator.
    pub fn root(&self, index: usize) -> DePoolRoot {
        let member = &self.members[index];
        let terms = ddvs_contracts::RootTerms {
            owner: member.owner.address().clone(),
            lock_period: 20,
            unlock_period: 70,
            min_stake: tycho_types::num::Tokens::new(Terms::default().min_stake_nano.into()),
            nonce: index as u64,
        };
        DePoolRoot::new(&self.zerostate.network, member.chain, terms).expect("it has an address")
    }

    /// Sends messages of a person through a node.
    pub fn send(&self, index: usize, who: &Person, messages: &[Outgoing]) {
        let node = self.node(index);
        let chain = who.address().workchain;
        let replica = node.chains.replica(chain).expect("the chain exists");
        let account = replica.chain().account(who.address());
        let account = account.expect("the state can be read");
        let (seqno, with_state) = who.wallet.next_seqno(&account).expect("it is the wallet");
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .expect("it is later");
        let valid_until = now.as_secs() as u32 + 300;
        let message = (who.wallet)
            .build_external(seqno, valid_until, with_state, messages)
            .expect("it can be encoded");
        node.admission
            .admit(chain, message, false)
            .expect("the node takes it");
    }

    /// Sends messages, and waits until the wallet has done so.
    pub async fn act(&self, index: usize, who: &Person, messages: &[Outgoing]) {
        let chain = who.address().workchain;
        let seqno = |net: &Self| {
            let replica = net.node(index).chains.replica(chain).expect("it exists");
            let account = replica.chain().account(who.address());
            let account = account.expect("the state can be read");
            who.wallet.next_seqno(&account).expect("it is the wallet").0
        };
        let before = seqno(self);
        self.send(index, who, messages);
        self.until("the wallet sends", |net| seqno(net) > before)
            .await;
    }

    pub fn home(&self, index: usize) -> PathBuf {
        self.homes[index].path().to_owned()
    }
}
