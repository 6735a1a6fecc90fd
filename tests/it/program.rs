//! The binary with a data directory and a configuration of its own.

use std::path::{Path, PathBuf};

use serde_json::Value;
use testkit::kill::{Ended, Program};
use testkit::temp::Scratch;
use testkit::web::Web;

/// A place to run `silteme` in.
pub(crate) struct Place {
    pub(crate) scratch: Scratch,
    config: PathBuf,
}

/// What one run said.
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) lines: Vec<Value>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Place {
    /// Led to a simulated web, with these further settings (TOML sections).
    pub(crate) fn at(web: &Web, settings: &str) -> Self {
        Self::with(&format!("{}\n{settings}", web.resolve_toml()))
    }

    /// With these settings only.
    pub(crate) fn with(settings: &str) -> Self {
        let scratch = Scratch::new();
        let config = scratch.write("config/silteme.toml", settings);
        Self { scratch, config }
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.scratch.join("run")
    }

    /// The program with `--config` and `--data` set.
    pub(crate) fn program(&self, arguments: &[&str]) -> Program {
        self.program_on(&self.data(), arguments)
    }

    /// The same on another data directory.
    pub(crate) fn program_on(&self, data: &Path, arguments: &[&str]) -> Program {
        Program::new(env!("CARGO_BIN_EXE_silteme"))
            .args(arguments)
            .args(["--config", self.config.to_str().unwrap(), "--data", data.to_str().unwrap()])
            .in_folder(self.scratch.path())
    }

    /// Runs with `--format json` and reads what it said.
    pub(crate) fn run(&self, arguments: &[&str]) -> Said {
        Said::of(self.program(arguments).args(["--format", "json"]).run())
    }

    /// Runs, expects exit status 0, and returns the last line.
    pub(crate) fn done(&self, arguments: &[&str]) -> Value {
        let said = self.run(arguments);
        assert_eq!(said.code, 0, "{arguments:?}: {}\n{}", said.stdout, said.stderr);
        said.lines.last().cloned().unwrap_or_default()
    }

    /// Every document of the index: URL → title, sorted.
    pub(crate) fn documents(&self) -> Vec<(String, String)> {
        let said = self.run(&["export", "documents"]);
        let mut documents: Vec<_> = said
            .lines
            .iter()
            .map(|line| (text(line, "url"), text(line, "title") + &text(line, "text")))
            .collect();
        documents.sort();
        documents
    }
}

impl Said {
    pub(crate) fn of(ended: Ended) -> Self {
        let lines = ended
            .stdout
            .lines()
            .map(|line| {
                serde_json::from_str(line).unwrap_or_else(|e| panic!("not a JSON line ({e}): {line}"))
            })
            .collect();
        Self { code: ended.status.code().unwrap_or(-1), lines, stdout: ended.stdout, stderr: ended.stderr }
    }
}

/// A text field of a line; empty when absent.
pub(crate) fn text(line: &Value, field: &str) -> String {
    line[field].as_str().unwrap_or_default().to_owned()
}

/// A number field of a line.
pub(crate) fn number(line: &Value, field: &str) -> u64 {
    line[field].as_u64().unwrap_or_else(|| panic!("no number {field} in {line}"))
}
