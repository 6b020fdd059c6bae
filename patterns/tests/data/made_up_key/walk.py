"""Two made-up keys, a list of tables and a list of texts, on every surface of a copy of the project that has them."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from patterns.document.diff import changed_keys
from patterns.document.entry import Entry
from patterns.files.reader import read_one
from patterns.models import Pattern, Revision
from patterns.store.findings import lint_entry
from patterns.store.reading import load_entries
from patterns.tests.admin.forms import form_in

pytestmark = pytest.mark.django_db

OMENS = """\
[[items.omens]]
sign = "A queue that never empties"
weight = 1990
meaning = "The consumers are too slow."

[[items.omens]]
sign = "Two leaders"
"""
CHORES = """\
chores = [
    "Look at the dead letters.",
    "Rotate the keys.",
]
"""
FILE = f"""\
[[categories]]
name = "Data Pattern"
description = "Where data lives."

[[items]]
code = "01"
slug = "omen-pattern"
name = "Omen Pattern"
description = "It warns."
category = "Data Pattern"
{CHORES}
{OMENS}"""


def said(*words: Any, **options: Any) -> str:
    out = io.StringIO()
    call_command(*words, **options, stdout=out)
    return out.getvalue()


def imported(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    said("import_toml", str(path))
    return path


@pytest.fixture
def omen(tmp_path: Path) -> Entry:
    """The entry with both keys, imported."""
    imported(tmp_path / "omens.toml", FILE)
    return load_entries()["01"]


@pytest.fixture
def editor(admin_client: Client) -> Iterator[Client]:
    return admin_client


def change_page() -> str:
    return f"/admin/patterns/pattern/{Pattern.objects.get().pk}/change/"


def test_the_database_keeps_both(omen: Entry):
    assert omen == read_one(FILE.encode()).document.entries["01"]
    assert [one.sign for one in omen.omens] == ["A queue that never empties", "Two leaders"]
    assert omen.omens[0].weight == 1990
    assert omen.chores == ("Look at the dead letters.", "Rotate the keys.")


def test_the_file_is_written_as_it_was_read(omen: Entry):
    exported = said("export_toml")

    assert CHORES in exported
    assert OMENS in exported


@pytest.mark.parametrize("suffix", ["json", "csv"])
def test_another_format_brings_both_back(omen: Entry, editor: Client, tmp_path: Path, suffix: str):
    exported = b"".join(Client().get(f"/catalog.{suffix}"))
    Pattern.objects.get().chores.all().delete()

    file = read_one(exported, name=f"catalog.{suffix}", format=suffix)

    assert file.document.entries["01"] == omen


def test_a_sheet_has_one_item_a_line_and_rows_as_json(omen: Entry):
    [row] = csv.DictReader(
        io.StringIO(b"".join(Client().get("/catalog.csv")).decode("utf-8-sig").partition("\n[end]")[0])
    )

    assert row["chores"] == "Look at the dead letters.\nRotate the keys."
    assert json.loads(row["omens"])[1]["sign"] == "Two leaders"


def test_saving_another_field_keeps_both(omen: Entry, editor: Client):
    form = form_in(editor.get(change_page()))

    response = editor.post(change_page(), {**form, "description": "It warns early."})

    assert response.status_code == 302
    after = load_entries()["01"]
    assert after == omen.model_copy(update={"description": "It warns early."})


def test_the_form_edits_both(omen: Entry, editor: Client):
    form = form_in(editor.get(change_page()))

    editor.post(change_page(), {**form, "omens-0-meaning": "Add consumers.", "chores-1-text": "Rotate them weekly."})

    after = load_entries()["01"]
    assert after.omens[0].meaning == "Add consumers."
    assert after.chores[1] == "Rotate them weekly."
    assert changed_keys(omen, after) == ("omens", "chores")


def test_the_form_says_what_a_column_is(omen: Entry, editor: Client):
    page = editor.get(change_page()).content.decode()

    assert 'id="omens-group"' in page
    assert "What it means." in page


def test_history_tells_what_changed(omen: Entry, tmp_path: Path):
    imported(tmp_path / "later.toml", FILE.replace("Two leaders", "Three leaders"))

    page = Client().get("/patterns/omen-pattern/history/").content.decode()

    assert "Omens" in page
    assert "<ins>Three</ins>" in page
    assert Revision.objects.filter(what="entry").count() == 2


def test_an_import_merges_them_key_by_key(omen: Entry, tmp_path: Path):
    exported = said("export_toml")
    imported(tmp_path / "ours.toml", FILE.replace("It warns.", "It warns well."))

    imported(tmp_path / "theirs.toml", exported.replace("Two leaders", "No leader"))

    after = load_entries()["01"]
    assert (after.description, after.omens[1].sign) == ("It warns well.", "No leader")


def test_pages_show_both(omen: Entry):
    page = Client().get("/patterns/omen-pattern/").content.decode()
    markdown = Client().get("/patterns/omen-pattern.md").content.decode()

    assert 'id="omens"' in page
    assert "A queue that never empties" in page
    assert "Rotate the keys." in page
    assert "## Omens\n\n- A queue that never empties, 1990, The consumers are too slow.\n- Two leaders" in markdown
    assert "## Chores\n\n- Look at the dead letters.\n- Rotate the keys." in markdown


@pytest.mark.parametrize("word", ["consumers", "rotate"])
def test_search_finds_both(omen: Entry, word: str):
    assert "omen-pattern" in Client().get("/patterns/", {"q": word}).content.decode()


def test_the_api_and_the_schema_know_both(omen: Entry):
    answer = Client().get("/api/v1/patterns/omen-pattern").json()["document"]
    schema = json.loads(b"".join(Client().get("/catalog.schema.json")))
    description = Client().get("/api/v1/openapi.json").json()["components"]["schemas"]

    assert answer["chores"] == [*omen.chores]
    assert answer["omens"][0]["sign"] == "A queue that never empties"
    assert schema["definitions"]["Entry"]["properties"]["chores"]["uniqueItems"] is True
    assert schema["definitions"]["Omen"]["properties"]["meaning"]["description"] == "What it means."
    assert description["Omen"]["properties"]["sign"]["description"] == "What is seen."


def test_readers_suggest_corrections_of_both(omen: Entry):
    page = Client().get("/patterns/omen-pattern/suggest/").content.decode()

    assert '<option value="omens">Omens</option>' in page


def test_the_checks_read_both(omen: Entry, tmp_path: Path):
    imported(tmp_path / "todo.toml", FILE.replace("Rotate the keys.", "TODO keys.").replace("Two leaders", "TODO"))

    report = lint_entry("01", today=Pattern.objects.get().updated_at.date())

    assert {"omens[2]", "chores[2]"} <= {one.key for one in report.findings}


def test_a_repeated_item_is_refused(omen: Entry, tmp_path: Path):
    twice = tmp_path / "twice.toml"
    twice.write_text(FILE.replace("Rotate the keys.", "look at the dead letters."))

    with pytest.raises(CommandError, match=r"chores\[2\]: .* is there twice"):
        said("import_toml", str(twice))
