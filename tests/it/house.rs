//! The house rules that a test can keep: what style.md asks of every file.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|end| end == "rs") {
            into.push(path);
        }
    }
}

fn production() -> Vec<(String, String)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(root().join("crates")).unwrap() {
        sources(&entry.unwrap().path().join("src"), &mut files);
    }
    files.retain(|path| {
        !path.ends_with("tests.rs") && !path.components().any(|part| part.as_os_str() == "tests")
    });
    files.sort();
    let name = |path: &Path| path.strip_prefix(root()).unwrap().display().to_string();
    files.into_iter().map(|path| (name(&path), fs::read_to_string(&path).unwrap())).collect()
}

#[test]
fn every_file_says_what_it_is_for_and_can_be_read_in_one_sitting() {
    let mut wrong = Vec::new();
    for (name, text) in production() {
        if !text.starts_with("//!") && !text.starts_with("#![doc") {
            wrong.push(format!("{name} does not begin with //!"));
        }
        let lines = text.lines().count();
        if lines > 600 {
            wrong.push(format!("{name} has {lines} lines"));
        }
        let stem = Path::new(&name).file_stem().unwrap().to_string_lossy().into_owned();
        if ["utils", "util", "common", "helpers", "helper", "misc"].contains(&stem.as_str()) {
            wrong.push(format!("{name}: a name that says nothing"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_crate_has_a_readme_that_is_its_documentation() {
    for entry in fs::read_dir(root().join("crates")).unwrap() {
        let folder = entry.unwrap().path();
        let lib = folder.join("src/lib.rs");
        if lib.exists() {
            assert!(
                fs::read_to_string(&lib).unwrap().contains("include_str!(\"../README.md\")"),
                "{}",
                lib.display()
            );
        }
        assert!(folder.join("README.md").exists(), "{} has no README.md", folder.display());
    }
}

#[test]
fn the_shipped_configuration_is_understood_whole() {
    let root = root();
    let ended = testkit::kill::Program::new(env!("CARGO_BIN_EXE_silteme"))
        .args(["config", "check", "--format", "json"])
        .in_folder(&root)
        .run();
    assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
    // Every key the program has stands in the annotated file, set to its default or commented out.
    let text = fs::read_to_string(root.join("config/silteme.toml")).unwrap();
    let shown = testkit::kill::Program::new(env!("CARGO_BIN_EXE_silteme"))
        .args(["config", "show", "--format", "json"])
        .in_folder(&root)
        .run();
    for line in shown.stdout.lines() {
        let key =
            serde_json::from_str::<serde_json::Value>(line).unwrap()["key"].as_str().unwrap().to_owned();
        let name = key.rsplit('.').next().unwrap();
        assert!(text.contains(&format!("{name} =")), "config/silteme.toml says nothing of {key}");
    }
}

#[test]
fn crates_depend_only_on_those_the_architecture_allows() {
    let allowed: &[(&str, &[&str])] = &[
        ("model", &[]),
        ("frontier", &["model"]),
        ("fetcher", &["model"]),
        ("archive", &["model"]),
        ("parser", &["model"]),
        ("links", &["model"]),
        ("indexer", &["model"]),
        ("feedback", &["model"]),
        ("recommender", &["model", "indexer", "feedback"]),
        ("profiles", &["model"]),
        ("pipeline", &["model", "frontier", "fetcher", "archive", "parser", "links", "indexer"]),
        ("server", &["model", "indexer", "feedback", "recommender", "profiles", "pipeline"]),
        ("simulator", &["model", "frontier", "fetcher", "pipeline"]),
        ("demo", &["model"]),
    ];
    let all = [
        "model",
        "frontier",
        "fetcher",
        "archive",
        "parser",
        "links",
        "indexer",
        "feedback",
        "recommender",
        "profiles",
        "pipeline",
        "server",
        "simulator",
        "demo",
        "testkit",
        "silteme",
    ];
    for (name, may_use) in allowed {
        let text = fs::read_to_string(root().join("crates").join(name).join("Cargo.toml")).unwrap();
        let section = text.split("[dependencies]").nth(1).unwrap_or_default();
        let section = section.split("\n[").next().unwrap_or_default();
        for other in all {
            let used = section.lines().any(|line| {
                line.starts_with(&format!("{other}.")) || line.starts_with(&format!("{other} ="))
            });
            assert!(!used || may_use.contains(&other), "{name} must not use {other}");
        }
    }
}

#[test]
fn every_test_named_among_the_hard_cases_exists() {
    let mut files = Vec::new();
    sources(&root().join("crates"), &mut files);
    sources(&root().join("tests"), &mut files);
    let code: String = files.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let text = fs::read_to_string(root().join("docs/hard-cases.md")).unwrap();
    let mut rows = Vec::new();
    for line in text.lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let Some(row) = cells.get(1).and_then(|cell| cell.parse::<usize>().ok()) else { continue };
        rows.push(row);
        let names: Vec<&str> = cells[4].split('`').skip(1).step_by(2).collect();
        assert!(!names.is_empty(), "row {row} names no test");
        for name in names {
            assert!(code.contains(&format!("fn {name}(")), "row {row} names {name}, which is no test");
        }
    }
    assert_eq!(rows, (1..=28).collect::<Vec<_>>());
}
