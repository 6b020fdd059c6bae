"""An entry that is there, edited in the form."""

from typing import Annotated, Any

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.test import Client

from patterns.admin.pattern import PatternAdmin
from patterns.document.entry import Entry
from patterns.document.register import Key, Layout
from patterns.models import Catalog, Change, FormerSlug, Pattern, Revision
from patterns.store.reading import load_entries
from patterns.tests.admin.forms import LISTS, Form, address, catalogue_rows, opened, save, with_row
from patterns.tests.factories import RICH, entry, import_entries, make_category, make_pattern, make_rich_pattern

pytestmark = pytest.mark.django_db

LONG = "A line of a text that is as long as a text may be.\n" * 500


@pytest.fixture
def page(db) -> str:
    """The address of the form of a rich entry, which relates to another."""
    make_pattern("02")
    relations = [{"type": "uses", "target": "02"}, {"type": "requires", "target": "02", "why": "to send"}]
    return address("change", make_rich_pattern(relations=relations).pk)


def changed(form: Form, part: str, *rows: int) -> Form:
    """The form with these rows ticked for deletion."""
    return {**form, **{f"{part}-{row}-DELETE": "on" for row in rows}}


def test_saving_unchanged_writes_nothing_and_makes_no_change(desk: Client, page: str):
    form = opened(desk, page)
    version, entries, count = Catalog.objects.get().version, load_entries(), Change.objects.count()

    save(desk, page, form)

    assert (Catalog.objects.get().version, load_entries(), Change.objects.count()) == (version, entries, count)


@pytest.mark.parametrize(
    "values",
    [
        {"problem": LONG[:20_000].strip()},
        {"description": ("word " * 10 + "\n") * 19},
        {"references": [{"title": "A"}], "use_when": ["a\n" * 499 + "b"]},
        {"references": [{"title": "A", "url": "http://localhost:8000/a?#"}]},
        {"origin": {"who": "Ada", "url": "https://example.org/a?"}},
        {"aliases": ["=1+1", "'quoted'", "a, b"]},
        {"use_when": ["one\ntwo\n\n- three"]},
        {"steps": [{"sender": "a", "receiver": "b", "message": "<b>&amp;</b>", "kind": "store"}]},
        {"replaced_by": "02"},
        {
            "use_when": [f"use {number}" for number in range(60)],
            "avoid_when": [f"not {number}" for number in range(60)],
        },
    ],
    ids=[
        "as_long_as_allowed",
        "lines",
        "part_as_long_as_allowed",
        "local",
        "empty_query",
        "aliases",
        "part_of_lines",
        "markup",
        "successor",
        "full",
    ],
)
def test_what_a_file_may_say_can_be_saved_unchanged_in_the_form(desk: Client, values: dict):
    import_entries([entry(**values), entry("02")])
    path, version = address("change", Pattern.objects.get(code="01").pk), Catalog.objects.get().version

    save(desk, path, opened(desk, path))

    assert Catalog.objects.get().version == version


def test_an_edit_is_one_change_with_author_comment_and_one_revision(desk: Client, page: str, editor: User):
    save(desk, page, {**opened(desk, page), "description": "Better.", "comment": "Said shorter."})

    change = Change.objects.first()
    assert (change.author, change.comment, change.origin) == (editor, "Said shorter.", "admin")
    assert [one.identity for one in change.revisions.all()] == ["01"]
    assert load_entries()["01"].description == "Better."


def test_an_edit_touches_nothing_but_what_was_edited(desk: Client, page: str):
    before = load_entries()["01"]

    save(desk, page, {**opened(desk, page), "description": "Better."})

    assert load_entries()["01"] == before.model_copy(update={"description": "Better."})


def test_new_parts_come_last(desk: Client, page: str):
    form = with_row(opened(desk, page), "steps", sender="A", receiver="B", message="ask")
    form = with_row(form, "applicability", verdict="use", text="always")

    save(desk, page, form)

    after = load_entries()["01"]
    assert [step.message for step in after.steps] == ["charge the card", "declined", "ask"]
    assert after.use_when == (*RICH["use_when"], "always")


def test_parts_exchange_places_when_their_rows_do(desk: Client, page: str):
    form = opened(desk, page)
    keys = ("sender", "receiver", "message", "kind", "note")
    swapped = {f"steps-{row}-{key}": form[f"steps-{1 - row}-{key}"] for row in (0, 1) for key in keys}

    save(desk, page, {**form, **swapped})

    assert [step.message for step in load_entries()["01"].steps] == ["declined", "charge the card"]


def test_relations_exchange_places_when_their_rows_do(desk: Client, page: str):
    form = opened(desk, page)
    swapped = {"relations-0-type": "requires", "relations-1-type": "uses"}

    save(desk, page, {**form, **swapped})

    assert [one.type for one in load_entries()["01"].relations] == ["requires", "uses"]


def test_a_relation_may_be_deleted_and_stated_again(desk: Client, page: str):
    form = changed(opened(desk, page), "relations", 0)

    save(desk, page, with_row(form, "relations", type="uses", target="02"))

    assert [one.type for one in load_entries()["01"].relations] == ["requires", "uses"]


@pytest.mark.parametrize("part", sorted(LISTS))
def test_ticked_rows_are_deleted(desk: Client, page: str, part: str):
    form = opened(desk, page)
    count = int(form[f"{part}-INITIAL_FORMS"])
    keys = ("use_when", "avoid_when") if part == "applicability" else (part,)

    save(desk, page, changed(form, part, *range(count)))

    assert count > 0
    assert [getattr(load_entries()["01"], key) for key in keys] == [()] * len(keys)


def test_a_ticked_row_takes_only_itself(desk: Client, page: str):
    save(desk, page, changed(opened(desk, page), "steps", 0))

    assert [step.message for step in load_entries()["01"].steps] == ["declined"]


def test_emptied_fields_are_emptied(desk: Client, page: str):
    empty = dict.fromkeys(("aliases", "problem", "solution", "origin_who", "origin_year", "origin_url"), "")

    save(desk, page, {**opened(desk, page), **empty})

    after = load_entries()["01"]
    assert (after.aliases, after.problem, after.solution, after.origin) == ((), "", "", None)


def test_aliases_are_lines(desk: Client, page: str):
    save(desk, page, {**opened(desk, page), "aliases": "  One \r\n\r\nTwo, or three\r\n"})

    assert load_entries()["01"].aliases == ("One", "Two, or three")


def test_line_ends_of_the_browser_are_normalised(desk: Client, page: str):
    form = {**opened(desk, page), "problem": "one\r\ntwo\r\n\r\n* three", "applicability-0-text": "a\r\nb"}

    save(desk, page, form)

    after = load_entries()["01"]
    assert (after.problem, after.use_when) == ("one\ntwo\n\n* three", ("a\nb",))


def test_text_is_composed(desk: Client, page: str):
    save(desk, page, {**opened(desk, page), "name": "E\u0301cole"})

    assert load_entries()["01"].name == "École"


def test_a_posted_code_is_ignored(desk: Client, page: str):
    save(desk, page, {**opened(desk, page), "code": "77", "description": "Better."})

    assert [*load_entries()] == ["01", "02"]
    assert load_entries()["01"].description == "Better."


def test_an_address_that_readers_know_is_not_changed_in_passing(desk: Client, page: str):
    form = opened(desk, page)

    save(desk, page, {**form, "slug": "elsewhere", "description": "Better."})

    assert "slug" not in form
    assert load_entries()["01"].slug == "pattern-01"


def test_an_address_that_nobody_knows_is_changed_without_a_trace(desk: Client):
    path = address("change", make_pattern(status="draft").pk)

    save(desk, path, {**opened(desk, path), "slug": "elsewhere"})

    assert load_entries()["01"].slug == "elsewhere"
    assert not FormerSlug.objects.exists()


def test_an_entry_moves_to_another_category(desk: Client, page: str):
    other = make_category("Messaging")

    save(desk, page, {**opened(desk, page), "category": str(other.pk)})

    assert load_entries()["01"].category == "Messaging"


def test_publishing_sets_the_date_once(desk: Client):
    path = address("change", make_pattern(status="draft").pk)
    save(desk, path, {**opened(desk, path), "_publish": "1"})
    first = Pattern.objects.get().published_at

    for button in ("_retire", "_publish"):
        save(desk, path, {**opened(desk, path), "comment": "Why not?", button: "1"})

    assert first is not None
    assert Pattern.objects.get().published_at == first


def test_a_form_without_its_rows_wipes_no_parts(desk: Client, page: str):
    form = opened(desk, page)
    alone = {name: value for name, value in form.items() if name.partition("-")[0] not in LISTS}
    before = catalogue_rows()

    response = desk.post(page, {**alone, "description": "Better."})

    assert response.status_code == 200
    assert catalogue_rows() == before


@pytest.mark.parametrize("part", sorted(LISTS))
def test_a_form_without_one_of_its_lists_wipes_no_parts(desk: Client, page: str, part: str):
    form = opened(desk, page)
    before = catalogue_rows()

    desk.post(page, {name: value for name, value in form.items() if not name.startswith(f"{part}-")})

    assert catalogue_rows() == before


def test_the_form_that_is_opened_shows_every_part(desk: Client, page: str):
    form = opened(desk, page)

    counts = {part: int(form[f"{part}-INITIAL_FORMS"]) for part in sorted(LISTS)}

    assert counts == {
        **{"applicability": 2, "consequences": 2, "references": 2, "relations": 2, "steps": 2, "variants": 2},
        **dict.fromkeys(("checks", "examples", "known_as", "known_uses", "signals", "symptoms"), 1),
    }


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "head"])
@pytest.mark.django_db(transaction=True)
def test_other_methods_show_the_form_or_refuse_and_write_nothing(desk: Client, method: str):
    path = address("change", make_pattern().pk)
    before = catalogue_rows()

    response = getattr(desk, method)(path)

    assert response.status_code in (200, 405)
    assert catalogue_rows() == before


def test_the_revision_holds_what_was_typed(desk: Client, page: str):
    save(desk, page, {**opened(desk, page), "description": "Better."})

    assert Revision.objects.filter(identity="01").first().document.count('"description":"Better."') == 1


class Wider(Entry):
    """An entry with a key of which no form knows anything."""

    omens: Annotated[tuple[str, ...], Key("Omens", "What is to come.", Layout.LINES)] = ()


class WiderAdmin(PatternAdmin):
    def current(self, request: HttpRequest, row: Any) -> Entry | None:
        before = super().current(request, row)
        return Wider.model_construct(**{**dict(before), "omens": ("The queue grows.",)}) if before else None


def test_a_key_that_the_form_does_not_know_survives_an_unrelated_edit(desk: Client, page: str, editor: User, rf: Any):
    row, wider = Pattern.objects.get(code="01"), WiderAdmin(Pattern, site)
    request = rf.post(page, {**opened(desk, page), "description": "Typed."})
    request.user = editor
    edit = wider.edit_form(request, row)
    assert edit.is_valid()

    document = wider.document(edit, wider.current(request, row))

    assert (document.description, document.omens) == ("Typed.", ("The queue grows.",))
    assert document.steps == load_entries()["01"].steps
