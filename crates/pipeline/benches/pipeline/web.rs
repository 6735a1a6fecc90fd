//! The webs that are measured on, and the process that serves them.
//!
//! Invariant: a web is a folder of gzipped files with a manifest, complete when `web.json` is there; it is made once and
//! kept under the target directory.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};

use crate::page::Graph;

/// Part of a folder's name: raise it when the pages change.
const VERSION: u32 = 2;

/// What a site of some size forbids; every page of the webs is allowed.
const ROBOTS: &str = "User-agent: *\nDisallow: /admin/\nDisallow: /search\nDisallow: /*?sort=\nDisallow: /*.pdf$\n\
    Disallow: /cart/\nDisallow: /user/\nAllow: /user/help\nDisallow: /print/\n\nUser-agent: BadBot\nDisallow: /\n";

/// A web on disk.
#[derive(Serialize, Deserialize)]
pub(crate) struct Web {
    #[serde(skip)]
    pub(crate) folder: PathBuf,
    pub(crate) name: String,
    /// Whether a crawl follows links; otherwise every page is a seed.
    pub(crate) follows: bool,
    pub(crate) seeds: Vec<String>,
    pub(crate) urls: Vec<String>,
    hosts: usize,
    /// Mean size of a page, bytes.
    bytes_mean: usize,
    /// The same gzipped.
    gzip_mean: usize,
}

impl Web {
    pub(crate) fn load(folder: &Path) -> Self {
        let text = fs::read(folder.join("web.json")).unwrap();
        Self { folder: folder.to_owned(), ..serde_json::from_slice(&text).unwrap() }
    }

    pub(crate) fn title(&self) -> String {
        format!(
            "{} web: {} pages on {} hosts, mean {:.1} kB ({:.1} kB gzipped)",
            self.name,
            self.urls.len(),
            self.hosts,
            self.bytes_mean as f64 / 1e3,
            self.gzip_mean as f64 / 1e3
        )
    }
}

/// A generated web to be crawled from its front pages.
pub(crate) fn generated(folder: &Path, hosts: usize, pages_per_host: usize) -> Web {
    let folder = folder.join(format!("generated-v{VERSION}-{hosts}x{pages_per_host}"));
    if folder.join("web.json").is_file() {
        return Web::load(&folder);
    }
    let graph = Graph::new(hosts, pages_per_host);
    let mut laying = Laying::begin(folder, "generated", true);
    for host in 0..graph.hosts {
        laying.seeds.push(Graph::url(host, 0));
        laying.robots(&format!("site{host:04}.test"));
        for number in 0..graph.pages_per_host {
            laying.page(&Graph::url(host, number), graph.html(host, number).as_bytes());
        }
    }
    laying.end(hosts)
}

/// The real pages, dealt out over a few hosts so that connections and robots.txt are used again, as a list crawl.
/// `None` when they are not there.
pub(crate) fn real(folder: &Path, data: &Path, hosts: usize) -> Option<Web> {
    let manifest = fs::read_to_string(data.join("manifest.tsv")).ok()?;
    let folder = folder.join(format!("real-v{VERSION}-{hosts}"));
    if folder.join("web.json").is_file() {
        return Some(Web::load(&folder));
    }
    let mut laying = Laying::begin(folder, "real", false);
    for host in 0..hosts {
        laying.robots(&format!("real{host:04}.test"));
    }
    for (number, line) in manifest.lines().skip(1).enumerate() {
        // url, file, set, language, bytes: see the data's own description.
        let file = line.split('\t').nth(1).unwrap();
        let url = format!("http://real{:04}.test/articles/{number}.html", number % hosts);
        laying.page(&url, &fs::read(data.join(file)).unwrap());
        laying.seeds.push(url);
    }
    Some(laying.end(hosts))
}

/// A web in the making.
struct Laying {
    folder: PathBuf,
    name: &'static str,
    follows: bool,
    manifest: String,
    seeds: Vec<String>,
    urls: Vec<String>,
    bytes: usize,
    gzip: usize,
}

impl Laying {
    fn begin(folder: PathBuf, name: &'static str, follows: bool) -> Self {
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let manifest = "url\tfile\tcontent_type\theaders\n".to_owned();
        Self { folder, name, follows, manifest, seeds: Vec::new(), urls: Vec::new(), bytes: 0, gzip: 0 }
    }

    fn robots(&mut self, host: &str) {
        fs::write(self.folder.join("robots.txt"), ROBOTS).unwrap();
        let _ = writeln!(self.manifest, "http://{host}/robots.txt\trobots.txt\ttext/plain\t");
    }

    fn page(&mut self, url: &str, html: &[u8]) {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(html).unwrap();
        let gzip = encoder.finish().unwrap();
        let file = format!("{}.html.gz", self.urls.len());
        fs::write(self.folder.join(&file), &gzip).unwrap();
        let kind = if std::str::from_utf8(html).is_ok() { "text/html; charset=utf-8" } else { "text/html" };
        let _ = writeln!(self.manifest, "{url}\t{file}\t{kind}\tContent-Encoding: gzip");
        self.urls.push(url.to_owned());
        self.bytes += html.len();
        self.gzip += gzip.len();
    }

    fn end(self, hosts: usize) -> Web {
        let count = self.urls.len().max(1);
        fs::write(self.folder.join("manifest.tsv"), self.manifest).unwrap();
        let web = Web {
            folder: self.folder,
            name: self.name.to_owned(),
            follows: self.follows,
            seeds: self.seeds,
            urls: self.urls,
            hosts,
            bytes_mean: self.bytes / count,
            gzip_mean: self.gzip / count,
        };
        fs::write(web.folder.join("web.json"), serde_json::to_vec(&web).unwrap()).unwrap();
        web
    }
}

/// The program of testkit that serves webs: built now (unless `built` says that it is), found beside this benchmark.
pub(crate) fn testweb(built: bool) -> Result<PathBuf, String> {
    let beside = std::env::current_exe().ok().and_then(|path| Some(path.parent()?.parent()?.join("testweb")));
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.args(["build", "--release", "--quiet", "-p", "testkit", "--bin", "testweb"]);
    build.current_dir(env!("CARGO_MANIFEST_DIR"));
    let ready = built || build.status().is_ok_and(|status| status.success());
    beside.filter(|path| ready && path.is_file()).ok_or_else(|| {
        "the simulated web is absent; run `cargo build --release -p testkit --bin testweb`, then `cargo bench -p pipeline`"
            .to_owned()
    })
}

/// A running simulated web.
pub(crate) struct Server {
    child: Child,
    pub(crate) port: u16,
}

impl Server {
    pub(crate) fn start(testweb: &Path, folder: &Path) -> Self {
        let mut command = Command::new(testweb);
        command.arg("--pages").arg(folder).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().parse().unwrap_or_else(|_| panic!("testweb did not start; it said {line:?}"));
        Self { child, port }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself after its ten minutes.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
