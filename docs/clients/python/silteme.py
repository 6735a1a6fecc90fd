"""A client of the Silteme API for Python 3.10 and later, without any other package.

    from silteme import Question, Silteme

    silteme = Silteme("http://127.0.0.1:8080", key="slk_…")
    for hit in silteme.search("қар барысы").results:
        print(hit.title, hit.url)
    answer = silteme.recommend(Question(likes=["http://orbit.test/notes/swallow-cubesat"], limit=5))

Copy the file into your project. What the server refuses is raised as `Problem`; what an answer has beyond what stands here is
ignored, so that the client works with later servers. One `Silteme` may be used by several threads.
"""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime, timezone
from typing import Any, Literal, TypeVar, Union

__all__ = [
    "Answer", "Change", "Consent", "Deletion", "Event", "Hit", "Link", "Person", "Problem", "Question", "Reason",
    "Recommendation", "SearchAnswer", "Silteme", "Ticket", "Upsert",
]

Purpose = Literal["service", "notifications", "personalisation", "advertising", "research"]
T = TypeVar("T")


class Problem(Exception):
    """What the server refused, as RFC 9457 tells it. Look at `type`, show `detail`."""

    def __init__(self, type: str, title: str, status: int, detail: str, request_id: str) -> None:
        super().__init__(f"{status} {title}: {detail}")
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
        self.request_id = request_id
        """Name it when you ask the operator for help."""


@dataclass(frozen=True)
class Link:
    """A link of the index."""

    id: str
    url: str
    title: str
    host: str
    site: str
    language: str
    published: str | None
    fetched: str
    snippet: str
    author: str | None
    site_name: str | None
    section: str | None
    tags: list[str]
    image: str | None
    story: str | None


@dataclass(frozen=True)
class Hit(Link):
    """A link with its place in an answer."""

    rank: int
    score: float


@dataclass(frozen=True)
class Reason:
    """Why a link is recommended: `code` for programs, `text` is of what."""

    code: str
    text: str


@dataclass(frozen=True)
class Recommendation(Hit):
    """A recommended link."""

    reason: Reason
    reasons: list[Reason]


@dataclass(frozen=True)
class SearchAnswer:
    """A stretch of hits; `next` is the cursor of the next one."""

    results: list[Hit]
    next: str | None


@dataclass(frozen=True)
class Answer:
    """Recommendations. `recommendation_id` goes into the events about them; `next` is there in scenario `new` only."""

    recommendation_id: str
    seed: int
    results: list[Recommendation]
    next: str | None


@dataclass
class Question:
    """What to recommend for. What is None or empty is left to the server."""

    scenario: Literal["personal", "trending", "related", "new"] = "personal"
    person: str | None = None
    likes: Sequence[str] = ()
    dislikes: Sequence[str] = ()
    terms: Sequence[str] = ()
    languages: Sequence[str] = ()
    sites: Sequence[str] = ()
    seen: Sequence[str] = ()
    exclude: Sequence[str] = ()
    muted_hosts: Sequence[str] = ()
    muted_topics: Sequence[str] = ()
    muted_stories: Sequence[str] = ()
    link: str | None = None
    topic: str | None = None
    window: str | None = None
    cursor: str | None = None
    host: str | None = None
    site: str | None = None
    section: str | None = None
    tag: str | None = None
    since: str | None = None
    until: str | None = None
    limit: int | None = None
    per_host_max: int | None = None
    per_story_max: int | None = None
    diversity: float | None = None
    exploration: float | None = None
    seed: int | None = None


@dataclass
class Event:
    """Something that happened. `id` is yours; the same one is taken once. `at` is now where it is not given."""

    id: str
    kind: Literal[
        "impression", "click", "dwell", "like", "unlike", "less_like_this", "mute", "unmute", "report"
    ]
    link: str | None = None
    links: Sequence[str] = ()
    recommendation_id: str | None = None
    milliseconds: int | None = None
    host: str | None = None
    topic: str | None = None
    story: str | None = None
    reason: str | None = None
    at: str | None = None


@dataclass(frozen=True)
class Upsert(Link):
    """A link that is new or says something else. After `unavailable_after` it must not be shown."""

    at: str
    unavailable_after: str | None


@dataclass(frozen=True)
class Deletion:
    """A link to be removed from every copy."""

    at: str
    id: str
    url: str | None


Change = Union[Upsert, Deletion]


@dataclass(frozen=True)
class Consent:
    """What a person agreed to; `status` is none, current, outdated or blocked."""

    status: str
    policy: str | None
    language: str | None
    purposes: list[str]
    given: str | None
    current_policy: str


@dataclass(frozen=True)
class Person:
    """What is stored of a person."""

    id: str
    created: str
    used: str
    consent: Consent
    restricted: bool
    held: bool
    attributes: dict[str, Any]


@dataclass(frozen=True)
class Ticket:
    """A request of a person; `receipt` is there once it is answered."""

    id: str
    kind: str
    case: str | None
    opened: str
    due: str
    done: str | None
    outcome: str | None
    receipt: str | None


@dataclass
class Silteme:
    """A server. `timeout` is for each request, in seconds; `retries` is how often what was busy or lost is tried again."""

    url: str
    key: str | None = field(default=None, repr=False)
    timeout: float = 15.0
    retries: int = 3

    # Links.

    def search(
        self, query: str = "", *, language: str | None = None, site: str | None = None, since: str | None = None,
        limit: int = 10, cursor: str | None = None, **further: str | bool,
    ) -> SearchAnswer:
        """Full-text search; `further` are the other parameters of the route."""
        parameters = {"q": query, "language": language, "site": site, "since": since, "limit": limit, "cursor": cursor}
        found = self._json("GET", "/v1/search", {**parameters, **further})
        return SearchAnswer([_read(Hit, hit) for hit in found["results"]], found.get("next"))

    def link(self, id: str) -> Link | None:
        """A link by its id; None when the index does not have it."""
        return self._link(f"/v1/links/{_segment(id)}", {})

    def link_of(self, url: str) -> Link | None:
        """The link of a URL in any spelling; None when the index does not have it."""
        return self._link("/v1/links", {"url": url})

    def similar(self, id: str, *, limit: int = 10, **further: str | bool) -> list[Hit]:
        """Links like this one."""
        found = self._json("GET", f"/v1/links/{_segment(id)}/similar", {"limit": limit, **further})
        return [_read(Hit, hit) for hit in found["results"]]

    def changes(self, cursor: str = "", *, limit: int = 100) -> Iterator[tuple[list[Change], str]]:
        """Stretches of what changed since `cursor` with the cursor after each; ends when there is no more for now.

        Keep the cursor in the same transaction as the changes, and nothing is missed or taken twice.
        """
        more = True
        while more:
            body, _ = self._ask("GET", "/v1/changes", {"cursor": cursor, "limit": limit})
            stretch: list[Change] = []
            for line in body.splitlines():
                one = json.loads(line)
                if one["change"] == "upsert":
                    stretch.append(_read(Upsert, one))
                elif one["change"] == "delete":
                    stretch.append(_read(Deletion, one))
                elif one["change"] == "cursor":
                    cursor, more = one["next"], one["more"]
            yield stretch, cursor

    # Recommendations and what came of them.

    def recommend(self, question: Question) -> Answer:
        """Recommendations for one question."""
        return _answer(self._json("POST", "/v1/recommendations", body=_sent(question)))

    def recommend_all(self, questions: Sequence[Question]) -> list[Answer]:
        """Recommendations for up to 100 questions, in their order."""
        answers = self._json("POST", "/v1/recommendations", body=[_sent(question) for question in questions])
        return [_answer(one) for one in answers]

    def record(self, events: Sequence[Event], *, person: str | None = None) -> int:
        """Tells what happened; returns how many events were new. With `person` it is kept of them, if they have agreed."""
        # Events sent again after a lost answer must be dated as before, or not at all.
        body: dict[str, Any] = {"events": [_sent(event) for event in events]}
        if person is not None and person != "me":
            body["person"] = person
        path = "/v1/me/events" if person == "me" else "/v1/events"
        return int(self._json("POST", path, body=body)["accepted"])

    # People. Who has logged in is the person "me".

    def register(
        self, email: str, password: str, policy: str, language: Literal["kk", "ru", "en"], purposes: Sequence[Purpose]
    ) -> None:
        """Makes a reader's account, unless the address has one: that is not told."""
        consent = {"policy": policy, "language": language, "purposes": list(purposes)}
        self._json("POST", "/v1/accounts", body={"email": email, "password": password, "consent": consent})

    def log_in(self, email: str, password: str) -> Silteme:
        """The same server as this reader sees it."""
        session = self._json("POST", "/v1/sessions", body={"email": email, "password": password})
        return replace(self, key=session["token"])

    def log_out(self) -> None:
        """Ends the session of whoever has logged in."""
        self._ask("DELETE", "/v1/sessions")

    def policy(self) -> str:
        """The version of the privacy policy in force; its text is at `/privacy`."""
        return str(self._json("GET", "/v1/policies")["current"])

    def add_person(
        self, policy: str, language: Literal["kk", "ru", "en"], purposes: Sequence[Purpose], *,
        id: str | None = None, attributes: Mapping[str, Any] | None = None,
    ) -> str:
        """Stores a person who has just agreed to this version of the policy; returns their id."""
        consent = {"policy": policy, "language": language, "purposes": list(purposes)}
        body: dict[str, Any] = {"consent": consent, "attributes": dict(attributes or {})}
        if id is not None:
            body["id"] = id
        return str(self._json("POST", "/v1/people", body=body)["id"])

    def consent(self, person: str) -> Consent:
        """What a person has agreed to."""
        return _read(Consent, self._json("GET", self._person(person, "/consent")))

    def agree(
        self, person: str, policy: str, language: Literal["kk", "ru", "en"], purposes: Sequence[Purpose]
    ) -> Consent:
        """Takes down that a person agrees to these purposes, in place of those before."""
        body = {"policy": policy, "language": language, "purposes": list(purposes)}
        return _read(Consent, self._json("PUT", self._person(person, "/consent"), body=body))

    def withdraw(self, person: str, purposes: Sequence[Purpose] = (), *, case: str | None = None) -> Ticket:
        """Withdraws these purposes; without any, everything: the person is blocked now and erased."""
        parameters = {"purposes": ",".join(purposes) or None, "case": case}
        return _read(Ticket, self._json("DELETE", self._person(person, "/consent"), parameters))

    def find(self, *, id: str | None = None, email: str | None = None, phone: str | None = None) -> str | None:
        """The id of a person of whom something is stored; by exactly one of these."""
        asked = {key: value for key, value in {"id": id, "email": email, "phone": phone}.items() if value is not None}
        found: str | None = self._json("POST", "/v1/people/find", body=asked)["id"]
        return found

    def person(self, person: str) -> Person:
        """What is stored of a person."""
        found = self._json("GET", self._person(person))
        return _read(Person, {**found, "consent": _read(Consent, found["consent"])})

    def export(self, person: str, *, case: str | None = None) -> dict[str, Any]:
        """Everything held of a person."""
        held: dict[str, Any] = self._json("GET", self._person(person, "/export"), {"case": case})
        return held

    def correct(self, person: str, changes: Mapping[str, Any], *, case: str | None = None) -> dict[str, Any]:
        """Corrects attributes (None deletes one); returns all as they are now."""
        found = self._json("PATCH", self._person(person), {"case": case}, dict(changes))
        attributes: dict[str, Any] = found["attributes"]
        return attributes

    def restrict(self, person: str, *, case: str | None = None) -> Ticket:
        """Keeps the data and stops using it."""
        return _read(Ticket, self._json("PUT", self._person(person, "/restriction"), {"case": case}))

    def lift(self, person: str, *, case: str | None = None) -> Ticket:
        """Ends a restriction."""
        return _read(Ticket, self._json("DELETE", self._person(person, "/restriction"), {"case": case}))

    def erase(self, person: str, *, case: str | None = None) -> Ticket:
        """Erases a person."""
        return _read(Ticket, self._json("DELETE", self._person(person), {"case": case}))

    def tickets(self, *, person: str | None = None, open: bool = False, overdue: bool = False) -> list[Ticket]:
        """Requests of people, the first to be due first."""
        parameters = {"person": person, "open": open, "overdue": overdue}
        return [_read(Ticket, one) for one in self._json("GET", "/v1/tickets", parameters)["tickets"]]

    # Below this line: how it is asked.

    def _link(self, path: str, parameters: Mapping[str, Any]) -> Link | None:
        try:
            return _read(Link, self._json("GET", path, parameters))
        except Problem as problem:
            if problem.status == 404:
                return None
            raise

    @staticmethod
    def _person(person: str, rest: str = "") -> str:
        return f"/v1/me{rest}" if person == "me" else f"/v1/people/{_segment(person)}{rest}"

    def _json(self, method: str, path: str, parameters: Mapping[str, Any] | None = None, body: Any = None) -> Any:
        return json.loads(self._ask(method, path, parameters, body)[0])

    def _ask(
        self, method: str, path: str, parameters: Mapping[str, Any] | None = None, body: Any = None
    ) -> tuple[bytes, Mapping[str, str]]:
        """Asks; again where that can help and harms nothing: a refusal by 429, and what may be asked twice."""
        may_repeat = method == "GET" or path in ("/v1/events", "/v1/me/events", "/v1/recommendations")
        query = urllib.parse.urlencode(
            {k: str(v).lower() if isinstance(v, bool) else v for k, v in (parameters or {}).items() if v is not None}
        )
        headers = {"Accept": "application/json, application/x-ndjson"}
        if self.key is not None:
            headers["Authorization"] = f"Bearer {self.key}"
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body, ensure_ascii=False).encode()
        url = self.url.rstrip("/") + path + ("?" + query if query else "")
        for attempt in range(self.retries + 1):
            request = urllib.request.Request(url, data, headers, method=method)
            last = attempt == self.retries
            try:
                with urllib.request.urlopen(request, timeout=self.timeout) as answer:
                    return answer.read(), answer.headers
            except urllib.error.HTTPError as refused:
                problem = _problem(refused)
                if last or not (refused.code == 429 or (refused.code == 503 and may_repeat)):
                    raise problem from None
                wait = float(refused.headers.get("Retry-After") or 1)
            except (urllib.error.URLError, http.client.HTTPException, OSError):
                if last or not may_repeat:
                    raise
                wait = 0.5 * 2**attempt
            time.sleep(wait)
        raise AssertionError("the last attempt returns or raises")


def instant(at: datetime | None = None) -> str:
    """An instant as the API writes it; now if none is given."""
    return (at or datetime.now(timezone.utc)).astimezone(timezone.utc).isoformat().replace("+00:00", "Z")


def _problem(refused: urllib.error.HTTPError) -> Problem:
    try:
        told = json.loads(refused.read())
    except ValueError:
        told = {}
    return Problem(
        told.get("type", "about:blank"), told.get("title", refused.reason), refused.code, told.get("detail", ""),
        refused.headers.get("x-request-id") or "",
    )


def _answer(told: Mapping[str, Any]) -> Answer:
    def one(item: Mapping[str, Any]) -> Recommendation:
        reasons = [_read(Reason, reason) for reason in item["reasons"]]
        return _read(Recommendation, {**item, "reason": _read(Reason, item["reason"]), "reasons": reasons})

    results = [one(item) for item in told["results"]]
    return Answer(told["recommendation_id"], told["seed"], results, told.get("next"))


def _read(kind: type[T], told: Mapping[str, Any]) -> T:
    """A dataclass of what an answer tells; absent is None, unknown is ignored."""
    return kind(**{one.name: told.get(one.name) for one in fields(kind)})  # type: ignore[arg-type]


def _sent(asked: Question | Event) -> dict[str, Any]:
    """What was set of a question or event."""
    return {key: value for key, value in asdict(asked).items() if value is not None and value != ()}


def _segment(text: str) -> str:
    return urllib.parse.quote(text, safe="")
