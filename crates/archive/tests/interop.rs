//! What other people's tools say about our files: `warcio`, `cdxj-indexer`, `pywb` (from `PyPI`; `pip install warcio
//! cdxj-indexer pywb`, then run with `SILTEME_PYTHON=/path/to/python3` if it is not the `python3` on the path).
//!
//! Invariant: a tool that is not there is one clear line, never a silent pass.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on should panic where it stands"
)]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::Arc;

use archive::export::WarcWriter;
use archive::{ArchiveStore, Compression, Settings, WarcArchive};
use bytes::Bytes;
use flate2::write::GzEncoder;
use model::{FetchRecord, Outcome, Truncation};
use testkit::builders::{any_record, record};
use testkit::clock::{EPOCH, SimulatedClock};
use testkit::random::Random;
use testkit::temp::Scratch;

fn python() -> String {
    std::env::var("SILTEME_PYTHON").unwrap_or_else(|_| "python3".to_owned())
}

fn run(arguments: &[&str]) -> Output {
    Command::new(python()).args(arguments).output().expect("python3 can be started")
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Whether a Python module can be imported; says so when not.
#[expect(clippy::print_stdout, reason = "a skipped test says why")]
fn has(module: &str) -> bool {
    let probe = Command::new(python()).args(["-c", &format!("import {module}")]).output();
    let there = probe.is_ok_and(|output| output.status.success());
    if !there {
        println!("skipped: {} cannot import {module} (pip install {module})", python());
    }
    there
}

fn gzipped(text: &str) -> Vec<u8> {
    let mut coder = GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut coder, text.as_bytes()).unwrap();
    coder.finish().unwrap()
}

/// Every form of record we write.
fn records() -> Vec<FetchRecord> {
    let long = "Сілтеме — ссылка — link. ".repeat(400);
    let mut records = vec![
        record("https://example.kz/").html(&long).build(),
        record("https://example.kz/again").html(&long).build(),
        record("https://example.kz/").not_modified().build(),
        record("https://www.Example.kz:8443/A/../b//c/?z=1&a=%41&B").html("x").build(),
        record("http://192.0.2.7/dir/").build(),
        record("https://example.kz/gz")
            .header("content-encoding", "gzip")
            .body("text/html", gzipped(&long))
            .build(),
        record("https://example.kz/chunked").header("Transfer-Encoding", "chunked").html(&long).build(),
        record("https://example.kz/cut").html(&long).truncated(Truncation::Length).build(),
        record("https://example.kz/empty").body("", Bytes::new()).build(),
        record("https://example.kz/big").body("application/pdf", vec![7; 300_000]).build(),
        record("https://example.kz/old").status(301).header("location", "/new").build(),
        record("https://example.kz/missing").status(404).build(),
        record("https://example.kz/no")
            .without_exchange(Outcome::Disallowed { rule: "Disallow: /no".to_owned(), line: 3 })
            .build(),
    ];
    let mut second = record("https://example.kz/h2").html("over HTTP/2").build();
    "HTTP/2".clone_into(&mut second.exchange.as_mut().unwrap().response.version);
    second.remote = Some("2001:db8::1".parse().unwrap());
    second.requested_at = "2026-03-01T10:20:30.123456789Z".parse().unwrap();
    records.push(second);
    let mut random = Random::new(7);
    records.extend((0..150).map(|_| any_record(&mut random)));
    records
}

/// An archive of one closed segment, and an export of the same records; both paths.
fn files(scratch: &Scratch) -> Vec<PathBuf> {
    let clock = || Arc::new(SimulatedClock::at(EPOCH));
    let settings = Settings::default();
    let mut archive = WarcArchive::open(scratch.path(), settings.clone(), clock()).unwrap().archive;
    for batch in records().chunks(40) {
        archive.append(batch).unwrap();
    }
    archive.erase(&|url| url == "https://example.kz/missing").unwrap();
    drop(archive);
    let exported = scratch.path().join("export.warc.gz");
    let out = std::fs::File::create(&exported).unwrap();
    let mut writer = WarcWriter::new(out, Compression::Gzip, EPOCH, Some("export.warc.gz")).unwrap();
    for record in records() {
        writer.write(&record).unwrap();
    }
    writer.finish().unwrap();
    vec![scratch.path().join("silteme-000000.warc.gz"), exported]
}

#[test]
fn warcio_finds_no_fault() {
    if !has("warcio") {
        return;
    }
    let scratch = Scratch::new();
    for file in files(&scratch) {
        let output = run(&["-m", "warcio.cli", "check", "-v", &file.to_string_lossy()]);
        let said = text(&output);
        assert!(output.status.success(), "{said}");
        assert!(said.matches("digest pass").count() > 300, "{said}");
        assert!(!said.contains("ArchiveLoadFailed"), "{said}");
    }
}

#[test]
fn warcio_reads_the_bodies_we_received() {
    if !has("warcio") {
        return;
    }
    let scratch = Scratch::new();
    let script = "
import hashlib, sys
from warcio.archiveiterator import ArchiveIterator
for record in ArchiveIterator(open(sys.argv[1], 'rb')):
    if record.rec_type == 'response':
        body = record.raw_stream.read()
        print(record.rec_headers.get_header('WARC-Target-URI'), record.http_headers.get_statuscode(), hashlib.sha1(body).hexdigest())
";
    let path = files(&scratch).pop().unwrap();
    let output = run(&["-c", script, &path.to_string_lossy()]);
    assert!(output.status.success(), "{}", text(&output));
    let got: Vec<String> = String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect();
    let expected: Vec<String> = records()
        .iter()
        .filter_map(|record| record.response().map(|response| (record, response)))
        .filter(|(_, response)| response.status != 304)
        .map(|(record, response)| {
            use sha1::Digest as _;
            let hex: String =
                sha1::Sha1::digest(&response.body.raw).iter().map(|byte| format!("{byte:02x}")).collect();
            format!("{} {} {hex}", record.visit.url, response.status)
        })
        .collect();
    assert_eq!(got, expected);
}

#[test]
fn our_index_is_the_one_cdxj_indexer_makes() {
    if !has("cdxj_indexer") {
        return;
    }
    let scratch = Scratch::new();
    let warc = files(&scratch).remove(0);
    let output = run(&["-m", "cdxj_indexer.main", "--sort", &warc.to_string_lossy()]);
    assert!(output.status.success(), "{}", text(&output));
    let theirs = lines(&String::from_utf8_lossy(&output.stdout));
    let ours = std::fs::read_to_string(scratch.path().join("silteme-000000.cdxj")).unwrap();
    let ours: Vec<String> = ours.lines().filter(|line| !line.starts_with("~ ")).map(str::to_owned).collect();
    let ours = lines(&ours.join("\n"));
    assert!(ours.len() > 100);
    assert_eq!(ours, theirs);
}

/// What index lines say, without what only one of the two says.
fn lines(text: &str) -> Vec<(String, BTreeMap<String, String>)> {
    let mut lines: Vec<(String, BTreeMap<String, String>)> = text
        .lines()
        .map(|line| {
            let (head, json) = line.split_at(line.find('{').expect("JSON in every line"));
            let mut fields: BTreeMap<String, String> = serde_json::from_str(json).unwrap();
            fields.remove("date");
            // Absent there where a response has no type, and `unk` here as in pywb.
            fields.retain(|name, value| !(name == "mime" && value == "unk"));
            (head.to_owned(), fields)
        })
        .collect();
    lines.sort();
    lines
}

#[test]
fn pywb_replays_them() {
    if !has("pywb") {
        return;
    }
    let scratch = Scratch::new();
    let warc = files(&scratch).remove(0);
    let root = Scratch::new();
    let script = include_str!("interop/replay.py");
    let arguments =
        ["-c", script, &root.path().to_string_lossy(), &warc.to_string_lossy()].map(str::to_owned);
    let output = Command::new(python()).args(arguments).current_dir(root.path()).output().unwrap();
    let said = text(&output);
    assert!(output.status.success(), "{said}");
    let long = "Сілтеме — ссылка — link. ".repeat(400);
    for (url, body) in [
        ("https://example.kz/", long.as_str()),
        ("https://example.kz/again", &long),
        ("https://example.kz/gz", &long),
        ("https://example.kz/chunked", &long),
        ("https://example.kz/h2", "over HTTP/2"),
    ] {
        let expected = format!("{url} 200 {}", body.len());
        assert!(said.lines().any(|line| line == expected), "{expected}\n{said}");
    }
    assert!(said.lines().any(|line| line.starts_with("https://example.kz/missing 404")), "erased: {said}");
}
