//! The thread that makes records durable: many records, one flush.
//!
//! Invariant: a batch leaves for the next stage only after the archive has said it is on disk.

use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use archive::ArchiveStore;
use model::{FetchRecord, Position};
use tokio::sync::mpsc::Receiver;

use crate::Error;
use crate::progress::Progress;

/// Records that are in the archive, in its order.
pub(super) struct Archived {
    pub(super) records: Vec<FetchRecord>,
    /// The archive's end after the last of them.
    pub(super) end: Position,
}

/// Records made durable by one flush, at most. More would only delay the first of them.
const BATCH_MAX: usize = 128;

pub(super) fn run(
    archive: &mut dyn ArchiveStore,
    progress: &Arc<Progress>,
    mut fetched: Receiver<FetchRecord>,
    archived: &SyncSender<Archived>,
) -> Result<(), Error> {
    while let Some(first) = fetched.blocking_recv() {
        let mut records = vec![first];
        while records.len() < BATCH_MAX
            && let Ok(record) = fetched.try_recv()
        {
            records.push(record);
        }
        archive.append(&records)?;
        for record in &records {
            progress.count_record(record);
        }
        if archived.send(Archived { records, end: archive.end() }).is_err() {
            return Err(Error::Stage("settling"));
        }
    }
    Ok(())
}
