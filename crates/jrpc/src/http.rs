//! One call to one node.

use std::io::ErrorKind;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use ureq::Agent;

use crate::{CallError, Settings};

/// Returns the part after the scheme of an address that can be called; `None` if it cannot.
pub(crate) fn without_scheme(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("http://");
    rest.or_else(|| url.strip_prefix("https://"))
}

#[derive(Serialize)]
struct Request<'a, P> {
    jsonrpc: &'static str,
    id: i64,
    method: &'a str,
    params: &'a P,
}

#[derive(Deserialize)]
struct Answer<'a> {
    jsonrpc: &'a str,
    /// `null` when the node could not read the request.
    id: Option<i64>,
    #[serde(borrow, default)]
    result: Option<&'a RawValue>,
    #[serde(default)]
    error: Option<NodeError>,
}

#[derive(Deserialize)]
struct NodeError {
    code: i64,
    message: String,
}

/// A blocking JSON-RPC client. Connections are reused.
#[derive(Debug)]
pub(crate) struct Http {
    agent: Agent,
    max_answer_bytes: u64,
    call_timeout_ms: u128,
}

impl Http {
    pub fn new(settings: &Settings) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .tls_config(settings.roots.tls())
            .timeout_connect(Some(settings.connect_timeout))
            .timeout_global(Some(settings.call_timeout))
            .build();
        Self {
            agent: config.new_agent(),
            max_answer_bytes: settings.max_answer_bytes,
            call_timeout_ms: settings.call_timeout.as_millis(),
        }
    }

    /// Calls `method` and decodes its result; a missing result is `null`.
    pub fn call<P: Serialize, T: DeserializeOwned>(
        &self,
        url: &str,
        id: i64,
        method: &str,
        params: &P,
    ) -> Result<T, CallError> {
        let request = Request {
            jsonrpc: "2.0",
            id,
            method,
            params,
        };
        let body = serde_json::to_vec(&request).map_err(CallError::malformed)?;
        let response = self
            .agent
            .post(url)
            .content_type("application/json")
            .send(&body[..])
            .map_err(|error| self.failed(url, error))?;
        if response.status() != 200 {
            return Err(CallError::Status(response.status().as_u16()));
        }
        let bytes = response
            .into_body()
            .into_with_config()
            .limit(self.max_answer_bytes)
            .read_to_vec()
            .map_err(|error| self.failed(url, error))?;
        decode(&bytes, id)
    }

    fn failed(&self, url: &str, error: ureq::Error) -> CallError {
        match error {
            ureq::Error::Timeout(ureq::Timeout::Connect) => {
                CallError::Unreachable("no connection in time".to_owned())
            }
            ureq::Error::Timeout(_) => CallError::Timeout(self.call_timeout_ms),
            ureq::Error::BodyExceedsLimit(limit) => CallError::TooLarge(limit),
            ureq::Error::Rustls(cause) => CallError::Tls(cause.to_string()),
            ureq::Error::Io(cause) if url.starts_with("https://") => match cause.kind() {
                // the handshake reports errors as invalid data of the connection
                ErrorKind::InvalidData => CallError::Tls(cause.to_string()),
                ErrorKind::UnexpectedEof => {
                    CallError::Unreachable("the connection was closed: does it use TLS".to_owned())
                }
                _ => CallError::Unreachable(cause.to_string()),
            },
            other => CallError::Unreachable(other.to_string()),
        }
    }
}

fn decode<T: DeserializeOwned>(bytes: &[u8], id: i64) -> Result<T, CallError> {
    let answer: Answer<'_> = serde_json::from_slice(bytes).map_err(CallError::malformed)?;
    if answer.jsonrpc != "2.0" {
        return Err(CallError::malformed("another version of JSON-RPC"));
    }
    if let Some(error) = answer.error {
        return Err(CallError::node(error.code, &error.message));
    }
    if answer.id != Some(id) {
        return Err(CallError::malformed("the answer to another question"));
    }
    let result = answer.result.map_or("null", RawValue::get);
    serde_json::from_str(result).map_err(CallError::malformed)
}
