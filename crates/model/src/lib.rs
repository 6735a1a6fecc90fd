#![doc = include_str!("../README.md")]

pub mod document;
pub mod evidence;
pub mod interests;
pub mod junk;
pub mod language;
pub mod page_type;
pub mod record;
pub mod time;
pub mod units;
pub mod url;

pub use crate::document::{
    Directives, Document, LanguageShare, Link, LinkKind, Note, Parsed, PublishedSource, ResourceKind,
};
pub use crate::evidence::{Evidence, Fact, FactSource};
pub use crate::interests::Interests;
pub use crate::junk::Junk;
pub use crate::language::{Language, UnknownLanguage};
pub use crate::page_type::PageType;
pub use crate::record::{
    Body, Exchange, FailureKind, FetchRecord, HeaderLine, Outcome, Position, Request, Response, Truncation,
    Visit,
};
pub use crate::time::{Clock, SystemClock, Timestamp};
pub use crate::units::{ByteSize, Span};
pub use crate::url::{CanonicalUrl, Change, Origin, Site, UrlError, UrlKey};
