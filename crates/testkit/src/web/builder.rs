//! Laying out a web before it starts.
//!
//! Invariant: nothing listens until [`Builder::start`].

use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::atlas::Trouble;
use super::folder;
use super::graph::SiteGraph;
use super::page::{Asked, Page};
use super::robots::Robots;
use super::server::{Layout, Web};

/// A web that is being laid out; see [`Web::builder`].
#[derive(Default)]
pub struct Builder {
    layout: Layout,
}

impl Web {
    /// A web to be laid out.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The web of a folder; see [`Builder::folder`].
    ///
    /// # Errors
    /// As [`Builder::folder`] and [`Builder::try_start`].
    pub fn from_folder(folder: &Path) -> io::Result<Self> {
        Self::builder().folder(folder)?.try_start()
    }

    /// The web of the project's shared data; see [`Builder::real_pages`].
    ///
    /// # Errors
    /// As [`Builder::real_pages`] and [`Builder::try_start`].
    pub fn real_pages(data: &Path, with_robots: bool) -> io::Result<Self> {
        Self::builder().real_pages(data, with_robots)?.try_start()
    }
}

impl Builder {
    /// Puts a page at a URL; a later one at the same URL replaces it.
    ///
    /// # Panics
    /// When `url` is not absolute.
    #[must_use]
    pub fn page(mut self, url: &str, page: Page) -> Self {
        self.layout.atlas.put(url, page);
        self
    }

    /// Gives a host a robots.txt, for http and https. Hosts without one answer 404.
    #[must_use]
    pub fn robots(mut self, host: &str, robots: Robots) -> Self {
        self.layout.atlas.put_robots(host, robots);
        self
    }

    /// Lets code answer for every path of a host (`a.test`) or of all hosts below a name (`*.a.test`) that has no page
    /// of its own: calendars, session ids, infinite subdomains.
    #[must_use]
    pub fn host(mut self, host: &str, code: impl Fn(&Asked) -> Page + Send + Sync + 'static) -> Self {
        self.layout.atlas.put_host(host, Arc::new(code));
        self
    }

    /// Makes a whole host misbehave.
    #[must_use]
    pub fn trouble(mut self, host: &str, trouble: Trouble) -> Self {
        self.layout.atlas.put_trouble(host, Some(trouble));
        self
    }

    /// `hosts` hosts of `pages_per_host` generated pages each, over http; see [`SiteGraph`].
    #[must_use]
    pub fn site_graph(self, seed: u64, hosts: usize, pages_per_host: usize) -> Self {
        self.graph(SiteGraph::new(seed, hosts, pages_per_host))
    }

    /// The hosts of a generated graph.
    #[must_use]
    pub fn graph(mut self, graph: SiteGraph) -> Self {
        let graph = Arc::new(graph);
        for host in graph.hosts() {
            let graph = Arc::clone(&graph);
            self = self.host(&host, move |asked| graph.answer(&asked.host, &asked.target));
        }
        self
    }

    /// The pages of a folder, as its `manifest.tsv` says. The first line names the columns, in any order: `url` and
    /// `file` (relative to the folder) are needed; `content_type` (guessed from the file's name and bytes where empty),
    /// `status` (200 where empty) and `headers` (`Name: value`, several with ` | ` between them) are read; other columns
    /// are ignored. Every page gets an `ETag`, so that conditional requests work.
    ///
    /// # Errors
    /// When the manifest or a file cannot be read, or a line makes no sense; says which.
    pub fn folder(mut self, folder: &Path) -> io::Result<Self> {
        for (url, page) in folder::pages(folder)? {
            self.layout.atlas.put(&url, page);
        }
        Ok(self)
    }

    /// The real pages of the project's shared data (`pages/` of `data`) under their own URLs, and, where asked for,
    /// the real robots.txt of those of their hosts that have one in `robots/real_files.tar.xz` (needs `tar`).
    ///
    /// # Errors
    /// As [`Self::folder`]; and when the robots files cannot be unpacked.
    pub fn real_pages(mut self, data: &Path, with_robots: bool) -> io::Result<Self> {
        let pages = folder::pages(&data.join("pages"))?;
        if with_robots {
            let hosts = pages.iter().filter_map(|(url, _)| folder::host(url));
            for (host, bytes) in folder::real_robots(&data.join("robots/real_files.tar.xz"), hosts)? {
                self.layout.atlas.put_robots(&host, Robots::text(bytes));
            }
        }
        for (url, page) in pages {
            self.layout.atlas.put(&url, page);
        }
        Ok(self)
    }

    /// Offers HTTP/2 in the TLS handshake, before HTTP/1.1.
    #[must_use]
    pub fn http2(mut self) -> Self {
        self.layout.http2 = true;
        self
    }

    /// Answers this many requests on a connection, then closes it (GOAWAY in HTTP/2).
    #[must_use]
    pub fn requests_per_connection(mut self, requests: u64) -> Self {
        self.layout.requests_max = requests.max(1);
        self
    }

    /// Delays every answer, robots.txt included, in addition to the page's own delay.
    #[must_use]
    pub fn delay(mut self, by: Duration) -> Self {
        self.layout.delay = by;
        self
    }

    /// Listens also on this loopback address (`127.0.0.2`), same port, and pins these names (`a.test`, `*.b.test`) to it
    /// in [`Web::resolve_toml`]: hosts on different machines.
    ///
    /// # Panics
    /// When the address is not a loopback address.
    #[must_use]
    pub fn machine(mut self, address: IpAddr, names: &[&str]) -> Self {
        assert!(address.is_loopback(), "{address} is not a loopback address");
        if !self.layout.addresses.contains(&address) {
            self.layout.addresses.push(address);
        }
        self.layout.pins.extend(names.iter().map(|name| ((*name).to_owned(), address)));
        self
    }

    /// Listens on this port instead of any free one.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.layout.port = port;
        self
    }

    /// Also writes each request to this file when it ends, as a line of JSON.
    #[must_use]
    pub fn log_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.layout.log_file = Some(path.into());
        self
    }

    /// Starts the web.
    ///
    /// # Panics
    /// When it cannot listen or write its certificate.
    #[must_use]
    pub fn start(self) -> Web {
        self.try_start().unwrap_or_else(|e| panic!("the simulated web cannot start: {e}"))
    }

    /// Starts the web.
    ///
    /// # Errors
    /// When it cannot listen (a port in use), or write its certificate or its log.
    pub fn try_start(self) -> io::Result<Web> {
        Web::launch(self.layout)
    }
}
