//! Answers on their way to a client.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use hyper::body::{Body as HttpBody, Frame, SizeHint};

use super::activity::UnderWay;

/// Maximum number of bytes of an answer that are handed over at a time. The rest stays here until the client has taken
/// nearly all before it, so that a slow client is neither idle nor without a place.
pub(super) const PIECE: usize = 16 << 10;

/// The body of an answer, which records whether the client takes it, and when it is written.
#[derive(Debug)]
pub(super) struct Answer {
    body: Body,
    /// Rest of a frame that is handed over in pieces.
    rest: Bytes,
    under_way: UnderWay,
}

impl Answer {
    pub fn new(body: Body, under_way: UnderWay) -> Self {
        under_way.offers();
        Self {
            body,
            rest: Bytes::new(),
            under_way,
        }
    }

    fn piece(&mut self) -> Frame<Bytes> {
        let length = self.rest.len().min(PIECE);
        Frame::data(self.rest.split_to(length))
    }
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if !self.rest.is_empty() {
            self.under_way.offers();
            return Poll::Ready(Some(Ok(self.piece())));
        }
        let frame = match Pin::new(&mut self.body).poll_frame(context) {
            Poll::Ready(frame) => frame,
            Poll::Pending => {
                self.under_way.waits();
                return Poll::Pending;
            }
        };
        self.under_way.offers();
        let Some(Ok(frame)) = frame else {
            return Poll::Ready(frame);
        };
        Poll::Ready(Some(Ok(match frame.into_data() {
            Ok(data) => {
                self.rest = data;
                self.piece()
            }
            Err(frame) => frame,
        })))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let rest = self.rest.len() as u64;
        let body = self.body.size_hint();
        let mut hint = SizeHint::new();
        hint.set_lower(body.lower().saturating_add(rest));
        if let Some(upper) = body.upper() {
            hint.set_upper(upper.saturating_add(rest));
        }
        hint
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Instant;

    use super::super::activity::Activity;
    use super::*;

    fn frames(body: Vec<u8>) -> Vec<Bytes> {
        let activity = Arc::new(Activity::new(Instant::now()));
        let (under_way, _) = activity.request(None);
        let mut answer = Answer::new(Body::from(body), under_way);
        let mut context = Context::from_waker(std::task::Waker::noop());
        let mut frames = Vec::new();
        let mut left = answer.size_hint().exact().unwrap();
        while !answer.is_end_stream() {
            let Poll::Ready(Some(Ok(frame))) = Pin::new(&mut answer).poll_frame(&mut context)
            else {
                panic!("the body ended early");
            };
            let data = frame.into_data().unwrap();
            left -= data.len() as u64;
            assert_eq!(answer.size_hint().exact(), Some(left));
            frames.push(data);
        }
        frames
    }

    #[test]
    fn long_answers_are_handed_over_in_pieces() {
        let body: Vec<u8> = (0..2 * PIECE + 7).map(|at| at as u8).collect();
        let pieces = frames(body.clone());
        let lengths: Vec<_> = pieces.iter().map(Bytes::len).collect();
        assert_eq!(lengths, [PIECE, PIECE, 7]);
        assert_eq!(pieces.concat(), body);
        assert_eq!(frames(body[..PIECE].to_vec()), [body[..PIECE].to_vec()]);
        assert!(frames(Vec::new()).is_empty());
    }
}
