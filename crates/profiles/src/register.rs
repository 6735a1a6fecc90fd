//! The register: which field is kept, for which purposes, how long, and who may receive it.
//!
//! Invariant: what the register does not name is not stored, of attributes and of every other kind of row.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use model::{Language, Span};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Error;
use crate::consent::Purpose;
use crate::settings::Settings;

/// Longest text of an attribute, bytes, unless its field says another.
const TEXT_BYTES_MAX: usize = 1_000;
/// Longest list of an attribute.
const LIST_MAX: usize = 1_000;
/// Largest value of a derived field, bytes as JSON: a vector of 1,024 numbers.
const OBJECT_BYTES_MAX: usize = 16 * 1024;

/// The register of fields.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// How long each category is kept.
    pub category: BTreeMap<String, Category>,
    /// Who may receive data, by contract.
    #[serde(default)]
    pub recipient: BTreeMap<String, Recipient>,
    /// Every field, by name.
    pub field: BTreeMap<String, Field>,
}

/// How long something is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// How long.
    pub keep: Span,
    /// Since when.
    pub after: Since,
}

/// What a retention counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Since {
    /// From when it was stored.
    Collection,
    /// From when the person last used the service.
    LastUse,
    /// From when the person was erased: proofs only.
    Erasure,
}

/// Somebody data may be transferred to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipient {
    /// The contract's number.
    pub contract: String,
    /// The contract's date.
    pub date: String,
    /// Where the recipient is (ISO 3166-1 code).
    pub country: String,
}

/// One field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Which kind of row holds it.
    pub of: Kind,
    /// What its values look like.
    #[serde(rename = "type")]
    pub kind: Type,
    /// What it may be used for; of these one must be consented to.
    pub purposes: BTreeSet<Purpose>,
    /// How long it is kept.
    pub category: String,
    /// Who may receive it.
    #[serde(default)]
    pub recipients: BTreeSet<String>,
    /// Whether it is a secret that proves who somebody is; an export leaves it out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub secret: bool,
    /// What it is, for people.
    pub about: String,
    /// The values a choice has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub one_of: Vec<String>,
    /// Longest text, bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length_max: Option<usize>,
}

/// Kinds of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The person as such: id, consents, standing. One row.
    Person,
    /// What a person tells of themselves. One row a field.
    Attribute,
    /// What a person did. One row an event.
    Event,
    /// What was computed of them: scores, vectors, segments. One row a field.
    Derived,
    /// How a person logs in.
    Account,
    /// Where a person is logged in.
    Session,
    /// Requests about a person.
    Ticket,
    /// Who read what.
    Audit,
}

impl Kind {
    /// Its name in the plain column.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Attribute => "attribute",
            Self::Event => "event",
            Self::Derived => "derived",
            Self::Account => "account",
            Self::Session => "session",
            Self::Ticket => "ticket",
            Self::Audit => "audit",
        }
    }
}

/// What the values of a field look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Type {
    /// Text.
    Text,
    /// Several texts.
    Texts,
    /// An e-mail address.
    Email,
    /// A phone number in international form: `+77010000000`.
    Phone,
    /// A day: `1990-01-31`.
    Date,
    /// An http(s) address.
    Url,
    /// Languages by code.
    Languages,
    /// One of the texts in `one_of`.
    Choice,
    /// Any JSON.
    Json,
}

impl Register {
    /// The register in `file`, or the one the program comes with.
    pub(crate) fn load(file: Option<&Path>, settings: &Settings) -> Result<Self, Error> {
        let (text, name) = match file {
            Some(path) => {
                (std::fs::read_to_string(path).map_err(Error::io("read", path))?, path.display().to_string())
            }
            None => (include_str!("../../../config/register.toml").to_owned(), "the register".to_owned()),
        };
        let mut register: Self =
            toml::from_str(&text).map_err(|e| Error::Setting(format!("{name}: {}", e.message())))?;
        for (category, keep) in &settings.retention {
            register
                .category
                .get_mut(category)
                .ok_or_else(|| {
                    Error::Setting(format!("[profiles] retention: the register has no category {category:?}"))
                })?
                .keep = *keep;
        }
        register.check(settings).map_err(|problem| Error::Setting(format!("{name}: {problem}")))?;
        Ok(register)
    }

    fn check(&self, settings: &Settings) -> Result<(), String> {
        for (name, category) in &self.category {
            if category.keep > settings.keep_max {
                return Err(format!(
                    "category {name:?} keeps {}, longer than [profiles] keep_max {}",
                    category.keep, settings.keep_max
                ));
            }
        }
        for (name, field) in &self.field {
            if !self.category.contains_key(&field.category) {
                return Err(format!(
                    "field {name:?} is of category {:?}, which is not there",
                    field.category
                ));
            }
            if let Some(recipient) = field.recipients.iter().find(|name| !self.recipient.contains_key(*name))
            {
                return Err(format!("field {name:?} names the recipient {recipient:?}, which is not there"));
            }
            if field.purposes.is_empty() {
                return Err(format!("field {name:?} has no purpose; what has none is not kept"));
            }
        }
        for needed in ["account", "history", "derived", "identity", "proof", "request", "audit"] {
            if !self.category.contains_key(needed) {
                return Err(format!("category {needed:?} is missing"));
            }
        }
        Ok(())
    }

    /// The field of this kind and name.
    ///
    /// # Errors
    /// [`Error::Undeclared`] with the nearest name.
    pub fn field(&self, kind: Kind, name: &str) -> Result<&Field, Error> {
        let found = self.field.get(&key(kind, name)).filter(|field| field.of == kind);
        found.ok_or_else(|| {
            let nearest = self
                .of(kind)
                .map(|(known, _)| (strsim::osa_distance(known, name), known))
                .filter(|(distance, known)| *distance <= 1 + known.len() / 3)
                .min()
                .map(|(_, known)| known.to_owned());
            Error::Undeclared { field: name.chars().take(40).collect(), nearest }
        })
    }

    /// The fields of a kind, by their name within it.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = (&str, &Field)> {
        self.field
            .iter()
            .filter(move |(_, field)| field.of == kind)
            .map(move |(name, field)| (name_of(kind, name), field))
    }

    /// How long a category is kept.
    #[must_use]
    pub fn keep(&self, category: &str) -> Duration {
        self.category.get(category).map_or(Duration::ZERO, |category| category.keep.0)
    }

    /// Refuses a row with a field the register does not name.
    pub(crate) fn check_row(&self, kind: Kind, row: &Value) -> Result<(), Error> {
        let Value::Object(fields) = row else { return Ok(()) };
        fields.keys().try_for_each(|name| self.field(kind, name).map(|_| ()))
    }
}

/// Attributes go by their plain name, everything else by `kind.name`.
fn key(kind: Kind, name: &str) -> String {
    match kind {
        Kind::Attribute => name.to_owned(),
        _ => format!("{}.{name}", kind.as_str()),
    }
}

fn name_of(kind: Kind, key: &str) -> &str {
    key.strip_prefix(kind.as_str()).and_then(|rest| rest.strip_prefix('.')).unwrap_or(key)
}

impl Field {
    /// Whether a value has the field's type. The message never repeats the value.
    pub(crate) fn check(&self, name: &str, value: &Value) -> Result<(), Error> {
        let length_max = self.length_max.unwrap_or(TEXT_BYTES_MAX);
        let text = value.as_str().filter(|text| {
            !text.is_empty() && text.len() <= length_max && !text.chars().any(char::is_control)
        });
        let texts = || {
            value.as_array().filter(|list| list.len() <= LIST_MAX).is_some_and(|list| {
                list.iter().all(|item| {
                    item.as_str().is_some_and(|text| !text.is_empty() && text.len() <= length_max)
                })
            })
        };
        let (good, form) = match self.kind {
            Type::Text => (text.is_some(), format!("a text of 1 to {length_max} bytes")),
            Type::Texts => (texts(), format!("a list of at most {LIST_MAX} texts")),
            Type::Email => (text.is_some_and(is_email), "an e-mail address".to_owned()),
            Type::Phone => (text.is_some_and(is_phone), "a phone number like +77010000000".to_owned()),
            Type::Date => (
                text.is_some_and(|text| text.parse::<jiff::civil::Date>().is_ok()),
                "a day like 1990-01-31".to_owned(),
            ),
            Type::Url => (
                text.is_some_and(|text| model::CanonicalUrl::parse(text).is_ok()),
                "an http or https address".to_owned(),
            ),
            Type::Languages => (
                texts()
                    && value.as_array().is_some_and(|list| {
                        list.iter()
                            .all(|item| item.as_str().is_some_and(|code| code.parse::<Language>().is_ok()))
                    }),
                "a list of language codes like [\"kk\", \"ru\"]".to_owned(),
            ),
            Type::Choice => (
                text.is_some_and(|text| self.one_of.iter().any(|known| known == text)),
                format!("one of {}", self.one_of.join(", ")),
            ),
            Type::Json => (
                value.to_string().len() <= OBJECT_BYTES_MAX,
                format!("at most {OBJECT_BYTES_MAX} bytes of JSON"),
            ),
        };
        if good { Ok(()) } else { Err(Error::Input(format!("field {name:?} must be {form}"))) }
    }
}

/// The shape only; that it exists is proven by a message to it.
fn is_email(text: &str) -> bool {
    text.len() <= 254
        && !text.contains(char::is_whitespace)
        && text.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty()
                && host.contains('.')
                && !host.contains('@')
                && !host.starts_with('.')
                && !host.ends_with('.')
        })
}

/// E.164: a plus and 7 to 15 digits.
pub(crate) fn is_phone(text: &str) -> bool {
    text.strip_prefix('+')
        .is_some_and(|digits| (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests;
