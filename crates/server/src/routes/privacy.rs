//! `GET /v1/policies`: every version of the privacy policy, for programs.

use axum::Json;
use axum::extract::State;
use profiles::Policy;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;

/// Every version of the policy.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PoliciesAnswer {
    /// The version in force: what consent is given to.
    current: String,
    /// The earliest first.
    versions: Vec<PolicyView>,
}

/// A version of the policy.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Policy)]
pub(crate) struct PolicyView {
    /// Its name, the day it takes effect.
    version: String,
    /// SHA-256 of its texts.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    hash: String,
    /// Where it can be read, for ever.
    url: String,
}

/// Every version of the privacy policy.
#[utoipa::path(get, path = "/v1/policies", operation_id = "policies", tag = "people", responses(
    (status = 200, description = "The versions", body = PoliciesAnswer),
))]
pub(crate) async fn policies(State(app): State<App>) -> Json<PoliciesAnswer> {
    let policies = app.profiles.policies();
    let view = |policy: &Policy| PolicyView {
        version: policy.version.clone(),
        hash: policy.hash.clone(),
        url: format!("/privacy/{}", policy.version),
    };
    Json(PoliciesAnswer {
        current: policies.current().version.clone(),
        versions: policies.all().iter().map(view).collect(),
    })
}
