//! Reading WARC files by any tool.

use std::io::Read;

use model::{FetchRecord, Request, Response, Timestamp, UrlError};

/// One response of a WARC file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// Byte offset of its record in the file as read (of the compressed file, the member or frame it began in).
    pub offset: u64,
    /// `WARC-Target-URI`.
    pub url: String,
    /// `WARC-Date`.
    pub date: Timestamp,
    /// `WARC-IP-Address`.
    pub remote: Option<std::net::IpAddr>,
    /// The request, if the file has it beside the response.
    pub request: Option<Request>,
    /// The response: content codings still on, transfer codings off.
    pub response: Response,
}

/// Why reading a WARC file stopped.
#[derive(Debug, thiserror::Error)]
#[error("{name}: {reason} at byte {offset}; {advice}")]
pub struct ImportError {
    /// The file, as the caller named it.
    pub name: String,
    /// Where, in the file as read.
    pub offset: u64,
    /// What does not fit.
    pub reason: String,
    /// The next step.
    pub advice: &'static str,
    #[source]
    source: Option<std::io::Error>,
}

/// The responses of a WARC file, one at a time. After an error it ends.
#[derive(Debug)]
pub struct WarcFile<R> {
    _reader: R,
}

/// Reads a WARC file: plain, gzip (per record or whole) or Zstandard, told apart by content.
pub fn read_warc<R: Read>(reader: R, name: &str) -> WarcFile<R> {
    let _ = name;
    WarcFile { _reader: reader }
}

impl<R: Read> Iterator for WarcFile<R> {
    type Item = Result<Imported, ImportError>;

    fn next(&mut self) -> Option<Self::Item> {
        todo!()
    }
}

impl Imported {
    /// As a record of our own archive, by job `job`.
    ///
    /// # Errors
    /// When the URL is not one we would crawl.
    pub fn into_record(self, job: &str) -> Result<FetchRecord, UrlError> {
        todo!("{job}")
    }
}
