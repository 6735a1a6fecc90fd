//! `silteme person`: the command line as typed.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use serde_json::Value;

/// Who asks, and what.
#[derive(Debug, Args)]
pub(crate) struct PersonArgs {
    #[command(subcommand)]
    pub(crate) command: PersonCommand,
    /// Who does it, for the audit log [default: USER of the environment]
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) by: Option<String>,
    /// As what; each role may do less than whoever has this shell
    #[arg(long = "as", global = true, value_enum)]
    pub(crate) role: Option<RoleWord>,
}

/// Roles a person at a shell can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RoleWord {
    Operator,
    Support,
    Auditor,
}

/// Whose data, and under which case number.
#[derive(Debug, Args)]
pub(crate) struct Whose {
    /// The person's id; - reads it from standard input, so that it stands in no list of processes
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// Number of the request on paper or by mail
    #[arg(long, value_name = "CASE")]
    pub(crate) case: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PersonCommand {
    /// Whether anything is stored of somebody, and under which id; exit status 1: nothing
    Find(FindArgs),
    /// What a person told of themselves and agreed to
    Show(Whose),
    /// Everything held of a person: one JSON object
    Export(Whose),
    /// Change what is stored: FIELD=VALUE (JSON or text; null deletes)
    #[command(
        after_help = "Example:\n  silteme person correct 4711 name='Әлия' 'languages=[\"kk\"]' phone=null --case 2026-17"
    )]
    Correct {
        #[command(flatten)]
        whose: Whose,
        /// What to change
        #[arg(value_name = "FIELD=VALUE", required = true, value_parser = assignment)]
        changes: Vec<(String, Value)>,
    },
    /// Erase a person: key first, then every row
    Erase(Whose),
    /// What a person agreed to; with --policy: take down consent given on paper
    #[command(
        after_help = "Examples:\n  silteme person consent 4711\n  silteme person consent 4711 --policy 2026-11-01 --language kk --purposes service,personalisation"
    )]
    Consent(ConsentArgs),
    /// Withdraw consent: blocked at once; without --purposes, erasure follows
    Withdraw {
        #[command(flatten)]
        whose: Whose,
        /// Only these purposes, separated by commas
        #[arg(long, value_name = "PURPOSES", value_delimiter = ',', value_parser = purpose)]
        purposes: Vec<profiles::Purpose>,
    },
    /// Restrict processing (kept, not used), or lift it
    Restrict {
        #[command(flatten)]
        whose: Whose,
        /// Lift the restriction
        #[arg(long)]
        lift: bool,
    },
    /// Legal hold (unreadable to the service, not erased), or its release
    Hold {
        #[command(flatten)]
        whose: Whose,
        /// End the hold
        #[arg(long)]
        release: bool,
    },
    /// Requests and their deadlines; with --add: register one that came on paper
    Tickets(TicketsArgs),
    /// Who read what; needs the role auditor, which is taken by default here
    Audit {
        /// From this time on (RFC 3339, or a day)
        #[arg(long, value_name = "TIME", value_parser = instant)]
        since: Option<model::Timestamp>,
        /// The latest lines, at most
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
    /// Hand over to an authority what it lawfully demands; without ID: the journal
    #[command(
        after_help = "Example:\n  silteme person disclose 4711 --authority 'Court of Almaty' --basis 'ruling 7 of 2026-11-20' \\\n    --requested-by 'Judge B.' --what email,events"
    )]
    Disclose(DiscloseArgs),
    /// Hand attributes to a recipient the register has a contract with
    Transfer {
        #[command(flatten)]
        whose: Whose,
        /// The recipient's name in the register
        #[arg(long, value_name = "NAME")]
        to: String,
        /// Attributes, separated by commas
        #[arg(long, value_name = "FIELDS", value_delimiter = ',', required = true)]
        fields: Vec<String>,
    },
    /// Copy the data, without the keys, into a new folder
    Backup {
        /// The folder
        #[arg(value_name = "DIR")]
        to: PathBuf,
    },
    /// The keys that wrap all others
    Keys {
        #[command(subcommand)]
        action: MasterAction,
    },
    /// Versions of the privacy policy, or the text of one
    Policy {
        /// The version
        #[arg(value_name = "VERSION")]
        version: Option<String>,
        /// Its language
        #[arg(long, default_value = "kk", value_parser = policy_language)]
        language: profiles::PolicyLanguage,
    },
    /// The register: which field is kept, what for, how long
    Register,
    /// Do what is due now: erasures, retention; `serve` does it every minute
    Housekeep,
}

/// What somebody is looked for by.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct FindArgs {
    /// Their id; - reads it from standard input
    #[arg(value_name = "ID")]
    pub(crate) id: Option<String>,
    /// Their e-mail address; - reads it from standard input
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) email: Option<String>,
    /// Their phone number; - reads it from standard input
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    pub(crate) phone: Option<String>,
}

/// Consent given on paper.
#[derive(Debug, Args)]
pub(crate) struct ConsentArgs {
    #[command(flatten)]
    pub(crate) whose: Whose,
    /// The version agreed to; must be the one in force
    #[arg(long, value_name = "VERSION", requires = "purposes")]
    pub(crate) policy: Option<String>,
    /// The language it was read in
    #[arg(long, default_value = "kk", value_parser = policy_language)]
    pub(crate) language: profiles::PolicyLanguage,
    /// Purposes, separated by commas: service, notifications, personalisation, advertising, research
    #[arg(long, value_name = "PURPOSES", value_delimiter = ',', value_parser = purpose, requires = "policy")]
    pub(crate) purposes: Vec<profiles::Purpose>,
}

/// Which requests.
#[derive(Debug, Args)]
pub(crate) struct TicketsArgs {
    /// Only those about this person
    #[arg(long, value_name = "ID")]
    pub(crate) person: Option<String>,
    /// Only those not answered
    #[arg(long)]
    pub(crate) open: bool,
    /// Only those not answered in time
    #[arg(long)]
    pub(crate) overdue: bool,
    /// Register a request of this kind: export, correct, erase, withdraw, restrict, find
    #[arg(long, value_name = "KIND", requires = "person", requires = "case", value_parser = ticket_kind)]
    pub(crate) add: Option<profiles::TicketKind>,
    /// Its case number
    #[arg(long, value_name = "CASE", requires = "add")]
    pub(crate) case: Option<String>,
    /// Close the request of this number by hand: refused, answered elsewhere, nothing is stored
    #[arg(long, value_name = "NUMBER", requires = "outcome")]
    pub(crate) close: Option<String>,
    /// How it was answered
    #[arg(long, value_name = "TEXT", requires = "close")]
    pub(crate) outcome: Option<String>,
}

/// A demand of an authority.
#[derive(Debug, Args)]
pub(crate) struct DiscloseArgs {
    /// The person's id; - reads it from standard input
    #[arg(value_name = "ID")]
    pub(crate) id: Option<String>,
    /// Which authority
    #[arg(long, default_value = "")]
    pub(crate) authority: String,
    /// The lawful basis: article, number and date of the demand
    #[arg(long, default_value = "")]
    pub(crate) basis: String,
    /// Which official asked
    #[arg(long, default_value = "")]
    pub(crate) requested_by: String,
    /// What was asked for: attributes, or parts of an export (attributes, events, …), separated by commas
    #[arg(long, value_delimiter = ',')]
    pub(crate) what: Vec<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum MasterAction {
    /// Put a new master key in force and wrap every key by it
    Rotate {
        /// Where to write it [default: in place of the old one's file]
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
    },
}

/// `FIELD=VALUE`; a value that is not JSON is text.
fn assignment(text: &str) -> Result<(String, Value), String> {
    let (field, value) = text.split_once('=').ok_or("write FIELD=VALUE, for example name='Әлия'")?;
    let value = serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()));
    Ok((field.to_owned(), value))
}

fn purpose(text: &str) -> Result<profiles::Purpose, String> {
    word(text).ok_or_else(|| {
        "purposes are service, notifications, personalisation, advertising, research".to_owned()
    })
}

fn policy_language(text: &str) -> Result<profiles::PolicyLanguage, String> {
    word(text).ok_or_else(|| "the policy is written in kk, ru and en".to_owned())
}

fn ticket_kind(text: &str) -> Result<profiles::TicketKind, String> {
    word(text).ok_or_else(|| "kinds are export, correct, erase, withdraw, restrict, find".to_owned())
}

fn instant(text: &str) -> Result<model::Timestamp, String> {
    model::time::instant_or_day(text).ok_or_else(|| "write 2026-11-01 or 2026-11-01T12:00:00Z".to_owned())
}

/// A value by its word in the API.
fn word<T: serde::de::DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_value(Value::String(text.to_owned())).ok()
}
