//! Activity of a connection, to close idle ones.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Instant;

use axum::body::{Body, Bytes};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::settings::Settings;

/// Activity of a connection.
#[derive(Debug)]
pub(super) struct Activity(Mutex<State>);

#[derive(Debug)]
struct State {
    /// Number of requests whose answer is not written yet.
    under_way: usize,
    /// Time at which the last of them was written, or the connection began.
    idle_since: Instant,
    /// Time at which the head of the next one began to arrive.
    head_since: Option<Instant>,
    /// Time since which the client has read nothing of what is to be written.
    stuck_since: Option<Instant>,
}

impl Activity {
    pub fn new(now: Instant) -> Self {
        Self(Mutex::new(State {
            under_way: 0,
            idle_since: now,
            head_since: None,
            stuck_since: None,
        }))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records that a request's head is complete; its answer is written when the returned value is dropped.
    pub fn request(self: &Arc<Self>) -> UnderWay {
        let mut state = self.lock();
        state.under_way += 1;
        state.head_since = None;
        UnderWay(self.clone())
    }

    /// Returns the time since which the connection is idle: no request is in progress, or nothing is read of what is
    /// sent.
    pub fn resting_since(&self) -> Option<Instant> {
        let state = self.lock();
        match state.under_way {
            0 => Some(state.idle_since),
            _ => state.stuck_since,
        }
    }

    /// Whether the connection has been idle for too long.
    pub fn is_over(&self, settings: &Settings, now: Instant) -> bool {
        let state = self.lock();
        let longer = |since: Option<Instant>, limit| {
            since.is_some_and(|since| now.saturating_duration_since(since) > limit)
        };
        let is_idle = state.under_way == 0;
        let idle_since = Some(state.idle_since).filter(|_| state.head_since.is_none());
        longer(state.stuck_since, settings.idle_timeout)
            || is_idle && longer(state.head_since, settings.header_timeout)
            || is_idle && longer(idle_since, settings.idle_timeout)
    }
}

/// A request whose answer is not written yet.
#[derive(Debug)]
pub(super) struct UnderWay(Arc<Activity>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.under_way -= 1;
        state.idle_since = Instant::now();
    }
}

/// The body of an answer, which records when it is written.
#[derive(Debug)]
pub(super) struct Answer {
    body: Body,
    _under_way: UnderWay,
}

impl Answer {
    pub fn new(body: Body, under_way: UnderWay) -> Self {
        Self {
            body,
            _under_way: under_way,
        }
    }
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Both directions of a connection, observed.
#[derive(Debug)]
pub(super) struct Watched {
    stream: TcpStream,
    activity: Arc<Activity>,
}

impl Watched {
    pub fn new(stream: TcpStream, activity: Arc<Activity>) -> Self {
        Self { stream, activity }
    }

    fn wrote<T>(&self, written: &Poll<T>) {
        let mut state = self.activity.lock();
        match written {
            Poll::Ready(_) => state.stuck_since = None,
            Poll::Pending => {
                state.stuck_since.get_or_insert_with(Instant::now);
            }
        }
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
            let mut state = self.activity.lock();
            if state.under_way == 0 {
                state.head_since.get_or_insert_with(Instant::now);
            }
        }
        read
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.wrote(&written);
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.wrote(&written);
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn each_kind_of_silence_has_its_time() {
        let settings = Settings {
            header_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(60),
            ..Settings::default()
        };
        let begin = Instant::now();
        let activity = Arc::new(Activity::new(begin));
        let is_over = |after_s| activity.is_over(&settings, begin + Duration::from_secs(after_s));
        assert!(!is_over(59) && is_over(62), "nothing came");
        activity.lock().head_since = Some(begin + Duration::from_secs(50));
        assert!(!is_over(59) && is_over(62), "half of a head came");
        let request = activity.request();
        assert!(!is_over(3_600), "a stream goes on for hours");
        activity.lock().stuck_since = Some(begin + Duration::from_secs(100));
        assert!(!is_over(159) && is_over(162), "nobody takes it");
        activity.lock().stuck_since = None;
        drop(request);
        assert!(!is_over(59) && is_over(62), "nothing comes any more");
    }
}
