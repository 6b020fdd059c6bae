"""Above a refused form stands what is wrong, each leading to its field, which is focused and read out with it."""

import re
from xml.etree.ElementTree import Element

import pytest
from django.contrib.auth.models import User
from django.test import Client

from patterns.models import Catalog
from patterns.tests.admin.forms import address, client_of, form_in, make_staff, opened, refused, with_row
from patterns.tests.factories import make_category, make_pattern
from patterns.tests.pages.trees import parsed, texts
from patterns.tests.workflow.staff import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(db) -> str:
    steps = [{"sender": "A", "receiver": "B", "message": letter} for letter in "abc"]
    return address("change", make_pattern(status="draft", steps=steps, use_when=["u1"]).pk)


def sent(client: Client, page: str, **values: str) -> Element:
    return parsed(refused(client, page, {**opened(client, page), **values}))


def links(tree: Element) -> dict[str, str]:
    """Anchor → the words of the link and what follows them; without an anchor under what is said."""
    [section] = [one for one in tree.iter("section") if one.get("aria-labelledby") == "faults"]
    found = {}
    for item in section.iter("li"):
        link, words = item.find("a"), " ".join("".join(item.itertext()).split())
        found[link.get("href", "") if link is not None else words] = words
    return found


def focused(tree: Element) -> list[str | None]:
    return [one.get("id") for one in tree.iter() if one.get("autofocus") is not None]


def by_id(tree: Element, name: str) -> Element:
    [found] = [one for one in tree.iter() if one.get("id") == name]
    return found


def test_each_error_is_a_link_to_its_field_in_the_order_of_the_page(desk: Client, page: str):
    bad = {"comment": "c" * 1_001, "steps-2-sender": "a\tb", "steps-0-message": "", "slug": "a_b", "name": ""}

    tree = sent(desk, page, **bad)

    assert [*links(tree)] == ["#id_name", "#id_slug", "#id_steps-0-message", "#id_steps-2-sender", "#id_comment"]
    assert links(tree)["#id_steps-2-sender"].startswith("Steps, row 3: Sender: contains a line break or a tab")
    assert "Please correct 5 errors" in texts(tree, "h2")
    assert {anchor[1:] for anchor in links(tree)} <= {one.get("id") for one in tree.iter()}


def test_the_first_field_that_is_wrong_has_the_focus(desk: Client, page: str):
    assert focused(sent(desk, page, slug="a_b", **{"steps-0-message": ""})) == ["id_slug"]


def test_the_first_may_be_in_a_row(desk: Client, page: str):
    assert focused(sent(desk, page, **{"steps-1-message": "", "comment": "c" * 1_001})) == ["id_steps-1-message"]


def test_the_script_of_new_entries_leaves_the_focus_alone(desk: Client):
    add = address("add")

    assert "admin/js/change_form.js" in desk.get(add).content.decode()
    refused_page = refused(desk, add, opened(desk, add)).content.decode()
    assert "admin/js/change_form.js" not in refused_page
    assert refused_page.count("autofocus") == 1


def test_what_concerns_no_field_focuses_the_list(page: str):
    page = address("change", make_pattern("05", status="review").pk)
    publisher = client_of(person("publisher"))
    form = {**opened(publisher, page), "description": "Better.", "_publish": "Publish"}

    tree = parsed(refused(publisher, page, form))

    assert focused(tree) == ["faults"]
    [said] = links(tree)
    assert "publishing and editing are two steps" in said


@pytest.mark.parametrize(
    ("name", "value", "described_by"),
    [
        ("steps-0-sender", "", "id_steps-0-sender_error"),
        ("steps-0-message", "a\tb", "steps-message-help id_steps-0-message_error"),
        ("slug", "a_b", "id_slug_helptext id_slug_error"),
        ("comment", "c" * 1_001, "id_comment_error"),
    ],
)
def test_a_field_is_read_out_with_what_is_wrong_in_it(
    desk: Client, page: str, name: str, value: str, described_by: str
):
    tree = sent(desk, page, **{name: value})

    field = by_id(tree, f"id_{name}")
    described = (field.get("aria-describedby") or "").split()
    assert field.get("aria-invalid") == "true"
    assert {*described_by.split()} <= {*described}
    assert {*described} <= {one.get("id") for one in tree.iter()}


def test_what_is_right_is_not_marked(desk: Client, page: str):
    tree = sent(desk, page, slug="a_b")

    assert [one.get("id") for one in tree.iter() if one.get("aria-invalid")] == ["id_slug"]
    assert "error" not in (by_id(tree, "id_steps-0-message").get("aria-describedby") or "")


def test_a_row_is_named_by_the_number_that_was_typed(desk: Client, page: str):
    tree = sent(desk, page, **{"steps-2-place": "1", "steps-2-message": ""})

    assert links(tree)["#id_steps-2-message"].startswith("Steps, row 1: Message: ")


def test_more_rows_than_there_may_be_are_told_in_front_of_the_list(desk: Client, page: str):
    form = opened(desk, page)
    for number in range(61):
        form = with_row(form, "relations", type="uses", target=f"r{number}")

    tree = parsed(refused(desk, page, form))

    assert links(tree)["#relations-rows"].startswith("Relations: has 61 items")
    assert "has 61 items; at most 60" in "".join(by_id(tree, "relations-group").itertext())


def test_hostile_text_is_text_in_the_list(desk: Client, page: str):
    response = refused(desk, page, {**opened(desk, page), "slug": "<script>alert(1)</script>"})

    assert "<script>alert(1)" not in response.content.decode()


def test_a_form_that_was_not_sent_has_no_such_list(desk: Client, page: str):
    content = desk.get(page).content.decode()

    assert 'id="faults"' not in content
    assert "autofocus" not in content
    assert "Error:" not in content


@pytest.mark.parametrize("model", ["category", "catalog"])
def test_categories_and_the_header_say_it_the_same_way(editor_of_all: User, model: str):
    client, field = client_of(editor_of_all), "title" if model == "catalog" else "name"
    shelf = make_category("Shelf")
    page = address("change", Catalog.objects.get().pk if model == "catalog" else shelf.pk, model=model)

    response = refused(client, page, {**opened(client, page), field: "x" * 5_000, "comment": "Why."})

    assert [*links(parsed(response))] == [f"#id_{field}"]
    assert re.search(r"<title>\s*Error: ", response.content.decode())
    assert form_in(response)["comment"] == "Why."


@pytest.fixture
def editor_of_all(db) -> User:
    return make_staff(
        *(f"{verb}_{model}" for verb in ("view", "change") for model in ("category", "catalog", "pattern"))
    )
