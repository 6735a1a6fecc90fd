//! `silteme demo`: everything at work on a bundled little web.

use demo::DemoWeb;
use indexer::{LinkSource, Query};
use ipnet::IpNet;
use model::{Interests, Span};
use pipeline::{CrawlRequest, Job, JobScope};
use recommender::Request;
use serde::Serialize;

use super::lookup::open_index;
use super::recommend::reason_words;
use super::scratch::Scratch;
use super::{Context, crawl, runtime, serve};
use crate::args::DemoArgs;
use crate::exit::Exit;
use crate::signals::stop_token;

/// Results shown per question.
const SHOWN: usize = 3;

#[derive(Serialize)]
struct Summary {
    event: &'static str,
    crawl: pipeline::CrawlSummary,
    searches: Vec<Searched>,
    recommendations: Vec<Recommended>,
}

#[derive(Serialize)]
struct Searched {
    language: &'static str,
    query: &'static str,
    results: Vec<Found>,
}

#[derive(Serialize)]
struct Found {
    url: String,
    title: String,
}

#[derive(Serialize)]
struct Recommended {
    url: String,
    title: String,
    reason: recommender::Reason,
}

pub(super) fn run(context: &mut Context, args: &DemoArgs) -> anyhow::Result<Exit> {
    let scratch = Scratch::new("demo")?;
    context.global.data = scratch.0.join("run");
    let runtime = runtime()?;
    runtime.block_on(async {
        let stop = stop_token();
        let web = DemoWeb::start(([127, 0, 0, 1], 0).into())?;
        point_at(context, &web);
        context.out.say(&format!(
            "A little web of {} pages on {} hosts, in Kazakh, Russian and English, is crawled and indexed …\n",
            demo::pages().len(),
            demo::hosts().len()
        ))?;
        context.out.flush()?;
        let seeds = demo::seeds().iter().map(ToString::to_string).collect();
        let request = CrawlRequest {
            job: Some(Job::of_seeds("demo", seeds, JobScope::Site)),
            ..CrawlRequest::default()
        };
        let crawled = crawl::crawl(context, &request, stop.clone()).await?;
        let summary = ask(context, crawled)?;
        let complete = !summary.recommendations.is_empty() && summary.searches.iter().all(|s| !s.results.is_empty());
        context.out.line(&summary, human)?;
        context.out.flush()?;
        if !args.once && !stop.is_cancelled() {
            let data = context.global.data.display();
            context.out.say(&format!("its data is in {data} meanwhile: `silteme keys add --data …` gives out keys"))?;
            serve::serve(context, args.listen, Vec::new(), stop).await?;
        }
        web.shutdown().await?;
        Ok(if complete { Exit::Done } else { Exit::Partly })
    })
}

/// Settings under which the crawler reaches the little web and nothing else.
fn point_at(context: &mut Context, web: &DemoWeb) {
    let settings = &mut context.config.pipeline;
    let network = &mut settings.fetcher.network;
    network.allow = vec![loopback()];
    network.resolve = web.resolve().into_iter().map(|(name, at)| (name, at.to_string())).collect();
    settings.politeness.delay = Span::seconds(0);
}

fn loopback() -> IpNet {
    IpNet::new_assert(std::net::IpAddr::from([127, 0, 0, 0]), 8)
}

fn ask(context: &Context, crawl: pipeline::CrawlSummary) -> anyhow::Result<Summary> {
    let index = open_index(context)?;
    let now = context.clock.now();
    let mut searches = Vec::new();
    for example in demo::queries() {
        let hits = index.search(&Query::new(example.query, SHOWN, now)).map_err(pipeline::Error::from)?.hits;
        let found = hits.into_iter().map(|hit| Found { url: hit.document.url, title: hit.document.title });
        searches.push(Searched {
            language: example.language,
            query: example.query,
            results: found.collect(),
        });
    }
    let interests = Interests { links: vec![demo::liked().to_owned()], ..Interests::default() };
    let request = Request::new(SHOWN, now);
    // Nobody has read anything yet.
    let counters = feedback::MemoryCounters::default();
    let answer =
        recommender::recommend(&index, &counters, &interests, &request, &context.config.recommender)?;
    let recommendations = answer
        .items
        .into_iter()
        .map(|one| Recommended {
            reason: one.reason(),
            url: one.hit.document.url,
            title: one.hit.document.title,
        })
        .collect();
    Ok(Summary { event: "summary", crawl, searches, recommendations })
}

fn human(summary: &Summary) -> String {
    let mut text = crawl::human(&summary.crawl);
    for searched in &summary.searches {
        text += &format!("\n\nsearch {:?} ({})", searched.query, searched.language);
        for found in &searched.results {
            text += &format!("\n  {}\n    {}", found.title, found.url);
        }
    }
    text += "\n\nrecommended to someone who liked one article";
    for one in &summary.recommendations {
        text += &format!("\n  {}\n    {}\n    why: {}", one.title, one.url, reason_words(&one.reason));
    }
    text
}
