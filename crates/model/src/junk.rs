//! Pages that answer 200 and are not what was asked for (field.md section 3, rows 15 and 28).
//!
//! Invariant: a kind says what stands there instead, not who found it out.

use serde::{Deserialize, Serialize};

/// What stands at a URL instead of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Junk {
    /// "Not found", said with status 200.
    SoftError,
    /// A domain that is for sale or parked.
    Parked,
    /// A form to log in with, and nothing else.
    Login,
    /// A check whether we are human.
    Captcha,
    /// A shell that scripts would fill: neither text nor links.
    Empty,
}

impl Junk {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::SoftError, Self::Parked, Self::Login, Self::Captcha, Self::Empty];

    /// A stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::SoftError => "soft_error",
            Self::Parked => "parked",
            Self::Login => "login",
            Self::Captcha => "captcha",
            Self::Empty => "empty",
        }
    }

    /// Whether it speaks of the whole host, not of one page.
    #[must_use]
    pub fn is_of_host(self) -> bool {
        matches!(self, Self::Parked | Self::Login | Self::Captcha)
    }
}

impl std::fmt::Display for Junk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::SoftError => "an error page with status 200",
            Self::Parked => "a parked domain",
            Self::Login => "a login wall",
            Self::Captcha => "a check for robots",
            Self::Empty => "an empty shell",
        })
    }
}
