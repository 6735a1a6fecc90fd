//! Problem documents (RFC 9457): what was wrong with a request, or with us, for programs and people.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// A problem document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// Names the kind of problem; stable.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The kind in words.
    pub title: &'static str,
    /// HTTP status.
    pub status: u16,
    /// What happened this time and what to do.
    pub detail: String,
}

impl Problem {
    /// The request cannot be understood.
    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self { kind: "/problems/bad-request", title: "The request cannot be used", status: 400, detail: detail.into() }
    }

    /// There is no such thing.
    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self { kind: "/problems/not-found", title: "Nothing is there", status: 404, detail: detail.into() }
    }

    /// We failed; the cause goes to the log, not to the caller.
    pub(crate) fn internal(error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error, "a request failed");
        Self {
            kind: "/problems/internal",
            title: "The server failed",
            status: 500,
            detail: "the index could not be asked; try again, and if it stays so ask the operator".to_owned(),
        }
    }
}

impl From<indexer::Error> for Problem {
    fn from(error: indexer::Error) -> Self {
        match error {
            indexer::Error::QueryTooLong { .. } | indexer::Error::Cursor { .. } => Self::bad_request(error.to_string()),
            other => Self::internal(&other),
        }
    }
}

impl From<recommender::Error> for Problem {
    fn from(error: recommender::Error) -> Self {
        match error {
            recommender::Error::Index(error) => error.into(),
            other => Self::internal(&other),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response
    }
}
