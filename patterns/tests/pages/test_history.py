"""What the past shows to readers: the states that they could have seen, and nothing else."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.test import Client

from patterns.models import Change, Pattern, Revision
from patterns.tests.factories import authorship, change_pattern, make_pattern, make_rich_pattern
from patterns.tests.pages.trees import links, parsed, text, texts
from patterns.views import history

pytestmark = pytest.mark.django_db
CANARY = "xanadu"


def page(client: Client, slug: str = "saga", query: str = ""):
    return parsed(client.get(f"/patterns/{slug}/history/{query}"))


def shown(client: Client, slug: str = "saga") -> str:
    return text(page(client, slug))


def last_number() -> int:
    return Change.objects.order_by("-number").values_list("number", flat=True)[0]


def describe_often(pattern: Pattern, count: int) -> None:
    for number in range(count):
        change_pattern(pattern, description=f"Text {number}.")


def test_it_works(client: Client):
    saga = make_pattern("06", name="Saga", description="It never rolls back.")
    change_pattern(saga, description="It cannot roll back.", by=authorship(at=datetime(2025, 6, 2, tzinfo=UTC)))

    found = page(client)

    assert texts(found, "h1") == ["History of Saga"]
    assert texts(found, "h2") == ["2 June 2025", "14 March 2025"]
    assert texts(found, "dt")[0] == "Description"


def test_words_that_came_and_went_are_marked_as_such(client: Client):
    change_pattern(make_pattern("06", name="Saga", description="Two old words."), description="Two new words.")

    found = page(client)

    assert "old" in texts(found.find(".//dl"), "del")
    assert "new" in texts(found.find(".//dl"), "ins")


def test_every_change_has_an_address_of_its_own(client: Client):
    change_pattern(make_pattern("06", name="Saga"), description="New.")

    found = page(client)

    assert found.find(f".//li[@id='change-{last_number()}']") is not None
    assert links(found)[f"#change-{last_number()}"] == f"Change {last_number()}"


def test_the_first_state_can_be_read_whole(client: Client):
    make_rich_pattern("06", name="Saga")

    said = " ".join(texts(page(client).find(".//details"), "dd"))

    assert "Orders → Payments, call: charge the card; once only" in said
    assert (
        "gain in availability: No step waits for another. (garcia-molina-1987, lab:saga-pattern/default/half_done)"
        in said
    )
    assert "Compensator in Cloud Catalogue, Messaging" in said
    assert "Hector Garcia-Molina, 1987, https://example.org/origin" in said
    assert "Sagas, Hector Garcia-Molina and Kenneth Salem, SIGMOD, 1987, primary source" in said


@pytest.mark.parametrize("status", ["draft", "review", "retired"])
def test_what_was_said_while_the_entry_was_hidden_is_not_told(client: Client, status: str):
    saga = make_pattern("06", name="Saga", description="First.")
    change_pattern(saga, status=status, problem=CANARY)
    change_pattern(saga, problem=f"{CANARY} again")
    change_pattern(saga, status="published", problem="", description="Second.")

    response = client.get("/patterns/saga/history/")

    assert CANARY not in response.content.decode()
    assert texts(parsed(response).find(".//dl"), "del") == ["First"]


def test_a_draft_becomes_public_at_its_publication(client: Client):
    saga = make_pattern("06", name="Saga", status="draft", description=CANARY)
    change_pattern(saga, status="published", description="Ready.")

    assert f"Change {last_number()} , first published" in shown(client).replace(",", " ,").replace("  ", " ")
    assert CANARY not in shown(client)


def test_a_change_that_nobody_could_see_is_left_out(client: Client):
    saga = make_pattern("06", name="Saga")
    change_pattern(saga, status="draft")
    change_pattern(saga, status="published")

    assert len(texts(page(client), "h2")) == 1


def test_neither_who_changed_it_nor_why_is_told(client: Client):
    editor = User.objects.create_user(CANARY)
    saga = make_pattern("06", name="Saga", by=authorship(author=editor, comment=CANARY))
    change_pattern(saga, description="New.", by=authorship(author=editor, comment=CANARY, origin=Change.Origin.RESTORE))

    content = client.get("/patterns/saga/history/").content.decode()

    assert CANARY not in content
    assert "restore" not in content


def test_related_entries_are_named(client: Client):
    make_pattern("07", name="Outbox")
    change_pattern(make_pattern("06", name="Saga"), relations=[{"type": "uses", "target": "07", "why": "To send."}])

    assert "Related entries uses Outbox: To send." in shown(client).replace("+", "")


@pytest.mark.parametrize("status", ["draft", "review", "retired"])
def test_a_relation_with_an_entry_that_is_hidden_now_is_not_told(client: Client, status: str):
    outbox = make_pattern("07", name="Outbox")
    make_pattern("06", name="Saga", relations=[{"type": "uses", "target": "07", "why": CANARY}])
    change_pattern(outbox, status=status)

    assert CANARY not in shown(client)


def test_a_relation_that_ended_before_the_other_entry_was_published_is_not_told(client: Client):
    outbox = make_pattern("07", name="Outbox", status="draft")
    saga = make_pattern("06", name="Saga", relations=[{"type": "uses", "target": "07", "why": CANARY}])
    change_pattern(saga, relations=[], description="New.")
    change_pattern(outbox, status="published")

    assert CANARY not in shown(client)


def test_a_relation_that_was_there_when_the_other_entry_was_published_is_told(client: Client):
    outbox = make_pattern("07", name="Outbox", status="draft")
    saga = make_pattern("06", name="Saga", relations=[{"type": "uses", "target": "07", "why": "To send."}])
    change_pattern(outbox, status="published")
    change_pattern(saga, relations=[])

    assert "To send." in shown(client)


def test_a_relation_that_lasted_only_while_the_other_entry_was_hidden_is_not_told(client: Client):
    outbox = make_pattern("07", name="Outbox")
    saga = make_pattern("06", name="Saga")
    change_pattern(outbox, status="draft")
    change_pattern(saga, relations=[{"type": "uses", "target": "07", "why": CANARY}])
    change_pattern(saga, relations=[], description="New.")
    change_pattern(outbox, status="published")

    assert CANARY not in shown(client)


def test_long_histories_have_pages_without_gap_or_overlap(client: Client, monkeypatch):
    monkeypatch.setattr(history, "PAGE_SIZE", 3)
    describe_often(make_pattern("06", name="Saga", description="Text."), 4)
    first = page(client)
    earlier = next(address for address, label in links(first).items() if label == "Earlier changes")

    second = parsed(client.get(earlier))

    numbers = [item.attrib["id"] for found in (first, second) for item in found.iter("li") if "id" in item.attrib]
    assert numbers == [
        f"change-{number}" for number in Revision.objects.filter(identity="06").values_list("change_id", flat=True)
    ]
    assert links(second)["/patterns/saga/history/"] == "Newest changes"


@pytest.mark.parametrize(
    "before", ["", "0", "-1", "x", "9" * 5000, "\x00", "\N{ARABIC-INDIC DIGIT ONE}", "1.0", "999999999999999"]
)
def test_what_is_not_the_number_of_a_change_gives_the_first_page(client: Client, before: str):
    make_pattern("06", name="Saga")

    response = client.get("/patterns/saga/history/", {"before": before})

    assert len(texts(parsed(response), "h2")) == 1


def test_before_the_first_change_the_page_says_that_nothing_was(client: Client):
    make_pattern("06", name="Saga")

    assert "no earlier changes" in text(page(client, query="?before=1"))


def test_a_page_names_its_own_address(client: Client, settings):
    settings.SITE_URL = "https://catalog.example"
    make_pattern("06", name="Saga")

    content = client.get("/patterns/saga/history/?before=007&utm=x").content.decode()

    assert '<link rel="canonical" href="https://catalog.example/patterns/saga/history/?before=7">' in content


@pytest.mark.parametrize(("status", "answer"), [("draft", 404), ("review", 404), ("retired", 410)])
def test_an_entry_that_left_takes_its_history_along(client: Client, status: str, answer: int):
    change_pattern(make_pattern("06", name="Saga"), status=status)

    assert client.get("/patterns/saga/history/").status_code == answer


def test_a_former_slug_redirects_to_the_present_history(client: Client):
    change_pattern(make_pattern("06", slug="old"), slug="new")

    response = client.get("/patterns/old/history/")

    assert (response.status_code, response["Location"]) == (301, "/patterns/new/history/")


def test_the_entry_leads_to_its_history(client: Client):
    make_pattern("06", name="Saga")

    assert "/patterns/saga/history/" in links(parsed(client.get("/patterns/saga/")))
