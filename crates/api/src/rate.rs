//! Limit on the rate of requests, for each caller.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::client_ip::ClientIp;
use crate::error::ApiError;
use crate::settings::Settings;

/// Interval at which idle callers are forgotten.
const FORGET_EVERY: Duration = Duration::from_secs(60);

/// Remaining requests of each caller.
#[derive(Clone)]
pub(crate) struct RateLimit {
    limiter: Arc<DefaultKeyedRateLimiter<IpAddr>>,
    caller: ClientIp,
}

impl RateLimit {
    /// Starts the limit of these settings; returns `None` if they have none.
    ///
    /// Must be called inside a tokio runtime, in which a task forgets idle callers as long as the limit is in use.
    pub fn start(settings: &Settings) -> Option<Self> {
        let per_second = NonZeroU32::new(settings.requests_per_second)?;
        let burst = NonZeroU32::new(settings.burst).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_second(per_second).allow_burst(burst);
        let limiter = Arc::new(RateLimiter::keyed(quota));
        let remembered = Arc::downgrade(&limiter);
        tokio::spawn(async move {
            let mut tick = tokio::time::interval(FORGET_EVERY);
            while let Some(limiter) = remembered.upgrade() {
                limiter.retain_recent();
                drop(limiter);
                tick.tick().await;
            }
        });
        let caller = ClientIp {
            trust_forwarded: settings.trust_forwarded,
        };
        Some(Self { limiter, caller })
    }
}

/// Answers a request, or refuses it with the seconds to wait if its caller has reached the limit.
pub(crate) async fn limited(
    State(limit): State<RateLimit>,
    request: Request,
    next: Next,
) -> Response {
    let Some(caller) = limit.caller.of(&request) else {
        return ApiError::internal("the caller has no address").into_response();
    };
    match limit.limiter.check_key(&caller) {
        Ok(()) => next.run(request).await,
        Err(until) => {
            let wait = until.wait_time_from(DefaultClock::default().now());
            // a whole number of seconds, after which the request is allowed
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            ApiError::too_many(seconds).into_response()
        }
    }
}
