//! Both adapters keep the promises of the port.

use frontier::{JournalStore, MemoryStore};

#[test]
fn the_embedded_store_conforms() {
    let dir = tempfile::tempdir().unwrap();
    let mut number = 0;
    testkit::conformance::frontier::run(&mut || {
        number += 1;
        Box::new(JournalStore::open(&dir.path().join(number.to_string())).unwrap())
    });
}

#[test]
fn the_store_in_memory_conforms() {
    testkit::conformance::frontier::run(&mut || Box::new(MemoryStore::default()));
}
