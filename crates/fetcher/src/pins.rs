//! Names pinned to addresses by `[network] resolve`.
//!
//! Invariant: a pin changes where we connect, never what we ask for: SNI and `Host` keep the name and port of the URL.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use url::{Host, Url};

/// Where a pinned name leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pin {
    /// The address.
    pub ip: IpAddr,
    /// The port; the URL's own when absent.
    pub port: Option<u16>,
}

/// The table of pins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pins {
    exact: BTreeMap<String, Pin>,
    /// Suffixes with their leading dot, longest first; `"."` stands for `*`.
    below: Vec<(String, Pin)>,
}

impl Pins {
    /// Reads the settings table: keys `name`, `*.suffix` or `*`, values `address` or `address:port`.
    ///
    /// # Errors
    /// A message naming the key and what to write.
    pub fn read(table: &BTreeMap<String, String>) -> Result<Self, String> {
        let mut pins = Self::default();
        for (key, value) in table {
            let pin = read_pin(value).ok_or_else(|| {
                format!("resolve {key:?} = {value:?} is not an address; write \"127.0.0.1\", \"127.0.0.1:8080\" or \"[::1]:8080\"")
            })?;
            let suffix = if key == "*" { Some("") } else { key.strip_prefix("*.") };
            let name = suffix.unwrap_or(key);
            let ascii = if name.is_empty() {
                String::new()
            } else {
                ascii(name).ok_or_else(|| {
                    format!("resolve {key:?} is not a name; write \"name\", \"*.suffix\" or \"*\"")
                })?
            };
            match suffix {
                None => {
                    pins.exact.insert(ascii, pin);
                }
                Some("") => pins.below.push((".".to_owned(), pin)),
                Some(_) => pins.below.push((format!(".{ascii}"), pin)),
            }
        }
        pins.below.sort_by_key(|(suffix, _)| std::cmp::Reverse(suffix.len()));
        Ok(pins)
    }

    /// The pin of a host name.
    #[must_use]
    pub fn of(&self, name: &str) -> Option<Pin> {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        if let Some(pin) = self.exact.get(&name) {
            return Some(*pin);
        }
        let matches = |suffix: &str| suffix == "." || (name.len() > suffix.len() && name.ends_with(suffix));
        self.below.iter().find(|(suffix, _)| matches(suffix)).map(|(_, pin)| *pin)
    }

    /// The pin of a URL's host; a literal address is never pinned.
    #[must_use]
    pub fn of_url(&self, url: &Url) -> Option<Pin> {
        match url.host() {
            Some(Host::Domain(name)) => self.of(name),
            _ => None,
        }
    }

    /// The address a URL's host is pinned to.
    #[must_use]
    pub fn address(&self, url: &Url) -> Option<IpAddr> {
        self.of_url(url).map(|pin| pin.ip)
    }
}

fn read_pin(text: &str) -> Option<Pin> {
    if let Ok(ip) = text.trim_matches(['[', ']']).parse::<IpAddr>() {
        return Some(Pin { ip, port: None });
    }
    let socket: SocketAddr = text.parse().ok()?;
    (socket.port() != 0).then(|| Pin { ip: socket.ip(), port: Some(socket.port()) })
}

/// The ASCII form of a name, by way of the URL parser so that it agrees with what URLs will say.
fn ascii(name: &str) -> Option<String> {
    match Url::parse(&format!("http://{name}/")).ok()?.host()? {
        Host::Domain(domain) => Some(domain.trim_end_matches('.').to_owned()),
        _ => None,
    }
}
