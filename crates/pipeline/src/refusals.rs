//! What the frontier would say to a URL that nobody has offered yet, or that it refused: nothing is kept of those.
//!
//! Invariant: the answer is that of admission itself, asked again.

use frontier::{Frontier, Offer, Refusal};
use model::{CanonicalUrl, ResourceKind, Timestamp};

use crate::Error;

/// Why no registered job would admit a link to this URL, if none would; scope aside, which most of the web is outside of.
pub(crate) fn refusal(
    frontier: &Frontier,
    url: &CanonicalUrl,
    now: Timestamp,
) -> Result<Option<(String, Refusal)>, Error> {
    let mut refused = None;
    for job in frontier.jobs()? {
        let offer = Offer {
            url: url.clone(),
            kind: ResourceKind::Page,
            depth: 1,
            hops: 0,
            via: Some(url.origin().to_string()),
            job: job.name.clone(),
            dated: None,
        };
        match frontier.refusal_now(&offer, now)? {
            None => return Ok(None),
            Some(Refusal::Scope) => {}
            Some(refusal) => refused = refused.or(Some((job.name, refusal))),
        }
    }
    Ok(refused)
}

/// A refusal in words.
pub(crate) fn words(refusal: &Refusal) -> String {
    match refusal {
        Refusal::UnknownJob => "its job is not registered".to_owned(),
        Refusal::TakenDown => "it was taken down".to_owned(),
        Refusal::Scope => "it is outside the scope of the job".to_owned(),
        Refusal::NotIncluded => "no include pattern of the job matches".to_owned(),
        Refusal::Excluded { pattern } => format!("the exclude pattern {pattern:?} matches"),
        Refusal::Depth => "it is too many links from a seed".to_owned(),
        Refusal::Hops => "too many redirects in a row led to it".to_owned(),
        Refusal::Shape { why } => format!("only traps look like it: {why}"),
        Refusal::Trap { pattern, why } => format!("its pattern {pattern} has used up its budget: {why}"),
        Refusal::Mirror { of } => format!("it is another spelling of {of}, which is fetched instead"),
        Refusal::Extension { extension } => format!("files ending in .{extension} are no pages"),
    }
}
