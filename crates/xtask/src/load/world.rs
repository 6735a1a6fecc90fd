//! The index, the web it is crawled from, and the server over it.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use demo::DemoWeb;
use model::{Clock as _, SystemClock};
use serde_json::{Value, json};
use testkit::random::Random;
use testkit::temp::Scratch;
use testkit::web::{SiteGraph, Web};

/// Hosts of a crawl beside the lookups, and pages of each.
const CRAWL_HOSTS: usize = 20;
const CRAWL_PAGES: usize = 60;
/// Hosts there are for such crawls.
const HOSTS: usize = 400;
/// Clock ticks a second in `/proc/PID/stat`: `USER_HZ`, 100 on every Linux but alpha and ia64 (proc(5)).
const TICKS: u64 = 100;

/// Words of each language, from this project's own sample texts.
pub(super) const WORDS: [(&str, [&str; 24]); 3] = [
    (
        "kk",
        [
            "өзен",
            "көпір",
            "дала",
            "тау",
            "мектеп",
            "кітап",
            "жылқы",
            "қала",
            "ауыл",
            "жаңбыр",
            "қар",
            "орман",
            "алма",
            "теміржол",
            "театр",
            "ғалым",
            "жұлдыз",
            "сабақ",
            "егін",
            "нан",
            "домбыра",
            "көл",
            "балық",
            "құс",
        ],
    ),
    (
        "ru",
        [
            "река",
            "мост",
            "степь",
            "гора",
            "школа",
            "книга",
            "лошадь",
            "город",
            "деревня",
            "дождь",
            "снег",
            "лес",
            "яблоко",
            "поезд",
            "театр",
            "учёный",
            "звезда",
            "урок",
            "урожай",
            "хлеб",
            "домбра",
            "озеро",
            "рыба",
            "птица",
        ],
    ),
    (
        "en",
        [
            "river",
            "bridge",
            "steppe",
            "mountain",
            "school",
            "book",
            "horse",
            "city",
            "village",
            "rain",
            "snow",
            "forest",
            "apple",
            "railway",
            "theatre",
            "scientist",
            "star",
            "lesson",
            "harvest",
            "bread",
            "lute",
            "lake",
            "fish",
            "bird",
        ],
    ),
];

/// Everything the load needs.
pub(super) struct World {
    binary: PathBuf,
    data: PathBuf,
    scratch: Scratch,
    graph: SiteGraph,
    /// URLs of the generated documents.
    pub(super) urls: Vec<String>,
    story: String,
    _web: Web,
    _demo: DemoWeb,
    _runtime: tokio::runtime::Runtime,
}

/// `silteme serve`; ends when dropped.
pub(super) struct Server {
    child: Child,
    pub(super) address: String,
    log: PathBuf,
}

impl World {
    /// Crawls the demo web and imports generated documents.
    pub(super) fn make(
        binary: &Path,
        data: Option<&Path>,
        documents: usize,
        seed: u64,
    ) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let demo = {
            let _inside = runtime.enter();
            DemoWeb::start(([127, 0, 0, 1], 0).into())?
        };
        let graph = SiteGraph::new(seed, HOSTS, CRAWL_PAGES);
        let web = Web::builder().graph(graph.clone()).start();
        let scratch = Scratch::new();
        let data = data.map_or_else(|| scratch.join("run"), Path::to_owned);
        ensure!(!data.exists(), "{} is there already; name a directory that is not", data.display());
        // The table of names is the last of the web's settings, so further names follow it.
        let mut settings = web.resolve_toml();
        for name in demo.hosts() {
            writeln!(settings, "{name:?} = \"{}\"", demo.address())?;
        }
        settings += "[politeness]\ndelay = \"200ms\"\n[crawl]\npatience = \"1s\"\n";
        scratch.write("silteme.toml", settings);
        let mut world = Self {
            binary: binary.canonicalize()?,
            data,
            scratch,
            graph,
            urls: Vec::new(),
            story: String::new(),
            _web: web,
            _demo: demo,
            _runtime: runtime,
        };
        world.fill(documents, seed)?;
        Ok(world)
    }

    fn fill(&mut self, documents: usize, seed: u64) -> anyhow::Result<()> {
        let mut crawl = vec!["crawl", "--scope", "site"];
        let seeds: Vec<String> = demo::seeds().iter().map(ToString::to_string).collect();
        crawl.extend(seeds.iter().map(String::as_str));
        let crawled = self.run(&crawl)?.map_err(anyhow::Error::msg)?;
        let file = self.scratch.join("documents.ndjson");
        let mut writer = BufWriter::new(File::create(&file)?);
        let mut random = Random::named(seed, "documents");
        for number in 0..documents {
            let document = document(number, &mut random);
            self.urls.push(document["url"].as_str().unwrap_or_default().to_owned());
            writeln!(writer, "{document}")?;
        }
        writer.flush()?;
        let imported = self.run(&["import", &file.to_string_lossy()])?.map_err(anyhow::Error::msg)?;
        self.story = format!(
            "{} pages of the demo web crawled, {} documents imported",
            crawled["fetched"], imported["imported"]
        );
        Ok(())
    }

    /// What the index was made of.
    pub(super) fn story(&self) -> &str {
        &self.story
    }

    /// Seeds of crawls of pages that are not in the index yet.
    pub(super) fn crawls(&self) -> impl Iterator<Item = Vec<String>> {
        let seeds = self.graph.seeds();
        (0..HOSTS / CRAWL_HOSTS).map(move |turn| seeds[turn * CRAWL_HOSTS..][..CRAWL_HOSTS].to_vec())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .args(arguments)
            .arg("--config")
            .arg(self.scratch.join("silteme.toml"))
            .arg("--data")
            .arg(&self.data);
        command
    }

    /// Runs a command to its end: its summary, or what it said instead.
    pub(super) fn run(&self, arguments: &[&str]) -> anyhow::Result<Result<Value, String>> {
        let ended = self.command(arguments).args(["--format", "json"]).output()?;
        // 1: done in part, which a crawl is when some link led nowhere.
        if !matches!(ended.status.code(), Some(0 | 1)) {
            let said = String::from_utf8_lossy(&ended.stderr);
            return Ok(Err(format!("{}: {}: {said}", arguments[0], ended.status)));
        }
        let said = String::from_utf8(ended.stdout)?;
        let summary = said.lines().last().with_context(|| format!("{} said nothing", arguments[0]))?;
        Ok(Ok(serde_json::from_str(summary)?))
    }

    /// Serves the index.
    pub(super) fn serve(&self) -> anyhow::Result<Server> {
        let log = self.scratch.join("serve.log");
        let mut child = self
            .command(&["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(File::create(&log)?)
            .spawn()?;
        let mut line = String::new();
        let said = child.stdout.take().context("no output")?;
        BufReader::new(said).read_line(&mut line)?;
        let address = line.split("http://").nth(1).and_then(|rest| rest.split_whitespace().next());
        match address {
            Some(address) => Ok(Server { address: address.to_owned(), child, log }),
            None => bail!("the server does not serve: {}", fs::read_to_string(&log)?),
        }
    }
}

impl Server {
    /// CPU time it has used, in user and system mode.
    pub(super) fn cpu(&self) -> anyhow::Result<Duration> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name in parentheses may hold spaces; utime and stime are the 12th and 13th field after it.
        let rest = stat.rsplit_once(") ").context("no process")?.1;
        let ticks = rest.split(' ').skip(11).take(2).map(str::parse::<u64>).sum::<Result<u64, _>>()?;
        Ok(Duration::from_millis(ticks * 1_000 / TICKS))
    }

    /// Lines of warning or error in its log.
    pub(super) fn complaints(&self) -> anyhow::Result<Vec<String>> {
        let log = fs::read_to_string(&self.log)?;
        let complains = |line: &&str| line.contains(" WARN ") || line.contains("ERROR ");
        Ok(log.lines().filter(complains).map(str::to_owned).collect())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A document of about 200 words, some of them frequent, some its own; published within the last 30 days.
fn document(number: usize, random: &mut Random) -> Value {
    let (language, words) = &WORDS[number % WORDS.len()];
    let about = random.index(words.len());
    let word = |random: &mut Random| match random.below(10) {
        0..2 => words[about].to_owned(),
        2..7 => words[random.index(words.len())].to_owned(),
        _ => random.word(),
    };
    let many = |random: &mut Random, count: usize| {
        let words: Vec<String> = (0..count).map(|_| word(random)).collect();
        words.join(" ")
    };
    let title = format!("{} {}", words[about], many(random, 5));
    let text: Vec<String> = (0..12).map(|_| format!("{}.", many(random, 16))).collect();
    let age = jiff::SignedDuration::from_secs(i64::try_from(random.below(30 * 86_400)).unwrap_or_default());
    json!({
        "url": format!("http://news{:03}.test/{language}/{number}.html", random.below(300)),
        "title": title,
        "text": text.join(" "),
        "language": language,
        "published": (SystemClock.now() - age).to_string(),
    })
}
