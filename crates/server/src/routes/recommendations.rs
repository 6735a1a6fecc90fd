//! `POST /v1/recommendations`: stateless; whoever asks sends the interests along.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use model::Interests;
use recommender::Request;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::app::App;
use crate::parameters::{Written, language, limit};
use crate::problem::Problem;
use crate::view::RecommendationView;

/// Most entries of any list of a request.
const LIST_MAX: usize = 1_000;
/// Most questions of one batch.
const BATCH_MAX: usize = 100;

/// What to recommend for. Everything is optional; nothing names a person.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = RecommendationQuestion)]
pub(crate) struct Asked {
    /// URLs the reader liked or read, most recent first; the first 50 count.
    likes: Vec<String>,
    /// Words and phrases of interest.
    terms: Vec<String>,
    /// Languages read; empty: all.
    languages: Vec<String>,
    /// URLs the reader has seen, never to be recommended.
    seen: Vec<String>,
    /// Further URLs not to be recommended this time.
    exclude: Vec<String>,
    /// Hosts never to be recommended.
    muted_hosts: Vec<String>,
    /// Only this host.
    host: Option<String>,
    /// Only this site (registrable domain).
    site: Option<String>,
    /// Only published (else fetched) at or after this instant (RFC 3339) or day.
    since: Option<String>,
    /// Only published (else fetched) before this instant (RFC 3339) or day.
    until: Option<String>,
    /// Results, at most; 10 unless said otherwise, never more than the server is set to give (100 by default).
    #[schema(minimum = 1)]
    limit: Option<usize>,
    /// Links of one host, at most.
    #[schema(minimum = 1)]
    per_host_max: Option<usize>,
    /// 0: best first whatever they say; 1: as different as possible.
    #[schema(minimum = 0, maximum = 1)]
    diversity: Option<f32>,
    /// Decides between equals; the same seed gives the same answer.
    #[schema(format = "uint64")]
    seed: u64,
}

/// One question or a batch of them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(as = RecommendationRequest)]
#[expect(
    dead_code,
    reason = "for the document only: bodies are read by hand, for messages that say what is wrong"
)]
pub(crate) enum AskedAny {
    /// One answer.
    One(Box<Asked>),
    /// An answer each, in the same order; at most 100.
    Many(Vec<Asked>),
}

/// Recommended links.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RecommendationAnswer)]
pub(crate) struct Recommended {
    /// Best first.
    results: Vec<RecommendationView>,
}

/// One answer, or as many as questions were asked.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = RecommendationResponse)]
pub(crate) enum RecommendedAny {
    /// To one question.
    One(Recommended),
    /// To a batch.
    Many(Vec<Recommended>),
}

/// Recommendations for interests sent along.
#[utoipa::path(post, path = "/v1/recommendations", operation_id = "recommend", tag = "recommendations", request_body = AskedAny, responses(
    (status = 200, description = "Recommended links with a reason each", body = RecommendedAny),
    (status = 400, description = "The request cannot be used", body = Problem, content_type = "application/problem+json"),
    (status = 413, description = "The body is too large", body = Problem, content_type = "application/problem+json"),
    (status = 415, description = "The body is not sent as application/json", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn recommendations(
    State(app): State<App>,
    body: Result<Json<Value>, JsonRejection>,
) -> Result<Json<RecommendedAny>, Problem> {
    let Json(body) = body?;
    let questions = match body {
        Value::Array(questions) => questions,
        one => {
            let (interests, request) = question(&app, read(one)?)?;
            return Ok(Json(RecommendedAny::One(answer(&app, interests, request).await?)));
        }
    };
    if questions.len() > BATCH_MAX {
        return Err(Problem::bad_request(format!("{} questions are more than {BATCH_MAX}", questions.len())));
    }
    // All are read before any is answered: a batch is refused whole and cheaply.
    let questions: Vec<_> = (0..)
        .zip(questions)
        .map(|(place, one)| {
            read(one).and_then(|asked| question(&app, asked)).map_err(|problem| at(place, &problem))
        })
        .collect::<Result<_, _>>()?;
    let mut answers = Vec::with_capacity(questions.len());
    for (interests, request) in questions {
        answers.push(answer(&app, interests, request).await?);
    }
    Ok(Json(RecommendedAny::Many(answers)))
}

/// A question of a request. Only an object is one: serde would take an array for the fields in their order.
fn read(value: Value) -> Result<Asked, Problem> {
    if !value.is_object() {
        return Err(Problem::bad_request("a question is a JSON object; a batch is an array of them"));
    }
    serde_json::from_value(value).map_err(|e| Problem::bad_request(e.to_string()))
}

/// A problem with one question of a batch says with which.
fn at(place: usize, problem: &Problem) -> Problem {
    Problem::bad_request(format!("question {place} (counted from 0): {}", problem.detail))
}

async fn answer(app: &App, interests: Interests, request: Request) -> Result<Recommended, Problem> {
    let recommended = app
        .blocking(move |app| {
            recommender::recommend(&app.index, &app.feedback, &interests, &request, &app.recommender)
        })
        .await?;
    Ok(Recommended {
        results: (1..).zip(recommended.items).map(|(rank, one)| RecommendationView::at(rank, one)).collect(),
    })
}

fn question(app: &App, asked: Asked) -> Result<(Interests, Request), Problem> {
    for (name, length) in [
        ("likes", asked.likes.len()),
        ("terms", asked.terms.len()),
        ("languages", asked.languages.len()),
        ("seen", asked.seen.len()),
        ("exclude", asked.exclude.len()),
        ("muted_hosts", asked.muted_hosts.len()),
    ] {
        if length > LIST_MAX {
            return Err(Problem::bad_request(format!(
                "{name} has {length} entries, the limit is {LIST_MAX}"
            )));
        }
    }
    if asked.diversity.is_some_and(|diversity| !(0.0..=1.0).contains(&diversity)) {
        return Err(Problem::bad_request("diversity is not between 0 and 1"));
    }
    if asked.per_host_max == Some(0) {
        return Err(Problem::bad_request("per_host_max is 0; write at least 1, or leave it out"));
    }
    let written = Written {
        language: None,
        host: asked.host.as_deref(),
        site: asked.site.as_deref(),
        since: asked.since.as_deref(),
        until: asked.until.as_deref(),
        ..Written::default()
    };
    let filter = written.filter()?;
    let interests = Interests {
        links: asked.likes,
        terms: asked.terms,
        languages: asked.languages.iter().map(|code| language(code)).collect::<Result<_, _>>()?,
        seen: asked.seen,
        muted_hosts: asked.muted_hosts,
        ..Interests::default()
    };
    let request = Request {
        filter,
        exclude: asked.exclude,
        per_host_max: asked.per_host_max,
        diversity: asked.diversity,
        seed: asked.seed,
        ..Request::new(limit(&app.settings, asked.limit)?, app.clock.now())
    };
    Ok((interests, request))
}
