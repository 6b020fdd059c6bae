"""What the form refuses: the message stands at the field, the typed text is kept, and nothing is written."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from patterns.tests.admin.forms import (
    EVERYTHING,
    Form,
    address,
    client_of,
    errors_of,
    form_in,
    make_staff,
    opened,
    refused,
    with_row,
)
from patterns.tests.conftest import SharedRows
from patterns.tests.factories import change_pattern, make_pattern, make_rich_pattern
from patterns.tests.pages.trees import parsed

pytestmark = pytest.mark.django_db

TYPED = "A text that took an hour to write."


@pytest.fixture(scope="module")
def editor(shared_rows: SharedRows) -> User:
    with shared_rows():
        return make_staff(*EVERYTHING)


@pytest.fixture(scope="module")
def page(shared_rows: SharedRows) -> str:
    """The address of the form of entry 01, a draft; there are 02, École, and 03, which had another slug."""
    with shared_rows():
        path = address("change", make_rich_pattern(status="draft").pk)
        make_pattern("02", name="École", slug="ecole")
        change_pattern(make_pattern("03", slug="old-slug"), slug="new-slug")
        return path


@pytest.fixture(scope="module")
def form(shared_rows: SharedRows, editor: User, page: str) -> Form:
    """The form as the page shows it."""
    with shared_rows():
        return opened(client_of(editor), page)


@pytest.fixture(scope="module")
def empty_form(shared_rows: SharedRows, editor: User, page: str) -> Form:
    """The form of a new entry."""
    with shared_rows():
        return opened(client_of(editor), address("add"))


@pytest.mark.parametrize(
    ("values", "field", "said"),
    [
        ({"slug": "Not A Slug"}, "slug", "slug"),
        ({"slug": "with_underscore"}, "slug", "try 'with-underscore'"),
        ({"slug": "Capital"}, "slug", "try 'capital'"),
        ({"slug": "ecole"}, "slug", "is the slug of [02] École"),
        ({"slug": "old-slug"}, "slug", "former address of [03]"),
        ({"slug": ""}, "slug", "required"),
        ({"name": "PATTERN 03"}, "name", "[03]"),
        ({"name": "éCOLE"}, "name", "[02]"),
        ({"name": "E\u0301cole"}, "name", "[02]"),
        ({"name": "Pattern\u00a003"}, "name", "[03]"),
        ({"name": "Pattern  03"}, "name", "[03]"),
        ({"name": "Ｐａｔｔｅｒｎ ０３"}, "name", "[03]"),  # noqa: RUF001
        ({"name": "Pattern\u200b 03"}, "name", "U+200B (ZERO WIDTH SPACE) at character 8; remove it"),
        ({"name": "Pat\u00adtern 03"}, "name", "U+00AD (SOFT HYPHEN)"),
        ({"name": "Pattern 03\u200f"}, "name", "U+200F (RIGHT-TO-LEFT MARK)"),
        ({"name": "\u202ePattern 03"}, "name", "U+202E (RIGHT-TO-LEFT OVERRIDE)"),
        ({"slug": "pat\u200btern"}, "slug", "slug"),
        ({"name": "   "}, "name", "required"),
        ({"name": "\u2003\u00a0"}, "name", "required"),
        ({"name": "n" * 121}, "name", "120"),
        ({"name": "bell\x07"}, "name", "U+0007"),
        ({"name": "nul\x00"}, "name", "ull characters"),
        ({"description": " \r\n "}, "description", "required"),
        ({"description": "d" * 1_001}, "description", "1000"),
        ({"description": "escape\x1b[0m"}, "description", "U+001B"),
        ({"problem": "p" * 20_001}, "problem", "20000"),
        ({"solution": "s\x85t"}, "solution", "U+0085"),
        ({"aliases": "a" * 121}, "aliases", "120"),
        ({"aliases": "Same\r\nsame"}, "aliases", "twice"),
        ({"aliases": "\r\n".join(map(str, range(61)))}, "aliases", "60"),
        ({"aliases": "One\r\nT\u2060wo"}, "aliases", "U+2060 (WORD JOINER)"),
        ({"aliases": "Same\r\nＳａｍｅ"}, "aliases", "twice"),  # noqa: RUF001
        ({"category": ""}, "category", "required"),
        ({"category": "999999"}, "category", "valid choice"),
        ({"category": "one"}, "category", "valid choice"),
        ({"kind": "building"}, "kind", "valid choice"),
        ({"replaced_by": "77"}, "replaced_by", "no entry '77'"),
        ({"replaced_by": "01"}, "replaced_by", "itself"),
        ({"replaced_by": "not a code"}, "replaced_by", "not a code"),
        ({"origin_who": "", "origin_year": "1987"}, "origin_who", "blank"),
        ({"origin_year": "1899"}, "origin_year", "1900"),
        ({"origin_year": "9" * 30}, "origin_year", "less than or equal"),
        ({"origin_year": "never"}, "origin_year", "whole number"),
        ({"origin_url": "javascript:alert(1)"}, "origin_url", "web address"),
        ({"origin_url": "ftp://example.org/"}, "origin_url", "web address"),
        ({"comment": "c" * 1_001}, "comment", "1000"),
    ],
)
def test_a_bad_value_is_refused_at_its_field(desk: Client, page: str, form: Form, values: dict, field: str, said: str):
    response = refused(desk, page, {**form, "solution": TYPED, **values})

    assert [*errors_of(response)] == [field]
    assert said in str(errors_of(response)[field])
    assert TYPED in response.content.decode() or field == "solution"


@pytest.mark.parametrize(
    ("part", "values", "column", "said"),
    [
        ("relations", {"type": "uses", "target": "77"}, "target", "there is no entry '77'"),
        ("relations", {"type": "uses", "target": "01"}, "target", "itself"),
        ("relations", {"type": "uses", "target": "no code!"}, "target", "'no code!' is not a code"),
        ("steps", {"sender": "a\tb", "receiver": "c", "message": "d"}, "sender", "contains a line break or a tab"),
        ("references", {"title": "x\x08"}, "title", "contains the control character U+0008"),
        ("references", {"title": "x", "url": "ftp://example.org/"}, "url", "web address"),
        ("known_as", {"catalog": "CLOUD catalogue", "name": "compensator"}, "__all__", "there twice"),
        ("applicability", {"verdict": "use", "text": "Steps span several databases"}, "text", "there twice"),
        (
            "consequences",
            {"quality": "security", "sign": "gain", "text": "x", "evidence": "a\r\nA"},
            "evidence",
            "line 2: ",
        ),
    ],
)
def test_a_bad_row_is_refused_at_its_field(
    desk: Client, page: str, form: Form, part: str, values: dict, column: str, said: str
):
    row = form[f"{part}-TOTAL_FORMS"]

    response = refused(desk, page, {**with_row(form, part, **values), "solution": TYPED})

    errors = errors_of(response)
    assert [*errors] == [f"{part}-{row}-{column}"]
    assert said in str(errors[f"{part}-{row}-{column}"])
    assert TYPED in response.content.decode()
    assert {*values.values()} - {one.strip() for one in form_in(response).values()} == set()


def test_a_row_that_lacks_a_field_is_refused_there(desk: Client, page: str, form: Form):
    response = refused(desk, page, with_row(form, "steps", sender="a", receiver="b"))

    assert errors_of(response) == {"steps-3-message": ["This field is required."]}


def test_more_rows_than_a_list_may_have_are_refused(desk: Client, page: str, form: Form):
    for number in range(61):
        form = with_row(form, "relations", type="uses", target=f"r{number}")

    assert "60" in str(errors_of(refused(desk, page, form)))


def test_a_symmetric_relation_is_stated_from_one_side_only(desk: Client, page: str):
    make_pattern("04", relations=[{"type": "complements", "target": "01"}])
    form = with_row(opened(desk, page), "relations", type="complements", target="04")

    response = refused(desk, page, form)

    [row] = parsed(response).iterfind(".//tr[@class='row-form-errors']")
    assert "[04] already states 'complements' with this entry" in "".join(row.itertext())


def test_all_that_is_wrong_is_said_at_once(desk: Client, page: str, form: Form):
    bad = {"slug": "a_b", "name": "bell\x07", "origin_url": "ftp://example.org/"}

    assert {*errors_of(refused(desk, page, {**form, **bad}))} == {"slug", "name", "origin_url"}


def test_what_the_document_refuses_is_said_beside_what_the_form_does(desk: Client, page: str, form: Form):
    bad = with_row({**form, "name": "", "slug": "a_b", "aliases": "One\r\none"}, "steps", sender="a", receiver="b")

    response = refused(desk, page, bad)

    assert errors_of(response) == {
        "name": ["This field is required."],
        "slug": ["'a_b' is not a slug; try 'a-b'"],
        "aliases": ["line 2: 'one' is there twice; keep one of the two"],
        "steps-3-message": ["This field is required."],
    }


def test_four_bad_relations_are_told_in_one_round(desk: Client, page: str, form: Form):
    bad = [{"type": "uses", "target": "77"}, {"type": "uses", "target": "no code!"}, {"type": "uses", "target": "01"}]
    for values in (*bad, {"type": "", "target": "02"}, {"type": "uses", "target": "78"}):
        form = with_row(form, "relations", **values)
    first = int(form["relations-TOTAL_FORMS"]) - 5

    errors = errors_of(refused(desk, page, form))

    assert [name.removeprefix("relations-") for name in errors] == [
        *(f"{first + row}-target" for row in range(3)),
        f"{first + 3}-type",
        f"{first + 4}-target",
    ]
    assert "there is no entry '77'" in errors[f"relations-{first}-target"][0]
    assert "there is no entry '78'" in errors[f"relations-{first + 4}-target"][0]


def test_in_a_new_entry_too_all_is_told_in_one_round(desk: Client, empty_form: Form):
    form = with_row({**empty_form, "slug": "ecole"}, "relations", type="uses", target="77")

    errors = errors_of(refused(desk, address("add"), form))

    assert {"name", "description", "category", "slug", "relations-1-target"} == {*errors}
    assert "is the slug of [02] École" in errors["slug"][0]


@pytest.mark.parametrize(
    ("moves", "row"),
    [
        ({}, 2),
        ({"steps-2-place": "1"}, 2),
        ({"steps-0-DELETE": "on"}, 2),
        ({"steps-0-DELETE": "on", "steps-2-place": "1", "steps-1-place": "3"}, 2),
    ],
)
def test_a_row_that_was_moved_among_deleted_ones_is_refused_where_it_stands(desk: Client, moves: Form, row: int):
    steps = [{"sender": "A", "receiver": "B", "message": letter} for letter in "abc"]
    page = address("change", make_pattern("05", steps=steps).pk)

    response = refused(desk, page, {**opened(desk, page), **moves, f"steps-{row}-sender": "a\tb"})

    assert [*errors_of(response)] == [f"steps-{row}-sender"]


def test_a_reason_to_avoid_is_refused_in_its_own_row(desk: Client):
    page = address("change", make_pattern("05", use_when=["u1", "u2"], avoid_when=["a1", "a2"]).pk)

    response = refused(desk, page, {**opened(desk, page), "applicability-0-place": "4", "applicability-3-text": "A1"})

    assert [*errors_of(response)] == ["applicability-3-text"]


@pytest.mark.parametrize("code", ["02", "has space", "seventeen-letters", "ünicode"])
def test_a_new_entry_with_a_bad_or_taken_code_is_refused(desk: Client, form: Form, empty_form: Form, code: str):
    given = {"slug": "new", "name": "New", "description": "New.", "category": form["category"]}

    response = refused(desk, address("add"), {**empty_form, **given, "code": code})

    assert [*errors_of(response)] == ["code"]


def test_a_refused_form_that_was_mended_is_saved(desk: Client, page: str, form: Form):
    refused_form = form_in(refused(desk, page, {**form, "slug": "a_b"}))

    assert desk.post(page, {**refused_form, "slug": "a-b"}).status_code == 302


def test_angle_brackets_come_back_as_text(desk: Client, page: str, form: Form):
    response = refused(desk, page, {**form, "slug": "<script>alert(1)</script>"})

    assert "<script>alert(1)" not in response.content.decode()
    assert form_in(response)["slug"] == "<script>alert(1)</script>"


def test_a_refused_form_is_still_headed_by_the_entry_that_it_is_of(editor: User, page: str, form: Form):
    client = client_of(editor)

    response = client.post(page, {**form, "name": "école"})

    assert response.status_code == 200
    assert response.context["original"].name != "école"
    assert form_in(response)["name"] == "école"
