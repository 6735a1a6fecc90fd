//! `GET /v1/audit`, `GET /v1/disclosures`: who read or handed over what of whom; for auditors.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use model::Timestamp;
use profiles::{AuditEntry, DisclosureEntry, Line};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::Caller;
use crate::app::App;
use crate::parameters::{instant, limit};
use crate::problem::Problem;
use crate::view::word;

/// Which lines.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditParameters {
    /// Only lines since this instant (RFC 3339) or day.
    since: Option<String>,
    /// The latest lines, at most; as many as the server is set to give (100 by default) unless said otherwise.
    #[param(minimum = 1)]
    limit: Option<usize>,
}

/// A stretch of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditAnswer {
    /// In the order of writing.
    lines: Vec<AuditLine>,
}

/// One access to the data of a person.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditLine {
    /// Its number; there are no gaps.
    seq: u64,
    /// When, RFC 3339.
    #[schema(format = DateTime)]
    at: String,
    /// As what.
    role: String,
    /// Which key or operator; of readers `self`.
    actor: String,
    /// What was done.
    verb: String,
    /// The person's pseudonym, which leads nowhere after an erasure; null when nothing was stored of them.
    subject: Option<String>,
    /// The case number given with it.
    case: Option<String>,
}

/// The journal of disclosures.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DisclosuresAnswer {
    /// In the order of writing.
    lines: Vec<DisclosureLine>,
}

/// One disclosure or transfer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DisclosureLine {
    /// Its number; there are no gaps.
    seq: u64,
    /// When, RFC 3339.
    #[schema(format = DateTime)]
    at: String,
    /// The authority or the recipient.
    to: String,
    /// The lawful basis.
    basis: String,
    /// Who asked for it.
    requested_by: String,
    /// What was handed over.
    what: Vec<String>,
    /// The person's pseudonym.
    subject: String,
    /// Who carried it out.
    actor: String,
}

/// The audit log: the latest lines.
#[utoipa::path(get, path = "/v1/audit", operation_id = "audit", tag = "auditors", params(AuditParameters), responses(
    (status = 200, description = "The lines, in order", body = AuditAnswer),
    (status = 400, description = "The request cannot be used", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn audit(
    State(app): State<App>,
    caller: Caller,
    parameters: Result<Query<AuditParameters>, QueryRejection>,
) -> Result<Json<AuditAnswer>, Problem> {
    let Query(parameters) = parameters?;
    let since = parameters.since.as_deref().map(|text| instant("since", text)).transpose()?;
    let most = limit(&app.settings, parameters.limit.or(Some(app.settings.limit_max)))?;
    let since = since.unwrap_or(Timestamp::MIN);
    let lines = app.blocking(move |app| app.profiles.audit(since, most, &caller.actor())).await?;
    let view = |line: Line<AuditEntry>| AuditLine {
        seq: line.seq,
        at: line.at.to_string(),
        role: word(&line.entry.role),
        actor: line.entry.actor,
        verb: line.entry.verb,
        subject: line.entry.subject,
        case: line.entry.case,
    };
    Ok(Json(AuditAnswer { lines: lines.into_iter().map(view).collect() }))
}

/// What was handed to authorities and recipients, on which basis.
#[utoipa::path(get, path = "/v1/disclosures", operation_id = "disclosures", tag = "auditors", responses(
    (status = 200, description = "The journal", body = DisclosuresAnswer),
))]
pub(crate) async fn disclosures(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<DisclosuresAnswer>, Problem> {
    let lines = app.blocking(move |app| app.profiles.disclosures(&caller.actor())).await?;
    let view = |line: Line<DisclosureEntry>| DisclosureLine {
        seq: line.seq,
        at: line.at.to_string(),
        to: line.entry.to,
        basis: line.entry.basis,
        requested_by: line.entry.requested_by,
        what: line.entry.what,
        subject: line.entry.subject,
        actor: line.entry.actor,
    };
    Ok(Json(DisclosuresAnswer { lines: lines.into_iter().map(view).collect() }))
}
