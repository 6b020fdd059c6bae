"""What was typed too late is kept for its person alone, until they decide about it or throw it away."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from patterns.models import Catalog, Category, Change, Pattern, WorkingCopy
from patterns.store.reading import load_document, load_entries
from patterns.tests.admin.clashes import (
    Editors,
    decision_url,
    editors_of,
    merge,
    open_keys,
    overtaken,
    settled,
    text_of,
    too_late,
)
from patterns.tests.admin.forms import (
    Form,
    address,
    catalogue_rows,
    client_of,
    errors_of,
    form_in,
    messages_of,
    opened,
    save,
    with_row,
)
from patterns.tests.factories import change_pattern, make_category, make_pattern, make_rich_pattern
from patterns.tests.workflow.staff import by, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def editors(db) -> Editors:
    return editors_of()


@pytest.fixture
def page(db) -> str:
    return address("change", make_pattern(description="Old.").pk)


@pytest.fixture
def url(editors: Editors, page: str) -> str:
    """The second editor's page about a description that both changed."""
    form = overtaken(editors, page, description="Ada's.")
    too_late(editors.second, page, {**form, "description": "Barbara's.", "problem": "Hers.", "comment": "Why."})
    return decision_url(editors.second)


def shown(client: Client, url: str) -> Form:
    """The page's fields, but for what each answer has of its own."""
    return {**opened(client, url), "csrfmiddlewaretoken": ""}


# Nothing that was typed is lost


def test_a_save_that_came_too_late_leads_to_the_page_of_its_copy(editors: Editors, page: str):
    form = overtaken(editors, page, description="Ada's.")

    response = editors.second.post(page, {**form, "description": "Barbara's."})

    assert (response.status_code, response["Location"]) == (302, decision_url(editors.second))


def test_the_page_can_be_loaded_again_and_again(editors: Editors, url: str):
    first = shown(editors.second, url)

    assert shown(editors.second, url) == first
    assert (first["text-description"], first["comment"]) == ("Barbara's.", "Why.")


def test_the_copy_outlives_the_session(editors: Editors, url: str):
    first = shown(editors.second, url)
    editors.second.logout()

    again = client_of(User.objects.get(username="Barbara"))

    assert shown(again, url) == first


def test_rows_that_were_typed_are_kept(editors: Editors):
    page = address("change", make_rich_pattern().pk)
    form = overtaken(editors, page, description="Ada's.")

    too_late(editors.second, page, with_row(form, "references", title="My book"))

    assert WorkingCopy.objects.get().document["references"][-1]["title"] == "My book"
    assert "My book" in text_of(editors.second.get(decision_url(editors.second)))


def test_what_others_save_meanwhile_is_on_the_page_the_next_time(editors: Editors, page: str, url: str):
    save(editors.first, page, {**opened(editors.first, page), "name": "Ada's", "problem": "Ada's too."})

    response = editors.second.get(url)

    assert open_keys(response) == ["description", "problem"]
    assert settled(response) == {"Name": "changed by others only"}


@pytest.mark.parametrize("model", ["category", "catalog"])
def test_categories_and_the_header_are_kept_too(editors: Editors, model: str):
    row = make_category() if model == "category" else Catalog.objects.get()
    page = address("change", row.pk, model=model)
    form = overtaken(editors, page, description="Ada's.")
    too_late(editors.second, page, {**form, "description": "Barbara's."})
    url = decision_url(editors.second)

    assert shown(editors.second, url)["text-description"] == "Barbara's."
    assert url in editors.second.get(page).content.decode()
    merge(editors.second, opened(editors.second, url), description="mine")
    assert not WorkingCopy.objects.exists()


def test_the_place_of_a_category_is_kept(editors: Editors):
    for name in "AB":
        make_category(name)
    page = address("change", Category.objects.get(slug="b").pk, model="category")
    form = overtaken(editors, page, description="Ada's.")
    too_late(editors.second, page, {**form, "position": "1"})

    merge(editors.second, opened(editors.second, decision_url(editors.second)))

    assert [*load_document().categories] == ["b", "a"]


# Found again


@pytest.mark.parametrize("where", ["form", "index"])
def test_the_form_and_the_first_page_lead_back(editors: Editors, page: str, url: str, where: str):
    path = {"form": page, "index": "/admin/"}[where]

    assert f'href="{url}"' in editors.second.get(path).content.decode()
    assert "working-copy" not in editors.first.get(path).content.decode()


def test_a_form_that_is_refused_says_so_as_well(editors: Editors, page: str, url: str):
    response = editors.second.post(page, {**opened(editors.second, page), "name": ""})

    assert [*errors_of(response)] == ["name"]
    assert f'href="{url}"' in response.content.decode()


def test_marks_in_a_name_are_text_on_the_first_page(editors: Editors, page: str):
    form = overtaken(editors, page, description="Ada's.")
    too_late(editors.second, page, {**form, "name": "<b>Bold</b>"})

    assert "<b>Bold" not in editors.second.get("/admin/").content.decode()


# Nobody else's


@pytest.mark.parametrize("role", ["viewer", "editor", "publisher", "superuser"])
def test_nobody_else_reads_it_decides_about_it_or_throws_it_away(editors: Editors, url: str, role: str):
    answer, stranger, before = opened(editors.second, url), client_of(person(role)), [*WorkingCopy.objects.values()]

    responses = [
        stranger.get(url),
        stranger.post(url, {**answer, "choice-description": "mine"}),
        stranger.post(url, {**answer, "_discard": "yes"}),
    ]

    assert [one.status_code for one in responses] == [404, 404, 404]
    assert not any("Barbara" in one.content.decode() for one in responses)
    assert [*WorkingCopy.objects.values()] == before
    assert load_entries()["01"].description == "Ada's."


def test_two_people_have_one_each(editors: Editors, page: str, url: str):
    forms = {client: opened(client, page) for client in (editors.first, editors.second)}
    change_pattern(Pattern.objects.get(), description="From elsewhere.")

    for client, form in forms.items():
        too_late(client, page, {**form, "problem": "Mine."})

    assert WorkingCopy.objects.count() == 2
    assert decision_url(editors.first) != decision_url(editors.second) == url


def test_it_goes_with_its_person(url: str):
    User.objects.get(username="Barbara").delete()

    assert not WorkingCopy.objects.exists()


@pytest.mark.parametrize("pk", [0, 999_999, "9" * 40])
def test_a_number_that_nobody_has_leads_to_the_first_page(editors: Editors, pk: Any):
    for send in (editors.first.get, editors.first.post):
        response = send(f"/admin/working-copy/{pk}/")
        assert (response.status_code, response["Location"]) == (302, "/admin/")


def test_no_decision_without_the_token_of_the_form(editors: Editors, url: str):
    client = client_of(User.objects.get(username="Barbara"), enforce_csrf_checks=True)

    assert client.post(url, {"_discard": "yes"}).status_code == 403
    assert WorkingCopy.objects.exists()


# Until it is decided


def test_it_is_gone_once_it_is_decided(editors: Editors, url: str):
    answer = opened(editors.second, url)

    merge(editors.second, answer, description="mine")

    assert not WorkingCopy.objects.exists()
    response = editors.second.post(url, {**answer, "choice-description": "now"}, follow=True)
    assert messages_of(response)[-1] == "Nothing is left to decide there: it was saved, or thrown away."
    assert load_entries()["01"].description == "Barbara's."


def test_it_stays_if_what_was_decided_is_refused(editors: Editors, url: str):
    before, copies = catalogue_rows(), [*WorkingCopy.objects.values()]

    merge(editors.second, opened(editors.second, url), description="edited", text_description=" ")

    assert ([*WorkingCopy.objects.values()], catalogue_rows()) == (copies, before)


def test_a_decision_that_is_too_late_again_is_kept_in_its_turn(editors: Editors, page: str, url: str):
    answer = opened(editors.second, url)
    save(editors.first, page, {**opened(editors.first, page), "description": "Ada's second."})

    merge(editors.second, {**answer, "comment": "Why now."}, description="edited", text_description="Of us both.")

    again = shown(editors.second, url)
    assert (again["text-description"], again["comment"]) == ("Of us both.", "Why now.")
    assert shown(editors.second, url) == again


def test_it_is_gone_once_the_entry_says_the_same(editors: Editors, page: str, url: str):
    save(editors.second, page, {**opened(editors.second, page), "description": "Barbara's."})
    assert WorkingCopy.objects.exists()

    save(editors.second, page, {**opened(editors.second, page), "problem": "Hers."})

    assert not WorkingCopy.objects.exists()


def test_another_save_of_ones_own_leaves_it(editors: Editors, page: str, url: str):
    save(editors.second, page, {**opened(editors.second, page), "name": "Another"})

    assert open_keys(editors.second.get(url)) == ["description"]


def test_it_is_thrown_away_by_a_button_of_its_own(editors: Editors, page: str, url: str):
    before = catalogue_rows()
    assert 'name="_discard"' in editors.second.get(url).content.decode()

    response = editors.second.post(url, {**opened(editors.second, url), "_discard": "yes"})

    assert (response.status_code, response["Location"]) == (302, page)
    assert not WorkingCopy.objects.exists()
    assert catalogue_rows() == before


def test_looking_throws_nothing_away(editors: Editors, url: str):
    editors.second.get(f"{url}?_discard=yes&_again=yes&choice-description=mine")

    assert WorkingCopy.objects.exists()
    assert load_entries()["01"].description == "Ada's."


# One for each person and document


@pytest.fixture
def late(editors: Editors, page: str) -> Form:
    """The second editor's form, too old by now and not sent yet."""
    return overtaken(editors, page, description="Ada's.")


def test_the_same_form_sent_twice_is_one_copy(editors: Editors, page: str, late: Form):
    for _ in range(2):
        too_late(editors.second, page, {**late, "description": "Barbara's."})

    assert WorkingCopy.objects.get().document["description"] == "Barbara's."
    assert WorkingCopy.objects.get().earlier == []


def test_what_two_tabs_said_is_put_together(editors: Editors, page: str, late: Form):
    too_late(editors.second, page, {**late, "problem": "From one tab.", "comment": "Why one."})

    response = too_late(editors.second, page, {**late, "solution": "From the other.", "comment": "Why the other."})

    assert settled(response) == {
        "Description": "changed by others only",
        "Problem": "only you changed it",
        "Solution": "only you changed it",
    }
    assert "Why one." in text_of(response)
    merge(editors.second, form_in(response))
    after = load_entries()["01"]
    assert (after.description, after.problem, after.solution) == ("Ada's.", "From one tab.", "From the other.")
    assert Change.objects.first().comment == "Why the other."


def test_a_text_that_was_typed_anew_is_still_shown(editors: Editors, page: str, late: Form):
    too_late(editors.second, page, {**late, "description": "An hour's work."})

    response = too_late(editors.second, page, {**late, "description": "Barbara's."})

    assert form_in(response)["text-description"] == "Barbara's."
    assert "What you had typed before Description An hour's work." in text_of(response)


def test_a_newer_form_does_not_hide_that_others_changed_the_rest(editors: Editors, page: str, late: Form):
    too_late(editors.second, page, {**late, "description": "Barbara's."})
    newer = overtaken(editors, page, kind="style")

    response = too_late(editors.second, page, {**newer, "problem": "Later."})

    assert open_keys(response) == ["description"]
    assert settled(response) == {"Kind": "changed by others only", "Problem": "only you changed it"}


def test_a_key_that_was_typed_over_two_documents_is_asked_about(editors: Editors, page: str, late: Form):
    too_late(editors.second, page, {**late, "problem": "Mine."})
    newer = overtaken(editors, page, solution="Ada's.")

    response = too_late(editors.second, page, {**newer, "description": "Over hers."})

    assert "description" in open_keys(response)
    assert load_entries()["01"].description == "Ada's."


def test_a_page_that_shows_an_older_copy_saves_nothing(editors: Editors, page: str, late: Form):
    answer = form_in(too_late(editors.second, page, {**late, "description": "Barbara's."}))
    too_late(editors.second, page, {**late, "problem": "Unseen."})

    response = merge(
        editors.second, {**answer, "comment": "Why."}, description="edited", text_description="Typed here."
    )

    assert "changed in another tab" in text_of(response)
    assert (form_in(response)["text-description"], form_in(response)["comment"]) == ("Typed here.", "Why.")
    assert load_entries()["01"].problem == ""
    merge(editors.second, form_in(response))
    assert (load_entries()["01"].description, load_entries()["01"].problem) == ("Typed here.", "Unseen.")


def test_a_page_that_shows_an_older_copy_throws_nothing_away(editors: Editors, page: str, late: Form):
    answer = form_in(too_late(editors.second, page, {**late, "description": "Barbara's."}))
    too_late(editors.second, page, {**late, "problem": "Unseen."})

    merge(editors.second, {**answer, "_discard": "yes"})

    assert WorkingCopy.objects.exists()


def test_what_gave_way_does_not_pile_up(editors: Editors, page: str, late: Form):
    for number in range(25):
        too_late(editors.second, page, {**late, "description": f"Number {number}."})

    earlier = WorkingCopy.objects.get().earlier
    assert (len(earlier), earlier[-1]) == (20, ["description", "Number 23."])


# Deleted meanwhile


@pytest.fixture
def deleted(editors: Editors) -> str:
    """The second editor's page about an entry that was deleted while they typed."""
    page = address("change", make_pattern(status="draft", by=by(person("publisher", "owner"))).pk)
    form = {**opened(editors.second, page), "description": "Barbara's."}
    client_of(person("superuser")).post(page.replace("/change/", "/delete/"), {"post": "yes"})
    assert not Pattern.objects.exists()
    too_late(editors.second, page, form)
    return decision_url(editors.second)


def test_what_was_typed_into_a_deleted_entry_stays(editors: Editors, deleted: str):
    for _ in range(2):
        assert "Barbara's." in text_of(editors.second.get(deleted))

    assert f'href="{deleted}"' in editors.second.get("/admin/").content.decode()


def test_a_deleted_entry_is_created_again_only_once(editors: Editors, deleted: str):
    answer = {**opened(editors.second, deleted), "_again": "yes"}

    first, second = (editors.second.post(deleted, answer) for _ in range(2))

    assert first["Location"] == address("change", Pattern.objects.get().pk)
    assert second["Location"] == "/admin/"
    assert not WorkingCopy.objects.exists()


def test_what_was_typed_into_a_deleted_entry_is_thrown_away(editors: Editors, deleted: str):
    response = editors.second.post(deleted, {**opened(editors.second, deleted), "_discard": "yes"})

    assert response["Location"] == address("changelist")
    assert not WorkingCopy.objects.exists()
    assert not Pattern.objects.exists()


def test_a_form_of_the_header_at_an_address_that_there_is_not_breaks_nothing(editors: Editors):
    form = opened(editors.first, address("change", Catalog.objects.get().pk, model="catalog"))

    response = editors.first.post(address("change", "nowhere", model="catalog"), form)

    assert response.status_code == 200
    assert not WorkingCopy.objects.exists()


def test_who_lost_the_right_to_look_sees_nothing_of_what_is_there_now(editors: Editors):
    draft = address("change", make_pattern("07", status="draft").pk)
    form = overtaken(editors, draft, description="Ada's.")
    too_late(editors.second, draft, {**form, "description": "Barbara's."})
    own = decision_url(editors.second)
    user = User.objects.get(pk=editors.second.session["_auth_user_id"])
    user.groups.clear()
    User.objects.filter(pk=user.pk).update(is_superuser=False)

    assert editors.second.get(own).status_code == 403
    assert editors.second.post(own, {"_discard": ""}).status_code == 403


def test_a_place_that_was_not_decided_keeps_the_copy(editors: Editors):
    rows = [make_category(name) for name in ("One", "Two", "Three")]
    page = address("change", rows[0].pk, model="category")
    form = overtaken(editors, page, description="Ada's.")
    too_late(editors.second, page, {**form, "description": "Barbara's.", "position": "3"})

    save(editors.second, page, {**opened(editors.second, page), "description": "Barbara's."})

    assert WorkingCopy.objects.get().place == 3


def test_a_page_without_the_state_that_it_showed_comes_with_what_was_typed_on_it(editors: Editors, url: str):
    form = opened(editors.second, url)
    typed = {"comment": "A long reason.", "choice-description": "edited", "text-description": "Both of ours."}

    response = editors.second.post(url, {**form, **typed, "seen": ""})

    again = form_in(response)
    assert (again["comment"], again["text-description"]) == ("A long reason.", "Both of ours.")
    assert again["seen"]
