//! Random questions to all routes: none is answered by a fault of the server.

use ddvs_fuzz::Rng;
use serde_json::{Value, json};

use crate::http::Answer;
use crate::story::{Story, shared};

/// Questions of one run.
const ROUNDS: usize = 3_000;

/// Arguments: valid values, near misses, nonsense.
fn words(story: &Story) -> Vec<String> {
    let stake = story.stake.root().transaction().unwrap();
    let boc = tycho_types::boc::Boc::encode_base64(stake.cell.inner());
    let external = tycho_types::boc::Boc::encode_base64(&stake.in_message.cell);
    let mut words: Vec<String> = [
        "",
        " ",
        "0",
        "1",
        "-1",
        "2",
        "30",
        "127",
        "128",
        "-128",
        "4294967295",
        "4294967296",
        "18446744073709551615",
        "18446744073709551616",
        "-9223372036854775808",
        "1e3",
        "0x10",
        "1.5",
        "NaN",
        "true",
        "null",
        "[]",
        "{}",
        "ä",
        "💥",
        "%00",
        "../..",
        "a b",
        "'",
        "\"",
        "seqno",
        "registry_digest",
        "8000000000000000",
        "stake,lock",
        "lock,",
        "0/1",
        "0#1",
        ":",
        "#",
        "340282366920938463463374607431768211455",
        "340282366920938463463374607431768211456",
        "[[\"num\",\"1\"]]",
        "[[\"tuple\",[[\"null\"]]]]",
        "te6ccgEBAQEAAgAAAA==",
    ]
    .map(ToOwned::to_owned)
    .to_vec();
    words.extend([
        story.root.to_string(),
        story.wallet.to_string(),
        story.user.address().to_string(),
        story.echo.to_string(),
        story.server.main_delector(),
        story.root.display_base64_url(true).to_string(),
        format!("1:{}", "0".repeat(64)),
        format!("0:{}", "f".repeat(63)),
        stake.hash.to_string(),
        stake.lt.to_string(),
        stake.block_seqno.to_string(),
        story.stake.root().hash.to_string(),
        story.removed.0.to_string(),
        "g".repeat(64),
        "9".repeat(5_000),
        boc[..boc.len() / 2].to_owned(),
        boc,
        external,
    ]);
    words
}

fn escape(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02x}")).collect()
}

/// A JSON value of any shape.
fn value(dice: &mut Rng, words: &[String], depth: usize) -> Value {
    match dice.below(if depth > 4 { 5 } else { 8 }) {
        0 => Value::Null,
        1 => json!(dice.below(2) == 1),
        2 => json!(dice.below(1 << 40) as i64 - (1 << 39)),
        3 | 4 => json!(dice.pick::<String>(words)),
        5 => {
            let count = dice.below(4);
            (0..count).map(|_| value(dice, words, depth + 1)).collect()
        }
        6 => {
            let kinds = [
                "num",
                "tvm.Cell",
                "tvm.Slice",
                "tvm.Builder",
                "tuple",
                "list",
                "null",
                "x",
            ];
            json!([[dice.pick(&kinds), value(dice, words, depth + 1)]])
        }
        _ => {
            let names = ["@type", "number", "cell", "elements", "bytes", "tuple"];
            let count = dice.below(3);
            let fields = (0..count).map(|_| {
                let name = *dice.pick(&names);
                (name.to_owned(), value(dice, words, depth + 1))
            });
            Value::Object(fields.collect())
        }
    }
}

/// Methods and arguments that a dialect knows.
pub const TON: [&str; 28] = [
    "getMasterchainInfo",
    "getConsensusBlock",
    "shards",
    "getShards",
    "lookupBlock",
    "getBlockHeader",
    "getBlockTransactions",
    "getBlockTransactionsExt",
    "getAddressInformation",
    "getExtendedAddressInformation",
    "getWalletInformation",
    "getAddressBalance",
    "getAddressState",
    "getTransactions",
    "tryLocateTx",
    "tryLocateResultTx",
    "tryLocateSourceTx",
    "runGetMethod",
    "runGetMethodStd",
    "sendBoc",
    "sendBocReturnHash",
    "estimateFee",
    "getConfigParam",
    "getConfigAll",
    "packAddress",
    "unpackAddress",
    "detectAddress",
    "nothing",
];
const TON_ARGS: [&str; 27] = [
    "address",
    "seqno",
    "workchain",
    "shard",
    "lt",
    "unixtime",
    "hash",
    "limit",
    "to_lt",
    "count",
    "after_lt",
    "after_hash",
    "root_hash",
    "source",
    "destination",
    "created_lt",
    "method",
    "stack",
    "boc",
    "body",
    "init_code",
    "init_data",
    "ignore_chksig",
    "config_id",
    "param",
    "archival",
    "x",
];
const RPC: [&str; 14] = [
    "getCapabilities",
    "getStatus",
    "getTimings",
    "getBlockchainConfig",
    "getLatestKeyBlock",
    "getContractState",
    "getAccountsByCodeHash",
    "sendMessage",
    "getTransactionsList",
    "getTransaction",
    "getDstTransaction",
    "getTransactionBlockId",
    "getLibraryCell",
    "nothing",
];
const RPC_ARGS: [&str; 10] = [
    "address",
    "lastTransactionLt",
    "codeHash",
    "continuation",
    "limit",
    "message",
    "account",
    "id",
    "messageHash",
    "hash",
];

fn arguments(dice: &mut Rng, names: &[&str], words: &[String]) -> Value {
    if dice.below(20) == 0 {
        return value(dice, words, 0);
    }
    let named = names.iter().filter_map(|name| {
        let given = match dice.below(5) {
            0 | 1 => return None,
            2 => value(dice, words, 0),
            _ => json!(dice.pick::<String>(words)),
        };
        Some(((*name).to_owned(), given))
    });
    Value::Object(named.collect())
}

/// Most bytes of a query: the test's client cannot send an address of 64 KiB, half of which is left for the path.
const MAX_QUERY: usize = 32_000;

/// Adds an argument, if the query does not get too long.
fn add(query: &mut Vec<String>, name: &str, word: &str) {
    let argument = format!("{name}={}", escape(word));
    let length: usize = query.iter().map(|argument| argument.len() + 1).sum();
    if length + argument.len() < MAX_QUERY {
        query.push(argument);
    }
}

/// A random request and its answer.
fn ask(
    dice: &mut Rng,
    story: &Story,
    paths: &[(String, Vec<String>)],
    words: &[String],
) -> (String, Answer) {
    let http = &story.server.http;
    match dice.below(10) {
        0..3 => {
            let method = *dice.pick(&TON);
            let params = arguments(dice, &TON_ARGS, words);
            (
                format!("ton {method} {params}"),
                http.ton_raw(method, params),
            )
        }
        3 => {
            let mut query = Vec::new();
            for name in TON_ARGS {
                if dice.below(3) > 0 {
                    add(&mut query, name, dice.pick::<String>(words));
                }
            }
            let path = format!("/toncenter/v2/{}?{}", dice.pick(&TON), query.join("&"));
            let answer = http.get(&path);
            (path, answer)
        }
        4..6 => {
            let method = *dice.pick(&RPC);
            let params = arguments(dice, &RPC_ARGS, words);
            (
                format!("rpc {method} {params}"),
                http.rpc_raw(method, params),
            )
        }
        6 => {
            let path = *dice.pick(&[
                "/rpc",
                "/",
                "/toncenter/v2/jsonRPC",
                "/toncenter/v2/sendBoc",
            ]);
            let mut body = value(dice, words, 0).to_string().into_bytes();
            for _ in 0..dice.below(3) {
                let at = dice.below(body.len());
                body[at] = dice.below(256) as u8;
            }
            let told = format!("{path} {}", String::from_utf8_lossy(&body));
            (told, http.post_raw(path, &body))
        }
        _ => {
            let (path, query) = dice.pick(paths).clone();
            let parts = path.split('/').map(|part| match part.starts_with('{') {
                true => escape(dice.pick::<String>(words)),
                false => part.to_owned(),
            });
            let path = parts.collect::<Vec<_>>().join("/");
            let mut given = Vec::new();
            for name in &query {
                if dice.below(3) == 0 {
                    add(&mut given, name, dice.pick::<String>(words));
                }
            }
            let path = format!("{path}?{}", given.join("&"));
            let answer = http.get(&path);
            (path, answer)
        }
    }
}

#[test]
fn random_requests_cause_no_server_error() {
    let story = shared();
    let document = story.server.http.get("/api/v1/openapi.json").ok();
    let mut paths = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        let parameters = operations["get"]["parameters"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let query = parameters
            .iter()
            .filter(|parameter| parameter["in"] == "query");
        let query = query.map(|parameter| parameter["name"].as_str().unwrap().to_owned());
        if !path.ends_with("/stream") {
            paths.push((path.clone(), query.collect()));
        }
    }
    let words = words(story);
    let seed = std::env::var("DDVS_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok());
    let seed: u64 = seed.unwrap_or_else(|| std::process::id().into());
    println!("DDVS_SEED={seed}");
    let mut dice = Rng::new(seed);
    let mut answered = 0;
    for round in 0..ROUNDS {
        let (asked, answer) = ask(&mut dice, story, &paths, &words);
        let at = format!("DDVS_SEED={seed}, question {round}: {asked}");
        assert!(
            ![500, 502, 504].contains(&answer.status),
            "{at}: {}",
            answer.text
        );
        if answer.status == 200 {
            answered += 1;
        } else {
            let told = answer.json();
            let words = told["error"].as_str().or(told["error"]["message"].as_str());
            assert!(words.is_some_and(|words| words.len() > 5), "{at}: {told}");
        }
    }
    println!("{answered} of {ROUNDS} questions made sense");
    assert!(answered > ROUNDS / 20);
    assert_eq!(story.server.http.get("/health").text, "ok\n");
}
