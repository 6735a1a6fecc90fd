//! `silteme recommend`: links for interests, with a reason each.

use model::Interests;
use recommender::{Reason, ReasonCode, Request};

use super::Context;
use super::lookup::{Line, language, open_index, print};
use crate::args::RecommendArgs;
use crate::exit::Exit;

pub(super) fn run(context: &mut Context, args: &RecommendArgs) -> anyhow::Result<Exit> {
    let index = open_index(context)?;
    let interests = Interests {
        links: args.like.clone(),
        terms: args.terms.iter().map(|term| term.trim().to_owned()).filter(|term| !term.is_empty()).collect(),
        languages: args.language.iter().map(|code| language(code)).collect::<anyhow::Result<_>>()?,
        seen: Vec::new(),
        muted_hosts: args.mute.clone(),
    };
    let request = Request::new(args.limit.into(), context.clock.now());
    let recommended = recommender::recommend(&index, &interests, &request, &context.config.recommender)?;
    let lines =
        (1..).zip(recommended).map(|(rank, one)| Line::of(one.hit, rank, one.score, Some(one.reason)));
    print(
        context,
        &lines.collect::<Vec<_>>(),
        "nothing to recommend; the index may be empty: see `silteme status`",
    )
}

/// A reason in words.
pub(super) fn reason_words(reason: &Reason) -> String {
    match reason.code {
        ReasonCode::SimilarTo => format!("similar to {:?}", reason.text),
        ReasonCode::MatchesTerm => format!("about {:?}", reason.text),
        ReasonCode::Fresh => "new".to_owned(),
    }
}
