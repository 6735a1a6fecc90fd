//! The command line as typed. Invariant: nothing here opens, reads or decides anything; names and texts only.

pub(crate) mod person;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use model::Span;
use pipeline::JobScope;

/// A polite web crawler and link indexer for Kazakh, Russian and English.
#[derive(Debug, Parser)]
#[command(
    name = "silteme",
    version,
    max_term_width = 110,
    arg_required_else_help = true,
    after_help = "First steps:\n  silteme demo                               see everything work on a bundled little web\n  silteme crawl https://example.kz/          crawl a site (set [agent] contact first)\n  silteme search 'жаңалық'                   ask the index\n\nExit status: 0 done, 1 nothing found or done in part, 2 wrong usage or configuration, 3 the machine failed."
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) global: Global,
}

/// Options every command takes.
#[derive(Clone, Debug, Args)]
pub(crate) struct Global {
    /// Settings file [default: config/silteme.toml if it is there]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Directory of frontier, archive and index
    #[arg(long, global = true, value_name = "DIR", default_value = "data/run")]
    pub(crate) data: PathBuf,
    /// How results are printed; json is one object a line
    #[arg(long, global = true, value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,
    /// One setting, over the file: politeness.delay=2s (repeatable)
    #[arg(long = "set", global = true, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// More log lines on standard error: -v info, -vv debug
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
}

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Human,
    /// One JSON object a line and nothing else.
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// See everything work on a bundled little web in Kazakh, Russian and English
    #[command(after_help = "Example:\n  silteme demo --once")]
    Demo(DemoArgs),
    /// Crawl until nothing is due or a limit is met; resumes what an earlier run left
    #[command(
        after_help = "Examples:\n  silteme crawl https://example.kz/ --max-pages 500\n  silteme crawl --job news --max-time 10m\n  silteme crawl                              resume whatever is due"
    )]
    Crawl(CrawlArgs),
    /// Simulate a job for days under the real scheduler and pace: will its sources be fresh? No network, no store
    #[command(
        after_help = "Examples:\n  silteme simulate --job news --days 30\n  silteme simulate --job news --days 7 --within 10m --faults hostile --set recrawl.feed=10m\n\nThe crawl is the real one under your settings; the web is assumed, and the assumptions are printed.\nExit status 1: some sites do not meet the wish."
    )]
    Simulate(SimulateArgs),
    /// Serve the HTTP API, the pages, and the scheduled jobs of config/jobs/*.toml
    #[command(after_help = "Example:\n  silteme serve --listen 127.0.0.1:8080")]
    Serve(ServeArgs),
    /// Replay the archive into a new index generation and swap it in; lookups go on all the while
    #[command(after_help = "Example:\n  silteme reindex --verify")]
    Reindex(ReindexArgs),
    /// Take in WARC files (.warc, .warc.gz, .warc.zst) or documents as NDJSON (- = standard input)
    #[command(
        after_help = "Examples:\n  silteme import crawl-2026-11.warc.gz\n  echo '{\"url\":\"https://example.kz/a\",\"title\":\"Сәлем\",\"text\":\"…\"}' | silteme import -"
    )]
    Import(ImportArgs),
    /// Write links, documents, WARC records or index changes to standard output or a file
    #[command(
        after_help = "Examples:\n  silteme export documents --since 2026-11-01 --out documents.ndjson\n  silteme export warc --out copy.warc.gz"
    )]
    Export(ExportArgs),
    /// Full-text search
    #[command(
        after_help = "Examples:\n  silteme search 'су тасқыны' --language kk --limit 5\n  silteme search --queries queries.tsv --trec-run run.txt"
    )]
    Search(SearchArgs),
    /// Links like this one
    #[command(
        after_help = "Examples:\n  silteme similar https://example.kz/article --limit 5\n  silteme similar https://example.kz/article --cross-language --language ru"
    )]
    Similar(SimilarArgs),
    /// Recommendations with a reason each
    #[command(
        after_help = "Examples:\n  silteme recommend --like https://example.kz/article\n  silteme recommend --terms 'ғарыш, спутник' --language kk"
    )]
    Recommend(RecommendArgs),
    /// Bytes to document: what the parser makes of files; no network, no store
    #[command(after_help = "Example:\n  silteme parse --url https://example.kz/a page.html")]
    Parse(ParseArgs),
    /// The verdict of a robots.txt file on URLs, with rule and line
    #[command(
        after_help = "Example:\n  silteme robots --agent silteme robots.txt https://example.kz/private/a"
    )]
    Robots(RobotsArgs),
    /// Canonical form and site of URLs, and what was changed
    #[command(after_help = "Example:\n  silteme url 'HTTPS://Example.KZ:443/a?b=2&utm_source=x&a=1#top'")]
    Url(UrlArgs),
    /// The index terms of a text, per token
    #[command(after_help = "Example:\n  silteme analyze --language kk 'қалаларымызда'")]
    Analyze(AnalyzeArgs),
    /// Everything known about a URL or host, and why it waits or was refused
    #[command(after_help = "Examples:\n  silteme explain https://example.kz/a\n  silteme explain example.kz")]
    Explain(ExplainArgs),
    /// Queues, hosts, rates, errors by kind, index freshness, alerts
    #[command(after_help = "Example:\n  silteme status --hosts")]
    Status(StatusArgs),
    /// Takedown: out of answers at once, out of all stores, never crawled again
    #[command(
        after_help = "Examples:\n  silteme forget https://example.kz/a --reason 'request 2026-17'\n  silteme forget --host example.kz"
    )]
    Forget(ForgetArgs),
    /// Cross-check frontier, archive and index; reports every mismatch
    #[command(
        after_help = "Examples:\n  silteme verify --repair\n  silteme verify --forgotten 'words of the page' https://example.kz/a"
    )]
    Verify(VerifyArgs),
    /// Keys of the API: who may ask what
    #[command(
        after_help = "Examples:\n  silteme keys add --role recommender --name 'news app' --basis 'contract 12'\n  silteme keys list\n  silteme keys revoke 1f2e3d4c\n\nRoles: recommender (lookups, feedback, consent), support (the data of people), operator (jobs, takedowns,\nreindexing), auditor (the audit log). A running server knows of a change at its next request."
    )]
    Keys(KeysArgs),
    /// The rights of people: find, export, correct, erase, consent, and what goes with them
    #[command(
        after_help = "Examples:\n  silteme person find --email reader@example.kz\n  silteme person export 4711 --case 2026-17 --format json\n  silteme person erase 4711 --case 2026-17\n\nWorks beside a running server. Every read is in the audit log. Exit status 1: nothing is stored, or it is blocked."
    )]
    Person(person::PersonArgs),
    /// Effective settings and where each came from
    #[command(after_help = "Examples:\n  silteme config show\n  silteme config check --config other.toml")]
    Config(ConfigArgs),
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// End after the summary instead of serving the pages until Ctrl-C
    #[arg(long)]
    pub(crate) once: bool,
    /// Address of the pages
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
}

#[derive(Debug, Args)]
pub(crate) struct CrawlArgs {
    /// Seeds
    #[arg(value_name = "URL", conflicts_with = "job")]
    pub(crate) seeds: Vec<String>,
    /// Read seeds from a file, one a line
    #[arg(long, value_name = "FILE", conflicts_with = "job")]
    pub(crate) seed_file: Option<PathBuf>,
    /// Crawl the job of config/jobs/NAME.toml
    #[arg(long, value_name = "NAME")]
    pub(crate) job: Option<String>,
    /// How far links may lead from the seeds: site, host, prefix, list (seeds only) or any [default: site]
    #[arg(long, value_name = "SCOPE", conflicts_with = "job")]
    pub(crate) scope: Option<JobScope>,
    /// Visits in this run, at most
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) max_pages: Option<u64>,
    /// How long this run may take, for example 10m
    #[arg(long, value_name = "TIME")]
    pub(crate) max_time: Option<Span>,
    /// Links followed from a seed, at most
    #[arg(long, value_name = "N", conflicts_with = "job")]
    pub(crate) depth: Option<u16>,
    /// Only URLs that match this regular expression (repeatable)
    #[arg(long, value_name = "REGEX", conflicts_with = "job")]
    pub(crate) include: Vec<String>,
    /// No URL that matches this regular expression (repeatable)
    #[arg(long, value_name = "REGEX", conflicts_with = "job")]
    pub(crate) exclude: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct SimulateArgs {
    /// The job of config/jobs/NAME.toml
    #[arg(long, value_name = "NAME")]
    pub(crate) job: String,
    /// Simulated days
    #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=366))]
    pub(crate) days: u64,
    /// Simulate only so many of its sites, chosen by the seed; nothing is scaled up
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) sources: Option<u64>,
    /// Seed of chance: the same seed gives the same answer
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    pub(crate) seed: u64,
    /// How unwell the simulated web is
    #[arg(long, value_enum, default_value_t = FaultLevel::Usual)]
    pub(crate) faults: FaultLevel,
    /// Articles an average site publishes a day
    #[arg(long, value_name = "N", default_value_t = 20.0)]
    pub(crate) rate_per_day: f64,
    /// The wish: an article should be fetched so long after its publication
    #[arg(long, value_name = "TIME", default_value = "10m")]
    pub(crate) within: Span,
    /// Write one line per request to a file
    #[arg(long, value_name = "FILE")]
    pub(crate) log: Option<PathBuf>,
}

/// How unwell the simulated web is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FaultLevel {
    /// Nothing fails
    None,
    /// One request in a hundred fails, sites are away for hours once in ten days
    Usual,
    /// One request in twenty fails, sites are away, slow or refuse every other day
    Hostile,
}

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Address to listen on; others than loopback need a certificate: [server] in the settings
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<SocketAddr>,
}

#[derive(Debug, Args)]
pub(crate) struct ReindexArgs {
    /// Only records fetched since (RFC 3339 or YYYY-MM-DD); others keep their documents
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(crate) since: Option<model::Timestamp>,
    /// Compare document counts and sample queries before swapping
    #[arg(long)]
    pub(crate) verify: bool,
    /// Put the generation before the current one back
    #[arg(long, conflicts_with_all = ["since", "verify"])]
    pub(crate) rollback: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// Files; - is standard input (NDJSON)
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// What to write
    #[arg(value_enum)]
    pub(crate) what: Exported,
    /// Only what was fetched (or changed) since (RFC 3339 or YYYY-MM-DD)
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(crate) since: Option<model::Timestamp>,
    /// File to write instead of standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// What `export` writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Exported {
    /// One link a line: from, to, text, kind
    Links,
    /// One document a line
    Documents,
    /// Records as WARC
    Warc,
    /// Upserts and deletions of the index
    Changes,
}

/// Filters of lookups.
#[derive(Debug, Args)]
pub(crate) struct Filters {
    /// Only this language: kk, ru, en, …
    #[arg(long, value_name = "CODE")]
    pub(crate) language: Option<String>,
    /// Only this host
    #[arg(long, value_name = "HOST")]
    pub(crate) host: Option<String>,
    /// Only this site (registrable domain)
    #[arg(long, value_name = "DOMAIN")]
    pub(crate) site: Option<String>,
    /// Only this section, whatever the case of its letters
    #[arg(long, value_name = "NAME")]
    pub(crate) section: Option<String>,
    /// Only published (else fetched) since (RFC 3339 or YYYY-MM-DD)
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(crate) since: Option<model::Timestamp>,
    /// Only published (else fetched) before (RFC 3339 or YYYY-MM-DD)
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(crate) until: Option<model::Timestamp>,
    /// Results, at most
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) limit: u16,
}

#[derive(Debug, Args)]
pub(crate) struct SearchArgs {
    /// Words; "a phrase" in quotes; -word to exclude; site:, language:, section:, tag:, since: … to narrow
    #[arg(required_unless_present = "queries")]
    pub(crate) query: Option<String>,
    #[command(flatten)]
    pub(crate) filters: Filters,
    /// Look in other languages than the query's too
    #[arg(long)]
    pub(crate) cross_language: bool,
    /// Run many queries: a file of id TAB query lines
    #[arg(long, value_name = "FILE", requires = "trec_run", conflicts_with = "query")]
    pub(crate) queries: Option<PathBuf>,
    /// Write a TREC run file (document ids are the URLs)
    #[arg(long, value_name = "FILE", requires = "queries")]
    pub(crate) trec_run: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct SimilarArgs {
    /// A URL in the index
    pub(crate) url: String,
    #[command(flatten)]
    pub(crate) filters: Filters,
    /// Look in every language, not in that of the link alone
    #[arg(long)]
    pub(crate) cross_language: bool,
    /// Leave out copies of the link: the same text at other places
    #[arg(long)]
    pub(crate) without_copies: bool,
}

/// What links are wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ScenarioName {
    /// What fits the interests and is worth reading now
    Personal,
    /// What is opened most now
    Trending,
    /// What is like the one liked URL
    Related,
    /// What arrived since the cursor and fits the interests
    New,
}

#[derive(Debug, Args)]
pub(crate) struct RecommendArgs {
    /// A liked URL (repeatable)
    #[arg(long, value_name = "URL", num_args = 1..)]
    pub(crate) like: Vec<String>,
    /// A URL to get less like (repeatable)
    #[arg(long, value_name = "URL", num_args = 1..)]
    pub(crate) dislike: Vec<String>,
    /// Words and phrases of interest, separated by commas
    #[arg(long, value_name = "TERMS", num_args = 1.., value_delimiter = ',')]
    pub(crate) terms: Vec<String>,
    /// Only this language: kk, ru, en, …
    #[arg(long, value_name = "CODE")]
    pub(crate) language: Vec<String>,
    /// Never this host (repeatable)
    #[arg(long, value_name = "HOST")]
    pub(crate) mute: Vec<String>,
    /// Never this section, tag or word of titles (repeatable)
    #[arg(long, value_name = "TOPIC")]
    pub(crate) mute_topic: Vec<String>,
    /// A site or host that is followed (repeatable)
    #[arg(long, value_name = "SITE")]
    pub(crate) follow: Vec<String>,
    /// A URL that was seen (repeatable)
    #[arg(long, value_name = "URL", num_args = 1..)]
    pub(crate) seen: Vec<String>,
    /// What links are wanted for
    #[arg(long, value_enum, default_value_t = ScenarioName::Personal)]
    pub(crate) scenario: ScenarioName,
    /// Only this section or tag, with `--scenario trending`
    #[arg(long, value_name = "TOPIC")]
    pub(crate) topic: Option<String>,
    /// Where the answer before ended, with `--scenario new`
    #[arg(long, value_name = "CURSOR")]
    pub(crate) cursor: Option<String>,
    /// Only published (else fetched) since this day or instant
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(crate) since: Option<model::Timestamp>,
    /// Decides between equals and what is explored
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    /// Replay a log of readers and judge rankings by it, instead of recommending; see docs/recommendations.md
    #[arg(long, value_name = "FILE", conflicts_with_all = ["like", "dislike", "terms", "follow", "seen", "cursor"])]
    pub(crate) evaluate: Option<PathBuf>,
    /// Results, at most
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) limit: u16,
}

#[derive(Debug, Args)]
pub(crate) struct KeysArgs {
    #[command(subcommand)]
    pub(crate) command: KeysCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Make a key; it is shown once
    Add(KeysAddArgs),
    /// Every key there ever was, without the keys themselves
    List,
    /// Take a key back at once
    Revoke {
        /// As `keys list` names it
        id: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct KeysAddArgs {
    /// What it is for: operator, recommender, support or auditor
    #[arg(long, value_name = "ROLE", value_parser = server::access::role)]
    pub(crate) role: server::access::Role,
    /// Who holds it: a service or a member of staff
    #[arg(long, value_name = "NAME")]
    pub(crate) name: String,
    /// Why it is given: contract, order
    #[arg(long, value_name = "TEXT")]
    pub(crate) basis: String,
    /// From when on it no longer works (RFC 3339 or YYYY-MM-DD)
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(crate) expires: Option<model::Timestamp>,
    /// Requests a second, over the limit of [server]; 0: no limit
    #[arg(long, value_name = "N")]
    pub(crate) requests_per_second: Option<u32>,
}

#[derive(Debug, Args)]
pub(crate) struct ParseArgs {
    /// Files; - is standard input
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// The URL the bytes came from; relative links are resolved against it
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// Content-Type header, for example 'text/html; charset=windows-1251'
    #[arg(long, value_name = "TYPE")]
    pub(crate) content_type: Option<String>,
    /// Further response headers, 'X-Robots-Tag: noindex' (repeatable)
    #[arg(long, value_name = "HEADER")]
    pub(crate) header: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct RobotsArgs {
    /// Product token to judge for
    #[arg(long, value_name = "AGENT")]
    pub(crate) agent: Option<String>,
    /// The robots.txt file; - is standard input
    pub(crate) file: PathBuf,
    /// URLs to judge
    #[arg(value_name = "URL", required = true)]
    pub(crate) urls: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct UrlArgs {
    /// URLs; - reads one a line from standard input
    #[arg(value_name = "URL", required = true)]
    pub(crate) urls: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct AnalyzeArgs {
    /// Language of the text: kk, ru, en, …
    #[arg(long, value_name = "CODE", default_value = "und")]
    pub(crate) language: String,
    /// The text
    #[arg(required = true)]
    pub(crate) text: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// A URL or a host name
    pub(crate) subject: String,
}

#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    /// One line a host
    #[arg(long)]
    pub(crate) hosts: bool,
    /// Only this job
    #[arg(long, value_name = "NAME")]
    pub(crate) job: Option<String>,
}

#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("what").required(true).args(["url", "prefix", "host"])))]
pub(crate) struct ForgetArgs {
    /// A URL, in any spelling
    pub(crate) url: Option<String>,
    /// Every URL that begins so
    #[arg(long, value_name = "PREFIX")]
    pub(crate) prefix: Option<String>,
    /// Every URL of a host
    #[arg(long, value_name = "HOST")]
    pub(crate) host: Option<String>,
    /// Why, for the record
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// Mend what can be rebuilt from the archive
    #[arg(long)]
    pub(crate) repair: bool,
    /// Look instead for what was forgotten: these texts or URLs in every byte on disk, in every form; without any, every
    /// stored URL against the takedown journal
    #[arg(long, value_name = "TEXT", num_args = 0.., conflicts_with = "repair")]
    pub(crate) forgotten: Option<Vec<String>>,
    /// Further texts to look for, one a line
    #[arg(long, value_name = "FILE", conflicts_with = "repair")]
    pub(crate) canary_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ConfigArgs {
    #[command(subcommand)]
    pub(crate) action: ConfigAction,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Subcommand)]
pub(crate) enum ConfigAction {
    /// Print every setting and where it came from
    Show,
    /// Check the settings file and every job file
    Check,
}

/// An instant as RFC 3339, or a day (its first instant in UTC).
pub(crate) fn parse_time(text: &str) -> Result<model::Timestamp, String> {
    model::time::instant_or_day(text)
        .ok_or_else(|| format!("{text:?} is not a time; write 2026-11-22 or 2026-11-22T08:00:00Z"))
}
