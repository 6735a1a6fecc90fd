//! Both counters pass one suite.

use std::sync::Arc;

use feedback::{Feedback, MemoryCounters, Settings};
use testkit::conformance::feedback::run;

#[test]
fn the_embedded_counters_conform() {
    run(|clock| {
        let dir = tempfile::tempdir().unwrap();
        let feedback = Feedback::open(dir.path(), &Settings::default(), Arc::new(clock)).unwrap();
        (feedback, Box::new(dir))
    });
}

#[test]
fn the_counters_in_memory_conform() {
    run(|clock| (MemoryCounters::new(&Settings::default(), Arc::new(clock)), Box::new(())));
}
