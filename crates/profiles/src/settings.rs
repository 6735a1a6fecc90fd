//! `[profiles]`. Invariant: no legal term is in code; every one has a key here or in the register.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use model::Span;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::consent::Purpose;

/// `[profiles]`: persons' data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Folder of the keys; must not lie in the data folder. Unset: the data folder's name with `.keys` added.
    pub keys: Option<PathBuf>,
    /// File with the master key (64 hexadecimal digits). `SILTEME_MASTER_KEY` in the environment goes first.
    pub master_key_file: Option<PathBuf>,
    /// The register of fields. Unset: the one the program comes with.
    pub register: Option<PathBuf>,
    /// Folder of policies, `VERSION/{kk,ru,en}.md`. Unset: those the program comes with.
    pub policies: Option<PathBuf>,
    /// Purposes that can be consented to; a path whose purpose is not among them is not executed.
    pub purposes: Vec<Purpose>,
    /// How soon a request must be answered.
    pub answer_within: Span,
    /// The longest anything may be kept after a person last used the service.
    pub keep_max: Span,
    /// Retention by category, in place of the register's.
    pub retention: BTreeMap<String, Span>,
    /// Events kept of one person; the earliest go first.
    pub events_max: usize,
    /// Where data may be.
    pub residency: Residency,
    /// Whether a transfer may leave the country.
    pub cross_border: bool,
}

/// Where data, keys, backups and logs may be.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Residency {
    /// The country (ISO 3166-1 code). Unset: places are not checked.
    pub country: Option<String>,
    /// Folders in that country; what lies below one is declared.
    pub locations: Vec<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            keys: None,
            master_key_file: None,
            register: None,
            policies: None,
            purposes: Purpose::ALL.to_vec(),
            // 15 days and 3 years: the terms reported in public texts (privacy.md), for counsel to confirm.
            answer_within: Span::seconds(15 * 86_400),
            keep_max: Span::seconds(1_095 * 86_400),
            retention: BTreeMap::new(),
            events_max: 5_000,
            residency: Residency::default(),
            cross_border: false,
        }
    }
}

impl Settings {
    /// Checks what can be checked without the disk.
    ///
    /// # Errors
    /// A message naming the key, what is wrong, and what to write instead.
    pub fn check(&self) -> Result<(), String> {
        if !self.purposes.contains(&Purpose::Service) {
            return Err(
                "[profiles] purposes must hold \"service\"; without it nothing can be kept".to_owned()
            );
        }
        if self.answer_within.0.is_zero() {
            return Err("[profiles] answer_within must be longer than 0s; write \"15d\"".to_owned());
        }
        if !(1..=100_000).contains(&self.events_max) {
            return Err("[profiles] events_max must be 1 to 100000".to_owned());
        }
        if self.residency.country.is_some() && self.residency.locations.is_empty() {
            return Err(
                "[profiles] residency names a country and no locations; list the folders in it".to_owned()
            );
        }
        Ok(())
    }

    /// The folder of the keys that belong to a data folder.
    #[must_use]
    pub fn keys_dir(&self, data: &Path) -> PathBuf {
        self.keys.clone().unwrap_or_else(|| {
            let mut name = data.file_name().unwrap_or_else(|| "data".as_ref()).to_owned();
            name.push(".keys");
            data.with_file_name(name)
        })
    }
}

impl Residency {
    /// Whether `place`, which need not exist yet, lies in a declared location.
    ///
    /// # Errors
    /// [`Error::Residency`] when it does not; [`Error::Io`] when that cannot be told.
    pub fn check(&self, place: &Path) -> Result<(), Error> {
        let Some(country) = &self.country else { return Ok(()) };
        for location in &self.locations {
            if lies_in(place, location)? {
                return Ok(());
            }
        }
        Err(Error::Residency { path: place.to_owned(), country: country.clone() })
    }
}

/// Whether `place` is `folder` or lies below it; neither need exist yet.
pub(crate) fn lies_in(place: &Path, folder: &Path) -> Result<bool, Error> {
    Ok(real(place)?.starts_with(real(folder)?))
}

/// The path without links and dots; of what does not exist yet, by the nearest folder that does.
fn real(path: &Path) -> Result<PathBuf, Error> {
    let path = std::path::absolute(path).map_err(Error::io("find", path))?;
    for ancestor in path.ancestors() {
        if let Ok(real) = ancestor.canonicalize() {
            let rest = path.strip_prefix(ancestor).unwrap_or(Path::new(""));
            return Ok(if rest.as_os_str().is_empty() { real } else { real.join(rest) });
        }
    }
    Ok(path)
}
