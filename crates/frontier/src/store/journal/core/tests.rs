use std::fs;

use model::Position;

use super::Core;
use crate::error::Error;
use crate::store::journal::record::Record;

fn checkpoint(core: &mut Core, segment: u32) -> Result<(), Error> {
    core.atomically(|core| core.emit(&Record::Checkpoint { segment, offset: 7 }).map(drop))
}

#[test]
fn a_batch_that_cannot_be_written_has_not_happened() {
    let dir = tempfile::tempdir().unwrap();
    checkpoint(&mut Core::open(dir.path(), true).unwrap(), 1).unwrap();
    let before = fs::read(dir.path().join("reel-000000000000")).unwrap();
    // Its files are open for reading, so every write fails.
    let mut core = Core::open(dir.path(), false).unwrap();
    for _ in 0..2 {
        assert!(matches!(checkpoint(&mut core, 2), Err(Error::Store(_))));
        assert_eq!(
            core.state.checkpoint,
            Position { segment: 1, offset: 7 },
            "memory is not ahead of the files"
        );
    }
    assert_eq!(fs::read(dir.path().join("reel-000000000000")).unwrap(), before);
}

#[test]
fn a_batch_that_fails_midway_has_not_happened() {
    let dir = tempfile::tempdir().unwrap();
    let mut core = Core::open(dir.path(), true).unwrap();
    checkpoint(&mut core, 1).unwrap();
    let failed = core.atomically(|core| {
        core.emit(&Record::Checkpoint { segment: 2, offset: 7 })?;
        core.emit(&Record::Silence { site: 5, until: 1 })
    });
    assert!(matches!(failed, Err(Error::Damaged { .. })), "there is no such site");
    assert_eq!(core.state.checkpoint.segment, 1);
    checkpoint(&mut core, 3).unwrap();
    assert_eq!(Core::open(dir.path(), true).unwrap().state.checkpoint.segment, 3, "the store goes on");
}
