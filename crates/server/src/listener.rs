//! The listening socket and its life.
//!
//! Invariant: plain HTTP is spoken on loopback only.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use axum_server::{Handle, Server};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::error::Error;
use crate::routes::router;
use crate::settings::Settings;
use crate::tls::Tls;

/// How long open connections may finish after a stop.
const DRAIN_MAX: Duration = Duration::from_secs(5);

/// How long a connection may take to send the header of its first request.
const HEADER_MAX: Duration = Duration::from_secs(10);

/// A socket that listens already.
#[derive(Debug)]
pub struct Bound {
    listener: TcpListener,
    address: SocketAddr,
    tls: Option<Tls>,
}

/// Listens on the address of the settings; port 0 chooses a free one.
///
/// # Errors
/// [`Error::NotLoopback`] for an address that other machines reach without a certificate; [`Error::Certificate`] when it
/// cannot be used; [`Error::Bind`] when the system refuses.
pub fn bind(settings: &Settings) -> Result<Bound, Error> {
    let address = settings.listen;
    let tls = Tls::of(settings)?;
    if tls.is_none() && !address.ip().is_loopback() {
        return Err(Error::NotLoopback(address));
    }
    let failed = |source| Error::Bind { address, source };
    let listener = TcpListener::bind(address).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok(Bound { listener, address, tls })
}

impl Bound {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http` or `https`.
    #[must_use]
    pub fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }

    /// Serves until `stop`, then lets open requests finish, for 5 s at the most.
    ///
    /// # Errors
    /// [`Error::Serve`] when the listener fails.
    pub async fn serve(self, app: App, stop: CancellationToken) -> Result<(), Error> {
        let handle = Handle::new();
        let ending = handle.clone();
        let stopping = tokio::spawn(async move {
            stop.cancelled().await;
            ending.graceful_shutdown(Some(DRAIN_MAX));
        });
        let upkeep = tokio::spawn(app.clone().upkeep());
        let service = router(app).into_make_service();
        let server = axum_server::from_tcp(self.listener).map_err(Error::Serve)?;
        let served = match self.tls {
            None => patient(server).handle(handle).serve(service).await,
            Some(tls) => {
                let acceptor = axum_server::tls_rustls::RustlsAcceptor::new(tls.config.clone());
                let following = tokio::spawn(tls.follow());
                let served = patient(server).acceptor(acceptor).handle(handle).serve(service).await;
                following.abort();
                served
            }
        };
        stopping.abort();
        upkeep.abort();
        served.map_err(Error::Serve)
    }
}

/// With patience for slow headers, but not without end.
fn patient<A: axum_server::Address>(server: Server<A>) -> Server<A> {
    let mut server = server.first_request_timeout(HEADER_MAX);
    server.http_builder().http1().header_read_timeout(HEADER_MAX);
    server
}

#[cfg(test)]
mod tests;
