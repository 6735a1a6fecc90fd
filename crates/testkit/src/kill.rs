//! Running a program, killing it at a bad moment, and running it again (field.md section 3, case 11).
//!
//! Invariant: a program is killed with SIGKILL, so it cannot prepare itself; every program started here has ended when
//! its function returns, and nothing waits longer than its limit.

use std::ffi::{OsStr, OsString};
use std::io::Read;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::random::Random;
use crate::web::RequestLog;

/// The most output kept of each stream, in bytes.
const OUTPUT_MAX: usize = 16 * 1024 * 1024;
/// How often a running program is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// A program with its arguments, to be run as often as needed.
#[derive(Debug, Clone)]
pub struct Program {
    path: PathBuf,
    arguments: Vec<OsString>,
    folder: Option<PathBuf>,
    environment: Vec<(OsString, OsString)>,
    limit: Duration,
}

/// When to kill.
#[derive(Debug, Clone)]
pub enum Moment {
    /// So long after its start.
    After(Duration),
    /// When a web has seen this many requests, counted from the last [`RequestLog::clear`].
    Requests(RequestLog, usize),
    /// When this text has appeared in its output or error stream.
    Said(String),
}

/// A program that has ended.
#[derive(Debug)]
pub struct Ended {
    /// How it ended; a killed one has no code.
    pub status: ExitStatus,
    /// Whether it was killed by [`Program::kill_at`]; false when it was done before the moment came.
    pub killed: bool,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
    /// How long it ran.
    pub took: Duration,
}

/// `count` moments within a range of times, the same for the same seed.
#[must_use]
pub fn moments(seed: u64, count: usize, within: Range<Duration>) -> Vec<Moment> {
    let mut random = Random::named(seed, "kill");
    let micros = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    let range = micros(within.start)..micros(within.end);
    (0..count).map(|_| Moment::After(Duration::from_micros(random.within(range.clone())))).collect()
}

impl Program {
    /// A program, for example `env!("CARGO_BIN_EXE_silteme")`, that may run for two minutes.
    #[must_use]
    pub fn new(path: impl AsRef<Path>) -> Self {
        Self {
            path: path.as_ref().to_owned(),
            arguments: Vec::new(),
            folder: None,
            environment: Vec::new(),
            limit: Duration::from_mins(2),
        }
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<A: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.arguments.extend(arguments.into_iter().map(|argument| argument.as_ref().to_owned()));
        self
    }

    /// Runs in this folder instead of the current one.
    #[must_use]
    pub fn in_folder(mut self, folder: &Path) -> Self {
        self.folder = Some(folder.to_owned());
        self
    }

    /// Sets a variable of its environment.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.environment.push((name.into(), value.as_ref().to_owned()));
        self
    }

    /// Lets it run this long; longer is a failure of the test.
    #[must_use]
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Runs it to its end.
    ///
    /// # Panics
    /// When it cannot be started or does not end within its limit; says what it wrote.
    #[must_use]
    pub fn run(&self) -> Ended {
        self.run_until(|_| false)
    }

    /// Starts it and kills it at a moment, unless it is done before.
    ///
    /// # Panics
    /// As [`Self::run`].
    #[must_use]
    pub fn kill_at(&self, moment: &Moment) -> Ended {
        let began = Instant::now();
        self.run_until(|output| match moment {
            Moment::After(time) => began.elapsed() >= *time,
            Moment::Requests(log, count) => log.len() >= *count,
            Moment::Said(text) => output.iter().any(|stream| stream.contains(text)),
        })
    }

    fn run_until(&self, is_time: impl Fn(&[Output; 2]) -> bool) -> Ended {
        let began = Instant::now();
        let mut child = self.spawn();
        let output = [Output::of(child.stdout.take().unwrap()), Output::of(child.stderr.take().unwrap())];
        let mut killed = false;
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            let too_long = began.elapsed() > self.limit;
            if too_long || is_time(&output) {
                // `kill` is SIGKILL. It fails when the program has just ended, and then `wait` says how.
                killed = child.kill().is_ok();
                let status = child.wait().unwrap();
                assert!(
                    !too_long,
                    "{} did not end within {:?}\n{}",
                    self.path.display(),
                    self.limit,
                    output[1].text()
                );
                break status;
            }
            std::thread::sleep(LOOK_EVERY);
        };
        let took = began.elapsed();
        let killed = killed && status.code().is_none();
        let [stdout, stderr] = output.map(Output::finish);
        Ended { status, killed, stdout, stderr, took }
    }

    fn spawn(&self) -> Child {
        let mut command = Command::new(&self.path);
        command.args(&self.arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
        command.spawn().unwrap_or_else(|e| panic!("cannot start {}: {e}", self.path.display()))
    }
}

impl Ended {
    /// Itself, if it ended with status 0.
    ///
    /// # Panics
    /// When it did not; says what it wrote.
    #[must_use]
    pub fn expect_done(self) -> Self {
        self.expect_code(0)
    }

    /// Itself, if it ended with this code.
    ///
    /// # Panics
    /// When it did not; says what it wrote.
    #[must_use]
    pub fn expect_code(self, code: i32) -> Self {
        let Self { status, stdout, stderr, .. } = &self;
        assert_eq!(status.code(), Some(code), "stdout:\n{stdout}\nstderr:\n{stderr}");
        self
    }
}

/// A stream of a program, read on a thread of its own so that the program never waits for its reader.
struct Output {
    bytes: Arc<Mutex<Vec<u8>>>,
    thread: JoinHandle<()>,
}

impl Output {
    fn of(mut stream: impl Read + Send + 'static) -> Self {
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let filled = Arc::clone(&bytes);
        let thread = std::thread::spawn(move || {
            let mut piece = [0; 8192];
            while let Ok(len @ 1..) = stream.read(&mut piece) {
                let mut bytes = filled.lock().unwrap_or_else(PoisonError::into_inner);
                let room = OUTPUT_MAX.saturating_sub(bytes.len());
                bytes.extend_from_slice(&piece[..len.min(room)]);
            }
        });
        Self { bytes, thread }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }

    fn contains(&self, text: &str) -> bool {
        self.text().contains(text)
    }

    fn finish(self) -> String {
        let Self { bytes, thread } = self;
        thread.join().unwrap();
        String::from_utf8_lossy(&bytes.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

#[cfg(test)]
mod tests;
