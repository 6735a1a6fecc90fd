//! The records of a WARC file, one after another.
//!
//! Invariant: heads are bounded, blocks are read only as far as asked; a file that ends early or is not WARC is one
//! [`Stop`] that says where.

use std::io::{self, Read};

use crate::format::header::{HEAD_BYTES_MAX, Head, excerpt};
use crate::import::stream::Stream;

/// How far to look for the next record behind a block that is longer than it says.
const REMAINDER_BYTES_MAX: usize = 64 * 1024;

/// A record whose block is still to be read or skipped.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) offset: u64,
    pub(crate) head: Head,
    pub(crate) length: u64,
}

/// Why reading ends.
#[derive(Debug)]
pub(crate) struct Stop {
    pub(crate) offset: u64,
    pub(crate) cause: Cause,
}

#[derive(Debug)]
pub(crate) enum Cause {
    /// The file ends inside the record that begins at the offset.
    Cut,
    /// The bytes there are not WARC.
    Wrong(String),
    /// Reading failed.
    Disk(io::Error),
}

/// Reads records.
pub(crate) struct Records<R: Read> {
    stream: Stream<R>,
    /// Where the current record began.
    offset: u64,
    any: bool,
    remainders: u64,
}

impl<R: Read> Records<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self { stream: Stream::new(reader), offset: 0, any: false, remainders: 0 }
    }

    /// The next record's head; `None` at the end of the file.
    pub(crate) fn next(&mut self) -> Result<Option<Record>, Stop> {
        if !self.skip_line_breaks()? {
            return if self.any {
                Ok(None)
            } else {
                Err(self.stop(Cause::Wrong("the file is empty".to_owned())))
            };
        }
        let mut bytes = Vec::new();
        let whole = self.read_line(&mut bytes)?;
        if !is_version(&bytes) {
            let cause = not_warc(&bytes);
            if !self.any || !whole || !self.find_version(&mut bytes)? {
                return Err(self.stop(cause));
            }
        }
        loop {
            let start = bytes.len();
            if !self.read_line(&mut bytes)? {
                return Err(self.stop(Cause::Cut));
            }
            if bytes[start..].iter().all(|byte| matches!(byte, b'\r' | b'\n')) {
                break;
            }
        }
        let head = Head::parse(&bytes).map_err(|reason| self.stop(Cause::Wrong(reason)))?;
        let length = head.content_length().map_err(|reason| self.stop(Cause::Wrong(reason)))?;
        self.any = true;
        Ok(Some(Record { offset: self.offset, head, length }))
    }

    /// The block of the record just begun: at most `max` bytes of it, and whether that was all.
    pub(crate) fn block(&mut self, length: u64, max: usize) -> Result<(Vec<u8>, bool), Stop> {
        let mut block = Vec::new();
        let wanted = length.min(max as u64);
        self.take(wanted, |piece| block.extend_from_slice(piece))?;
        self.take(length - wanted, |_| ())?;
        Ok((block, length == wanted))
    }

    /// Passes over the block of the record just begun.
    pub(crate) fn skip(&mut self, length: u64) -> Result<(), Stop> {
        self.take(length, |_| ())
    }

    fn take(&mut self, mut length: u64, mut each: impl FnMut(&[u8])) -> Result<(), Stop> {
        while length > 0 {
            let piece = match self.stream.fill() {
                Ok([]) => return Err(self.stop(Cause::Cut)),
                Ok(piece) => piece,
                Err(error) => return Err(self.failed(error)),
            };
            let count = piece.len().min(usize::try_from(length).unwrap_or(usize::MAX));
            each(&piece[..count]);
            self.stream.consume(count);
            length -= count as u64;
        }
        Ok(())
    }

    /// Looks for the next version line, for files whose `Content-Length` is a little too small: some tools count wrongly.
    /// `line` is the line that is none; afterwards it is the version line, if there is one near.
    fn find_version(&mut self, line: &mut Vec<u8>) -> Result<bool, Stop> {
        let mut passed = line.len();
        while passed <= REMAINDER_BYTES_MAX {
            line.clear();
            let offset = self.stream.offset();
            if !self.read_line(line)? {
                return Ok(false);
            }
            if is_version(line) {
                self.offset = offset;
                self.remainders += 1;
                return Ok(true);
            }
            passed += line.len();
        }
        Ok(false)
    }

    /// How often a record had more bytes than its `Content-Length` said.
    pub(crate) fn remainders(&self) -> u64 {
        self.remainders
    }

    /// Passes over line breaks between records (two are due, tools write none to many); whether a byte follows.
    fn skip_line_breaks(&mut self) -> Result<bool, Stop> {
        loop {
            let (breaks, all, none) = match self.stream.fill() {
                Ok(bytes) => {
                    let breaks = bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
                    (breaks, breaks == bytes.len(), bytes.is_empty())
                }
                Err(error) => {
                    self.offset = self.stream.offset();
                    return Err(self.failed(error));
                }
            };
            self.stream.consume(breaks);
            if none || !all {
                self.offset = self.stream.offset();
                return Ok(!none);
            }
        }
    }

    /// Appends a line with its line break; `false` when the file ends or the head grows too long before it.
    fn read_line(&mut self, line: &mut Vec<u8>) -> Result<bool, Stop> {
        loop {
            let piece = match self.stream.fill() {
                Ok([]) => return Ok(false),
                Ok(piece) => piece,
                Err(error) => return Err(self.failed(error)),
            };
            let end = piece.iter().position(|byte| *byte == b'\n');
            let count = end.map_or(piece.len(), |end| end + 1);
            line.extend_from_slice(&piece[..count]);
            self.stream.consume(count);
            if end.is_some() {
                return Ok(true);
            }
            if line.len() > HEAD_BYTES_MAX {
                return Err(self.stop(not_warc(line)));
            }
        }
    }

    fn stop(&self, cause: Cause) -> Stop {
        Stop { offset: self.offset, cause }
    }

    fn failed(&self, error: io::Error) -> Stop {
        self.stop(match error.kind() {
            io::ErrorKind::UnexpectedEof => Cause::Cut,
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::Other => {
                Cause::Wrong(format!("the compressed data is damaged: {error}"))
            }
            _ => Cause::Disk(error),
        })
    }
}

fn is_version(line: &[u8]) -> bool {
    line.starts_with(b"WARC/0.") || line.starts_with(b"WARC/1.")
}

fn not_warc(line: &[u8]) -> Cause {
    if b"WARC/1.1\r\n".starts_with(line) {
        return Cause::Cut;
    }
    let text = String::from_utf8_lossy(line);
    Cause::Wrong(if text.starts_with("filedesc:") {
        "this is an ARC file, the format before WARC".to_owned()
    } else if line.len() > HEAD_BYTES_MAX {
        "a record's head is longer than 1 MiB".to_owned()
    } else {
        format!("no WARC record begins here but {:?}", excerpt(text.trim_end()))
    })
}
