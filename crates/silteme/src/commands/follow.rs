//! Changes of the settings file while a command runs.
//!
//! Invariant: only `[politeness]` is followed, because sites cannot wait for a restart; a file that cannot be used changes
//! nothing and is complained about once.

use std::path::Path;
use std::time::{Duration, SystemTime};

use frontier::Politeness;
use tokio::sync::watch;

use crate::args::Global;
use crate::config::Config;

/// How often the file is looked at.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);

/// The policy towards sites as the settings file has it, now and later. Must be called inside a runtime.
pub(super) fn politeness(config: &Config, global: &Global) -> watch::Receiver<Politeness> {
    let (sender, receiver) = watch::channel(config.pipeline.politeness);
    if let Some(file) = config.file.clone() {
        let global = global.clone();
        tokio::spawn(async move {
            let mut seen = stamp(&file);
            while !sender.is_closed() {
                tokio::time::sleep(LOOK_INTERVAL).await;
                let now = stamp(&file);
                if now == seen {
                    continue;
                }
                seen = now;
                match Config::load(&global) {
                    Ok(config) => {
                        let changed = sender.send_if_modified(|policy| {
                            let wanted = config.pipeline.politeness;
                            std::mem::replace(policy, wanted) != wanted
                        });
                        if changed {
                            tracing::info!("[politeness] was changed and is in force for the next request");
                        }
                    }
                    Err(error) => {
                        tracing::warn!(%error, "the changed settings cannot be used; the old ones stay in force");
                    }
                }
            }
        });
    }
    receiver
}

/// Tells one state of a file from another.
fn stamp(file: &Path) -> Option<(SystemTime, u64)> {
    let metadata = std::fs::metadata(file).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}
