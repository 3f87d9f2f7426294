//! HTTP as a client without any knowledge of the API speaks it.

use std::io::Read;
use std::time::Duration;

use serde_json::{Value, json};
use tycho_types::boc::Boc;
use tycho_types::cell::Cell;
use ureq::Agent;
use ureq::http::HeaderMap;

/// An answer.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    /// The body, which must be JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|error| panic!("{}: {error}: {}", self.status, self.text))
    }

    /// The body of a success.
    pub fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text);
        self.json()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// A client of one server.
#[derive(Clone)]
pub struct Http {
    url: String,
    agent: Agent,
}

impl Http {
    pub fn new(url: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None)
            .timeout_global(Some(Duration::from_secs(60)))
            .build();
        Self {
            url: url.to_owned(),
            agent: config.new_agent(),
        }
    }

    pub fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[])
    }

    pub fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = self.agent.get(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        answer(
            request
                .call()
                .unwrap_or_else(|error| panic!("GET {path}: {error}")),
        )
    }

    /// A stream, read as it arrives.
    pub fn open(&self, path: &str, headers: &[(&str, &str)]) -> (u16, impl Read + use<>) {
        let mut request = self.agent.get(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.call().unwrap();
        (
            response.status().as_u16(),
            response.into_body().into_reader(),
        )
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_raw(path, body.to_string().as_bytes())
    }

    pub fn post_raw(&self, path: &str, body: &[u8]) -> Answer {
        let request = self.agent.post(format!("{}{path}", self.url));
        let sent = request.content_type("application/json").send(body);
        answer(sent.unwrap_or_else(|error| panic!("POST {path}: {error}")))
    }

    pub fn delete(&self, path: &str) -> Answer {
        answer(
            self.agent
                .delete(format!("{}{path}", self.url))
                .call()
                .unwrap(),
        )
    }

    /// A method of toncenter over JSON-RPC: its result.
    pub fn ton(&self, method: &str, params: Value) -> Value {
        let answer = self.ton_raw(method, params).ok();
        assert_eq!(answer["ok"], true, "{answer}");
        assert_eq!(answer["jsonrpc"], "2.0");
        assert_eq!(answer["id"], "7");
        answer["result"].clone()
    }

    /// The same, whatever the answer.
    pub fn ton_raw(&self, method: &str, params: Value) -> Answer {
        let request = json!({"id": "7", "jsonrpc": "2.0", "method": method, "params": params});
        self.post("/toncenter/v2/jsonRPC", &request)
    }

    /// A method of Tycho's JSON-RPC: its result.
    pub fn rpc(&self, method: &str, params: Value) -> Value {
        let answer = self.rpc_raw(method, params).ok();
        assert!(answer.get("error").is_none(), "{answer}");
        assert_eq!(
            (&answer["jsonrpc"], &answer["id"]),
            (&json!("2.0"), &json!(7))
        );
        answer["result"].clone()
    }

    /// The same, whatever the answer.
    pub fn rpc_raw(&self, method: &str, params: Value) -> Answer {
        let request = json!({"id": 7, "jsonrpc": "2.0", "method": method, "params": params});
        self.post("/rpc", &request)
    }
}

fn answer(response: ureq::http::Response<ureq::Body>) -> Answer {
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let mut body = response.into_body();
    let body = body.with_config().limit(64 << 20).read_to_string().unwrap();
    Answer {
        status,
        headers,
        text: body,
    }
}

/// The cell of a BOC in base64.
pub fn cell(text: &Value) -> Cell {
    Boc::decode_base64(text.as_str().unwrap()).unwrap()
}

/// Checks that an error contains a description and advice, as sentences.
#[track_caller]
pub fn assert_advises(words: &Value, asked: &str) {
    let words = words.as_str().unwrap();
    assert!(
        words.contains(". ") && words.ends_with('.'),
        "{asked}: {words}"
    );
}
