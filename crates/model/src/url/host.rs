//! Which hosts can name a machine. Invariant: what the WHATWG parser lets through but the domain name system cannot hold
//! (field.md section 7) is refused here, before anything is queued for it.

use url::{Host, Url};

use super::error::UrlError;

/// Longest label of a domain name, in bytes (RFC 1035 section 2.3.4).
const LABEL_LEN_MAX: usize = 63;
/// Longest domain name as text, without the final dot (RFC 1035 section 2.3.4: 255 bytes on the wire).
const NAME_LEN_MAX: usize = 253;
/// How much of a refused host is shown.
const SHOWN_CHARS_MAX: usize = 80;

/// Refuses hosts and ports that cannot be connected to.
pub(super) fn check(url: &Url) -> Result<(), UrlError> {
    if url.port() == Some(0) {
        return Err(UrlError::Port);
    }
    match url.host() {
        Some(Host::Domain(name)) => check_name(name),
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => Ok(()),
        None => Err(UrlError::Host("it is empty".to_owned())),
    }
}

fn check_name(name: &str) -> Result<(), UrlError> {
    let refuse = |reason: &str| {
        let shown: String = name.chars().take(SHOWN_CHARS_MAX).collect();
        Err(UrlError::Host(format!("{shown:?} {reason}")))
    };
    let relative = without_final_dot(name);
    if relative.is_empty() {
        return refuse("has no label");
    }
    if relative.len() > NAME_LEN_MAX {
        return refuse("is longer than 253 bytes");
    }
    for label in relative.split('.') {
        if label.is_empty() {
            return refuse("has an empty label");
        }
        if label.len() > LABEL_LEN_MAX {
            return refuse("has a label of more than 63 bytes");
        }
    }
    Ok(())
}

/// The name without the one dot that marks it as complete (`e.kz.` and `e.kz` are the same machine).
pub(super) fn without_final_dot(name: &str) -> &str {
    name.strip_suffix('.').unwrap_or(name)
}
