//! Delivering one-time codes. Invariant: a sender ends within its time, gets nothing but the message, and what it says is not kept:
//! it could repeat the number.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::settings::CodeSender;
use crate::{Error, database};

/// How often a running program is looked at.
const LOOK: Duration = Duration::from_millis(10);

/// What is to be delivered.
#[derive(Serialize)]
pub(super) struct Message<'a> {
    pub(super) phone: &'a str,
    pub(super) code: &'a str,
    /// For how long the code is good, seconds.
    pub(super) valid_s: u64,
}

impl CodeSender {
    /// Delivers a message; waits until it is.
    pub(super) fn send(&self, message: &Message<'_>, timeout: Duration) -> Result<(), Error> {
        let mut line = serde_json::to_vec(message).map_err(|_| Error::Sender)?;
        line.push(b'\n');
        match self {
            Self::File(path) => {
                use std::io::Seek;
                let mut file = database::file(path)?;
                file.seek(std::io::SeekFrom::End(0))
                    .and_then(|_| file.write_all(&line))
                    .map_err(Error::io("write", path))
            }
            Self::Command(program) => {
                // Not our environment: it may hold the master key.
                let mut command = Command::new(program);
                command.env_clear().envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
                command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
                let mut child = command.spawn().map_err(Error::io("run", program))?;
                // Less than a pipe holds, so this cannot wait; dropping the pipe is the message's end.
                let told = child.stdin.take().map_or(Ok(()), |mut pipe| pipe.write_all(&line));
                let deadline = Instant::now() + timeout;
                let ended = loop {
                    match child.try_wait() {
                        Ok(None) if Instant::now() < deadline => std::thread::sleep(LOOK),
                        Ok(Some(status)) => break status.success(),
                        Ok(None) | Err(_) => break false,
                    }
                };
                if ended && told.is_ok() {
                    return Ok(());
                }
                // It may have ended by itself; then there is nothing to kill.
                let _ = child.kill();
                child.wait().map_err(Error::io("end", program))?;
                Err(Error::Sender)
            }
        }
    }
}
