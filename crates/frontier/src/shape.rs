//! Shapes of URLs that only traps have: refused whatever stands there. Pure.
//!
//! Invariant: a shape is judged from one URL alone, in one pass over it.

use url::Url;

use crate::settings::Limits;

/// A segment may stand this often in a path (field.md section 3, row 15: `/a/a/a`).
const REPETITIONS_MAX: usize = 2;
/// A number may: dates and pages repeat numbers.
const NUMBER_REPETITIONS_MAX: usize = 3;

/// Why a URL can only be a trap, in words.
pub(crate) fn trap(url: &Url, limits: &Limits) -> Option<String> {
    let len = url.as_str().len();
    if len > limits.url_length_max {
        return Some(format!("the URL has {len} bytes; url_length_max = {}", limits.url_length_max));
    }
    let path = url.path();
    let depth = path.split('/').filter(|segment| !segment.is_empty()).count();
    if depth > limits.path_depth_max {
        return Some(format!("the path has {depth} segments; path_depth_max = {}", limits.path_depth_max));
    }
    if let Some(query) = url.query() {
        let parameters = query.split('&').filter(|parameter| !parameter.is_empty()).count();
        if parameters > limits.parameters_max {
            let max = limits.parameters_max;
            return Some(format!("the query has {parameters} parameters; parameters_max = {max}"));
        }
    }
    if depth > REPETITIONS_MAX
        && let Some(segment) = repeated(path)
    {
        return Some(format!("the path repeats {segment:?}"));
    }
    None
}

/// A segment that stands in the path too often. There are few, so that comparing each with those before is the quickest.
fn repeated(path: &str) -> Option<&str> {
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let (_, repeated) = segments.iter().enumerate().skip(REPETITIONS_MAX).find(|(at, segment)| {
        let times = 1 + segments[..*at].iter().filter(|before| before == segment).count();
        let is_number = || segment.bytes().all(|b| b.is_ascii_digit());
        times > REPETITIONS_MAX && (times > NUMBER_REPETITIONS_MAX || !is_number())
    })?;
    Some(repeated)
}

#[cfg(test)]
mod tests;
