//! Documents become searchable
