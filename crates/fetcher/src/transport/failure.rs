//! Errors of the HTTP client, told apart.
//!
//! Invariant: every error gets one kind and one line of text; the text never repeats the URL.

use std::error::Error as StdError;
use std::io;

use model::FailureKind;

use super::port::TransportFailure;

/// What an error of the client means.
pub(super) fn classify(error: reqwest::Error) -> TransportFailure {
    let error = error.without_url();
    let causes = causes(&error);
    // Our own verdicts travel through the client as causes.
    if let Some(own) = causes.iter().find_map(|cause| cause.downcast_ref::<TransportFailure>()) {
        return own.clone();
    }
    TransportFailure::failed(kind(&error, &causes), detail(&causes))
}

fn kind(error: &reqwest::Error, causes: &[&(dyn StdError + 'static)]) -> FailureKind {
    let io_is = |kinds: &[io::ErrorKind]| {
        let io = causes.iter().filter_map(|cause| cause.downcast_ref::<io::Error>());
        io.into_iter().any(|io| kinds.contains(&io.kind()))
    };
    let hyper = || causes.iter().filter_map(|cause| cause.downcast_ref::<hyper::Error>());
    if error.is_dns() {
        FailureKind::Dns
    } else if causes.iter().any(|cause| cause.is::<rustls::Error>()) {
        FailureKind::Tls
    } else if error.is_timeout() {
        FailureKind::Timeout
    } else if error.is_connect() {
        // The peer hung up during the handshake: TCP was there, TLS was not.
        if io_is(&[io::ErrorKind::UnexpectedEof, io::ErrorKind::ConnectionReset]) {
            FailureKind::Tls
        } else {
            FailureKind::Connect
        }
    } else if hyper().any(|error| error.is_parse() || error.is_parse_too_large()) {
        FailureKind::Protocol
    } else if hyper().any(hyper::Error::is_incomplete_message)
        || io_is(&[io::ErrorKind::ConnectionReset, io::ErrorKind::BrokenPipe, io::ErrorKind::UnexpectedEof])
    {
        FailureKind::Reset
    } else {
        FailureKind::Protocol
    }
}

/// The error and its causes, outermost first, at most sixteen. An [`io::Error`] hides the error it wraps from
/// `source`, so it is opened.
fn causes<'a>(error: &'a (dyn StdError + 'static)) -> Vec<&'a (dyn StdError + 'static)> {
    let mut causes = vec![error];
    while let Some(&last) = causes.last() {
        let inner = last.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        let inner = inner.map(|inner| inner as &(dyn StdError + 'static));
        match inner.or_else(|| last.source()) {
            Some(next) if causes.len() < 16 => causes.push(next),
            _ => break,
        }
    }
    causes
}

/// The innermost cause says most; the one before it where.
fn detail(causes: &[&(dyn StdError + 'static)]) -> String {
    let mut words: Vec<String> = Vec::new();
    for cause in causes {
        let text = cause.to_string();
        if !words.iter().any(|said| said.contains(&text)) {
            words.push(text);
        }
    }
    let tail = words.len().saturating_sub(2);
    words[tail..].join(": ").chars().take(300).collect()
}
