"""What somebody types into the form of an entry is kept for them alone until it is saved or thrown away."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from patterns.models import Catalog, Change, Pattern, Proposal, WorkingCopy
from patterns.tests.admin.clashes import text_of
from patterns.tests.admin.forms import Form, address, client_of, form_in, opened, save, with_row
from patterns.tests.admin.proposals import forms_in, where
from patterns.tests.admin.proposals import opened as opened_proposal
from patterns.tests.factories import change_pattern, make_category, make_pattern, make_rich_pattern
from patterns.tests.store.scratch import Scratch
from patterns.tests.workflow.staff import by, person

pytestmark = pytest.mark.django_db

CANARY = "Chrysoprase"
TYPED_LATER = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def ada(db) -> User:
    return person("editor", "Ada")


@pytest.fixture
def client(ada: User) -> Client:
    return client_of(ada)


@pytest.fixture
def page(db) -> str:
    return address("change", make_rich_pattern().pk)


def keep(client: Client, page: str, form: Form, **headers: Any) -> HttpResponse:
    return client.post(page.replace("/change/", "/keep/").replace("/add/", "/keep/"), form, **headers)


def test_what_was_typed_stands_in_the_form_when_it_is_opened_again(client: Client, ada: User, page: str):
    keep(client, page, {**opened(client, page), "problem": "Half a sent", "comment": "Because"})
    client.logout()

    form = opened(client_of(ada), page)

    assert (form["problem"], form["comment"]) == ("Half a sent", "Because")
    assert "is here again, and not saved" in text_of(client_of(ada).get(page))


def test_half_of_a_form_is_kept_as_it_is(client: Client, page: str):
    form = with_row(opened(client, page), "relations", type="uses", target="")
    typed = {**form, "name": "", "origin_year": "19x", "category": "", "relations-0-target": "no such code"}

    keep(client, page, typed)

    again = opened(client, page)
    assert (again["name"], again["origin_year"], again["category"]) == ("", "19x", "")
    assert again["relations-0-target"] == "no such code"
    assert "uses" in {again[name] for name in again if name.startswith("relations-") and name.endswith("-type")}


def test_rows_are_kept_in_the_order_that_was_asked_for(client: Client, page: str):
    form = with_row(opened(client, page), "references", title="My book", place="1")

    keep(client, page, form)

    assert opened(client, page)["references-0-title"] == "My book"


def test_a_new_entry_is_kept_before_it_has_a_code(client: Client):
    page = address("add")
    keep(client, page, {**opened(client, page), "name": "Bulk", "code": ""})

    assert opened(client, page)["name"] == "Bulk"
    assert WorkingCopy.objects.get().identity == ""
    assert not Pattern.objects.exists()


def test_readers_and_others_see_nothing_of_it(client: Client, page: str):
    keep(client, page, {**opened(client, page), "problem": CANARY, "name": CANARY})

    pattern = Pattern.objects.get()
    public = ["/", "/patterns/", pattern.get_absolute_url(), "/catalog.toml", "/changes/", "/api/v1/patterns"]
    assert not any(CANARY in client.get(path, follow=True).content.decode() for path in public)
    other = client_of(person("superuser", "Barbara"))
    assert not any(CANARY in other.get(path).content.decode() for path in (page, "/admin/", address("changelist")))
    assert CANARY in client.get("/admin/").content.decode()


@pytest.mark.parametrize("role", ["viewer", "editor"])
def test_who_may_not_edit_keeps_nothing(role: str):
    page = address("change", make_pattern(status="draft").pk)
    stranger = client_of(person(role, "Eve"))

    assert keep(stranger, page, {"problem": "Mine."}).status_code == 403
    assert stranger.post(page.replace("/change/", "/discard/")).status_code == 403
    assert not WorkingCopy.objects.exists()


def test_a_script_is_told_when_it_was_kept(client: Client, page: str):
    response = keep(client, page, {**opened(client, page), "problem": "P"}, **TYPED_LATER)

    assert response.json()["said"].startswith("Kept at ")
    assert "no-store" in response["Cache-Control"]


def test_what_is_kept_is_saved_once_the_form_is_sent(page: str):
    publisher = client_of(person("publisher"))
    keep(publisher, page, {**opened(publisher, page), "problem": "All of a sentence."})

    save(publisher, page, opened(publisher, page))

    assert Pattern.objects.get().problem == "All of a sentence."
    assert not WorkingCopy.objects.exists()


def test_what_is_thrown_away_on_purpose_is_gone(client: Client, page: str):
    before = opened(client, page)["problem"]
    keep(client, page, {**opened(client, page), "problem": "Half a sent"})

    form = opened(client, page)
    client.post(page.replace("/change/", "/discard/"), {"kept": form["kept"]})

    assert opened(client, page)["problem"] == before


def test_an_old_tab_throws_nothing_away_that_a_newer_one_typed(client: Client, page: str):
    keep(client, page, {**opened(client, page), "problem": "Older."})
    old = opened(client, page)
    keep(client, page, {**old, "problem": "Newer."})

    client.post(page.replace("/change/", "/discard/"), {"kept": old["kept"], "form_token": "0" * 36})

    assert opened(client, page)["problem"] == "Newer."


def test_to_save_one_tab_leaves_what_the_other_says(page: str):
    publisher = client_of(person("publisher"))
    old, new = opened(publisher, page), opened(publisher, page)
    keep(publisher, page, {**new, "problem": "Saved."})
    keep(publisher, page, {**old, "solution": "Of the older tab."})

    save(publisher, page, {**new, "problem": "Saved."})

    assert Pattern.objects.get().problem == "Saved."
    assert opened(publisher, page)["solution"] == "Of the older tab."


@pytest.fixture
def retired(client: Client, page: str) -> Form:
    """The form of an entry into which the editor typed, and which readers and editors have lost since."""
    keep(client, page, {**opened(client, page), "problem": CANARY, "name": ""})
    form = opened(client, page)
    change_pattern(Pattern.objects.get(), status="retired")
    return form


def test_who_may_not_edit_any_more_still_reads_what_was_typed(client: Client, retired: Form):
    shown = client.get(reverse("admin:working_copy", args=[WorkingCopy.objects.get().pk]))

    assert shown.status_code == 200
    assert CANARY in text_of(shown)
    assert "Your account may not edit it as it is now" in text_of(shown)

    client.post(shown.wsgi_request.path, {**form_in(shown), "_discard": ""})

    assert not WorkingCopy.objects.exists()


def test_a_form_that_may_not_be_sent_any_more_shows_what_was_sent(client: Client, page: str, retired: Form):
    sent = client.post(page, {**retired, "solution": "<b>Sent later.</b>"})

    assert sent.status_code == 403
    assert "<b>Sent later.</b>" in text_of(sent)
    assert "form_token" not in text_of(sent)
    assert Pattern.objects.get().solution != "<b>Sent later.</b>"


def test_to_save_one_tab_leaves_half_a_sentence_of_the_other(page: str):
    publisher = client_of(person("publisher"))
    first, second = opened(publisher, page), opened(publisher, page)
    keep(publisher, page, {**first, "name": "", "origin_year": "19x"})

    save(publisher, page, {**second, "problem": "Whole."})

    assert Pattern.objects.get().problem == "Whole."
    assert WorkingCopy.objects.get().document["origin"]["year"] == "19x"


@pytest.fixture
def of_tabs(client: Client, page: str) -> Form:
    """The form of a third tab, which shows what was typed into the first; the second's text is kept beside it."""
    first, second = opened(client, page), opened(client, page)
    keep(client, page, {**first, "problem": "First."})
    keep(client, page, {**second, "problem": "Second."})
    return opened(client, page)


def test_a_second_click_throws_nothing_away_that_the_page_did_not_show(client: Client, page: str, of_tabs: Form):
    for _ in range(2):
        client.post(page.replace("/change/", "/discard/"), of_tabs)

    assert opened(client, page)["problem"] == "Second."


def test_a_tab_replaces_nothing_that_it_did_not_show(client: Client, page: str, of_tabs: Form):
    client.post(page.replace("/change/", "/discard/"), of_tabs)

    keep(client, page, {**of_tabs, "problem": "Third."})

    copy = WorkingCopy.objects.get()
    assert [one["problem"] for one in (copy.document, *copy.elsewhere.values())] == ["Second.", "Third."]


def test_what_was_typed_beside_an_open_decision_outlives_it(page: str):
    publisher = client_of(person("publisher"))
    late = opened(publisher, page)
    change_pattern(Pattern.objects.get(), problem="Theirs.")
    publisher.post(page, {**late, "problem": "Mine."})
    keep(publisher, page, {**opened(publisher, page), "solution": "Typed beside it."})

    decision = f"/admin/working-copy/{WorkingCopy.objects.get().pk}/"
    assert publisher.post(decision, {**opened(publisher, decision), "choice-problem": "mine"}).status_code == 302

    assert Pattern.objects.get().problem == "Mine."
    assert opened(publisher, page)["solution"] == "Typed beside it."


def test_the_first_page_names_a_new_entry_that_is_not_saved(client: Client):
    page = address("add")
    keep(client, page, {**opened(client, page), "name": "Bulk"})

    assert "[new] Bulk" in text_of(client.get("/admin/"))


def test_two_tabs_lose_nothing_of_each_other(client: Client, page: str):
    old, new = opened(client, page), opened(client, page)
    keep(client, page, {**new, "problem": "Of the newer tab."})

    response = keep(client, page, {**old, "problem": "Of the older tab."}, **TYPED_LATER)

    assert response.status_code == 409
    assert "in another tab" in response.json()["said"]
    assert opened(client, page)["problem"] == "Of the newer tab."
    assert "Of the older tab." in text_of(client.get(page))


def test_a_tab_goes_on_with_its_own_text(client: Client, page: str):
    form = opened(client, page)
    for text in ("A", "A b", "A bc"):
        assert keep(client, page, {**form, "problem": text}, **TYPED_LATER).status_code == 200

    assert opened(client, page)["problem"] == "A bc"
    assert WorkingCopy.objects.get().elsewhere == {}


def test_what_others_saved_meanwhile_is_asked_about_when_it_is_sent(page: str):
    publisher = client_of(person("publisher"))
    keep(publisher, page, {**opened(publisher, page), "problem": "Mine."})
    change_pattern(Pattern.objects.get(), problem="Theirs.")

    response = publisher.post(page, opened(publisher, page))

    assert response.status_code == 302
    decision = text_of(publisher.get(response["Location"]))
    assert "Mine" in decision
    assert "Theirs" in decision


def test_hostile_text_is_kept_or_refused_and_never_breaks_a_page(client: Client, page: str):
    form = opened(client, page)
    hostile = {
        "comment": "c" * 9_000,
        "form_token": "t" * 999,
        "kept": "\x00",
        "opened": "\x00" * 80,
        "problem": "\x00\x07",
    }

    assert keep(client, page, {**form, **hostile}).status_code in (302, 400)
    assert keep(client, page, {"steps-TOTAL_FORMS": "x"}).status_code in (302, 400)
    assert client.get(page).status_code == 200


# An open proposal is its author's working copy


def test_an_own_proposal_is_what_the_form_shows_and_goes_on_changing(client: Client, ada: User, page: str):
    save(client, page, {**opened(client, page), "problem": "First.", "comment": "Why."})

    form = opened(client, page)
    assert (form["problem"], form["comment"]) == ("First.", "Why.")
    save(client, page, {**form, "solution": "Second."})

    proposal = Proposal.objects.get()
    assert (proposal.document["problem"], proposal.document["solution"]) == ("First.", "Second.")
    assert proposal.keys == ["problem", "solution"]
    assert proposal.changed_at is not None
    assert Change.objects.filter(author=ada).count() == 0


def test_what_an_author_rewrites_meanwhile_is_not_accepted_unseen(client: Client, page: str):
    save(client, page, {**opened(client, page), "problem": "Seen."})
    proposal = Proposal.objects.get()
    publisher = client_of(person("publisher"))
    seen, accept = opened_proposal(publisher, proposal, "accept"), where(proposal, "accept")
    save(client, page, {**opened(client, page), "problem": "Never seen."})

    response = publisher.post(accept, seen)

    assert "Its author changed the proposal since" in text_of(response)
    assert Pattern.objects.get().problem != "Never seen."
    publisher.post(accept, forms_in(response)[accept])
    assert Pattern.objects.get().problem == "Never seen."


def test_what_a_reviewer_wrote_is_there_to_be_copied_if_its_author_rewrites_it(client: Client, page: str):
    save(client, page, {**opened(client, page), "problem": "Seen."})
    publisher, proposal = client_of(person("publisher")), Proposal.objects.get()
    edited = opened_proposal(publisher, proposal, "accept", "?edit=1")
    save(client, page, {**opened(client, page), "problem": "Never seen."})

    written = {"choice-problem": "edited", "text-problem": "The reviewer's <b>own</b> words."}
    response = publisher.post(where(proposal, "accept"), {**edited, **written})

    assert "What you had written, to be copied" in text_of(response)
    assert "The reviewer's <b>own</b> words." in text_of(response)


# Categories and the header


@pytest.fixture(params=["category", "catalog"])
def plain_page(request: pytest.FixtureRequest, db) -> str:
    row = make_category("Data") if request.param == "category" else Catalog.objects.get()
    return address("change", row.pk, model=request.param)


def test_categories_and_the_header_are_kept_while_somebody_types(plain_page: str):
    publisher = client_of(person("publisher"))
    assert 'data-keeps formaction="' in publisher.get(plain_page).content.decode()

    keep(publisher, plain_page, {**opened(publisher, plain_page), "description": "Half a sent", "comment": "Why"})

    again = opened(publisher, plain_page)
    assert (again["description"], again["comment"]) == ("Half a sent", "Why")
    assert "is here again, and not saved" in text_of(publisher.get(plain_page))
    assert f'href="{plain_page}"' in publisher.get("/admin/").content.decode()
    assert "Not saved yet" in text_of(publisher.get("/admin/"))


def test_they_are_no_working_copies_any_more_once_they_are_saved_or_thrown_away(plain_page: str):
    publisher = client_of(person("publisher"))
    for end in ("save", "discard"):
        keep(publisher, plain_page, {**opened(publisher, plain_page), "description": f"Typed before {end}"})
        form = opened(publisher, plain_page)
        path = plain_page if end == "save" else plain_page.replace("/change/", "/discard/")
        assert publisher.post(path, form).status_code == 302

        assert not WorkingCopy.objects.exists()
        assert opened(publisher, plain_page)["description"] == "Typed before save"


def test_what_is_half_typed_into_them_is_kept_as_it_is(plain_page: str):
    publisher = client_of(person("publisher"))
    words = {"keywords": "one\r\ntwo"} if "catalog" in plain_page else {"name": ""}

    keep(publisher, plain_page, {**opened(publisher, plain_page), **words})

    assert {name: opened(publisher, plain_page)[name] for name in words} == words


def test_a_new_category_is_kept_before_it_has_an_address():
    publisher, page = client_of(person("publisher")), address("add", model="category")
    keep(publisher, page, {**opened(publisher, page), "name": "Dat", "slug": ""})

    assert opened(publisher, page)["name"] == "Dat"
    assert f'href="{page}">[new] Dat' in publisher.get("/admin/").content.decode()
    form = {**opened(publisher, page), "name": "Data", "slug": "data", "description": "It is kept."}
    save(publisher, page, form)
    assert not WorkingCopy.objects.exists()


def test_two_tabs_of_a_category_lose_nothing_of_each_other():
    publisher, page = client_of(person("publisher")), address("change", make_category("Data").pk, model="category")
    old, new = opened(publisher, page), opened(publisher, page)
    keep(publisher, page, {**new, "description": "Of the newer tab."})

    assert keep(publisher, page, {**old, "description": "Of the older tab."}, **TYPED_LATER).status_code == 409

    assert opened(publisher, page)["description"] == "Of the newer tab."
    assert "Of the older tab." in text_of(publisher.get(page))


def test_an_editor_keeps_nothing_of_a_category(client: Client):
    page = address("change", make_category("Data").pk, model="category")

    assert keep(client, page, {"name": "Mine"}).status_code == 403
    assert not WorkingCopy.objects.exists()


def test_the_first_page_tells_what_is_typed_from_what_is_to_be_decided(page: str):
    publisher = client_of(person("publisher"))
    late = opened(publisher, page)
    change_pattern(Pattern.objects.get(), problem="Theirs.")
    publisher.post(page, {**late, "problem": "Mine."})
    other = address("change", make_pattern("02").pk)
    keep(publisher, other, {**opened(publisher, other), "problem": "Half a sent"})

    said = text_of(publisher.get("/admin/"))

    assert "Not saved yet (1) [02] Pattern 02" in said
    assert "For you to decide (1) [01] Pattern 01" in said
    assert f'href="{other}">[02]' in publisher.get("/admin/").content.decode()
    decision = f"/admin/working-copy/{WorkingCopy.objects.get(identity='01').pk}/"
    assert f'href="{decision}">[01]' in publisher.get("/admin/").content.decode()


def test_the_page_of_what_is_typed_still_is_its_form(client: Client, page: str):
    keep(client, page, {**opened(client, page), "problem": "Half a sent"})

    response = client.get(f"/admin/working-copy/{WorkingCopy.objects.get().pk}/")

    assert (response.status_code, response["Location"]) == (302, page)


# A form that was refused


def test_a_refused_form_that_is_left_is_there_again_without_a_script(page: str):
    publisher = client_of(person("publisher"))
    form = {
        **with_row(opened(publisher, page), "references", title="My book"),
        "name": "",
        "problem": "An hour's work.",
    }

    assert publisher.post(page, form).status_code == 200

    again = opened(publisher, page)
    assert (again["name"], again["problem"]) == ("", "An hour's work.")
    assert "My book" in again.values()


def test_it_is_kept_until_it_is_mended(page: str):
    publisher = client_of(person("publisher"))
    form = {**opened(publisher, page), "problem": "An hour's work."}
    publisher.post(page, {**form, "name": ""})

    save(publisher, page, form)

    assert not WorkingCopy.objects.exists()


def test_a_refused_form_takes_nothing_from_another_tab(plain_page: str):
    publisher = client_of(person("publisher"))
    old, new = opened(publisher, plain_page), opened(publisher, plain_page)
    keep(publisher, plain_page, {**new, "description": "Of the newer tab."})

    publisher.post(plain_page, {**old, "description": "Of the older tab.", "comment": "c" * 1_001})

    assert opened(publisher, plain_page)["description"] == "Of the newer tab."
    assert "Of the older tab." in text_of(publisher.get(plain_page))


def test_two_tabs_that_keep_at_once_are_one_copy(scratch: Scratch):
    page, user = address("change", make_pattern("01").pk), person("editor")
    first, second = client_of(user), client_of(user)
    forms = [{**opened(first, page), "problem": text} for text in ("Of one tab.", "Of the other tab.")]

    answers = scratch.at_once(lambda: keep(first, page, forms[0]), lambda: keep(second, page, forms[1]))

    assert [one.status_code for one in answers] == [302, 302]
    shown = text_of(first.get(page)) + opened(first, page)["problem"]
    assert "Of one tab." in shown
    assert "Of the other tab." in shown


def test_what_was_sent_later_stays_whichever_comes_first(client: Client, page: str):
    form, now = opened(client, page), 1_790_000_000_000
    keep(client, page, {**form, "problem": "Half a sentence.", "sent_at": f"{now + 300}"})

    keep(client, page, {**form, "problem": "Half a sent", "sent_at": f"{now}"})

    assert opened(client, page)["problem"] == "Half a sentence."


def test_what_another_tab_sent_later_stays_whichever_comes_first(client: Client, page: str):
    old, new, now = opened(client, page), opened(client, page), 1_790_000_000_000
    keep(client, page, {**new, "problem": "Of the newer tab.", "sent_at": f"{now}"})
    keep(client, page, {**old, "problem": "Half a sentence.", "sent_at": f"{now + 300}"})

    keep(client, page, {**old, "problem": "Half a sent", "sent_at": f"{now + 200}"})

    assert "Half a sentence." in text_of(client.get(page))


@pytest.mark.parametrize("sent_at", ["", "0", "1700000000000", "-1", "9" * 40, "\u0663"])
def test_what_comes_with_a_clock_that_was_set_back_is_kept(client: Client, page: str, sent_at: str):
    form = opened(client, page)
    keep(client, page, {**form, "problem": "First.", "sent_at": "1790000000000"})

    keep(client, page, {**form, "problem": "Second.", "sent_at": sent_at})

    assert opened(client, page)["problem"] == "Second."


def test_half_a_sentence_about_a_deleted_entry_can_be_read_and_thrown_away(client: Client, ada: User):
    page = address("change", make_pattern(status="draft", by=by(ada)).pk)
    keep(client, page, {**opened(client, page), "name": "", "problem": "Half a sent"})
    client_of(person("superuser")).post(page.replace("/change/", "/delete/"), {"post": "yes"})
    decision = reverse("admin:working_copy", args=[WorkingCopy.objects.get().pk])
    assert f'href="{decision}"' in client.get("/admin/").content.decode()

    said = text_of(client.get(decision))
    assert "Half a sent" in said
    assert "no whole document yet" in said
    sent = {"kept": WorkingCopy.objects.get().kept_at.isoformat()}
    assert client.post(decision, {**sent, "_again": "yes"}).status_code == 200
    client.post(decision, {**sent, "_discard": "yes"})

    assert not WorkingCopy.objects.exists()
