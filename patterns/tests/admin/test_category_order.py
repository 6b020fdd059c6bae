"""The categories are put in order on their list: moved by buttons or dragged, and saved by one submit as one change."""

import pytest
from django.test import Client

from patterns.models import Catalog, Category, Change
from patterns.store.reading import load_document
from patterns.tests.admin.clashes import text_of
from patterns.tests.admin.forms import address, catalogue_rows, client_of, messages_of
from patterns.tests.factories import make_category, make_pattern
from patterns.tests.store.fingerprints import fingerprint_of_category
from patterns.tests.workflow.staff import by, person
from patterns.workflow.saves import save_document

pytestmark = pytest.mark.django_db

LIST, ORDER = (address(name, model="category") for name in ("changelist", "order"))
SEEN = "ark bar cod"


@pytest.fixture
def publisher(db) -> Client:
    return client_of(person("publisher"))


@pytest.fixture(autouse=True)
def _shelves(db) -> None:
    for name in ("Ark", "Bar", "Cod"):
        make_category(name)


def slugs() -> str:
    return " ".join(load_document().categories)


def sent(order: str, seen: str = SEEN, **pressed: str) -> dict[str, object]:
    return {"slug": order.split(), "seen": seen, **(pressed or {"_order": "Save this order"})}


def shown(response) -> str:
    return " ".join(row.slug for row in response.context["order"].rows)


def test_an_order_is_saved_as_one_change_of_the_header(publisher: Client):
    response = publisher.post(ORDER, {**sent("cod ark bar"), "comment": "By size."}, follow=True)

    change = Change.objects.first()
    assert slugs() == shown(response) == "cod ark bar"
    assert [*Category.objects.in_order().values_list("position", flat=True)] == [0, 1, 2]
    assert (change.author.username, change.comment) == ("publisher", "By size.")
    assert [one.what for one in change.revisions.all()] == ["header"]
    assert messages_of(response) == [f"Change {change.number} put the categories into this order."]


@pytest.mark.parametrize(
    ("pressed", "expected"),
    [
        *(({"up": "cod"}, "ark cod bar"), ({"up": "ark"}, "ark bar cod"), ({"down": "ark"}, "bar ark cod")),
        *(({"down": "cod"}, "ark bar cod"), ({"up": "gone"}, "ark bar cod"), ({"down": ""}, "ark bar cod")),
    ],
)
def test_a_button_moves_a_row_and_saves_nothing(publisher: Client, pressed: dict[str, str], expected: str):
    before = catalogue_rows()

    response = publisher.post(ORDER, sent(SEEN, **pressed))

    assert shown(response) == expected
    assert ("Not saved yet." in text_of(response)) == (expected != SEEN)
    assert catalogue_rows() == before


def test_moves_add_up_until_they_are_saved(publisher: Client):
    response = publisher.post(ORDER, sent(SEEN, up="cod"))
    response = publisher.post(ORDER, sent(shown(response), response.context["order"].seen, up="cod"))
    assert 'value="cod" formaction="/admin/patterns/category/order/" aria-label="Move Cod up" autofocus' in (
        response.content.decode()
    )
    publisher.post(ORDER, sent(shown(response), response.context["order"].seen))

    assert slugs() == "cod ark bar"
    assert Catalog.objects.get().version == 4


def test_what_was_typed_stands_there_after_a_move(publisher: Client):
    response = publisher.post(ORDER, {**sent(SEEN, up="cod"), "comment": "<b>By size."})

    assert "&lt;b&gt;By size.</textarea>" in response.content.decode()


def move_away() -> None:
    """Somebody else moves Cod to the top."""
    document = load_document().categories["cod"]
    opened = fingerprint_of_category("cod")
    save_document(document, opened=opened, by=by(person("superuser")), position=0)


def test_an_order_that_somebody_else_changed_meanwhile_is_not_overwritten(publisher: Client):
    move_away()
    before = catalogue_rows()

    response = publisher.post(ORDER, sent("bar ark cod"))

    assert catalogue_rows() == before
    assert "It is now: cod, ark, bar." in messages_of(response)[0]
    assert shown(response) == "bar ark cod"
    assert "Not saved yet." in text_of(response)
    publisher.post(ORDER, sent(shown(response), response.context["order"].seen))
    assert slugs() == "bar ark cod"


def test_a_category_that_came_meanwhile_stands_where_it_was_put(publisher: Client):
    document = make_category("Dog")
    assert document.position == 3

    response = publisher.post(ORDER, sent("bar ark cod"))

    assert shown(response) == "bar ark cod dog"
    assert slugs() == "ark bar cod dog"


def test_the_same_order_is_no_change(publisher: Client):
    assert messages_of(publisher.post(ORDER, sent(SEEN), follow=True)) == ["Nothing differed."]
    assert Catalog.objects.get().version == 3


@pytest.mark.parametrize("order", ["", "ark bar", "ark bar cod cod", "ark bar dog", "ark bar cod dog", "<i> bar cod"])
def test_an_order_that_is_none_is_refused(publisher: Client, order: str):
    before = catalogue_rows()

    response = publisher.post(ORDER, sent(order))

    assert messages_of(response) == ["Not saved: the order must name every category once; open the list again."]
    assert sorted(shown(response).split()) == SEEN.split()
    assert catalogue_rows() == before


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("editor", 403), ("publisher", 302), ("superuser", 302)])
def test_only_who_may_keep_categories_orders_them(role: str, status: int):
    client = client_of(person(role))

    assert client.post(ORDER, sent("cod ark bar")).status_code == status
    assert (slugs() == "cod ark bar") == (status == 302)
    assert ("order" in client.get(LIST).context) == (status == 302)


@pytest.mark.parametrize("query", ["?q=a", "?o=-1"])
def test_a_part_or_another_order_of_the_list_is_only_looked_at(publisher: Client, query: str):
    response = publisher.get(LIST + query)

    assert "order" not in response.context
    assert "Save this order" not in response.content.decode()


def test_the_links_of_a_list_that_was_moved_lead_to_the_list(publisher: Client):
    assert publisher.get(f"{ORDER}?q=ark").url == f"{LIST}?q=ark"
    assert publisher.get(ORDER).url == LIST


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_other_methods_are_refused(publisher: Client, method: str):
    assert getattr(publisher, method)(ORDER).status_code == 405


def test_the_list_counts_the_entries_of_all_states(publisher: Client):
    make_pattern("01", category="Ark")
    make_pattern("02", category="Ark", status="draft")

    rows = publisher.get(LIST).context["order"].rows

    assert [one.pattern_count for one in rows] == [2, 0, 0]
