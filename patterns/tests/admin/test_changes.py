"""The record of changes is read and never written."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from patterns.models import Change, Pattern, Revision
from patterns.tests.admin.forms import address, catalogue_rows
from patterns.tests.admin.test_query_counts import queries
from patterns.tests.factories import authorship, change_pattern, make_pattern, make_patterns

pytestmark = pytest.mark.django_db

BOTH = pytest.mark.parametrize("model", ["change", "revision"])


def first(model: str) -> int:
    return (Change if model == "change" else Revision).objects.first().pk


def test_the_list_shows_who_changed_what_and_why(desk: Client, editor: User):
    make_pattern(by=authorship(author=editor, comment="For the workshop."))

    page = desk.get(address("changelist", model="change")).content.decode()

    assert "For the workshop." in page
    assert "editor" in page


def test_the_list_names_the_first_entries_and_how_many_more(desk: Client):
    make_patterns(5, category="One")
    change_pattern(Pattern.objects.get(code="02"), name="Saga")

    page = desk.get(address("changelist", model="change")).content.decode()

    assert ">02 Saga<" in page
    assert ", and 4 more<" in page


def test_the_audit_names_them_too(desk: Client):
    make_pattern(name="Saga")

    assert "01 Saga" in desk.get("/admin/audit/").content.decode()


def test_the_list_of_revisions_names_entry_and_reason(desk: Client):
    make_pattern(name="Saga", by=authorship(comment="For the workshop. " * 20))

    page = desk.get(address("changelist", model="revision")).content.decode()

    assert '<td class="field-name">Saga</td>' in page
    assert "For the workshop." in page
    assert "For the workshop. " * 20 not in page


@pytest.mark.parametrize("path", ["/admin/audit/", "/admin/patterns/change/", "/admin/patterns/revision/"])
def test_forty_changes_cost_as_many_queries_as_ten(desk: Client, path: str):
    for number in range(10):
        make_pattern(f"{number:02}")
    queries(lambda: desk.get(path))  # fills caches of content types
    few = queries(lambda: desk.get(path))
    for number in range(10, 40):
        make_pattern(f"{number:02}")

    assert queries(lambda: desk.get(path)) == few


def test_a_change_leads_to_its_documents(desk: Client):
    make_pattern()
    revision = Revision.objects.get(what="entry")

    page = desk.get(address("change", revision.change_id, model="change")).content.decode()

    assert address("change", revision.pk, model="revision") in page
    assert "entry 01" in page


def test_a_revision_shows_the_words_that_changed(desk: Client):
    change_pattern(make_pattern(description="It undoes each step."), description="It undoes every step.")

    page = desk.get(address("change", first("revision"), model="revision")).content.decode()

    assert "It undoes <del>each</del><ins>every</ins> step." in page
    assert "<dt>name</dt>" not in page


def test_the_first_revision_shows_the_whole_document(desk: Client):
    make_pattern()

    page = desk.get(address("change", Revision.objects.get(what="entry").pk, model="revision")).content.decode()

    assert "<ins>What Pattern 01 is.</ins>" in page


def test_markup_in_a_revision_is_shown_as_text(desk: Client):
    make_pattern(description="<script>alert(1)</script>")

    page = desk.get(address("change", Revision.objects.get(what="entry").pk, model="revision")).content.decode()

    assert "<script>alert(1)" not in page


def test_a_change_of_many_documents_shows_the_first_of_them(desk: Client):
    make_patterns(250)

    response = desk.get(address("change", first("change"), model="change"))

    assert len(response.context["revisions"]) == 200


@BOTH
@pytest.mark.parametrize("name", ["change", "delete"])
def test_nothing_can_be_changed_or_deleted(admin_client: Client, model: str, name: str):
    make_pattern()
    before = catalogue_rows()

    response = admin_client.post(address(name, first(model), model=model), {"post": "yes", "comment": "Mine."})

    assert response.status_code == 403
    assert catalogue_rows() == before


@BOTH
def test_nothing_can_be_added(admin_client: Client, model: str):
    for send in (admin_client.get, admin_client.post):
        assert send(address("add", model=model)).status_code == 403


@BOTH
def test_nothing_can_be_done_to_the_list(admin_client: Client, model: str):
    make_pattern()
    before = catalogue_rows()

    admin_client.post(
        address("changelist", model=model),
        {"action": "delete_selected", "_selected_action": [first(model)], "post": "yes", "form-0-comment": "Mine."},
    )

    assert catalogue_rows() == before


@pytest.mark.parametrize("model", ["change", "revision", "pattern", "category"])
@pytest.mark.parametrize("name", ["change", "history", "delete"])
def test_an_absurd_number_leads_back_and_never_breaks(admin_client: Client, model: str, name: str):
    for made_up in ("999999", "9" * 40, "-1", "text", "\x00", "1;--", "é" * 200, "0x1", "1.5", "_5F"):
        response = admin_client.get(address(name, made_up, model=model))

        assert response.status_code in (302, 400, 403, 404), made_up


@BOTH
def test_an_absurd_list_never_breaks(admin_client: Client, model: str):
    make_pattern()

    for query in ("?p=99999999999999999999", "?p=x", "?o=9.9.9", "?q=%00", "?q=%27", "?nonsense=1", "?e=1"):
        status = admin_client.get(address("changelist", model=model) + query).status_code
        assert status in (200, 302, 400), query


def test_changes_are_found_by_author_comment_and_entry(desk: Client, editor: User):
    make_pattern("01", by=authorship(author=editor, comment="First."))
    make_pattern("02")

    for query in ("editor", "First", "01"):
        page = desk.get(address("changelist", model="change"), {"q": query})
        assert {change.comment for change in page.context["cl"].queryset} >= {"First."}
        assert all(change.revision_count == change.revisions.count() for change in page.context["cl"].queryset)


@pytest.mark.parametrize(
    ("model", "query"), [("pattern", "id__in=" + "9" * 20), ("change", "created_at__year=" + "9" * 17)]
)
def test_a_number_beyond_every_column_finds_nothing_or_leads_back(admin_client: Client, model: str, query: str):
    """PostgreSQL compares a number of any length where SQLite refuses to."""
    response = admin_client.get(f"{address('changelist', model=model)}?{query}")

    if response.status_code == 200:
        assert response.context["cl"].result_count == 0
    else:
        assert (response.status_code, response["Location"]) == (302, f"{address('changelist', model=model)}?e=1")
