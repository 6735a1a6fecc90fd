//! Whose data a request is about, and who asks. Invariant: a reader is never asked about anyone else, because their own routes
//! have no id, and no other route lets readers in.

use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequestParts, Query, RawPathParams};
use axum::http::request::Parts;
use profiles::{Actor, PersonId};
use serde::Deserialize;

use crate::access::Caller;
use crate::problem::Problem;

/// Longest case number, bytes.
const CASE_MAX: usize = 100;

/// A person, as a request of theirs or about them names them.
pub(super) struct Whose {
    /// Whose data.
    pub(super) person: PersonId,
    /// Who asks.
    pub(super) actor: Actor,
}

/// The number of the request on paper or by mail.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseParameter {
    case: Option<String>,
}

/// The case number of a request, from `?case=`.
pub(super) struct Case(pub(super) Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for Whose {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let caller = caller(parts)?;
        let actor = caller.actor();
        if let Caller::Reader(person) = caller {
            return Ok(Self { person, actor });
        }
        let path = RawPathParams::from_request_parts(parts, state).await;
        let path = path.map_err(|e| Problem::bad_request(e.body_text()))?;
        let id = path.iter().find(|(name, _)| *name == "id").map(|(_, id)| id.to_owned());
        let id = id.ok_or_else(|| Problem::not_found("the path names no person"))?;
        Ok(Self { person: PersonId::try_from(id)?, actor })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Case {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let read: Result<Query<CaseParameter>, QueryRejection> =
            Query::from_request_parts(parts, state).await;
        let Query(CaseParameter { case }) = read?;
        if case.as_ref().is_some_and(|case| case.is_empty() || case.len() > CASE_MAX) {
            return Err(Problem::bad_request(format!("case is empty or longer than {CASE_MAX} bytes")));
        }
        Ok(Self(case))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        caller(parts)
    }
}

/// Who asks, as the gate found out.
fn caller(parts: &Parts) -> Result<Caller, Problem> {
    parts.extensions.get::<Caller>().cloned().ok_or_else(|| Problem::unauthorized("nobody said who asks"))
}
