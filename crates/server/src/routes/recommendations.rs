//! `POST /v1/recommendations`: stateless; whoever asks sends the interests along.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use indexer::Filter;
use model::Interests;
use recommender::Request;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::search::{filter, language, limit};
use crate::problem::Problem;
use crate::{App, RecommendationView};

/// Most entries of any list of a request.
const LIST_MAX: usize = 1_000;
/// Most questions of one batch.
const BATCH_MAX: usize = 100;

/// What to recommend for. Everything is optional; nothing names a person.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Asked {
    /// URLs the reader liked or read, most recent first; the first 50 count.
    likes: Vec<String>,
    /// Words and phrases of interest.
    terms: Vec<String>,
    /// Languages read; empty: all.
    languages: Vec<String>,
    /// URLs never to be recommended.
    seen: Vec<String>,
    /// Hosts never to be recommended.
    muted_hosts: Vec<String>,
    /// Only this host.
    host: Option<String>,
    /// Only published (else fetched) at or after this instant (RFC 3339).
    since: Option<String>,
    /// Results, at most; 10 unless said otherwise.
    limit: Option<usize>,
    /// Links of one host, at most.
    per_host_max: Option<usize>,
    /// 0: best first whatever they say; 1: as different as possible.
    diversity: Option<f32>,
    /// Decides between equals; the same seed gives the same answer.
    seed: u64,
}

/// One question or a batch of them.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum AskedAny {
    /// One answer.
    One(Box<Asked>),
    /// An answer each, in the same order.
    Many(Vec<Asked>),
}

/// Recommended links.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Recommended {
    /// Best first.
    results: Vec<RecommendationView>,
}

/// One answer, or as many as questions were asked.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum RecommendedAny {
    /// To one question.
    One(Recommended),
    /// To a batch.
    Many(Vec<Recommended>),
}

/// Recommendations for interests sent along.
#[utoipa::path(post, path = "/v1/recommendations", request_body = AskedAny, responses(
    (status = 200, description = "Recommended links with a reason each", body = RecommendedAny),
    (status = 400, description = "The request cannot be used", body = Problem, content_type = "application/problem+json"),
    (status = 413, description = "The body is too large"),
))]
pub(crate) async fn recommendations(
    State(app): State<App>,
    body: Result<Json<serde_json::Value>, JsonRejection>,
) -> Result<Json<RecommendedAny>, Problem> {
    let Json(body) = body.map_err(|e| Problem { status: e.status().as_u16(), ..Problem::bad_request(e.body_text()) })?;
    let read = |value| serde_json::from_value::<Asked>(value).map_err(|e| Problem::bad_request(e.to_string()));
    match body {
        serde_json::Value::Array(questions) if questions.len() > BATCH_MAX => {
            Err(Problem::bad_request(format!("{} questions are more than {BATCH_MAX}", questions.len())))
        }
        serde_json::Value::Array(questions) => {
            let mut answers = Vec::with_capacity(questions.len());
            for question in questions {
                answers.push(answer(&app, read(question)?).await?);
            }
            Ok(Json(RecommendedAny::Many(answers)))
        }
        question => Ok(Json(RecommendedAny::One(answer(&app, read(question)?).await?))),
    }
}

async fn answer(app: &App, asked: Asked) -> Result<Recommended, Problem> {
    let (interests, request) = question(app, asked)?;
    let recommended = app
        .blocking(move |app| recommender::recommend(&app.index, &interests, &request, &app.recommender))
        .await?;
    Ok(Recommended { results: (1..).zip(recommended).map(|(rank, one)| RecommendationView::at(rank, one)).collect() })
}

fn question(app: &App, asked: Asked) -> Result<(Interests, Request), Problem> {
    for (name, length) in [
        ("likes", asked.likes.len()),
        ("terms", asked.terms.len()),
        ("languages", asked.languages.len()),
        ("seen", asked.seen.len()),
        ("muted_hosts", asked.muted_hosts.len()),
    ] {
        if length > LIST_MAX {
            return Err(Problem::bad_request(format!("{name} has {length} entries, the limit is {LIST_MAX}")));
        }
    }
    if asked.diversity.is_some_and(|diversity| !(0.0..=1.0).contains(&diversity)) {
        return Err(Problem::bad_request("diversity is not between 0 and 1"));
    }
    let filter: Filter = filter(None, asked.host, None, asked.since.as_deref(), None)?;
    let interests = Interests {
        links: asked.likes,
        terms: asked.terms,
        languages: asked.languages.iter().map(|code| language(code)).collect::<Result<_, _>>()?,
        seen: asked.seen,
        muted_hosts: asked.muted_hosts,
    };
    let request = Request {
        filter,
        per_host_max: asked.per_host_max,
        diversity: asked.diversity,
        seed: asked.seed,
        ..Request::new(limit(app, asked.limit)?, app.clock.now())
    };
    Ok((interests, request))
}
