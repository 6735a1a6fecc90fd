//! Languages by code. Invariant: a code in lower case; a name nobody has heard of is refused where a person writes it, and is
//! taken as it is where a page says it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A language by its ISO 639-1 (else 639-3) code in lower case: `kk`, `ru`, `en`, `und` when unknown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Language(String);

/// A text that is no language code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{written:?} is not a language code; write for example kk, ru or en (ISO 639-1)")]
pub struct UnknownLanguage {
    /// As written, at most 40 characters.
    pub written: String,
}

/// ISO 639-1, the codes of 639-3 without one there that the parser tells apart, and `und`.
const KNOWN: &str = "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz \
    ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu \
    ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd \
    ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st \
    su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu \
    ckb kaa nog sah und";

impl Language {
    /// A language by code; anything that is not two or three ASCII letters is `und`.
    #[must_use]
    pub fn new(code: &str) -> Self {
        let primary = code.split(['-', '_']).next().unwrap_or_default();
        if matches!(primary.len(), 2..=3) && primary.bytes().all(|b| b.is_ascii_alphabetic()) {
            Self(primary.to_ascii_lowercase())
        } else {
            Self::unknown()
        }
    }

    /// `und`.
    #[must_use]
    pub fn unknown() -> Self {
        Self("und".to_owned())
    }

    /// Its code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Language {
    type Err = UnknownLanguage;

    /// What a person writes: a code of ISO 639, with or without a region.
    fn from_str(text: &str) -> Result<Self, UnknownLanguage> {
        let language = Self::new(text);
        let is_known = KNOWN.split_ascii_whitespace().any(|code| code == language.as_str());
        if is_known && (language != Self::unknown() || text.eq_ignore_ascii_case("und")) {
            Ok(language)
        } else {
            Err(UnknownLanguage { written: text.chars().take(40).collect() })
        }
    }
}

impl From<String> for Language {
    fn from(code: String) -> Self {
        Self::new(&code)
    }
}

impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.0
    }
}

impl Default for Language {
    fn default() -> Self {
        Self::unknown()
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_write_codes() {
        assert_eq!("KK".parse(), Ok(Language::new("kk")));
        assert_eq!("ru-RU".parse(), Ok(Language::new("ru")));
        assert_eq!("und".parse(), Ok(Language::unknown()));
        for wrong in ["", "klingon", "zz", "k", "казахский"] {
            let refused = wrong.parse::<Language>();
            assert!(refused.is_err(), "{wrong:?} was taken for {refused:?}");
        }
    }
}
