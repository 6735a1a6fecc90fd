//! Lines become groups (RFC 9309 sections 2.1 and 2.2.1).
//!
//! Invariant: only `Allow` and `Disallow` end a run of `User-agent` lines; `Sitemap` and unknown lines do not. Groups of
//! one agent are merged.

use std::borrow::Cow;

use robotstxt::RobotsParseHandler;

use super::delay::{self, Pause};
use super::pattern::Pattern;
use super::rules::{Block, Rule, Rules, product_token};
use super::sanitise;

impl Rules {
    /// Reads a file. Total: any bytes give rules, in time linear in their number.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Self {
        let lines = sanitise::lines(bytes);
        let mut reader =
            Reader { lines: &lines, rules: Self::default(), run: Run::default(), delay_run: Run::default() };
        robotstxt::parse_robotstxt(&sanitise::text(&lines), &mut reader);
        reader.rules
    }
}

struct Reader<'a> {
    lines: &'a [Cow<'a, [u8]>],
    rules: Rules,
    /// The agents the next `Allow` or `Disallow` is for.
    run: Run,
    /// The agents the next `Crawl-delay` or `Request-rate` is for. These lines end this run, not the other: files list
    /// agents with a delay each, and RFC 9309 knows no such line.
    delay_run: Run,
}

/// A run of `User-agent` lines.
#[derive(Default)]
struct Run {
    agents: Vec<String>,
    ended: bool,
    /// Where the lines for these agents are kept, once there is one.
    block: Option<usize>,
}

impl Run {
    fn add(&mut self, agent: &str) {
        if std::mem::take(&mut self.ended) {
            self.agents.clear();
            self.block = None;
        }
        self.agents.push(agent.to_owned());
    }

    /// The block of these agents; `next` is the index of a new one, which `begin` then enters for each agent. So a long
    /// run is walked once, however many lines follow it.
    fn block(&mut self, next: usize, mut begin: impl FnMut(&str, usize)) -> usize {
        *self.block.get_or_insert_with(|| {
            self.agents.iter().for_each(|agent| begin(agent, next));
            next
        })
    }
}

impl Reader<'_> {
    fn rule(&mut self, allow: bool, line: u32, value: &str) {
        self.run.ended = true;
        self.delay_run.ended = true;
        let pattern = Pattern::read(value);
        let (Some(pattern), false) = (pattern, self.run.agents.is_empty()) else { return };
        let Rules { blocks, by_agent, .. } = &mut self.rules;
        let index = self.run.block(blocks.len(), |agent, index| {
            let named = by_agent.entry(agent.to_owned()).or_default();
            if named.blocks.last() != Some(&index) {
                named.blocks.push(index);
            }
        });
        let written = usize::try_from(line).ok().and_then(|line| self.lines.get(line.wrapping_sub(1)));
        let text = written.map(|written| sanitise::shown(written)).unwrap_or_default();
        if index == blocks.len() {
            blocks.push(Block::default());
        }
        blocks[index].rules.push(Rule { allow, pattern, line, text });
    }

    fn pause(&mut self, pause: Pause) {
        self.delay_run.ended = true;
        if self.delay_run.agents.is_empty() {
            return;
        }
        let Rules { pauses, by_agent, .. } = &mut self.rules;
        let index = self.delay_run.block(pauses.len(), |agent, index| {
            by_agent.entry(agent.to_owned()).or_default().pauses.push(index);
        });
        match pauses.get_mut(index) {
            Some(kept) => kept.merge(pause),
            None => pauses.push(pause),
        }
    }
}

impl RobotsParseHandler for Reader<'_> {
    fn handle_robots_start(&mut self) {}

    fn handle_robots_end(&mut self) {}

    fn handle_user_agent(&mut self, _line: u32, value: &str) {
        let everyone = value == "*" || value.starts_with("* ");
        let written = if everyone { "*" } else { product_token(value) };
        let agent = written.to_ascii_lowercase();
        self.run.add(&agent);
        self.delay_run.add(&agent);
        let named = self.rules.by_agent.entry(agent).or_default();
        if named.written.is_empty() {
            written.clone_into(&mut named.written);
        }
    }

    fn handle_allow(&mut self, line: u32, value: &str) {
        self.rule(true, line, value);
    }

    fn handle_disallow(&mut self, line: u32, value: &str) {
        self.rule(false, line, value);
    }

    fn handle_sitemap(&mut self, _line: u32, value: &str) {
        if !value.is_empty() {
            self.rules.sitemaps.push(value.to_owned());
        }
    }

    fn handle_unknown_action(&mut self, _line: u32, action: &str, value: &str) {
        if action.eq_ignore_ascii_case("crawl-delay") {
            self.pause(Pause { delay: delay::crawl_delay(value), rate: None });
        } else if action.eq_ignore_ascii_case("request-rate") {
            self.pause(Pause { delay: None, rate: delay::request_rate(value) });
        }
    }
}
