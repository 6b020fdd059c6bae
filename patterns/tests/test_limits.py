"""One address may ask for what is costly only so often, and whoever asks too often takes nothing from anybody."""

import json
from collections.abc import Iterable
from typing import Any

import pytest
from django.test import Client, RequestFactory

from archsite.limits import (
    FINDER,
    LAB,
    LIMITS,
    REMEMBERED,
    SEARCH,
    SUGGESTIONS,
    WAIT_S,
    Allowance,
    Limit,
    Limits,
    limit_of,
)
from archsite.published import PublishedPages
from patterns.tests.factories import make_pattern


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.mark.parametrize(
    ("asked", "limit"),
    [
        ("GET /patterns/ q=saga", SEARCH),
        ("HEAD /patterns/ category=data", SEARCH),
        ("GET /api/v1/patterns q=saga", SEARCH),
        ("GET /find/ symptom=01", FINDER),
        ("GET /decide/ choose=saga", FINDER),
        ("GET /decide.md choose=saga", FINDER),
        ("GET /patterns/saga-pattern/lab/ seed=1", LAB),
        ("GET /patterns/saga-pattern/lab.json seed=1", LAB),
        ("GET /lab/order-system/ with=outbox", LAB),
        ("POST /patterns/saga-pattern/suggest/ ", SUGGESTIONS),
        ("GET /patterns/ ", None),
        ("GET /find/ ", None),
        ("GET /patterns/saga-pattern/ q=x", None),
        ("GET /patterns/saga-pattern/suggest/ sent=1", None),
        ("POST /admin/patterns/pattern/add/ ", None),
        ("GET /healthz q=1", None),
    ],
)
def test_the_address_says_what_a_request_counts_as(asked: str, limit: Limit | None):
    assert limit_of(*asked.split(" ")) is limit


# an allowance


def test_an_address_has_so_many_at_once_and_then_so_many_a_minute(clock: Clock):
    allowance = Allowance(10, timer=clock)

    assert [allowance.take("a") for _ in range(10)] == [0] * 10
    assert allowance.take("a") == pytest.approx(6)
    clock.now += 6
    assert allowance.take("a") == 0
    assert allowance.take("a") == pytest.approx(6)


def test_who_waits_as_long_as_told_is_answered(clock: Clock):
    allowance = Allowance(600, timer=clock)
    while not (wait_s := allowance.take("a")):
        pass

    clock.now += wait_s

    assert allowance.take("a") == 0


def test_after_a_minute_of_rest_it_has_all_again(clock: Clock):
    allowance = Allowance(10, timer=clock)
    for _ in range(30):
        allowance.take("a")

    clock.now += 60

    assert [allowance.take("a") for _ in range(10)] == [0] * 10
    assert allowance.take("a")


def test_nobody_else_is_told_to_wait_and_few_are_remembered(clock: Clock):
    allowance = Allowance(1, timer=clock)
    others = [f"other {number}" for number in range(REMEMBERED + 10)]

    assert {allowance.take(one) for one in others} == {0}
    assert len(allowance._rested_at) == REMEMBERED
    assert allowance.take("me") == 0
    assert allowance.take("me")


# before the application


class Site:
    """An application that says whether a request is marked, and publishes every other page."""

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        if WAIT_S in environ:
            start_response("429 Too Many Requests", [("Cache-Control", "no-store"), ("Content-Length", "0")])
            return ()
        start_response("200 OK", [("Cache-Control", "public"), ("Content-Length", "4")])
        return (b"page",)


def status_of(application: Any, path: str = "/patterns/?q=saga", **environ: Any) -> int:
    found: list[str] = []
    asked = RequestFactory().get(path, HTTP_HOST="localhost", **environ).environ
    b"".join(application(asked, lambda status, *_: found.append(status)))
    return int(found[0][:3])


def test_an_address_that_asks_too_often_is_marked_and_others_are_answered(clock: Clock):
    site = Limits(Site(), timer=clock)

    statuses = [status_of(site, REMOTE_ADDR="2001:db8::1") for _ in range(SEARCH.a_minute + 1)]

    assert statuses == [200] * SEARCH.a_minute + [429]
    assert status_of(site, REMOTE_ADDR="2001:db8::2") == 429  # of the same household
    assert status_of(site, REMOTE_ADDR="2001:db8:1::1") == status_of(site, REMOTE_ADDR="192.0.2.1") == 200
    assert status_of(site, "/find/?q=saga", REMOTE_ADDR="2001:db8::1") == 200


@pytest.mark.parametrize(("trusts", "expected"), [(True, {200}), (False, {200, 429})])
def test_behind_a_proxy_that_is_trusted_each_reader_counts_alone(clock: Clock, settings, trusts: bool, expected: set):
    settings.TRUST_PROXY = trusts
    site = Limits(Site(), timer=clock)

    found = {status_of(site, HTTP_X_FORWARDED_FOR=f"192.0.2.{number % 250}") for number in range(SEARCH.a_minute + 1)}

    assert found == expected


def test_what_is_in_memory_is_answered_to_whoever_asked_too_often(clock: Clock):
    site = PublishedPages(Limits(Site(), timer=clock), state=lambda: "1", normal_query=lambda path, query: query)
    assert status_of(site, "/patterns/?q=first") == 200

    statuses = {status_of(site, f"/patterns/?q={number}") for number in range(SEARCH.a_minute)}

    assert statuses == {200, 429}
    assert status_of(site, "/patterns/?q=first") == 200
    assert status_of(site, "/patterns/?q=new") == 429
    assert status_of(site, "/patterns/") == 200


def test_limits_serve_an_office_behind_one_address():
    assert {one.name: one.a_minute for one in LIMITS} == {"search": 600, "finder": 600, "lab": 300, "suggestions": 60}


# the answer

MARKED = {WAIT_S: 7}


def test_a_reader_is_told_in_words_and_asks_the_database_nothing(client: Client):
    response = client.get("/patterns/?q=saga&sort=name", **MARKED)

    page = response.content.decode()
    assert (response.status_code, response["Retry-After"]) == (429, "7")
    assert "Try again in 7 seconds" in page
    assert 'href="/patterns/?q=saga&amp;sort=name"' in page
    assert "no-store" in response["Cache-Control"]
    assert {"Content-Security-Policy", "X-Content-Type-Options", "Permissions-Policy"} <= response.headers.keys()


@pytest.mark.parametrize("path", ["/api/v1/patterns?q=saga", "/patterns/saga-pattern/lab.json?seed=1"])
def test_a_program_is_told_as_a_problem(client: Client, path: str):
    response = client.get(path, **MARKED)

    problem = json.loads(response.content)
    assert (response.status_code, response["Retry-After"]) == (429, "7")
    assert response["Content-Type"] == "application/problem+json"
    assert (problem["status"], problem["title"]) == (429, "Too Many Requests")
    assert "in 7 seconds" in problem["detail"]
    assert "no-store" in response["Cache-Control"]


def test_a_suggestion_that_came_too_early_is_given_back(client: Client):
    response = client.post("/patterns/saga/suggest/", {"words": "It <never> waits.", "part": "problem"}, **MARKED)

    page = response.content.decode()
    assert response.status_code == 429
    assert "Nothing was sent" in page
    assert '<input type="hidden" name="words" value="It &lt;never&gt; waits.">' in page


@pytest.mark.django_db
def test_the_description_of_the_api_has_it_where_it_can_happen(client: Client):
    paths = json.loads(client.get("/api/v1/openapi.json").content)["paths"]

    having = {path for path, operations in paths.items() if "429" in operations["get"]["responses"]}
    assert having == {"/api/v1/patterns"}
    assert "Retry-After" in paths["/api/v1/patterns"]["get"]["responses"]["429"]["headers"]


@pytest.mark.django_db
def test_who_was_not_too_often_is_answered(client: Client):
    make_pattern("01")

    assert client.get("/patterns/?q=pattern").status_code == 200
