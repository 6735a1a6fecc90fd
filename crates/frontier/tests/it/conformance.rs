//! Both adapters keep the promises of the port.

use frontier::{MemoryStore, SqliteStore};
use model::ByteSize;

#[test]
fn the_embedded_store_conforms() {
    let dir = tempfile::tempdir().unwrap();
    let mut number = 0;
    testkit::conformance::frontier::run(&mut || {
        number += 1;
        Box::new(SqliteStore::open(&dir.path().join(number.to_string()), ByteSize::mebibytes(4)).unwrap())
    });
}

#[test]
fn the_store_in_memory_conforms() {
    testkit::conformance::frontier::run(&mut || Box::new(MemoryStore::default()));
}
