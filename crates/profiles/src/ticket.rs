//! Requests of persons and their deadlines. Invariant: a ticket holds nothing that names its person but a keyed hash, so it may
//! outlive them.

use model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::person::PersonId;

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketKind {
    /// A copy of everything held.
    Export,
    /// A correction.
    Correct,
    /// An erasure.
    Erase,
    /// A withdrawal of consent.
    Withdraw,
    /// A restriction of processing.
    Restrict,
    /// Whether anything is stored.
    Find,
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// Its number: 128 random bits, hexadecimal.
    pub id: String,
    /// What was asked for.
    pub kind: TicketKind,
    /// The operator's case number.
    pub case: Option<String>,
    /// When it was asked for.
    pub opened: Timestamp,
    /// When it must be answered.
    pub due: Timestamp,
    /// When it was.
    pub done: Option<Timestamp>,
    /// How it was answered, or what it waits for.
    pub outcome: Option<String>,
    /// Once done: proof for the person that this request was answered then, hexadecimal.
    pub receipt: Option<String>,
}

/// Which tickets.
#[derive(Debug, Clone, Default)]
pub struct TicketFilter {
    /// Of one person.
    pub person: Option<PersonId>,
    /// Only those not done.
    pub open: bool,
    /// Only those not done in time.
    pub overdue: bool,
}
