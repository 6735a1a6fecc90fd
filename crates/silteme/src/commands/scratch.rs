//! A folder of a command's own, gone when it ends.

use std::path::{Path, PathBuf};

/// The folder.
pub(super) struct Scratch(pub(super) PathBuf);

impl Scratch {
    /// An empty folder among the system's temporary ones.
    pub(super) fn new(command: &str) -> anyhow::Result<Self> {
        let dir = std::env::temp_dir().join(format!("silteme-{command}-{}", std::process::id()));
        std::fs::create_dir_all(&dir).map_err(|e| pipeline::Error::Disk {
            action: "create",
            path: dir.clone(),
            source: e,
        })?;
        Ok(Self(dir))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(Path::new(&self.0));
    }
}
