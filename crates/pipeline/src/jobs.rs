//! Crawl jobs as operators write them: `config/jobs/NAME.toml`.
//!
//! Invariant: a job file with an unknown key, an unreadable pattern or no seed is refused whole, naming file and reason.

use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use frontier::{JobRules, Politeness, Recrawl, Scope};
use model::{CanonicalUrl, Span};
use serde::{Deserialize, Serialize};

use crate::Error;

/// One crawl job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Job {
    /// File name without `.toml`.
    #[serde(skip)]
    pub name: String,
    /// URLs to start from: front pages, feeds, sitemaps.
    #[serde(default)]
    pub seeds: Vec<String>,
    /// A text file with one seed a line (`#` starts a comment), relative to the job file.
    #[serde(default)]
    pub seed_file: Option<PathBuf>,
    /// What the seed file holds, line by line.
    #[serde(skip)]
    pub listed: Vec<ListedSeed>,
    /// How far links may lead: `site` (default), `host`, `prefix`, `list` (seeds only) or `any`.
    #[serde(default)]
    pub scope: JobScope,
    /// Only URLs that match one of these regular expressions, if any is given.
    #[serde(default)]
    pub include: Vec<String>,
    /// No URL that matches one of these regular expressions.
    #[serde(default)]
    pub exclude: Vec<String>,
    /// Links followed from a seed, at most.
    #[serde(default)]
    pub depth_max: Option<u16>,
    /// Pages admitted in all, at most.
    #[serde(default)]
    pub pages_max: Option<u64>,
    /// Pages admitted per site, at most.
    #[serde(default)]
    pub pages_per_site_max: Option<u64>,
    /// Cron expression (minute hour day month weekday, UTC) for `silteme serve`.
    #[serde(default)]
    pub schedule: Option<String>,
    /// How long one run may take.
    #[serde(default)]
    pub max_time: Option<Span>,
    /// Pages fetched in one run, at most.
    #[serde(default)]
    pub max_pages: Option<u64>,
    /// The wish that new links be known within this time: feeds, sitemaps, front and section pages that bring new links are
    /// visited at least as often, as far as their site's pace allows. `status --job NAME` shows whether it is met.
    #[serde(default)]
    pub fresh_within: Option<Span>,
}

/// A line of a seed file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedSeed {
    /// From 1.
    pub line: usize,
    /// Without white space and comment.
    pub text: String,
}

/// [`Scope`] as it is written in a job file or on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JobScope {
    /// The seeds' registrable domains.
    #[default]
    Site,
    /// The seeds' hosts.
    Host,
    /// URLs that begin like a seed.
    Prefix,
    /// The seeds themselves and nothing else.
    List,
    /// The whole web.
    Any,
}

impl From<JobScope> for Scope {
    fn from(scope: JobScope) -> Self {
        match scope {
            JobScope::Site => Self::Site,
            JobScope::Host => Self::Host,
            JobScope::Prefix => Self::Prefix,
            JobScope::List => Self::List,
            JobScope::Any => Self::Any,
        }
    }
}

impl FromStr for JobScope {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "site" => Ok(Self::Site),
            "host" => Ok(Self::Host),
            "prefix" => Ok(Self::Prefix),
            "list" => Ok(Self::List),
            "any" => Ok(Self::Any),
            other => Err(format!("{other:?} is not a scope; use site, host, prefix, list or any")),
        }
    }
}

/// A seed that was left out, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JunkSeed {
    /// As written.
    pub text: String,
    /// Its line in the seed file, from 1; absent for a seed of the job file or the command line.
    pub line: Option<usize>,
    /// Why it cannot be crawled.
    pub reason: String,
}

impl Job {
    /// A job made of command-line seeds.
    #[must_use]
    pub fn of_seeds(name: &str, seeds: Vec<String>, scope: JobScope) -> Self {
        Self {
            name: name.to_owned(),
            seeds,
            seed_file: None,
            listed: Vec::new(),
            scope,
            include: Vec::new(),
            exclude: Vec::new(),
            depth_max: None,
            pages_max: None,
            pages_per_site_max: None,
            schedule: None,
            max_time: None,
            max_pages: None,
            fresh_within: None,
        }
    }

    /// Reads `DIR/NAME.toml`.
    ///
    /// # Errors
    /// [`Error::Job`] when there is no such job (naming those there are) or its file cannot be used.
    pub fn load(dir: &Path, name: &str) -> Result<Self, Error> {
        let path = dir.join(format!("{name}.toml"));
        let text = fs::read_to_string(&path).map_err(|e| {
            if e.kind() == std::io::ErrorKind::NotFound {
                Error::Job(format!("there is no job {name:?} in {}; {}", dir.display(), known_jobs(dir)))
            } else {
                Error::Job(format!("job file {} cannot be read: {e}; check its permissions", path.display()))
            }
        })?;
        let mut job: Self = toml::from_str(&text).map_err(|e| {
            Error::Job(format!("job file {} cannot be used: {}", path.display(), e.to_string().trim_end()))
        })?;
        name.clone_into(&mut job.name);
        if let Some(file) = &job.seed_file {
            let file = dir.join(file);
            let lines = fs::read_to_string(&file).map_err(|e| {
                Error::Job(format!("seed file {} of job {name:?} cannot be read: {e}", file.display()))
            })?;
            job.listed = seed_lines(&lines).collect();
        }
        if job.seeds.is_empty() && job.listed.is_empty() {
            return Err(Error::Job(format!(
                "job file {} has no seeds; add seeds = [\"https://…\"]",
                path.display()
            )));
        }
        job.check_schedule()?;
        Ok(job)
    }

    /// Reads every job of a directory, in name order; a missing directory holds none.
    ///
    /// # Errors
    /// As [`Job::load`], for the first file that cannot be used.
    pub fn load_all(dir: &Path) -> Result<Vec<Self>, Error> {
        names(dir).iter().map(|name| Self::load(dir, name)).collect()
    }

    /// The seeds that can be crawled and those that cannot.
    #[must_use]
    pub fn parsed_seeds(&self) -> (Vec<CanonicalUrl>, Vec<JunkSeed>) {
        let mut good = Vec::new();
        let mut junk = Vec::new();
        let written = self.seeds.iter().map(|text| (text, None));
        let listed = self.listed.iter().map(|seed| (&seed.text, Some(seed.line)));
        for (text, line) in written.chain(listed) {
            match CanonicalUrl::parse(text.trim()) {
                Ok(url) => good.push(url),
                Err(e) => junk.push(JunkSeed { text: text.clone(), line, reason: e.to_string() }),
            }
        }
        (good, junk)
    }

    /// The admission rules the frontier keeps.
    #[must_use]
    pub fn rules(&self) -> JobRules {
        JobRules {
            name: self.name.clone(),
            scope: self.scope.into(),
            seeds: self.parsed_seeds().0.iter().map(|url| url.url().to_string()).collect(),
            include: self.include.clone(),
            exclude: self.exclude.clone(),
            depth_max: self.depth_max,
            pages_max: self.pages_max,
            pages_per_site_max: self.pages_per_site_max,
            fresh_within: self.fresh_within,
        }
    }

    /// Checks what the job wishes against what the settings allow.
    ///
    /// # Errors
    /// [`Error::Job`] naming both sides of the contradiction and what to change.
    pub fn check_against(&self, politeness: &Politeness, recrawl: &Recrawl) -> Result<(), Error> {
        let Some(wish) = self.fresh_within else { return Ok(()) };
        let per_hub = Span(std::time::Duration::from_hours(1) / recrawl.hub_visits_per_hour.max(1));
        let fail = |what: String| {
            Err(Error::Job(format!("job {:?} wishes fresh_within = \"{wish}\", but {what}", self.name)))
        };
        if politeness.delay > wish {
            return fail(format!(
                "[politeness] delay = \"{}\" lets a site be asked less often than that; wish for more time or lower delay",
                politeness.delay
            ));
        }
        if wish < recrawl.interval_min {
            return fail(format!(
                "nothing is visited more often than [recrawl] interval_min = \"{}\"; wish for more time or lower interval_min",
                recrawl.interval_min
            ));
        }
        if per_hub > wish {
            return fail(format!(
                "[recrawl] hub_visits_per_hour = {} allows a site's hubs one visit in {per_hub}; wish for more time or raise it",
                recrawl.hub_visits_per_hour
            ));
        }
        Ok(())
    }

    fn check_schedule(&self) -> Result<(), Error> {
        let Some(schedule) = &self.schedule else { return Ok(()) };
        croner::Cron::from_str(schedule).map(drop).map_err(|e| {
            Error::Job(format!(
                "job {:?} has a schedule {schedule:?} that is not a cron expression ({e}); write five fields, for example \"*/15 * * * *\"",
                self.name
            ))
        })
    }
}

/// The seeds of a text file: one a line, blank lines, `#` comments and a byte order mark left out.
pub fn seed_lines(text: &str) -> impl Iterator<Item = ListedSeed> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = text.lines().enumerate();
    let seeds = lines.map(|(at, line)| {
        let text = line.split_once(" #").map_or(line, |(seed, _)| seed).trim();
        ListedSeed { line: at + 1, text: text.to_owned() }
    });
    seeds.filter(|seed| !seed.text.is_empty() && !seed.text.starts_with('#'))
}

/// Names of the jobs in a directory, sorted.
#[must_use]
pub fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(dir)
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            (path.extension()? == "toml").then(|| path.file_stem()?.to_str().map(str::to_owned)).flatten()
        })
        .collect();
    names.sort();
    names
}

fn known_jobs(dir: &Path) -> String {
    let names = names(dir);
    if names.is_empty() {
        format!("write {}/NAME.toml with seeds = [\"https://…\"]", dir.display())
    } else {
        format!("there are: {}", names.join(", "))
    }
}

#[cfg(test)]
mod tests;
