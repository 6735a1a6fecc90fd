//! `/v1/people`: the rights of people, for services and support. `/v1/me` is the same for whoever has logged in.
//!
//! Invariant: every answer is one call of `profiles`, which checks consent, writes the audit log and keeps the deadlines.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderName, StatusCode, header};
use profiles::{Actor, NewConsent, PersonId, Profiles, Purpose, Ticket, TicketFilter};
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;

use super::people_view::{
    ConsentAnswer, ConsentAsked, FindAsked, Found, PersonAnswer, PersonAsked, PersonMade, TicketAnswer,
    TicketsAnswer,
};
use super::whose::{Case, Whose};
use crate::access::Caller;
use crate::app::App;
use crate::distinct::Distinct;
use crate::problem::Problem;

/// What to withdraw.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WithdrawParameters {
    /// Purposes, separated by commas; absent: everything, which leads to erasure.
    purposes: Option<String>,
    /// Number of the request on paper or by mail.
    case: Option<String>,
}

/// Which requests.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TicketParameters {
    /// Only those of this person.
    person: Option<String>,
    /// Only those not answered.
    #[serde(default)]
    open: bool,
    /// Only those not answered in time.
    #[serde(default)]
    overdue: bool,
}

/// An export, to be saved under a name.
pub(super) type Exported = ([(HeaderName, &'static str); 1], Json<Value>);

/// Makes a person, once they have agreed.
#[utoipa::path(post, path = "/v1/people", operation_id = "add_person", tag = "people", request_body = PersonAsked, responses(
    (status = 201, description = "The person is stored", body = PersonMade),
    (status = 400, description = "The request cannot be used; fields outside the register are refused", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "No consent: nothing is stored", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "There is such a person already", body = Problem, content_type = "application/problem+json"),
    (status = 413, description = "The body is too large", body = Problem, content_type = "application/problem+json"),
    (status = 415, description = "The body is not sent as application/json", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn add(
    State(app): State<App>,
    caller: Caller,
    body: Result<Json<PersonAsked>, JsonRejection>,
) -> Result<(StatusCode, Json<PersonMade>), Problem> {
    let Json(asked) = body?;
    let id = asked.id.map(PersonId::try_from).transpose()?;
    let Some(consent) = asked.consent.map(NewConsent::from) else {
        return Err(Problem::no_consent("send what the person agrees to as `consent`; nothing was stored"));
    };
    let made = app.blocking(move |app| {
        let actor = caller.actor();
        let id = app.profiles.create(id.as_ref(), &consent, &asked.attributes, &actor)?;
        let consent = app.profiles.consent(&id, &actor)?;
        Ok::<_, profiles::Error>(PersonMade { id: id.into(), consent: consent.into() })
    });
    Ok((StatusCode::CREATED, Json(made.await?)))
}

/// Whether anything is stored of somebody.
#[utoipa::path(post, path = "/v1/people/find", operation_id = "find_person", tag = "people", request_body = FindAsked, responses(
    (status = 200, description = "Whether, and under which id", body = Found),
    (status = 400, description = "The request cannot be used", body = Problem, content_type = "application/problem+json"),
    (status = 413, description = "The body is too large", body = Problem, content_type = "application/problem+json"),
    (status = 415, description = "The body is not sent as application/json", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn find(
    State(app): State<App>,
    caller: Caller,
    body: Result<Json<FindAsked>, JsonRejection>,
) -> Result<Json<Found>, Problem> {
    let Json(asked) = body?;
    let query = match (asked.id, asked.email, asked.phone) {
        (Some(id), None, None) => profiles::Query::Id(PersonId::try_from(id)?),
        (None, Some(email), None) => profiles::Query::Email(email),
        (None, None, Some(phone)) => profiles::Query::Phone(phone),
        _ => return Err(Problem::bad_request("write exactly one of id, email, phone")),
    };
    let found = app.blocking(move |app| app.profiles.find(&query, &caller.actor())).await?;
    Ok(Json(Found { stored: found.is_some(), id: found.map(String::from) }))
}

/// Requests of people, the first to be due first.
#[utoipa::path(get, path = "/v1/tickets", operation_id = "tickets", tag = "people", params(TicketParameters), responses(
    (status = 200, description = "The requests", body = TicketsAnswer),
    (status = 400, description = "The request cannot be used", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn tickets(
    State(app): State<App>,
    caller: Caller,
    parameters: Result<Query<TicketParameters>, QueryRejection>,
) -> Result<Json<TicketsAnswer>, Problem> {
    let Query(TicketParameters { person, open, overdue }) = parameters?;
    let filter = TicketFilter { person: person.map(PersonId::try_from).transpose()?, open, overdue };
    let tickets = app.blocking(move |app| app.profiles.tickets(&filter, &caller.actor())).await?;
    Ok(Json(TicketsAnswer { tickets: tickets.into_iter().map(TicketAnswer::from).collect() }))
}

/// One request, by the number its person was given.
#[utoipa::path(get, path = "/v1/tickets/{id}", operation_id = "ticket", tag = "people",
    params(("id" = String, Path, description = "Number of the ticket")), responses(
    (status = 200, description = "How far it is", body = TicketAnswer),
    (status = 404, description = "There is no such request", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn ticket(
    State(app): State<App>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<TicketAnswer>, Problem> {
    let Path(id) = id?;
    let ticket = app.blocking(move |app| app.profiles.ticket(&id)).await?;
    ticket
        .map(|ticket| Json(ticket.into()))
        .ok_or_else(|| Problem::not_found("there is no ticket of this number"))
}

/// Purposes as a parameter writes them.
pub(super) fn purposes(text: &str) -> Result<BTreeSet<Purpose>, Problem> {
    text.split(',')
        .map(|word| {
            let word = word.trim();
            Purpose::ALL.into_iter().find(|purpose| purpose.as_str() == word).ok_or_else(|| {
                Problem::bad_request(
                    "purposes are service, notifications, personalisation, advertising, research",
                )
            })
        })
        .collect()
}

/// What is stored of a person.
#[utoipa::path(get, path = "/v1/people/{id}", operation_id = "person", tag = "people", params(("id" = String, Path, description = "The person")), responses(
    (status = 200, description = "What is stored", body = PersonAnswer),
    (status = 400, description = "The request cannot be used", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "Nothing is stored", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn person(State(app): State<App>, whose: Whose) -> Result<Json<PersonAnswer>, Problem> {
    let person = app.blocking(move |app| app.profiles.person(&whose.person, &whose.actor)).await?;
    Ok(Json(person.into()))
}

/// Corrects what is stored of a person: a JSON merge patch (RFC 7396), `null` deletes.
#[utoipa::path(patch, path = "/v1/people/{id}", operation_id = "correct_person", tag = "people", params(("id" = String, Path, description = "The person"), ("case" = Option<String>, Query, description = "Number of the request on paper or by mail")), request_body = Value, responses(
    (status = 200, description = "What is stored now", body = PersonAnswer),
    (status = 400, description = "A field outside the register, or a value that is none of it", body = Problem, content_type = "application/problem+json"),
    (status = 413, description = "The body is too large", body = Problem, content_type = "application/problem+json"),
    (status = 415, description = "The body is not sent as application/json", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "Nothing is stored", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn correct(
    State(app): State<App>,
    whose: Whose,
    Case(case): Case,
    body: Result<Json<Distinct>, JsonRejection>,
) -> Result<Json<PersonAnswer>, Problem> {
    let Json(Distinct(Value::Object(body))) = body? else {
        return Err(Problem::bad_request("a correction is a JSON object of fields and their new values"));
    };
    let person = app
        .blocking(move |app| app.profiles.correct(&whose.person, &body, case.as_deref(), &whose.actor))
        .await?;
    Ok(Json(person.into()))
}

/// Carries out a right that ends in a ticket.
async fn carry_out(
    app: &App,
    whose: Whose,
    case: Option<String>,
    right: fn(&Profiles, &PersonId, Option<&str>, &Actor) -> Result<Ticket, profiles::Error>,
) -> Result<Json<TicketAnswer>, Problem> {
    let ticket =
        app.blocking(move |app| right(&app.profiles, &whose.person, case.as_deref(), &whose.actor)).await?;
    Ok(Json(ticket.into()))
}

/// Erases a person: the key first, then every row.
#[utoipa::path(delete, path = "/v1/people/{id}", operation_id = "erase_person", tag = "people", params(("id" = String, Path, description = "The person"), ("case" = Option<String>, Query, description = "Number of the request on paper or by mail")), responses(
    (status = 200, description = "Erased, or blocked until a legal hold ends: the ticket says", body = TicketAnswer),
    (status = 400, description = "The request cannot be used", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "Nothing is stored", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn erase(
    State(app): State<App>,
    whose: Whose,
    Case(case): Case,
) -> Result<Json<TicketAnswer>, Problem> {
    carry_out(&app, whose, case, Profiles::erase).await
}

/// Everything held of a person.
#[utoipa::path(get, path = "/v1/people/{id}/export", operation_id = "export_person", tag = "people", params(("id" = String, Path, description = "The person"), ("case" = Option<String>, Query, description = "Number of the request on paper or by mail")), responses(
    (status = 200, description = "Everything held: every field of the register, history, derived values, consents, tickets", body = Value),
    (status = 400, description = "The request cannot be used", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "Nothing is stored", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn export(
    State(app): State<App>,
    whose: Whose,
    Case(case): Case,
) -> Result<Exported, Problem> {
    let export =
        app.blocking(move |app| app.profiles.export(&whose.person, case.as_deref(), &whose.actor)).await?;
    let export = serde_json::to_value(export).map_err(|e| Problem::internal(&e))?;
    Ok(([(header::CONTENT_DISPOSITION, "attachment; filename=\"silteme-export.json\"")], Json(export)))
}

/// What a person agreed to.
#[utoipa::path(get, path = "/v1/people/{id}/consent", operation_id = "consent", tag = "people", params(("id" = String, Path, description = "The person")), responses(
    (status = 200, description = "What was agreed to; `none` of whom nothing is stored", body = ConsentAnswer),
    (status = 400, description = "The request cannot be used", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "Nothing is stored", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn consent(State(app): State<App>, whose: Whose) -> Result<Json<ConsentAnswer>, Problem> {
    let state = app.blocking(move |app| app.profiles.consent(&whose.person, &whose.actor)).await?;
    Ok(Json(state.into()))
}

/// Takes down what a person agreed to; makes the person if there is none.
#[utoipa::path(put, path = "/v1/people/{id}/consent", operation_id = "agree", tag = "people", params(("id" = String, Path, description = "The person")), request_body = ConsentAsked, responses(
    (status = 200, description = "What was agreed to", body = ConsentAnswer),
    (status = 400, description = "The request cannot be used", body = Problem, content_type = "application/problem+json"),
    (status = 413, description = "The body is too large", body = Problem, content_type = "application/problem+json"),
    (status = 415, description = "The body is not sent as application/json", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "Nothing is stored", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn agree(
    State(app): State<App>,
    whose: Whose,
    body: Result<Json<ConsentAsked>, JsonRejection>,
) -> Result<Json<ConsentAnswer>, Problem> {
    let Json(body) = body?;
    let consent = NewConsent::from(body);
    let state =
        app.blocking(move |app| app.profiles.give_consent(&whose.person, &consent, &whose.actor)).await?;
    Ok(Json(state.into()))
}

/// Withdraws consent of a person: blocked when this is answered; without any purpose left, erasure follows.
#[utoipa::path(delete, path = "/v1/people/{id}/consent", operation_id = "withdraw", tag = "people", params(("id" = String, Path, description = "The person"), WithdrawParameters), responses(
    (status = 200, description = "Blocked as far as asked", body = TicketAnswer),
    (status = 400, description = "The request cannot be used", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "Nothing is stored", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn withdraw(
    State(app): State<App>,
    whose: Whose,
    parameters: Result<Query<WithdrawParameters>, QueryRejection>,
) -> Result<Json<TicketAnswer>, Problem> {
    let Query(WithdrawParameters { purposes: asked, case }) = parameters?;
    let withdrawn = asked.as_deref().map(purposes).transpose()?;
    let ticket = app
        .blocking(move |app| {
            let Whose { person, actor } = whose;
            app.profiles.withdraw(&person, withdrawn.as_ref(), case.as_deref(), &actor)
        })
        .await?;
    Ok(Json(ticket.into()))
}

/// Restricts processing: kept, not used.
#[utoipa::path(put, path = "/v1/people/{id}/restriction", operation_id = "restrict", tag = "people", params(("id" = String, Path, description = "The person"), ("case" = Option<String>, Query, description = "Number of the request on paper or by mail")), responses(
    (status = 200, description = "Restricted", body = TicketAnswer),
    (status = 400, description = "The request cannot be used", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "Nothing is stored", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn restrict(
    State(app): State<App>,
    whose: Whose,
    Case(case): Case,
) -> Result<Json<TicketAnswer>, Problem> {
    carry_out(&app, whose, case, Profiles::restrict).await
}

/// Lifts a restriction.
#[utoipa::path(delete, path = "/v1/people/{id}/restriction", operation_id = "lift_restriction", tag = "people", params(("id" = String, Path, description = "The person"), ("case" = Option<String>, Query, description = "Number of the request on paper or by mail")), responses(
    (status = 200, description = "Lifted", body = TicketAnswer),
    (status = 400, description = "The request cannot be used", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "Nothing is stored", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn lift(
    State(app): State<App>,
    whose: Whose,
    Case(case): Case,
) -> Result<Json<TicketAnswer>, Problem> {
    carry_out(&app, whose, case, Profiles::lift).await
}
