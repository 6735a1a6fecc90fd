//! What an answer to the request for robots.txt means (RFC 9309 section 2.3.1).
//!
//! Invariant: pure. Anything but a whole file or a clear "there is none" is "cannot be reached", and that forbids
//! everything; nothing is allowed by a failure.

use std::time::Duration;

use bytes::Bytes;
use model::{FetchRecord, Outcome, Response, Timestamp, Truncation, time};

use crate::coding::Codings;
use crate::copies::{Content, Copy, Known, Trouble, WAIT_MAX};
use crate::robots::Rules;
use crate::settings::FetcherSettings;

/// The meaning of the last answer in a chain of redirects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Finding {
    /// A good answer.
    Good(Content),
    /// 304: the copy we hold is current.
    Confirmed,
    /// No answer we can go by.
    Unreachable {
        /// Why, for `explain`.
        reason: String,
        /// When the host wants to be asked again, if it said so.
        until: Option<Timestamp>,
    },
    /// We decline to talk to this host at all, so the visit itself is refused.
    Refused { reason: String },
}

impl Finding {
    /// Judges the last record of a chain; `hops` redirects were followed before it.
    pub(crate) fn of(record: &FetchRecord, hops: u8, settings: &FetcherSettings) -> Self {
        let unreachable = |reason: String, until| Self::Unreachable { reason, until };
        match &record.outcome {
            Outcome::Fetched => {
                record.response().map_or_else(|| unreachable("no response".to_owned(), None), Self::of_file)
            }
            Outcome::NotModified => Self::Confirmed,
            // More than five redirects (section 2.3.1.2), or one that leads nowhere: there is no file.
            Outcome::Redirected { .. } => Self::Good(Content::Absent { status: status(record) }),
            Outcome::HttpError { status: status @ (401 | 403) } if settings.robots_forbidden_disallows => {
                Self::Good(Content::Forbidden { status: *status })
            }
            Outcome::HttpError { status: status @ 300..=499 } if *status != 304 => {
                Self::Good(Content::Absent { status: *status })
            }
            Outcome::HttpError { status } => unreachable(format!("status {status}"), None),
            Outcome::RetryLater { status, until } => unreachable(format!("status {status}"), *until),
            Outcome::Refused { reason } if hops == 0 => Self::Refused { reason: reason.clone() },
            Outcome::Refused { reason } => {
                unreachable(format!("redirected to a refused address: {reason}"), None)
            }
            Outcome::Failed { detail, .. } => unreachable(detail.clone(), None),
            other => unreachable(other.word().to_owned(), None),
        }
    }

    fn of_file(response: &Response) -> Self {
        let unreachable = |reason: &str| Self::Unreachable { reason: reason.to_owned(), until: None };
        if response.status == 206 || matches!(response.body.truncated, Some(cut) if cut != Truncation::Length)
        {
            return unreachable("the file is cut short");
        }
        if Codings::of(&response.headers).left_on.is_some() {
            return unreachable("the file is in an unknown content coding");
        }
        let whole = response.body.decoded.as_ref().unwrap_or(&response.body.raw);
        // One byte over the limit lets the reader see that the last line is partial. Copied, so that a small file does
        // not keep a large buffer.
        let kept = &whole[..whole.len().min(Rules::LEN_MAX + 1)];
        Self::Good(Content::File(Bytes::copy_from_slice(kept)))
    }

    /// The copy that follows from `before` and this finding. `None` when nothing is to be kept.
    pub(crate) fn apply(
        self,
        before: Option<&Copy>,
        last: &FetchRecord,
        hops: u8,
        now: Timestamp,
        settings: &FetcherSettings,
    ) -> Option<Copy> {
        let known = before.and_then(|copy| copy.known.clone());
        let fresh_until = time::later(now, freshness(last.response(), settings));
        match self {
            Self::Refused { .. } => None,
            Self::Good(content) => {
                let (etag, last_modified) =
                    if hops == 0 { validators(last.response()) } else { (None, None) };
                let known = Known { at: now, fresh_until, content, etag, last_modified };
                Some(Copy { known: Some(known), trouble: None })
            }
            Self::Confirmed => {
                let known = known.map(|known| Known { at: now, fresh_until, ..known });
                Some(Copy { known, trouble: None })
            }
            Self::Unreachable { reason, until } => {
                let failures =
                    before.and_then(|copy| copy.trouble.as_ref()).map_or(0, |trouble| trouble.failures);
                let failures = failures.saturating_add(1);
                let backoff = time::later(now, backoff(failures, settings));
                let asked = until.unwrap_or(backoff).min(time::later(now, WAIT_MAX));
                Some(Copy {
                    known,
                    trouble: Some(Trouble { reason, failures, retry_at: backoff.max(asked) }),
                })
            }
        }
    }
}

fn status(record: &FetchRecord) -> u16 {
    record.response().map_or(0, |response| response.status)
}

/// How long an answer is believed: its `max-age`, within our bounds.
fn freshness(response: Option<&Response>, settings: &FetcherSettings) -> Duration {
    let (min, max) = (settings.robots_age_min.0, settings.robots_age_max.0);
    let lines = response.into_iter().flat_map(|response| response.headers_named("cache-control"));
    let text: Vec<String> = lines.map(|value| String::from_utf8_lossy(value).to_ascii_lowercase()).collect();
    let mut age = max;
    for word in text.iter().flat_map(|line| line.split(',')).map(str::trim) {
        let stated = match word.split_once('=') {
            Some(("max-age", seconds)) => seconds.trim_matches('"').parse().ok().map(Duration::from_secs),
            None if matches!(word, "no-cache" | "no-store") => Some(Duration::ZERO),
            _ => None,
        };
        age = age.min(stated.unwrap_or(max));
    }
    age.clamp(min.min(max), max)
}

/// Doubles with each failure in a row.
fn backoff(failures: u32, settings: &FetcherSettings) -> Duration {
    let doubled = 2u32.saturating_pow(failures.saturating_sub(1).min(20));
    settings.robots_retry_min.0.saturating_mul(doubled).min(settings.robots_retry_max.0)
}

/// The validators of a response, as far as they are text.
pub(crate) fn validators(response: Option<&Response>) -> (Option<String>, Option<String>) {
    let text = |name| {
        let value = response?.header(name)?;
        String::from_utf8(value.to_vec()).ok().filter(|value| value.len() <= 1_024)
    };
    (text("etag"), text("last-modified"))
}

#[cfg(test)]
mod tests;
