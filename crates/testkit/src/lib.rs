//! The simulated web, the simulated clock, and one conformance suite per port
