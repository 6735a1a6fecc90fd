#![doc = include_str!("../README.md")]

pub mod document;
pub mod interests;
pub mod junk;
pub mod record;
pub mod time;
pub mod units;
pub mod url;

pub use crate::document::{
    Directives, Document, Language, LanguageShare, Link, LinkKind, Note, Parsed, PublishedSource,
    ResourceKind,
};
pub use crate::interests::Interests;
pub use crate::junk::Junk;
pub use crate::record::{
    Body, Exchange, FailureKind, FetchRecord, HeaderLine, Outcome, Position, Request, Response, Truncation,
    Visit,
};
pub use crate::time::{Clock, SystemClock, Timestamp};
pub use crate::units::{ByteSize, Span};
pub use crate::url::{CanonicalUrl, Change, Origin, Site, UrlError, UrlKey};
