//! The fuzzer's corpus, replayed without a fuzzer.

use std::fs;
use std::path::Path;

#[test]
fn the_fuzzers_corpus_harms_nothing() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    let mut replayed = 0;
    for folder in fs::read_dir(corpus).unwrap().map(|entry| entry.unwrap().path()) {
        let target = folder.file_name().unwrap().to_string_lossy().into_owned();
        for file in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            // The fetcher's robots target is replayed by the fetcher's own tests.
            if target != "robots" {
                let bytes = fs::read(&file).unwrap();
                assert!(parser::study::foreign::run(&target, &bytes), "no target {target}");
                replayed += 1;
            }
        }
    }
    assert!(replayed > 20, "{replayed} inputs: where is the corpus?");
}
