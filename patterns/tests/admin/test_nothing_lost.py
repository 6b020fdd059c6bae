"""What goes wrong with files, at the desk: what the plan lists, what stays, and what each choice does."""

import re

import pytest
from django.test import Client

from patterns.models import Catalog, Pattern
from patterns.store.exports import export_all
from patterns.store.reading import load_document
from patterns.tests.admin.forms import client_of, form_in, messages_of
from patterns.tests.admin.uploads import (
    RETIRE,
    choose,
    confirm,
    confirmed,
    imported,
    plan_page,
    present,
    problems_in,
    token_of,
    upload,
)
from patterns.tests.ends import counted
from patterns.tests.factories import RICH, change_header, change_pattern, entry, import_entries
from patterns.tests.workflow.staff import person

pytestmark = pytest.mark.django_db

CODES = [f"{number:02}" for number in range(1, 7)]


@pytest.fixture
def backup(db) -> str:
    import_entries([entry("01", **RICH), *(entry(code, problem="It hurts.") for code in CODES[1:])])
    return export_all().toml


def first(file: str, count: int) -> str:
    """The file with its first entries only, and an end that says so."""
    cut = file.index(f'[[items]]\ncode = "{CODES[count]}"')
    return counted(file[:cut] + file[file.index("[end]") :])


def statuses() -> dict[str, str]:
    return {code: one.status for code, one in present().items()}


def rows_of(page) -> dict[str, list[str]]:
    """Heading → titles below it."""
    found: dict[str, list[str]] = {}
    for row in page.context["rows"]:
        found.setdefault(row.group, []).append(row.title)
    return found


def form_names(client: Client, token: str) -> set[str]:
    return {*re.findall(r'name="([^"]+)"', client.get(plan_page(token)).content.decode())}


# A file that was cut off


def test_a_file_that_was_cut_off_shows_no_plan(desk: Client, backup: str):
    response = upload(desk, backup[: backup.index('code = "04"')])

    assert "as if the file had been cut off; export it again" in problems_in(response)
    assert "plan" not in response.context


# Many entries taken out of a file


def test_mass_deletion_is_named_entry_by_entry_beside_an_empty_box(desk: Client, backup: str):
    page = upload(desk, first(backup, 2))

    text = page.content.decode()
    assert f"The file leaves out {', '.join(f'{code} Pattern {code}' for code in CODES[2:])}" in text
    assert "retire" not in form_in(page)
    assert messages_of(imported(desk, first(backup, 2))) == [
        "Nothing is written: 4 left out by the file and staying, 2 unchanged."
    ]
    assert set(statuses().values()) == {"published"}


@pytest.mark.parametrize("fields", [{"on_conflict": "take"}, {"on_conflict": "keep"}, {"restore": "all"}])
def test_mass_deletion_needs_its_box(desk: Client, backup: str, fields: dict[str, str]):
    token = token_of(desk, first(backup, 2))

    choose(desk, token, **fields)
    confirm(desk, token)

    assert set(statuses().values()) == {"published"}


def test_the_box_shows_its_plan_before_anything_is_written(desk: Client, backup: str):
    token = token_of(desk, first(backup, 4))

    page = choose(desk, token, **RETIRE)

    assert "This is the plan with your choices." in messages_of(page)[0]
    assert rows_of(page)["Retired"] == ["05 Pattern 05 (retired)", "06 Pattern 06 (retired)"]
    assert form_in(page)["retire"] == "yes"
    assert set(statuses().values()) == {"published"}
    confirm(desk, token, **RETIRE)
    assert [code for code, status in statuses().items() if status == "retired"] == ["05", "06"]


def test_the_box_can_be_emptied_again(desk: Client, backup: str):
    token = token_of(desk, first(backup, 4))
    choose(desk, token, **RETIRE)

    page = choose(desk, token, **{"retire-shown": "yes"})

    assert "retire" not in form_in(page)
    confirm(desk, token, **{"retire-shown": "yes"})
    assert set(statuses().values()) == {"published"}


def test_what_was_changed_here_is_asked_about_before_it_is_retired(desk: Client, backup: str):
    change_pattern(Pattern(code="06"), description="Ours.")

    page = choose(desk, token_of(desk, first(backup, 4)), **RETIRE)

    assert rows_of(page)["Conflicts: changed on both sides"] == ["06 the entry itself"]


# The wrong file


def test_the_file_of_another_catalogue_says_so_and_offers_to_retire_nobody(desk: Client, backup: str):
    foreign = first(backup, 2).replace(Catalog.objects.get().base, "elsewhere:7")

    page = upload(desk, foreign).content.decode()

    assert "elsewhere:7 is not of this database" in page
    assert 'name="retire"' not in page


# Last month's export, after edits


def test_an_old_export_lists_what_is_newer_with_a_choice_for_each(desk: Client, backup: str):
    change_pattern(Pattern(code="02"), description="Newer.")
    change_pattern(Pattern(code="03"), description="Newer.")

    page = upload(desk, backup)

    assert rows_of(page) == {"Kept: newer here than in the file": ["02 Pattern 02", "03 Pattern 03"]}
    assert 'name="restore-02" value="keep" checked' in page.content.decode()
    assert "<del>Newer</del>" in page.content.decode()


def test_only_the_chosen_entry_is_restored(desk: Client, backup: str):
    change_pattern(Pattern(code="02"), description="Newer.")
    change_pattern(Pattern(code="03"), description="Newer.")
    token = token_of(desk, backup)

    page = choose(desk, token, **{"restore-02": "keep", "restore-03": "take"})

    assert rows_of(page)["Restored: as the file says, though newer here"] == ["03 Pattern 03"]
    response = confirmed(desk, token, **{"restore-02": "keep", "restore-03": "take"})
    assert messages_of(response)[-1].endswith("1 entry updated; 1 kept as newer here, 4 unchanged.")
    assert [present()[code].description for code in ("02", "03")] == ["Newer.", "What Pattern 03 is."]


def test_a_choice_to_restore_can_be_taken_back(desk: Client, backup: str):
    change_pattern(Pattern(code="02"), description="Newer.")
    token = token_of(desk, backup)
    choose(desk, token, **{"restore-02": "take"})

    choose(desk, token, **{"restore-02": "keep"})

    confirm(desk, token)
    assert present()["02"].description == "Newer."


@pytest.mark.parametrize("on_conflict", ["keep", "take"])
def test_deciding_conflicts_undoes_nothing_newer(desk: Client, backup: str, on_conflict: str):
    change_pattern(Pattern(code="02"), description="Newer.")

    imported(desk, backup, on_conflict=on_conflict)

    assert present()["02"].description == "Newer."


# A backup that restores


def test_all_that_is_newer_can_be_restored_at_once_header_and_retired_entries_too(desk: Client, backup: str):
    before = load_document()
    change_header(title="Newer")
    change_pattern(Pattern(code="01"), problem="", steps=())
    change_pattern(Pattern(code="05"), status="retired")
    version = Catalog.objects.get().version
    token = token_of(desk, backup)

    page = choose(desk, token, restore="all")

    assert "restore-01" not in page.content.decode()
    confirm(desk, token)
    assert load_document() == before
    assert Catalog.objects.get().version == version + 1


def test_the_choice_for_all_can_be_taken_back(desk: Client, backup: str):
    change_pattern(Pattern(code="02"), description="Newer.")
    token = token_of(desk, backup)
    choose(desk, token, restore="all")

    choose(desk, token, restore="none")

    confirm(desk, token)
    assert present()["02"].description == "Newer."


def test_all_choices_can_be_forgotten_at_once(desk: Client, backup: str):
    change_pattern(Pattern(code="02"), description="Newer.")
    token = token_of(desk, first(backup, 4))
    choose(desk, token, **RETIRE, restore="all")

    page = choose(desk, token, **RETIRE, on_conflict="fail")

    assert "retire" not in form_in(page)
    confirm(desk, token, **{"retire-shown": "yes"})
    assert present()["02"].description == "Newer."
    assert set(statuses().values()) == {"published"}


def test_what_was_chosen_for_all_is_chosen_again_when_the_catalogue_changed(desk: Client, backup: str):
    change_pattern(Pattern(code="02"), description="Newer.")
    token = token_of(desk, first(backup, 4))
    choose(desk, token, **RETIRE, restore="all")
    change_pattern(Pattern(code="03"), description="Newer.")

    page = confirmed(desk, token, **RETIRE)

    assert "Here is the new plan: choose again for all." in messages_of(page)[0]
    assert rows_of(page)["Kept: newer here than in the file"] == ["02 Pattern 02", "03 Pattern 03"]
    assert "retire" not in form_in(page)
    assert present()["02"].description == "Newer."


def test_a_choice_for_one_entry_survives_a_change_of_another(desk: Client, backup: str):
    change_pattern(Pattern(code="02"), description="Newer.")
    token = token_of(desk, backup)
    choose(desk, token, **{"restore-02": "take"})
    change_pattern(Pattern(code="03"), description="Newer.")

    page = confirmed(desk, token)

    assert rows_of(page)["Restored: as the file says, though newer here"] == ["02 Pattern 02"]


def test_a_conflict_that_was_decided_stays_decided_when_its_entry_is_restored(desk: Client, backup: str):
    change_pattern(Pattern(code="02"), description="Ours.", problem="Newer.")
    token = token_of(desk, backup.replace("What Pattern 02 is.", "Theirs."))
    (name,) = {one for one in form_names(desk, token) if one.startswith("choice-")}

    choose(desk, token, **{name: "keep", "restore-02": "take"})
    confirm(desk, token, **{name: "keep", "restore-02": "take"})

    assert (present()["02"].description, present()["02"].problem) == ("Ours.", "It hurts.")


def test_an_entry_that_stays_is_not_said_to_be_retired(desk: Client, backup: str):
    change_pattern(Pattern(code="06"), description="Ours.")
    token = token_of(desk, first(backup, 4))
    choose(desk, token, **RETIRE)

    page = choose(desk, token, **RETIRE, on_conflict="keep")

    assert "The file leaves out 06 Pattern 06. What is left out stays." in page.content.decode()
    assert rows_of(page)["Retired"] == ["05 Pattern 05 (retired)"]


def test_an_editor_is_not_told_that_there_is_nothing_to_do(backup: str):
    change_pattern(Pattern(code="02"), description="Newer.")
    pen = client_of(person("editor"))

    page = upload(pen, backup)

    assert "Nothing is written: 1 kept as newer here, 5 unchanged." in page.content.decode()
    assert messages_of(imported(pen, backup)) == ["Nothing is written: 1 kept as newer here, 5 unchanged."]


@pytest.mark.parametrize(
    "fields",
    [
        {"restore-02": "yes"},
        {"restore-": "take"},
        {"restore-" + "9" * 17: "take"},
        {"restore-é": "take"},
        {"restore": "some"},
        {"retire": "yes"},
        {"retire-shown": "yes", "retire": "no"},
    ],
)
def test_what_is_no_choice_chooses_nothing(desk: Client, backup: str, fields: dict[str, str]):
    change_pattern(Pattern(code="02"), description="Newer.")
    token = token_of(desk, first(backup, 4))

    choose(desk, token, **fields)
    confirm(desk, token)

    assert present()["02"].description == "Newer."
    assert set(statuses().values()) == {"published"}
