"""A run for programs."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from patterns.tests.factories import change_pattern, make_pattern
from patterns.views.lab import runs

pytestmark = pytest.mark.django_db
SLUG = "circuit-breaker-pattern"
DATA = f"/patterns/{SLUG}/lab.json"


@pytest.fixture(autouse=True)
def breaker(db):
    return make_pattern("10", name="Circuit Breaker Pattern")


def test_it_works(client: Client):
    response = client.get(DATA)

    found = response.json()
    assert response["Content-Type"] == "application/json"
    assert (found["experiment"], found["seed"], found["parameters"]["workers"]) == (SLUG, 0, 20)
    assert [*found["sides"]] == ["without", "with", "bulkhead"]
    assert [*found["sides"]["with"]] == ["figures", "failures", "series", "story"]


def test_it_is_byte_for_byte_what_the_command_prints(client: Client):
    printed = StringIO()
    call_command("run_experiment", SLUG, preset="bulkhead", given=["workers=30"], seed=7, json=True, stdout=printed)

    assert client.get(f"{DATA}?preset=bulkhead&workers=30&seed=7").content.decode() == printed.getvalue()


def test_the_same_run_is_the_same_bytes_computed_anew_or_not(client: Client):
    first = client.get(f"{DATA}?seed=11").content
    runs._kept._values.clear()

    assert client.get(f"{DATA}?workers=20&seed=11").content == first


def test_a_run_is_computed_once(client: Client):
    client.get(f"{DATA}?seed=12")
    before = len(runs._kept)

    client.get(f"/patterns/{SLUG}/lab/?seed=12")

    assert len(runs._kept) == before


def test_programs_do_not_pay_for_the_verdict_of_a_page(client: Client):
    before = len(runs._own)

    client.get(f"{DATA}?seed=13&workers=31")
    after_data = len(runs._own)
    client.get(f"/patterns/{SLUG}/lab/?seed=13&workers=31")

    assert (after_data, len(runs._own)) == (before, before + 1)


def test_a_copy_that_is_still_good_is_not_sent_again(client: Client):
    response = client.get(DATA, headers={"If-None-Match": client.get(DATA)["ETag"]})

    assert (response.status_code, response.content) == (304, b"")


def test_a_refusal_is_nothing_to_keep(client: Client):
    response = client.get(f"{DATA}?workers=0", headers={"If-None-Match": client.get(DATA)["ETag"]})

    assert (response.status_code, "ETag" in response) == (400, False)


def test_a_retired_entry_names_its_successor(client: Client, breaker):
    make_pattern("11", name="Bulkhead")
    change_pattern(breaker, status="retired", replaced_by="11")

    response = client.get(DATA)

    assert (response.status_code, response["Content-Type"]) == (410, "application/problem+json")
    assert response.json()["successor"]["slug"] == "bulkhead"


def test_what_is_not_there_is_a_problem_too(client: Client):
    response = client.get("/patterns/nothing/lab.json")

    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
