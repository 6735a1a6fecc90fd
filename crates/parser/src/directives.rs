//! What the publisher permits, resolved for one agent; the most restrictive signal wins.
//!
//! Sources: robots `meta` elements (general and those that name our agent), `X-Robots-Tag` with agent scopes, the
//! `Robots-Tag` of draft-illyes-repext-00, `Content-Usage` (IETF aipref) and `Content-Signal`, `TDMRep` header and `meta`.
//!
//! Invariant: signals only ever restrict; every signal that was read is kept in `raw` as `source: value`.

mod rule;

use jiff::Timestamp;
use model::{Directives, HeaderLine};

use crate::dates::Zone;
use crate::head::{Head, Key, Meta};
use rule::Rule;

/// Most raw signals kept, and the longest of each in characters.
const RAW_MAX: usize = 32;
const RAW_CHARS_MAX: usize = 512;

/// Signals while they are being gathered.
pub(crate) struct Gathered<'a> {
    agent: &'a str,
    directives: Directives,
}

impl<'a> Gathered<'a> {
    /// Reads the response header. `agent` is our product token in lower case.
    pub(crate) fn from_headers(headers: &[HeaderLine], agent: &'a str) -> Self {
        let mut gathered = Self { agent, directives: Directives::default() };
        for line in headers {
            let value = String::from_utf8_lossy(&line.value);
            match line.name.to_ascii_lowercase().as_str() {
                "x-robots-tag" => gathered.scoped("x-robots-tag", &value),
                "robots-tag" => gathered.structured(&value),
                "content-usage" => gathered.usage("content-usage", &value),
                "content-signal" => gathered.usage("content-signal", &value),
                "tdm-reservation" => gathered.reservation("tdm-reservation", &value),
                "tdm-policy" => gathered.policy("tdm-policy", &value),
                _ => {}
            }
        }
        gathered
    }

    /// Reads the `meta` elements of a page.
    pub(crate) fn read_metas(&mut self, head: &Head<'_>) {
        for meta in &head.metas {
            match meta.key {
                Key::Name if meta.name == "robots" || meta.name == self.agent => {
                    self.keep(&format!("meta {}", meta.name), meta.content);
                    self.apply_all(meta.content);
                }
                Key::Pragma if meta.name == "x-robots-tag" => self.scoped("meta x-robots-tag", meta.content),
                Key::Name | Key::Pragma => self.read_usage_meta(meta),
                Key::Property => {}
            }
        }
    }

    /// What came of it.
    pub(crate) fn finish(self) -> Directives {
        self.directives
    }

    fn read_usage_meta(&mut self, meta: &Meta<'_>) {
        match meta.name.as_str() {
            "tdm-reservation" => self.reservation("meta tdm-reservation", meta.content),
            "tdm-policy" => self.policy("meta tdm-policy", meta.content),
            "content-usage" | "content-signal" => self.usage(&format!("meta {}", meta.name), meta.content),
            _ => {}
        }
    }

    fn keep(&mut self, source: &str, value: &str) {
        if self.directives.raw.len() < RAW_MAX {
            let value: String = value.trim().chars().take(RAW_CHARS_MAX).collect();
            self.directives.raw.push(format!("{source}: {value}"));
        }
    }

    /// A list without agent names.
    fn apply_all(&mut self, list: &str) {
        for rule in rule::list(list) {
            self.apply(&rule);
        }
    }

    /// `X-Robots-Tag`: rules after `agent:` belong to that agent until the next one or the end of the line.
    fn scoped(&mut self, source: &str, value: &str) {
        self.keep(source, value);
        let mut is_ours = true;
        for part in rule::scoped_list(value) {
            match part {
                rule::Part::Agent(agent) => is_ours = agent == self.agent || agent == "*",
                rule::Part::Rule(rule) if is_ours => self.apply(&rule),
                rule::Part::Rule(_) => {}
            }
        }
    }

    /// `Robots-Tag: *=noindex, nosnippet; ExampleBot=` (draft-illyes-repext-00 section 2.2).
    fn structured(&mut self, value: &str) {
        self.keep("robots-tag", value);
        for group in value.split(';') {
            let (agent, rules) = group.split_once('=').unwrap_or(("*", group));
            let agent = agent.trim().to_ascii_lowercase();
            if agent == "*" || agent == self.agent {
                self.apply_all(rules);
            }
        }
    }

    /// `search=yes, ai-train=no` and `train-ai=n`.
    fn usage(&mut self, source: &str, value: &str) {
        self.keep(source, value);
        for pair in value.split([',', ';']) {
            let Some((key, answer)) = pair.split_once('=') else { continue };
            let allowed = match answer.trim().trim_matches('"').to_ascii_lowercase().as_str() {
                "y" | "yes" | "1" | "?1" | "true" => true,
                "n" | "no" | "0" | "?0" | "false" => false,
                _ => continue,
            };
            let directives = &mut self.directives;
            match key.trim().to_ascii_lowercase().as_str() {
                "search" => restrict(&mut directives.search, allowed),
                "ai-input" | "ai-output" | "ai-use" | "ai" => restrict(&mut directives.ai_input, allowed),
                "ai-train" | "train-ai" | "train-genai" | "genai" | "foundation-model-production" => {
                    restrict(&mut directives.ai_train, allowed);
                }
                // The vocabulary's widest category (draft-ietf-aipref-vocab): any automated processing.
                "bots" | "all" | "automated-processing" | "tdm" => {
                    restrict(&mut directives.ai_input, allowed);
                    restrict(&mut directives.ai_train, allowed);
                }
                _ => {}
            }
        }
    }

    /// `TDMRep`: 1 = text and data mining is reserved.
    fn reservation(&mut self, source: &str, value: &str) {
        self.keep(source, value);
        match value.trim() {
            "1" => self.directives.tdm_reserved = Some(true),
            "0" => self.directives.tdm_reserved = self.directives.tdm_reserved.or(Some(false)),
            _ => {}
        }
    }

    /// `TDMRep`: where the terms of a licence stand; the first one counts.
    fn policy(&mut self, source: &str, value: &str) {
        self.keep(source, value);
        let value = value.trim();
        if !value.is_empty() && value.len() <= model::CanonicalUrl::LEN_MAX {
            self.directives.tdm_policy.get_or_insert_with(|| value.to_owned());
        }
    }

    fn apply(&mut self, rule: &Rule<'_>) {
        let directives = &mut self.directives;
        match rule.name.as_str() {
            "noindex" => directives.index = false,
            "nofollow" => directives.follow = false,
            "none" => (directives.index, directives.follow) = (false, false),
            "noarchive" | "nocache" => directives.archive = false,
            "nosnippet" => directives.snippet_chars_max = Some(0),
            "max-snippet" => {
                if let Ok(chars) = rule.value.parse::<u32>() {
                    let now = directives.snippet_chars_max.map_or(chars, |now| now.min(chars));
                    directives.snippet_chars_max = Some(now);
                }
            }
            "unavailable_after" => {
                if let Some(end) = rule::instant(rule.value) {
                    let now = directives.unavailable_after;
                    directives.unavailable_after = Some(now.map_or(end, |now: Timestamp| now.min(end)));
                }
            }
            "noimageindex" => directives.images = false,
            "max-image-preview" if rule.value.eq_ignore_ascii_case("none") => directives.images = false,
            // `noimageai` is about images alone, which nobody here trains on: it stays in `raw`.
            "noai" | "noml" => {
                directives.ai_input = Some(false);
                directives.ai_train = Some(false);
            }
            _ => {}
        }
    }
}

/// `Some(false)` once anybody said no.
fn restrict(signal: &mut Option<bool>, allowed: bool) {
    *signal = Some(signal.unwrap_or(true) && allowed);
}

/// Dates of directives without a zone are read as UTC.
const DIRECTIVE_ZONE: Zone = Zone::Utc;

#[cfg(test)]
mod tests;
