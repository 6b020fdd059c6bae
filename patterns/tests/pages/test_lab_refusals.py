"""What the lab does not compute: values that cannot be, runs that are too long, and more than it has time for."""

from collections.abc import Iterator
from threading import Event, Thread
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from django.test import Client

from patterns.lab import simulation
from patterns.lab.experiments import BY_SLUG
from patterns.lab.golden import stored_verdict
from patterns.tests.factories import make_pattern
from patterns.tests.pages.trees import as_read, parsed, text, texts
from patterns.views.lab import runs
from patterns.views.lab.request import MESSAGE_LIMIT
from patterns.views.lab.runs import Turns

pytestmark = pytest.mark.django_db
SLUG = "circuit-breaker-pattern"
BREAKER = BY_SLUG["circuit-breaker-pattern"]
ADDRESS, DATA = f"/patterns/{SLUG}/lab/", f"/patterns/{SLUG}/lab.json"
WORKERS = "give a whole number from 2 to 60"
REFUSED = [
    *[("workers", value, WORKERS) for value in ("61", "1", "-5", "nan", "1e309", "2.5", "", "0x10", "٣", "20 ")],
    *[("workers", value, WORKERS) for value in ("%00", "%F0%9F%98%80", "%ff", "9" * 10_000, "a" * 10_000, "<b>")],
    ("timeout_ms", "150", "give a whole number from 100 to 5000, in steps of 100"),
    ("scope", "two", "give one of: one, shard"),
    ("seed", "10000", "give a whole number from 0 to 9999"),
    ("seed", "-1", "give a whole number from 0 to 9999"),
]
NAMELESS = ["wrkrs=3", "=", "%00=1", "workers[]=3", "x" * 10_000 + "=1", "%F0%9F%98%80=1", "preset=nothing"]


@pytest.fixture(autouse=True)
def _breaker(db) -> None:
    make_pattern("10", name="Circuit Breaker Pattern")


@pytest.fixture
def busy() -> Iterator[None]:
    """Somebody else's run is being computed all the time, and nobody waits long."""
    computing, leaving = Event(), Event()

    def compute() -> None:
        with runs._turns.turn():
            computing.set()
            leaving.wait(30)

    other = Thread(target=compute)
    other.start()
    computing.wait(30)
    yield
    leaving.set()
    other.join()


def refused(client: Client, query: str) -> Element:
    """The page that refuses; nothing was computed for it."""
    before = kept_count()
    response = client.get(f"{ADDRESS}?{query}")
    assert (response.status_code, kept_count()) == (400, before)
    return parsed(response)


def kept_count() -> int:
    return len(runs._kept) + len(runs._presets)


def field(page: Element, name: str) -> Element:
    [found] = page.findall(f".//details[@class='lab-settings']//*[@name='{name}']")
    return found


def messages(page: Element, name: str) -> str:
    """What stands at a field, found as a screen reader finds it."""
    ids = field(page, name).attrib["aria-describedby"].split()
    told = (one for one in page.iter() if one.get("id") in ids and one.get("class") == "lab-message")
    return " ".join("".join(one.itertext()) for one in told)


@pytest.mark.parametrize(("name", "value", "message"), REFUSED)
def test_a_value_that_cannot_be_is_refused_at_its_field(client: Client, name: str, value: str, message: str):
    page = refused(client, f"{name}={value}")

    assert message in messages(page, name)
    assert field(page, name).get("aria-invalid") == "true"
    assert "Nothing was computed" in texts(page, "h2")


@pytest.mark.parametrize("query", NAMELESS)
def test_a_name_that_nothing_has_is_refused_above_the_form(client: Client, query: str):
    alert = refused(client, query).find(".//*[@role='alert']")

    assert "1 thing that cannot be" in "".join(alert.itertext())
    assert "“" in "".join(alert.itertext())


@pytest.mark.parametrize(("query", "name"), [("workers=3&workers=4", "workers"), ("seed=1&seed=2", "seed")])
def test_what_is_given_twice_is_refused(client: Client, query: str, name: str):
    assert "is given 2 times; give it once" in messages(refused(client, query), name)


def test_everything_that_cannot_be_is_said_at_once(client: Client):
    page = refused(client, "workers=0&calls=x&seed=-1&foo=1&preset=bar")

    assert all(messages(page, name) for name in ("workers", "calls", "seed"))
    assert "5 things that cannot be" in text(page)
    assert "“foo”" in text(page)
    assert "“bar”" in text(page)


def test_the_rest_of_the_form_is_as_it_was_given(client: Client):
    page = refused(client, "preset=long-timeout&workers=999&calls=33&seed=12&scope=shard")

    held = {name: field(page, name).get("value") for name in ("workers", "calls", "seed", "timeout_ms", "preset")}
    assert held == {"workers": "999", "calls": "33", "seed": "12", "timeout_ms": "5000", "preset": "long-timeout"}
    assert field(page, "scope").find("option[@selected]").get("value") == "shard"
    assert page.find(".//details[@class='lab-settings']").get("open") is not None


def test_what_is_no_number_is_shown_in_a_field_that_can_show_it(client: Client):
    page = refused(client, "workers=many")

    assert (field(page, "workers").get("type"), field(page, "workers").get("value")) == ("text", "many")
    assert field(page, "calls").get("type") == "number"


@pytest.mark.parametrize(("name", "value", "message"), REFUSED)
def test_programs_are_told_which_value_cannot_be(client: Client, name: str, value: str, message: str):
    response = client.get(f"{DATA}?{name}={value}")

    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    [error] = response.json()["errors"]
    assert error["parameter"] == name
    assert message in error["detail"]


@pytest.mark.parametrize("query", ["?" + "a=1&" * 20_000, *(f"?{name}" for name in NAMELESS)])
def test_hostile_addresses_are_refused(client: Client, query: str):
    assert client.get(f"{ADDRESS}{query}").status_code == 400
    assert client.get(f"{DATA}{query}")["Content-Type"] == "application/problem+json"


def test_no_message_repeats_all_of_a_long_value(client: Client):
    assert len(client.get(f"{ADDRESS}?workers={'9' * 10_000}").content) < len(client.get(ADDRESS).content)


def test_no_answer_names_all_of_a_thousand_problems(client: Client):
    query = "&".join(f"p{number}=1" for number in range(1_000))

    page, data = refused(client, query), client.get(f"{DATA}?{query}").json()

    assert "1000 things that cannot be" in text(page)
    assert len(page.findall(".//*[@role='alert']/p")) == 1 + MESSAGE_LIMIT
    assert (len(data["errors"]), "first 20 of 1000" in data["detail"]) == (MESSAGE_LIMIT, True)


def test_a_run_that_is_too_long_says_what_to_do(client: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(simulation, "EVENT_LIMIT", 100)

    page, data = client.get(f"{ADDRESS}?seed=4001"), client.get(f"{DATA}?seed=4001")

    assert (page.status_code, data.status_code) == (400, 400)
    assert "choose a lower rate" in text(parsed(page))
    assert "choose a lower rate" in data.json()["detail"]


def test_a_run_that_was_too_long_is_not_begun_again(client: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(simulation, "EVENT_LIMIT", 100)
    assert client.get(f"{ADDRESS}?seed=4002").status_code == 400
    monkeypatch.undo()

    assert client.get(f"{ADDRESS}?seed=4002").status_code == 400


@pytest.mark.usefixtures("busy")
def test_who_comes_when_too_many_wait_is_asked_to_come_again(client: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(runs._turns, "_patience_s", 0.01)

    page, data = client.get(f"{ADDRESS}?seed=4003&workers=30"), client.get(f"{DATA}?seed=4003")

    for response in (page, data):
        assert (response.status_code, response["Retry-After"], response["Cache-Control"]) == (503, "5", "no-store")
    assert "others are waiting" in text(parsed(page))
    assert field(parsed(page), "workers").get("value") == "30"
    assert data.json()["status"] == 503


@pytest.mark.usefixtures("busy")
def test_the_verdict_of_a_situation_is_there_however_busy_it_is(client: Client, caplog, monkeypatch):
    monkeypatch.setattr(runs._turns, "_patience_s", 0.01)

    response = client.get(f"{ADDRESS}?seed=4007")

    assert response.status_code == 503
    assert as_read(stored_verdict(BREAKER, BREAKER.default).sentence) in text(parsed(response))
    assert not caplog.records


@pytest.mark.usefixtures("busy")
def test_however_many_seeds_are_asked_for_in_vain_the_stored_figures_are_kept_once(client: Client, monkeypatch):
    monkeypatch.setattr(runs._turns, "_patience_s", 0.01)
    runs.stored_figures_part.cache_clear()

    for seed in (4011, 4012, 4013):
        assert "Figures of all sides" in client.get(f"{ADDRESS}?seed={seed}").content.decode()

    assert runs.stored_figures_part.cache_info().currsize == 1


def test_what_was_computed_is_there_however_busy_it_is(client: Client, request: pytest.FixtureRequest):
    first = client.get(f"{ADDRESS}?seed=4004").content
    request.getfixturevalue("busy")

    assert client.get(f"{ADDRESS}?seed=4004").content == first


def test_a_situation_is_there_whatever_a_crowd_asked_for(client: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(runs, "_kept", runs.RecentlyUsed(most=1))
    first = client.get(f"{DATA}?preset=bulkhead").content
    crowd = [client.get(f"{DATA}?seed={seed}").status_code for seed in (4005, 4006)]
    monkeypatch.setattr(runs, "_turns", Turns(waiting=0))

    with runs._turns.turn():
        assert client.get(f"{DATA}?preset=bulkhead").content == first
        assert (crowd, client.get(f"{DATA}?seed=4005").status_code) == ([200, 200], 503)


def test_nobody_waits_where_all_places_are_taken():
    one_at_a_time = Turns(waiting=0, patience_s=30)

    with one_at_a_time.turn(), pytest.raises(runs.Busy), one_at_a_time.turn():
        pass


def test_a_turn_ends_whatever_happens_in_it():
    one_at_a_time = Turns(waiting=0, rest=0)
    with pytest.raises(ZeroDivisionError), one_at_a_time.turn():
        raise ZeroDivisionError

    with one_at_a_time.turn():
        pass


def test_who_waits_gets_the_next_turn():
    one_at_a_time, order = Turns(waiting=1, patience_s=30), []
    with one_at_a_time.turn():
        other = Thread(target=lambda: take(one_at_a_time, order))
        other.start()
        order.append("first")
    other.join()

    assert order == ["first", "second"]


def take(one_at_a_time: Turns, order: list[str]) -> None:
    with one_at_a_time.turn():
        order.append("second")


def test_a_process_rests_as_long_as_it_computed():
    resting = Turns(rest=1.0)
    began = runs.monotonic()
    with resting.turn():
        runs.sleep(0.05)

    with resting.turn():
        assert runs.monotonic() - began >= 0.1


def test_what_is_kept_is_bounded_and_the_least_used_goes_first():
    kept: Any = runs.RecentlyUsed(most=2)
    kept.put("a", 1)
    kept.put("b", 2)
    kept.get("a")
    kept.put("c", 3)

    assert ([kept.get(key) for key in "abc"], len(kept)) == ([1, None, 3], 2)
