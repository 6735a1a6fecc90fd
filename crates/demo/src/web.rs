//! The running server. Invariant: it listens on loopback only and ends with its [`DemoWeb`].

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::answer::{Answer, Question, answer, foreign_host, missing};
use crate::page::{self, Page};

/// How long [`DemoWeb::shutdown`] waits for requests in flight; every answer is in memory, so only a client that does
/// not read can take longer.
const DRAIN_MAX: Duration = Duration::from_secs(5);

/// The demo web on a loopback port. Dropping it stops accepting and closes idle connections;
/// [`shutdown`](DemoWeb::shutdown) also waits until that is done.
#[derive(Debug)]
pub struct DemoWeb {
    address: SocketAddr,
    requests: Arc<Requests>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<io::Result<()>>,
}

/// How often each page was asked for, by its place in the table.
#[derive(Debug)]
struct Requests(Vec<AtomicU64>);

impl DemoWeb {
    /// Serves the demo web at `listen` (port 0: any free port) on the caller's tokio runtime.
    ///
    /// # Errors
    /// When the address is not loopback, cannot be bound, or there is no tokio runtime around the call.
    pub fn start(listen: SocketAddr) -> io::Result<Self> {
        if !listen.ip().is_loopback() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("the demo web is served on loopback only, not on {listen}: use 127.0.0.1"),
            ));
        }
        let runtime = tokio::runtime::Handle::try_current().map_err(io::Error::other)?;
        let listener = TcpListener::bind(listen)?;
        listener.set_nonblocking(true)?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let address = listener.local_addr()?;
        let requests = Arc::new(Requests(page::pages().iter().map(|_| AtomicU64::new(0)).collect()));
        let router = Router::new().fallback(serve).with_state(Arc::clone(&requests));
        let (stop, stopped) = oneshot::channel();
        let task = runtime.spawn(async move {
            axum::serve(listener, router)
                .with_graceful_shutdown(async move {
                    let _ = stopped.await; // an error means that the DemoWeb was dropped: the same wish
                })
                .await
        });
        Ok(Self { address, requests, stop, task })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The host names it answers for, sorted.
    #[must_use]
    pub fn hosts(&self) -> Vec<&'static str> {
        page::hosts()
    }

    /// The home page of every host.
    #[must_use]
    pub fn seeds(&self) -> Vec<&'static str> {
        page::seeds()
    }

    /// Every page it serves, sorted by URL.
    #[must_use]
    pub fn pages(&self) -> &'static [Page] {
        page::pages()
    }

    /// What to put under `[network] resolve`, so that a crawler finds the hosts here.
    #[must_use]
    pub fn resolve(&self) -> Vec<(String, SocketAddr)> {
        vec![("*.test".to_owned(), self.address)]
    }

    /// How many requests asked for the page of this URL so far, whatever the answer (304 and refused methods count);
    /// requests that added a query of their own count for the page they got. `None` when the URL is not in the manifest.
    #[must_use]
    pub fn requests(&self, url: &str) -> Option<u64> {
        let index = page::pages().binary_search_by(|page| page.url.cmp(url)).ok()?;
        Some(self.requests.0[index].load(Ordering::Relaxed))
    }

    /// Stops accepting, lets requests in flight end, and returns once the port is free. Waits five seconds at most, then
    /// cuts what is left.
    ///
    /// # Errors
    /// When the server had failed before.
    pub async fn shutdown(self) -> io::Result<()> {
        let Self { stop, mut task, .. } = self;
        let _ = stop.send(()); // an error means that the server has already ended
        if let Ok(ended) = tokio::time::timeout(DRAIN_MAX, &mut task).await {
            return ended.map_err(io::Error::other)?;
        }
        task.abort();
        Ok(())
    }
}

async fn serve(State(requests): State<Arc<Requests>>, request: Request) -> Response {
    let headers = request.headers();
    let question = Question {
        method: request.method().as_str(),
        if_none_match: text(headers, &header::IF_NONE_MATCH),
        if_modified_since: text(headers, &header::IF_MODIFIED_SINCE),
    };
    let authority = text(headers, &header::HOST).or_else(|| Some(request.uri().authority()?.as_str()));
    let host = authority.map_or("", |authority| authority.split(':').next().unwrap_or_default());
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    let answer = match page::position(host, target) {
        Some(index) => {
            requests.0[index].fetch_add(1, Ordering::Relaxed);
            answer(&page::pages()[index], question)
        }
        None if page::hosts().contains(&host.to_ascii_lowercase().as_str()) => missing(),
        None => foreign_host(),
    };
    respond(answer)
}

fn text<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn respond(answer: Answer) -> Response {
    let mut response = Response::builder().status(answer.status);
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    response.body(Body::from(answer.body)).unwrap_or_else(|_| {
        // Only a manifest with an impossible header gets here; a test asks for every page.
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response
    })
}
