//! Codings one behind the other, fed as bytes arrive.
//!
//! Invariant: `feed` returns how much of its input was used before the limit was reached, so that a bomb is cut where it
//! went off; a stage holds at most one buffer.

use model::Truncation;

use super::codec::{Broken, Codec, Step};
use super::label::{Coding, Codings};

/// Bytes between two stages.
const BUFFER_LEN: usize = 16 * 1024;

/// A stack of decoders with its output.
pub(crate) struct Stack {
    stages: Vec<Stage>,
    out: Out,
    stop: Option<Stop>,
}

/// What became of the bytes fed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fed {
    /// All used, more is welcome.
    All,
    /// The limit was reached after this many of them; feeding more is useless.
    Full(usize),
    /// The coding is broken; further bytes are of no use to us, though they still belong to the body.
    Broken,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    Full,
    Broken,
}

struct Out {
    bytes: Vec<u8>,
    limit: usize,
}

struct Stage {
    coding: Coding,
    /// Chosen once enough bytes were seen.
    codec: Option<Codec>,
    magic: Vec<u8>,
    buffer: Box<[u8]>,
}

impl Stack {
    /// `None` when there is nothing to take off.
    pub(crate) fn new(codings: &Codings, limit: usize) -> Option<Self> {
        if codings.off.is_empty() {
            return None;
        }
        let stage = |&coding: &Coding| Stage {
            coding,
            codec: None,
            magic: Vec::new(),
            buffer: vec![0; BUFFER_LEN].into_boxed_slice(),
        };
        let out = Out { bytes: Vec::new(), limit };
        Some(Self { stages: codings.off.iter().map(stage).collect(), out, stop: None })
    }

    /// Decodes the next bytes of the body.
    pub(crate) fn feed(&mut self, input: &[u8]) -> Fed {
        match self.stop {
            Some(Stop::Full) => return Fed::Full(0),
            Some(Stop::Broken) => return Fed::Broken,
            None => {}
        }
        let (used, result) = pump(&mut self.stages, input, &mut self.out);
        self.stop = result.err();
        match self.stop {
            None => Fed::All,
            Some(Stop::Full) => Fed::Full(used),
            Some(Stop::Broken) => Fed::Broken,
        }
    }

    /// What was decoded, and whether something is missing.
    pub(crate) fn finish(mut self) -> (Vec<u8>, Option<Truncation>) {
        if self.stop.is_none() {
            self.stop = flush(&mut self.stages, &mut self.out).err();
        }
        let whole = self.stages.iter().all(Stage::may_end);
        let truncated = match self.stop {
            Some(Stop::Full) => Some(Truncation::Length),
            Some(Stop::Broken) => Some(Truncation::Unspecified),
            None => (!whole).then_some(Truncation::Unspecified),
        };
        (self.out.bytes, truncated)
    }
}

/// Sends `input` through the stages into `out`; returns how much of it was used.
fn pump(stages: &mut [Stage], input: &[u8], out: &mut Out) -> (usize, Result<(), Stop>) {
    let Some((stage, inner)) = stages.split_first_mut() else {
        return out.take(input);
    };
    let mut used = 0;
    if stage.codec.is_none() {
        used = stage.see(input);
        if stage.codec.is_none() {
            return (used, Ok(()));
        }
        let magic = std::mem::take(&mut stage.magic);
        if let Err(stop) = stage.run(&magic, inner, out).1 {
            return (used, Err(stop));
        }
    }
    let (more, result) = stage.run(&input[used..], inner, out);
    (used + more, result)
}

/// Lets stages that were still waiting for their first bytes pass on the few they got.
fn flush(stages: &mut [Stage], out: &mut Out) -> Result<(), Stop> {
    let Some((stage, inner)) = stages.split_first_mut() else {
        return Ok(());
    };
    if stage.codec.is_none() && !stage.magic.is_empty() {
        let magic = std::mem::take(&mut stage.magic);
        stage.codec = Some(Codec::choose(stage.coding, &magic));
        stage.run(&magic, inner, out).1?;
    }
    flush(inner, out)
}

impl Stage {
    /// Collects the first bytes until the decoder can be chosen; returns how many were taken.
    fn see(&mut self, input: &[u8]) -> usize {
        let missing = Codec::magic_len(self.coding) - self.magic.len();
        let taken = missing.min(input.len());
        self.magic.extend(&input[..taken]);
        if taken == missing {
            self.codec = Some(Codec::choose(self.coding, &self.magic));
        }
        taken
    }

    /// Decodes all of `input`, and what a full buffer held back. Never steps without input otherwise: zstd takes a few
    /// such steps for an attack.
    fn run(&mut self, input: &[u8], inner: &mut [Stage], out: &mut Out) -> (usize, Result<(), Stop>) {
        let Some(codec) = &mut self.codec else { return (0, Ok(())) };
        let (mut used, mut held_back) = (0, false);
        while used < input.len() || held_back {
            let (step, broken) = match codec.step(&input[used..], &mut self.buffer) {
                Ok(step) => (step, false),
                Err(Broken { written }) => (Step { read: 0, written }, true),
            };
            used += step.read;
            if let (_, Err(stop)) = pump(inner, &self.buffer[..step.written], out) {
                return (used, Err(stop));
            }
            if broken {
                return (used, Err(Stop::Broken));
            }
            held_back = step.written == self.buffer.len();
            if step.read == 0 && step.written == 0 {
                break;
            }
        }
        (used, Ok(()))
    }

    fn may_end(&self) -> bool {
        self.codec.as_ref().map_or(self.magic.is_empty(), Codec::may_end)
    }
}

impl Out {
    fn take(&mut self, input: &[u8]) -> (usize, Result<(), Stop>) {
        let room = self.limit - self.bytes.len();
        let taken = room.min(input.len());
        self.bytes.extend_from_slice(&input[..taken]);
        (taken, if taken < input.len() { Err(Stop::Full) } else { Ok(()) })
    }
}
