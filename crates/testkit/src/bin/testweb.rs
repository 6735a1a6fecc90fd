//! The simulated web as a program, for benchmarks and for trying the crawler by hand.
//!
//! Invariant: it stops by itself, after `--for` at the latest.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use testkit::web::{Builder, SiteGraph, Web};

const USAGE: &str = "\
testweb: serves a simulated web on one loopback port, http and https alike

  --pages FOLDER           serve the pages of FOLDER/manifest.tsv under their own URLs
  --robots                 with the real robots.txt files of FOLDER/../robots (needs tar)
  --generate H,P,SEED      generate H hosts of P pages each
  --https                  generate them over https instead of http
  --http2                  offer HTTP/2
  --delay MS               delay every answer
  --listen 127.0.0.1:PORT  (default: any free port)
  --log FILE.ndjson        write every request as a line of JSON
  --config-out FILE.toml   write the [network] section for silteme.toml there, and the authority beside it
  --seeds-out FILE.txt     write the URLs to begin with, one a line
  --for 10m                stop after this long (default and maximum: 10m)

Prints the port, then runs until its time is over.
Example: testweb --pages ../shared/data/pages --robots --config-out /tmp/web.toml
";

/// The longest it runs.
const FOR_MAX: Duration = Duration::from_mins(10);

struct Arguments {
    pages: Option<PathBuf>,
    robots: bool,
    generate: Option<(usize, usize, u64)>,
    https: bool,
    http2: bool,
    delay: Duration,
    port: u16,
    log: Option<PathBuf>,
    config_out: Option<PathBuf>,
    seeds_out: Option<PathBuf>,
    runs_for: Duration,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.is_empty() || arguments.iter().any(|argument| argument == "--help") {
        print!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let outcome = read(&arguments).and_then(|arguments| {
        let web = start(&arguments)?;
        println!("{}", web.addr().port());
        std::thread::sleep(arguments.runs_for);
        Ok(web.log().len())
    });
    match outcome {
        Ok(requests) => {
            eprintln!("testweb: {requests} requests served");
            ExitCode::SUCCESS
        }
        Err(reason) => {
            eprintln!("testweb: {reason}; see testweb --help");
            ExitCode::from(2)
        }
    }
}

fn read(given: &[String]) -> Result<Arguments, String> {
    let mut arguments = Arguments {
        pages: None,
        robots: false,
        generate: None,
        https: false,
        http2: false,
        delay: Duration::ZERO,
        port: 0,
        log: None,
        config_out: None,
        seeds_out: None,
        runs_for: FOR_MAX,
    };
    let mut given = given.iter();
    while let Some(name) = given.next() {
        let mut value = || given.next().ok_or_else(|| format!("{name} needs a value"));
        match name.as_str() {
            "--pages" => arguments.pages = Some(value()?.into()),
            "--robots" => arguments.robots = true,
            "--generate" => arguments.generate = Some(read_generate(value()?)?),
            "--https" => arguments.https = true,
            "--http2" => arguments.http2 = true,
            "--delay" => {
                let millis = value()?.parse().map_err(|_| "--delay needs a number of milliseconds")?;
                arguments.delay = Duration::from_millis(millis);
            }
            "--listen" => arguments.port = read_listen(value()?)?,
            "--log" => arguments.log = Some(value()?.into()),
            "--config-out" => arguments.config_out = Some(value()?.into()),
            "--seeds-out" => arguments.seeds_out = Some(value()?.into()),
            "--for" => {
                let span: model::Span = value()?.parse().map_err(|e| format!("--for: {e}"))?;
                arguments.runs_for = span.0.min(FOR_MAX);
            }
            _ => return Err(format!("unknown argument {name}")),
        }
    }
    Ok(arguments)
}

fn read_generate(text: &str) -> Result<(usize, usize, u64), String> {
    let form = || format!("--generate {text:?} is not HOSTS,PAGES,SEED, for example 10,100,1");
    let numbers: Vec<u64> = text.split(',').map(str::parse).collect::<Result<_, _>>().map_err(|_| form())?;
    let [hosts @ 1..=u64::MAX, pages @ 1..=u64::MAX, seed] = numbers[..] else { return Err(form()) };
    Ok((usize::try_from(hosts).map_err(|_| form())?, usize::try_from(pages).map_err(|_| form())?, seed))
}

fn read_listen(text: &str) -> Result<u16, String> {
    let address: SocketAddr = text.parse().map_err(|_| format!("--listen {text:?} is not ADDRESS:PORT"))?;
    if address.ip() != std::net::Ipv4Addr::LOCALHOST {
        return Err(format!("--listen {text}: only 127.0.0.1 is served"));
    }
    Ok(address.port())
}

fn start(arguments: &Arguments) -> Result<Web, String> {
    let mut builder: Builder = Web::builder().port(arguments.port).delay(arguments.delay);
    let mut seeds = Vec::new();
    if arguments.http2 {
        builder = builder.http2();
    }
    if let Some(log) = &arguments.log {
        builder = builder.log_file(log);
    }
    if let Some(pages) = &arguments.pages {
        seeds.extend(urls_of(pages)?);
        builder = match (arguments.robots, pages.parent()) {
            (true, Some(data)) => builder.real_pages(data, true),
            _ => builder.folder(pages),
        }
        .map_err(|e| e.to_string())?;
    }
    if let Some((hosts, pages, seed)) = arguments.generate {
        let graph = SiteGraph::new(seed, hosts, pages);
        let graph = if arguments.https { graph.https() } else { graph };
        seeds.extend(graph.seeds());
        builder = builder.graph(graph);
    }
    let web = builder.try_start().map_err(|e| format!("cannot start: {e}"))?;
    if let Some(path) = &arguments.config_out {
        write(path, &web.resolve_toml_with(&path.with_extension("ca.pem")))?;
    }
    if let Some(path) = &arguments.seeds_out {
        write(path, &(seeds.join("\n") + "\n"))?;
    }
    Ok(web)
}

/// The first column that is called `url` of a manifest.
fn urls_of(folder: &Path) -> Result<Vec<String>, String> {
    let path = folder.join("manifest.tsv");
    let text = std::fs::read_to_string(&path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
    let mut lines = text.lines();
    let column = lines.next().and_then(|names| names.split('\t').position(|name| name == "url"));
    let column = column.ok_or_else(|| format!("{} has no column url", path.display()))?;
    Ok(lines.filter_map(|line| line.split('\t').nth(column)).map(str::to_owned).collect())
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    std::fs::write(path, text).map_err(|e| format!("cannot write {}: {e}", path.display()))
}
