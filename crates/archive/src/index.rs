//! The CDXJ index beside each segment: which responses are held of a URL, and where.
//!
//! Invariant: derived and disposable; whatever is missing or torn is rebuilt from the segment.

pub(crate) mod closed;
pub(crate) mod line;
pub(crate) mod open;
pub(crate) mod surt;

#[cfg(test)]
mod tests;
