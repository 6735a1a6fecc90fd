//! Writing records as a WARC file of its own.
//!
//! Invariant: the stream stands alone: every payload is whole, whatever it was stored as.

use std::io::{self, Write};

use model::{FetchRecord, Position, Timestamp};

use crate::format::digest;
use crate::group::encode::{Encoder, Form, is_not_modified};
use crate::settings::Compression;

/// Writes a WARC 1.1 stream.
#[derive(Debug)]
pub struct WarcWriter<W> {
    out: W,
    encoder: Encoder,
    buffer: Vec<u8>,
    bytes: u64,
}

impl<W: Write> WarcWriter<W> {
    /// Begins the stream with a warcinfo record dated `now`. `file_name` is what the stream will be called, if known.
    ///
    /// # Errors
    /// Of the writer.
    pub fn new(
        out: W,
        compression: Compression,
        now: Timestamp,
        file_name: Option<&str>,
    ) -> io::Result<Self> {
        let mut writer = Self { out, encoder: Encoder::new(compression)?, buffer: Vec::new(), bytes: 0 };
        writer.encoder.warcinfo(now, file_name, &mut writer.buffer)?;
        writer.flush()?;
        Ok(writer)
    }

    /// Writes one record: response, request and metadata, or metadata alone where nothing came back.
    ///
    /// # Errors
    /// Of the writer.
    pub fn write(&mut self, record: &FetchRecord) -> io::Result<()> {
        let at = Position { segment: 0, offset: self.bytes };
        let sum = digest::sha1(record.response().map_or(&[][..], |response| &response.body.raw));
        let form = match record.response() {
            Some(response) if is_not_modified(response) => Form::NotModified(None),
            _ => Form::Whole,
        };
        self.encoder.group(record, at, &sum, form, &mut self.buffer)?;
        self.flush()
    }

    /// Flushes and hands the writer back.
    ///
    /// # Errors
    /// Of the writer.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(&self.buffer)?;
        self.bytes += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }
}
