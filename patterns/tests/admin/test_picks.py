"""Relations and successors are picked by name, with scripts and without."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from patterns.models import Pattern
from patterns.store.reading import load_entries
from patterns.tests.admin.forms import address, client_of, errors_of, make_staff, opened, refused, save
from patterns.tests.factories import make_pattern, make_patterns
from patterns.tests.pages.trees import parsed
from patterns.tests.workflow.staff import person

pytestmark = pytest.mark.django_db
TARGET = "relations-0-target"


def offered_for(client: Client, typed: str, **only: str) -> list[str]:
    return client.get(address("codes"), {"q": typed, **only}).json()["entries"]


def page_of(**values: object) -> str:
    return address("change", make_pattern("01", status="draft", **values).pk)


def test_lists_say_where_they_are_filled_from(desk: Client):
    found = parsed(desk.get(page_of()))

    inputs = {one.get("name"): one.get("list") for one in found.iter("input") if one.get("list")}
    assert (inputs[TARGET], inputs["replaced_by"]) == ("codes", "successors")
    sources = {one.get("id"): one.get("data-source") for one in found.iter("datalist")}
    assert sources == {"codes": f"{address('codes')}?", "successors": f"{address('codes')}?published=1&"}


@pytest.mark.parametrize("typed", ["02", "0", "<out", "Outbox", "is outbox", "utbo"])
def test_entries_are_offered_by_code_by_words_and_by_a_part_of_their_name(desk: Client, typed: str):
    make_pattern("02", name="<Outbox>")
    make_pattern("03", name="Outbox of old", status="retired")

    assert offered_for(desk, typed) == ["[02] <Outbox>"]


@pytest.mark.parametrize("typed", ["", " ", "zzz", "%", "'--", "x" * 5_000, "\u200b"])
def test_nothing_is_offered_where_nothing_fits(desk: Client, typed: str):
    make_pattern("02", name="Outbox")

    assert offered_for(desk, typed) == []


def test_drafts_are_offered_as_targets_and_not_as_successors(desk: Client):
    make_pattern("02", name="Outbox of old")
    make_pattern("03", name="The Outbox", status="draft")

    assert offered_for(desk, "outbox") == ["[02] Outbox of old", "[03] The Outbox"]
    assert offered_for(desk, "outbox", published="1") == ["[02] Outbox of old"]


def test_only_so_many_are_offered_at_the_same_cost(desk: Client):
    make_patterns(30, status="draft")
    with CaptureQueriesContext(connection) as queries:
        found = offered_for(desk, "attern")

    assert [one[:4] for one in found] == [f"[{number:02}]" for number in range(1, 21)]
    assert len(queries) <= 12


def test_nobody_else_is_offered_codes():
    assert client_of(make_staff("view_change")).get(address("codes"), {"q": "0"}).status_code == 403


def test_the_form_shows_names_beside_codes_and_saves_the_codes(desk: Client):
    make_patterns(3, first=2)
    relations = [{"type": "uses", "target": code} for code in ("02", "03")]
    page = page_of(relations=relations, replaced_by="04")
    form = opened(desk, page)

    shown = [form[name] for name in (TARGET, "relations-1-target", "replaced_by")]
    assert shown == ["[02] Pattern 02", "[03] Pattern 03", "[04] Pattern 04"]
    save(desk, page, {**form, "description": "Another."})
    assert [one.target for one in load_entries()["01"].relations] == ["02", "03"]
    assert load_entries()["01"].replaced_by == "04"


def test_a_form_with_more_relations_asks_no_more_often():
    make_patterns(20, first=2)
    relations = [{"type": "uses", "target": f"{number:02}"} for number in range(2, 22)]
    few, many = (
        address("change", make_pattern(code, status="draft", relations=relations[:count]).pk)
        for code, count in (("50", 2), ("51", 20))
    )
    client, counts = client_of(person("publisher")), []
    client.get(few)
    for page in (few, many):
        with CaptureQueriesContext(connection) as queries:
            client.get(page)
        counts.append(len(queries))

    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    "typed",
    [
        *("02", "[02] Outbox Pattern", "[02] as it was called before", " outbox  PATTERN "),
        *("\uff2futbox Pattern", "transactional outbox"),
    ],
)
def test_a_name_that_is_typed_becomes_the_code(desk: Client, typed: str):
    make_pattern("02", name="Outbox Pattern", aliases=["Transactional Outbox"])
    page = page_of()

    save(desk, page, {**opened(desk, page), "relations-0-type": "uses", TARGET: typed, "replaced_by": typed})

    entry = load_entries()["01"]
    assert (entry.relations[0].target, entry.replaced_by) == ("02", "02")


def test_what_is_a_code_is_a_code_though_another_is_called_so(desk: Client):
    make_pattern("2pc", name="Two-Phase Commit")
    make_pattern("02", name="2PC")
    page = page_of()

    save(desk, page, {**opened(desk, page), "relations-0-type": "uses", TARGET: "2pc"})

    assert load_entries()["01"].relations[0].target == "2pc"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Outbox", "there is no entry 'Outbox'; did you mean [02] Outbox Pattern; [03] Outbox of old?"),
        ("Log", "several entries are called 'Log'; type the code of one: [02] Outbox Pattern; [03] Outbox of old"),
    ],
)
def test_what_nobody_is_called_is_refused_with_what_may_be_meant(desk: Client, typed: str, said: str):
    make_pattern("02", name="Outbox Pattern", aliases=["Log"])
    make_pattern("03", name="Outbox of old", aliases=["log"])
    page = page_of()

    response = refused(desk, page, {**opened(desk, page), "relations-0-type": "uses", TARGET: typed})

    assert errors_of(response) == {TARGET: [said]}
    assert f'value="{typed}"' in response.content.decode()


@pytest.mark.parametrize(("typed", "code"), [("zzz", "zzz"), ("[99] Gone", "99")])
def test_what_is_like_nothing_is_refused_as_a_code_that_leads_nowhere(desk: Client, typed: str, code: str):
    page = page_of()

    response = refused(desk, page, {**opened(desk, page), "relations-0-type": "uses", TARGET: typed})

    assert f"there is no entry {code!r}" in str(errors_of(response))
    assert f'value="{typed}"' in response.content.decode()


def test_all_that_is_wrong_is_said_at_once(desk: Client):
    make_pattern("02", name="Outbox Pattern")
    page = page_of()
    form = {**opened(desk, page), "relations-0-type": "uses", TARGET: "outb", "replaced_by": "outb", "name": ""}

    assert [*errors_of(refused(desk, page, form))] == ["name", "replaced_by", TARGET]


def test_a_hostile_name_is_text_in_the_form_and_in_a_refusal(desk: Client):
    make_pattern("02", name="<script>alert(1)</script>")
    page = page_of(relations=[{"type": "uses", "target": "02"}])
    form = opened(desk, page)

    response = refused(desk, page, {**form, TARGET: "<script>"})

    assert form[TARGET] == "[02] <script>alert(1)</script>"
    assert "<script>alert" not in response.content.decode()


def test_a_successor_that_readers_cannot_see_is_refused_when_they_are_led_there():
    make_pattern("02", name="Outbox", status="draft")
    entry = make_pattern("01")
    desk, page = client_of(person("publisher")), address("change", entry.pk)
    form = {**opened(desk, page), "replaced_by": "Outbox", "comment": "Old.", "_retire": "Retire"}

    [said] = errors_of(refused(desk, page, form))["replaced_by"]

    assert said.startswith("readers cannot see its successor '02': it is a draft")
    assert Pattern.objects.get(code="01").status == "published"
