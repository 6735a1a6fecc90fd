//! Effective settings: built-in defaults, then the settings file, then `--set`; and where each value came from.
//!
//! Invariant: a key the program does not have is refused with the nearest key it has. Nothing is read silently.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use toml::{Table, Value};

use crate::args::Global;
use crate::exit::usage;

/// Where the settings file is looked for when none is named.
const DEFAULT_FILE: &str = "config/silteme.toml";

/// Every section of the settings file. Each belongs to its stage; here they only meet.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Sections {
    agent: fetcher::AgentSettings,
    network: fetcher::NetworkSettings,
    fetcher: fetcher::FetcherSettings,
    politeness: frontier::Politeness,
    recrawl: frontier::Recrawl,
    frontier: frontier::Limits,
    archive: archive::Settings,
    crawl: pipeline::CrawlSettings,
    index: indexer::Settings,
    recommender: recommender::Settings,
    feedback: feedback::Settings,
    profiles: profiles::Settings,
    accounts: profiles::AccountSettings,
    server: server::Settings,
}

/// The settings of one run.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// Settings of the pipeline and its stages.
    pub(crate) pipeline: pipeline::Settings,
    /// `[recommender]`.
    pub(crate) recommender: recommender::Settings,
    /// `[feedback]`.
    pub(crate) feedback: feedback::Settings,
    /// `[profiles]`.
    pub(crate) profiles: profiles::Settings,
    /// `[accounts]`.
    pub(crate) accounts: profiles::AccountSettings,
    /// `[server]`.
    pub(crate) server: server::Settings,
    /// The settings file, if there is one.
    pub(crate) file: Option<PathBuf>,
    /// Where job files are.
    pub(crate) jobs_dir: PathBuf,
    /// Every setting with its value and origin, sorted by key.
    pub(crate) settings: Vec<Setting>,
}

/// One effective setting.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Setting {
    pub(crate) key: String,
    /// Null when unset.
    pub(crate) value: Json,
    /// `default`, `FILE:LINE` or `--set`.
    pub(crate) source: String,
}

impl Config {
    /// Reads the effective settings.
    pub(crate) fn load(global: &Global) -> anyhow::Result<Self> {
        let file = global.config.clone().or_else(|| {
            let default = PathBuf::from(DEFAULT_FILE);
            default.is_file().then_some(default)
        });
        let jobs_dir = match &global.config {
            Some(file) => file.parent().unwrap_or(Path::new(".")).join("jobs"),
            None => PathBuf::from("config/jobs"),
        };
        let mut table = Table::new();
        let mut sources = BTreeMap::new();
        if let Some(path) = &file {
            let text = fs::read_to_string(path).map_err(|e| {
                usage(format!("settings file {} cannot be read: {e}; check --config", path.display()))
            })?;
            // Read as settings first, for messages with line and column.
            let _: Sections = toml::from_str(&text).map_err(|e| {
                usage(format!("settings file {}: {}", path.display(), with_nearest(&e.to_string())))
            })?;
            table = text.parse()?;
            sources = file_sources(path, &text, &table);
        }
        for assignment in &global.set {
            let key = set(&mut table, assignment)?;
            sources.insert(key, "--set".to_owned());
        }
        let sections = Sections::deserialize(Value::Table(table))
            .map_err(|e| usage(format!("--set {}", with_nearest(&e.to_string()))))?;
        Ok(Config { file, ..sections.into_config(jobs_dir, &sources)? })
    }
}

impl Sections {
    fn into_config(self, jobs_dir: PathBuf, sources: &BTreeMap<String, String>) -> anyhow::Result<Config> {
        let mut settings = Vec::new();
        flatten(&serde_json::to_value(&self)?, "", sources, &mut settings);
        settings.sort_by(|a, b| a.key.cmp(&b.key));
        let pipeline = pipeline::Settings {
            fetcher: fetcher::Settings { agent: self.agent, network: self.network, fetcher: self.fetcher },
            politeness: self.politeness,
            recrawl: self.recrawl,
            limits: self.frontier,
            archive: self.archive,
            crawl: self.crawl,
            index: self.index,
        };
        pipeline.check().map_err(usage)?;
        self.server.check().map_err(usage)?;
        self.profiles.check().map_err(usage)?;
        self.accounts.check().map_err(usage)?;
        self.recommender.check().map_err(usage)?;
        self.feedback.check().map_err(usage)?;
        Ok(Config {
            pipeline,
            recommender: self.recommender,
            feedback: self.feedback,
            profiles: self.profiles,
            accounts: self.accounts,
            server: self.server,
            file: None,
            jobs_dir,
            settings,
        })
    }
}

/// Adds one `section.key=value` to a table; a value that is not TOML is taken as text.
fn set(table: &mut Table, assignment: &str) -> anyhow::Result<String> {
    let (key, text) = assignment
        .split_once('=')
        .ok_or_else(|| usage(format!("--set {assignment:?} has no '='; write --set politeness.delay=2s")))?;
    let key = key.trim();
    let value = format!("v = {text}")
        .parse::<Table>()
        .ok()
        .and_then(|mut parsed| parsed.remove("v"))
        .unwrap_or_else(|| Value::String(text.to_owned()));
    let (section, name) = key
        .split_once('.')
        .ok_or_else(|| usage(format!("--set {key:?} names no section; write --set politeness.delay=2s")))?;
    let section = table.entry(section).or_insert_with(|| Value::Table(Table::new()));
    let Value::Table(section) = section else {
        return Err(usage(format!("--set {key:?}: that is not a section")));
    };
    section.insert(name.to_owned(), value);
    Ok(key.to_owned())
}

/// Key → `FILE:LINE` for what the file sets.
fn file_sources(path: &Path, text: &str, table: &Table) -> BTreeMap<String, String> {
    let mut sources = BTreeMap::new();
    for (section, value) in table {
        let Value::Table(keys) = value else { continue };
        for key in keys.keys() {
            let source = match line_of(text, section, key) {
                Some(line) => format!("{}:{line}", path.display()),
                None => path.display().to_string(),
            };
            sources.insert(format!("{section}.{key}"), source);
        }
    }
    sources
}

/// The line (from 1) on which a section's key is set, for files that write it in the usual way.
fn line_of(text: &str, section: &str, key: &str) -> Option<usize> {
    let mut current = "";
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            current = name.trim();
            if current.strip_prefix(section).and_then(|rest| rest.strip_prefix('.')) == Some(key) {
                return Some(number + 1);
            }
        } else if current == section
            && line.split('=').next().is_some_and(|name| name.trim().trim_matches('"') == key)
            && line.contains('=')
        {
            return Some(number + 1);
        }
    }
    None
}

fn flatten(value: &Json, prefix: &str, sources: &BTreeMap<String, String>, into: &mut Vec<Setting>) {
    match value {
        // Two levels are sections and keys; a table below that is a value.
        Json::Object(table) if !prefix.contains('.') => {
            for (key, value) in table {
                let key = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
                flatten(value, &key, sources, into);
            }
        }
        value => into.push(Setting {
            key: prefix.to_owned(),
            value: as_written(value),
            source: sources.get(prefix).cloned().unwrap_or_else(|| "default".to_owned()),
        }),
    }
}

/// A value as a person would write it: weights are single-precision and would print as 0.20000000298.
fn as_written(value: &Json) -> Json {
    match value {
        Json::Number(number) if number.is_f64() => {
            #[expect(clippy::cast_possible_truncation, reason = "undoes the widening that serialising did")]
            let single = number.as_f64().unwrap_or_default() as f32;
            single.to_string().parse().map_or_else(|_| value.clone(), Json::Number)
        }
        Json::Object(fields) => fields.iter().map(|(key, value)| (key.clone(), as_written(value))).collect(),
        other => other.clone(),
    }
}

/// Adds "did you mean" to serde's message about an unknown key or value.
fn with_nearest(message: &str) -> String {
    let message = message.trim_end();
    let mut names = message.split('`').skip(1).step_by(2);
    let (Some(given), true) = (names.next(), message.contains("unknown field")) else {
        return message.to_owned();
    };
    let nearest = names.map(|name| (strsim::osa_distance(given, name), name)).min();
    match nearest {
        Some((distance, name)) if distance <= 3.max(given.len() / 2) => {
            format!("{message}\ndid you mean `{name}`?")
        }
        _ => message.to_owned(),
    }
}

#[cfg(test)]
mod tests;
