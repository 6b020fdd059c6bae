"""A new entry, written into the form."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client

from patterns.models import Catalog, Category, Change, Pattern, Revision
from patterns.store.edits import delete_entry
from patterns.store.reading import load_entries
from patterns.store.writing import fingerprint_of
from patterns.tests.admin.clashes import text_of
from patterns.tests.admin.forms import Form, address, client_of, messages_of, opened, save, with_row
from patterns.tests.factories import AN_EDITOR, RICH, entry, make_category, make_pattern
from patterns.tests.store.scratch import Scratch
from patterns.tests.workflow.staff import person

pytestmark = pytest.mark.django_db

RICH_ROWS = {
    "applicability": [
        {"verdict": "use", "text": RICH["use_when"][0]},
        {"verdict": "avoid", "text": RICH["avoid_when"][0]},
    ],
    **{key: RICH[key] for key in ("variants", "steps", "examples", "known_uses", "references", "known_as")},
    **{key: [{"text": text} for text in RICH[key]] for key in ("symptoms", "checks", "signals")},
    "consequences": [{**one, "evidence": "\r\n".join(one.get("evidence", ()))} for one in RICH["consequences"]],
    "relations": [{"type": "uses", "target": "02", "why": "to send"}],
}


def typed(desk: Client, **values: str) -> Form:
    """The add form with the five given keys filled in."""
    category = Category.objects.first() or make_category()
    given = {"code": "01", "slug": "saga", "name": "Saga", "description": "Undoes.", "category": str(category.pk)}
    return {**opened(desk, address("add")), **given, **values}


def rich_form(desk: Client) -> Form:
    origin = {f"origin_{key}": str(value) for key, value in RICH["origin"].items()}
    texts = {key: RICH[key] for key in ("kind", "concern", "problem", "solution")}
    form = typed(desk, **texts, **origin, aliases="\r\n".join(RICH["aliases"]), comment="Worth having.")
    for part, rows in RICH_ROWS.items():
        for row in rows:
            form = with_row(form, part, **{key: "on" if value is True else str(value) for key, value in row.items()})
    return form


def test_the_five_given_keys_are_enough(desk: Client):
    response = desk.post(address("add"), typed(desk))

    assert response.status_code == 302
    assert load_entries() == {"01": entry(slug="saga", name="Saga", description="Undoes.", status="draft")}


def test_every_key_arrives_as_it_was_typed(desk: Client):
    make_pattern("02")

    save(desk, address("add"), rich_form(desk))

    given = {"slug": "saga", "name": "Saga", "description": "Undoes.", "status": "draft"}
    assert load_entries()["01"] == entry(relations=RICH_ROWS["relations"], **given, **RICH)


def test_it_is_one_change_with_author_comment_and_one_revision(desk: Client, editor: User):
    make_pattern("02")
    before = Change.objects.count()

    save(desk, address("add"), rich_form(desk))

    change = Change.objects.get(number=before + 1)
    assert (change.author, change.comment, change.origin) == (editor, "Worth having.", "admin")
    assert Catalog.objects.get().version == change.number
    assert [(one.what, one.identity) for one in change.revisions.all()] == [("entry", "01")]


def test_the_revision_leads_to_the_new_row(desk: Client):
    desk.post(address("add"), typed(desk))

    assert Revision.objects.get(what="entry").pattern == Pattern.objects.get()


def test_after_saving_the_list_says_so_and_the_log_names_the_change(desk: Client):
    response = desk.post(address("add"), typed(desk), follow=True)

    assert "was added successfully" in response.content.decode()
    assert LogEntry.objects.get().get_change_message() == f"Change {Catalog.objects.get().version}"
    assert LogEntry.objects.get().object_id == str(Pattern.objects.get().pk)


def test_save_and_continue_leads_to_the_form_of_the_new_entry(desk: Client):
    response = desk.post(address("add"), {**typed(desk), "_continue": "1"})

    assert response.url == address("change", Pattern.objects.get().pk)


def test_a_blank_extra_row_is_no_part(desk: Client):
    form = typed(desk)

    desk.post(address("add"), form)

    assert form["steps-TOTAL_FORMS"] == "1"
    assert load_entries()["01"].steps == ()


def test_the_add_form_is_empty_after_another_entry_was_opened(desk: Client):
    other = make_pattern("02")
    opened(desk, address("change", other.pk))

    form = typed(desk)

    assert form["opened"] == ""
    assert desk.post(address("add"), form).status_code == 302


def test_a_new_entry_is_a_draft_whatever_was_sent(desk: Client):
    desk.post(address("add"), typed(desk, status="published"))

    pattern = Pattern.objects.get()
    assert (pattern.status, pattern.published_at) == ("draft", None)


@pytest.mark.parametrize("role", ["editor", "publisher", "superuser"])
def test_a_new_entry_may_be_submitted_at_once(role: str):
    client = client_of(person(role))

    save(client, address("add"), typed(client, _submit="1"))

    assert load_entries()["01"].status == "review"
    assert Revision.objects.filter(what="entry").count() == 1


def test_a_viewer_adds_nothing():
    client = client_of(person("viewer"))

    assert client.get(address("add")).status_code == 403
    assert client.post(address("add"), {"code": "01"}).status_code == 403


@pytest.mark.parametrize(
    ("codes", "free"), [([], "01"), (["01", "07"], "08"), (["A.1", "99"], "100"), (["0009"], "0010")]
)
def test_the_next_free_code_is_given_when_it_is_saved(desk: Client, codes: list[str], free: str):
    for code in codes:
        make_pattern(code)
    assert "assigned when you save" in text_of(desk.get(address("add")))

    response = desk.post(address("add"), typed(desk, code=""), follow=True)

    assert load_entries()[free].name == "Saga"
    assert f"Its code is {free}." in messages_of(response)


def test_the_code_of_a_deleted_draft_is_not_given_again(desk: Client):
    make_pattern("07", status="draft")
    delete_entry("07", opened=fingerprint_of(load_entries()["07"]), by=AN_EDITOR)
    make_pattern("06")

    save(desk, address("add"), typed(desk, code=""))

    assert "08" in load_entries()


def test_a_long_row_of_deleted_drafts_is_passed_over(desk: Client):
    """One revision of each would do, and no other way makes as many in no time."""
    make_pattern("07")
    deleted = [Revision(change_id=1, what="entry", identity=f"{number:02}") for number in range(8, 130)]
    Revision.objects.bulk_create(deleted)

    save(desk, address("add"), typed(desk, code=""))

    assert "130" in load_entries()


def test_a_new_entry_without_a_code_has_a_preview(desk: Client):
    response = desk.post("/admin/patterns/pattern/preview/", typed(desk, code=""))

    assert "Undoes." in response.content.decode()
    assert not Pattern.objects.exists()


def test_all_who_save_at_once_get_codes_of_their_own(scratch: Scratch):
    make_pattern("07")
    editors = [client_of(person("editor", f"Ada {number}")) for number in range(4)]
    forms = [typed(one, code="", name=f"N {at}", slug=f"n-{at}") for at, one in enumerate(editors)]

    acts = [lambda one=one, form=form: one.post(address("add"), form) for one, form in zip(editors, forms, strict=True)]
    responses = scratch.at_the_lock(*acts)

    assert [one.status_code for one in responses] == [302] * 4
    assert sorted(load_entries()) == ["07", "08", "09", "10", "11"]


def test_who_adds_cannot_replace_an_entry_whatever_was_opened(desk: Client):
    make_pattern("K1")
    there = load_entries()["K1"]
    form = typed(desk, code="\u212a1", slug="other", name="Other", opened=fingerprint_of(there))

    response = desk.post(address("add"), form)

    assert response.status_code == 200  # the kelvin sign is a K once it is normalised
    assert load_entries()["K1"] == there
