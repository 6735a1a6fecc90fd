//! The service's privacy policy, version by version. Invariant: a version is a day and three texts that never change; their hash
//! is remembered where the keys are, and a text that no longer fits it refuses the start.

use std::path::Path;
use std::sync::Arc;

use data_encoding::HEXLOWER;
use jiff::civil::Date;
use model::Clock;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::Error;

/// The languages every version is published in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PolicyLanguage {
    /// Kazakh.
    Kk,
    /// Russian.
    Ru,
    /// English.
    En,
}

impl PolicyLanguage {
    /// Every language.
    pub const ALL: [Self; 3] = [Self::Kk, Self::Ru, Self::En];

    /// Its ISO 639-1 code.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kk => "kk",
            Self::Ru => "ru",
            Self::En => "en",
        }
    }
}

/// One version of the policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Its name, which is the day it takes effect: `2026-11-01`.
    pub version: String,
    /// That day (UTC).
    pub effective: Date,
    /// SHA-256 of the three texts, hexadecimal.
    pub hash: String,
    texts: [String; 3],
}

impl Policy {
    fn new(version: &str, texts: [String; 3]) -> Result<Self, Error> {
        let effective: Date = version.parse().map_err(|_| {
            Error::Setting(format!(
                "policy {version:?} is not named by the day it takes effect; write 2026-11-01"
            ))
        })?;
        let mut hash = Sha256::new();
        for text in &texts {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        }
        Ok(Self { version: effective.to_string(), effective, hash: HEXLOWER.encode(&hash.finalize()), texts })
    }

    /// The text (Markdown).
    #[must_use]
    pub fn text(&self, language: PolicyLanguage) -> &str {
        &self.texts[language as usize]
    }
}

/// Every version of the policy, the earliest first.
#[derive(Clone)]
pub struct Policies {
    versions: Arc<[Policy]>,
    clock: Arc<dyn Clock>,
}

impl Policies {
    /// The versions in `folder` (`VERSION/{kk,ru,en}.md`), or those the program comes with.
    pub(crate) fn load(folder: Option<&Path>, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        let mut versions = match folder {
            Some(folder) => read(folder)?,
            None => vec![Policy::new(
                "2026-11-01",
                [
                    include_str!("../../../config/policies/2026-11-01/kk.md").to_owned(),
                    include_str!("../../../config/policies/2026-11-01/ru.md").to_owned(),
                    include_str!("../../../config/policies/2026-11-01/en.md").to_owned(),
                ],
            )?],
        };
        versions.sort_by_key(|policy| policy.effective);
        if versions.is_empty() {
            return Err(Error::Setting(
                "[profiles] policies: the folder holds no version of the policy".to_owned(),
            ));
        }
        Ok(Self { versions: versions.into(), clock })
    }

    /// The version in force: the latest that has taken effect; before the first one has, the first.
    #[must_use]
    pub fn current(&self) -> &Policy {
        let today = crate::day::of(self.clock.now());
        self.versions.iter().rfind(|policy| policy.effective <= today).unwrap_or(&self.versions[0])
    }

    /// A version by name.
    #[must_use]
    pub fn version(&self, name: &str) -> Option<&Policy> {
        self.versions.iter().find(|policy| policy.version == name)
    }

    /// Every version, the earliest first.
    #[must_use]
    pub fn all(&self) -> &[Policy] {
        &self.versions
    }
}

fn read(folder: &Path) -> Result<Vec<Policy>, Error> {
    let mut versions = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(Error::io("read", folder))? {
        let version = entry.map_err(Error::io("read", folder))?.path();
        if !version.is_dir() {
            continue;
        }
        let text = |language: &str| {
            let path = version.join(format!("{language}.md"));
            std::fs::read_to_string(&path).map_err(Error::io("read", &path))
        };
        let name = version.file_name().unwrap_or_default().to_string_lossy().into_owned();
        versions.push(Policy::new(&name, [text("kk")?, text("ru")?, text("en")?])?);
    }
    Ok(versions)
}
