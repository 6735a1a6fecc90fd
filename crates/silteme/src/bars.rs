//! Progress on standard error: a bar on a terminal, a line now and then elsewhere.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use pipeline::Progress;
use pipeline::progress::get;

/// Between two lines where standard error is no terminal.
const LINE_INTERVAL: Duration = Duration::from_secs(10);
/// Between two redraws on a terminal.
const DRAW_INTERVAL: Duration = Duration::from_millis(200);

/// Shows counters until dropped.
pub(crate) struct Shown {
    done: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// What the counters of a command are called.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// Pages fetched, documents, failures.
    Crawl,
    /// Records replayed or taken in.
    Records(&'static str),
}

impl Shown {
    /// Begins to show `progress`.
    pub(crate) fn start(kind: Kind, progress: &Arc<Progress>) -> Self {
        let done = Arc::new(AtomicBool::new(false));
        let (stop, progress) = (Arc::clone(&done), Arc::clone(progress));
        let thread = std::thread::spawn(move || {
            if std::io::stderr().is_terminal() {
                draw(kind, &progress, &stop);
            } else {
                print_lines(kind, &progress, &stop);
            }
        });
        Self { done, thread: Some(thread) }
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.done.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}

fn draw(kind: Kind, progress: &Progress, done: &AtomicBool) {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed_precise} {msg}") {
        bar.set_style(style);
    }
    while !done.load(Ordering::Relaxed) {
        bar.set_message(text(kind, progress));
        bar.tick();
        std::thread::park_timeout(DRAW_INTERVAL);
    }
    bar.finish_and_clear();
}

#[expect(clippy::print_stderr, reason = "progress lines are for people and belong to standard error")]
fn print_lines(kind: Kind, progress: &Progress, done: &AtomicBool) {
    loop {
        std::thread::park_timeout(LINE_INTERVAL);
        if done.load(Ordering::Relaxed) {
            return;
        }
        eprintln!("{}", text(kind, progress));
    }
}

fn text(kind: Kind, progress: &Progress) -> String {
    match kind {
        Kind::Crawl => format!(
            "{} fetched, {} unchanged, {} failed, {} disallowed on {} hosts; {} documents, {} links, {:.1} MB",
            get(&progress.fetched),
            get(&progress.not_modified),
            get(&progress.failed),
            get(&progress.disallowed),
            progress.hosts(),
            get(&progress.documents),
            get(&progress.links),
            get(&progress.bytes) as f64 / 1e6,
        ),
        Kind::Records(verb) => format!("{} records {verb}", get(&progress.records)),
    }
}
