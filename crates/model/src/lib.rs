//! The nouns every stage shares.
//!
//! `model` says what a URL, a site, a fetch record, a document, a link and a person's interests *are*, so that the
//! stages can hand them to each other without knowing each other.
//!
//! Invariant: no I/O, no logging, no global state. Time is an argument ([`Clock`]); nothing here reads a clock except
//! [`SystemClock`].

pub mod document;
pub mod interests;
pub mod record;
pub mod time;
pub mod units;
pub mod url;

pub use crate::document::{
    Directives, Document, Language, Link, LinkKind, Note, Parsed, PublishedSource, ResourceKind,
};
pub use crate::interests::Interests;
pub use crate::record::{
    Body, Exchange, FailureKind, FetchRecord, HeaderLine, Outcome, Position, Request, Response, Truncation,
    Visit,
};
pub use crate::time::{Clock, SystemClock, Timestamp};
pub use crate::units::{ByteSize, Span};
pub use crate::url::{CanonicalUrl, Origin, Site, UrlError, UrlKey};
