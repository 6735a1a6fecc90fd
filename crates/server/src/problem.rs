//! Problem documents (RFC 9457): what was wrong with a request, or with us, for programs and people.
//!
//! Invariant: `type` is one of the constants below and never changes its meaning; a cause of ours never gets in.

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// Media type of a problem document (RFC 9457 section 6.1).
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// A message is for reading; nobody reads more than this of an echo.
const DETAIL_CHARS_MAX: usize = 400;

/// A problem document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// Names the kind of problem, as a reference relative to the server; stable.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The kind in words.
    pub title: &'static str,
    /// HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// What happened this time and what to do.
    pub detail: String,
}

impl Problem {
    /// The request cannot be understood. Of a long detail, which repeats what was sent, the beginning is told.
    pub(crate) fn bad_request(detail: impl AsRef<str>) -> Self {
        let detail = detail.as_ref().chars().take(DETAIL_CHARS_MAX).collect();
        Self { kind: "/problems/bad-request", title: "The request cannot be used", status: 400, detail }
    }

    /// There is no such thing.
    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self { kind: "/problems/not-found", title: "Nothing is there", status: 404, detail: detail.into() }
    }

    /// The path is there, but not for this method.
    pub(crate) fn method_not_allowed() -> Self {
        Self {
            kind: "/problems/method-not-allowed",
            title: "Not by this method",
            status: 405,
            detail: "the Allow header names the methods of this path; see /openapi.json".to_owned(),
        }
    }

    /// Nobody said who asks, or the key is not valid.
    pub(crate) fn unauthorized(detail: impl Into<String>) -> Self {
        Self { kind: "/problems/unauthorized", title: "A key is needed", status: 401, detail: detail.into() }
    }

    /// Whoever asks is not known by what they gave.
    pub(crate) fn credentials() -> Self {
        Self {
            kind: "/problems/credentials",
            title: "No such account",
            status: 401,
            detail: "no account has these credentials; which of them is wrong is not told".to_owned(),
        }
    }

    /// Whoever asks may not do this.
    pub(crate) fn forbidden(detail: impl Into<String>) -> Self {
        Self { kind: "/problems/forbidden", title: "Not for this caller", status: 403, detail: detail.into() }
    }

    /// The person has not agreed to this, or no longer.
    pub(crate) fn no_consent(detail: impl Into<String>) -> Self {
        Self {
            kind: "/problems/consent-required",
            title: "The person has not agreed",
            status: 403,
            detail: detail.into(),
        }
    }

    /// The person's data is there and may not be used.
    pub(crate) fn blocked() -> Self {
        Self {
            kind: "/problems/blocked",
            title: "The data is blocked",
            status: 403,
            detail: "consent was withdrawn, erasure was asked for, or processing is restricted".to_owned(),
        }
    }

    /// It contradicts what is there.
    pub(crate) fn conflict(detail: impl Into<String>) -> Self {
        Self {
            kind: "/problems/conflict",
            title: "It contradicts what is there",
            status: 409,
            detail: detail.into(),
        }
    }

    /// Somebody we had to ask does not answer as they should.
    pub(crate) fn bad_gateway(detail: impl Into<String>) -> Self {
        Self {
            kind: "/problems/provider",
            title: "The provider does not answer",
            status: 502,
            detail: detail.into(),
        }
    }

    /// The caller asks too often.
    pub(crate) fn too_many(wait: std::time::Duration) -> Self {
        Self {
            kind: "/problems/too-many-requests",
            title: "Too many requests",
            status: 429,
            detail: format!("ask again in {} s, or ask the operator for a higher limit", wait.as_secs() + 1),
        }
    }

    /// The deadline of a request has passed.
    pub(crate) fn timeout() -> Self {
        Self {
            kind: "/problems/timeout",
            title: "It took too long",
            status: 503,
            detail: "the request was given up; try again or ask for less".to_owned(),
        }
    }

    /// The index does not answer, so nobody should be sent here.
    pub(crate) fn not_ready(error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error, "the index does not answer");
        Self {
            kind: "/problems/not-ready",
            title: "The index does not answer",
            status: 503,
            detail: "try again later; the operator finds the cause in the log".to_owned(),
        }
    }

    /// We failed; the cause goes to the log, not to the caller.
    pub(crate) fn internal(error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error, "a request failed");
        Self {
            kind: "/problems/internal",
            title: "The server failed",
            status: 500,
            detail: "it could not be done; try again, and if it stays so ask the operator".to_owned(),
        }
    }

    /// What an extractor refused, with its own status.
    fn refused(status: StatusCode, detail: String) -> Self {
        let (kind, title) = match status {
            StatusCode::PAYLOAD_TOO_LARGE => ("/problems/too-large", "The body is too large"),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                ("/problems/unsupported-media-type", "Not this type of body")
            }
            status if status.is_client_error() => return Self::bad_request(detail),
            _ => ("/problems/internal", "The server failed"),
        };
        Self { kind, title, status: status.as_u16(), detail }
    }
}

impl From<indexer::Error> for Problem {
    fn from(error: indexer::Error) -> Self {
        match error {
            error if error.is_askers() => Self::bad_request(error.to_string()),
            other => Self::internal(&other),
        }
    }
}

impl From<pipeline::Error> for Problem {
    fn from(error: pipeline::Error) -> Self {
        match error {
            pipeline::Error::Busy { holder, .. } => {
                Self::conflict(format!("{holder} is writing; try again when it has ended"))
            }
            pipeline::Error::Input(detail) => Self::bad_request(detail),
            other => Self::internal(&other),
        }
    }
}

impl From<profiles::Error> for Problem {
    fn from(error: profiles::Error) -> Self {
        use profiles::Error;
        match error {
            Error::Unknown | Error::NotOffered(_) => Self::not_found(error.to_string()),
            Error::Taken { .. } => Self::conflict(error.to_string()),
            Error::NoConsent { .. } | Error::PolicyOutdated { .. } => Self::no_consent(error.to_string()),
            Error::Blocked => Self::blocked(),
            Error::Credentials => Self::credentials(),
            Error::Wait { after } => Self::too_many(after),
            Error::NotPermitted { .. } | Error::Refused(_) => Self::forbidden(error.to_string()),
            error if error.is_callers() => Self::bad_request(error.to_string()),
            other => Self::internal(&other),
        }
    }
}

impl From<feedback::Error> for Problem {
    fn from(error: feedback::Error) -> Self {
        if error.is_askers() { Self::bad_request(error.to_string()) } else { Self::internal(&error) }
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

impl From<QueryRejection> for Problem {
    fn from(refused: QueryRejection) -> Self {
        Self::refused(refused.status(), refused.body_text())
    }
}

impl From<PathRejection> for Problem {
    fn from(refused: PathRejection) -> Self {
        Self::refused(refused.status(), refused.body_text())
    }
}

impl From<JsonRejection> for Problem {
    fn from(refused: JsonRejection) -> Self {
        Self::refused(refused.status(), refused.body_text())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        match status {
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {
                headers.entry(header::RETRY_AFTER).or_insert(HeaderValue::from_static("1"));
            }
            StatusCode::UNAUTHORIZED => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            _ => {}
        }
        response
    }
}
