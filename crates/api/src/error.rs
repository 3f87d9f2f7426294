//! Errors returned to callers: description and advice.

mod from;

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use ddvs_client::{ClientError, NotKept};
use serde::Serialize;
use utoipa::ToSchema;

/// Reason why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ApiError {
    /// HTTP status.
    pub status: StatusCode,
    /// One word for programs.
    pub code: &'static str,
    /// Description of the error.
    pub message: String,
    /// Advice on how to resolve it.
    pub advice: String,
    /// Exit code of the contract, if one refused.
    pub exit_code: Option<i32>,
}

/// The body of an error.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorBody {
    /// The error.
    pub error: ErrorDetail,
}

/// An error.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorDetail {
    /// One word for programs, such as `bad_request` or `not_found`.
    pub code: String,
    /// Description of the error.
    pub message: String,
    /// Advice on how to resolve it.
    pub advice: String,
    /// Exit code of the contract, if one refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
}

impl ApiError {
    fn new(
        status: StatusCode,
        code: &'static str,
        message: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            advice: advice.into(),
            exit_code: None,
        }
    }

    /// The request cannot be understood.
    pub fn bad_request(message: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", message, advice)
    }

    /// There is no such object.
    pub fn not_found(message: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", message, advice)
    }

    /// There is no such method.
    pub fn no_method(name: &str) -> Self {
        let message = format!("there is no method {name:?}");
        Self::new(
            StatusCode::NOT_FOUND,
            "no_method",
            message,
            "Check its spelling; docs/api.md lists all methods.",
        )
    }

    /// A page of this length is not allowed.
    pub fn page(name: &str, asked: usize, most: usize) -> Self {
        let (status, code) = match asked {
            0 => (StatusCode::BAD_REQUEST, "bad_request"),
            _ => (StatusCode::UNPROCESSABLE_ENTITY, "page_too_large"),
        };
        Self::new(
            status,
            code,
            format!("{name} is {asked}"),
            format!("Ask for 1 to {most} at once, and for more page by page."),
        )
    }

    /// The path exists, but not for this HTTP method.
    pub fn wrong_method(method: &str) -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "wrong_method",
            format!("this path does not take {method}"),
            "Send GET for what is read, POST for JSON-RPC and for toncenter's methods.",
        )
    }

    /// This network does not provide the answer.
    pub fn not_known(message: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_IMPLEMENTED, "not_known", message, advice)
    }

    /// The contract or network refused.
    pub fn refused(message: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "refused", message, advice)
    }

    /// The body is too large.
    pub fn too_large(limit: usize) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            format!("the body has more than {limit} bytes"),
            "Send less at once.",
        )
    }

    /// One caller sent too many requests.
    pub fn too_many(wait_s: u64) -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many",
            "too many requests came from your address",
            format!("Wait {wait_s} s, and ask less often."),
        )
    }

    /// One caller has too many connections, and requests that share one.
    pub fn too_many_at_once(most: usize) -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many",
            format!("{most} connections and concurrent requests are open from your address"),
            "Wait for answers, then ask again.",
        )
    }

    /// One caller opened too many streams.
    pub fn too_many_streams(most: usize) -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many",
            format!("{most} streams of events are open from your address"),
            "Close one, or let one stream serve several readers.",
        )
    }

    /// One caller has too many requests that nodes must answer.
    pub fn too_many_questions(most: usize) -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many",
            format!("{most} queries of your address to the nodes are in progress"),
            "Wait for their answers, then ask again.",
        )
    }

    /// One caller has too many get methods and estimates.
    pub fn too_many_getters(most: usize) -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many",
            format!("{most} get methods or estimates of your address are in progress"),
            "Wait for their answers, then ask again.",
        )
    }

    /// A get method exceeds its budget.
    pub fn over_budget(what: &str) -> Self {
        Self::refused(
            format!("the get method {what}"),
            "Call a method that does less, or run it yourself on the account's code and data: getAddressInformation has both.",
        )
    }

    /// The server is overloaded.
    pub fn busy() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "busy",
            "the server has more to do than it can",
            "Ask again in a second.",
        )
    }

    /// The answer did not arrive in time.
    pub fn timeout(seconds: u64) -> Self {
        Self::new(
            StatusCode::GATEWAY_TIMEOUT,
            "timeout",
            format!("there was no answer within {seconds} s"),
            "Ask for less at once, or again later.",
        )
    }

    /// Something is broken. The cause goes to the log, not to the caller.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        tracing::error!(%cause, "an answer failed");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "the server failed to answer",
            "Ask again; if it persists, check the server's log.",
        )
    }

    /// The server cannot write to its own disk.
    fn storage(cause: &NotKept) -> Self {
        tracing::error!(%cause, "a message was not taken in");
        Self::new(
            StatusCode::INSUFFICIENT_STORAGE,
            "storage",
            format!("nothing was taken in: {cause}"),
            "Send it again when who runs the server has made room on its disk, or has mended it.",
        )
    }

    /// The network behind the server does not answer.
    fn unreachable(cause: &ClientError) -> Self {
        tracing::warn!(%cause, "the network did not answer");
        Self::new(
            StatusCode::BAD_GATEWAY,
            "network",
            "the network behind this server did not answer",
            "Ask again; if it persists, check its nodes.",
        )
    }

    /// Returns the body of the own API.
    pub fn body(&self) -> ErrorBody {
        ErrorBody {
            error: ErrorDetail {
                code: self.code.to_owned(),
                message: self.message.clone(),
                advice: self.advice.clone(),
                exit_code: self.exit_code,
            },
        }
    }

    /// Returns description and advice in one line.
    pub fn line(&self) -> String {
        format!("{}. {}", self.message, self.advice)
    }
}

impl IntoResponse for ApiError {
    /// The error is attached, so that it can be formatted in the dialect of the requested path.
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body())).into_response();
        if let Some(wait_s) = self.retry_after_s() {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, wait_s.into());
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl ApiError {
    fn retry_after_s(&self) -> Option<u64> {
        matches!(self.code, "busy" | "too_many").then_some(1)
    }
}
