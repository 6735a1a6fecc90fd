//! Writing one record as one gzip member or zstd frame (WARC 1.1 annex D; the draft "Zstandard compression for WARC").
//!
//! Invariant: a member holds exactly one record, so that a reader can begin at any of them.

use std::io;

use flate2::{Compress, Crc, FlushCompress, Status};

use crate::settings::Compression;

/// A gzip header without name or time: the same record gives the same bytes (RFC 1952 section 2.3).
pub(crate) const GZIP_HEADER: [u8; 10] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 4, 255];

/// Follows every block (WARC 1.1 section 4).
pub(crate) const RECORD_END: &[u8] = b"\r\n\r\n";

/// Level 1 of both: the field's measure is CPU, and a higher level saves little on pages (field.md section 5).
const GZIP_LEVEL: u32 = 1;
const ZSTD_LEVEL: i32 = 1;

/// The most bytes of a stored deflate block (RFC 1951 section 3.2.4).
const STORED_MAX: usize = 65_535;

/// Compresses records one after another, reusing its memory.
pub(crate) struct Packer {
    coder: Coder,
    scratch: Vec<u8>,
}

enum Coder {
    Gzip(Compress),
    Zstd(zstd::bulk::Compressor<'static>),
}

impl std::fmt::Debug for Packer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Packer").finish_non_exhaustive()
    }
}

impl Packer {
    /// A packer for one kind of file.
    pub(crate) fn new(compression: Compression) -> io::Result<Self> {
        let coder = match compression {
            Compression::Gzip => Coder::Gzip(Compress::new(flate2::Compression::new(GZIP_LEVEL), false)),
            Compression::Zstd => {
                let mut zstd = zstd::bulk::Compressor::new(ZSTD_LEVEL)?;
                zstd.set_parameter(zstd::zstd_safe::CParameter::ChecksumFlag(true))?;
                Coder::Zstd(zstd)
            }
        };
        Ok(Self { coder, scratch: Vec::new() })
    }

    /// Appends a record of these parts to `out`. `dense` says that the body is compressed already: squeezing it again
    /// would cost 0.1 ms a page and win nothing, so gzip stores it.
    pub(crate) fn pack(
        &mut self,
        head: &[u8],
        block_head: &[u8],
        body: &[u8],
        dense: bool,
        out: &mut Vec<u8>,
    ) -> io::Result<()> {
        match &mut self.coder {
            Coder::Gzip(coder) => {
                let mut crc = Crc::new();
                for part in [head, block_head, body, RECORD_END] {
                    crc.update(part);
                }
                out.extend_from_slice(&GZIP_HEADER);
                coder.reset();
                deflate(coder, head, FlushCompress::None, out)?;
                if dense {
                    deflate(coder, block_head, FlushCompress::Sync, out)?;
                    store(body, out);
                } else {
                    deflate(coder, block_head, FlushCompress::None, out)?;
                    deflate(coder, body, FlushCompress::None, out)?;
                    deflate(coder, RECORD_END, FlushCompress::Finish, out)?;
                }
                out.extend_from_slice(&crc.sum().to_le_bytes());
                out.extend_from_slice(&crc.amount().to_le_bytes());
            }
            Coder::Zstd(coder) => {
                self.scratch.clear();
                for part in [head, block_head, body, RECORD_END] {
                    self.scratch.extend_from_slice(part);
                }
                out.extend_from_slice(&coder.compress(&self.scratch)?);
            }
        }
        Ok(())
    }
}

fn deflate(
    coder: &mut Compress,
    mut input: &[u8],
    flush: FlushCompress,
    out: &mut Vec<u8>,
) -> io::Result<()> {
    loop {
        if out.capacity() - out.len() < 1024 {
            out.reserve(1024 + input.len() / 2);
        }
        let (room, before) = (out.capacity() - out.len(), coder.total_in());
        let length = out.len();
        let status = coder.compress_vec(input, out, flush).map_err(io::Error::other)?;
        let taken = usize::try_from(coder.total_in() - before).unwrap_or(input.len());
        input = &input[taken.min(input.len())..];
        let done = match flush {
            FlushCompress::Finish => status == Status::StreamEnd,
            // A flush is complete only when it did not fill the room it was given.
            FlushCompress::Sync => input.is_empty() && out.len() - length < room,
            _ => input.is_empty(),
        };
        if done {
            return Ok(());
        }
    }
}

/// Stored blocks holding the body and the record's end; the last one ends the deflate stream.
fn store(body: &[u8], out: &mut Vec<u8>) {
    out.reserve(body.len() + RECORD_END.len() + 5 * (body.len() / STORED_MAX + 2));
    for piece in body.chunks(STORED_MAX) {
        store_block(piece, false, out);
    }
    store_block(RECORD_END, true, out);
}

fn store_block(piece: &[u8], last: bool, out: &mut Vec<u8>) {
    #[expect(clippy::cast_possible_truncation, reason = "pieces are at most STORED_MAX bytes")]
    let length = piece.len() as u16;
    out.push(u8::from(last));
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(&(!length).to_le_bytes());
    out.extend_from_slice(piece);
}
