//! HTTP/2 as a client without any knowledge of the API speaks it: from the first byte, in clear text.

use std::time::Duration;

use axum::body::Bytes;
use axum::http::Request;
use h2::RecvStream;
use h2::client::SendRequest;
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(60);

/// A connection.
pub struct Client {
    runtime: Runtime,
    sender: SendRequest<Bytes>,
    origin: String,
}

/// An answer whose body is read as it arrives.
pub struct Opened<'c> {
    pub status: u16,
    client: &'c Client,
    body: RecvStream,
}

/// An answer.
pub struct Answer {
    pub status: u16,
    body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }
}

impl Client {
    pub fn connect(url: &str) -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let address = url.trim_start_matches("http://").to_owned();
        let sender = runtime.block_on(async {
            let stream = TcpStream::connect(address).await.unwrap();
            let (sender, connection) = h2::client::handshake(stream).await.unwrap();
            tokio::spawn(connection);
            sender
        });
        Self {
            runtime,
            sender,
            origin: url.to_owned(),
        }
    }

    fn ask(&self, method: &str, path: &str, body: Vec<u8>) -> Result<(u16, RecvStream), h2::Error> {
        let url = format!("{}{path}", self.origin);
        let request = Request::builder().method(method).uri(url);
        let request = request.header("content-type", "application/json");
        let request = request.body(()).unwrap();
        let answer = async {
            let mut sender = self.sender.clone().ready().await?;
            let (response, mut sending) = sender.send_request(request, body.is_empty())?;
            if !body.is_empty() {
                // who refuses the head may have ended the stream already: what counts is its answer
                let _ = sending.send_data(body.into(), true);
            }
            let response = response.await?;
            Ok((response.status().as_u16(), response.into_body()))
        };
        self.runtime
            .block_on(async { timeout(PATIENCE, answer).await.unwrap() })
    }

    fn whole(&self, asked: Result<(u16, RecvStream), h2::Error>) -> Answer {
        let Ok((status, mut body)) = asked else {
            // refused before any answer, as by a server that has no room
            return Answer {
                status: 0,
                body: Vec::new(),
            };
        };
        let read = async {
            let mut whole = Vec::new();
            while let Some(part) = body.data().await {
                let part = part.unwrap();
                body.flow_control().release_capacity(part.len()).unwrap();
                whole.extend_from_slice(&part);
            }
            whole
        };
        let body = self
            .runtime
            .block_on(async { timeout(PATIENCE, read).await.unwrap() });
        Answer { status, body }
    }

    pub fn get(&self, path: &str) -> Answer {
        self.whole(self.ask("GET", path, Vec::new()))
    }

    pub fn post(&self, path: &str, body: Vec<u8>) -> Answer {
        self.whole(self.ask("POST", path, body))
    }

    /// An answer that goes on; dropping it resets its stream.
    pub fn open(&self, path: &str) -> Opened<'_> {
        let (status, body) = self.ask("GET", path, Vec::new()).unwrap();
        Opened {
            status,
            client: self,
            body,
        }
    }
}

impl Opened<'_> {
    /// The next part of the body.
    pub fn next(&mut self) -> Option<Bytes> {
        let part = async { timeout(PATIENCE, self.body.data()).await.unwrap() };
        let part = self.client.runtime.block_on(part)?.unwrap();
        let control = self.body.flow_control();
        control.release_capacity(part.len()).unwrap();
        Some(part)
    }
}
