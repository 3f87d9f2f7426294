//! Connections: limits on their number, and on their idle time.
//!
//! A connection that sends nothing, or reads nothing, uses a descriptor and memory that others may need. So there are
//! timeouts for the head of a request, between requests, and for reading what is sent; a request's body and its answer have
//! the timeout of an answer. An event stream is a request that continues, and counts as a connection like all others.
//!
//! Connections speak HTTP/1.1, or HTTP/2 from their first byte. There requests share a connection: each one beside the first
//! counts as a connection of its caller.

mod activity;
mod answer;
mod crowd;
mod tasks;
mod watched;

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response, Version};
use hyper_util::rt::TokioIo;
use hyper_util::server::conn::auto;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tower::ServiceExt;

use self::activity::Activity;
use self::answer::{Answer, PIECE};
use self::crowd::{Crowd, LEAST_REST};
use self::tasks::Tasks;
use self::watched::Watched;
use crate::client_ip::network_of;
use crate::counts::{Counts, NoPlace, Open};
use crate::error::ApiError;
use crate::layers;
use crate::settings::Settings;

/// Maximum size of a request's head, and of what is read of bodies at a time, in bytes.
const MAX_HEAD: u32 = 128 << 10;

/// Of that, what is read of one body at a time where requests share a connection.
const MAX_BODY_AHEAD: u32 = 64 << 10;

/// How long no connection is accepted after the system failed to provide one.
const AFTER_FAILURE: Duration = Duration::from_millis(100);

/// Serves until `shutdown` is ready; streams must have been told to end by then.
///
/// Fails only when its runtime ends.
pub async fn serve(
    router: Router,
    listener: TcpListener,
    settings: Settings,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    // behind a proxy all come from its address
    let most_each = (!settings.trust_forwarded).then_some(settings.max_connections_each);
    let counts = Counts::new(settings.max_connections, most_each);
    let settings = Arc::new(settings);
    let crowded = Arc::new(Notify::new());
    let (ending, ended) = watch::channel(false);
    let mut crowd = Crowd::default();
    let mut shutdown = pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(()) = crowd.one_ended() => continue,
            () = crowded.notified() => {
                crowd.make_room(Instant::now());
                continue;
            }
            () = shutdown.as_mut() => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(cause) => {
                // most likely no descriptor is left; connections end all the time
                tracing::warn!(%cause, "a connection could not be taken");
                crowd.make_room(Instant::now());
                tokio::time::sleep(AFTER_FAILURE).await;
                continue;
            }
        };
        match counts.open(network_of(peer.ip())) {
            Ok(place) => {
                let activity = Arc::new(Activity::new(Instant::now()));
                let talk = Talk {
                    router: router.clone(),
                    peer,
                    settings: settings.clone(),
                    activity: activity.clone(),
                    ended: ended.clone(),
                    counts: counts.clone(),
                    crowded: crowded.clone(),
                    place,
                };
                crowd.add(activity, talk.run(stream));
            }
            Err(why) => {
                turn_away(&stream, why);
                if why == NoPlace::Full {
                    crowd.make_room(Instant::now());
                }
            }
        }
    }
    drop(listener);
    // no error: this end holds a receiver
    let _ = ending.send(true);
    while crowd.one_ended().await.is_some() {}
    Ok(())
}

/// Reports why there is no connection, if that can be sent immediately. In HTTP/1.1: nothing says yet what the client speaks.
fn turn_away(stream: &TcpStream, why: NoPlace) {
    let (status, words) = match why {
        NoPlace::Full => (
            "503 Service Unavailable",
            "the server has as many connections as it can: connect again in a second",
        ),
        NoPlace::TooMany => (
            "429 Too Many Requests",
            "too many connections are open from your address: close some, or use one for several requests",
        ),
    };
    let body = format!("{words}\n");
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {length}\r\nretry-after: 1\r\nconnection: close\r\n\r\n{body}"
    );
    // a client that does not read it is gone, or sees that the connection ends
    let _ = stream.try_write(answer.as_bytes());
}

/// Handles one connection.
struct Talk {
    router: Router,
    peer: SocketAddr,
    settings: Arc<Settings>,
    activity: Arc<Activity>,
    ended: watch::Receiver<bool>,
    counts: Arc<Counts>,
    /// Asks for room for another request.
    crowded: Arc<Notify>,
    place: Open,
}

impl Talk {
    async fn run(self, stream: TcpStream) {
        prepare(&stream, &self.settings);
        let activity = self.activity.clone();
        let mut ended = self.ended.clone();
        let io = TokioIo::new(Watched::new(stream, activity.clone()));
        let tasks = Tasks::default();
        let _end = tasks.end_with();
        let builder = builder(tasks, &self.settings);
        let (settings, talk) = (self.settings.clone(), Arc::new(self));
        let service = service_fn(move |request| Self::answer(talk.clone(), request));
        let mut connection = pin!(builder.serve_connection(io, service));
        let shortest = settings.header_timeout.min(settings.idle_timeout);
        let every = (shortest / 4).clamp(Duration::from_millis(10), Duration::from_secs(1));
        let mut tick = tokio::time::interval(every);
        let mut is_ending = false;
        loop {
            tokio::select! {
                // a broken connection does not affect others
                _ = connection.as_mut() => return,
                _ = tick.tick() => {
                    let now = Instant::now();
                    let rests = |since| now.saturating_duration_since(since) >= LEAST_REST;
                    // who shares a connection may leave it open after the last answer
                    if activity.is_over(&settings, now)
                        || is_ending && activity.resting_since().is_some_and(rests)
                    {
                        return;
                    }
                }
                _ = ended.wait_for(|ended| *ended), if !is_ending => {
                    is_ending = true;
                    connection.as_mut().graceful_shutdown();
                }
            }
        }
    }

    async fn answer(
        talk: Arc<Self>,
        request: Request<Incoming>,
    ) -> Result<Response<Answer>, Infallible> {
        let version = request.version();
        let shared = (version == Version::HTTP_2).then_some((&talk.counts, &talk.place));
        let (under_way, outcome) = talk.activity.request(shared);
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(talk.peer));
        let response = match outcome {
            Ok(()) => talk.router.clone().oneshot(request).await?,
            Err(NoPlace::TooMany) => {
                let most = talk.settings.max_connections_each;
                layers::refused(&request, ApiError::too_many_at_once(most))
            }
            Err(NoPlace::Full) => {
                talk.crowded.notify_one();
                layers::refused(&request, ApiError::busy())
            }
        };
        Ok(response.map(|body| Answer::new(body, under_way)))
    }
}

/// Limits of what one connection may keep in memory.
fn builder(tasks: Tasks, settings: &Settings) -> auto::Builder<Tasks> {
    let mut builder = auto::Builder::new(tasks);
    builder.http1().max_buf_size(MAX_HEAD as usize);
    builder
        .http2()
        .max_concurrent_streams(settings.max_requests_per_connection)
        .max_header_list_size(MAX_HEAD)
        .initial_stream_window_size(MAX_BODY_AHEAD)
        .initial_connection_window_size(MAX_HEAD)
        .max_send_buf_size(PIECE);
    builder
}

/// Makes the system detect a client that has disappeared, even where only the server sends.
fn prepare(stream: &TcpStream, settings: &Settings) {
    // answers are written as a whole; a failure here only costs time
    let _ = stream.set_nodelay(true);
    #[cfg(target_os = "linux")]
    {
        let ms = settings.idle_timeout.as_millis();
        let ms = u32::try_from(ms).unwrap_or(u32::MAX);
        let _ = rustix::net::sockopt::set_tcp_user_timeout(stream, ms);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = settings;
}
