//! One node: a socket, JSON-RPC, and the faults that a test wants.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use ddvs_client::{Backend, Live, MASTERCHAIN};
use ddvs_embedded::EmbeddedNetwork;
use ddvs_types::account::encode_account;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};
use tycho_types::boc::{Boc, BocRepr};
use tycho_types::cell::HashBytes;
use tycho_types::models::{BlockId, BlockchainConfig, StdAddr};

use super::blocks;

/// The network behind the nodes.
#[derive(Clone)]
pub struct World(pub Arc<Mutex<EmbeddedNetwork>>);

impl World {
    pub fn new(network: EmbeddedNetwork) -> Self {
        Self(Arc::new(Mutex::new(network)))
    }

    /// Lets the masterchain make a block, and the others on the way.
    pub fn step(&self) {
        let mut network = self.0.lock().unwrap();
        while network.next_block().unwrap().unwrap().chain != MASTERCHAIN {}
    }
}

/// Faults of a node.
#[derive(Default)]
pub struct Faults {
    /// Closes each connection at once.
    pub is_dead: bool,
    /// Answers each call with this body.
    pub body: Option<String>,
    /// Answers calls of a method with these parameters with this body, in which `"ID"` is replaced by the call's
    /// number.
    pub forged: BTreeMap<(String, String), String>,
    /// Its answers by method and parameters, if they are to be kept.
    pub told: Option<BTreeMap<(String, String), String>>,
    /// Answers each call with this HTTP status.
    pub status: Option<u16>,
    /// Answers calls of a method with this error.
    pub errors: BTreeMap<String, (i64, String)>,
    /// Waits before it answers.
    pub delay: Duration,
    /// Messages that it accepts and loses.
    pub loses: usize,
    /// Accounts that it returns instead of others; `None`: it answers that there is none.
    pub swaps: BTreeMap<StdAddr, Option<StdAddr>>,
    /// Gives out whole blocks; no fault.
    pub gives_blocks: bool,
    /// Makes no block when it is asked for the time.
    pub is_still: bool,
    /// Seconds that its states are older than they should be.
    pub lag_s: u64,
    /// Number of the key block that its config claims.
    pub key_block: u32,
}

pub struct Node {
    pub url: String,
    pub faults: Arc<Mutex<Faults>>,
    /// Methods that were called, in order.
    pub calls: Arc<Mutex<Vec<String>>>,
    world: World,
}

impl Node {
    pub fn start(world: &World) -> Self {
        Self::listen(world, "http", Self::serve)
    }

    /// Behind TLS.
    pub fn start_tls(world: &World, config: Arc<ServerConfig>) -> Self {
        Self::listen(world, "https", move |node, stream| {
            let session = ServerConnection::new(config.clone()).unwrap();
            node.serve(StreamOwned::new(session, stream));
        })
    }

    fn listen(
        world: &World,
        scheme: &str,
        serve: impl Fn(&Self, TcpStream) + Clone + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let node = Self {
            url: format!("{scheme}://{}", listener.local_addr().unwrap()),
            faults: Arc::default(),
            calls: Arc::default(),
            world: world.clone(),
        };
        let serving = node.handle();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (node, serve) = (serving.handle(), serve.clone());
                thread::spawn(move || serve(&node, stream.unwrap()));
            }
        });
        node
    }

    fn handle(&self) -> Self {
        Self {
            url: self.url.clone(),
            faults: self.faults.clone(),
            calls: self.calls.clone(),
            world: self.world.clone(),
        }
    }

    pub fn set(&self, change: impl FnOnce(&mut Faults)) {
        change(&mut self.faults.lock().unwrap());
    }

    pub fn count(&self, method: &str) -> usize {
        let calls = self.calls.lock().unwrap();
        calls.iter().filter(|call| *call == method).count()
    }

    fn serve(&self, stream: impl Read + Write) {
        let mut reader = BufReader::new(stream);
        while let Some(request) = read_request(&mut reader) {
            let request: Value = serde_json::from_slice(&request).unwrap();
            let method = request["method"].as_str().unwrap().to_owned();
            self.calls.lock().unwrap().push(method.clone());
            let (status, body, delay) = {
                let mut faults = self.faults.lock().unwrap();
                if faults.is_dead {
                    return;
                }
                let asked = (method.clone(), request["params"].to_string());
                let id = request["id"].to_string();
                let forged = faults
                    .forged
                    .get(&asked)
                    .map(|body| body.replace("\"ID\"", &id));
                let forged = forged.or_else(|| faults.body.clone());
                let answer = match (forged, faults.errors.get(&method)) {
                    (Some(body), _) => body,
                    (None, Some((code, message))) => {
                        let error = json!({"code": code, "message": message});
                        json!({"jsonrpc": "2.0", "id": request["id"], "error": error}).to_string()
                    }
                    (None, None) => {
                        let result = answer(&self.world, &mut faults, &method, &request["params"]);
                        json!({"jsonrpc": "2.0", "id": request["id"], "result": result}).to_string()
                    }
                };
                if let Some(told) = &mut faults.told {
                    told.insert(asked, answer.clone());
                }
                (faults.status.unwrap_or(200), answer, faults.delay)
            };
            thread::sleep(delay);
            let head = format!(
                "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            if reader
                .get_mut()
                .write_all((head + &body).as_bytes())
                .is_err()
            {
                return;
            }
        }
    }
}

fn read_request(reader: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(body)
}

/// The results of tycho 1.0.
fn answer(world: &World, faults: &mut Faults, method: &str, params: &Value) -> Value {
    if method == "getTimings" && !faults.is_still {
        world.step();
    }
    let network = world.0.lock().unwrap();
    let now_s = network.now_ms().unwrap() / 1_000 - faults.lag_s;
    match method {
        "getTimings" => json!({
            "lastMcBlockSeqno": network.chains().unwrap()[0].seqno,
            "lastMcUtime": now_s,
            "mcTimeDiff": 1,
            "smallestKnownLt": null,
        }),
        "getCapabilities" if faults.gives_blocks => json!(["getTimings", "getBlockData"]),
        "getCapabilities" => json!(["getTimings"]),
        "getBlockData" => {
            let id: BlockId = params["blockId"].as_str().unwrap().parse().unwrap();
            let blocks = network.blocks_since(0, usize::MAX).unwrap();
            let chain = id.shard.workchain() as i8;
            let (found, cell) = blocks::encode(&blocks, chain, id.seqno);
            assert_eq!(found, id);
            json!({"data": Boc::encode_base64(cell)})
        }
        "getBlockchainConfig" => {
            let config = BlockchainConfig {
                address: network.chains().unwrap()[0].delector.address,
                params: network.config(MASTERCHAIN).unwrap(),
            };
            let config = BocRepr::encode_base64(&config).unwrap();
            json!({"globalId": super::GLOBAL_ID, "seqno": faults.key_block, "config": config})
        }
        "getContractState" => {
            let address = address(&params["address"]);
            let shown = match faults.swaps.get(&address) {
                Some(other) => other.clone(),
                None => Some(address),
            };
            let timings = json!({"genLt": "1", "genUtime": now_s});
            let view = shown.map(|shown| network.account(&shown).unwrap());
            match view.and_then(|view| Some((view.account.clone()?, view))) {
                None => json!({"type": "notExists", "timings": timings}),
                Some((account, view)) => json!({
                    "type": "exists",
                    "account": Boc::encode_base64(encode_account(&account).unwrap()),
                    "timings": timings,
                    "lastTransactionId": {
                        "isExact": true,
                        "lt": view.last_transaction_lt.to_string(),
                        "hash": view.last_transaction_hash.to_string(),
                    },
                }),
            }
        }
        "sendMessage" => {
            if faults.loses > 0 {
                faults.loses -= 1;
            } else {
                let message = Boc::decode_base64(params["message"].as_str().unwrap()).unwrap();
                let _ = network.send(message);
            }
            Value::Null
        }
        "getTransactionsList" => {
            let account = address(&params["account"]);
            let newest = params["lastTransactionLt"].as_str();
            let newest = newest.map_or(u64::MAX, |lt| lt.parse().unwrap());
            let limit = params["limit"].as_u64().unwrap() as usize;
            let all = network.transactions(&account, 0, usize::MAX).unwrap();
            let page = all.iter().rev().filter(|t| t.lt <= newest).take(limit);
            page.map(|t| Boc::encode_base64(t.cell.inner())).collect()
        }
        "getDstTransaction" => {
            let hash: HashBytes = params["messageHash"].as_str().unwrap().parse().unwrap();
            match network.transaction_by_message(&hash).unwrap() {
                Some(transaction) => json!(Boc::encode_base64(transaction.cell.inner())),
                None => Value::Null,
            }
        }
        "getTransactionBlockId" => {
            let hash: HashBytes = params["id"].as_str().unwrap().parse().unwrap();
            let blocks = network.blocks_since(0, usize::MAX).unwrap();
            let block = blocks
                .iter()
                .find(|block| block.transactions.iter().any(|t| t.hash == hash));
            block.map_or(Value::Null, |block| {
                let (id, _) = blocks::encode(&blocks, block.chain, block.seqno);
                json!({"blockId": id.to_string()})
            })
        }
        other => panic!("{other} was called"),
    }
}

fn address(value: &Value) -> StdAddr {
    value.as_str().unwrap().parse().unwrap()
}
