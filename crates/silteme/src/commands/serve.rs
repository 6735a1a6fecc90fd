//! `silteme serve`: the HTTP API, the pages, and the scheduled jobs.

use std::net::SocketAddr;
use std::sync::Arc;

use pipeline::{Job, Scheduler};
use tokio_util::sync::CancellationToken;

use super::{Context, follow, runtime};
use crate::args::ServeArgs;
use crate::exit::Exit;
use crate::signals::stop_token;

pub(super) fn run(context: &mut Context, args: &ServeArgs) -> anyhow::Result<Exit> {
    let jobs = Job::load_all(&context.config.jobs_dir)?;
    let settings = &context.config.pipeline;
    for job in &jobs {
        job.check_against(&settings.politeness, &settings.recrawl)?;
    }
    let listen = args.listen.unwrap_or(context.config.server.listen);
    let runtime = runtime()?;
    runtime.block_on(async {
        let stop = stop_token();
        serve(context, listen, jobs, stop).await
    })?;
    Ok(Exit::Done)
}

/// Serves until `stop`; jobs run meanwhile.
pub(super) async fn serve(
    context: &mut Context,
    listen: SocketAddr,
    jobs: Vec<Job>,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let settings = context.config.pipeline.clone();
    let data = context.global.data.clone();
    let settings_of_server = server::Settings { listen, ..context.config.server.clone() };
    let scheduler = Scheduler::plan(jobs.clone(), &data, settings.clone(), Arc::clone(&context.clock))?
        .following(follow::politeness(&context.config, &context.global));
    let bound = server::bind(&settings_of_server)?;
    let app = server::App::open(&server::Opening {
        data: &data,
        pipeline: &settings,
        recommender: &context.config.recommender,
        feedback: &context.config.feedback,
        profiles: &context.config.profiles,
        accounts: &context.config.accounts,
        server: &settings_of_server,
        jobs: &jobs,
        clock: Arc::clone(&context.clock),
        progress: scheduler.progress(),
    })?;
    context.out.say(&format!("serving on {}://{} (Ctrl-C stops)", bound.scheme(), bound.address()))?;
    context.out.flush()?;
    let running = tokio::spawn(scheduler.run(stop.child_token()));
    bound.serve(app, stop.clone()).await?;
    stop.cancel();
    running.await??;
    Ok(())
}
