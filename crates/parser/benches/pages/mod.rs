//! The pages that the benchmarks read.

use std::fs;
use std::path::{Path, PathBuf};

/// HTML files below a folder, by name; none if there is no such folder.
pub(crate) fn of(folder: &Path) -> Vec<Vec<u8>> {
    let mut open: Vec<PathBuf> = vec![folder.to_owned()];
    let mut files = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "html") {
                files.push(path);
            }
        }
    }
    files.sort();
    files.iter().filter_map(|file| fs::read(file).ok()).collect()
}
