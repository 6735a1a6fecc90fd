//! What every `frontier::FrontierStore` must do.
//!
//! Run it from an integration test: `testkit::conformance::frontier::run(&mut || Box::new(fresh_store()))`. Each promise
//! gets a store of its own.

mod forgetting;
mod lending;
mod returning;
mod telling;
mod world;

use frontier::FrontierStore;

use self::world::World;

/// Checks every promise against stores made by `fresh`.
///
/// # Panics
/// When a promise is broken; the name of the promise was printed before.
#[expect(clippy::print_stderr, reason = "a test binary shows it when a promise is broken")]
pub fn run(fresh: &mut dyn FnMut() -> Box<dyn FrontierStore>) {
    for (name, promise) in lending::PROMISES
        .iter()
        .chain(returning::PROMISES)
        .chain(forgetting::PROMISES)
        .chain(telling::PROMISES)
    {
        eprintln!("promise: {name}");
        promise(&mut World { store: fresh() });
    }
}
