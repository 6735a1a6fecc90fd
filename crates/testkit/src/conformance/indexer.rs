//! What every `indexer::IndexWriter` and `indexer::LinkSource` must do.
