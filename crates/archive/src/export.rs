//! Writing records as a WARC file of its own.

use std::io::Write;

use model::{FetchRecord, Timestamp};

use crate::settings::Compression;

/// Writes a WARC 1.1 stream that stands alone: every payload is whole.
#[derive(Debug)]
pub struct WarcWriter<W> {
    out: W,
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
    ) -> std::io::Result<Self> {
        let _ = (compression, now, file_name);
        Ok(Self { out })
    }

    /// Writes one record.
    ///
    /// # Errors
    /// Of the writer.
    pub fn write(&mut self, record: &FetchRecord) -> std::io::Result<()> {
        todo!("{record:?}")
    }

    /// Flushes and hands the writer back.
    ///
    /// # Errors
    /// Of the writer.
    pub fn finish(mut self) -> std::io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }
}
