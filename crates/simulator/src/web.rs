//! The simulated web: sites that publish, answer, refuse and fail.
//!
//! Invariant: an answer depends on the web's seed, the request, simulated time, and how many requests came before, so the
//! same crawl meets the same web.

mod answer;
mod model;
mod page;

pub(crate) use self::answer::is_robots;
pub use self::answer::{Answer, Reply};
pub use self::model::{
    Hub, HubKind, OriginModel, Retry, RobotsModel, SiteModel, Spell, Weather, Web, arrivals, public_address,
};
pub(crate) use self::page::settlement;
