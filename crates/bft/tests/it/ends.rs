use std::net::TcpListener;

use ddvs_bft::{DriverError, Engine, EngineError, MAX_WEIGHT, Request, Start, Timings, start};
use ddvs_light::ValidatorSet;

use crate::world::{BLOCK_TIME, nodes, set};

fn set_of(_: u64) -> ValidatorSet {
    set(&[10])
}

#[tokio::test]
async fn an_address_in_use_is_an_error() {
    let nodes = nodes(1, set_of);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut config = nodes[0].config();
    config.listen = taken.local_addr().unwrap().to_string();
    let error = start(config).await.err().unwrap();
    assert!(matches!(error, EngineError::Listen { .. }), "{error}");
    let mut config = nodes[0].config();
    config.peers.push("nowhere".to_owned());
    let error = start(config).await.err().unwrap();
    assert!(matches!(error, EngineError::Address(_)), "{error}");
}

#[tokio::test]
async fn an_engine_ends_when_its_node_is_gone_and_its_home_is_free() {
    let nodes = nodes(1, set_of);
    for _ in 0..3 {
        let Engine {
            mut requests,
            handle,
        } = start(nodes[0].config()).await.unwrap();
        let request = requests.recv().await.unwrap();
        assert!(matches!(request, Request::Ready { .. }), "{request:?}");
        handle.add_peer("127.0.0.1:1").await.unwrap();
        handle.add_peer("127.0.0.1:1").await.unwrap_err();
        handle.remove_peer("127.0.0.1:1").await.unwrap();
        drop((request, requests));
        // whether it had noticed by now or not
        if let Err(error) = handle.stop().await {
            let error = error.to_string();
            assert_eq!(error, DriverError::NodeGone.to_string());
        }
    }
}

#[tokio::test]
async fn a_set_that_is_too_heavy_ends_the_engine() {
    let nodes = nodes(1, set_of);
    let Engine {
        mut requests,
        handle,
    } = start(nodes[0].config()).await.unwrap();
    while let Some(request) = requests.recv().await {
        let Request::Ready { reply } = request else {
            panic!("{request:?}");
        };
        let start = Start {
            height: 1,
            set: set(&[MAX_WEIGHT, 1]),
            timings: Timings::new(BLOCK_TIME),
        };
        reply.send(start).unwrap();
    }
    let error = handle.stop().await.unwrap_err();
    let is_expected = matches!(
        error,
        EngineError::Ended(DriverError::Set { height: 1, .. })
    );
    assert!(is_expected, "{error}");
}
