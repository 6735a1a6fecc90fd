//! What every `fetcher::Transport` must do.
