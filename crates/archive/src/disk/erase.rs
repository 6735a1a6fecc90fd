//! Erasing URLs for good.
//!
//! Invariant: segments are rewritten from the last to the first, each by one rename. A reference always points to an
//! earlier group, so a survivor has its own copy of a payload before the doomed one disappears, whenever a kill falls.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _, SeekFrom, Write as _};

use model::{FetchRecord, Position};

use crate::disk::archive::WarcArchive;
use crate::disk::catalog::{Catalog, Closed};
use crate::disk::names::{self, SegmentName};
use crate::disk::scan::{Group, Groups};
use crate::error::Error;
use crate::format::digest;
use crate::group::decode::Part;
use crate::group::encode::{Earlier, Encoder, Form, is_not_modified};
use crate::index::closed::ClosedIndex;
use crate::index::line::{self, Held};
use crate::store::{Erased, Reach, is_doomed};

/// What becomes of a group; most are kept as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Its URL is doomed.
    Drop,
    /// It survives, but refers to something doomed.
    Rewrite,
}

type Fates = BTreeMap<u64, Fate>;

pub(super) fn erase(
    archive: &mut WarcArchive,
    doomed: &dyn Fn(&str) -> bool,
    reach: Reach,
) -> Result<Erased, Error> {
    if archive.catalog.active.as_ref().is_some_and(|active| !active.is_blank) {
        archive.close_active()?;
        archive.begin()?;
    }
    archive.recent.clear();
    let mut erased = Erased { end: archive.catalog.end(), ..Erased::default() };
    let mut first_error = None;
    let numbers: Vec<u32> = archive.catalog.closed.keys().rev().copied().collect();
    for number in numbers {
        match segment(&mut archive.catalog, number, doomed, reach, &mut erased) {
            Ok(()) => {}
            // One unreadable segment must not keep the others from being cleaned.
            Err(error @ Error::Damaged { .. }) => first_error = first_error.or(Some(error)),
            Err(error) => return Err(error),
        }
    }
    let dir = &archive.catalog.dir;
    let tidy = names::remove_all(dir, ".torn").and_then(|()| names::remove_all(dir, ".tmp"));
    tidy.and_then(|()| names::sync_dir(dir)).map_err(Error::io("tidy", dir))?;
    first_error.map_or(Ok(erased), Err)
}

fn segment(
    catalog: &mut Catalog,
    number: u32,
    doomed: &dyn Fn(&str) -> bool,
    reach: Reach,
    erased: &mut Erased,
) -> Result<(), Error> {
    let Some((name, _)) = catalog.extent(number) else { return Ok(()) };
    let fates = survey(catalog, name, doomed, reach)?;
    if fates.is_empty() {
        return Ok(());
    }
    let temporary = catalog.dir.join(format!("{}.tmp", name.file_name()));
    let mut rewriting = Rewriting::begin(catalog, name, &temporary)?;
    rewriting.run(&fates, doomed, reach)?;
    let Rewriting { lines, bytes, out, .. } = rewriting;
    out.sync_all().map_err(Error::io("sync", &temporary))?;
    let (path, index_path) = (name.path(&catalog.dir), name.closed_index(&catalog.dir));
    // Without an index a kill here costs a rebuild; with the old one it would leave the URL in it.
    std::fs::remove_file(&index_path).map_err(Error::io("remove", &index_path))?;
    std::fs::rename(&temporary, &path).map_err(Error::io("replace", &path))?;
    let index =
        ClosedIndex::create(&index_path, &lines, number, bytes).map_err(Error::io("write", &index_path))?;
    names::sync_dir(&catalog.dir).map_err(Error::io("sync", &catalog.dir))?;
    catalog.closed.insert(number, Closed { name, bytes, index });
    let dropped = fates.values().filter(|fate| **fate == Fate::Drop).count() as u64;
    erased.records += dropped;
    erased.rewritten += fates.len() as u64 - dropped;
    erased.segments += 1;
    Ok(())
}

/// The groups of a segment that cannot stay as they are.
fn survey(
    catalog: &Catalog,
    name: SegmentName,
    doomed: &dyn Fn(&str) -> bool,
    reach: Reach,
) -> Result<Fates, Error> {
    let mut fates = Fates::new();
    let mut groups = Groups::open(&catalog.dir, name, 0)?;
    while let Some(group) = groups.next().map_err(|fault| groups.error(fault))? {
        let account = &group.parts.account;
        let refers = (reach == Reach::Names && account.visit.via.as_deref().is_some_and(doomed))
            || account.payload.as_ref().is_some_and(|payload| doomed(&payload.url));
        if is_doomed(&account.visit.url, &account.outcome, doomed, reach) {
            fates.insert(group.at.offset, Fate::Drop);
        } else if refers {
            fates.insert(group.at.offset, Fate::Rewrite);
        }
    }
    Ok(fates)
}

/// A segment being written anew.
struct Rewriting<'a> {
    catalog: &'a Catalog,
    name: SegmentName,
    source: File,
    out: File,
    /// Written so far.
    bytes: u64,
    lines: Vec<u8>,
    encoder: Encoder,
    temporary: &'a std::path::Path,
}

impl<'a> Rewriting<'a> {
    fn begin(catalog: &'a Catalog, name: SegmentName, temporary: &'a std::path::Path) -> Result<Self, Error> {
        let path = name.path(&catalog.dir);
        Ok(Self {
            catalog,
            name,
            source: File::open(&path).map_err(Error::io("open", &path))?,
            out: File::create(temporary).map_err(Error::io("create", temporary))?,
            bytes: 0,
            lines: Vec::new(),
            encoder: Encoder::new(name.compression).map_err(Error::io("prepare compression for", &path))?,
            temporary,
        })
    }

    fn run(&mut self, fates: &Fates, doomed: &dyn Fn(&str) -> bool, reach: Reach) -> Result<(), Error> {
        let mut groups = Groups::open(&self.catalog.dir, self.name, 0)?;
        let mut is_first = true;
        while let Some(group) = groups.next().map_err(|fault| groups.error(fault))? {
            if is_first {
                self.copy(0, group.at.offset)?;
                is_first = false;
            }
            match fates.get(&group.at.offset) {
                Some(Fate::Drop) => {}
                Some(Fate::Rewrite) => self.rewrite(&group, &groups, doomed, reach)?,
                None => {
                    let at = Position { segment: self.name.number, offset: self.bytes };
                    let entry = group.entry().map_err(|reason| groups.damaged(group.at, reason))?;
                    if let Some(entry) = entry {
                        self.index(&crate::store::Entry { at, ..entry });
                    }
                    self.copy(group.at.offset, group.next.offset)?;
                }
            }
        }
        Ok(())
    }

    /// Copies bytes unchanged.
    fn copy(&mut self, from: u64, to: u64) -> Result<(), Error> {
        let copied = self.source.seek(SeekFrom::Start(from)).and_then(|_| {
            let mut piece = BufReader::new(&self.source).take(to - from);
            io::copy(&mut piece, &mut self.out)
        });
        self.bytes += copied.map_err(Error::io("write", self.temporary))?;
        Ok(())
    }

    /// Writes a survivor again without its doomed references.
    fn rewrite(
        &mut self,
        group: &Group,
        groups: &Groups,
        doomed: &dyn Fn(&str) -> bool,
        reach: Reach,
    ) -> Result<(), Error> {
        let damaged = |reason| groups.damaged(group.at, reason);
        let payload = match group.parts.elsewhere() {
            None => None,
            Some(wanted) => {
                let missing = || damaged(format!("the payload it shares with {} is missing", wanted.url));
                Some(self.catalog.payload(wanted)?.ok_or_else(missing)?)
            }
        };
        let kept = reference(group).filter(|earlier| !doomed(&earlier.url));
        let mut record = group.parts.clone().record(payload).map_err(damaged)?;
        record.visit.via = record.visit.via.filter(|via| reach == Reach::Visits || !doomed(via));
        self.append(&record, kept.as_ref())
    }

    fn append(&mut self, record: &FetchRecord, earlier: Option<&Earlier>) -> Result<(), Error> {
        let at = Position { segment: self.name.number, offset: self.bytes };
        let sum = digest::sha1(record.response().map_or(&[][..], |response| &response.body.raw));
        let form = match (record.response(), earlier) {
            (Some(response), earlier) if is_not_modified(response) => Form::NotModified(earlier),
            (_, Some(earlier)) => Form::Identical(earlier),
            (_, None) => Form::Whole,
        };
        let mut bytes = Vec::new();
        let written = self.encoder.group(record, at, &sum, form, &mut bytes);
        let written = written.and_then(|written| self.out.write_all(&bytes).map(|()| written));
        let written = written.map_err(Error::io("write", self.temporary))?;
        let held = if matches!(form, Form::Whole) { Held::Here } else { Held::Elsewhere };
        let digest = earlier.map_or_else(|| digest::text(&sum), |earlier| earlier.digest.clone());
        if let Some(entry) = line::entry(record, at, written.response_bytes, digest, held) {
            self.index(&entry);
        }
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    fn index(&mut self, entry: &crate::store::Entry) {
        self.lines.extend_from_slice(line::print(entry, &self.name.file_name()).as_bytes());
    }
}

/// The earlier record that a revisit names.
fn reference(group: &Group) -> Option<Earlier> {
    let Part { head, .. } = group.parts.response.as_ref()?;
    let date = head.get("WARC-Refers-To-Date")?.parse().ok()?;
    let digest = head.get("WARC-Payload-Digest")?.to_owned();
    let (segment, url) = match group.parts.elsewhere() {
        Some(payload) => (payload.segment, payload.url.clone()),
        // A 304 confirms a copy of its own URL; no segment is kept for it.
        None => (0, group.parts.account.visit.url.clone()),
    };
    Some(Earlier { segment, url, date, digest })
}
