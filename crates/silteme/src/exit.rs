//! How a command ends: exit statuses and the message of a failure.

use std::fmt;
use std::process::ExitCode;

/// The exit statuses of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0: done.
    Done,
    /// 1: nothing found, or done in part (said why).
    Partly,
    /// 2: wrong usage or configuration.
    Usage,
    /// 3: the machine failed (disk, port).
    Machine,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Partly => 1,
            Exit::Usage => 2,
            Exit::Machine => 3,
        })
    }
}

/// Wrong usage or configuration: names the thing, the reason, the next step.
#[derive(Debug)]
pub(crate) struct UsageError(pub(crate) String);

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UsageError {}

/// An [`anyhow::Error`] for wrong usage.
pub(crate) fn usage(message: impl Into<String>) -> anyhow::Error {
    UsageError(message.into()).into()
}

/// Which exit status an error means.
pub(crate) fn status_of(error: &anyhow::Error) -> Exit {
    for cause in error.chain() {
        if cause.is::<UsageError>() {
            return Exit::Usage;
        }
        match cause.downcast_ref::<pipeline::Error>() {
            Some(pipeline::Error::Busy { .. }) => return Exit::Partly,
            Some(e) if e.is_usage() => return Exit::Usage,
            _ => {}
        }
        match cause.downcast_ref::<profiles::Error>() {
            Some(profiles::Error::Unknown | profiles::Error::NoConsent { .. } | profiles::Error::Blocked) => {
                return Exit::Partly;
            }
            Some(e) if e.is_usage() => return Exit::Usage,
            _ => {}
        }
        if let Some(io) = cause.downcast_ref::<std::io::Error>()
            && io.kind() == std::io::ErrorKind::BrokenPipe
        {
            return Exit::Done;
        }
    }
    Exit::Machine
}
