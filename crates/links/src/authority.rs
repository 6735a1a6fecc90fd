//! How much a site is worth by who links to it: `PageRank` over registrable domains.
//!
//! Each pair of sites counts once, however many pages and links connect them, and links within a site not at all: a farm of
//! pages raises nothing. Memory: at most [`PAIRS_MAX`] pairs of 16 bytes and 32 bytes a site; where there are more pairs, every
//! other citing site is left out, chosen by its hash, until they fit.
//!
//! Invariant: the same graph gives the same values, however its pages are spread over segments.

use std::collections::BTreeSet;
use std::path::Path;

use model::{Timestamp, UrlKey};
use sha2::{Digest, Sha256};
use tantivy::columnar::Column;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, SegmentReader, TERMINATED};

use crate::error::Error;
use crate::graph::Graph;
use crate::layout;

/// How much of its worth a site passes on (Brin and Page 1998).
const DAMPING: f64 = 0.85;
/// Rounds; the error left is under `DAMPING` to this power, 0.03 %.
const ROUNDS: usize = 50;
/// An authority of 1 is worth this many uncited sites. A fixed scale, so that a value does not change because another site
/// becomes famous.
const FULL: f64 = 10_000.0;
/// Pairs of sites held at a time: 128 MB.
const PAIRS_MAX: usize = 8_000_000;

/// "SLAU" and the version of the file; then the second it was worked out in, and the entries.
const HEAD: [u8; 8] = *b"SLAU\x01\0\0\0";
/// Six bytes of the site's hash, four of its value.
const ENTRY_BYTES: usize = 10;

/// The authority of every site that is known, 0 to 1.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Authority {
    /// When it was worked out.
    made: Timestamp,
    /// Sites as the first six bytes of their keys, ascending.
    sites: Vec<(u64, f32)>,
}

/// Pairs (citing, cited), kept within their bound.
struct Pairs {
    held: Vec<(u64, u64)>,
    max: usize,
    /// Only sites whose number ends in so many zero bits are citing ones.
    halvings: u32,
}

impl Pairs {
    fn takes(&self, site: u64) -> bool {
        site.trailing_zeros() >= self.halvings
    }

    fn push(&mut self, from: u64, to: u64) {
        self.held.push((from, to));
        if self.held.len() < self.max {
            return;
        }
        self.tidy();
        // Half of the room at least, so that tidying pays.
        while self.held.len() > self.max / 2 {
            self.halvings += 1;
            let pairs = std::mem::take(&mut self.held);
            self.held = pairs.into_iter().filter(|(from, _)| self.takes(*from)).collect();
        }
    }

    fn tidy(&mut self) {
        self.held.sort_unstable();
        self.held.dedup();
    }
}

impl Authority {
    /// Works it out from the links of a graph.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn of_graph(graph: &Graph, now: Timestamp) -> Result<Self, Error> {
        let mut crawled = BTreeSet::new();
        let mut pairs = Pairs { held: Vec::new(), max: PAIRS_MAX, halvings: 0 };
        for segment in graph.searcher()?.segment_readers() {
            let sites =
                segment.fast_fields().u64(layout::SITE).map_err(Error::engine("read", graph.dir()))?;
            let alive = segment.doc_ids_alive();
            crawled.extend(alive.filter_map(|doc| sites.first(doc)));
            read_pairs(graph, segment, &sites, &mut pairs)?;
        }
        pairs.tidy();
        if pairs.halvings > 0 {
            tracing::warn!(
                halvings = pairs.halvings,
                "more pairs of sites than fit; authority is worked out from a sample"
            );
        }
        Ok(Self { made: now, sites: of_pairs(&pairs.held, &crawled) })
    }

    /// Of a site (registrable domain); 0 for one nobody is known to link to.
    #[must_use]
    pub fn of(&self, site: &str) -> f32 {
        let number = layout::site_of(&UrlKey::of_site(site));
        self.sites.binary_search_by_key(&number, |(site, _)| *site).map_or(0.0, |at| self.sites[at].1)
    }

    /// When it was worked out.
    #[must_use]
    pub fn made(&self) -> Timestamp {
        self.made
    }

    /// How many sites have one.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sites.len()
    }

    /// Whether no site has one.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sites.is_empty()
    }

    /// Writes it beside the graph in `dir`, in place of the one before.
    ///
    /// # Errors
    /// When the disk fails; then the one before stays.
    pub fn save(&self, dir: &Path) -> Result<(), Error> {
        let mut bytes = HEAD.to_vec();
        bytes.extend_from_slice(&self.made.as_second().to_le_bytes());
        for (site, value) in &self.sites {
            bytes.extend_from_slice(&site.to_be_bytes()[2..]);
            bytes.extend_from_slice(&value.to_le_bytes());
        }
        let sum = Sha256::digest(&bytes);
        bytes.extend_from_slice(&sum);
        std::fs::create_dir_all(dir).map_err(Error::io("create", dir))?;
        layout::replace(&layout::authority_path(dir), &bytes)
    }

    /// Reads what was saved in `dir`; none if nothing was.
    ///
    /// # Errors
    /// When it is damaged, or the disk fails.
    pub fn load(dir: &Path) -> Result<Option<Self>, Error> {
        let path = layout::authority_path(dir);
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(Error::io("read", &path)(e)),
        };
        let whole = bytes.split_last_chunk::<32>().filter(|(body, sum)| Sha256::digest(body)[..] == sum[..]);
        let (body, _) = whole.ok_or_else(|| Error::damaged(&path, &"its checksum is wrong"))?;
        let rest = body.strip_prefix(&HEAD).and_then(<[u8]>::split_first_chunk::<8>);
        let (made, entries) = rest.ok_or_else(|| Error::damaged(&path, &"it is of another version"))?;
        let entry = |entry: &[u8]| {
            let (site, value) = entry.split_at(6);
            Some((layout::site_of(site), f32::from_le_bytes(value.try_into().ok()?)))
        };
        let made =
            Timestamp::from_second(i64::from_le_bytes(*made)).map_err(|e| Error::damaged(&path, &e))?;
        Ok(Some(Self { made, sites: entries.chunks_exact(ENTRY_BYTES).filter_map(entry).collect() }))
    }
}

/// From pairs in ascending order, and the sites that pages were fetched of.
fn of_pairs(pairs: &[(u64, u64)], crawled: &BTreeSet<u64>) -> Vec<(u64, f32)> {
    let mut sites: Vec<u64> = pairs.iter().map(|(_, to)| *to).chain(crawled.iter().copied()).collect();
    sites.sort_unstable();
    sites.dedup();
    let place = |site: u64| sites.binary_search(&site).unwrap_or_default();
    // What a site has of itself; a site we have seen nothing of is worth what is passed on to it.
    let own: Vec<f64> = sites.iter().map(|site| f64::from(u8::from(crawled.contains(site)))).collect();
    let mut worth = own.clone();
    for _ in 0..ROUNDS {
        let mut next = own.clone();
        for citing in pairs.chunk_by(|a, b| a.0 == b.0) {
            let share = DAMPING * worth[place(citing[0].0)] / citing.len() as f64;
            for (_, cited) in citing {
                next[place(*cited)] += share;
            }
        }
        worth = next;
    }
    let value = |worth: f64| (worth.max(1.0).ln() / FULL.ln()).min(1.0);
    #[expect(clippy::cast_possible_truncation, reason = "a value from 0 to 1")]
    let valued = sites.iter().zip(&worth).map(|(site, worth)| (*site, value(*worth) as f32)).collect();
    valued
}

/// The pairs of one segment: its targets come in the order of their sites.
fn read_pairs(
    graph: &Graph,
    segment: &SegmentReader,
    sites: &Column<u64>,
    pairs: &mut Pairs,
) -> Result<(), Error> {
    let index = segment.inverted_index(graph.target_field()).map_err(Error::engine("read", graph.dir()))?;
    let failed = |e| Error::io("read", graph.dir())(e);
    let mut targets = index.terms().stream().map_err(failed)?;
    let mut cited = 0;
    let mut citing = BTreeSet::new();
    while targets.advance() {
        let site = layout::site_of(targets.key());
        if site != cited {
            for from in std::mem::take(&mut citing) {
                pairs.push(from, cited);
            }
            cited = site;
        }
        let mut postings =
            index.read_postings_from_terminfo(targets.value(), IndexRecordOption::Basic).map_err(failed)?;
        let mut doc = postings.doc();
        while doc != TERMINATED {
            let from = sites.first(doc).unwrap_or(site);
            if from != site && pairs.takes(from) && !segment.is_deleted(doc) {
                citing.insert(from);
            }
            doc = postings.advance();
        }
    }
    for from in citing {
        pairs.push(from, cited);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
