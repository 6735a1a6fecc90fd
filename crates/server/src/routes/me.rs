//! `/v1/me`: what `/v1/people` is for support, for whoever has logged in about themselves.

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Query, State};

use super::people::{Exported, WithdrawParameters, agree, consent, correct, erase, export, person, withdraw};
use super::people_view::{ConsentAnswer, ConsentAsked, PersonAnswer, TicketAnswer};
use super::whose::{Case, Whose};
use crate::app::App;
use crate::distinct::Distinct;
use crate::problem::Problem;

/// What is stored of whoever asks.
#[utoipa::path(get, path = "/v1/me", operation_id = "me", tag = "readers", responses(
    (status = 200, description = "What is stored", body = PersonAnswer),
    (status = 400, description = "The request cannot be used", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "Nothing is stored", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn person_own(State(app): State<App>, whose: Whose) -> Result<Json<PersonAnswer>, Problem> {
    person(State(app), whose).await
}

/// Corrects what is stored of whoever asks: a JSON merge patch (RFC 7396), `null` deletes.
#[utoipa::path(patch, path = "/v1/me", operation_id = "correct_own_person", tag = "readers", params(("case" = Option<String>, Query, description = "Number of the request on paper or by mail")), request_body = Value, responses(
    (status = 200, description = "What is stored now", body = PersonAnswer),
    (status = 400, description = "A field outside the register, or a value that is none of it", body = Problem, content_type = "application/problem+json"),
    (status = 413, description = "The body is too large", body = Problem, content_type = "application/problem+json"),
    (status = 415, description = "The body is not sent as application/json", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "Nothing is stored", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn correct_own(
    State(app): State<App>,
    whose: Whose,
    Case(case): Case,
    body: Result<Json<Distinct>, JsonRejection>,
) -> Result<Json<PersonAnswer>, Problem> {
    correct(State(app), whose, Case(case), body).await
}

/// Erases whoever asks: the key first, then every row.
#[utoipa::path(delete, path = "/v1/me", operation_id = "erase_own_person", tag = "readers", params(("case" = Option<String>, Query, description = "Number of the request on paper or by mail")), responses(
    (status = 200, description = "Erased, or blocked until a legal hold ends: the ticket says", body = TicketAnswer),
    (status = 400, description = "The request cannot be used", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "Nothing is stored", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn erase_own(
    State(app): State<App>,
    whose: Whose,
    Case(case): Case,
) -> Result<Json<TicketAnswer>, Problem> {
    erase(State(app), whose, Case(case)).await
}

/// Everything held of whoever asks.
#[utoipa::path(get, path = "/v1/me/export", operation_id = "export_own_person", tag = "readers", params(("case" = Option<String>, Query, description = "Number of the request on paper or by mail")), responses(
    (status = 200, description = "Everything held: every field of the register, history, derived values, consents, tickets", body = Value),
    (status = 400, description = "The request cannot be used", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "Nothing is stored", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn export_own(
    State(app): State<App>,
    whose: Whose,
    Case(case): Case,
) -> Result<Exported, Problem> {
    export(State(app), whose, Case(case)).await
}

/// What whoever asks agreed to.
#[utoipa::path(get, path = "/v1/me/consent", operation_id = "own_consent", tag = "readers", responses(
    (status = 200, description = "What was agreed to; `none` of whom nothing is stored", body = ConsentAnswer),
    (status = 400, description = "The request cannot be used", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "Nothing is stored", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn consent_own(
    State(app): State<App>,
    whose: Whose,
) -> Result<Json<ConsentAnswer>, Problem> {
    consent(State(app), whose).await
}

/// Takes down what whoever asks agreed to.
#[utoipa::path(put, path = "/v1/me/consent", operation_id = "agree_myself", tag = "readers", request_body = ConsentAsked, responses(
    (status = 200, description = "What was agreed to", body = ConsentAnswer),
    (status = 400, description = "The request cannot be used", body = Problem, content_type = "application/problem+json"),
    (status = 413, description = "The body is too large", body = Problem, content_type = "application/problem+json"),
    (status = 415, description = "The body is not sent as application/json", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "Nothing is stored", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn agree_own(
    State(app): State<App>,
    whose: Whose,
    body: Result<Json<ConsentAsked>, JsonRejection>,
) -> Result<Json<ConsentAnswer>, Problem> {
    agree(State(app), whose, body).await
}

/// Withdraws consent of whoever asks: blocked when this is answered; without any purpose left, erasure follows.
#[utoipa::path(delete, path = "/v1/me/consent", operation_id = "withdraw_myself", tag = "readers", params(WithdrawParameters), responses(
    (status = 200, description = "Blocked as far as asked", body = TicketAnswer),
    (status = 400, description = "The request cannot be used", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "Nothing is stored", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn withdraw_own(
    State(app): State<App>,
    whose: Whose,
    parameters: Result<Query<WithdrawParameters>, QueryRejection>,
) -> Result<Json<TicketAnswer>, Problem> {
    withdraw(State(app), whose, parameters).await
}
