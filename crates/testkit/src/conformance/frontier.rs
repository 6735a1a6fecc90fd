//! What every `frontier::FrontierStore` must do.
