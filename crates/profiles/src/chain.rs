//! A log whose lines vouch for each other.
//!
//! Invariant: every line carries an HMAC over the line before it and itself, under a key that lies with the keys; the last one is
//! also kept there, in a file of its own. A line that was altered, removed, moved or cut off is found by [`Chain::verify`].

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use data_encoding::HEXLOWER;
use model::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::secret::Key;
use crate::{Error, database};

/// What the HMAC of a line is led by.
const MAC_FIELD: &str = ",\"mac\":\"";
/// Longest line read, bytes; ours have a few hundred.
const LINE_MAX: u64 = 1024 * 1024;

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Which part: `audit`, `rows`, `keys`, …
    pub kind: String,
    /// Where.
    pub subject: String,
    /// What.
    pub detail: String,
}

/// A log and the file of its head.
#[derive(Debug)]
pub(crate) struct Chain {
    log: PathBuf,
    head: PathBuf,
    key: Key,
    /// One thread of this process at a time; other processes are kept out by a lock on the head.
    turn: Mutex<()>,
}

/// Where the log ends, and where it begins since lines were dropped by retention.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Head {
    first: u64,
    before_first: String,
    next: u64,
    last: String,
    bytes: u64,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line<T> {
    /// Its number, without gaps.
    pub seq: u64,
    /// When it was written.
    pub at: Timestamp,
    /// What it says.
    #[serde(flatten)]
    pub entry: T,
}

impl Chain {
    /// The log `dir/NAME.ndjson` with its head in `keys_dir`.
    pub(crate) fn new(dir: &Path, keys_dir: &Path, name: &str, key: &Key) -> Self {
        Self {
            log: dir.join(format!("{name}.ndjson")),
            head: keys_dir.join(format!("{name}.head")),
            key: key.derive(name),
            turn: Mutex::new(()),
        }
    }

    /// Adds a line; returns its number. It is with the operating system when this returns.
    pub(crate) fn append(&self, at: Timestamp, entry: &impl Serialize) -> Result<u64, Error> {
        self.locked(|head_file, mut head| {
            let mut log = database::file(&self.log)?;
            self.catch_up(&mut log, &mut head)?;
            let seq = head.next;
            let body = serde_json::to_string(&Line { seq, at, entry }).map_err(|_| Error::damaged("log"))?;
            let mac = self.mac(&head.last, &body);
            let line = format!("{}{MAC_FIELD}{mac}\"}}\n", body.strip_suffix('}').unwrap_or(&body));
            log.seek(SeekFrom::End(0)).map_err(Error::io("read", &self.log))?;
            log.write_all(line.as_bytes()).map_err(Error::io("write", &self.log))?;
            head.bytes = log.stream_position().map_err(Error::io("read", &self.log))?;
            head.next = seq + 1;
            head.last = mac;
            self.write_head(head_file, &head)?;
            Ok(seq)
        })
    }

    /// The file of the log.
    pub(crate) fn path(&self) -> &Path {
        &self.log
    }

    /// The lines since an instant, the latest `limit` of them, in order.
    pub(crate) fn read<T: DeserializeOwned>(
        &self,
        since: Timestamp,
        limit: usize,
    ) -> Result<Vec<Line<T>>, Error> {
        let mut found = std::collections::VecDeque::new();
        for line in self.lines()? {
            let Some(line) = serde_json::from_str::<Line<T>>(&line?).ok().filter(|line| line.at >= since)
            else {
                continue;
            };
            if found.len() == limit {
                found.pop_front();
            }
            found.push_back(line);
        }
        Ok(found.into())
    }

    /// Every place where the log is not what was written.
    pub(crate) fn verify(&self, kind: &str) -> Result<Vec<Finding>, Error> {
        self.locked(|_, head| {
            let mut findings = Vec::new();
            let mut find = |subject: String, detail: &str| {
                findings.push(Finding { kind: kind.to_owned(), subject, detail: detail.to_owned() });
            };
            let (mut seq, mut last) = (head.first, head.before_first.clone());
            for line in self.lines()? {
                match self.check(&last, seq, &line?) {
                    Ok(mac) => last = mac,
                    Err((mac, problem)) => {
                        find(format!("line {seq}"), problem);
                        last = mac;
                    }
                }
                seq += 1;
            }
            if seq < head.next || (seq == head.next && last != head.last) {
                find("end".to_owned(), "lines were removed");
            }
            Ok(findings)
        })
    }

    /// Drops lines from before an instant; the chain of the rest is carried over. Returns how many.
    pub(crate) fn expire(&self, before: Timestamp) -> Result<u64, Error> {
        #[derive(Deserialize)]
        struct At {
            at: Timestamp,
        }
        let is_old = |line: &str| serde_json::from_str::<At>(line).is_ok_and(|line| line.at < before);
        self.locked(|head_file, mut head| {
            // Asked every minute, and nearly always there is nothing: the first line tells.
            if !self.lines()?.next().transpose()?.is_some_and(|first| is_old(&first)) {
                return Ok(0);
            }
            let mut log = database::file(&self.log)?;
            self.catch_up(&mut log, &mut head)?;
            let mut dropped = 0;
            let mut rest = Vec::new();
            for line in self.lines()? {
                let line = line?;
                if rest.is_empty() && is_old(&line) {
                    dropped += 1;
                    head.first += 1;
                    mac_of(&line).unwrap_or_default().clone_into(&mut head.before_first);
                } else {
                    rest.extend_from_slice(line.as_bytes());
                    rest.push(b'\n');
                }
            }
            if dropped > 0 {
                let temporary = self.log.with_extension("new");
                let mut file = database::file(&temporary)?;
                let replaced = file
                    .set_len(0)
                    .and_then(|()| file.write_all(&rest))
                    .and_then(|()| file.sync_all())
                    .and_then(|()| std::fs::rename(&temporary, &self.log));
                replaced.map_err(Error::io("write", &self.log))?;
                head.bytes = rest.len() as u64;
                self.write_head(head_file, &head)?;
            }
            Ok(dropped)
        })
    }

    /// Takes over what a process wrote that died before it could move the head, and cuts off what it left half written.
    fn catch_up(&self, log: &mut File, head: &mut Head) -> Result<(), Error> {
        let read = Error::io("read", &self.log);
        let mut rest = Vec::new();
        log.seek(SeekFrom::Start(head.bytes)).and_then(|_| log.read_to_end(&mut rest)).map_err(read)?;
        for line in rest.split_inclusive(|byte| *byte == b'\n') {
            let text = std::str::from_utf8(line).ok().and_then(|text| text.strip_suffix('\n'));
            let Some(text) = text else {
                log.set_len(head.bytes).map_err(Error::io("write", &self.log))?;
                break;
            };
            // Whatever does not follow stays in place for `verify` to find.
            let Ok(mac) = self.check(&head.last, head.next, text) else { break };
            head.last = mac;
            head.next += 1;
            head.bytes += line.len() as u64;
        }
        Ok(())
    }

    /// The line's HMAC if it follows; else the one it carries, so that the check can go on behind it, and what is wrong.
    fn check<'a>(&self, last: &str, seq: u64, line: &'a str) -> Result<String, (String, &'a str)> {
        #[derive(Deserialize)]
        struct Seq {
            seq: u64,
        }
        let Some(mac) = mac_of(line) else { return Err((String::new(), "no line of this log")) };
        let body = format!("{}}}", &line[..line.len() - mac.len() - MAC_FIELD.len() - 2]);
        if self.mac(last, &body) != mac {
            return Err((mac.to_owned(), "altered, or a line before it was removed or moved"));
        }
        match serde_json::from_str::<Seq>(&body) {
            Ok(found) if found.seq == seq => Ok(mac.to_owned()),
            _ => Err((mac.to_owned(), "out of order")),
        }
    }

    fn mac(&self, last: &str, body: &str) -> String {
        HEXLOWER.encode(&self.key.mac(&[last.as_bytes(), body.as_bytes()]))
    }

    fn lines(&self) -> Result<impl Iterator<Item = Result<String, Error>>, Error> {
        let mut log = BufReader::new(database::file(&self.log)?);
        Ok(std::iter::from_fn(move || {
            let mut line = String::new();
            match (&mut log).take(LINE_MAX).read_line(&mut line) {
                Ok(0) => None,
                Ok(_) => {
                    line.truncate(line.trim_end_matches('\n').len());
                    Some(Ok(line))
                }
                // Bytes that are no text: a line that fits nothing.
                Err(e) if e.kind() == std::io::ErrorKind::InvalidData => Some(Ok(String::new())),
                Err(e) => Some(Err(Error::io("read", Path::new("the log"))(e))),
            }
        }))
    }

    fn locked<T>(&self, work: impl FnOnce(&mut File, Head) -> Result<T, Error>) -> Result<T, Error> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let mut file = database::file(&self.head)?;
        file.lock().map_err(Error::io("lock", &self.head))?;
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(Error::io("read", &self.head))?;
        let head = match text.trim_end() {
            "" => Head::default(),
            text => serde_json::from_str(text).map_err(|_| Error::damaged("log head"))?,
        };
        // The lock goes with the file.
        work(&mut file, head)
    }

    fn write_head(&self, file: &mut File, head: &Head) -> Result<(), Error> {
        // One write, padded to one length: never a mix of two heads.
        let text = format!("{:<511}\n", serde_json::to_string(head).map_err(|_| Error::damaged("log head"))?);
        file.seek(SeekFrom::Start(0))
            .and_then(|_| file.write_all(text.as_bytes()))
            .map_err(Error::io("write", &self.head))
    }
}

/// The HMAC a line carries.
fn mac_of(line: &str) -> Option<&str> {
    let (_, mac) = line.strip_suffix("\"}")?.rsplit_once(MAC_FIELD)?;
    (mac.len() == 64).then_some(mac)
}
