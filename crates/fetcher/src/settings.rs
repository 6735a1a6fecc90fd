//! Settings of the fetcher: who we are, which network we may touch, and the limits of one fetch.
//!
//! Invariant: defaults are safe on the public web; every number says its unit in its type.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::PathBuf;

use ipnet::IpNet;
use model::{ByteSize, Span};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::error::Error;
use crate::guard;
use crate::pins::Pins;

/// The three sections the fetcher reads.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Who we say we are.
    pub agent: AgentSettings,
    /// Which network we use, and which parts of it are open.
    pub network: NetworkSettings,
    /// Limits and patience.
    pub fetcher: FetcherSettings,
}

/// `[agent]`: who we say we are. Sites need it to reach us and to address us in robots.txt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AgentSettings {
    /// Product token: sent in `User-Agent` and looked for in robots.txt. Letters, `-` and `_` (RFC 9309 section 2.2.1).
    pub name: String,
    /// Version sent after the name.
    pub version: String,
    /// Where a site's operator finds out about this crawl: a web page (`https://…`) or an e-mail address.
    /// Crawling anything but loopback is refused without it.
    pub contact: Option<String>,
}

/// `[network]`: which network we use, and which parts of it are open.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NetworkSettings {
    /// Address ranges to open although they are special (private, loopback, …): `["127.0.0.0/8"]`.
    pub allow: Vec<IpNet>,
    /// Names pinned to an address and, if given, a port, for http and https alike: `"*.test" = "127.0.0.1:8080"`.
    /// A key is a whole name, `*.suffix` (every name below it) or `*`; the longest match wins. Pinned addresses must
    /// still be open.
    pub resolve: BTreeMap<String, String>,
    /// PEM file of certificate authorities trusted beside those of Mozilla's root programme.
    pub ca: Option<PathBuf>,
    /// Proxy for every request: `http://`, `https://`, `socks5://` or `socks5h://`. It connects in our place, so only
    /// names and literal addresses are judged here; resolved addresses are the proxy's to judge.
    pub proxy: Option<Url>,
    /// Local address to connect from.
    pub bind: Option<IpAddr>,
    /// Name servers asked instead of the system's, on port 53: `["9.9.9.9"]`; another port as `"127.0.0.1:5353"`.
    pub dns: Vec<String>,
}

/// `[fetcher]`: limits and patience of one fetch, and how fast the whole process may go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FetcherSettings {
    /// Resolution, TCP and TLS together.
    pub connect_timeout: Span,
    /// From sending the request to the end of the response header.
    pub header_timeout: Span,
    /// From sending the request to the last byte; what has come by then is kept, marked as cut.
    pub total_timeout: Span,
    /// A body must bring at least this many bytes a second, measured over `rate_window`; else it is cut.
    pub rate_min: ByteSize,
    /// Over how long `rate_min` is measured.
    pub rate_window: Span,
    /// Largest body kept, as received and again with content codings removed.
    pub body_max: ByteSize,
    /// Largest response header (all lines together).
    pub header_max: ByteSize,
    /// `Accept-Language` sent.
    pub accept_language: String,
    /// Requests in flight at once in the whole process.
    pub in_flight_max: u32,
    /// Requests a second of the whole process; 0 switches the limit off.
    pub requests_per_second: u32,
    /// How long an unused connection is kept open.
    pub idle_timeout: Span,
    /// Longest time a copy of robots.txt is believed, at most 24 h (RFC 9309 section 2.4).
    pub robots_age_max: Span,
    /// Shortest time a copy is believed, whatever its `Cache-Control` says, so that robots.txt is not fetched per page.
    pub robots_age_min: Span,
    /// How long the last good copy stands in while robots.txt cannot be reached, at most 30 d (RFC 9309 section 2.3.1.4).
    pub robots_stale_max: Span,
    /// Wait before asking again after robots.txt could not be reached; doubles with each failure.
    pub robots_retry_min: Span,
    /// Longest such wait.
    pub robots_retry_max: Span,
    /// Whether 401 and 403 for robots.txt forbid the site. RFC 9309 section 2.3.1.3 says they allow it.
    pub robots_forbidden_disallows: bool,
}

impl Default for AgentSettings {
    fn default() -> Self {
        Self { name: "silteme".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned(), contact: None }
    }
}

impl Default for FetcherSettings {
    fn default() -> Self {
        Self {
            connect_timeout: Span::seconds(10),
            header_timeout: Span::seconds(30),
            total_timeout: Span::seconds(120),
            rate_min: ByteSize(512),
            rate_window: Span::seconds(20),
            body_max: ByteSize::mebibytes(10),
            header_max: ByteSize::kibibytes(256),
            accept_language: "kk, ru;q=0.8, en;q=0.6, *;q=0.4".to_owned(),
            in_flight_max: 256,
            requests_per_second: 1_000,
            idle_timeout: Span::seconds(15),
            robots_age_max: Span::seconds(24 * 3600),
            robots_age_min: Span::seconds(3600),
            robots_stale_max: Span::seconds(30 * 24 * 3600),
            robots_retry_min: Span::seconds(60),
            robots_retry_max: Span::seconds(6 * 3600),
            robots_forbidden_disallows: false,
        }
    }
}

impl Settings {
    /// Checks all three sections.
    ///
    /// # Errors
    /// The first setting that makes no sense.
    pub fn check(&self) -> Result<(), Error> {
        let wrap = |section| move |message| Error::Setting { section, message };
        self.agent.check().map_err(wrap("agent"))?;
        self.network.check().map_err(wrap("network"))?;
        self.fetcher.check().map_err(wrap("fetcher"))
    }
}

impl AgentSettings {
    /// # Errors
    /// When the name is not a product token, or name, version or contact cannot stand in a header.
    pub fn check(&self) -> Result<(), String> {
        let token = |c: char| c.is_ascii_alphabetic() || c == '-' || c == '_';
        if self.name.is_empty() || !self.name.chars().all(token) {
            return Err(format!(
                "name {:?} is not a robots.txt product token; use letters, '-' and '_' only",
                self.name
            ));
        }
        if !self.version.chars().all(|c| c.is_ascii_alphanumeric() || ".-_+".contains(c)) {
            return Err(format!("version {:?} must be letters, digits and . - _ +", self.version));
        }
        match &self.contact {
            Some(contact) if !is_contact(contact) => Err(format!(
                "contact {contact:?} is neither a web address nor an e-mail address; write for example contact = \"https://example.kz/crawler\""
            )),
            _ => Ok(()),
        }
    }

    /// The `User-Agent` value: `name/version (+contact)`.
    #[must_use]
    pub fn user_agent(&self) -> String {
        let product = if self.version.is_empty() {
            self.name.clone()
        } else {
            format!("{}/{}", self.name, self.version)
        };
        match (&self.contact, self.email()) {
            (Some(_), Some(email)) => format!("{product} (+mailto:{email})"),
            (Some(contact), None) => format!("{product} (+{contact})"),
            (None, _) => product,
        }
    }

    /// The contact as an e-mail address, if that is what it is; sent as `From` (RFC 9110 section 10.1.2).
    #[must_use]
    pub fn email(&self) -> Option<&str> {
        let contact = self.contact.as_deref()?;
        let contact = contact.strip_prefix("mailto:").unwrap_or(contact);
        (!contact.contains("://") && contact.contains('@')).then_some(contact)
    }

    /// Whether these seeds may be crawled as far as the contact is concerned: with no contact set, every seed must be
    /// on a loopback address, given literally, by `localhost` or by a pin. Meant for the start of a crawl, so that the
    /// operator learns at once what the fetcher would refuse visit by visit.
    ///
    /// # Errors
    /// A message naming the first such seed and the setting to make.
    pub fn check_contact<'a>(
        &self,
        seeds: impl IntoIterator<Item = &'a Url>,
        network: &NetworkSettings,
    ) -> Result<(), String> {
        if self.contact.is_some() {
            return Ok(());
        }
        let pins = network.pins()?;
        for seed in seeds {
            let address = pins.address(seed).or_else(|| guard::literal(seed));
            if network.proxy.is_some() || !address.is_some_and(|ip| ip.to_canonical().is_loopback()) {
                return Err(format!("{seed} is not on loopback: {CONTACT_MISSING}"));
            }
        }
        Ok(())
    }

    /// Whether connecting to `ip` needs a contact that is not set.
    #[must_use]
    pub fn lacks_contact_for(&self, ip: IpAddr) -> bool {
        self.contact.is_none() && !ip.to_canonical().is_loopback()
    }
}

/// What to do about a missing contact.
pub(crate) const CONTACT_MISSING: &str = "crawling other people's servers needs a contact; set [agent] contact = \"https://…\" (a page about this crawl) or an e-mail address";

fn is_contact(text: &str) -> bool {
    let printable = text.bytes().all(|b| (0x21..0x7f).contains(&b) && !b"()\\\"<>".contains(&b));
    let web = Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let mail = text.strip_prefix("mailto:").unwrap_or(text);
    let email = mail.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.'));
    printable && (web || (email && !mail.contains("://")))
}

impl NetworkSettings {
    /// # Errors
    /// When a pin or a name server cannot be read.
    pub fn check(&self) -> Result<(), String> {
        self.pins()?;
        self.name_servers()?;
        match &self.proxy {
            Some(url) if !matches!(url.scheme(), "http" | "https" | "socks5" | "socks5h") => {
                Err(format!("proxy {url} must begin with http://, https://, socks5:// or socks5h://"))
            }
            _ => Ok(()),
        }
    }

    /// The `resolve` table, read.
    ///
    /// # Errors
    /// When a key is not a name pattern or a value is not an address.
    pub fn pins(&self) -> Result<Pins, String> {
        Pins::read(&self.resolve)
    }

    /// The `dns` list, read; port 53 where none is given.
    pub(crate) fn name_servers(&self) -> Result<Vec<std::net::SocketAddr>, String> {
        let read = |text: &String| {
            let with_port = text.parse().ok();
            with_port.or_else(|| text.parse().ok().map(|ip: IpAddr| (ip, 53).into())).ok_or_else(|| {
                format!("dns {text:?} is not an address; write for example dns = [\"9.9.9.9\"]")
            })
        };
        self.dns.iter().map(read).collect()
    }
}

impl FetcherSettings {
    /// # Errors
    /// When a limit is zero or two limits contradict each other.
    pub fn check(&self) -> Result<(), String> {
        let spans = [
            ("connect_timeout", self.connect_timeout),
            ("header_timeout", self.header_timeout),
            ("total_timeout", self.total_timeout),
            ("rate_window", self.rate_window),
            ("robots_age_max", self.robots_age_max),
            ("robots_retry_min", self.robots_retry_min),
        ];
        if let Some((key, _)) = spans.iter().find(|(_, span)| span.0.is_zero()) {
            return Err(format!("{key} must be longer than 0s"));
        }
        if self.body_max.0 < 512_000 {
            return Err(format!("body_max {} is below 500 KiB, which robots.txt needs", self.body_max));
        }
        if self.header_max.0 < 8_192 {
            return Err(format!("header_max {} must be at least 8 KiB", self.header_max));
        }
        if self.in_flight_max == 0 {
            return Err("in_flight_max must be at least 1".to_owned());
        }
        if self.robots_age_max.0.as_secs() > 24 * 3600 {
            return Err(format!("robots_age_max {} is over 24h (RFC 9309 section 2.4)", self.robots_age_max));
        }
        if self.robots_age_min > self.robots_age_max || self.robots_retry_min > self.robots_retry_max {
            return Err("robots_age_min and robots_retry_min must not exceed their maxima".to_owned());
        }
        if self.robots_stale_max.0.as_secs() > 30 * 24 * 3600 {
            return Err(format!(
                "robots_stale_max {} is over 30d (RFC 9309 section 2.3.1.4)",
                self.robots_stale_max
            ));
        }
        if self.accept_language.bytes().any(|b| !(0x20..0x7f).contains(&b)) {
            return Err("accept_language must be printable ASCII".to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
