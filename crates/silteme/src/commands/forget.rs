//! `silteme forget`: takedown.

use std::sync::Arc;

use feedback::{Counters as _, Feedback};
use frontier::Takedown;
use model::CanonicalUrl;

use super::Context;
use crate::args::ForgetArgs;
use crate::exit::{Exit, usage};

pub(super) fn run(context: &mut Context, args: &ForgetArgs) -> anyhow::Result<Exit> {
    let takedown = takedown(args)?;
    let forgotten = pipeline::forget(
        &context.global.data,
        &context.config.pipeline,
        &context.clock,
        &takedown,
        args.reason.as_deref(),
    )?;
    Feedback::open(
        &context.global.data.join("feedback"),
        &context.config.feedback,
        Arc::clone(&context.clock),
    )?
    .remove(&forgotten.links)?;
    context.out.line(&forgotten, |forgotten| match &forgotten.waiting_for {
        None => format!("{} documents forgotten; never crawled again", forgotten.forgotten),
        Some(holder) => format!(
            "{} documents hidden at once, never crawled again; {holder} is writing, so their bytes are purged when it ends",
            forgotten.pending
        ),
    })?;
    Ok(Exit::Done)
}

fn takedown(args: &ForgetArgs) -> anyhow::Result<Takedown> {
    if let Some(url) = &args.url {
        let url =
            CanonicalUrl::parse(url).map_err(|e| usage(format!("{url:?}: {e}; for a host use --host")))?;
        return Ok(Takedown::Url(url));
    }
    if let Some(prefix) = &args.prefix {
        let url = CanonicalUrl::parse(prefix).map_err(|e| usage(format!("--prefix {prefix:?}: {e}")))?;
        return Ok(Takedown::Prefix(url.url().to_string()));
    }
    let host = args.host.as_deref().unwrap_or_default();
    let url = CanonicalUrl::parse(&format!("http://{host}/")).map_err(|_| {
        usage(format!("--host {host:?} is not a host name; write for example --host example.kz"))
    })?;
    Ok(Takedown::Host(url.host().to_owned()))
}
