//! The fast store keeps the promises of the port, as the frontier's own stores do; and so does the disk over each.

use frontier::FrontierStore;
use simulator::store::{Disk, IndexedStore, Kind};

#[test]
fn the_indexed_store_conforms() {
    testkit::conformance::frontier::run(&mut || Box::new(IndexedStore::default()));
}

#[test]
fn the_disk_conforms() {
    let fresh = || -> Box<dyn FrontierStore> { Box::new(Disk::new(Kind::Indexed).unwrap()) };
    testkit::conformance::frontier::run(&mut || fresh());
}
