//! Accounts: how readers prove who they are. All of it is optional; lookups need none.
//!
//! Invariant: what proves an identity (passwords, codes, tokens) is in no log and no message; hashing passwords takes turns of its
//! own, so that it neither fills the memory nor holds lookups back.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use profiles::{Accounts, Error, NewConsent, Session};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::people_view::ConsentAsked;
use crate::access::{Caller, bearer};
use crate::app::App;
use crate::problem::Problem;

/// A new account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewAccount)]
pub(crate) struct AccountAsked {
    /// E-mail address.
    #[schema(max_length = 254)]
    email: String,
    /// Password, 8 to 256 characters.
    #[schema(min_length = 8, max_length = 256)]
    password: String,
    /// What the reader agrees to; without it nothing is stored.
    #[serde(default)]
    consent: Option<ConsentAsked>,
    /// What the reader tells of themselves: fields of the register but `email` and `phone`.
    #[serde(default)]
    #[schema(value_type = Object)]
    attributes: Map<String, Value>,
}

/// A wish was taken in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Accepted {
    /// Always `accepted`: whether the address or number had an account is not told.
    status: &'static str,
}

/// A login: `email` and `password`, or `phone` and `code`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewSession)]
pub(crate) struct SessionAsked {
    /// E-mail address.
    #[serde(default)]
    email: Option<String>,
    /// Password.
    #[serde(default)]
    password: Option<String>,
    /// Phone number like +77010000000.
    #[serde(default)]
    phone: Option<String>,
    /// The code sent to it by `POST /v1/codes`.
    #[serde(default)]
    code: Option<String>,
    /// For a number without an account: what the reader agrees to.
    #[serde(default)]
    consent: Option<ConsentAsked>,
}

/// A session.
#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
pub(crate) struct SessionMade {
    /// Sent as `Authorization: Bearer …` from now on; told this once.
    #[schema(pattern = "^sls_[0-9a-f]{64}$")]
    token: String,
    /// When the session ends at the latest, RFC 3339.
    #[schema(format = DateTime)]
    expires: String,
    /// It ends earlier when it was not used for so many seconds.
    idle_s: u64,
}

/// Where to send a code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewCode)]
pub(crate) struct CodeAsked {
    /// Phone number like +77010000000.
    phone: String,
}

/// Another password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewPassword)]
pub(crate) struct PasswordAsked {
    /// The one in use; absent only when there is none yet.
    #[serde(default)]
    current: Option<String>,
    /// The one to use from now on, 8 to 256 characters.
    #[schema(min_length = 8, max_length = 256)]
    new: String,
}

/// A refusal, with when to try again.
#[derive(Debug)]
pub(crate) struct Refused {
    problem: Problem,
    after: Option<Duration>,
}

/// Makes an account by e-mail address and password. An address that has an account already is answered alike.
#[utoipa::path(post, path = "/v1/accounts", operation_id = "register", tag = "accounts", request_body = AccountAsked, responses(
    (status = 202, description = "Log in with it next; an account that was there before is as it was", body = Accepted),
    (status = 400, description = "The request cannot be used; fields outside the register are refused", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "No consent: nothing is stored", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "Login by password is not offered here", body = Problem, content_type = "application/problem+json"),
    (status = 413, description = "The body is too large", body = Problem, content_type = "application/problem+json"),
    (status = 415, description = "The body is not sent as application/json", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn register(
    State(app): State<App>,
    body: Result<Json<AccountAsked>, JsonRejection>,
) -> Result<(StatusCode, Json<Accepted>), Refused> {
    let Json(AccountAsked { email, password, consent, attributes }) = body?;
    let Some(consent) = consent.map(NewConsent::from) else {
        return Err(
            Problem::no_consent("send what the reader agrees to as `consent`; nothing was stored").into()
        );
    };
    prove(&app, move |accounts| accounts.register(&email, password, &consent, &attributes)).await?;
    Ok((StatusCode::ACCEPTED, Json(Accepted { status: "accepted" })))
}

/// Logs in.
#[utoipa::path(post, path = "/v1/sessions", operation_id = "log_in", tag = "accounts", request_body = SessionAsked, responses(
    (status = 201, description = "A session; use its token as the key", body = SessionMade),
    (status = 400, description = "The request cannot be used", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "No account has these credentials", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "A new number without consent, or an account that is blocked", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "This way of logging in is not offered here", body = Problem, content_type = "application/problem+json"),
    (status = 413, description = "The body is too large", body = Problem, content_type = "application/problem+json"),
    (status = 415, description = "The body is not sent as application/json", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn log_in(
    State(app): State<App>,
    body: Result<Json<SessionAsked>, JsonRejection>,
) -> Result<(StatusCode, Json<SessionMade>), Refused> {
    let Json(asked) = body?;
    let consent = asked.consent.map(NewConsent::from);
    let session = match (asked.email, asked.password, asked.phone, asked.code) {
        (Some(email), Some(password), None, None) if consent.is_none() => {
            prove(&app, move |accounts| accounts.log_in(&email, password)).await?
        }
        (None, None, Some(phone), Some(code)) => {
            prove(&app, move |accounts| accounts.log_in_by_code(&phone, &code, consent.as_ref())).await?
        }
        _ => {
            let detail = "write email and password, or phone and code (and consent, for a new number)";
            return Err(Problem::bad_request(detail).into());
        }
    };
    Ok((StatusCode::CREATED, Json(session.into())))
}

/// Logs out: the token of this request is worth nothing afterwards.
#[utoipa::path(delete, path = "/v1/sessions", operation_id = "log_out", tag = "accounts", responses(
    (status = 204, description = "The session has ended"),
))]
pub(crate) async fn log_out(State(app): State<App>, headers: HeaderMap) -> Result<StatusCode, Problem> {
    let token = bearer(&headers).map(str::to_owned).unwrap_or_default();
    app.blocking(move |app| app.accounts.log_out(&token)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Changes the password of whoever asks; every session ends, this one too.
#[utoipa::path(put, path = "/v1/me/password", operation_id = "change_password", tag = "accounts", request_body = PasswordAsked, responses(
    (status = 204, description = "Changed; log in again"),
    (status = 400, description = "The request cannot be used", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "Login by password is not offered here", body = Problem, content_type = "application/problem+json"),
    (status = 413, description = "The body is too large", body = Problem, content_type = "application/problem+json"),
    (status = 415, description = "The body is not sent as application/json", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn change_password(
    State(app): State<App>,
    caller: Caller,
    body: Result<Json<PasswordAsked>, JsonRejection>,
) -> Result<StatusCode, Refused> {
    let Json(PasswordAsked { current, new }) = body?;
    let person = caller.reader()?;
    prove(&app, move |accounts| accounts.change_password(&person, current, new)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends a one-time code to a phone, whether or not it has an account.
#[utoipa::path(post, path = "/v1/codes", operation_id = "send_code", tag = "accounts", request_body = CodeAsked, responses(
    (status = 202, description = "A code is on its way; an earlier one is worth nothing now", body = Accepted),
    (status = 400, description = "The request cannot be used", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "Login by phone is not offered here", body = Problem, content_type = "application/problem+json"),
    (status = 413, description = "The body is too large", body = Problem, content_type = "application/problem+json"),
    (status = 415, description = "The body is not sent as application/json", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn send_code(
    State(app): State<App>,
    body: Result<Json<CodeAsked>, JsonRejection>,
) -> Result<(StatusCode, Json<Accepted>), Refused> {
    let Json(CodeAsked { phone }) = body?;
    // No hash is computed here, but a sender may take seconds.
    app.run(&app.sending, move |app| app.accounts.send_code(&phone)).await??;
    Ok((StatusCode::ACCEPTED, Json(Accepted { status: "accepted" })))
}

/// Runs what may hash a password, when it is its turn.
async fn prove<R: Send + 'static>(
    app: &App,
    work: impl FnOnce(&Accounts) -> Result<R, Error> + Send + 'static,
) -> Result<R, Refused> {
    Ok(app.run(&app.hashing, move |app| work(&app.accounts)).await??)
}

impl From<Session> for SessionMade {
    fn from(session: Session) -> Self {
        Self { token: session.token, expires: session.expires.to_string(), idle_s: session.idle.as_secs() }
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self { problem, after: None }
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        let after = match error {
            Error::Wait { after } => Some(after),
            _ => None,
        };
        Self { problem: error.into(), after }
    }
}

impl From<JsonRejection> for Refused {
    fn from(refused: JsonRejection) -> Self {
        Problem::from(refused).into()
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = self.problem.into_response();
        if let Some(after) = self.after {
            response.headers_mut().insert(header::RETRY_AFTER, (after.as_secs() + 1).into());
        }
        response
    }
}

#[cfg(test)]
mod tests;
