"""Import at the desk: upload, plan, confirmation, result."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from patterns.document.catalog import Category
from patterns.models import Catalog, Change, Pattern, PendingImport
from patterns.tests.admin.forms import address, catalogue_rows, form_in, messages_of
from patterns.tests.admin.uploads import (
    IMPORT,
    LIST,
    RETIRE,
    as_json,
    choose,
    confirm,
    confirmed,
    imported,
    present,
    token_of,
    toml,
    toml_of,
    upload,
)
from patterns.tests.factories import RICH, change_pattern, entry, import_entries, make_pattern, make_patterns
from patterns.tests.files.workbooks import saved

pytestmark = pytest.mark.django_db


def test_the_upload_page_has_a_file_field_and_a_way_there_from_the_list(desk: Client):
    assert b'name="import_file"' in desk.get(IMPORT).content
    assert IMPORT in desk.get(LIST).content.decode()


def test_the_plan_is_shown_and_nothing_is_written(desk: Client):
    make_pattern()
    before = catalogue_rows()

    response = upload(desk, toml_of("01", "02"))

    assert "Would be: 1 entry created; 1 unchanged." in response.content.decode()
    assert catalogue_rows() == before


def test_words_that_come_and_go_are_marked(desk: Client):
    import_entries([entry(description="It undoes each step.")])

    page = upload(desk, toml_of("01", description="It undoes every step.")).content.decode()

    assert "It undoes <del>each</del><ins>every</ins> step." in page


def test_markup_in_a_file_is_shown_as_text(desk: Client):
    import_entries([entry(description="Before.")])

    page = upload(desk, toml_of("01", description="<script>alert(1)</script>"), name="<b>.toml").content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page or "&lt;</ins>" in page or "&lt;<" in page
    assert "<b>.toml" not in page


def test_new_entries_and_categories_are_listed_by_name(desk: Client):
    page = upload(desk, toml_of("01", "02")).content.decode()

    assert "<summary>01 Pattern 01</summary>" in page
    assert "<summary>Category data-pattern Data Pattern</summary>" in page


def test_what_leaves_the_public_catalogue_is_named(desk: Client):
    make_pattern()
    version = Catalog.objects.get().base

    token = token_of(desk, f'[catalog]\nbase = "{version}"\n[end]\nentries = 0\n')
    page = choose(desk, token, **RETIRE).content.decode()

    assert "Leaving the public catalogue: 01 Pattern 01" in page


def test_conflicts_are_shown_with_three_sides_and_a_choice(desk: Client):
    import_entries([entry(description="Base.")])
    change_pattern(Pattern.objects.get(), description="Ours.")

    response = upload(desk, toml_of("01", description="Theirs."))

    page = response.content.decode()
    assert all(
        text in page
        for text in ("01 description", "Base.", "<del>Base</del><ins>Ours</ins>", "<del>Base</del><ins>Theirs</ins>")
    )
    assert page.count('<input type="radio" name="choice-') == 2


def test_without_conflicts_there_is_nothing_to_choose(desk: Client):
    assert 'name="on_conflict"' not in upload(desk, toml_of("01")).content.decode()


def test_entries_that_are_older_in_the_file_are_listed_and_can_be_restored(desk: Client):
    for text in ("First.", "Second."):
        import_entries([entry(description=text)])

    page = upload(desk, toml_of("01", description="First.")).content.decode()

    assert "Kept: newer here than in the file" in page
    assert "<del>Second</del><ins>First</ins>" in page
    assert 'name="restore-01" value="take"' in page
    assert 'name="restore" value="all"' in page
    assert 'name="on_conflict" value="take"' not in page


@pytest.mark.parametrize(
    ("base", "said"),
    [("", "the file names no base"), ("elsewhere:7", "The file&#x27;s base elsewhere:7"), ("own", "change 2")],
)
def test_the_plan_says_what_it_was_compared_with(desk: Client, base: str, said: str):
    make_pattern()
    named = Catalog.objects.get().base if base == "own" else base

    page = upload(desk, toml(entry(), base=named)).content.decode()

    assert said.lower() in page.lower()


def test_a_confirmed_plan_is_carried_out_as_one_change(desk: Client, editor: User):
    token = token_of(desk, toml_of("01", "02"))

    response = confirm(desk, token, comment="From the workshop.")

    change = Change.objects.get()
    assert (response.status_code, response.url) == (302, LIST)
    assert (change.author, change.comment, change.origin) == (editor, "From the workshop.", "import")
    assert present() == {code: entry(code) for code in ("01", "02")}


def test_the_result_counts_what_was_really_done(desk: Client):
    make_patterns(3)
    changed = [
        entry("01", category="Shelf 1", name="Other"),
        entry("02", category="Shelf 2"),
        entry("09", category="Shelf 1"),
    ]

    response = imported(desk, toml(*changed))

    assert messages_of(response) == ["Change 2: 1 entry updated, 1 entry created; 1 unchanged."]
    assert Change.objects.first().revisions.count() == 2


def test_an_import_that_changes_nothing_says_so_and_makes_no_change(desk: Client):
    import_entries([entry()])
    version = Catalog.objects.get().version

    response = imported(desk, toml_of("01"))

    assert messages_of(response) == ["Nothing to do: 1 unchanged."]
    assert Catalog.objects.get().version == version


def test_unresolved_conflicts_write_nothing_and_show_the_plan_again(desk: Client):
    make_pattern()
    token = token_of(desk, toml_of("01", description="Theirs."))
    before = catalogue_rows()

    response = confirmed(desk, token)

    assert "Nothing was written: there are conflicts" in messages_of(response)[0]
    assert form_in(response)["pending"] == token
    assert catalogue_rows() == before


def test_after_unresolved_conflicts_the_same_upload_can_be_decided(desk: Client):
    make_pattern()
    token = token_of(desk, toml_of("01", description="Theirs."))
    confirm(desk, token)

    confirm(desk, token, on_conflict="take")

    assert present()["01"].description == "Theirs."


def test_a_choice_shows_its_own_plan_before_anything_is_written(desk: Client):
    make_pattern()
    token = token_of(desk, toml_of("01", description="Theirs."))
    before = catalogue_rows()

    response = choose(desk, token, on_conflict="take")

    assert "the plan with your choice" in messages_of(response)[0]
    assert [edit.identity for edit in response.context["plan"].edits] == ["01"]
    assert catalogue_rows() == before


@pytest.mark.parametrize("choice", ["", "drop", "fail"])
def test_no_other_choice_decides_a_conflict(desk: Client, choice: str):
    make_pattern()

    confirm(desk, token_of(desk, toml_of("01", description="Theirs.")), on_conflict=choice)

    assert present() == {"01": entry()}


def csv_of(description: str) -> str:
    return f"code,slug,name,description,category\n01,pattern-01,Pattern 01,{description},Data Pattern\n"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("catalog.toml", toml_of("01", description="From a file.")),
        ("CATALOG.TOML", toml_of("01", description="From a file.")),
        ("catalog.json", as_json(entry(description="From a file."))),
        ("catalog.csv", csv_of("From a file.")),
        ("catalog.csv", "\ufeff" + csv_of("From a file.").replace("\n", "\r\n")),
        ("catalog.tsv", csv_of("From a file.").replace(",", "\t")),
        ("catalog.xlsx", saved(line.split(",") for line in csv_of("From a file.").splitlines())),
        ("catalog.toml", "\ufeff" + toml_of("01", description="From a file.").replace("\n", "\r\n")),
    ],
)
def test_each_format_is_known_by_its_suffix(desk: Client, name: str, data: str | bytes):
    imported(desk, data, name=name)

    assert present() == {"01": entry(description="From a file.")}


@pytest.mark.parametrize(
    ("format", "data"), [("toml", toml_of("01")), ("json", as_json(entry())), ("csv", csv_of("It."))]
)
def test_a_chosen_format_needs_no_suffix(desk: Client, format: str, data: str):
    imported(desk, data, name="download", format=format)

    assert [*present()] == ["01"]


def test_a_rich_entry_arrives_whole(desk: Client):
    imported(desk, toml(entry(**RICH)))

    assert present() == {"01": entry(**RICH)}


def test_an_upload_is_kept_for_an_hour_and_its_bytes_only_until_it_is_used(desk: Client, editor: User):
    token = token_of(desk, toml_of("01"), name="mine.toml")
    pending = PendingImport.objects.get(pk=token)

    confirm(desk, token)

    assert (pending.user, pending.file_name, pending.format) == (editor, "mine.toml", "toml")
    assert timedelta(minutes=59) < pending.expires_at - timezone.now() <= timedelta(hours=1)
    assert bytes(PendingImport.objects.get().file) == b""


def test_expired_uploads_are_forgotten_by_the_next_one(desk: Client):
    token_of(desk, toml_of("01"))
    PendingImport.objects.update(expires_at=timezone.now())

    token = token_of(desk, toml_of("02"))

    assert [str(one.pk) for one in PendingImport.objects.all()] == [token]


def test_slugs_that_swap_in_the_file_arrive_swapped(desk: Client):
    imported(desk, toml(entry("01", slug="one"), entry("02", slug="two")))

    imported(desk, toml(entry("01", slug="two"), entry("02", slug="one")))

    assert [one.slug for one in present().values()] == ["two", "one"]


def test_categories_of_the_file_keep_their_order(desk: Client):
    shelves = tuple(Category(name=name, slug=name.lower()) for name in ("Zoo", "Ark"))

    imported(desk, toml(categories=shelves))

    listed = desk.get(address("changelist", model="category")).content.decode()
    assert listed.index("Zoo") < listed.index("Ark")


def test_json_with_every_key_arrives(desk: Client):
    imported(desk, as_json(entry(**RICH)), name="catalog.json")

    assert json.loads(as_json(*present().values())) == json.loads(as_json(entry(**RICH)))
