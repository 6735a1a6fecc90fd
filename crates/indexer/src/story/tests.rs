//! What stories and copies must hold whatever the documents.
