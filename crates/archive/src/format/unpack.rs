//! Reading our own segments member by member.
//!
//! Invariant: after a member was read, the next one begins exactly at [`Members::offset`]; a damaged member can never
//! make the reader allocate more than the limit it was given.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Seek, SeekFrom};

use flate2::{Crc, Decompress, FlushDecompress, Status};
use zstd::stream::raw::{Decoder, InBuffer, Operation as _, OutBuffer};

use crate::format::member::GZIP_HEADER;
use crate::settings::Compression;

const READ_BYTES: usize = 64 * 1024;
const GROW_BYTES: usize = 32 * 1024;

/// Why a member cannot be had.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The file ends inside it.
    Cut,
    /// Its bytes are not what was written.
    Damaged(String),
    /// The disk failed.
    Disk(io::Error),
}

/// The members of a segment, from some offset on.
pub(crate) struct Members {
    input: BufReader<File>,
    offset: u64,
    coder: Coder,
}

enum Coder {
    Gzip(Decompress),
    Zstd(Decoder<'static>),
}

/// One step of a decoder.
struct Step {
    taken: usize,
    done: bool,
}

impl std::fmt::Debug for Members {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Members").field("offset", &self.offset).finish_non_exhaustive()
    }
}

impl Members {
    /// Begins at `offset`, which must be where a member begins.
    pub(crate) fn new(mut file: File, offset: u64, compression: Compression) -> io::Result<Self> {
        file.seek(SeekFrom::Start(offset))?;
        let coder = match compression {
            Compression::Gzip => Coder::Gzip(Decompress::new(false)),
            Compression::Zstd => Coder::Zstd(Decoder::new()?),
        };
        Ok(Self { input: BufReader::with_capacity(READ_BYTES, file), offset, coder })
    }

    /// Where the next member begins.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// The next member's content, at most `limit` bytes; `None` at the end of the file.
    pub(crate) fn next(&mut self, limit: usize) -> Result<Option<Vec<u8>>, Trouble> {
        if self.input.fill_buf().map_err(Trouble::Disk)?.is_empty() {
            return Ok(None);
        }
        let mut out = Vec::with_capacity(GROW_BYTES);
        match self.coder {
            Coder::Gzip(_) => self.gzip(limit, &mut out)?,
            Coder::Zstd(_) => self.inflate(limit, &mut out)?,
        }
        Ok(Some(out))
    }

    fn gzip(&mut self, limit: usize, out: &mut Vec<u8>) -> Result<(), Trouble> {
        let mut header = [0; 10];
        self.take(&mut header)?;
        if header != GZIP_HEADER {
            return Err(Trouble::Damaged("no gzip member of ours begins here".to_owned()));
        }
        self.inflate(limit, out)?;
        let mut trailer = [0; 8];
        self.take(&mut trailer)?;
        let mut crc = Crc::new();
        crc.update(out);
        let (sum, amount) = trailer.split_at(4);
        if sum != crc.sum().to_le_bytes() || amount != crc.amount().to_le_bytes() {
            return Err(Trouble::Damaged("the checksum does not match".to_owned()));
        }
        Ok(())
    }

    fn inflate(&mut self, limit: usize, out: &mut Vec<u8>) -> Result<(), Trouble> {
        match &mut self.coder {
            Coder::Gzip(coder) => coder.reset(false),
            Coder::Zstd(coder) => coder.reinit().map_err(Trouble::Disk)?,
        }
        loop {
            let input = self.input.fill_buf().map_err(Trouble::Disk)?;
            if input.is_empty() {
                return Err(Trouble::Cut);
            }
            let step = self.coder.step(input, out).map_err(Trouble::Damaged)?;
            self.input.consume(step.taken);
            self.offset += step.taken as u64;
            if out.len() > limit {
                return Err(Trouble::Damaged(format!("a record is longer than {limit} bytes")));
            }
            if step.done {
                return Ok(());
            }
        }
    }

    fn take(&mut self, into: &mut [u8]) -> Result<(), Trouble> {
        io::Read::read_exact(&mut self.input, into).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => Trouble::Cut,
            _ => Trouble::Disk(error),
        })?;
        self.offset += into.len() as u64;
        Ok(())
    }
}

impl Coder {
    fn step(&mut self, input: &[u8], out: &mut Vec<u8>) -> Result<Step, String> {
        if out.capacity() - out.len() < GROW_BYTES / 2 {
            out.reserve(GROW_BYTES.max(out.len() / 2));
        }
        match self {
            Self::Gzip(coder) => {
                let before = coder.total_in();
                let status =
                    coder.decompress_vec(input, out, FlushDecompress::None).map_err(|e| e.to_string())?;
                let taken = usize::try_from(coder.total_in() - before).unwrap_or(input.len());
                Ok(Step { taken, done: status == Status::StreamEnd })
            }
            Self::Zstd(coder) => {
                let mut source = InBuffer::around(input);
                let start = out.len();
                let mut sink = OutBuffer::around_pos(out, start);
                let hint = coder.run(&mut source, &mut sink).map_err(|e| e.to_string())?;
                Ok(Step { taken: source.pos(), done: hint == 0 })
            }
        }
    }
}
