#![doc = include_str!("../README.md")]

mod account;
mod actor;
mod audit;
mod chain;
mod consent;
mod database;
mod day;
mod desk;
mod error;
mod event;
mod keyring;
mod master;
mod person;
mod policy;
mod profiles;
mod register;
mod secret;
mod settings;
mod ticket;

pub use crate::account::{Accounts, CodeSender, OidcProvider, Session, Settings as AccountSettings};
pub use crate::actor::{Actor, Role, Scope};
pub use crate::audit::{AuditEntry, DisclosureEntry};
pub use crate::chain::{Finding, Line};
pub use crate::consent::{Consent, ConsentState, ConsentStatus, How, NewConsent, Purpose};
pub use crate::error::Error;
pub use crate::event::{EventKind, PersonEvent, Recorded};
pub use crate::keyring::Tombstone;
pub use crate::person::{Mark, PersonId, PersonView};
pub use crate::policy::{Policies, Policy, PolicyLanguage};
pub use crate::profiles::{Disclosed, Disclosure, Export, Housekeeping, Opening, Profiles, Query, Transfer};
pub use crate::register::{Category, Field, Kind, Recipient, Register, Since, Type};
pub use crate::settings::{Residency, Settings};
pub use crate::ticket::{Ticket, TicketFilter, TicketKind};
