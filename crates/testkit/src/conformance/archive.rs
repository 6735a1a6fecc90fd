//! What every `archive::ArchiveStore` must do.
