//! The other extractors: built or installed when first asked for, run once, their results kept.
//!
//! They live in `tools/peers`, outside our workspace. Everything made here is under `target/peers`; remove it to start
//! afresh.
//!
//! Invariant: an extractor gives one result per page, or is reported as not here.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail, ensure};
use serde::Deserialize;

use super::{Extractor, Found};

/// The names that `tools/peers` knows.
pub(super) const NAMES: [&str; 7] = [
    "dom_smoothie",
    "readability",
    "trafilatura",
    "trafilatura_precision",
    "resiliparse",
    "readability_lxml",
    "htmldate",
];

/// The ones written in Rust; the others need Python.
const IN_RUST: [&str; 2] = ["dom_smoothie", "readability"];

/// The first line of a peer's output.
#[derive(Deserialize)]
struct Header {
    version: String,
}

/// What a peer finds on the pages of a folder, from an earlier run if there was one and `fresh` does not forbid it.
pub(super) fn results(name: &str, pages: &Path, fresh: bool) -> anyhow::Result<Extractor> {
    let kept = folder().join(format!("{name}.ndjson"));
    if fresh || !kept.exists() {
        eprintln!("{name}: running over the pages");
        let output = command(name)?.arg(pages).stderr(Stdio::inherit()).output().context("cannot start")?;
        ensure!(output.status.success(), "ended with {}", output.status);
        fs::write(&kept, output.stdout).with_context(|| format!("cannot write {}", kept.display()))?;
    }
    let lines = fs::read_to_string(&kept).with_context(|| format!("cannot read {}", kept.display()))?;
    let mut lines = lines.lines();
    let header: Header = serde_json::from_str(lines.next().unwrap_or_default()).context("no version line")?;
    let found = lines
        .map(|line| Ok(serde_json::from_str::<Found>(line)?))
        .collect::<anyhow::Result<Vec<Found>>>()
        .context("not one result per line")?;
    Ok(Extractor::new(header.version, found))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn folder() -> PathBuf {
    root().join("target/peers")
}

/// The command that runs a peer, but for the pages.
fn command(name: &str) -> anyhow::Result<Command> {
    fs::create_dir_all(folder()).context("cannot make target/peers")?;
    if IN_RUST.contains(&name) {
        let target = folder().join("rust");
        let manifest = root().join("tools/peers/Cargo.toml");
        run(Command::new("cargo").args(["build", "--release", "--quiet", "--locked"]).args([
            "--manifest-path".as_ref(),
            manifest.as_os_str(),
            "--target-dir".as_ref(),
            target.as_os_str(),
        ]))?;
        let mut command = Command::new(target.join("release/peers"));
        command.arg(name);
        return Ok(command);
    }
    let python = python()?;
    let mut command = Command::new(python);
    // One order of hashing, so that two runs agree.
    command.env("PYTHONHASHSEED", "0").arg(root().join("tools/peers/peers.py")).arg(name);
    Ok(command)
}

/// A Python with the packages that `requirements.txt` pins.
fn python() -> anyhow::Result<PathBuf> {
    let place = folder().join("python");
    let python = place.join("bin/python");
    let is_made = place.join("made");
    if !is_made.exists() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&place))?;
        let requirements = root().join("tools/peers/requirements.txt");
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "-r"]).arg(requirements))?;
        fs::write(is_made, "")?;
    }
    Ok(python)
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("cannot start {name}"))?;
    if !status.success() {
        bail!("{name} ended with {status}");
    }
    Ok(())
}
