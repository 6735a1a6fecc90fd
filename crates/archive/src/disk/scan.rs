//! The groups of one segment, in order.
//!
//! Invariant: yields whole groups only; what follows the last whole one is a [`Fault`] that says where it begins.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use model::Position;

use crate::disk::names::SegmentName;
use crate::error::Error;
use crate::format::unpack::{Members, Trouble};
use crate::group::account::Account;
use crate::group::decode::{Part, Parts};
use crate::index::line::{self, Held};
use crate::store::{BODY_BYTES_MAX, Entry};

/// The most bytes of a record: the largest body and generous heads.
const RECORD_BYTES_MAX: usize = BODY_BYTES_MAX + 64 * 1024 * 1024;

/// Reads groups from some offset on.
#[derive(Debug)]
pub(crate) struct Groups {
    path: PathBuf,
    segment: u32,
    members: Members,
    whole: u64,
}

/// One whole group.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) at: Position,
    pub(crate) next: Position,
    /// Compressed length of its first record.
    pub(crate) first_bytes: u64,
    pub(crate) parts: Parts,
}

/// Why no further group can be had.
#[derive(Debug)]
pub(crate) enum Fault {
    /// From `offset` on there is no whole group.
    Broken { offset: u64, reason: String },
    /// The disk failed.
    Disk(io::Error),
}

impl Groups {
    /// Opens a segment at `offset`, which must be 0 or where a group begins.
    pub(crate) fn open(dir: &Path, name: SegmentName, offset: u64) -> Result<Self, Error> {
        let path = name.path(dir);
        let members = File::open(&path).and_then(|file| Members::new(file, offset, name.compression));
        let members = members.map_err(Error::io("open", &path))?;
        Ok(Self { path, segment: name.number, members, whole: offset })
    }

    /// Where the next group begins.
    pub(crate) fn offset(&self) -> u64 {
        self.members.offset()
    }

    /// Up to where everything read so far is whole.
    pub(crate) fn whole(&self) -> u64 {
        self.whole
    }

    /// The next group; `None` at the end of the file.
    pub(crate) fn next(&mut self) -> Result<Option<Group>, Fault> {
        loop {
            let at = self.members.offset();
            let Some(first) = self.part(at)? else { return Ok(None) };
            let first_bytes = self.members.offset() - at;
            let parts = match first.head.kind() {
                "warcinfo" if at == 0 => {
                    self.whole = self.members.offset();
                    continue;
                }
                "metadata" => Parts { response: None, request: None, account: account(&first, None, at)? },
                "response" | "revisit" => self.exchange(first, at)?,
                other => return Err(broken(at, format!("a group begins with a {other:?} record"))),
            };
            self.whole = self.members.offset();
            let place = |offset| Position { segment: self.segment, offset };
            return Ok(Some(Group { at: place(at), next: place(self.members.offset()), first_bytes, parts }));
        }
    }

    /// A fault as an error of the archive.
    pub(crate) fn error(&self, fault: Fault) -> Error {
        match fault {
            Fault::Broken { offset, reason } => Error::Damaged { path: self.path.clone(), offset, reason },
            Fault::Disk(source) => Error::io("read", &self.path)(source),
        }
    }

    /// The error of a group that is whole but does not make sense.
    pub(crate) fn damaged(&self, at: Position, reason: String) -> Error {
        self.error(broken(at.offset, reason))
    }

    fn exchange(&mut self, response: Part, at: u64) -> Result<Parts, Fault> {
        let cut = || broken(at, "the file ends inside a group".to_owned());
        let second = self.part(at)?.ok_or_else(cut)?;
        let (request, last) = if second.head.kind() == "request" {
            (Some(second), self.part(at)?.ok_or_else(cut)?)
        } else {
            (None, second)
        };
        let account = account(&last, Some(&response), at)?;
        Ok(Parts { response: Some(response), request, account })
    }

    /// The next record of the group that begins at `at`.
    fn part(&mut self, at: u64) -> Result<Option<Part>, Fault> {
        let member = match self.members.next(RECORD_BYTES_MAX) {
            Ok(Some(member)) => member,
            Ok(None) => return Ok(None),
            Err(Trouble::Cut) => return Err(broken(at, "the file ends inside a record".to_owned())),
            Err(Trouble::Damaged(reason)) => return Err(broken(at, reason)),
            Err(Trouble::Disk(source)) => return Err(Fault::Disk(source)),
        };
        Part::split(member).map(Some).map_err(|reason| broken(at, reason))
    }
}

impl Group {
    /// Its line of the index, if it has a response.
    pub(crate) fn entry(&self) -> Result<Option<Entry>, String> {
        let Some(response) = &self.parts.response else { return Ok(None) };
        let held = if response.head.kind() == "revisit" { Held::Elsewhere } else { Held::Here };
        let digest = response.head.get("WARC-Payload-Digest").unwrap_or("-").to_owned();
        let record = self.parts.clone().record(None)?;
        Ok(line::entry(&record, self.at, self.first_bytes, digest, held))
    }
}

fn broken(offset: u64, reason: String) -> Fault {
    Fault::Broken { offset, reason }
}

/// The metadata of a group, which must belong to its response.
fn account(part: &Part, response: Option<&Part>, at: u64) -> Result<Account, Fault> {
    if part.head.kind() != "metadata" {
        return Err(broken(at, format!("a group ends with a {:?} record", part.head.kind())));
    }
    let concerns = part.head.get("WARC-Concurrent-To");
    if concerns != response.and_then(|response| response.head.get("WARC-Record-ID")) {
        return Err(broken(at, "the metadata record belongs to another response".to_owned()));
    }
    Account::read(&part.block).map_err(|reason| broken(at, reason))
}
