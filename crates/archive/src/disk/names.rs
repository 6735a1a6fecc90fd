//! File names. Invariant: [`SegmentName::parse`] accepts exactly what [`SegmentName::file_name`] makes.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::settings::Compression;

/// One segment of an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SegmentName {
    pub(crate) number: u32,
    pub(crate) compression: Compression,
}

impl SegmentName {
    pub(crate) fn file_name(self) -> String {
        format!("silteme-{:06}.{}", self.number, self.compression.extension())
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        let (digits, extension) = name.strip_prefix("silteme-")?.split_once('.')?;
        let compression = [Compression::Gzip, Compression::Zstd]
            .into_iter()
            .find(|compression| compression.extension() == extension)?;
        let this = Self { number: digits.parse().ok()?, compression };
        (this.file_name() == name).then_some(this)
    }

    pub(crate) fn path(self, dir: &Path) -> PathBuf {
        dir.join(self.file_name())
    }

    /// The index of the closed segment.
    pub(crate) fn closed_index(self, dir: &Path) -> PathBuf {
        dir.join(format!("silteme-{:06}.cdxj", self.number))
    }

    /// The index while the segment is active.
    pub(crate) fn open_index(self, dir: &Path) -> PathBuf {
        dir.join(format!("silteme-{:06}.cdxj.open", self.number))
    }

    /// Where bytes cut at `offset` go; a name not yet taken.
    pub(crate) fn torn(self, dir: &Path, offset: u64) -> PathBuf {
        let names = (0u32..).map(|attempt| match attempt {
            0 => dir.join(format!("silteme-{:06}.{offset}.torn", self.number)),
            _ => dir.join(format!("silteme-{:06}.{offset}.{attempt}.torn", self.number)),
        });
        names.into_iter().find(|path| !path.exists()).unwrap_or_else(|| dir.join("silteme.torn"))
    }
}

/// The segments in `dir`, in order.
pub(crate) fn segments(dir: &Path) -> io::Result<Vec<SegmentName>> {
    let mut found: Vec<SegmentName> =
        names(dir)?.iter().filter_map(|name| SegmentName::parse(name)).collect();
    found.sort_unstable();
    found.dedup_by_key(|name| name.number);
    Ok(found)
}

/// Deletes files of ours that end in `suffix`.
pub(crate) fn remove_all(dir: &Path, suffix: &str) -> io::Result<()> {
    for name in names(dir)? {
        if name.starts_with("silteme-") && name.ends_with(suffix) {
            std::fs::remove_file(dir.join(name))?;
        }
    }
    Ok(())
}

/// Makes creations, renames and removals in `dir` durable.
pub(crate) fn sync_dir(dir: &Path) -> io::Result<()> {
    // Windows cannot open a folder as a file; there a rename is durable by itself.
    if cfg!(unix) { File::open(dir)?.sync_all() } else { Ok(()) }
}

fn names(dir: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for item in std::fs::read_dir(dir)? {
        names.extend(item?.file_name().into_string());
    }
    Ok(names)
}
