//! From fetch record to bytes.
//!
//! Invariant: a group is response or revisit, request, metadata, in this order, and is whole only with its metadata
//! record; a visit that brought nothing is a metadata record alone.

use std::io;
use std::net::IpAddr;

use model::{Exchange, FetchRecord, Position, Response, Timestamp, Truncation};

use crate::format::digest::{self, Sum};
use crate::format::header::{Fields, uri};
use crate::format::http;
use crate::format::member::Packer;
use crate::group::account::{Account, ExactRequest, ExactResponse, PayloadRef};
use crate::settings::Compression;

/// Profiles of WARC 1.1 sections 6.7.2 and 6.7.3.
pub(crate) const IDENTICAL: &str = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest";
pub(crate) const NOT_MODIFIED: &str = "http://netpreserve.org/warc/1.1/revisit/server-not-modified";

const CONFORMS_TO: &str = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/";

/// Turns records into groups, reusing its memory.
#[derive(Debug)]
pub(crate) struct Encoder {
    packer: Packer,
    fields: Fields,
    block: Vec<u8>,
}

/// An earlier record that a revisit refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Earlier {
    pub(crate) segment: u32,
    pub(crate) url: String,
    pub(crate) date: Timestamp,
    pub(crate) digest: String,
}

/// How much of a response is written.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Form<'a> {
    /// All of it.
    Whole,
    /// Its head; the payload is held by an earlier record.
    Identical(&'a Earlier),
    /// A 304: its head; the copy it confirms, if known.
    NotModified(Option<&'a Earlier>),
}

/// What the index needs to know of a group just written.
#[derive(Debug)]
pub(crate) struct Written {
    /// Compressed length of the response record; 0 when there is none.
    pub(crate) response_bytes: u64,
}

impl Encoder {
    pub(crate) fn new(compression: Compression) -> io::Result<Self> {
        Ok(Self { packer: Packer::new(compression)?, fields: Fields::default(), block: Vec::new() })
    }

    /// Appends the record that opens a file.
    pub(crate) fn warcinfo(
        &mut self,
        now: Timestamp,
        file_name: Option<&str>,
        out: &mut Vec<u8>,
    ) -> io::Result<()> {
        self.block.clear();
        let software = concat!("silteme/", env!("CARGO_PKG_VERSION"));
        // `robots: obey` is the word of the Heritrix family for "as RFC 9309 says".
        self.block.extend_from_slice(
            format!("software: {software}\r\nformat: WARC File Format 1.1\r\nconformsTo: {CONFORMS_TO}\r\nrobots: obey\r\n")
                .as_bytes(),
        );
        let name = digest::sha1(format!("warcinfo {now} {}", file_name.unwrap_or_default()).as_bytes());
        self.fields.begin();
        self.fields.push("WARC-Type", "warcinfo");
        self.fields.push("WARC-Record-ID", digest::record_id(&name));
        self.fields.push("WARC-Date", date(now));
        if let Some(file_name) = file_name {
            self.fields.push("WARC-Filename", file_name);
        }
        self.fields.push("Content-Type", "application/warc-fields");
        self.fields.push("WARC-Block-Digest", digest::text(&digest::sha1(&self.block)));
        let head = self.fields.end(self.block.len());
        self.packer.pack(head, &self.block, &[], false, out)
    }

    /// Appends the group of `record`. `at` is where it will stand; `payload` the SHA-1 of the body.
    pub(crate) fn group(
        &mut self,
        record: &FetchRecord,
        at: Position,
        payload: &Sum,
        form: Form<'_>,
        out: &mut Vec<u8>,
    ) -> io::Result<Written> {
        let common = Common::of(record, at, payload);
        let mut account = Account::of(record);
        let start = out.len();
        let mut response_bytes = 0;
        if let Some(exchange) = &record.exchange {
            self.response(&common, &exchange.response, form, &mut account, out)?;
            response_bytes = (out.len() - start) as u64;
            self.request(&common, exchange, &mut account, out)?;
        }
        self.metadata(&common, &account, record.exchange.is_some(), out)?;
        Ok(Written { response_bytes })
    }

    fn response(
        &mut self,
        common: &Common,
        response: &Response,
        form: Form<'_>,
        account: &mut Account,
        out: &mut Vec<u8>,
    ) -> io::Result<()> {
        self.block.clear();
        let (same_version, same_head) = http::write_response(response, &mut self.block);
        if !same_version {
            account.version = Some(response.version.clone());
        }
        if !same_head {
            account.response =
                Some(ExactResponse { status: response.status, headers: response.headers.clone() });
        }
        let (kind, earlier, body) = match form {
            Form::Whole => ("response", None, response.body.raw.as_ref()),
            Form::Identical(earlier) => ("revisit", Some(earlier), &[][..]),
            Form::NotModified(earlier) => ("revisit", earlier, &[][..]),
        };
        self.fields.begin();
        self.fields.push("WARC-Type", kind);
        self.fields.push("WARC-Record-ID", &common.response_id);
        common.write(&mut self.fields);
        match form {
            Form::Whole => {}
            Form::Identical(earlier) => {
                self.fields.push("WARC-Profile", IDENTICAL);
                account.payload = Some(PayloadRef {
                    segment: earlier.segment,
                    url: earlier.url.clone(),
                    digest: earlier.digest.clone(),
                });
            }
            Form::NotModified(_) => self.fields.push("WARC-Profile", NOT_MODIFIED),
        }
        if let Some(earlier) = earlier {
            self.fields.push("WARC-Refers-To-Target-URI", uri(&earlier.url));
            self.fields.push("WARC-Refers-To-Date", date(earlier.date));
        }
        self.fields.push("WARC-Protocol", protocol(&response.version));
        if let Some(truncation) = response.body.truncated {
            self.fields.push("WARC-Truncated", truncation_word(truncation));
        }
        let payload = earlier.map_or_else(|| digest::text(&common.payload), |earlier| earlier.digest.clone());
        self.fields.push("WARC-Payload-Digest", payload);
        self.fields.push("WARC-Block-Digest", digest::text(&digest::sha1_of(&self.block, body)));
        self.fields.push("Content-Type", "application/http;msgtype=response");
        let head = self.fields.end(self.block.len() + body.len());
        self.packer.pack(head, &self.block, body, is_dense(response), out)
    }

    /// A request without header lines was not sent by us (it comes from an imported file) and gets no record.
    fn request(
        &mut self,
        common: &Common,
        exchange: &Exchange,
        account: &mut Account,
        out: &mut Vec<u8>,
    ) -> io::Result<()> {
        let request = &exchange.request;
        if request.headers.is_empty() {
            account.request = Some(ExactRequest::from(request));
            return Ok(());
        }
        self.block.clear();
        if !http::write_request(request, &exchange.response.version, &mut self.block) {
            account.request = Some(ExactRequest::from(request));
        }
        self.fields.begin();
        self.fields.push("WARC-Type", "request");
        self.fields.push("WARC-Record-ID", common.id("request"));
        common.write(&mut self.fields);
        self.fields.push("WARC-Concurrent-To", &common.response_id);
        self.fields.push("WARC-Protocol", protocol(&exchange.response.version));
        self.fields.push("WARC-Block-Digest", digest::text(&digest::sha1(&self.block)));
        self.fields.push("Content-Type", "application/http;msgtype=request");
        let head = self.fields.end(self.block.len());
        self.packer.pack(head, &self.block, &[], false, out)
    }

    fn metadata(
        &mut self,
        common: &Common,
        account: &Account,
        exchanged: bool,
        out: &mut Vec<u8>,
    ) -> io::Result<()> {
        self.block.clear();
        account.write(&mut self.block)?;
        self.fields.begin();
        self.fields.push("WARC-Type", "metadata");
        self.fields.push("WARC-Record-ID", common.id("metadata"));
        common.write(&mut self.fields);
        if exchanged {
            self.fields.push("WARC-Concurrent-To", &common.response_id);
        }
        self.fields.push("WARC-Block-Digest", digest::text(&digest::sha1(&self.block)));
        self.fields.push("Content-Type", "application/warc-fields");
        let head = self.fields.end(self.block.len());
        self.packer.pack(head, &self.block, &[], false, out)
    }
}

/// What the records of a group share.
struct Common {
    name: String,
    payload: Sum,
    response_id: String,
    target: String,
    date: String,
    remote: Option<IpAddr>,
}

impl Common {
    fn of(record: &FetchRecord, at: Position, payload: &Sum) -> Self {
        let (target, date) = (uri(&record.visit.url), date(record.requested_at));
        let name = format!("{}:{} {date} {target}", at.segment, at.offset);
        let mut common =
            Self { name, payload: *payload, response_id: String::new(), target, date, remote: record.remote };
        common.response_id = common.id("response");
        common
    }

    fn id(&self, kind: &str) -> String {
        let name = digest::sha1_of(format!("{kind} {}", self.name).as_bytes(), &self.payload);
        digest::record_id(&name)
    }

    fn write(&self, fields: &mut Fields) {
        fields.push("WARC-Target-URI", &self.target);
        fields.push("WARC-Date", &self.date);
        if let Some(remote) = self.remote {
            fields.push("WARC-IP-Address", remote);
        }
    }
}

/// Whether a response is written as a revisit of "not modified": a 304, which has no body (RFC 9110 section 15.4.5).
pub(crate) fn is_not_modified(response: &Response) -> bool {
    response.status == 304 && response.body.raw.is_empty()
}

/// Whether the body is already compressed: by its content coding or its kind.
fn is_dense(response: &Response) -> bool {
    let coded = response.header("content-encoding").is_some_and(|coding| {
        !coding.trim_ascii().is_empty() && !coding.trim_ascii().eq_ignore_ascii_case(b"identity")
    });
    let kind = response.header("content-type").unwrap_or_default();
    let starts = |start: &[u8]| kind.get(..start.len()).is_some_and(|kind| kind.eq_ignore_ascii_case(start));
    coded
        || starts(b"image/jp")
        || starts(b"image/png")
        || starts(b"image/webp")
        || starts(b"video/")
        || starts(b"audio/")
}

/// `WARC-Date` with as many digits as the instant has (WARC 1.1 section 5.4). The format has no years before 0.
pub(crate) fn date(at: Timestamp) -> String {
    at.max(Timestamp::UNIX_EPOCH).to_string()
}

/// The proposed names of IIPC's `WARC-Protocol`.
fn protocol(version: &str) -> &'static str {
    match version {
        "HTTP/1.0" => "http/1.0",
        "HTTP/2" | "HTTP/2.0" => "h2",
        "HTTP/3" | "HTTP/3.0" => "h3",
        _ => "http/1.1",
    }
}

fn truncation_word(truncation: Truncation) -> &'static str {
    match truncation {
        Truncation::Length => "length",
        Truncation::Time => "time",
        Truncation::Disconnect => "disconnect",
        Truncation::Unspecified => "unspecified",
    }
}
