//! The deduplicating form of a URL: WHATWG serialisation plus our rules (field.md section 3, row 16).
//!
//! Invariants: the form is itself a URL whose canonical form it is; the path is never cut, joined or folded otherwise than
//! as written here (`//` stays); a URL that needs no change costs one scan and no allocation.

use std::borrow::Cow;

use url::{Host, Position, Url};

use super::change::{Change, Witness};
use super::host::without_final_dot;
use super::noise::{self, Noise};
use super::percent;

/// The canonical form of a URL without fragment and credentials, or `None` when it is already in that form.
pub(super) fn form(url: &Url, witness: &mut impl Witness) -> Option<String> {
    let host = url.host_str().unwrap_or_default();
    let short_host = match url.host() {
        Some(Host::Domain(name)) => without_final_dot(name),
        _ => host,
    };
    let path = canonical_path(url.path(), witness);
    let query = url.query().map(|query| canonical_query(query, witness));
    let keeps_query = query.as_deref().is_none_or(|query| !query.is_empty());
    let is_same = |part: &Cow<'_, str>| matches!(part, Cow::Borrowed(_));
    if short_host.len() == host.len() && keeps_query && is_same(&path) && query.as_ref().is_none_or(is_same) {
        return None;
    }
    if short_host.len() < host.len() {
        witness.saw(|| Change::FinalDotDropped);
    }
    if url.query() == Some("") {
        witness.saw(|| Change::EmptyQueryDropped);
    }
    let mut form = String::with_capacity(url.as_str().len() + 8);
    form.push_str(&url[..Position::BeforeHost]);
    form.push_str(short_host);
    form.push_str(&url[Position::AfterHost..Position::BeforePath]);
    form.push_str(&path);
    if let Some(query) = query.filter(|query| !query.is_empty()) {
        form.push('?');
        form.push_str(&query);
    }
    Some(form)
}

/// Borrowed exactly when nothing changes.
fn canonical_path<'a>(path: &'a str, witness: &mut impl Witness) -> Cow<'a, str> {
    let normal = percent::normalise(path);
    if matches!(normal, Cow::Owned(_)) {
        witness.saw(|| Change::PercentEncodingNormalised);
    }
    if !normal.bytes().any(|b| matches!(b, b';' | b'(')) {
        return normal;
    }
    match without_sessions(&normal) {
        Some(shorter) => {
            witness.saw(|| Change::PathSessionRemoved);
            Cow::Owned(shorter)
        }
        None => normal,
    }
}

/// A path without its session ids; `None` when it has none. The last segment is never dropped, so a path remains.
fn without_sessions(path: &str) -> Option<String> {
    let mut kept = String::with_capacity(path.len());
    let mut segments = path.strip_prefix('/').unwrap_or(path).split('/').peekable();
    while let Some(segment) = segments.next() {
        let start = kept.len();
        kept.push('/');
        push_without_session(&mut kept, segment);
        if segments.peek().is_some() && noise::is_session_segment(&kept[start + 1..]) {
            kept.truncate(start);
        }
    }
    (kept.len() != path.len()).then_some(kept)
}

fn push_without_session(kept: &mut String, segment: &str) {
    let start = kept.len();
    let mut parameters = segment.split(';');
    kept.push_str(parameters.next().unwrap_or_default());
    for parameter in parameters.filter(|parameter| !noise::is_session_path_parameter(parameter)) {
        kept.push(';');
        kept.push_str(parameter);
    }
    // `..;jsessionid=1` is a name on the server that gave it; `..` would be a step up.
    if matches!(&kept[start..], "." | "..") {
        kept.truncate(start);
        kept.push_str(segment);
    }
}

/// Borrowed exactly when nothing changes; empty when no parameter is left.
fn canonical_query<'a>(query: &'a str, witness: &mut impl Witness) -> Cow<'a, str> {
    let normal = percent::normalise(query);
    if matches!(normal, Cow::Owned(_)) {
        witness.saw(|| Change::PercentEncodingNormalised);
    }
    if is_settled(&normal) {
        return normal;
    }
    let mut parameters: Vec<(&str, &str)> = Vec::new();
    for parameter in normal.split('&') {
        let (name, value) = split_parameter(parameter);
        match noise::of_parameter(name, value, &normal) {
            _ if parameter.is_empty() => {
                if !normal.is_empty() {
                    witness.saw(|| Change::EmptyParametersRemoved);
                }
            }
            Some(Noise::Tracking) => witness.saw(|| Change::TrackingParameterRemoved(name.to_owned())),
            Some(Noise::Session) => witness.saw(|| Change::SessionParameterRemoved(name.to_owned())),
            None => parameters.push((name, parameter)),
        }
    }
    if !parameters.is_sorted_by_key(|(name, _)| *name) {
        witness.saw(|| Change::ParametersSorted);
        parameters.sort_by_key(|(name, _)| *name);
    }
    let mut joined = String::with_capacity(normal.len());
    for (at, (_, parameter)) in parameters.iter().enumerate() {
        if at > 0 {
            joined.push('&');
        }
        joined.push_str(parameter);
    }
    Cow::Owned(joined)
}

/// Whether a query with normal percent-encoding is in canonical form.
fn is_settled(query: &str) -> bool {
    let mut previous = "";
    for parameter in query.split('&') {
        let (name, value) = split_parameter(parameter);
        if parameter.is_empty() || name < previous || noise::of_parameter(name, value, query).is_some() {
            return false;
        }
        previous = name;
    }
    true
}

fn split_parameter(parameter: &str) -> (&str, &str) {
    parameter.split_once('=').unwrap_or((parameter, ""))
}
