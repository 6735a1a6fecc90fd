//! A URL becomes a fetch record, politely
