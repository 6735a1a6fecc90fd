//! Quantities as people write them in settings: `"1s"`, `"8 MiB"`.
//!
//! Invariant: a settings value always carries its unit; a bare number is refused with a message that shows the form.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A length of time in settings and output: a number and one of `ms`, `s`, `m`, `h`, `d`, or several in a row (`"1h30m"`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span(pub Duration);

/// A number of bytes in settings and output: a number and one of `B`, `kB`, `KiB`, `MB`, `MiB`, `GB`, `GiB`, `TB`, `TiB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ByteSize(pub u64);

/// A quantity that could not be read; says what was given and what is expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{input:?} is not {expected}")]
pub struct UnitError {
    input: String,
    expected: &'static str,
}

const SPAN_FORM: &str =
    "a length of time; write a number with ms, s, m, h or d, for example \"5s\" or \"1h30m\"";
const SIZE_FORM: &str = "a size; write a number with B, KiB, MiB, GiB or TiB, for example \"8 MiB\"";

impl Span {
    /// A span of whole seconds.
    #[must_use]
    pub const fn seconds(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds))
    }

    /// A span of whole milliseconds.
    #[must_use]
    pub const fn millis(millis: u64) -> Self {
        Self(Duration::from_millis(millis))
    }
}

impl ByteSize {
    /// `n` × 1024 × 1024 bytes.
    #[must_use]
    pub const fn mebibytes(n: u64) -> Self {
        Self(n * 1024 * 1024)
    }

    /// `n` × 1024 bytes.
    #[must_use]
    pub const fn kibibytes(n: u64) -> Self {
        Self(n * 1024)
    }

    /// The size as an in-memory length; sizes above the address space become `usize::MAX`.
    #[must_use]
    pub fn as_len(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

impl FromStr for Span {
    type Err = UnitError;

    fn from_str(input: &str) -> Result<Self, UnitError> {
        let err = || UnitError { input: input.to_owned(), expected: SPAN_FORM };
        let mut rest = input.trim();
        if rest.is_empty() {
            return Err(err());
        }
        let mut seconds_total = 0.0f64;
        while !rest.is_empty() {
            let (number, after) = split_number(rest).ok_or_else(err)?;
            let unit_len = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
            let unit_seconds = match &after[..unit_len] {
                "ms" => 0.001,
                "s" | "sec" => 1.0,
                "m" | "min" => 60.0,
                "h" => 3_600.0,
                "d" => 86_400.0,
                "w" => 604_800.0,
                _ => return Err(err()),
            };
            seconds_total += number * unit_seconds;
            rest = after[unit_len..].trim_start();
        }
        Duration::try_from_secs_f64(seconds_total).map(Self).map_err(|_| err())
    }
}

impl FromStr for ByteSize {
    type Err = UnitError;

    fn from_str(input: &str) -> Result<Self, UnitError> {
        let err = || UnitError { input: input.to_owned(), expected: SIZE_FORM };
        let (number, unit) = split_number(input.trim()).ok_or_else(err)?;
        let factor: f64 = match unit.to_ascii_lowercase().as_str() {
            "b" => 1.0,
            "kb" => 1e3,
            "kib" => 1024.0,
            "mb" => 1e6,
            "mib" => 1024.0 * 1024.0,
            "gb" => 1e9,
            "gib" => 1024.0 * 1024.0 * 1024.0,
            "tb" => 1e12,
            "tib" => 1024.0 * 1024.0 * 1024.0 * 1024.0,
            _ => return Err(err()),
        };
        let bytes = number * factor;
        if bytes > u64::MAX as f64 {
            return Err(err());
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "checked against the range above"
        )]
        Ok(Self(bytes.round() as u64))
    }
}

/// The leading decimal number of `text` and what follows it, spaces between them dropped.
fn split_number(text: &str) -> Option<(f64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let number: f64 = text[..end].parse().ok()?;
    Some((number, text[end..].trim_start()))
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = self.0.as_millis();
        if millis == 0 {
            return f.write_str("0s");
        }
        if !millis.is_multiple_of(1000) {
            return write!(f, "{millis}ms");
        }
        let mut seconds = self.0.as_secs();
        for (unit, unit_seconds) in [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)] {
            if seconds >= unit_seconds {
                write!(f, "{}{unit}", seconds / unit_seconds)?;
                seconds %= unit_seconds;
            }
        }
        Ok(())
    }
}

impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (unit, shift) in [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)] {
            if self.0 >= 1 << shift && self.0.is_multiple_of(1 << shift) {
                return write!(f, "{} {unit}", self.0 >> shift);
            }
        }
        write!(f, "{} B", self.0)
    }
}

macro_rules! serde_as_text {
    ($type:ty, $form:expr) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Text;
                impl de::Visitor<'_> for Text {
                    type Value = $type;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($form)
                    }

                    fn visit_str<E: de::Error>(self, text: &str) -> Result<$type, E> {
                        text.parse().map_err(E::custom)
                    }
                }
                deserializer.deserialize_str(Text)
            }
        }
    };
}

serde_as_text!(Span, SPAN_FORM);
serde_as_text!(ByteSize, SIZE_FORM);

#[cfg(test)]
mod tests;
