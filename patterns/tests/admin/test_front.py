"""The first page of the desk: what waits for whom, how the catalogue is, and links that do what they say."""

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from patterns.admin import dashboard
from patterns.document.register import with_values
from patterns.models import Pattern
from patterns.store.edits import save_category
from patterns.store.reading import category_of
from patterns.store.writing import fingerprint_of
from patterns.tests.admin.forms import address, catalogue_rows, client_of, make_staff
from patterns.tests.admin.proposals import suggestion
from patterns.tests.admin.test_query_counts import queries
from patterns.tests.factories import A_FILE, authorship, change_pattern, entry, make_pattern, make_patterns
from patterns.tests.workflow.staff import by, move, person
from patterns.workflow.proposals import accept, decline, keep_proposal
from patterns.workflow.saves import present

pytestmark = pytest.mark.django_db

INDEX = "/admin/"


def panels(user: User) -> dict[str, Any]:
    """Name → panel of the first page, as this user sees it."""
    front = client_of(user).get(INDEX).context["front"]
    return {panel.name: panel for group in (front.waiting, front.catalogue, front.changes) for panel in group}


def texts(panel: Any) -> list[str]:
    return [item.text for item in panel.items]


def propose(code: str, author: User, **values: Any) -> Any:
    return keep_proposal(entry(code, **values), base=present(code), by=by(author, "Clearer."))


def test_visitors_are_sent_to_the_login_page(client: Client):
    for response in (client.get(INDEX), client.post(INDEX)):
        assert (response.status_code, response["Location"]) == (302, "/admin/login/?next=/admin/")


@pytest.mark.parametrize("role", ["viewer", "editor", "publisher", "superuser"])
def test_every_role_sees_the_state_of_the_catalogue(role: str):
    make_pattern("01")
    make_pattern("02", status="draft")

    shown = panels(person(role))

    assert {item.text: item.note for item in shown["states"].items} == {
        **{"Draft": "1", "Review": "0"},
        **{"Published": "1", "Retired": "0"},
    }


def test_a_reader_who_gives_an_editors_name_is_still_a_reader():
    make_pattern()
    suggestion(reader="ada")

    item = panels(person("publisher"))["to-decide"].items[0]

    assert item.note.startswith("ada (a reader), ")


def test_staff_without_permissions_learn_nothing():
    make_pattern(status="draft", name="Secret")

    response = client_of(make_staff()).get(INDEX)

    assert response.status_code == 200
    assert "Secret" not in response.content.decode()
    assert response.context["front"] is None


def test_nothing_waits_for_viewers():
    make_pattern(status="review")

    assert not client_of(person("viewer")).get(INDEX).context["front"].waiting


def test_what_others_wrote_waits_for_a_publisher_and_their_own_does_not():
    publisher = person("publisher")
    make_pattern("01", status="review", by=by(publisher))
    make_pattern("02", status="review", by=by(person("editor")))

    waiting = panels(publisher)["to-publish"]

    assert texts(waiting) == ["[02] Pattern 02"]
    assert waiting.total == 1


def test_what_would_take_an_override_waits_for_no_superuser():
    superuser = person("superuser")
    make_pattern(status="review", by=by(superuser))

    assert texts(panels(superuser)["to-publish"]) == []


def test_open_proposals_wait_for_publishers_but_for_their_authors():
    make_pattern("01")
    make_pattern("02")
    publisher, editor = person("publisher"), person("editor")
    propose("01", editor, description="Better.")
    propose("02", publisher, description="Mine.")

    waiting = panels(publisher)["to-decide"]

    assert texts(waiting) == ["[01] Pattern 01"]
    assert waiting.total == 1
    assert "to-decide" not in panels(editor)


def test_ones_own_drafts_come_first_and_those_of_others_do_not_come():
    editor, publisher = person("editor"), person("publisher")
    make_pattern("01", status="draft", by=by(editor))
    make_pattern("02", status="draft", by=by(publisher))
    change_pattern(Pattern.objects.get(code="02"), description="Other.", by=by(editor))
    make_pattern("03", status="review", by=by(editor))

    front = client_of(editor).get(INDEX).context["front"]

    assert [panel.name for panel in front.waiting] == ["drafts", "sent-back", "decided"]
    assert texts(front.waiting[0]) == ["[01] Pattern 01"]
    assert [panel.name for panel in client_of(publisher).get(INDEX).context["front"].waiting] == [
        *("drafts", "to-publish", "to-decide")
    ]


def test_ones_own_drafts_are_counted_beyond_those_that_are_shown():
    editor = person("editor")
    make_patterns(12, status="draft", by=by(editor))

    drafts = panels(editor)["drafts"]

    assert (len(drafts.items), drafts.total) == (10, 12)
    assert len(client_of(editor).get(drafts.more).context["cl"].result_list) == 12


@pytest.mark.parametrize(("role", "is_offered"), [("viewer", False), ("editor", True), ("publisher", True)])
def test_who_may_write_begins_on_the_first_page(role: str, is_offered: bool):
    assert ("Write an entry" in client_of(person(role)).get(INDEX).content.decode()) is is_offered


def test_a_draft_that_was_sent_back_waits_for_its_author_with_the_reason():
    editor = person("editor")
    make_pattern("01", status="review", by=by(editor))
    make_pattern("02", status="draft", by=by(editor))
    move("01", "draft", by=by(person("publisher"), "Say who pays."))

    (item,) = panels(editor)["sent-back"].items

    assert item.text == "[01] Pattern 01"
    assert item.note == "publisher: Say who pays."


def test_what_was_sent_back_stays_when_its_author_saves_and_its_category_is_renamed():
    editor, publisher = person("editor"), person("publisher")
    pattern = make_pattern("01", status="review", by=by(editor))
    move("01", "draft", by=by(publisher, "Say who pays."))

    change_pattern(pattern, description="The sender pays.", by=by(editor))
    shelf = category_of(pattern.category)
    save_category(with_values(shelf, {"name": "Renamed"}), opened=fingerprint_of(shelf), by=by(publisher))

    assert [item.note for item in panels(editor)["sent-back"].items] == ["publisher: Say who pays."]


def test_what_was_submitted_again_is_sent_back_no_more():
    editor = person("editor")
    make_pattern("01", status="review", by=by(editor))
    move("01", "draft", by=by(person("publisher"), "Say who pays."))

    move("01", "review", by=by(editor))

    assert texts(panels(editor)["sent-back"]) == []


def test_what_an_author_took_back_was_not_sent_back():
    editor = person("editor")
    make_pattern(status="review", by=by(editor))
    move("01", "draft", by=by(editor, "Not yet."))

    assert texts(panels(editor)["sent-back"]) == []


def test_what_was_sent_back_to_others_is_theirs():
    make_pattern(status="review", by=by(person("editor")))
    move("01", "draft", by=by(person("publisher"), "Say who pays."))

    assert texts(panels(person("editor", "other"))["sent-back"]) == []


def test_an_author_sees_how_proposals_were_decided():
    make_pattern("01")
    make_pattern("02")
    editor, publisher = person("editor"), person("publisher")
    declined, accepted = propose("01", editor, description="A."), propose("02", editor, description="B.")
    decline(declined, by=by(publisher, "Too long."))
    accept(accepted, entry("02", description="B."), opened=fingerprint_of(present("02")), by=by(publisher, "Good."))

    shown = {item.text: item.note for item in panels(editor)["decided"].items}

    assert shown == {"[01] Pattern 01": "declined: Too long.", "[02] Pattern 02": "accepted: Good."}


def test_the_worst_entries_come_first():
    make_pattern("01", problem="TODO")
    make_pattern("02")

    found = panels(person("viewer"))["checks"].items

    assert [item.text for item in found] == ["[01] Pattern 01", "[02] Pattern 02"]
    assert found[0].note.startswith("1 error, ")


def test_what_nothing_backs_is_counted():
    gain = {"quality": "latency", "sign": "gain", "text": "It answers."}
    make_pattern("01", consequences=[gain, {**gain, "evidence": ["a"]}], references=[{"key": "a", "title": "A"}])
    make_pattern("02", consequences=[gain] * 2)
    change_pattern(make_pattern("03", consequences=[gain]), status="retired")

    panel = panels(person("viewer"))["unbacked"]

    assert {one.text: one.note for one in panel.items} == {"[02] Pattern 02": "2", "[01] Pattern 01": "1"}
    assert (panel.total, panel.title) == (3, "Gains and costs that nothing backs, of 4")


def test_the_checks_are_made_again_after_a_change():
    row, viewer = make_pattern(problem="TODO"), person("viewer")
    before = panels(viewer)["checks"].items[0].note
    change_pattern(row, problem="It hurts.")

    assert "1 error" in before
    assert "error" not in panels(viewer)["checks"].items[0].note


def test_retired_entries_are_not_checked():
    change_pattern(make_pattern(problem="TODO"), status="retired")

    assert texts(panels(person("viewer"))["checks"]) == []


def test_what_nobody_saved_for_a_year_is_listed():
    make_pattern("01", by=authorship(at=timezone.now() - timedelta(days=366)))
    make_pattern("02", by=authorship(at=timezone.now() - timedelta(days=364)))

    forgotten = panels(person("viewer"))["forgotten"]

    assert texts(forgotten) == ["[01] Pattern 01"]
    assert forgotten.total == 1


def test_what_is_many_is_not_counted_to_its_end(monkeypatch):
    monkeypatch.setattr(dashboard, "COUNTED", 2)
    make_patterns(3, status="draft")
    make_patterns(3, first=10, by=authorship(at=timezone.now() - timedelta(days=366)))

    page = client_of(person("viewer")).get(INDEX)

    states = next(panel for panel in page.context["front"].catalogue if panel.name == "states")
    assert [item.note for item in states.items] == ["2 or more", "0", "3", "0"]
    assert "(2 or more)" in page.content.decode()


def test_the_last_changes_say_who_and_why():
    make_pattern(by=authorship(author=person("editor"), comment="For the workshop."))

    first = panels(person("viewer"))["changes"].items[0]

    assert "editor" in first.note
    assert first.note.endswith("For the workshop.")


def test_the_last_import_is_named():
    make_patterns(3, by=A_FILE)
    make_pattern("09")

    (item,) = panels(person("viewer"))["import"].items

    assert "import, a command" in item.note


def test_every_link_of_the_page_leads_somewhere():
    make_pattern("01", problem="TODO", by=authorship(at=timezone.now() - timedelta(days=400)))
    make_pattern("02", status="review", by=by(person("editor")))
    superuser = person("superuser")
    propose("01", User.objects.get(username="editor"), description="Better.")
    client, shown = client_of(superuser), panels(superuser)

    links = {item.url for panel in shown.values() for item in panel.items} | {one.more for one in shown.values()}

    assert {client.get(unescape(url)).status_code for url in links - {""}} == {200}


def test_a_list_that_a_panel_leads_to_holds_what_the_panel_counts():
    make_pattern("01", by=authorship(at=timezone.now() - timedelta(days=400)))
    make_pattern("02", status="draft", by=by(person("editor")))
    viewer = person("viewer")
    client, shown = client_of(viewer), panels(viewer)

    counted = {item.url: int(item.note) for item in shown["states"].items} | {shown["forgotten"].more: 1}

    assert {url: client.get(url).context["cl"].result_count for url in counted} == counted


def test_markup_in_names_and_reasons_is_text():
    make_pattern(name="<b>Bold</b>", slug="bold", status="review", by=by(person("editor"), "<script>alert(1)</script>"))

    page = client_of(person("publisher")).get(INDEX).content.decode()

    assert "<b>Bold" not in page
    assert "<script>alert" not in page


def test_looking_writes_nothing():
    make_pattern()
    client, before = client_of(person("publisher")), catalogue_rows()

    client.get(INDEX)
    client.post(INDEX)

    assert catalogue_rows() == before


@pytest.mark.parametrize("role", ["editor", "publisher", "superuser"])
def test_the_page_costs_the_same_for_ten_entries_as_for_forty(role: str):
    client, editor = client_of(person(role, "me")), person("editor", "other")
    counts = []
    for first, count in ((1, 10), (11, 30)):
        make_patterns(count, first=first, by=by(editor), status="review", problem="TODO")
        make_pattern(f"P{first}", by=by(editor))
        for number in range(count):
            propose(f"P{first}", person("editor", f"other {first} {number}"), description="Better.")
        queries(lambda: client.get(INDEX))  # the checks are made once for each change
        counts.append(queries(lambda: client.get(INDEX)))

    assert counts[0] == counts[1] <= 40
    assert Pattern.objects.count() == 42


def test_the_list_of_proposals_is_where_the_page_leads(admin_client: Client):
    assert admin_client.get(address("changelist", model="proposal") + "?state__exact=open").status_code == 200
