"""The form of an entry helps whoever writes: order of rows, counts, codes, names that are alike."""

from xml.etree.ElementTree import Element

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from patterns.admin.findings import similar_entries
from patterns.lint.sections import WORDS
from patterns.models import Pattern
from patterns.store.reading import load_entries
from patterns.tests.admin.clashes import text_of
from patterns.tests.admin.forms import (
    Form,
    address,
    client_of,
    errors_of,
    make_staff,
    messages_of,
    opened,
    refused,
    save,
    with_row,
)
from patterns.tests.admin.test_pattern_add import typed
from patterns.tests.factories import make_pattern, make_patterns, make_rich_pattern
from patterns.tests.pages.trees import parsed, texts
from patterns.tests.workflow.staff import person

pytestmark = pytest.mark.django_db

LETTERS = "abc"


def rows_page(status: str = "draft") -> str:
    steps = [{"sender": "x", "receiver": "y", "message": letter} for letter in LETTERS]
    return address("change", make_pattern(status=status, steps=steps).pk)


def messages_in_order() -> str:
    return "".join(step.message for step in load_entries()["01"].steps)


@pytest.mark.parametrize(
    ("places", "order"),
    [
        (["1", "2", "3"], "abc"),
        (["1", "2", "1"], "cab"),
        (["3", "2", "3"], "bca"),
        (["2", "1", "3"], "bac"),
        (["2", "2", "3"], "bac"),
        (["1", "3", "3"], "acb"),
        (["3", "2", "1"], "cba"),
        (["", "2", "3"], "bca"),
        (["9", "2", "3"], "bca"),
    ],
)
def test_a_row_goes_where_its_number_says(desk: Client, places: list[str], order: str):
    page = rows_page()
    form = opened(desk, page)

    save(desk, page, {**form, **{f"steps-{row}-place": place for row, place in enumerate(places)}})

    assert messages_in_order() == order


@pytest.mark.parametrize(("place", "order"), [("", "abcd"), ("1", "dabc"), ("3", "abdc")])
def test_a_new_row_comes_last_or_where_its_number_says(desk: Client, place: str, order: str):
    page = rows_page()
    form = with_row(opened(desk, page), "steps", sender="x", receiver="y", message="d", place=place)

    save(desk, page, form)

    assert messages_in_order() == order


@pytest.mark.parametrize(
    ("places", "order"),
    [
        ("4 5 6 7 8 1 2 3", "fghabcde"),
        ("1 2 3 5 4 6 7 8", "abcedfgh"),
        ("1 2 3 4 5 3 3 8", "abfgcdeh"),
        ("8 2 3 4 5 6 7 1", "hbcdefga"),
        ("1 2 3 4 5 6 9 9", "abcdefgh"),
        ("9 9 3 4 5 6 7 8", "cdefghab"),
    ],
)
def test_rows_stand_exactly_where_their_numbers_say(desk: Client, places: str, order: str):
    steps = [{"sender": "A", "receiver": "B", "message": letter} for letter in "abcdefgh"]
    page = address("change", make_pattern(steps=steps).pk)
    typed = {f"steps-{row}-place": place for row, place in enumerate(places.split())}

    save(desk, page, {**opened(desk, page), **typed})

    assert messages_in_order() == order


def test_a_row_marked_for_deletion_still_counts_for_the_numbers_of_others(desk: Client):
    steps = [{"sender": "A", "receiver": "B", "message": letter} for letter in "abcde"]
    page = address("change", make_pattern(steps=steps).pk)

    save(desk, page, {**opened(desk, page), "steps-0-DELETE": "on", "steps-4-place": "4"})

    assert messages_in_order() == "bced"


def test_reasons_to_use_and_to_avoid_are_not_mixed(desk: Client):
    page = address("change", make_pattern(use_when=["u1", "u2", "u3"], avoid_when=["a1", "a2", "a3"]).pk)
    form = opened(desk, page)

    assert [form[f"applicability-{row}-text"] for row in range(6)] == ["u1", "u2", "u3", "a1", "a2", "a3"]
    save(desk, page, {**form, "applicability-5-place": "4"})
    assert load_entries()["01"].avoid_when == ("a3", "a1", "a2")


@pytest.mark.parametrize("place", ["0", "-1", "first", "9" * 30])
def test_a_number_that_is_no_place_is_refused_there(desk: Client, place: str):
    page = rows_page()

    response = refused(desk, page, {**opened(desk, page), "steps-1-place": place})

    assert [*errors_of(response)] == ["steps-1-place"]


def test_the_rows_are_numbered_and_the_blank_one_is_not(desk: Client):
    form = opened(desk, rows_page())

    assert [form[f"steps-{row}-place"] for row in range(4)] == ["1", "2", "3", ""]


def test_who_may_only_look_sees_no_numbers(db):
    page = rows_page()

    assert "steps-0-place" not in client_of(make_staff("view_pattern")).get(page).content.decode()


def counter(client: Client, page: str, key: str) -> Element:
    [found] = [one for one in parsed(client.get(page)).iter("span") if one.get("data-counts") == f"id_{key}"]
    return found


@pytest.mark.parametrize("key", WORDS)
def test_words_are_counted_beside_their_field_with_their_range(desk: Client, key: str):
    page = address("change", make_pattern(status="draft", **{key: "two *words* - ..."}).pk)

    found = counter(desk, page, key)

    assert found.text == "2"
    assert (found.get("data-least"), found.get("data-most")) == (str(WORDS[key].least), str(WORDS[key].most))
    assert "outside" in str(found.get("class"))


def test_a_number_in_the_range_is_not_marked(desk: Client):
    page = address("change", make_pattern(status="draft", description="A text of some seven short words.").pk)

    assert counter(desk, page, "description").get("class") == "count"


def test_findings_stand_beside_their_field_and_are_read_out_with_it(desk: Client):
    page = parsed(desk.get(address("change", make_pattern(status="draft", description="TODO it.").pk)))

    [help_text] = [one for one in page.iter("div") if one.get("id") == "id_description_helptext"]
    [field] = [one for one in page.iter("textarea") if one.get("name") == "description"]
    assert "error says 'TODO'; finish it, or leave it out" in texts(help_text, "li")
    assert field.get("aria-describedby") == "id_description_helptext"


def test_whatever_describes_a_field_is_on_the_page(desk: Client):
    page = parsed(desk.get(address("change", make_rich_pattern().pk)))

    ids = {str(one.get("id")) for one in page.iter() if one.get("id")}
    described = {one for field in page.iter() for one in str(field.get("aria-describedby") or "").split()}
    assert "relations-target-help" in described
    assert described <= ids


def test_the_list_of_findings_leads_to_the_fields(desk: Client):
    page = parsed(desk.get(address("change", make_pattern(description="Short.").pk)))

    [section] = [one for one in page.iter("section") if one.get("class") == "findings"]
    targets = {str(one.get("href"))[1:] for one in section.iter("a")}
    assert {"id_description", "id_problem", "applicability-rows", "references-rows"} <= targets
    assert targets <= {one.get("id") for one in page.iter()}


def test_a_new_entry_has_counts_and_no_findings(desk: Client):
    response = desk.get(address("add"))

    assert 'data-counts="id_problem"' in response.content.decode()
    assert 'class="beside"' not in response.content.decode()


@pytest.mark.parametrize(
    ("name", "is_alike"),
    [
        ("Transactional Outbox", True),
        ("transactional outbox pattern", True),
        ("Outbox, transactional", True),
        ("Transactional Outboxes", True),
        ("Transaction Outbox", True),
        ("Inbox", False),
        ("Transactional Messaging", False),
        ("Pattern", False),
        ("", False),
    ],
)
def test_names_are_alike_whatever_their_order_and_ending(name: str, is_alike: bool):
    make_pattern("02", name="Transactional Outbox Pattern")

    assert bool(similar_entries(name, code="01")) == is_alike


def test_a_name_like_another_is_a_warning_and_no_refusal(desk: Client):
    make_pattern("02", name="Saga Pattern")

    response = desk.post(address("add"), typed(desk, name="Sagas"), follow=True)

    assert load_entries()["01"].name == "Sagas"
    assert "Is it the same as [02] Saga Pattern? The names are much alike." in messages_of(response)
    assert "Is it the same as [02] Saga Pattern?" in text_of(
        desk.get(address("change", Pattern.objects.get(code="01").pk))
    )


def test_of_what_readers_know_nobody_asks_any_more(desk: Client):
    make_pattern("02", name="Saga Pattern")

    page = address("change", make_pattern("01", name="Sagas").pk)

    assert "Is it the same" not in text_of(desk.get(page))


def test_an_entry_is_not_like_itself(desk: Client):
    page = address("change", make_pattern(status="draft").pk)

    assert "Is it the same" not in text_of(desk.get(page))


def test_hostile_names_are_text_in_the_warning(desk: Client):
    make_pattern("02", name="<script>alert(1)</script>")

    response = desk.post(address("add"), typed(desk, name="<script>alert(1)</script>s"), follow=True)

    assert "Is it the same as" in text_of(response)
    assert "<script>alert" not in response.content.decode()


@pytest.mark.parametrize(("status", "is_shown"), [("published", True), ("draft", False), ("retired", False)])
def test_only_what_is_public_leads_to_its_page(desk: Client, status: str, is_shown: bool):
    pattern = make_pattern(status=status)

    assert ('href="/patterns/pattern-01/"' in desk.get(address("change", pattern.pk)).content.decode()) == is_shown


def test_why_is_asked_behind_the_rows(desk: Client):
    content = desk.get(rows_page()).content.decode()

    assert content.index('id="steps-group"') < content.index('name="comment"') < content.index('name="_save"')


def test_the_state_is_shown_and_not_typed(desk: Client):
    page = rows_page("review")
    form: Form = {**opened(desk, page), "status": "published", "description": "Better."}

    save(desk, page, form)

    assert "status" not in opened(desk, page)
    assert load_entries()["01"].status == "review"


def test_no_script_or_style_stands_in_the_page(desk: Client):
    page = parsed(desk.get(rows_page()))

    assert not [one for one in page.iter() if one.get("style") or any(name.startswith("on") for name in one.attrib)]
    assert not [
        one for one in page.iter("script") if (one.text or "").strip() and one.get("type") != "application/json"
    ]


@pytest.mark.parametrize("role", ["viewer", "editor", "publisher"])
def test_the_form_costs_the_same_among_ten_and_among_forty(role: str):
    client, page = client_of(person(role)), rows_page("published")
    make_patterns(10, first=10)
    client.get(page)
    with CaptureQueriesContext(connection) as few:
        client.get(page)
    make_patterns(30, first=30)

    with CaptureQueriesContext(connection) as many:
        client.get(page)

    # One of them is for the name that the site has on every page: a name that was kept would be an old one for a while.
    assert len(few) == len(many) <= 44
