"""Export at the desk: whole or in part, in four formats, and back in again unchanged."""

import csv
import json
from io import BytesIO, StringIO

import pytest
from django.http import HttpResponse
from django.test import Client
from openpyxl import load_workbook

from patterns.files.formats import WRITABLE
from patterns.files.reader import read_one
from patterns.models import Catalog, Pattern
from patterns.store.exports import export_all
from patterns.tests.admin.forms import address, catalogue_rows, client_of, make_staff, messages_of
from patterns.tests.admin.uploads import imported, present
from patterns.tests.factories import (
    RICH,
    change_pattern,
    entry,
    import_entries,
    make_pattern,
    make_patterns,
    make_rich_pattern,
)
from patterns.tests.workflow.staff import person

pytestmark = pytest.mark.django_db

EXPORT = address("export")
FORMATS = {name: str(place) for place, name in enumerate(WRITABLE)}
AWKWARD = [
    "=1+1",
    "==1",
    "+1",
    "-1",
    "@SUM(A1)",
    "'=1",
    "''=1",
    "'quoted'",
    '"a", "b"',
    "a,b;c",
    "é\n日本",
    "<b>&amp;",
    "='",
    "\uff1d1+1",
    "'\uff1d1+1",
    "\uff0b1",
    "\uff0d1",
    "\uff20SUM(A1)",
    '=HYPERLINK("https://evil.example","x")',
    "=cmd|' /C calc'!A0",
]
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def exported(client: Client, format: str = "toml", query: str = "", **fields: object) -> HttpResponse:
    response = client.post(f"{EXPORT}{query}", {"format": FORMATS[format], "resource": "0", **fields})
    assert response.get("Content-Disposition", "").startswith("attachment"), response.status_code
    return response


def awkward_entries() -> None:
    values = ({"name": f"N{number} {text.split()[0]}", "description": text} for number, text in enumerate(AWKWARD))
    import_entries(
        entry(
            f"{number:02}",
            slug=f"s{number}",
            problem=one["description"],
            aliases=[one["description"].split("\n")[0]],
            **one,
        )
        for number, one in enumerate(values)
    )


def test_the_page_offers_the_four_formats(desk: Client):
    page = desk.get(EXPORT).content.decode()

    assert all(f'<option value="{value}">{word}</option>' in page for word, value in FORMATS.items())


def test_a_whole_export_is_the_canonical_file_with_its_base(desk: Client):
    make_patterns(3)
    make_rich_pattern("09", status="draft")

    response = exported(desk)

    assert response.content.decode() == export_all().toml
    assert f'base = "{Catalog.objects.get().base}"' in response.content.decode()
    assert response["Content-Type"] == "application/toml; charset=utf-8"


@pytest.mark.parametrize(
    ("format", "content_type"),
    [
        ("json", "application/json"),
        ("csv", "text/csv; charset=utf-8"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
)
def test_each_format_says_what_it_is(desk: Client, format: str, content_type: str):
    make_pattern()

    response = exported(desk, format)

    assert response["Content-Type"] == content_type
    assert response["Content-Disposition"].endswith(f'.{format}"')


def test_json_has_the_shape_of_the_toml(desk: Client):
    make_rich_pattern()

    tables = json.loads(exported(desk, "json").content)

    assert [*tables] == ["catalog", "categories", "items", "end"]
    assert tables["catalog"]["base"] == Catalog.objects.get().base
    assert tables["end"] == {"entries": 1}
    assert tables["items"][0]["steps"][0]["message"] == "charge the card"


def test_a_filtered_list_is_a_partial_export(desk: Client):
    make_patterns(3)
    make_pattern("09", status="draft")

    text = exported(desk, query="?status__exact=draft").content.decode()

    file = read_one(text.encode())
    assert ([*file.document.entries], file.partial, file.base) == (["09"], True, "")


def test_a_searched_list_is_a_partial_export(desk: Client):
    make_patterns(3)

    file = read_one(exported(desk, query="?q=Pattern+02").content)

    assert ([*file.document.entries], file.partial) == (["02"], True)


def test_the_selected_rows_are_exported_through_the_action(desk: Client):
    rows = make_patterns(4)
    chosen = [rows[1].pk, rows[3].pk]

    page = desk.post(address("changelist"), {"action": "export_admin_action", "_selected_action": chosen})
    file = read_one(exported(desk, export_items=chosen).content)

    assert page.status_code == 200
    assert [*page.context["form"].initial["export_items"]] == chosen
    assert ([*file.document.entries], file.partial) == (["02", "04"], True)


def test_selecting_every_row_is_a_whole_export(desk: Client):
    rows = make_patterns(2)

    assert exported(desk, export_items=[row.pk for row in rows]).content.decode() == export_all().toml


def test_all_that_a_list_holds_is_exported_by_its_filters_and_not_row_by_row(desk: Client, unfinished: None):
    chosen = {"action": "export_admin_action", "select_across": "1", "_selected_action": ["1"]}

    answer = desk.post(f"{address('changelist')}?status__exact=draft&o=1", chosen)
    page = desk.get(answer["Location"])
    file = read_one(desk.post(answer["Location"], {"format": "0", "resource": "0"}).content)

    assert answer["Location"] == f"{EXPORT}?status__exact=draft&o=1"
    assert "export_items" not in page.content.decode()
    assert ([*file.document.entries], file.partial) == (["02"], True)


@pytest.fixture
def unfinished(db) -> None:
    """One entry of each state."""
    for code, status in (("01", "published"), ("02", "draft"), ("03", "review")):
        make_pattern(code, status=status)
    change_pattern(make_pattern("04"), status="retired")


@pytest.mark.parametrize(("drafts", "count"), [("", 4), ("with", 4), ("without", 2)])
def test_drafts_can_be_left_out(desk: Client, unfinished: None, drafts: str, count: int):
    file = read_one(exported(desk, drafts=drafts).content)

    assert (len(file.document.entries), file.partial) == (count, drafts == "without")


@pytest.mark.parametrize("format", FORMATS)
def test_drafts_are_left_out_of_every_format_and_the_file_comes_back_unchanged(
    desk: Client, unfinished: None, format: str
):
    data = exported(desk, format, drafts="without").content
    before = catalogue_rows()

    response = imported(desk, data, name=f"catalog.{format}")

    assert b"Pattern 02" not in data
    assert "Nothing to do" in messages_of(response)[0]
    assert catalogue_rows()["patterns_change"] == before["patterns_change"]


def test_drafts_are_left_out_of_what_was_selected_too(desk: Client, unfinished: None):
    chosen = [*Pattern.objects.filter(code__in=("01", "02")).values_list("pk", flat=True)]

    file = read_one(exported(desk, export_items=chosen, drafts="without").content)

    assert [*file.document.entries] == ["01"]


def test_leaving_drafts_out_where_there_are_none_is_a_whole_export(desk: Client):
    make_patterns(2)

    assert exported(desk, drafts="without").content.decode() == export_all().toml


@pytest.mark.parametrize("role", ["viewer", "editor", "publisher", "superuser"])
def test_who_may_read_the_desk_may_export(role: str):
    make_pattern(status="draft")

    response = exported(client_of(person(role)))

    assert b"Pattern 01" in response.content


def test_visitors_export_nothing(client: Client):
    make_pattern()

    response = client.post(EXPORT, {"format": "0", "resource": "0"})

    assert (response.status_code, response.url.split("?")[0]) == (302, "/admin/login/")


def test_who_was_not_given_the_permission_exports_nothing(db):
    make_pattern()

    response = client_of(make_staff("view_pattern")).post(EXPORT, {"format": "0", "resource": "0"})

    assert response.status_code == 403


def test_an_empty_catalogue_exports_its_header(desk: Client):
    assert exported(desk).content.decode() == export_all().toml


@pytest.mark.parametrize("query", ["?kind__exact=style", "?q=nothing"])
def test_an_empty_part_exports_no_entries(desk: Client, query: str):
    make_patterns(2)

    file = read_one(exported(desk, query=query).content)

    assert (file.document.entries, file.partial) == ({}, True)


@pytest.mark.parametrize("format", FORMATS)
def test_an_export_writes_nothing(desk: Client, format: str):
    make_rich_pattern()
    before = catalogue_rows()

    exported(desk, format)

    assert catalogue_rows() == before


@pytest.mark.parametrize("format", FORMATS)
def test_an_export_that_comes_back_changes_nothing(desk: Client, format: str):
    awkward_entries()
    import_entries([entry("90", slug="rich", name="Rich", **RICH)])
    before, version = present(), Catalog.objects.get().version

    response = imported(desk, exported(desk, format).content, name=f"catalog.{format}")

    assert "Nothing to do" in messages_of(response)[0]
    assert (present(), Catalog.objects.get().version) == (before, version)


@pytest.mark.parametrize("format", ["toml", "json", "csv"])
def test_an_export_carries_everything_into_an_empty_catalogue(desk: Client, format: str):
    awkward_entries()
    make_rich_pattern("90", slug="rich", name="Rich")
    before, data = present(), exported(desk, format).content
    Pattern.objects.all().delete()

    imported(desk, data.replace(Catalog.objects.get().id.encode(), b"elsewhere"), name=f"catalog.{format}")

    assert present() == before


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_a_whole_sheet_has_its_base_and_its_end(desk: Client, format: str):
    make_patterns(2)

    file = read_one(exported(desk, format).content, format=format)

    assert (file.base, file.partial) == (Catalog.objects.get().base, False)
    assert file.sheet_codes == {*file.document.entries} == {"01", "02"}


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_a_sheet_of_a_part_says_that_it_is_one(desk: Client, format: str):
    make_patterns(3)

    file = read_one(exported(desk, format, query="?q=Pattern+02").content, format=format)

    assert ([*file.document.entries], file.partial, file.base) == (["02"], True, "")


def test_a_csv_file_begins_as_excel_knows_utf_8(desk: Client):
    make_pattern()

    assert exported(desk, "csv").content.startswith(b"\xef\xbb\xbfcode,slug,name,")


def test_no_cell_of_a_csv_file_is_a_formula(desk: Client):
    awkward_entries()

    cells = [cell for row in csv.reader(StringIO(exported(desk, "csv").content.decode())) for cell in row]

    assert not [cell for cell in cells if cell.startswith(FORMULA_STARTS)]
    assert "'=1+1" in cells


def test_no_cell_of_a_spreadsheet_is_a_formula(desk: Client):
    awkward_entries()

    cells = [
        cell for row in load_workbook(BytesIO(exported(desk, "xlsx").content)).active for cell in row if cell.value
    ]

    assert {cell.data_type for cell in cells} == {"s"}
    assert "'=1+1" in {cell.value for cell in cells}


def test_toml_and_json_carry_formulas_as_they_are(desk: Client):
    awkward_entries()

    assert b'description = "=1+1"' in exported(desk, "toml").content
    assert b'"description": "=1+1"' in exported(desk, "json").content


def test_a_text_too_long_for_a_cell_is_refused_in_words(desk: Client):
    long = [f"{number} {'x' * 900}" for number in range(60)]
    make_pattern(use_when=long)

    response = desk.post(EXPORT, {"format": FORMATS["xlsx"], "resource": "0"})

    assert "too many for a spreadsheet: choose CSV" in messages_of(response)[0]


@pytest.mark.parametrize(
    "fields", [{}, {"format": ""}, {"format": "9"}, {"format": "toml"}, {"format": "0", "resource": "7"}]
)
def test_a_bad_choice_shows_the_page_again(desk: Client, fields: dict):
    make_pattern()

    response = desk.post(EXPORT, fields)

    assert response.status_code == 200
    assert "Content-Disposition" not in response


@pytest.mark.parametrize("chosen", [["999999"], ["x"], ["1' OR 1=1"]])
def test_made_up_rows_are_refused(desk: Client, chosen: list[str]):
    make_pattern()

    response = desk.post(EXPORT, {"format": "0", "resource": "0", "export_items": chosen})

    assert "Content-Disposition" not in response


def test_the_action_needs_the_permission(db):
    pattern = make_pattern()
    client = client_of(make_staff("view_pattern", "change_pattern"))

    response = client.post(address("changelist"), {"action": "export_admin_action", "_selected_action": [pattern.pk]})

    assert "export_admin_action" not in client.get(address("changelist")).content.decode()
    assert b"export_items" not in response.content


# As much as the import takes


def test_what_is_exported_can_be_imported_whatever_its_size(desk: Client):
    import_entries([entry(f"{number:04}", problem="It hurts. " * 1_000) for number in range(400)])

    data = exported(desk).content

    assert len(data) > 3_000_000
    assert "Nothing to do: 400 unchanged." in messages_of(imported(desk, data))[0]


def test_what_the_import_would_not_take_back_is_not_exported_and_the_way_out_is_named(desk: Client):
    import_entries([entry(f"{number:04}", problem="It hurts. " * 2_000) for number in range(900)])

    response = desk.post(EXPORT, {"format": FORMATS["toml"], "resource": "0"})

    (said,) = messages_of(response)
    assert "more than 16,777,216 bytes, and the import here takes 16,777,216 bytes and 20,000 entries" in said
    assert "export_toml" in said
    assert exported(desk, query="?q=0001").status_code == 200
