//! `silteme recommend`: links for interests, with reasons.

use feedback::{Counters, Feedback, MemoryCounters};
use indexer::Filter;
use model::Interests;
use recommender::{Goal, Reason, ReasonCode, Request};

use super::Context;
use super::lookup::{Line, language, lookup_error, open_index, print};
use crate::args::{RecommendArgs, ScenarioName};
use crate::exit::{Exit, usage};

pub(super) fn run(context: &mut Context, args: &RecommendArgs) -> anyhow::Result<Exit> {
    if let Some(file) = &args.evaluate {
        return super::evaluate::run(context, file);
    }
    let index = open_index(context)?;
    let counters = counters(context)?;
    let interests = Interests {
        links: args.like.clone(),
        dislikes: args.dislike.clone(),
        terms: args.terms.iter().map(|term| term.trim().to_owned()).filter(|term| !term.is_empty()).collect(),
        languages: args.language.iter().map(|code| language(code)).collect::<anyhow::Result<_>>()?,
        sites: args.follow.clone(),
        seen: args.seen.clone(),
        muted_hosts: args.mute.clone(),
        muted_topics: args.mute_topic.clone(),
        muted_stories: Vec::new(),
    };
    let request = Request {
        goal: goal(args)?,
        filter: Filter { since: args.since, ..Filter::default() },
        seed: args.seed,
        ..Request::new(args.limit.into(), context.clock.now())
    };
    let answer =
        recommender::recommend(&index, &*counters, &interests, &request, &context.config.recommender)
            .map_err(recommend_error)?;
    let lines: Vec<Line> =
        (1..).zip(answer.items).map(|(rank, one)| Line::of(one.hit, rank, one.score, one.reasons)).collect();
    let exit = print(context, &lines, "nothing to recommend; the index may be empty: see `silteme status`")?;
    if let Some(next) = answer.next {
        context.out.say(&format!("what arrives later: --scenario new --cursor {next}"))?;
    }
    Ok(exit)
}

/// The counters of the data directory; without any, as if nobody had read yet. Looking makes none.
pub(super) fn counters(context: &Context) -> anyhow::Result<Box<dyn Counters>> {
    let dir = context.global.data.join("feedback");
    if !dir.is_dir() {
        return Ok(Box::new(MemoryCounters::default()));
    }
    let opened = Feedback::open(&dir, &context.config.feedback, std::sync::Arc::clone(&context.clock))?;
    Ok(Box::new(opened))
}

fn goal(args: &RecommendArgs) -> anyhow::Result<Goal> {
    if args.topic.is_some() && args.scenario != ScenarioName::Trending {
        return Err(usage("--topic belongs to --scenario trending"));
    }
    if args.cursor.is_some() && args.scenario != ScenarioName::New {
        return Err(usage("--cursor belongs to --scenario new"));
    }
    Ok(match args.scenario {
        ScenarioName::Personal => Goal::Personal,
        ScenarioName::Trending => Goal::Trending { topic: args.topic.clone(), window: None },
        ScenarioName::Related => match args.like.as_slice() {
            [link] => Goal::Related { link: link.clone() },
            _ => return Err(usage("--scenario related needs one link: --like URL")),
        },
        ScenarioName::New => Goal::New { cursor: args.cursor.clone() },
    })
}

/// A foreign cursor is wrong usage; everything else is the machine's fault.
fn recommend_error(error: recommender::Error) -> anyhow::Error {
    match error {
        recommender::Error::Index(error) => lookup_error(error),
        other => other.into(),
    }
}

/// A reason in words.
pub(super) fn reason_words(reason: &Reason) -> String {
    match reason.code {
        ReasonCode::SameStory => format!("same story as {:?}", reason.text),
        ReasonCode::SimilarTo => format!("similar to {:?}", reason.text),
        ReasonCode::MatchesTerm => format!("about {:?}", reason.text),
        ReasonCode::FollowedSource => format!("from a source you follow: {}", reason.text),
        ReasonCode::Trending => format!("trending in {}", reason.text),
        ReasonCode::Explore => "few have seen it yet".to_owned(),
        ReasonCode::Fresh => "new".to_owned(),
    }
}
