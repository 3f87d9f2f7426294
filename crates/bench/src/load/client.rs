//! HTTP, as a program uses it: connections that stay open.

use std::time::Duration;

use serde_json::Value;
use ureq::Agent;

use crate::BenchError;

/// Bytes that one answer may have.
const MAX_ANSWER_BYTES: u64 = 16 << 20;
/// Longest wait for an answer.
const TIMEOUT: Duration = Duration::from_secs(20);

/// One request.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// Path and query.
    pub path: String,
    /// A JSON body, if it is posted.
    pub body: Option<String>,
}

/// A server, seen by one caller.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    agent: Agent,
    base: String,
}

/// Outcome of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// 200.
    Answered,
    /// 422: a contract refused; 400: an argument was wrong.
    Refused,
    /// 429: the server's limit on requests.
    Limited,
    /// Any other outcome.
    Failed(u16),
}

impl Client {
    /// A caller with connections of its own.
    pub fn new(url: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .timeout_global(Some(TIMEOUT))
            .build();
        Self {
            agent: config.new_agent(),
            base: url.trim_end_matches('/').to_owned(),
        }
    }

    /// Sends a request, and reads the whole answer.
    pub fn ask(&self, request: &Request) -> Result<Outcome, BenchError> {
        let (status, _) = self.call(request)?;
        Ok(match status {
            200 => Outcome::Answered,
            400 | 422 => Outcome::Refused,
            429 => Outcome::Limited,
            other => Outcome::Failed(other),
        })
    }

    /// The JSON at a path.
    pub fn json(&self, path: &str) -> Result<Value, BenchError> {
        let request = Request {
            path: path.to_owned(),
            body: None,
        };
        let (status, text) = self.call(&request)?;
        if status != 200 {
            return Err(BenchError::NotDone(format!(
                "{}{path} answered {status}: {text}",
                self.base
            )));
        }
        serde_json::from_str(&text).map_err(|cause| BenchError::Http(format!("{path}: {cause}")))
    }

    /// The text at a path.
    pub fn text(&self, path: &str) -> Result<String, BenchError> {
        let request = Request {
            path: path.to_owned(),
            body: None,
        };
        Ok(self.call(&request)?.1)
    }

    /// The length of the answer at a path, in bytes.
    pub fn length(&self, path: &str) -> Result<usize, BenchError> {
        let request = Request {
            path: path.to_owned(),
            body: None,
        };
        match self.call(&request)? {
            (200, text) => Ok(text.len()),
            (status, text) => Err(BenchError::NotDone(format!(
                "{path} answered {status}: {text}"
            ))),
        }
    }

    fn call(&self, request: &Request) -> Result<(u16, String), BenchError> {
        let url = format!("{}{}", self.base, request.path);
        let failed = |cause: ureq::Error| BenchError::Http(format!("{url}: {cause}"));
        let response = match &request.body {
            None => self.agent.get(&url).call(),
            Some(body) => {
                let post = self
                    .agent
                    .post(&url)
                    .header("content-type", "application/json");
                post.send(body.as_bytes())
            }
        };
        let response = response.map_err(failed)?;
        let status = response.status().as_u16();
        let body = response
            .into_body()
            .into_with_config()
            .limit(MAX_ANSWER_BYTES);
        Ok((status, body.read_to_string().map_err(failed)?))
    }

    /// The blocks' planned distance: the mean of the masterchain's last ones.
    ///
    /// Fails when the network has not made two blocks yet.
    pub fn block_time(&self) -> Result<Duration, BenchError> {
        let page = self.json("/api/v1/chains/-1/blocks?limit=20")?;
        let items = page["items"].as_array().cloned().unwrap_or_default();
        let at = |item: Option<&Value>| {
            let item = item?;
            let place = [&item["at"], item];
            let place = place.into_iter().find(|place| place["time_ms"].is_u64())?;
            Some((place["block"].as_u64()?, place["time_ms"].as_u64()?))
        };
        let span = match (at(items.first()), at(items.last())) {
            (Some((new, new_ms)), Some((old, old_ms))) if new > old => {
                Some((new_ms - old_ms) / (new - old))
            }
            _ => None,
        };
        let span = span
            .ok_or_else(|| BenchError::NotDone("the masterchain has made no blocks yet".into()))?;
        Ok(Duration::from_millis(span))
    }

    /// Opens a stream of server-sent events.
    pub fn stream(&self, path: &str) -> Result<impl std::io::Read + use<>, BenchError> {
        let url = format!("{}{path}", self.base);
        let agent = Agent::config_builder().proxy(None).build().new_agent();
        let response = agent.get(&url).call();
        let response = response.map_err(|cause| BenchError::Http(format!("{url}: {cause}")))?;
        Ok(response.into_body().into_reader())
    }
}
