//! Both adapters keep the promises of the ports.

use indexer::{Index, MemoryIndex, Settings};
use testkit::conformance::indexer::{Fresh, run};

#[test]
fn the_index_in_memory_conforms() {
    run(|| {
        let index = MemoryIndex::new(Settings::default());
        let hide = index.clone();
        Fresh {
            writer: index.clone(),
            source: index,
            hide: Box::new(move |hidden| hide.set_hidden(hidden)),
            keep: Box::new(()),
        }
    });
}

#[test]
fn the_embedded_index_conforms() {
    run(|| {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let index = Index::open(dir.path(), Settings::default()).expect("open");
        let hide = index.clone();
        Fresh {
            writer: index.writer().expect("writer"),
            source: index,
            hide: Box::new(move |hidden| hide.set_hidden(hidden)),
            keep: Box::new(dir),
        }
    });
}
