//! Client of the API of a devnet or a gateway, for its history.

use std::io::{BufRead, BufReader};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use ddvs_jrpc::Roots;
use serde_json::Value;
use ureq::Agent;
use ureq::tls::TlsConfig;

use ddvs_terminal::Stop;

/// Maximum size of one answer, in bytes.
const MAX_ANSWER_BYTES: u64 = 64 << 20;

/// A server of `/api/v1`.
#[derive(Debug, Clone)]
pub struct Api {
    agent: Agent,
    /// The same without an end, for streams.
    listener: Agent,
    base: String,
}

fn agent(tls: TlsConfig, timeout: Option<Duration>) -> Agent {
    Agent::config_builder()
        .tls_config(tls)
        .http_status_as_error(false)
        .max_redirects(0)
        .proxy(None)
        .timeout_connect(Some(Duration::from_secs(2)))
        .timeout_global(timeout)
        .build()
        .new_agent()
}

impl Api {
    /// Checks whether `url` serves the API.
    pub fn find(url: &str, roots: &Roots) -> Option<Self> {
        let base = url.trim_end_matches('/');
        let base = base.strip_suffix("/rpc").unwrap_or(base);
        let api = Self {
            agent: agent(roots.tls(), Some(Duration::from_secs(20))),
            listener: agent(roots.tls(), None),
            base: base.to_owned(),
        };
        let network = api.get("/api/v1/network").ok()?;
        network["genesis"].is_string().then_some(api)
    }

    /// Returns the object at a path; `None` if there is none.
    ///
    /// Fails with the server's own message when it refuses.
    pub fn maybe(&self, path: &str) -> Result<Option<Value>> {
        let url = format!("{}{path}", self.base);
        let context = || format!("asking {url}");
        let response = self.agent.get(&url).call().with_context(context)?;
        let status = response.status().as_u16();
        let text = response
            .into_body()
            .into_with_config()
            .limit(MAX_ANSWER_BYTES)
            .read_to_string()
            .with_context(context)?;
        if status == 404 {
            return Ok(None);
        }
        let body: Value = serde_json::from_str(&text).with_context(context)?;
        if status == 200 {
            return Ok(Some(body));
        }
        let word = |name: &str| body["error"][name].as_str().unwrap_or_default();
        let words = format!("{}: {}", word("message"), word("advice"));
        match status {
            // the server is busy: it has not refused the request
            429 => Err(anyhow!("{url} accepts no more requests now: {words}")),
            400..500 => Err(Stop::Refused(words).into()),
            _ => Err(anyhow!("{url} failed with {status}: {words}")),
        }
    }

    /// Returns the object at a path.
    ///
    /// Fails with a refusal when there is none.
    pub fn get(&self, path: &str) -> Result<Value> {
        let found = self.maybe(path)?;
        found.ok_or_else(|| Stop::Refused(format!("{path} is not known here")).into())
    }

    /// Passes each event of a stream to `tell` until that has enough, or the server ends the stream.
    pub fn listen(&self, path: &str, tell: &mut dyn FnMut(&Value) -> Result<bool>) -> Result<()> {
        let url = format!("{}{path}", self.base);
        let context = || format!("listening at {url}");
        let response = self.listener.get(&url).call().with_context(context)?;
        if response.status() != 200 {
            let status = response.status();
            return Err(anyhow!("{url} answered {status}"));
        }
        let reader = BufReader::new(response.into_body().into_reader());
        for line in reader.lines() {
            let line = line.with_context(context)?;
            if let Some(data) = line.strip_prefix("data:") {
                let event: Value = serde_json::from_str(data.trim()).with_context(context)?;
                if !tell(&event)? {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}
