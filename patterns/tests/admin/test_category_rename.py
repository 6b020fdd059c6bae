"""Another address for a category: on a page of its own, with a reason; the old one leads there for ever."""

import pytest
from django.test import Client
from django.utils import timezone

from patterns.models import Category, Change, FormerCategory, Proposal, Revision, WorkingCopy
from patterns.store.reading import load_document
from patterns.tests.admin.clashes import text_of
from patterns.tests.admin.forms import (
    address,
    catalogue_rows,
    client_of,
    form_in,
    messages_of,
    opened,
    refused,
    save,
)
from patterns.tests.factories import make_category, make_pattern
from patterns.tests.workflow.staff import person

pytestmark = pytest.mark.django_db

NEW = {"slug": "elsewhere", "comment": "Its name is another one now."}


@pytest.fixture
def publisher(db) -> Client:
    return client_of(person("publisher"))


def page_of(slug: str, name: str = "rename") -> str:
    return address(name, Category.objects.get(slug=slug).pk, model="category")


@pytest.fixture
def page(db) -> str:
    make_pattern(category="Data")
    return page_of("data")


def rename(client: Client, page: str, slug: str) -> None:
    assert client.post(page, {**opened(client, page), **NEW, "slug": slug}).status_code == 302


def test_the_old_address_and_its_feed_redirect_to_the_new_ones(publisher: Client, page: str, client: Client):
    response = publisher.post(page, {**opened(publisher, page), **NEW}, follow=True)

    change = Change.objects.first()
    assert client.get("/categories/data/").url == "/categories/elsewhere/"
    assert client.get("/categories/data/feed.atom").url == "/categories/elsewhere/feed.atom"
    assert (change.author.username, change.comment) == ("publisher", NEW["comment"])
    assert messages_of(response) == [f"Change {change.number} gave it another address."]


def test_the_page_says_what_becomes_of_the_old_address(publisher: Client, page: str):
    said = text_of(publisher.get(page))

    assert "Its address is /categories/data/" in said
    assert "It will go on answering" in said


def test_the_form_leads_there(publisher: Client, page: str):
    assert page in publisher.get(page_of("data", "change")).content.decode()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"slug": ""}, "This field is required."),
        ({"comment": ""}, "This field is required."),
        ({"slug": "Not A Slug"}, "is not a slug"),
        ({"slug": "taken"}, "is the address of 'Taken'"),
        ({"slug": "once"}, "is a former address of 'Now', which still redirects"),
        ({"slug": "x" * 101}, "at most 100 characters"),
        ({"slug": "<script>alert(1)</script>"}, "is not a slug"),
    ],
)
def test_what_cannot_be_is_refused_and_the_reason_is_kept(publisher: Client, page: str, values: dict, said: str):
    make_category("Taken")
    make_category("Now", slug="once")
    rename(publisher, page_of("once"), "now")

    response = refused(publisher, page, {**opened(publisher, page), **NEW, **values})

    assert said in text_of(response)
    assert form_in(response)["comment"] == values.get("comment", NEW["comment"])
    assert "<script>alert(1)" not in response.content.decode()


@pytest.mark.parametrize("fingerprint", ["", "0" * 64, "x"])
def test_who_did_not_see_the_present_state_is_asked_again(publisher: Client, page: str, fingerprint: str):
    form = {**opened(publisher, page), **NEW, "opened": fingerprint}

    response = refused(publisher, page, form)

    assert "somebody changed it since you looked" in text_of(response)
    assert publisher.post(page, form_in(response)).status_code == 302
    assert [*load_document().categories] == ["elsewhere"]


def test_the_present_address_is_no_change(publisher: Client, page: str):
    response = publisher.post(page, {**opened(publisher, page), **NEW, "slug": "data"}, follow=True)

    assert messages_of(response) == ["Nothing differed."]
    assert not FormerCategory.objects.exists()


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("editor", 403), ("publisher", 302), ("superuser", 302)])
def test_only_who_may_keep_categories_renames(page: str, role: str, status: int):
    form = opened(client_of(person("publisher", "other")), page)
    client = client_of(person(role))

    response = client.post(page, {**form, **NEW})

    assert response.status_code == status
    assert (client.get(page).status_code == 403) == (status == 403)
    assert (page in client.get(page_of(*load_document().categories, "change")).content.decode()) == (status == 302)
    assert ([*load_document().categories] == ["elsewhere"]) == (status == 302)


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_other_methods_are_refused(publisher: Client, page: str, method: str):
    before = catalogue_rows()

    assert getattr(publisher, method)(page).status_code == 405
    assert catalogue_rows() == before


def test_what_is_not_there_is_not_found(publisher: Client):
    assert publisher.get(address("rename", 77, model="category")).status_code == 404


# What was begun before the rename goes on after it.


def test_an_old_version_is_restored_at_the_new_address(publisher: Client, page: str):
    first = Revision.objects.get(what="category", identity="data").pk
    rename(publisher, page, "elsewhere")
    form_page = page_of("elsewhere", "change")
    save(publisher, form_page, {**opened(publisher, form_page), "name": "Storage", "description": "Later."})
    restore = address("restore", first, model="category")

    response = publisher.post(restore, {**opened(publisher, restore), "comment": "As it was."}, follow=True)

    (category,) = load_document().categories.values()
    assert (category.slug, category.name, category.description) == ("elsewhere", "Data", "")
    assert "brought back" in messages_of(response)[0]
    assert load_document().entries["01"].category == "Data"


def test_the_history_goes_on(publisher: Client, page: str):
    rename(publisher, page, "elsewhere")

    response = publisher.get(page_of("elsewhere", "history"))

    assert [one.version.did for one in response.context["rows"]] == ["changed", "created"]
    assert "Changed: Slug" in text_of(response)


def test_a_form_that_was_opened_before_becomes_a_working_copy_of_the_same_category(publisher: Client, page: str):
    form_page = page_of("data", "change")
    typed = {**opened(publisher, form_page), "description": "Typed before."}
    rename(client_of(person("superuser")), page, "elsewhere")

    response = publisher.post(form_page, typed, follow=True)

    assert WorkingCopy.objects.get().identity == "elsewhere"
    assert "Somebody was faster: Data" in text_of(response)
    assert "Typed before." in text_of(response)


def test_what_waits_for_a_decision_is_still_about_it(publisher: Client, page: str):
    form_page = page_of("data", "change")
    typed = {**opened(publisher, form_page), "description": "Typed before."}
    other = client_of(person("superuser"))
    save(other, form_page, {**opened(other, form_page), "description": "Faster."})
    copy_page = publisher.post(form_page, typed).url
    rename(other, page, "elsewhere")

    form = {**opened(publisher, copy_page), "choice-description": "mine", "choice-name": "now"}
    response = publisher.post(copy_page, form)

    assert response.status_code == 302, text_of(response)
    assert load_document().categories["elsewhere"].description == "Typed before."
    assert not WorkingCopy.objects.exists()


def test_a_proposal_is_accepted_after_it(publisher: Client, page: str):
    entry = load_document().entries["01"].model_dump(mode="json")
    proposal = Proposal.objects.create(
        code="01",
        author=person("editor"),
        base=entry,
        document={**entry, "description": "Better."},
        keys=["description"],
        created_at=Change.objects.first().created_at,
    )
    rename(publisher, page, "elsewhere")
    where = address("change", proposal.pk, model="proposal")

    review = publisher.get(where).context["review"]
    form = {"opened": review.opened, "seen": review.proposal.seen, "accept-reason": "Right."}
    publisher.post(address("accept", proposal.pk, model="proposal"), form)

    assert load_document().entries["01"].description == "Better."


def test_who_has_a_copy_at_the_new_address_keeps_both(publisher: Client, page: str):
    """Of a category that was deleted there, and of the one that moves there."""
    person_of_both = person("superuser")
    for slug in ("data", "elsewhere"):
        WorkingCopy.objects.create(
            person=person_of_both, what="category", identity=slug, document={"name": slug}, kept_at=timezone.now()
        )

    rename(publisher, page, "elsewhere")

    assert {*WorkingCopy.objects.values_list("identity", flat=True)} == {"data", "elsewhere"}
