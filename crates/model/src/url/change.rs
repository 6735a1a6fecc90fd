//! What canonicalisation changed, in words. Invariant: describing costs nothing where nobody asks; the hot path watches
//! with `()`, for which the descriptions are never built.

use std::fmt;

/// One thing that sets a canonical URL apart from what was written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Change {
    /// White space around or line breaks within the text were dropped (WHATWG URL section 4.4).
    WhiteSpaceDropped,
    /// User name or password.
    CredentialsDropped,
    /// The part after `#`.
    FragmentDropped,
    /// Scheme in lower case.
    SchemeLowered,
    /// Host in lower case.
    HostLowered,
    /// An internationalised domain name in its ASCII form.
    HostInPunycode,
    /// The host is a number in another spelling (`0x7f.1`), or an IPv6 address that can be shortened.
    HostReadAsAddress,
    /// The host was percent-encoded or holds characters that stand for others.
    HostDecoded,
    /// `e.kz.` is `e.kz`.
    FinalDotDropped,
    /// `:80` with http, `:443` with https, or a bare `:`.
    DefaultPortDropped,
    /// `\` read as `/`, as browsers do.
    BackslashesTurned,
    /// `.` and `..` segments.
    DotSegmentsResolved,
    /// Characters that a URL cannot hold as they are.
    CharactersEncoded,
    /// Hexadecimal digits in upper case, unreserved characters decoded, lone `%` encoded.
    PercentEncodingNormalised,
    /// A session id in the path: `jsessionid`, or the cookieless session of ASP.NET.
    PathSessionRemoved,
    /// A query parameter that carries a campaign or a click.
    TrackingParameterRemoved(String),
    /// A query parameter that carries a session id.
    SessionParameterRemoved(String),
    /// `&` with nothing before or after it.
    EmptyParametersRemoved,
    /// `?` with nothing after it.
    EmptyQueryDropped,
    /// Parameters in the order of their names; those of one name keep their order.
    ParametersSorted,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WhiteSpaceDropped => "white space dropped",
            Self::CredentialsDropped => "credentials dropped",
            Self::FragmentDropped => "fragment dropped",
            Self::SchemeLowered => "scheme in lower case",
            Self::HostLowered => "host in lower case",
            Self::HostInPunycode => "host in punycode",
            Self::HostReadAsAddress => "host read as an address",
            Self::HostDecoded => "host decoded",
            Self::FinalDotDropped => "final dot of the host dropped",
            Self::DefaultPortDropped => "default port dropped",
            Self::BackslashesTurned => "backslashes turned into slashes",
            Self::DotSegmentsResolved => "dot segments resolved",
            Self::CharactersEncoded => "characters percent-encoded",
            Self::PercentEncodingNormalised => "percent-encoding normalised",
            Self::PathSessionRemoved => "session id removed from the path",
            Self::TrackingParameterRemoved(name) => return write!(f, "tracking parameter {name} removed"),
            Self::SessionParameterRemoved(name) => return write!(f, "session parameter {name} removed"),
            Self::EmptyParametersRemoved => "empty parameters removed",
            Self::EmptyQueryDropped => "empty query dropped",
            Self::ParametersSorted => "parameters sorted",
        })
    }
}

/// Who is told of changes while a URL is rebuilt.
pub(super) trait Witness {
    /// A change was made; `describe` is called only by those who keep it.
    fn saw(&mut self, describe: impl FnOnce() -> Change);
}

impl Witness for () {
    fn saw(&mut self, _describe: impl FnOnce() -> Change) {}
}

impl Witness for Vec<Change> {
    fn saw(&mut self, describe: impl FnOnce() -> Change) {
        let change = describe();
        if !self.contains(&change) {
            self.push(change);
        }
    }
}
