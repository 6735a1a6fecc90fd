//! The copies of robots.txt that travel with a lease.

use model::Origin;

/// The robots.txt copies of one site's origins, on loan with its lease.
#[derive(Debug, Default)]
pub struct RobotsCopies {}

impl RobotsCopies {
    /// Takes the entries of a lease. Bytes that are not a copy of ours are dropped: the file is then asked for again.
    #[must_use]
    pub fn from_entries(entries: Vec<(Origin, Vec<u8>)>) -> Self {
        let _ = entries;
        Self {}
    }

    /// The entries changed since, to be given back with the lease.
    #[must_use]
    pub fn changed(&self) -> Vec<(Origin, Vec<u8>)> {
        Vec::new()
    }
}
