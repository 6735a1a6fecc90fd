//! Which addresses, names and ports are refused, so that no page can make us talk to a private network.
//!
//! Invariant: pure and total. Callers judge the host of every URL ([`judge_url`]), every resolved address before
//! connecting, and the address actually connected to ([`judge`]).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use url::{Host, Url};

mod table;

/// The address a URL names without asking a name server: a literal, or loopback for `localhost` and names below it
/// (RFC 6761 section 6.3).
#[must_use]
pub fn literal(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(ip) => Some(IpAddr::V4(ip)),
        Host::Ipv6(ip) => Some(IpAddr::V6(ip)),
        Host::Domain(name) => is_localhost(name).then_some(IpAddr::V4(Ipv4Addr::LOCALHOST)),
    }
}

/// Judges an address about to be connected to, or connected to. `allow` opens ranges.
///
/// # Errors
/// Why it is refused, for `explain`.
pub fn judge(ip: IpAddr, allow: &[IpNet]) -> Result<(), &'static str> {
    let plain = ip.to_canonical();
    if allow.iter().any(|net| net.contains(&ip) || net.contains(&plain)) {
        return Ok(());
    }
    match plain {
        IpAddr::V4(ip) => judge_v4(ip),
        IpAddr::V6(ip) => judge_v6(ip, allow),
    }
}

fn judge_v4(ip: Ipv4Addr) -> Result<(), &'static str> {
    let bits = ip.to_bits();
    let row = table::REFUSED_V4.iter().find(|row| bits & mask_v4(row.len) == row.base.to_bits());
    row.map_or(Ok(()), |row| Err(row.reason))
}

fn judge_v6(ip: Ipv6Addr, allow: &[IpNet]) -> Result<(), &'static str> {
    if let Some(embedded) = table::embedded_v4(ip) {
        return judge(IpAddr::V4(embedded), allow);
    }
    let bits = ip.to_bits();
    let row = table::REFUSED_V6.iter().find(|row| bits & mask_v6(row.len) == row.base.to_bits());
    row.map_or(Ok(()), |row| Err(row.reason))
}

const fn mask_v4(len: u32) -> u32 {
    if len == 0 { 0 } else { u32::MAX << (32 - len) }
}

const fn mask_v6(len: u32) -> u128 {
    if len == 0 { 0 } else { u128::MAX << (128 - len) }
}

/// Judges what can be judged of a URL before resolving: scheme, credentials, port, host name, literal address.
/// `pinned` says that `[network] resolve` covers the name, which makes any name acceptable.
///
/// # Errors
/// Why it is refused, for `explain`.
pub fn judge_url(url: &Url, allow: &[IpNet], pinned: bool) -> Result<(), &'static str> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err("the scheme is neither http nor https");
    }
    if let Some(port) = url.port() {
        judge_port(port)?;
    }
    match literal(url) {
        Some(ip) if !pinned => return judge(ip, allow),
        _ => {}
    }
    match url.host() {
        Some(Host::Domain(name)) if pinned => judge_shape(name),
        Some(Host::Domain(name)) => judge_shape(name).and_then(|()| judge_name(name)),
        Some(_) => Ok(()),
        None => Err("the URL has no host"),
    }
}

/// Port 0, the system ports (below 1024) that do not serve the web, the bad ports of the Fetch standard
/// (<https://fetch.spec.whatwg.org/#port-blocking>) and those of databases and cluster services.
fn judge_port(port: u16) -> Result<(), &'static str> {
    match port {
        80 | 81 | 443 | 591 => Ok(()),
        0 => Err("port 0 does not exist"),
        1..1024 => Err("the port belongs to a service that is not the web"),
        _ if table::REFUSED_PORTS.binary_search(&port).is_ok() => {
            Err("the port belongs to a service that is not the web")
        }
        _ => Ok(()),
    }
}

/// Lengths of a name and its labels (RFC 1035 section 2.3.4).
fn judge_shape(name: &str) -> Result<(), &'static str> {
    let name = name.strip_suffix('.').unwrap_or(name);
    if name.len() > 253 {
        return Err("the host name is longer than 253 characters");
    }
    if name.split('.').any(|label| label.is_empty() || label.len() > 63) {
        return Err("a label of the host name is empty or longer than 63 characters");
    }
    Ok(())
}

fn judge_name(name: &str) -> Result<(), &'static str> {
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    if !name.contains('.') {
        return Err("a host name without a dot is not on the public web");
    }
    let special = table::REFUSED_SUFFIXES.iter().any(|suffix| name.ends_with(suffix));
    if special { Err("the host name is reserved for private or special use") } else { Ok(()) }
}

pub(crate) fn is_localhost(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests;
