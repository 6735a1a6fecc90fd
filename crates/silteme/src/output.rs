//! Standard output: one JSON object a line, or text for people. Nothing else writes there.

use std::io::{self, Write};

use serde::Serialize;

use crate::args::Format;

/// Where results go.
pub(crate) struct Output {
    format: Format,
    out: Box<dyn Write + Send>,
}

impl Output {
    /// Standard output in a format.
    pub(crate) fn standard(format: Format) -> Self {
        Self { format, out: Box::new(io::BufWriter::new(io::stdout())) }
    }

    /// Whether results are for programs.
    pub(crate) fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    /// One result: as a JSON line, or as `human` writes it.
    pub(crate) fn line<T: Serialize>(
        &mut self,
        value: &T,
        human: impl FnOnce(&T) -> String,
    ) -> io::Result<()> {
        match self.format {
            Format::Json => {
                serde_json::to_writer(&mut self.out, value)?;
                self.out.write_all(b"\n")
            }
            Format::Human => {
                let text = human(value);
                if text.is_empty() { Ok(()) } else { writeln!(self.out, "{text}") }
            }
        }
    }

    /// A line for people only.
    pub(crate) fn say(&mut self, text: &str) -> io::Result<()> {
        if self.is_json() { Ok(()) } else { writeln!(self.out, "{text}") }
    }

    /// Hands everything to the system.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
