//! Both adapters keep the port's promise.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should panic where it stands")]

use std::sync::Arc;

use archive::{Compression, MemoryArchive, Settings, WarcArchive};
use model::ByteSize;
use testkit::conformance::archive::run;

fn on_disk(settings: &Settings) {
    // The folders outlive the archives that `run` makes.
    let mut scratches = Vec::new();
    run(|| {
        let scratch = testkit::temp::Scratch::new();
        let clock = Arc::new(testkit::clock::SimulatedClock::at(testkit::clock::EPOCH));
        let opened = WarcArchive::open(scratch.path(), settings.clone(), clock).unwrap();
        scratches.push(scratch);
        opened.archive
    });
}

#[test]
fn memory_conforms() {
    run(MemoryArchive::new);
}

#[test]
fn gzip_conforms() {
    on_disk(&Settings::default());
}

#[test]
fn zstd_conforms() {
    on_disk(&Settings { compression: Compression::Zstd, ..Settings::default() });
}

#[test]
fn many_small_segments_conform() {
    on_disk(&Settings { segment_size: ByteSize::kibibytes(1), ..Settings::default() });
}

#[test]
fn without_references_conforms() {
    on_disk(&Settings { duplicates_max: 0, ..Settings::default() });
}
