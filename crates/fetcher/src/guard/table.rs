//! The refused ranges, names and ports, with where each comes from.
//!
//! Sources: IANA IPv4 and IPv6 Special-Purpose Address Registries (2026-11) without the rows they mark globally
//! reachable, and the RFCs named. Ranges inside others are not repeated.

use std::net::{Ipv4Addr, Ipv6Addr};

/// One refused range.
pub(super) struct Range<A> {
    pub(super) base: A,
    /// Prefix length in bits.
    pub(super) len: u32,
    pub(super) reason: &'static str,
}

const fn v4(base: [u8; 4], len: u32, reason: &'static str) -> Range<Ipv4Addr> {
    Range { base: Ipv4Addr::new(base[0], base[1], base[2], base[3]), len, reason }
}

const fn v6(base: u128, len: u32, reason: &'static str) -> Range<Ipv6Addr> {
    Range { base: Ipv6Addr::from_bits(base), len, reason }
}

pub(super) const REFUSED_V4: &[Range<Ipv4Addr>] = &[
    v4([0, 0, 0, 0], 8, "address of this network, 0.0.0.0/8 (RFC 791 section 3.2)"),
    v4([10, 0, 0, 0], 8, "private address, 10.0.0.0/8 (RFC 1918)"),
    v4([100, 64, 0, 0], 10, "carrier-grade NAT address, 100.64.0.0/10 (RFC 6598)"),
    v4([127, 0, 0, 0], 8, "loopback address, 127.0.0.0/8 (RFC 1122 section 3.2.1.3)"),
    v4([169, 254, 0, 0], 16, "link-local or metadata address, 169.254.0.0/16 (RFC 3927)"),
    v4([172, 16, 0, 0], 12, "private address, 172.16.0.0/12 (RFC 1918)"),
    v4([192, 0, 0, 0], 24, "protocol assignment, 192.0.0.0/24 (RFC 6890)"),
    v4([192, 0, 2, 0], 24, "documentation address, 192.0.2.0/24 (RFC 5737)"),
    v4([192, 88, 99, 0], 24, "6to4 relay address, 192.88.99.0/24 (RFC 7526)"),
    v4([192, 168, 0, 0], 16, "private address, 192.168.0.0/16 (RFC 1918)"),
    v4([198, 18, 0, 0], 15, "benchmarking address, 198.18.0.0/15 (RFC 2544)"),
    v4([198, 51, 100, 0], 24, "documentation address, 198.51.100.0/24 (RFC 5737)"),
    v4([203, 0, 113, 0], 24, "documentation address, 203.0.113.0/24 (RFC 5737)"),
    v4([224, 0, 0, 0], 4, "multicast address, 224.0.0.0/4 (RFC 5771)"),
    v4([240, 0, 0, 0], 4, "reserved or broadcast address, 240.0.0.0/4 (RFC 1112 section 4, RFC 919)"),
];

pub(super) const REFUSED_V6: &[Range<Ipv6Addr>] = &[
    v6(0, 96, "unspecified, loopback or IPv4-compatible address, ::/96 (RFC 4291 section 2.5)"),
    v6(0x0064_ff9b_0001 << 80, 48, "local NAT64 address, 64:ff9b:1::/48 (RFC 8215)"),
    v6(0x0100 << 112, 64, "discard-only address, 100::/64 (RFC 6666)"),
    v6((0x0100 << 112) | (1 << 64), 64, "dummy prefix, 100:0:0:1::/64 (RFC 9780)"),
    v6(
        0x2001 << 112,
        23,
        "protocol assignment (Teredo, benchmarking, ORCHID, …), 2001::/23 (RFC 2928, RFC 4380)",
    ),
    v6(0x2001_0db8 << 96, 32, "documentation address, 2001:db8::/32 (RFC 3849)"),
    v6(0x3fff << 112, 20, "documentation address, 3fff::/20 (RFC 9637)"),
    v6(0x5f00 << 112, 16, "segment routing address, 5f00::/16 (RFC 9602)"),
    v6(0xfc00 << 112, 7, "unique local address, fc00::/7 (RFC 4193)"),
    v6(0xfe80 << 112, 10, "link-local address, fe80::/10 (RFC 4291 section 2.5.6)"),
    v6(0xfec0 << 112, 10, "site-local address, fec0::/10 (RFC 3879)"),
    v6(0xff00 << 112, 8, "multicast address, ff00::/8 (RFC 4291 section 2.7)"),
];

/// The IPv4 address that packets to an IPv6 address end at: NAT64 `64:ff9b::/96` (RFC 6052 section 2.2) and 6to4 `2002::/16`
/// (RFC 3056). IPv4-mapped addresses (RFC 4291 section 2.5.5.2) are unwrapped before.
pub(super) fn embedded_v4(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let bits = ip.to_bits();
    if bits >> 32 == 0x0064_ff9b << 64 {
        return Some(Ipv4Addr::from_bits((bits & 0xffff_ffff) as u32));
    }
    (bits >> 112 == 0x2002).then(|| Ipv4Addr::from_bits(((bits >> 80) & 0xffff_ffff) as u32))
}

/// Names of special use: RFC 6761, 6762 (`local`), 7686 (`onion`), 8375 (`home.arpa`, here all of `arpa`), 9476 (`alt`),
/// ICANN's `internal` (2024), ICANN's never-delegated `corp`, `home`, `mail` (2018), and what clusters and routers use.
pub(super) const REFUSED_SUFFIXES: &[&str] = &[
    ".alt",
    ".arpa",
    ".cluster.local",
    ".corp",
    ".home",
    ".internal",
    ".intranet",
    ".invalid",
    ".lan",
    ".local",
    ".localdomain",
    ".localhost",
    ".mail",
    ".onion",
    ".private",
    ".svc",
];

/// Ports from 1024 up, ascending: the Fetch standard's, and those of databases, caches, orchestrators, remote desktops.
pub(super) const REFUSED_PORTS: &[u16] = &[
    1433, 1521, 1719, 1720, 1723, 2049, 2181, 2375, 2376, 2379, 2380, 3306, 3389, 3659, 4190, 4369, 5060,
    5061, 5432, 5672, 5900, 5984, 5985, 5986, 6000, 6379, 6443, 6566, 6665, 6666, 6667, 6668, 6669, 6679,
    6697, 8500, 9042, 9092, 9200, 9300, 10080, 10250, 10255, 10256, 11211, 26379, 27017,
];
