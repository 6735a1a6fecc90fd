//! One coding, byte runs in, byte runs out.
//!
//! Invariant: a step consumes input or produces output or says that it is over; it never asks for more memory than its
//! window, which is capped by what the specifications let a sender use.

use brotli::{BrotliDecompressStream, BrotliResult, BrotliState, HeapAlloc, HuffmanCode};
use flate2::{Decompress, FlushDecompress, Status};
use zstd::stream::raw::{DParameter, InBuffer, Operation, OutBuffer};

use super::label::Coding;

/// Most gzip members in one body. Each costs a new window; a body of tiny ones is an attack.
const MEMBERS_MAX: u32 = 65_536;
/// zstd window limit in HTTP: 8 MiB (RFC 9659 section 3).
const ZSTD_WINDOW_LOG_MAX: u32 = 23;

type Brotli = BrotliState<HeapAlloc<u8>, HeapAlloc<u32>, HeapAlloc<HuffmanCode>>;

/// A decoder and where it stands.
pub(super) enum Codec {
    Gzip {
        inflate: Decompress,
        members: u32,
        between: bool,
    },
    Deflate {
        inflate: Decompress,
    },
    Brotli(Box<Brotli>),
    Zstd {
        decoder: zstd::stream::raw::Decoder<'static>,
        between: bool,
    },
    /// The label was wrong: the bytes are not in this coding at all.
    Plain,
    /// The coded data has ended; what follows is junk.
    Over,
}

/// What a step did.
pub(super) struct Step {
    pub(super) read: usize,
    pub(super) written: usize,
}

/// The coded data is broken after `written` good bytes.
pub(super) struct Broken {
    pub(super) written: usize,
}

impl Codec {
    /// How many bytes have to be seen to choose the decoder.
    pub(super) fn magic_len(coding: Coding) -> usize {
        match coding {
            Coding::Gzip | Coding::Deflate => 2,
            Coding::Zstd => 4,
            // It has no signature, but the data begins with the first byte.
            Coding::Brotli => 1,
        }
    }

    /// The decoder for data that begins with `magic`. Data without the signature of its coding is passed through: servers
    /// label plain pages as gzip, and browsers of old showed them.
    pub(super) fn choose(coding: Coding, magic: &[u8]) -> Self {
        match (coding, magic) {
            (Coding::Gzip, [0x1f, 0x8b]) => {
                Self::Gzip { inflate: Decompress::new_gzip(15), members: 1, between: false }
            }
            (Coding::Deflate, &[cmf, flg]) => {
                // RFC 1950 section 2.2: method 8, window at most 2^15, and a check value.
                let zlib =
                    cmf & 0x0f == 8 && cmf >> 4 <= 7 && u16::from_be_bytes([cmf, flg]).is_multiple_of(31);
                Self::Deflate { inflate: Decompress::new(zlib) }
            }
            (Coding::Brotli, _) => Self::brotli(),
            (Coding::Zstd, [0x28, 0xb5, 0x2f, 0xfd] | [0x50..=0x5f, 0x2a, 0x4d, 0x18]) => Self::zstd(),
            _ => Self::Plain,
        }
    }

    fn brotli() -> Self {
        let huffman = HeapAlloc::new(HuffmanCode { bits: 2, value: 1 });
        let mut state = BrotliState::new(HeapAlloc::new(0), HeapAlloc::new(0), huffman);
        // The large-window extension is not part of `br` and would let 20 bytes claim a gigabyte.
        state.large_window = false;
        Self::Brotli(Box::new(state))
    }

    fn zstd() -> Self {
        let decoder = zstd::stream::raw::Decoder::new().and_then(|mut decoder| {
            decoder.set_parameter(DParameter::WindowLogMax(ZSTD_WINDOW_LOG_MAX))?;
            Ok(decoder)
        });
        decoder.map_or(Self::Plain, |decoder| Self::Zstd { decoder, between: true })
    }

    /// Whether the data may end here.
    pub(super) fn may_end(&self) -> bool {
        match self {
            Self::Gzip { between, .. } | Self::Zstd { between, .. } => *between,
            Self::Deflate { .. } | Self::Brotli(_) => false,
            Self::Plain | Self::Over => true,
        }
    }

    /// Decodes some of `input` into `output`. Called again with the rest until all is read and `output` is not full.
    pub(super) fn step(&mut self, input: &[u8], output: &mut [u8]) -> Result<Step, Broken> {
        match self {
            Self::Plain => {
                let len = input.len().min(output.len());
                output[..len].copy_from_slice(&input[..len]);
                Ok(Step { read: len, written: len })
            }
            Self::Over => Ok(Step { read: input.len(), written: 0 }),
            Self::Gzip { inflate, members, between } => {
                if *between && !input.is_empty() {
                    *members += 1;
                    // Another member begins, or padding and junk that gzip itself ignores.
                    if input[0] != 0x1f || *members > MEMBERS_MAX {
                        *self = Self::Over;
                        return Ok(Step { read: input.len(), written: 0 });
                    }
                    inflate.reset(true);
                    *between = false;
                }
                let (step, status) = inflate_some(inflate, input, output)?;
                *between |= status == Status::StreamEnd;
                Ok(step)
            }
            Self::Deflate { inflate } => {
                let (step, status) = inflate_some(inflate, input, output)?;
                if status == Status::StreamEnd {
                    *self = Self::Over;
                }
                Ok(step)
            }
            Self::Brotli(state) => {
                let (step, over) = brotli_some(state, input, output)?;
                if over {
                    *self = Self::Over;
                }
                Ok(step)
            }
            Self::Zstd { decoder, between } => {
                // Between frames, what does not begin like one is junk.
                if *between && !matches!(input.first(), None | Some(0x28 | 0x50..=0x5f)) {
                    *self = Self::Over;
                    return Ok(Step { read: input.len(), written: 0 });
                }
                let (mut source, mut sink) = (InBuffer::around(input), OutBuffer::around(output));
                let hint = decoder.run(&mut source, &mut sink);
                let step = Step { read: source.pos(), written: sink.pos() };
                match hint {
                    Ok(hint) => {
                        *between = hint == 0 || (*between && input.is_empty());
                        Ok(step)
                    }
                    Err(_) if *between => {
                        *self = Self::Over;
                        Ok(Step { read: input.len(), written: step.written })
                    }
                    Err(_) => Err(Broken { written: step.written }),
                }
            }
        }
    }
}

fn inflate_some(inflate: &mut Decompress, input: &[u8], output: &mut [u8]) -> Result<(Step, Status), Broken> {
    let (read, written) = (inflate.total_in(), inflate.total_out());
    let status = inflate.decompress(input, output, FlushDecompress::None);
    let since = |now: u64, then: u64| usize::try_from(now - then).unwrap_or(usize::MAX);
    let step = Step { read: since(inflate.total_in(), read), written: since(inflate.total_out(), written) };
    match status {
        Ok(status) => Ok((step, status)),
        Err(_) => Err(Broken { written: step.written }),
    }
}

fn brotli_some(state: &mut Brotli, input: &[u8], output: &mut [u8]) -> Result<(Step, bool), Broken> {
    let (mut available_in, mut read) = (input.len(), 0);
    let (mut available_out, mut written, mut total) = (output.len(), 0, 0);
    let result = BrotliDecompressStream(
        &mut available_in,
        &mut read,
        input,
        &mut available_out,
        &mut written,
        output,
        &mut total,
        state,
    );
    match result {
        BrotliResult::ResultFailure => Err(Broken { written }),
        result => Ok((Step { read, written }, matches!(result, BrotliResult::ResultSuccess))),
    }
}
