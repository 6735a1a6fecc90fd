#!/usr/bin/env python3
"""Everything the client can do, against a served demo: tests/api/with_demo.sh docs/clients/python/demo.py"""

import os
import uuid

from silteme import Deletion, Event, Problem, Question, Silteme, Upsert, instant


def main() -> None:
    service = Silteme(os.environ["SILTEME_URL"], key=os.environ["RECOMMENDER"])
    support = Silteme(os.environ["SILTEME_URL"], key=os.environ["SUPPORT"])

    # Links.
    first = service.search("the", limit=5)
    assert first.next is not None
    second = service.search("the", limit=5, cursor=first.next)
    assert [hit.rank for hit in first.results + second.results] == list(range(1, 11))
    kazakh = service.search("қар барысы", language="kk", cross_language=False).results
    assert kazakh and all(hit.language == "kk" for hit in kazakh)
    liked = service.link_of("http://orbit.test/notes/swallow-cubesat")
    assert liked is not None and service.link(liked.id) == liked
    assert service.link("0" * 32) is None
    assert all(hit.id != liked.id for hit in service.similar(liked.id, limit=3))

    # A copy of one's own: all of it, then only what is new, which is nothing.
    copy: dict[str, Upsert] = {}
    cursor = ""
    for stretch, cursor in service.changes(limit=20):
        for change in stretch:
            if isinstance(change, Deletion):
                copy.pop(change.id, None)
            else:
                copy[change.id] = change
    assert copy[liked.id].title == liked.title and len(copy) > 80
    assert list(service.changes(cursor)) == [([], cursor)]

    # Recommendations, and what the reader did with them.
    question = Question(likes=[liked.url], languages=["en"], seen=[liked.url], limit=5, seed=7)
    answer = service.recommend(question)
    assert answer.results and all(one.reason.code and one.url != liked.url for one in answer.results)
    assert [one.id for one in service.recommend(question).results] == [one.id for one in answer.results]
    batch = service.recommend_all([question, Question("trending", limit=2), Question("related", link=liked.url)])
    assert [one.results[0].rank for one in batch] == [1, 1, 1]
    cursor = service.recommend(Question("new", limit=3)).next or ""
    assert service.recommend(Question("new", cursor=cursor, limit=3)).results == []
    events = [
        Event(str(uuid.uuid4()), "impression", links=[one.id for one in answer.results],
              recommendation_id=answer.recommendation_id),
        Event(str(uuid.uuid4()), "click", answer.results[0].id, recommendation_id=answer.recommendation_id,
              at=instant()),
    ]
    assert (service.record(events), service.record(events)) == (2, 0)

    # A person agrees, reads, asks what is stored, and goes.
    person = f"reader-{uuid.uuid4()}"
    refused(404, lambda: service.record(events, person=person))
    made = service.add_person(
        service.policy(), "kk", ["service", "personalisation"], id=person, attributes={"email": f"{person}@example.kz"}
    )
    assert made == person and service.consent(person).status == "current"
    assert service.record([Event("1", "like", liked.url)], person=person) == 1
    own = service.recommend(Question(person=person, languages=["en"], limit=3)).results
    assert own and all(one.url != liked.url and one.reason.code for one in own)
    assert support.find(email=f"{person}@example.kz") == person
    assert support.correct(person, {"name": "Айгүл"}, case="1")["name"] == "Айгүл"
    assert support.person(person).attributes["name"] == "Айгүл"
    assert liked.url in str(support.export(person, case="2"))
    support.restrict(person)
    refused(403, lambda: service.record([Event("2", "like", liked.url)], person=person))
    support.lift(person)
    assert service.withdraw(person, ["personalisation"]).receipt
    assert service.consent(person).purposes == ["service"]
    assert service.agree(person, service.policy(), "kk", ["service"]).status == "current"
    assert support.erase(person, case="3").receipt
    assert support.find(id=person) is None and support.tickets(open=True) == []

    # A reader with an account sees what is their own.
    email, secret = f"{uuid.uuid4()}@example.kz", "a long enough secret"
    anyone = Silteme(service.url)
    anyone.register(email, secret, anyone.policy(), "ru", ["service", "personalisation"])
    reader = anyone.log_in(email, secret)
    assert reader.record([Event("1", "like", liked.url)], person="me") == 1
    assert reader.recommend(Question(person="me", languages=["en"], limit=3)).results
    assert reader.correct("me", {"name": "Dana"}) == {"email": email, "name": "Dana"}
    assert reader.person("me").consent.status == "current" and liked.url in str(reader.export("me"))
    refused(403, lambda: reader.person(person))
    reader.log_out()
    refused(401, lambda: reader.person("me"))
    assert anyone.log_in(email, secret).erase("me").receipt

    # What is refused says so.
    refused(400, lambda: service.search("x", limit=0))
    refused(403, lambda: service.tickets())
    refused(401, lambda: Silteme(service.url, key="slk_wrong").search("x"))
    print("the client did all it can")


def refused(status: int, ask: object) -> None:
    """What must be refused, is."""
    assert callable(ask)
    try:
        ask()
    except Problem as problem:
        assert problem.status == status and problem.detail and problem.request_id, problem
        return
    raise AssertionError(f"not refused with {status}")


if __name__ == "__main__":
    main()
