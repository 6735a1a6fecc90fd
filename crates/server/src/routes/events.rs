//! `POST /v1/events`: what readers did. Counted without the reader; kept with the reader where they have agreed to it.
//!
//! Invariant: an event that names a person is counted only when the person's own record has taken it, so that a withdrawal stops
//! both; nothing of a refused request is kept.

use std::collections::{BTreeSet, HashMap};

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use feedback::{Counters as _, Kind, Muted, ReportCode};
use indexer::{Hit, LinkSource as _};
use model::{CanonicalUrl, Timestamp, UrlKey};
use profiles::{EventKind, PersonEvent, PersonId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::{Caller, Scope};
use crate::app::App;
use crate::parameters::{host, instant, story};
use crate::problem::Problem;

/// Most events of one request.
const EVENTS_MAX: usize = 1_000;
/// Most links of all events of one request.
const LINKS_MAX: usize = 5_000;

/// What happened, and to whom if they agreed to it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EventsRequest)]
pub(crate) struct EventsAsked {
    /// The person it happened to; needs their consent to personalisation. Absent: only counted.
    #[serde(default)]
    person: Option<String>,
    /// At most 1,000.
    events: Vec<EventAsked>,
}

/// One thing that happened.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Event)]
pub(crate) struct EventAsked {
    /// Chosen by the sender, 1 to 128 bytes: the same one is taken once.
    #[schema(min_length = 1, max_length = 128)]
    id: String,
    /// What happened.
    kind: KindAsked,
    /// When, RFC 3339; absent: now.
    #[serde(default)]
    at: Option<String>,
    /// To which link: its id or URL. Needed by all kinds but `impression` and mutes.
    #[serde(default)]
    link: Option<String>,
    /// Of an impression: the links shown, by id or URL.
    #[serde(default)]
    links: Vec<String>,
    /// Of a dwell: how long the link was read, milliseconds.
    #[serde(default)]
    milliseconds: Option<u64>,
    /// Of a mute: the host.
    #[serde(default)]
    host: Option<String>,
    /// Of a mute: the section or tag.
    #[serde(default)]
    topic: Option<String>,
    /// Of a mute: the story.
    #[serde(default)]
    story: Option<String>,
    /// Of a report: `broken`, `misleading`, `duplicate`, `offensive`, `illegal`, `other`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    reason: Option<ReportCode>,
    /// The `recommendation_id` of the answer it was shown in.
    #[serde(default)]
    recommendation_id: Option<String>,
}

/// What can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = EventKind)]
pub(crate) enum KindAsked {
    /// Links were shown.
    Impression,
    /// The link was opened.
    Click,
    /// It was read for some time.
    Dwell,
    /// It was liked.
    Like,
    /// The like, or the dislike, was taken back. Kept of a person only; not counted.
    Unlike,
    /// Less like this, please.
    LessLikeThis,
    /// A host, topic or story is never to be shown.
    Mute,
    /// The mute was taken back. Kept of a person only; not counted.
    Unmute,
    /// The link was reported.
    Report,
}

/// What became of the events.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EventsAnswer {
    /// Taken now.
    accepted: usize,
    /// Taken before.
    repeated: usize,
}

/// Takes what readers did: all of it, or nothing.
#[utoipa::path(post, path = "/v1/events", operation_id = "events", tag = "recommendations", request_body = EventsAsked, responses(
    (status = 200, description = "Taken; the same events again change nothing", body = EventsAnswer),
    (status = 400, description = "An event cannot be used; none was taken", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "Nothing is stored of this person", body = Problem, content_type = "application/problem+json"),
    (status = 413, description = "The body is too large", body = Problem, content_type = "application/problem+json"),
    (status = 415, description = "The body is not sent as application/json", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn events(
    State(app): State<App>,
    caller: Caller,
    body: Result<Json<EventsAsked>, JsonRejection>,
) -> Result<Json<EventsAnswer>, Problem> {
    let Json(asked) = body?;
    let person = asked.person.map(PersonId::try_from).transpose()?;
    if person.is_some() {
        caller.require(Scope::Personal)?;
    }
    take(app, caller, person, asked.events).await
}

/// The events of whoever has logged in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OwnEventsRequest)]
pub(crate) struct OwnEventsAsked {
    /// At most 1,000.
    events: Vec<EventAsked>,
}

/// Takes what whoever asks did.
#[utoipa::path(post, path = "/v1/me/events", operation_id = "own_events", tag = "readers", request_body = OwnEventsAsked, responses(
    (status = 200, description = "Taken; the same events again change nothing", body = EventsAnswer),
    (status = 400, description = "An event cannot be used; none was taken", body = Problem, content_type = "application/problem+json"),
    (status = 413, description = "The body is too large", body = Problem, content_type = "application/problem+json"),
    (status = 415, description = "The body is not sent as application/json", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn own_events(
    State(app): State<App>,
    caller: Caller,
    body: Result<Json<OwnEventsAsked>, JsonRejection>,
) -> Result<Json<EventsAnswer>, Problem> {
    let Json(asked) = body?;
    let person = caller.reader()?;
    take(app, caller, Some(person), asked.events).await
}

async fn take(
    app: App,
    caller: Caller,
    person: Option<PersonId>,
    events: Vec<EventAsked>,
) -> Result<Json<EventsAnswer>, Problem> {
    if events.len() > EVENTS_MAX {
        return Err(Problem::bad_request(format!("{} events are more than {EVENTS_MAX}", events.len())));
    }
    let links: usize = events.iter().map(|event| event.links.len() + 1).sum();
    if links > LINKS_MAX {
        return Err(Problem::bad_request(format!("the events name more than {LINKS_MAX} links")));
    }
    app.blocking(move |app| {
        let batch = Batch::read(app, &events)?;
        let Some(person) = person else {
            let recorded = app.feedback.record(&batch.counted)?;
            return Ok(EventsAnswer { accepted: recorded.accepted, repeated: recorded.repeated });
        };
        let recorded = app.profiles.record(&person, &batch.kept, &caller.actor())?;
        app.feedback.record(&batch.counted)?;
        Ok::<_, Problem>(EventsAnswer { accepted: recorded.accepted, repeated: recorded.repeated })
    })
    .await
    .map(Json)
}

/// The events of one request as the two stores take them.
struct Batch {
    counted: Vec<feedback::Event>,
    kept: Vec<PersonEvent>,
}

impl Batch {
    /// Reads all events, or says what is wrong with the first that cannot be used.
    fn read(app: &App, asked: &[EventAsked]) -> Result<Self, Problem> {
        let now = app.clock.now();
        let known = Known::of(app, asked, now)?;
        let mut batch = Self { counted: Vec::new(), kept: Vec::new() };
        for (place, event) in (0..).zip(asked) {
            batch.add(app, &known, event, now).map_err(|problem| {
                Problem::bad_request(format!("event {place} (counted from 0): {}", problem.detail))
            })?;
        }
        Ok(batch)
    }

    fn add(&mut self, app: &App, known: &Known, event: &EventAsked, now: Timestamp) -> Result<(), Problem> {
        let at = event.at.as_deref().map(|text| instant("at", text)).transpose()?.unwrap_or(now);
        let answer = event.recommendation_id.as_deref().map(|id| app.feedback.verify(id, now)).transpose();
        let answer = answer.map_err(|why| Problem::bad_request(why.to_string()))?;
        let link = event.link.as_deref().map(|link| known.hit(link)).transpose()?;
        let links = event.links.iter().map(|link| known.hit(link)).collect::<Result<Vec<_>, _>>()?;
        let muted = event.muted()?;
        if let Some(kind) = event.counted(&links, muted.as_ref())? {
            self.counted.push(feedback::Event {
                id: event.id.clone(),
                at,
                kind,
                link: link.map(|hit| hit.document.key),
                recommendation: answer.clone(),
                language: link.map(|hit| hit.document.language.clone()),
            });
        }
        let one = |id: String, hit: Option<&Hit>| {
            let mut kept = PersonEvent {
                id,
                at,
                kind: event.kind.into(),
                url: hit.map(|hit| hit.document.url.clone()),
                host: None,
                topic: None,
                story: None,
                dwell_ms: event.milliseconds,
                recommendation: event.recommendation_id.clone(),
            };
            match muted.clone() {
                Some(Muted::Host(host)) => kept.host = Some(host),
                Some(Muted::Topic(topic)) => kept.topic = Some(topic),
                Some(Muted::Story(story)) => kept.story = Some(story),
                None => {}
            }
            kept
        };
        match event.kind {
            // An event of a person is of one link.
            KindAsked::Impression => {
                let each = (0..).zip(&links);
                self.kept.extend(each.map(|(place, hit)| one(format!("{}/{place}", event.id), Some(hit))));
            }
            _ => self.kept.push(one(event.id.clone(), link)),
        }
        Ok(())
    }
}

impl EventAsked {
    /// What a mute mutes.
    fn muted(&self) -> Result<Option<Muted>, Problem> {
        match (self.kind, &self.host, &self.topic, &self.story) {
            (KindAsked::Mute | KindAsked::Unmute, Some(name), None, None) => {
                Ok(Some(Muted::Host(host("host", name)?)))
            }
            (KindAsked::Mute | KindAsked::Unmute, None, Some(topic), None) => {
                Ok(Some(Muted::Topic(topic.clone())))
            }
            (KindAsked::Mute | KindAsked::Unmute, None, None, Some(id)) => Ok(Some(Muted::Story(story(id)?))),
            (KindAsked::Mute | KindAsked::Unmute, ..) => {
                Err(Problem::bad_request("a mute names one of host, topic, story"))
            }
            (_, None, None, None) => Ok(None),
            _ => Err(Problem::bad_request("only a mute names host, topic or story")),
        }
    }

    /// As it is counted, if it is.
    fn counted(&self, links: &[&Hit], muted: Option<&Muted>) -> Result<Option<Kind>, Problem> {
        if self.kind != KindAsked::Impression {
            if !self.links.is_empty() {
                return Err(Problem::bad_request("only an impression names links; write link"));
            }
            if self.link.is_none() && muted.is_none() {
                return Err(Problem::bad_request("it names no link"));
            }
        }
        Ok(Some(match self.kind {
            KindAsked::Impression => {
                let links: Vec<UrlKey> = links.iter().map(|hit| hit.document.key).collect();
                if links.is_empty() || self.link.is_some() {
                    return Err(Problem::bad_request("an impression names the links shown as links"));
                }
                Kind::Impression { links }
            }
            KindAsked::Click => Kind::Click,
            KindAsked::Dwell => {
                let milliseconds = self.milliseconds;
                let milliseconds =
                    milliseconds.ok_or_else(|| Problem::bad_request("a dwell has milliseconds"))?;
                Kind::Dwell { milliseconds }
            }
            KindAsked::Like => Kind::Like,
            KindAsked::LessLikeThis => Kind::LessLikeThis,
            KindAsked::Mute => Kind::Mute(muted.cloned().unwrap_or(Muted::Host(String::new()))),
            KindAsked::Report => Kind::Report(self.reason.unwrap_or(ReportCode::Other)),
            KindAsked::Unlike | KindAsked::Unmute => return Ok(None),
        }))
    }
}

/// The links that the events name and the index has.
struct Known(HashMap<UrlKey, Hit>);

impl Known {
    fn of(app: &App, events: &[EventAsked], now: Timestamp) -> Result<Self, Problem> {
        let named = events.iter().flat_map(|event| event.link.iter().chain(&event.links));
        let keys: BTreeSet<UrlKey> = named.filter_map(|link| key(link)).collect();
        let keys: Vec<UrlKey> = keys.into_iter().collect();
        let hits = app.index.get(&keys, now)?.into_iter().flatten();
        Ok(Self(hits.map(|hit| (hit.document.key, hit)).collect()))
    }

    fn hit(&self, link: &str) -> Result<&Hit, Problem> {
        let key = key(link).ok_or_else(|| Problem::bad_request("a link is neither an id nor a URL"))?;
        self.0.get(&key).ok_or_else(|| Problem::bad_request("a link is not in the index"))
    }
}

/// The key of a link named by id or URL.
fn key(link: &str) -> Option<UrlKey> {
    UrlKey::from_hex(link).or_else(|| CanonicalUrl::parse(link).ok().map(|url| url.key()))
}

impl From<KindAsked> for EventKind {
    fn from(kind: KindAsked) -> Self {
        match kind {
            KindAsked::Impression => Self::Impression,
            KindAsked::Click => Self::Click,
            KindAsked::Dwell => Self::Dwell,
            KindAsked::Like => Self::Like,
            KindAsked::Unlike => Self::Unlike,
            KindAsked::LessLikeThis => Self::LessLikeThis,
            KindAsked::Mute => Self::Mute,
            KindAsked::Unmute => Self::Unmute,
            KindAsked::Report => Self::Report,
        }
    }
}
