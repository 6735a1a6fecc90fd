//! Which parts of a URL name a visit instead of a page. Invariant: when in doubt a parameter stays; two records for one
//! page cost a fetch, one record for two pages loses one.

use std::sync::LazyLock;

use serde::Deserialize;

/// Own compilation; data/url/README.md says from what.
const LIST: &str = include_str!("../../../../data/url/tracking_params.json");

/// Session names that other programs use for content too (a section, a lecture): only removed with a value that is
/// clearly drawn at random.
const AMBIGUOUS_SESSIONS: [&str; 4] = ["sid", "s_id", "sessionid", "session_id"];

/// Shortest value taken for a random session id; PHP and Java draw 22 and more, short random ids are too close to words.
const RANDOM_LEN_MIN: usize = 16;
/// Changes between letters and digits within such a value: `politics2024` has one, 16 random characters have about six.
const RANDOM_TURNS_MIN: usize = 4;

#[derive(Deserialize)]
struct List {
    prefix: Vec<String>,
    exact: Vec<String>,
    session_exact: Vec<String>,
}

static NOISE: LazyLock<List> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the list is compiled in; every test that reads a URL proves it")]
    let mut list: List =
        serde_json::from_str(LIST).expect("data/url/tracking_params.json is a list of names");
    for names in [&mut list.prefix, &mut list.exact, &mut list.session_exact] {
        for name in names.iter_mut() {
            name.make_ascii_lowercase();
        }
        names.sort_unstable();
        names.dedup();
    }
    list
});

/// What a parameter is good for, when not for choosing content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Noise {
    /// A campaign or a click.
    Tracking,
    /// A session id.
    Session,
}

/// What the parameter `name=value` of `query` is, when it does not choose content. Percent-encoding is normalised already.
pub(super) fn of_parameter(name: &str, value: &str, query: &str) -> Option<Noise> {
    // Longer than any listed name, and room for the listed prefixes; avoids an allocation per parameter.
    let mut buffer = [0; 32];
    let shown = name.len().min(buffer.len());
    buffer[..shown].copy_from_slice(&name.as_bytes()[..shown]);
    buffer[..shown].make_ascii_lowercase();
    let lower = &buffer[..shown];
    let is_listed = |names: &[String]| {
        name.len() == shown && names.binary_search_by(|listed| listed.as_bytes().cmp(lower)).is_ok()
    };
    let list = &*NOISE;
    if is_listed(&list.exact) || list.prefix.iter().any(|prefix| lower.starts_with(prefix.as_bytes())) {
        return Some(Noise::Tracking);
    }
    let session = if is_listed(&list.session_exact) {
        match lower {
            // A ColdFusion session is the pair of both; CFID alone may be anything.
            b"cfid" => value.bytes().all(|b| b.is_ascii_digit()) && has_parameter(query, "cftoken"),
            _ if AMBIGUOUS_SESSIONS.iter().any(|known| known.as_bytes() == lower) => is_random(value),
            _ => true,
        }
    } else {
        // ASP appends letters that name the application.
        lower.starts_with(b"aspsessionid")
    };
    session.then_some(Noise::Session)
}

/// Whether a path segment is the cookieless session of ASP.NET: `(S(24 characters))`, before 2.0 `(24 characters)`.
pub(super) fn is_session_segment(segment: &str) -> bool {
    let Some(inner) = segment.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) else { return false };
    let id = inner.strip_prefix("S(").and_then(|rest| rest.strip_suffix(')')).unwrap_or(inner);
    id.len() == 24 && id.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase())
}

/// Whether a path parameter (what follows a `;` in a segment) is a session of a Java servlet container.
pub(super) fn is_session_path_parameter(parameter: &str) -> bool {
    const NAME: &str = "jsessionid=";
    parameter.get(..NAME.len()).is_some_and(|start| start.eq_ignore_ascii_case(NAME))
}

fn has_parameter(query: &str, wanted: &str) -> bool {
    query
        .split('&')
        .any(|parameter| parameter.split('=').next().is_some_and(|name| name.eq_ignore_ascii_case(wanted)))
}

/// Whether a value looks drawn at random rather than chosen by a person: a UUID, or letters and digits in quick turns.
fn is_random(value: &str) -> bool {
    let bytes = value.as_bytes();
    let is_uuid = bytes.len() == 36
        && bytes.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    let turns = bytes.windows(2).filter(|pair| pair[0].is_ascii_digit() != pair[1].is_ascii_digit()).count();
    is_uuid
        || (bytes.len() >= RANDOM_LEN_MIN
            && bytes.iter().all(u8::is_ascii_alphanumeric)
            && turns >= RANDOM_TURNS_MIN)
}

#[cfg(test)]
mod tests;
