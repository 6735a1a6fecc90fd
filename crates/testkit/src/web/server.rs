//! The running web.
//!
//! Invariant: one thread, one runtime, one port; dropping the [`Web`] ends all three and every connection.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener as StdListener};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{Semaphore, oneshot};

use super::atlas::{Atlas, Trouble};
use super::authority::Authority;
use super::connection::{Shared, serve};
use super::log::RequestLog;
use super::page::Page;
use super::robots::Robots;
use crate::temp::Scratch;

/// The most connections at a time; more wait to be accepted.
const CONNECTIONS_MAX: usize = 4_096;
/// How often a free port is looked for that is free on every address.
const PORT_ATTEMPTS_MAX: usize = 50;

/// What a web is made of.
pub(super) struct Layout {
    pub(super) atlas: Atlas,
    pub(super) http2: bool,
    /// Requests answered on a connection before it is closed.
    pub(super) requests_max: u64,
    /// Added to the delay of every answer.
    pub(super) delay: Duration,
    /// 0 for any free one.
    pub(super) port: u16,
    /// Addresses listened on; the first is the main one.
    pub(super) addresses: Vec<IpAddr>,
    /// Names that lead to another address than the main one.
    pub(super) pins: BTreeMap<String, IpAddr>,
    pub(super) log_file: Option<PathBuf>,
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            atlas: Atlas::default(),
            http2: false,
            requests_max: 1_000_000,
            delay: Duration::ZERO,
            port: 0,
            addresses: vec![IpAddr::V4(Ipv4Addr::LOCALHOST)],
            pins: BTreeMap::new(),
            log_file: None,
        }
    }
}

/// A running simulated web; ends when dropped.
pub struct Web {
    shared: Arc<Shared>,
    address: SocketAddr,
    pins: BTreeMap<String, IpAddr>,
    connections: Arc<AtomicU64>,
    scratch: Scratch,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Web {
    pub(super) fn launch(layout: Layout) -> io::Result<Self> {
        let listeners = listen(&layout.addresses, layout.port)?;
        let address = listeners[0].local_addr()?;
        let scratch = Scratch::new();
        let authority = Authority::new(layout.http2);
        scratch.write("ca.pem", authority.pem());
        let shared = Arc::new(Shared {
            atlas: RwLock::new(layout.atlas),
            log: RequestLog::new(layout.log_file.map(File::create).transpose()?),
            authority,
            port: address.port(),
            requests_max: layout.requests_max,
            delay: layout.delay,
        });
        let (stop, stopped) = oneshot::channel();
        let connections = Arc::new(AtomicU64::new(0));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let accepting = {
            let (shared, connections) = (Arc::clone(&shared), Arc::clone(&connections));
            move || {
                runtime.block_on(async {
                    for listener in listeners {
                        let accepted = accept(listener, Arc::clone(&shared), Arc::clone(&connections));
                        tokio::spawn(accepted);
                    }
                    // An error means that the web was dropped without a word, which is a word too.
                    let _ = stopped.await;
                });
            }
        };
        let thread = std::thread::Builder::new().name("testkit-web".to_owned()).spawn(accepting)?;
        Ok(Self {
            shared,
            address,
            pins: layout.pins,
            connections,
            scratch,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Where it listens: 127.0.0.1 and its port.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// The file of the authority that signs its certificates, as PEM; gone when the web is.
    #[must_use]
    pub fn ca_file(&self) -> PathBuf {
        self.scratch.join("ca.pem")
    }

    /// The authority that signs its certificates, as PEM.
    #[must_use]
    pub fn ca_pem(&self) -> &str {
        self.shared.authority.pem()
    }

    /// The `[network]` section of silteme's configuration that leads every name on the web to this one: `allow`, `ca`,
    /// `resolve`. No request can leave the machine with it.
    #[must_use]
    pub fn resolve_toml(&self) -> String {
        self.resolve_toml_with(&self.ca_file())
    }

    /// As [`Self::resolve_toml`], with the authority's certificate in another file, which is written.
    ///
    /// # Panics
    /// When the file cannot be written.
    #[must_use]
    pub fn resolve_toml_with(&self, ca_file: &Path) -> String {
        if ca_file != self.ca_file() {
            fs::write(ca_file, self.ca_pem()).unwrap_or_else(|e| panic!("{}: {e}", ca_file.display()));
        }
        let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
        let mut toml = format!(
            "[network]\nallow = [\"127.0.0.0/8\", \"::1/128\"]\nca = {}\n\n[network.resolve]\n\"*\" = \"{}\"\n",
            quoted(&ca_file.to_string_lossy()),
            self.address
        );
        for (name, address) in &self.pins {
            let address = SocketAddr::new(*address, self.address.port());
            let _ = writeln!(toml, "{} = \"{address}\"", quoted(name));
        }
        toml
    }

    /// What it has seen so far. The log outlives the web.
    #[must_use]
    pub fn log(&self) -> &RequestLog {
        &self.shared.log
    }

    /// How many connections were accepted.
    #[must_use]
    pub fn connections(&self) -> u64 {
        self.connections.load(Ordering::Relaxed)
    }

    /// Puts a page at a URL, or replaces it, from the next request on.
    pub fn put(&self, url: &str, page: Page) {
        self.change(|atlas| atlas.put(url, page));
    }

    /// Takes the page of a URL away.
    pub fn remove(&self, url: &str) {
        self.change(|atlas| atlas.remove(url));
    }

    /// Replaces a host's robots.txt.
    pub fn put_robots(&self, host: &str, robots: Robots) {
        self.change(|atlas| atlas.put_robots(host, robots));
    }

    /// Makes a host misbehave, or (`None`) behave again.
    pub fn put_trouble(&self, host: &str, trouble: Option<Trouble>) {
        self.change(|atlas| atlas.put_trouble(host, trouble));
    }

    fn change(&self, change: impl FnOnce(&mut Atlas)) {
        change(&mut self.shared.atlas.write().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the server has been printed by its own thread.
            let _ = thread.join();
        }
    }
}

/// Listens on every address, on one port.
fn listen(addresses: &[IpAddr], port: u16) -> io::Result<Vec<StdListener>> {
    let mut attempt = 0;
    loop {
        attempt += 1;
        let first = StdListener::bind((addresses[0], port))?;
        let chosen = first.local_addr()?.port();
        let rest = addresses[1..].iter().map(|address| StdListener::bind((*address, chosen)));
        match std::iter::once(Ok(first)).chain(rest).collect::<io::Result<Vec<_>>>() {
            Err(_) if port == 0 && attempt < PORT_ATTEMPTS_MAX => {}
            Err(error) => return Err(error),
            Ok(listeners) => {
                listeners.iter().try_for_each(|listener| listener.set_nonblocking(true))?;
                return Ok(listeners);
            }
        }
    }
}

async fn accept(listener: StdListener, shared: Arc<Shared>, connections: Arc<AtomicU64>) {
    let listener = TcpListener::from_std(listener).unwrap();
    let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else { return };
        // Running out of file descriptors passes; the client sees a slow server meanwhile.
        let Ok((tcp, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        let number = connections.fetch_add(1, Ordering::Relaxed) + 1;
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            serve(shared, tcp, number).await;
            drop(permit);
        });
    }
}
