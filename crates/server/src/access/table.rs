//! Which scope a route needs. Invariant: one line per method and route of the OpenAPI document; a test compares them.

use axum::http::Method;

use crate::access::Scope;

/// Method, route pattern, scope.
const TABLE: &[(&str, &str, Scope)] = &[
    ("GET", "/", Scope::Lookup),
    ("GET", "/recommendations", Scope::Lookup),
    ("GET", "/openapi.json", Scope::Public),
    ("GET", "/privacy", Scope::Public),
    ("GET", "/privacy/{version}", Scope::Public),
    ("GET", "/healthz", Scope::Public),
    ("GET", "/readyz", Scope::Public),
    ("GET", "/metrics", Scope::Metrics),
    ("GET", "/v1/policies", Scope::Public),
    ("GET", "/v1/search", Scope::Lookup),
    ("GET", "/v1/links", Scope::Lookup),
    ("GET", "/v1/links/{id}", Scope::Lookup),
    ("GET", "/v1/links/{id}/similar", Scope::Lookup),
    ("GET", "/v1/changes", Scope::Lookup),
    ("POST", "/v1/recommendations", Scope::Lookup),
    ("POST", "/v1/events", Scope::Feedback),
    ("POST", "/v1/people", Scope::Consent),
    ("POST", "/v1/people/find", Scope::Rights),
    ("GET", "/v1/people/{id}", Scope::Rights),
    ("PATCH", "/v1/people/{id}", Scope::Rights),
    ("DELETE", "/v1/people/{id}", Scope::Rights),
    ("GET", "/v1/people/{id}/export", Scope::Rights),
    ("PUT", "/v1/people/{id}/restriction", Scope::Rights),
    ("DELETE", "/v1/people/{id}/restriction", Scope::Rights),
    ("GET", "/v1/people/{id}/consent", Scope::Consent),
    ("PUT", "/v1/people/{id}/consent", Scope::Consent),
    ("DELETE", "/v1/people/{id}/consent", Scope::Consent),
    ("GET", "/v1/tickets", Scope::Rights),
    ("GET", "/v1/tickets/{id}", Scope::Rights),
    ("GET", "/v1/me", Scope::Own),
    ("PATCH", "/v1/me", Scope::Own),
    ("DELETE", "/v1/me", Scope::Own),
    ("GET", "/v1/me/export", Scope::Own),
    ("GET", "/v1/me/consent", Scope::Own),
    ("PUT", "/v1/me/consent", Scope::Own),
    ("DELETE", "/v1/me/consent", Scope::Own),
    ("PUT", "/v1/me/password", Scope::Own),
    ("POST", "/v1/accounts", Scope::Public),
    ("POST", "/v1/codes", Scope::Public),
    ("POST", "/v1/sessions", Scope::Public),
    ("DELETE", "/v1/sessions", Scope::Own),
    ("GET", "/v1/oidc/{provider}", Scope::Public),
    ("GET", "/v1/oidc/{provider}/callback", Scope::Public),
    ("POST", "/v1/me/events", Scope::Own),
    ("GET", "/v1/audit", Scope::Audit),
    ("GET", "/v1/disclosures", Scope::Audit),
    ("GET", "/v1/status", Scope::Operate),
    ("GET", "/v1/jobs", Scope::Operate),
    ("GET", "/v1/hosts/{host}", Scope::Operate),
    ("GET", "/v1/takedowns", Scope::Operate),
    ("POST", "/v1/takedowns", Scope::Operate),
    ("GET", "/v1/reindex", Scope::Operate),
    ("POST", "/v1/reindex", Scope::Operate),
];

/// The scope that a method of a route needs; none when the table does not name it.
pub(crate) fn scope_of(method: &Method, route: &str) -> Option<Scope> {
    let method = if method == Method::HEAD { &Method::GET } else { method };
    TABLE.iter().find(|(of, at, _)| *of == method.as_str() && *at == route).map(|(_, _, scope)| *scope)
}

/// Every route of the table.
#[cfg(test)]
pub(crate) fn routes() -> impl Iterator<Item = (&'static str, &'static str, Scope)> {
    TABLE.iter().copied()
}
