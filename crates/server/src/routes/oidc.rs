//! Login by outside providers: to the provider and back. What is checked stands in [`crate::oidc`].

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use profiles::NewConsent;
use serde::Deserialize;
use utoipa::IntoParams;

use super::accounts::SessionMade;
use super::people::purposes;
use crate::app::App;
use crate::oidc::{LOGIN_TERM, OidcError};
use crate::problem::Problem;

/// Names the login in the reader's browser.
const COOKIE: &str = "silteme_login";

/// What a reader without an account agrees to: all three, or none when there is an account.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct BeginParameters {
    /// The version of the policy agreed to; the one in force.
    policy: Option<String>,
    /// The language its text was shown in: `kk`, `ru` or `en`.
    language: Option<String>,
    /// Purposes, separated by commas.
    purposes: Option<String>,
}

/// What a provider sends along. Providers add parameters of their own (`iss`, `session_state`), so others are passed over.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct EndParameters {
    /// Names the login.
    state: String,
    /// What an id token is given for.
    code: Option<String>,
    /// Why there is none.
    error: Option<String>,
}

/// Sends a reader to a provider.
#[utoipa::path(get, path = "/v1/oidc/{provider}", operation_id = "log_in_by_provider", tag = "accounts",
    params(("provider" = String, Path, description = "Name of the provider in the settings"), BeginParameters), responses(
    (status = 303, description = "To the provider; a cookie names the login for ten minutes"),
    (status = 400, description = "The request cannot be used", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "No such provider is set up", body = Problem, content_type = "application/problem+json"),
    (status = 502, description = "The provider does not answer as it should", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn begin(
    State(app): State<App>,
    path: Result<Path<String>, PathRejection>,
    parameters: Result<Query<BeginParameters>, QueryRejection>,
) -> Result<(StatusCode, [(HeaderName, String); 2]), Problem> {
    let Path(provider) = path?;
    let Query(parameters) = parameters?;
    let left = app.oidc.begin(&provider, parameters.consent()?).await?;
    let secure = if left.is_secure { "; Secure" } else { "" };
    let cookie = format!(
        "{COOKIE}={}; Path=/v1/oidc; Max-Age={}; HttpOnly; SameSite=Lax{secure}",
        left.state,
        LOGIN_TERM.as_secs()
    );
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, left.location), (header::SET_COOKIE, cookie)]))
}

/// Ends a login by a provider.
#[utoipa::path(get, path = "/v1/oidc/{provider}/callback", operation_id = "come_back_from_provider", tag = "accounts",
    params(("provider" = String, Path, description = "Name of the provider in the settings"), EndParameters), responses(
    (status = 200, description = "A session; use its token as the key", body = SessionMade),
    (status = 400, description = "The login was not begun here, or has ended", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "The provider does not vouch for the reader", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "A new reader without consent, or an account that is blocked", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "No such provider is set up", body = Problem, content_type = "application/problem+json"),
    (status = 502, description = "The provider does not answer as it should", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn end(
    State(app): State<App>,
    path: Result<Path<String>, PathRejection>,
    parameters: Result<Query<EndParameters>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Json<SessionMade>, Problem> {
    let Path(provider) = path?;
    let Query(EndParameters { state, code, error }) = parameters?;
    let cookie = cookie(&headers);
    let Some(code) = code.filter(|_| error.is_none()) else {
        app.oidc.give_up(cookie, &state);
        return Err(Problem::credentials());
    };
    let vouched = app.oidc.end(&provider, cookie, &state, &code).await?;
    let session = app.blocking(move |app| {
        app.accounts.log_in_by_provider(&vouched.issuer, &vouched.subject, vouched.consent.as_ref())
    });
    Ok(Json(session.await?.into()))
}

impl BeginParameters {
    fn consent(self) -> Result<Option<NewConsent>, Problem> {
        match (self.policy, self.language, self.purposes) {
            (None, None, None) => Ok(None),
            (Some(policy), Some(language), Some(list)) => {
                let language = serde_json::from_value(language.into())
                    .map_err(|_| Problem::bad_request("language is kk, ru or en"))?;
                Ok(Some(NewConsent {
                    policy,
                    language,
                    purposes: purposes(&list)?,
                    how: profiles::How::Button,
                }))
            }
            _ => Err(Problem::bad_request("policy, language and purposes are given together or not at all")),
        }
    }
}

/// The login this browser has begun.
fn cookie(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value)
}

impl From<OidcError> for Problem {
    fn from(error: OidcError) -> Self {
        match error {
            OidcError::NoProvider => Self::not_found(error.to_string()),
            OidcError::Full => Self::too_many(std::time::Duration::from_mins(1)),
            OidcError::NotBegun => Self::bad_request(error.to_string()),
            OidcError::Provider(why) => {
                tracing::warn!(why, "a provider of logins does not answer as it should");
                Self::bad_gateway(error.to_string())
            }
            OidcError::Token(why) => {
                tracing::warn!(why, "a provider of logins sent a token that is not accepted");
                Self::credentials()
            }
        }
    }
}
