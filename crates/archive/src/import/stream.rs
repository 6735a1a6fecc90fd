//! The bytes of a WARC file with its compression off, told apart by content.
//!
//! Invariant: reading is bounded by its buffer whatever the input says, and never crosses from one gzip member or zstd
//! frame to the next inside one [`Stream::fill`], so that the offset of a member is known when a record begins there.

use std::io::{self, BufRead, BufReader, Chain, Cursor, Read};

use flate2::bufread::GzDecoder;
use zstd::stream::read::Decoder;

const BUFFER_BYTES: usize = 64 * 1024;

/// The longest dictionary taken, compressed or not. Real ones have 100 KiB to 1 MiB.
const DICTIONARY_BYTES_MAX: usize = 16 * 1024 * 1024;

const ZSTD_MAGIC: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];
/// "Zstandard compression for WARC" puts the dictionary into a skippable frame with this number at the very start.
const DICTIONARY_MAGIC: [u8; 4] = [0x5D, 0x2A, 0x4D, 0x18];

type Source<R> = Counted<BufReader<Chain<Cursor<Vec<u8>>, R>>>;

/// A decompressed file.
pub(crate) struct Stream<R: Read> {
    state: State<R>,
    buffer: Box<[u8]>,
    at: usize,
    filled: usize,
    /// Where in the file the current member began, and how much of its content was consumed.
    member_start: u64,
    consumed: u64,
    dictionary: Vec<u8>,
}

enum State<R: Read> {
    Fresh(R),
    Plain(Source<R>),
    GzipNext(Source<R>),
    Gzip(Box<GzDecoder<Source<R>>>),
    ZstdNext(Source<R>),
    Zstd(Box<Decoder<'static, Source<R>>>),
    Ended(u64),
}

/// A reader that knows how much was taken from it.
pub(crate) struct Counted<B> {
    inner: B,
    count: u64,
}

impl<R: Read> Stream<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self {
            state: State::Fresh(reader),
            buffer: vec![0; BUFFER_BYTES].into_boxed_slice(),
            at: 0,
            filled: 0,
            member_start: 0,
            consumed: 0,
            dictionary: Vec::new(),
        }
    }

    /// Bytes not yet consumed; empty only at the end of the file.
    pub(crate) fn fill(&mut self) -> io::Result<&[u8]> {
        while self.at == self.filled {
            let state = std::mem::replace(&mut self.state, State::Ended(0));
            let (state, filled) = self.step(state)?;
            let ended = matches!(state, State::Ended(_));
            self.state = state;
            (self.at, self.filled) = (0, filled);
            if ended {
                break;
            }
        }
        Ok(&self.buffer[self.at..self.filled])
    }

    /// Marks bytes of the last [`Stream::fill`] as used.
    pub(crate) fn consume(&mut self, count: usize) {
        self.at = (self.at + count).min(self.filled);
        self.consumed += count as u64;
    }

    /// Where in the file the next byte is. Exact at the beginning of a member and in plain files; inside a member, how
    /// far the file has been read.
    pub(crate) fn offset(&self) -> u64 {
        match &self.state {
            State::Plain(source) => source.count - (self.filled - self.at) as u64,
            _ if self.consumed == 0 => self.member_start,
            State::Fresh(_) => 0,
            State::GzipNext(source) | State::ZstdNext(source) => source.count,
            State::Gzip(decoder) => decoder.get_ref().count,
            State::Zstd(decoder) => decoder.get_ref().count,
            State::Ended(count) => *count,
        }
    }

    /// One step towards more bytes: the next state, and how many bytes are in the buffer.
    fn step(&mut self, state: State<R>) -> io::Result<(State<R>, usize)> {
        match state {
            State::Fresh(reader) => Ok((detect(reader)?, 0)),
            State::Plain(mut source) => {
                let count = source.read(&mut self.buffer)?;
                Ok(if count == 0 { (State::Ended(source.count), 0) } else { (State::Plain(source), count) })
            }
            State::GzipNext(source) => Ok((self.next_gzip(source)?, 0)),
            State::Gzip(mut decoder) => match decoder.read(&mut self.buffer)? {
                0 => Ok((State::GzipNext(decoder.into_inner()), 0)),
                count => Ok((State::Gzip(decoder), count)),
            },
            State::ZstdNext(source) => Ok((self.next_zstd(source)?, 0)),
            State::Zstd(mut decoder) => match decoder.read(&mut self.buffer)? {
                0 => Ok((State::ZstdNext(decoder.finish()), 0)),
                count => Ok((State::Zstd(decoder), count)),
            },
            State::Ended(count) => Ok((State::Ended(count), 0)),
        }
    }

    fn next_gzip(&mut self, mut source: Source<R>) -> io::Result<State<R>> {
        match source.fill_buf()?.first() {
            None => Ok(State::Ended(source.count)),
            Some(0x1F) => {
                (self.member_start, self.consumed) = (source.count, 0);
                Ok(State::Gzip(Box::new(GzDecoder::new(source))))
            }
            Some(_) => Err(wrong("something other than a gzip member follows")),
        }
    }

    fn next_zstd(&mut self, mut source: Source<R>) -> io::Result<State<R>> {
        match source.fill_buf()?.first() {
            None => Ok(State::Ended(source.count)),
            Some(0x28) => {
                (self.member_start, self.consumed) = (source.count, 0);
                let decoder = Decoder::with_dictionary(source, &self.dictionary)?.single_frame();
                Ok(State::Zstd(Box::new(decoder)))
            }
            Some(0x50..=0x5F) => {
                self.skippable(&mut source)?;
                Ok(State::ZstdNext(source))
            }
            Some(_) => Err(wrong("something other than a zstd frame follows")),
        }
    }

    /// A skippable frame: the dictionary, if it is the first thing in the file.
    fn skippable(&mut self, source: &mut Source<R>) -> io::Result<()> {
        let is_first = source.count == 0;
        let (mut magic, mut size) = ([0; 4], [0; 4]);
        source.read_exact(&mut magic)?;
        source.read_exact(&mut size)?;
        let size = u64::from(u32::from_le_bytes(size));
        if !(is_first && magic == DICTIONARY_MAGIC) {
            let skipped = io::copy(&mut source.take(size), &mut io::sink())?;
            return if skipped == size { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
        }
        if size > DICTIONARY_BYTES_MAX as u64 {
            return Err(wrong("the zstd dictionary is larger than 16 MiB"));
        }
        let mut bytes = Vec::new();
        if source.take(size).read_to_end(&mut bytes)? as u64 != size {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.dictionary = if bytes.starts_with(&ZSTD_MAGIC) { inflated(&bytes)? } else { bytes };
        Ok(())
    }
}

/// Looks at the first bytes.
fn detect<R: Read>(mut reader: R) -> io::Result<State<R>> {
    let mut prefix = Vec::with_capacity(4);
    reader.by_ref().take(4).read_to_end(&mut prefix)?;
    let is_zstd = prefix == ZSTD_MAGIC || (prefix.len() == 4 && prefix[1..] == DICTIONARY_MAGIC[1..]);
    let is_gzip = prefix.starts_with(&[0x1F, 0x8B]);
    let source = Counted {
        inner: BufReader::with_capacity(BUFFER_BYTES, Cursor::new(prefix).chain(reader)),
        count: 0,
    };
    Ok(match (is_gzip, is_zstd) {
        (true, _) => State::GzipNext(source),
        (_, true) => State::ZstdNext(source),
        _ => State::Plain(source),
    })
}

fn inflated(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    Decoder::with_buffer(bytes)?.take(DICTIONARY_BYTES_MAX as u64 + 1).read_to_end(&mut out)?;
    if out.len() > DICTIONARY_BYTES_MAX {
        return Err(wrong("the zstd dictionary is larger than 16 MiB"));
    }
    Ok(out)
}

fn wrong(reason: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

impl<B: BufRead> Read for Counted<B> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(into)?;
        self.count += count as u64;
        Ok(count)
    }
}

impl<B: BufRead> BufRead for Counted<B> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.inner.consume(count);
        self.count += count as u64;
    }
}
