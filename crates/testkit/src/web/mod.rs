//! The simulated web: many hosts on one loopback port, http and https alike, with every way to misbehave.
//!
//! ```
//! use testkit::web::{Page, Robots, Web};
//!
//! let web = Web::builder()
//!     .page("http://a.test/", Page::linking("home", &["/x", "https://b.test/"]))
//!     .page("https://b.test/", Page::html("<p>slow").slow(10).refusing_first(2, 503, Some("1")))
//!     .robots("a.test", Robots::disallow(&["/x"]))
//!     .start();
//! // Give `web.resolve_toml()` to the crawler, let it run, and ask the site's operator:
//! assert_eq!(web.log().paths("a.test"), Vec::<String>::new());
//! ```
//!
//! Invariant: the server runs on a thread and a runtime of its own with real time, so that synchronous tests, paused
//! runtimes and spawned programs can all use it; it is gone when the [`Web`] is dropped. It listens on loopback only.

mod atlas;
mod authority;
mod builder;
mod connection;
mod delivery;
mod folder;
mod graph;
mod http2;
mod lexicon;
mod log;
mod maze;
mod page;
mod reply;
mod request;
mod robots;
mod server;

pub use atlas::Trouble;
pub use builder::Builder;
pub use graph::SiteGraph;
pub use log::{ENTRIES_MAX, LoggedRequest, RequestLog};
pub use maze::{Maze, MazePage};
pub use page::{Asked, Page};
pub use robots::Robots;
pub use server::Web;
