//! A body as it arrives, kept within its limits of size and time.
//!
//! Invariant: at most `max` bytes as received and `max` bytes decoded are held, and the first of size, deadline and
//! minimum rate that is broken ends the body, marked with the reason.

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use model::{Body, HeaderLine, Truncation};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

use crate::coding::{Codings, Fed, Stack};

/// How long a body may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// When it must be whole.
    pub(crate) deadline: Instant,
    /// Bytes each window must bring.
    pub(crate) window_min: u64,
    /// Length of a window.
    pub(crate) window: Duration,
}

/// Collects a stream into a body.
pub(crate) async fn collect<S, E>(stream: S, headers: &[HeaderLine], max: usize, patience: &Patience) -> Body
where
    S: Stream<Item = Result<Bytes, E>>,
{
    let mut stream = std::pin::pin!(stream);
    let mut collector = Collector::new(headers, max);
    let mut window_end = Instant::now() + patience.window;
    let mut in_window = 0u64;
    loop {
        match timeout_at(window_end.min(patience.deadline), stream.next()).await {
            Ok(None) => return collector.finish(None),
            Ok(Some(Err(_))) => return collector.finish(Some(Truncation::Disconnect)),
            Ok(Some(Ok(chunk))) => {
                in_window = in_window.saturating_add(chunk.len() as u64);
                if !collector.push(&chunk) {
                    return collector.finish(Some(Truncation::Length));
                }
            }
            Err(_) => {
                if Instant::now() >= patience.deadline || in_window < patience.window_min {
                    return collector.finish(Some(Truncation::Time));
                }
                in_window = 0;
                window_end = Instant::now() + patience.window;
            }
        }
    }
}

/// A body that is already here, brought within the same limits. A reason it was cut for stays.
pub(crate) fn whole(headers: &[HeaderLine], body: &Body, max: usize) -> Body {
    let mut collector = Collector::new(headers, max);
    let fits = collector.push(&body.raw);
    collector.finish(if fits { body.truncated } else { Some(Truncation::Length) })
}

struct Collector {
    raw: Vec<u8>,
    stack: Option<Stack>,
    max: usize,
}

impl Collector {
    fn new(headers: &[HeaderLine], max: usize) -> Self {
        Self { raw: Vec::new(), stack: Stack::new(&Codings::of(headers), max), max }
    }

    /// Takes the next bytes; `false` when the limit was reached.
    fn push(&mut self, chunk: &[u8]) -> bool {
        let taken = &chunk[..chunk.len().min(self.max - self.raw.len())];
        if let Some(Fed::Full(used)) = self.stack.as_mut().map(|stack| stack.feed(taken)) {
            self.raw.extend_from_slice(&taken[..used]);
            return false;
        }
        self.raw.extend_from_slice(taken);
        taken.len() == chunk.len()
    }

    fn finish(self, cut: Option<Truncation>) -> Body {
        let (decoded, broken) = match self.stack.map(Stack::finish) {
            Some((decoded, broken)) => (Some(Bytes::from(decoded)), broken),
            None => (None, None),
        };
        Body { raw: self.raw.into(), decoded, truncated: cut.or(broken) }
    }
}

#[cfg(test)]
mod tests;
