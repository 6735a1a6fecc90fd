//! What an operator may choose about the archive. Invariant: every combination that passes [`Settings::check`] gives an
//! archive that all versions of this crate can read; the choice may differ from run to run.

use model::ByteSize;
use serde::{Deserialize, Serialize};

/// Settings of the archive (`[archive]`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// How records are compressed. `gzip` is read by every tool; `zstd` is smaller and cheaper where bodies arrive
    /// without a content coding.
    pub compression: Compression,
    /// A segment that has reached this size is closed before the next batch; it exceeds it by at most one batch.
    /// 1 GiB is the usual size of a WARC file (WARC 1.1 annex C). From 1 KiB on.
    pub segment_size: ByteSize,
    /// How many recent payloads are remembered, so that the same payload seen again on the same host is stored as a
    /// reference. About 200 bytes of memory each; 0 turns it off.
    pub duplicates_max: usize,
}

/// How each record is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Compression {
    /// One gzip member per record, `.warc.gz` (WARC 1.1 annex D).
    #[default]
    Gzip,
    /// One Zstandard frame per record, `.warc.zst`.
    Zstd,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            compression: Compression::Gzip,
            segment_size: ByteSize::mebibytes(1024),
            duplicates_max: 100_000,
        }
    }
}

impl Settings {
    /// Whether the values make sense together.
    ///
    /// # Errors
    /// One sentence naming the setting, its value and what to write instead.
    pub fn check(&self) -> Result<(), String> {
        if self.segment_size < ByteSize::kibibytes(1) {
            return Err(format!(
                "archive.segment_size = \"{}\" is too small; write at least \"1 KiB\" (usual: \"1 GiB\")",
                self.segment_size
            ));
        }
        Ok(())
    }
}

impl Compression {
    /// The end of a segment's file name.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Gzip => "warc.gz",
            Self::Zstd => "warc.zst",
        }
    }
}
