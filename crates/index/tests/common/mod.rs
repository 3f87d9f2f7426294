//! The test kit's story on an embedded network, with an index of it.

use std::sync::{OnceLock, mpsc};

use ddvs_client::{Backend, Live};
use ddvs_embedded::EmbeddedNetwork;
use ddvs_index::{Identity, Index, Observed, observe};
use ddvs_test_kit::World;
use ddvs_test_kit::story::{shape, tell};

/// A network whose blocks went into an index.
pub struct Watched {
    /// The network before its first block.
    pub genesis: EmbeddedNetwork,
    pub network: EmbeddedNetwork,
    pub index: Index,
    /// All that went in, to put it in again elsewhere.
    pub seen: Vec<Observed>,
}

pub fn seed(network: &EmbeddedNetwork, index: &Index) {
    for chain in network.chains().unwrap() {
        let accounts = network.accounts(chain.id).unwrap();
        index
            .seed(chain.id, network.now_ms().unwrap(), accounts.into_iter())
            .unwrap();
    }
}

/// The whole story, told once for all tests of a binary.
pub fn story() -> &'static Watched {
    static STORY: OnceLock<Watched> = OnceLock::new();
    STORY.get_or_init(|| {
        let mut world = World::new(&shape());
        let genesis = world.net.clone();
        let (sender, receiver) = mpsc::channel();
        world.watch(move |network, block| {
            let cursor = network.cursor().unwrap();
            let observed = observe(network, block.clone(), cursor).unwrap();
            sender.send(observed).unwrap();
        });
        tell(&mut world);
        let watched = Watched {
            index: Index::in_memory(Identity::read(&genesis).unwrap()).unwrap(),
            genesis,
            network: world.net,
            seen: receiver.try_iter().collect(),
        };
        seed(&watched.genesis, &watched.index);
        for observed in &watched.seen {
            let one = std::slice::from_ref(observed);
            watched.index.take(one, false).unwrap();
        }
        watched
    })
}
