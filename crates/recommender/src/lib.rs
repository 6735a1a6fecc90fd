//! Interests become ranked links
