//! The listening socket and its life.

use std::future::IntoFuture;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::error::Error;
use crate::routes::router;

/// How long open connections may finish after a stop.
const DRAIN_MAX: Duration = Duration::from_secs(5);

/// A socket that listens already.
#[derive(Debug)]
pub struct Bound {
    listener: TcpListener,
    address: SocketAddr,
}

/// Listens on `address`; port 0 chooses a free one.
///
/// # Errors
/// [`Error::NotLoopback`] for an address that other machines reach; [`Error::Bind`] when the system refuses.
pub async fn bind(address: SocketAddr) -> Result<Bound, Error> {
    if !address.ip().is_loopback() {
        return Err(Error::NotLoopback(address));
    }
    let failed = |source| Error::Bind { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok(Bound { listener, address })
}

impl Bound {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `stop`, then lets open requests finish, for 5 s at the most.
    ///
    /// # Errors
    /// [`Error::Serve`] when the listener fails.
    pub async fn serve(self, app: App, stop: CancellationToken) -> Result<(), Error> {
        let stopped = stop.clone().cancelled_owned();
        let serving = axum::serve(self.listener, router(app)).with_graceful_shutdown(stopped).into_future();
        tokio::pin!(serving);
        tokio::select! {
            done = &mut serving => return done.map_err(Error::Serve),
            () = stop.cancelled() => {}
        }
        match tokio::time::timeout(DRAIN_MAX, serving).await {
            Ok(done) => done.map_err(Error::Serve),
            Err(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
