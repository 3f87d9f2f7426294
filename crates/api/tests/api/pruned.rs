//! Data removed because of their age are reported as such, and not as if they had never existed.

use ddvs_index::Keep;
use serde_json::Value;

use crate::http::Answer;
use crate::server::Server;

const KEPT: u64 = 20;

fn pruned(answer: &Answer) -> Value {
    assert_eq!(answer.status, 410, "{}", answer.text);
    let body = answer.json();
    assert!(answer.text.contains("not kept any more"), "{}", answer.text);
    body
}

#[test]
fn pruned_data_is_reported_as_pruned() {
    let mut server = Server::start();
    let first = server.until("the first block", |http| {
        let answer = http.get("/toncenter/v2/getMasterchainInfo").json();
        let init = answer["result"]["init"]["root_hash"].clone();
        let last = answer["result"]["last"]["seqno"].as_u64()?;
        (last > 1).then_some(init)
    });
    let block = server.http.get("/api/v1/chains/0/blocks/1").ok();
    server.running.keep(Keep::Blocks(KEPT as u32)).unwrap();
    let kept_from = server.until("blocks to be removed", |http| {
        let chain = http.get("/api/v1/chains/0").ok();
        let from = chain["kept_from"]["block"].as_u64();
        from.filter(|from| *from > 40)
    });
    let http = &server.http;
    let body = pruned(&http.get("/api/v1/chains/0/blocks/2"));
    assert_eq!(body["error"]["code"], "pruned");
    for path in [
        "/api/v1/chains/0/blocks/1",
        "/api/v1/chains/0/blocks/40",
        "/api/v1/chains/0/blocks/3/transactions",
        "/api/v1/chains/0/validators?height=3",
        "/toncenter/v2/getBlockHeader?workchain=0&shard=-9223372036854775808&seqno=3",
        "/toncenter/v2/getBlockTransactions?workchain=0&shard=-9223372036854775808&seqno=3",
        "/toncenter/v2/lookupBlock?workchain=0&shard=-9223372036854775808&seqno=3",
        "/toncenter/v2/shards?seqno=3",
    ] {
        pruned(&http.get(path));
    }
    let lt = block["start_lt"].as_str().unwrap();
    let lookup = "/toncenter/v2/lookupBlock?workchain=0&shard=-9223372036854775808";
    pruned(&http.get(&format!("{lookup}&lt={lt}")));
    let before_s = block["time_ms"].as_u64().unwrap() / 1_000 - 5;
    pruned(&http.get(&format!("{lookup}&unixtime={before_s}")));
    // data that never existed are different
    for seqno in [0, 1_000_000] {
        let answer = http.get(&format!("/api/v1/chains/0/blocks/{seqno}"));
        assert_eq!(answer.status, 404, "{}", answer.text);
    }
    // for a hash the two cannot be distinguished
    for path in ["/api/v1/messages/", "/api/v1/transactions/"] {
        let answer = http.get(&format!("{path}{}", "ab".repeat(32)));
        assert_eq!(answer.status, 404, "{}", answer.text);
        assert!(
            answer.text.contains("older than what this server keeps"),
            "{}",
            answer.text
        );
    }
    // a page ends where it ends, and the zerostate keeps its name
    let page = http.get("/api/v1/chains/0/blocks?limit=1000").ok();
    let blocks = page["items"].as_array().unwrap();
    let last = blocks.last().unwrap()["block"].as_u64().unwrap();
    assert!(
        last >= kept_from && blocks.len() as u64 >= KEPT,
        "{last} {kept_from}"
    );
    assert_eq!(page["next"], Value::Null);
    let info = http.get("/toncenter/v2/getMasterchainInfo").json();
    assert_eq!(info["result"]["init"]["root_hash"], first);
}
