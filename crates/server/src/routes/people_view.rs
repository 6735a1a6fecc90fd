//! What the API says about people and takes from them. Invariant: words of the policy (purposes, kinds) are those of
//! `profiles`; a test compares them.

use std::collections::BTreeSet;

use profiles::{ConsentState, NewConsent, PersonView, PolicyLanguage, Purpose, Ticket};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::view::word;

/// What a person agrees to.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewConsent)]
pub(crate) struct ConsentAsked {
    /// The version of the policy agreed to; the one in force: see `/v1/policies`.
    policy: String,
    /// The language its text was shown in.
    #[schema(value_type = String, pattern = "^(kk|ru|en)$")]
    language: PolicyLanguage,
    /// What for: `service` (always), `notifications`, `personalisation`, `advertising`, `research`.
    #[schema(value_type = Vec<String>)]
    purposes: BTreeSet<Purpose>,
    /// How: `button` (unless said otherwise), `paper`, `continued_use`.
    #[serde(default)]
    #[schema(value_type = String)]
    how: profiles::How,
}

/// What a person has agreed to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Consent)]
pub(crate) struct ConsentAnswer {
    /// `none`, `current`, `outdated` (an earlier policy: ask again), `blocked` (withdrawn or restricted).
    status: String,
    /// The version agreed to.
    policy: Option<String>,
    /// The language its text was shown in.
    language: Option<String>,
    /// What for.
    purposes: Vec<String>,
    /// When, RFC 3339.
    #[schema(format = DateTime)]
    given: Option<String>,
    /// The version in force.
    current_policy: String,
}

/// A new person.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewPerson)]
pub(crate) struct PersonAsked {
    /// The caller's own name for the person, 1 to 128 characters without spaces; a random one is made if absent.
    #[serde(default)]
    pub(crate) id: Option<String>,
    /// What the person agrees to; without it nothing is stored.
    #[serde(default)]
    pub(crate) consent: Option<ConsentAsked>,
    /// What the person tells of themselves: fields of the register.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub(crate) attributes: Map<String, Value>,
}

/// The person made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PersonMade {
    /// Names the person from now on.
    pub(crate) id: String,
    /// What the person has agreed to.
    pub(crate) consent: ConsentAnswer,
}

/// What is stored of a person.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Person)]
pub(crate) struct PersonAnswer {
    /// Names the person.
    id: String,
    /// When they first agreed, RFC 3339.
    #[schema(format = DateTime)]
    created: String,
    /// When they last used the service, RFC 3339; to the day.
    #[schema(format = DateTime)]
    used: String,
    /// What they have agreed to.
    consent: ConsentAnswer,
    /// Whether processing is restricted: kept, not used.
    restricted: bool,
    /// Whether there is a legal hold.
    held: bool,
    /// What they told of themselves.
    #[schema(value_type = Object)]
    attributes: Map<String, Value>,
}

/// Whom to find: exactly one of these.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = FindPerson)]
pub(crate) struct FindAsked {
    /// The person's id.
    pub(crate) id: Option<String>,
    /// Their e-mail address.
    pub(crate) email: Option<String>,
    /// Their telephone number.
    pub(crate) phone: Option<String>,
}

/// Whether anything is stored.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Found {
    /// Whether anything is stored of them.
    pub(crate) stored: bool,
    /// Their id, if so.
    pub(crate) id: Option<String>,
}

/// A request of a person, and how far it is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Ticket)]
pub(crate) struct TicketAnswer {
    /// Its number.
    id: String,
    /// `export`, `correct`, `erase`, `withdraw`, `restrict`, `find`.
    kind: String,
    /// The case number given with it.
    case: Option<String>,
    /// When it was made, RFC 3339.
    #[schema(format = DateTime)]
    opened: String,
    /// When it must be answered, RFC 3339.
    #[schema(format = DateTime)]
    due: String,
    /// When it was answered, RFC 3339.
    #[schema(format = DateTime)]
    done: Option<String>,
    /// How it was answered, or what it waits for.
    outcome: Option<String>,
    /// Proof that it was answered, once it is.
    receipt: Option<String>,
}

/// Requests of people.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TicketsAnswer {
    /// The first to be due first.
    pub(crate) tickets: Vec<TicketAnswer>,
}

impl From<ConsentAsked> for NewConsent {
    fn from(asked: ConsentAsked) -> Self {
        Self { policy: asked.policy, language: asked.language, purposes: asked.purposes, how: asked.how }
    }
}

impl From<ConsentState> for ConsentAnswer {
    fn from(state: ConsentState) -> Self {
        Self {
            status: word(&state.status),
            policy: state.policy,
            language: state.language.map(|language| language.as_str().to_owned()),
            purposes: state.purposes.iter().map(|purpose| purpose.as_str().to_owned()).collect(),
            given: state.given.map(|at| at.to_string()),
            current_policy: state.current_policy,
        }
    }
}

impl From<PersonView> for PersonAnswer {
    fn from(person: PersonView) -> Self {
        Self {
            id: person.id.into(),
            created: person.created.to_string(),
            used: person.used.to_string(),
            consent: person.consent.into(),
            restricted: person.restricted.is_some(),
            held: person.held.is_some(),
            attributes: person.attributes,
        }
    }
}

impl From<Ticket> for TicketAnswer {
    fn from(ticket: Ticket) -> Self {
        Self {
            kind: word(&ticket.kind),
            id: ticket.id,
            case: ticket.case,
            opened: ticket.opened.to_string(),
            due: ticket.due.to_string(),
            done: ticket.done.map(|at| at.to_string()),
            outcome: ticket.outcome,
            receipt: ticket.receipt,
        }
    }
}
