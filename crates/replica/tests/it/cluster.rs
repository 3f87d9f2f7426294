//! All chains of a network of the real contracts, each made by one replica and followed by another, and signed by all keys of
//! its set.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};

use ddvs_chain::external::External;
use ddvs_client::Outgoing;
use ddvs_client::seeded::Person;
use ddvs_light::{Certificate, CommitSignature, Header, Scope, ValidatorSet, VoteKind};
use ddvs_replica::{
    Body, CertifiedHeader, ImportRefusal, LaneOffer, NetworkStart, Offer, Proposed, Replica,
    StartError,
};
use ddvs_test_kit::{Shape, World};
use ddvs_types::{Block, ChainId};
use tycho_crypto::ed25519::KeyPair;
use tycho_types::cell::{Cell, HashBytes};

/// Time between two blocks of a chain, in ms.
pub const BLOCK_MS: u64 = 500;

/// A block that was committed.
#[derive(Clone)]
pub struct Committed {
    pub certified: CertifiedHeader,
    pub header: Header,
    /// The set that signed it.
    pub set: ValidatorSet,
    pub block: Block,
}

/// A chain.
pub struct Site {
    pub replica: Replica,
    pub blocks: Vec<Committed>,
    /// All that it has ever sent.
    pub sent: BTreeMap<ChainId, Vec<Cell>>,
    pub mempool: VecDeque<External>,
    pub is_down: bool,
}

/// All chains. Their users are those of a [`World`], whose own network makes no blocks.
pub struct Cluster {
    pub world: World,
    pub sites: BTreeMap<ChainId, Site>,
    pub start: BTreeMap<ChainId, Replica>,
    pub keys: BTreeMap<HashBytes, KeyPair>,
    pub now_ms: u64,
}

impl Cluster {
    pub fn new(shape: &Shape) -> Self {
        Self::start(shape).expect("the chains can start")
    }

    pub fn start(shape: &Shape) -> Result<Self, StartError> {
        let kept = RefCell::new(None);
        let world = World::edited(shape, |zerostate| {
            *kept.borrow_mut() = Some(zerostate.clone());
        });
        let zerostate = kept.into_inner().expect("the world was built");
        let start = NetworkStart {
            genesis: zerostate.network.genesis,
            chains: zerostate.chain_genesis(),
            start_time_ms: zerostate.start_time_ms(),
            max_block_transactions: 1_000,
        };
        let start = start.replicas()?;
        let keys = (world.validators.iter().flatten())
            .map(|validator| (validator.key.public(), *validator.key.pair()))
            .collect();
        let site = |(&id, replica): (&ChainId, &Replica)| {
            let site = Site {
                replica: replica.clone(),
                blocks: Vec::new(),
                sent: BTreeMap::new(),
                mempool: VecDeque::new(),
                is_down: false,
            };
            (id, site)
        };
        Ok(Self {
            sites: start.iter().map(site).collect(),
            world,
            keys,
            now_ms: zerostate.start_time_ms(),
            start,
        })
    }

    pub fn replica(&self, chain: ChainId) -> &Replica {
        &self.sites[&chain].replica
    }

    /// Signs a header with all keys of a set.
    pub fn certify(&self, header: &Header, set: &ValidatorSet) -> CertifiedHeader {
        self.certify_at(&header.scope, header, set, 0)
    }

    pub fn certify_at(
        &self,
        scope: &Scope,
        header: &Header,
        set: &ValidatorSet,
        round: u32,
    ) -> CertifiedHeader {
        let cell = header.to_cell().expect("it fits");
        let bytes = scope
            .vote_bytes(VoteKind::Precommit, header.height, round, *cell.repr_hash())
            .expect("the round can be signed");
        let signatures = set.members().iter().map(|member| CommitSignature {
            key: member.key,
            signature: self.keys[&member.key].sign_raw(&bytes),
        });
        CertifiedHeader {
            certificate: Certificate {
                round,
                signatures: signatures.collect(),
            },
            header: cell,
        }
    }

    /// What a proposer of `chain` knows of another one: the headers that change its set, the newest one, and the messages up to
    /// there.
    pub fn known(&self, chain: ChainId, source: ChainId) -> (Vec<CertifiedHeader>, LaneOffer) {
        let replica = self.replica(chain);
        let cursor = &replica.cursors()[&source];
        let site = &self.sites[&source];
        let new: Vec<_> = (site.blocks.iter())
            .filter(|block| block.header.height > cursor.header.height)
            .filter(|block| block.header.time_ms < self.now_ms)
            .collect();
        let newest = new.last().map(|block| block.header.height);
        // those that change the set, one for every so many messages, and the newest
        let mut counted = cursor.header.lanes[&chain].count;
        let mut headers = Vec::new();
        for block in &new {
            let Header {
                height,
                set,
                next_set,
                lanes,
                ..
            } = &block.header;
            let is_far = lanes[&chain].count - counted >= 8_192;
            if is_far || next_set != set || Some(*height) == newest {
                counted = lanes[&chain].count;
                headers.push(block);
            }
        }
        // the oldest continue what is known; the newest may be of a set that is known when those between are not
        let (oldest, rest) = headers.split_at(headers.len().min(4));
        let newest = &rest[rest.len().saturating_sub(4)..];
        let headers: Vec<_> = oldest.iter().chain(newest).copied().collect();
        let end = headers.last().map_or(&cursor.header, |block| &block.header);
        let from = replica.chain().received().get(source).expect("it is there");
        let range = from.count as usize..end.lanes[&chain].count as usize;
        let messages = site.sent.get(&chain).map_or(&[][..], |sent| &sent[range]);
        let lane = LaneOffer {
            messages: messages.to_vec(),
            later: Vec::new(),
        };
        let headers = headers.into_iter().map(|block| block.certified.clone());
        (headers.collect(), lane)
    }

    /// Makes the next block of a chain, which must accept all that is offered, and executes it again.
    pub fn block(&mut self, chain: ChainId) -> &Committed {
        let mut headers = Vec::new();
        let mut lanes = BTreeMap::new();
        for source in self.sites.keys().copied().filter(|id| *id != chain) {
            let (new, lane) = self.known(chain, source);
            headers.extend(new);
            lanes.insert(source, lane);
        }
        self.block_of(chain, headers, lanes)
    }

    pub fn block_of(
        &mut self,
        chain: ChainId,
        headers: Vec<CertifiedHeader>,
        lanes: BTreeMap<ChainId, LaneOffer>,
    ) -> &Committed {
        let proposed = self.propose(chain, headers, lanes);
        for refusal in &proposed.refused {
            let is_behind = matches!(
                refusal,
                ImportRefusal::NotAgreed(_) | ImportRefusal::TooFar { .. }
            );
            assert!(is_behind, "{:?}", proposed.refused);
        }
        self.commit(chain, proposed)
    }

    /// Proposes a block of what is offered.
    pub fn propose(
        &mut self,
        chain: ChainId,
        headers: Vec<CertifiedHeader>,
        lanes: BTreeMap<ChainId, LaneOffer>,
    ) -> Proposed {
        let now_ms = self.now_ms;
        let site = self.sites.get_mut(&chain).expect("it exists");
        let offer = Offer {
            time_ms: now_ms,
            headers,
            lanes,
            externals: &mut || site.mempool.pop_front(),
            goes_on: &mut |_| true,
        };
        site.replica.propose(offer).expect("a block is made")
    }

    /// Commits what was proposed, which others must accept.
    pub fn commit(&mut self, chain: ChainId, proposed: Proposed) -> &Committed {
        let executed = proposed.executed;
        let before = self.replica(chain).clone();
        let body = Body::decode(&executed.body).expect("it was encoded");
        let again = before.execute(&body).expect("it is valid");
        assert_eq!(again.header.repr_hash(), executed.header.repr_hash());
        assert_eq!(again.body, executed.body);
        let set = before.next_set().clone();
        let header = executed.replica.header().clone();
        let certified = self.certify(&header, &set);
        let site = self.sites.get_mut(&chain).expect("it exists");
        for sent in &executed.made.sent {
            let lane = site.sent.entry(sent.destination).or_default();
            assert_eq!(lane.len() as u64, sent.number);
            lane.push(sent.cell.clone());
        }
        site.replica = executed.replica;
        site.blocks.push(Committed {
            certified,
            header,
            set,
            block: executed.made.block,
        });
        &site.blocks[site.blocks.len() - 1]
    }

    /// One block of each chain that is alive.
    pub fn round(&mut self) {
        self.now_ms += BLOCK_MS;
        let alive = self.sites.iter().filter(|(_, site)| !site.is_down);
        for chain in alive.map(|(id, _)| *id).collect::<Vec<_>>() {
            self.block(chain);
        }
    }

    pub fn rounds(&mut self, count: usize) {
        for _ in 0..count {
            self.round();
        }
    }

    /// Sends messages of a user, without waiting.
    pub fn send(&mut self, who: &Person, messages: &[Outgoing]) {
        let chain = who.address().workchain;
        let account = self.replica(chain).chain().account(who.address());
        let account = account.expect("the state can be read");
        let (seqno, with_state) = who.wallet.next_seqno(&account).expect("it is the wallet");
        let valid_until = (self.now_ms / 1_000) as u32 + 600;
        let message = (who.wallet)
            .build_external(seqno, valid_until, with_state, messages)
            .expect("it can be encoded");
        let external = External::read(chain, message).expect("it is for this chain");
        let site = self.sites.get_mut(&chain).expect("it exists");
        site.mempool.push_back(external);
    }

    /// The same, and as many rounds as it takes that all effects arrive.
    pub fn act(&mut self, who: &Person, messages: &[Outgoing]) {
        self.send(who, messages);
        self.rounds(12);
    }

    /// Deposits and stakes coins of a person with a Root.
    pub fn stake(&mut self, who: &Person, root: &ddvs_client::DePoolRoot, coins: u128) {
        let amount_nano = coins * ddvs_types::COIN;
        let wallet = self.world.wallet(who);
        let deposit = wallet.deposit(amount_nano + ddvs_types::COIN);
        self.act(who, &[deposit.expect("it can be encoded")]);
        let stake = self.world.stake_message(who, root, amount_nano);
        self.act(who, &[stake]);
    }
}
