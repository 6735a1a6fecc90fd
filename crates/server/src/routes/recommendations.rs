//! `POST /v1/recommendations`: stateless; whoever asks sends the interests along, or names a person who has consented.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use model::{Interests, Span};
use profiles::PersonId;
use recommender::{Goal, Request};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::access::{Caller, Scope};
use crate::app::App;
use crate::distinct::Distinct;
use crate::parameters::{Written, language, limit, story};
use crate::problem::Problem;
use crate::view::RecommendationView;

/// Most entries of any list of a request.
const LIST_MAX: usize = 1_000;
/// Most questions of one batch.
const BATCH_MAX: usize = 100;
/// Longest window of what is trending, as of `recommender.trending_window`.
const WINDOW_HOURS_MAX: u64 = 30 * 24;

/// What to recommend for. Everything is optional, and nothing names a person unless `person` does.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = RecommendationQuestion)]
pub(crate) struct Asked {
    /// For what links are wanted.
    scenario: ScenarioView,
    /// Id of a person who has consented: their interests are added to those of this question. For keys that may ask for
    /// persons; a reader who has logged in writes `me`.
    person: Option<String>,
    /// URLs the reader liked or read, most recent first; the first 30 count.
    likes: Vec<String>,
    /// URLs the reader wants less like, most recent first; the first 20 count. None of them is recommended.
    dislikes: Vec<String>,
    /// Words and phrases of interest.
    terms: Vec<String>,
    /// Languages read; empty: all.
    languages: Vec<String>,
    /// Sites or hosts followed.
    sites: Vec<String>,
    /// URLs the reader has seen, never to be recommended.
    seen: Vec<String>,
    /// Further URLs not to be recommended this time.
    exclude: Vec<String>,
    /// Hosts never to be recommended, nor those below them.
    muted_hosts: Vec<String>,
    /// Sections, tags and words of titles never to be recommended.
    muted_topics: Vec<String>,
    /// Ids of stories never to be recommended.
    muted_stories: Vec<String>,
    /// Of `related`: the URL of the link that others should be like.
    link: Option<String>,
    /// Of `trending`: only links of this section or with this tag.
    topic: Option<String>,
    /// Of `trending`: counting what was opened this long before now, as `6h`; as the server is set (24 h) if absent.
    window: Option<String>,
    /// Of `new`: `next` of the answer before. Absent: what is dated since `since`, else within the last day.
    cursor: Option<String>,
    /// Only this host.
    host: Option<String>,
    /// Only this site (registrable domain).
    site: Option<String>,
    /// Only this section.
    section: Option<String>,
    /// Only with this tag.
    tag: Option<String>,
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
    /// Links of one story, at most; 1 unless said otherwise.
    #[schema(minimum = 1)]
    per_story_max: Option<usize>,
    /// 0: best first whatever they say; 1: as different as possible.
    #[schema(minimum = 0, maximum = 1)]
    diversity: Option<f32>,
    /// 0: nothing is left to chance; 1: links that few have seen get all the chance they may deserve.
    #[schema(minimum = 0, maximum = 1)]
    exploration: Option<f32>,
    /// Decides between equals and what is explored; the same seed gives the same answer. Drawn if absent.
    #[schema(format = "uint64")]
    seed: Option<u64>,
}

/// For what links are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Scenario)]
pub(crate) enum ScenarioView {
    /// What fits the interests and is worth reading now.
    #[default]
    Personal,
    /// What is opened most now.
    Trending,
    /// What is like one link.
    Related,
    /// What arrived since the last time and fits the interests.
    New,
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
    /// Name it in events about these links, so that they count for this answer.
    recommendation_id: String,
    /// Asked with it, the same question has the same answer.
    #[schema(format = "uint64")]
    seed: u64,
    /// Of `new`: the cursor to go on with.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
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
    (status = 403, description = "Whoever asks may not ask for this person, or the person has not consented", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "The person is not known", body = Problem, content_type = "application/problem+json"),
    (status = 413, description = "The body is too large", body = Problem, content_type = "application/problem+json"),
    (status = 415, description = "The body is not sent as application/json", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn recommendations(
    State(app): State<App>,
    caller: Caller,
    body: Result<Json<Distinct>, JsonRejection>,
) -> Result<Json<RecommendedAny>, Problem> {
    let Json(Distinct(body)) = body?;
    let questions = match body {
        Value::Array(questions) => questions,
        one => {
            let question = question(&app, &caller, read(one)?)?;
            return Ok(Json(RecommendedAny::One(answer(&app, &caller, question).await?)));
        }
    };
    if questions.len() > BATCH_MAX {
        return Err(Problem::bad_request(format!("{} questions are more than {BATCH_MAX}", questions.len())));
    }
    // All are read before any is answered: a batch is refused whole and cheaply.
    let questions: Vec<Question> = (0..)
        .zip(questions)
        .map(|(place, one)| {
            let question = read(one).and_then(|asked| question(&app, &caller, asked));
            question.map_err(|problem| at(place, &problem))
        })
        .collect::<Result<_, _>>()?;
    let mut answers = Vec::with_capacity(questions.len());
    for question in questions {
        answers.push(answer(&app, &caller, question).await?);
    }
    Ok(Json(RecommendedAny::Many(answers)))
}

/// A question, understood.
struct Question {
    interests: Interests,
    request: Request,
    /// Whose interests are added.
    person: Option<PersonId>,
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
    Problem { detail: format!("question {place} (counted from 0): {}", problem.detail), ..problem.clone() }
}

async fn answer(app: &App, caller: &Caller, question: Question) -> Result<Recommended, Problem> {
    let actor = caller.actor();
    let Question { interests, request, person } = question;
    let (scenario, seed, now) = (request.goal.scenario(), request.seed, request.now);
    let answer = app
        .blocking(move |app| -> Result<_, Problem> {
            let interests = match person {
                // Here the person ends: what goes on has no name.
                Some(person) => joined(interests, app.profiles.interests(&person, &actor)?),
                None => interests,
            };
            let made =
                recommender::recommend(&app.index, &app.feedback, &interests, &request, &app.recommender);
            Ok(made?)
        })
        .await?;
    Ok(Recommended {
        recommendation_id: app.feedback.issue(scenario, seed, now).to_string(),
        seed,
        next: answer.next,
        results: (1..).zip(answer.items).map(|(rank, one)| RecommendationView::at(rank, one)).collect(),
    })
}

/// The wishes of a question before those that are known of the person.
fn joined(mut asked: Interests, known: Interests) -> Interests {
    asked.links.extend(known.links);
    asked.dislikes.extend(known.dislikes);
    asked.terms.extend(known.terms);
    asked.sites.extend(known.sites);
    asked.seen.extend(known.seen);
    asked.muted_hosts.extend(known.muted_hosts);
    asked.muted_topics.extend(known.muted_topics);
    asked.muted_stories.extend(known.muted_stories);
    if asked.languages.is_empty() {
        asked.languages = known.languages;
    }
    asked
}

fn question(app: &App, caller: &Caller, asked: Asked) -> Result<Question, Problem> {
    check(&asked)?;
    let goal = goal(&asked)?;
    let person = asked.person.as_deref().map(|person| whose(caller, person)).transpose()?;
    let written = Written {
        host: asked.host.as_deref(),
        site: asked.site.as_deref(),
        section: asked.section.as_deref(),
        tag: asked.tag.as_deref(),
        since: asked.since.as_deref(),
        until: asked.until.as_deref(),
        ..Written::default()
    };
    let filter = written.filter()?;
    let interests = Interests {
        links: asked.likes,
        dislikes: asked.dislikes,
        terms: asked.terms,
        languages: asked.languages.iter().map(|code| language(code)).collect::<Result<_, _>>()?,
        sites: asked.sites,
        seen: asked.seen,
        muted_hosts: asked.muted_hosts,
        muted_topics: asked.muted_topics,
        muted_stories: asked.muted_stories.iter().map(|id| story(id)).collect::<Result<_, _>>()?,
    };
    let request = Request {
        goal,
        filter,
        exclude: asked.exclude,
        per_host_max: asked.per_host_max,
        per_story_max: asked.per_story_max,
        diversity: asked.diversity,
        exploration: asked.exploration,
        seed: asked.seed.unwrap_or_else(rand::random),
        ..Request::new(limit(&app.settings, asked.limit)?, app.clock.now())
    };
    Ok(Question { interests, request, person })
}

/// Whether every list and number is within its bounds.
fn check(asked: &Asked) -> Result<(), Problem> {
    for (name, length) in [
        ("likes", asked.likes.len()),
        ("dislikes", asked.dislikes.len()),
        ("terms", asked.terms.len()),
        ("languages", asked.languages.len()),
        ("sites", asked.sites.len()),
        ("seen", asked.seen.len()),
        ("exclude", asked.exclude.len()),
        ("muted_hosts", asked.muted_hosts.len()),
        ("muted_topics", asked.muted_topics.len()),
        ("muted_stories", asked.muted_stories.len()),
    ] {
        if length > LIST_MAX {
            return Err(Problem::bad_request(format!(
                "{name} has {length} entries, the limit is {LIST_MAX}"
            )));
        }
    }
    for (name, share) in [("diversity", asked.diversity), ("exploration", asked.exploration)] {
        if share.is_some_and(|share| !(0.0..=1.0).contains(&share)) {
            return Err(Problem::bad_request(format!("{name} is not between 0 and 1")));
        }
    }
    for (name, most) in [("per_host_max", asked.per_host_max), ("per_story_max", asked.per_story_max)] {
        if most == Some(0) {
            return Err(Problem::bad_request(format!("{name} is 0; write at least 1, or leave it out")));
        }
    }
    Ok(())
}

/// What is wanted. A field of another scenario is refused, so that nobody believes it was heard.
fn goal(asked: &Asked) -> Result<Goal, Problem> {
    use ScenarioView::{New, Personal, Related, Trending};
    for (name, is_given, of) in [
        ("link", asked.link.is_some(), Related),
        ("topic", asked.topic.is_some(), Trending),
        ("window", asked.window.is_some(), Trending),
        ("cursor", asked.cursor.is_some(), New),
    ] {
        if is_given && asked.scenario != of {
            return Err(Problem::bad_request(format!("{name} belongs to another scenario: {of:?}")));
        }
    }
    Ok(match asked.scenario {
        Personal => Goal::Personal,
        Trending => {
            let read = |text: &String| {
                let window: Result<Span, _> = text.parse();
                let window = window.map_err(|e| Problem::bad_request(format!("window: {e}")))?;
                let hours = window.0.as_secs() / 3_600;
                if !(1..=WINDOW_HOURS_MAX).contains(&hours) {
                    return Err(Problem::bad_request("window is not between 1h and 30d"));
                }
                Ok(window)
            };
            Goal::Trending {
                topic: asked.topic.clone(),
                window: asked.window.as_ref().map(read).transpose()?,
            }
        }
        Related => {
            let link = asked.link.clone();
            let link = link.ok_or_else(|| Problem::bad_request("related needs the URL of a link: `link`"))?;
            Goal::Related { link }
        }
        New => Goal::New { cursor: asked.cursor.clone() },
    })
}

/// Whose interests are asked for.
fn whose(caller: &Caller, person: &str) -> Result<PersonId, Problem> {
    match caller {
        Caller::Reader(own) if person == "me" => Ok(own.clone()),
        Caller::Reader(_) => Err(Problem::forbidden("readers ask for themselves: \"person\": \"me\"")),
        other => {
            other.require(Scope::Personal)?;
            Ok(PersonId::try_from(person.to_owned())?)
        }
    }
}
