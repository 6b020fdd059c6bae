"""The audit: every write in one place, read by those who may and changed by nobody."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from patterns.admin.audit import PAGE
from patterns.models import Change
from patterns.tests.admin.forms import address, catalogue_rows, client_of, make_staff, save
from patterns.tests.admin.logins import PASSWORD, fail, log_in
from patterns.tests.admin.test_query_counts import queries
from patterns.tests.factories import A_FILE, authorship, change_pattern, entry, make_pattern, make_patterns
from patterns.tests.workflow.staff import by, person
from patterns.workflow.proposals import decline, keep_proposal
from patterns.workflow.saves import present

pytestmark = pytest.mark.django_db

AUDIT = "/admin/audit/"
Row = tuple[str, str, str]


def rows(user: User, query: str = "") -> list[Row]:
    response = client_of(user).get(AUDIT + query)
    assert response.status_code == 200
    return [(one.event.who, one.event.what, one.event.where) for one in response.context["entries"]]


def propose(author: User, **values: Any) -> Any:
    return keep_proposal(entry("01", **values), base=present("01"), by=by(author, "Clearer."))


# who may look


@pytest.mark.parametrize("role", ["viewer", "editor", "publisher", "superuser"])
def test_every_role_of_the_desk_reads_the_changes(role: str):
    make_pattern(by=by(person("editor", "ada"), "For the workshop."))

    assert ("ada", "Change 2: For the workshop.", "admin") in rows(person(role))


def test_visitors_are_sent_to_the_login_page(client: Client):
    assert client.get(AUDIT)["Location"] == f"/admin/login/?next={AUDIT}"


def test_staff_without_the_permission_see_nothing():
    assert client_of(make_staff("view_pattern")).get(AUDIT).status_code == 403


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_sent_to_it(admin_client: Client, method: str):
    make_pattern()
    before = catalogue_rows()

    assert getattr(admin_client, method)(AUDIT).status_code == 405
    assert catalogue_rows() == before


# what it holds


def test_a_command_and_a_file_are_named():
    make_patterns(1, by=A_FILE)

    assert rows(person("viewer")) == [("a command", "Change 1", "import")]


def test_an_override_is_marked():
    make_pattern(by=by(person("superuser"), is_override=True))

    assert rows(person("viewer"))[0] == ("superuser", "Change 2", "admin, override of four eyes")


def test_proposals_are_there_when_they_are_sent_and_when_they_are_decided():
    make_pattern()
    proposal = propose(person("editor"), description="Better.")
    decline(proposal, by=by(person("publisher"), "Too long."))

    assert {
        ("editor", f"Proposal {proposal.pk} about 01: sent", "admin"),
        ("publisher", f"Proposal {proposal.pk} about 01: declined: Too long.", "admin"),
    } <= {*rows(person("viewer"))}


def test_proposals_name_their_entry_as_changes_do():
    make_pattern(name="Saga")
    decline(propose(person("editor"), description="Better."), by=by(person("publisher"), "Too long."))

    entries = client_of(person("viewer")).get(f"{AUDIT}?name=proposals").context["entries"]

    assert [one.event.documents for one in entries] == ["01 Saga"] * 2


def test_superusers_see_what_was_done_to_accounts(admin_client: Client, admin_user: User):
    form = {"username": "newcomer", "usable_password": "false"}
    save(admin_client, reverse("admin:auth_user_add"), form)

    assert ("admin", "added user newcomer: Added.", "admin") in rows(admin_user)


def test_superusers_see_who_came_and_went_and_who_failed(admin_user: User):
    make_staff(name="frida", password=PASSWORD)
    client = Client(REMOTE_ADDR="192.0.2.7")
    fail(client, 1)
    log_in(client)
    client.post("/admin/logout/")

    shown = [row for row in rows(admin_user) if row[0] == "frida"]

    assert shown == [
        ("frida", "signed out", "192.0.2.7"),
        ("frida", "signed in", "192.0.2.7"),
        ("frida", "wrong password", "192.0.2.7"),
    ]


@pytest.mark.parametrize("query", ["", "?name=logins", "?name=accounts", "?who=frida"])
@pytest.mark.parametrize("role", ["viewer", "editor", "publisher"])
def test_others_see_nothing_of_accounts_however_they_ask(role: str, query: str, admin_client: Client):
    make_staff(name="frida", password=PASSWORD)
    fail(Client(), 1)
    log_in(Client())
    save(admin_client, reverse("admin:auth_user_add"), {"username": "newcomer", "usable_password": "false"})

    assert rows(person(role), query) == []


def test_what_a_change_says_is_not_said_twice(admin_client: Client, admin_user: User):
    category = {"name": "One", "slug": "one", "description": "", "comment": "A shelf.", "opened": ""}
    save(admin_client, address("add", model="category"), category)

    assert LogEntry.objects.count() == 1
    assert [row for row in rows(admin_user) if "sign" not in row[1]] == [("admin", "Change 1: A shelf.", "admin")]


# how it is asked


def test_it_is_narrowed_by_kind_and_by_person():
    make_pattern(by=by(person("editor", "ada")))
    propose(person("editor", "bob"), description="Better.")
    viewer = person("viewer")

    assert {row[0] for row in rows(viewer, "?name=proposals")} == {"bob"}
    assert {row[0] for row in rows(viewer, "?who=ada")} == {"ada"}
    assert rows(viewer, "?who=nobody") == []


def everything(user: User, query: str = "") -> list[Row]:
    """Page after page, by the links of the pages."""
    client, found = client_of(user), []
    while True:
        response = client.get(f"{AUDIT}?{query}")
        found += [(one.event.who, one.event.what, one.event.where) for one in response.context["entries"]]
        query = response.context["older"]
        if not query:
            return found


def test_every_event_is_on_one_page_or_another_even_if_all_have_one_time(admin_user: User):
    at = datetime(2025, 3, 14, tzinfo=UTC)
    make_pattern(by=authorship(at=at))
    for number in range(PAGE + 20):
        change_pattern(make_pattern(f"1{number}", by=authorship(at=at)), description="Other.", by=authorship(at=at))
    AccessFailureLog.objects.bulk_create(AccessFailureLog(username="frida") for _ in range(PAGE))
    AccessFailureLog.objects.update(attempt_time=at)
    AccessLog.objects.all().delete()

    found = everything(admin_user)

    changes = [what for _, what, _ in found if what.startswith("Change")]
    assert changes == [f"Change {number}" for number in range(Change.objects.count(), 0, -1)]
    assert sum(what == "wrong password" for _, what, _ in found) == PAGE


def test_the_newest_come_first():
    for day in (3, 1, 2):
        make_pattern(f"0{day}", by=authorship(at=datetime(2025, 1, day, tzinfo=UTC), comment=f"Day {day}."))

    shown = [what.partition(": ")[2] for _, what, _ in rows(person("viewer"))]

    assert [one for one in shown if one] == ["Day 3.", "Day 3.", "Day 2.", "Day 1."]


def test_the_next_page_asks_for_the_same():
    make_pattern(by=by(person("editor", "ada")))
    row = make_pattern("02")
    for number in range(PAGE + 5):
        row = change_pattern(row, description=f"Number {number}.", by=by(User.objects.get()))

    found = everything(person("viewer"), "who=ada&name=changes")

    assert len(found) == PAGE + 5 + 2
    assert {row[0] for row in found} == {"ada"}


@pytest.mark.parametrize(
    "query",
    [
        *("?behind=x", "?behind=2025-01-01T00:00:00~0~1", "?behind=2025-13-01T00:00:00%2B00:00~0~1", "?name=x"),
        *("?who=" + "a" * 500, "?behind=2025-01-01T00:00:00%2B00:00~9~999999999999999", "?behind=~~", "?name=&who="),
        *("?behind=0001-01-01T00:00:00%2B23:59~0~1", "?behind=9999-12-31T23:59:59-23:59~0~1", "?who=%27%22"),
    ],
)
def test_an_absurd_question_never_breaks(admin_client: Client, query: str):
    make_pattern()

    assert admin_client.get(AUDIT + query).status_code == 200


def test_markup_is_text():
    make_pattern(by=by(person("editor", "<i>ada</i>"), "<script>alert(1)</script>"))

    page = client_of(person("viewer")).get(AUDIT).content.decode()

    assert "<script>alert" not in page
    assert "<i>ada" not in page


def test_it_costs_the_same_for_ten_changes_as_for_forty(admin_client: Client):
    def ask() -> Any:
        return admin_client.get(AUDIT)

    editor = person("editor")
    counts = []
    for first, last in ((10, 20), (20, 50)):
        for number in range(first, last):
            make_pattern(str(number), by=by(editor))
            keep_proposal(entry(str(number)), base=None, by=by(editor))
            LogEntry.objects.create(user=editor, action_flag=1, object_repr="x", content_type=None)
            AccessLog.objects.create(username="editor")
        queries(ask)
        counts.append(queries(ask))

    assert counts[0] == counts[1] <= 12


# the lists behind it

LISTS = ("admin_logentry", "axes_accesslog", "axes_accessfailurelog", "axes_accessattempt")
EACH = pytest.mark.parametrize("name", LISTS)


def make_rows(user: User) -> dict[str, int]:
    about: dict[str, Any] = {"username": "frida", "ip_address": "192.0.2.7"}
    made = {
        "admin_logentry": LogEntry.objects.create(user=user, action_flag=1, object_repr="x"),
        "axes_accesslog": AccessLog.objects.create(**about, session_hash="secret"),
        "axes_accessfailurelog": AccessFailureLog.objects.create(**about),
        "axes_accessattempt": AccessAttempt.objects.create(**about, failures_since_start=5),
    }
    return {name: row.pk for name, row in made.items()}


def pages(name: str, pk: int) -> dict[str, str]:
    with_id = {page: reverse(f"admin:{name}_{page}", args=[pk]) for page in ("change", "delete", "history")}
    return {**with_id, **{page: reverse(f"admin:{name}_{page}") for page in ("changelist", "add")}}


@EACH
def test_superusers_read_them_and_change_nothing(admin_client: Client, admin_user: User, name: str):
    addresses = pages(name, make_rows(admin_user)[name])

    read = {page: admin_client.get(path).status_code for page, path in addresses.items()}
    sent = {page: admin_client.post(addresses[page], {"post": "yes"}).status_code for page in ("add", "change")}

    can_delete = name == "axes_accessattempt"
    expected = {"changelist": 200, "change": 200, "history": 200, "add": 403, "delete": 200 if can_delete else 403}
    assert read == expected
    assert sent == {"add": 403, "change": 403}


@EACH
@pytest.mark.parametrize("role", ["viewer", "editor", "publisher"])
def test_nobody_else_reads_them(role: str, name: str):
    user = person(role)
    addresses, client = pages(name, make_rows(user)[name]), client_of(user)

    assert {send(path).status_code for path in addresses.values() for send in (client.get, client.post)} == {403}


@EACH
def test_nothing_is_deleted_from_the_lists_themselves(admin_client: Client, admin_user: User, name: str):
    pk = make_rows(admin_user)[name]

    admin_client.post(
        reverse(f"admin:{name}_changelist"), {"action": "delete_selected", "_selected_action": [pk], "post": "yes"}
    )

    assert admin_client.get(pages(name, pk)["change"]).status_code == 200


def test_a_superuser_lets_somebody_try_again_at_once(admin_client: Client, client: Client):
    make_staff(name="frida", password=PASSWORD)
    fail(client, 5)
    path = reverse("admin:axes_accessattempt_delete", args=[AccessAttempt.objects.get().pk])

    admin_client.post(path, {"post": "yes"})

    assert log_in(client).status_code == 302


def test_no_session_can_be_learned_from_the_logins(admin_client: Client, admin_user: User):
    path = pages("axes_accesslog", make_rows(admin_user)["axes_accesslog"])["change"]

    assert "secret" not in admin_client.get(path).content.decode()


@EACH
def test_the_lists_cost_the_same_for_ten_rows_as_for_forty(admin_client: Client, admin_user: User, name: str):
    def ask() -> Any:
        return admin_client.get(reverse(f"admin:{name}_changelist"))

    def make(count: int) -> None:
        for number in range(count):
            user = User.objects.create_user(f"user{User.objects.count()}")
            if name == "axes_accessattempt":
                AccessAttempt.objects.create(username=user.username, failures_since_start=number)
            else:
                make_rows_of(name, user)

    make(10)
    queries(ask)
    few = queries(ask)
    make(30)

    assert queries(ask) == few <= 10


def make_rows_of(name: str, user: User) -> None:
    if name == "admin_logentry":
        LogEntry.objects.create(user=user, action_flag=1, object_repr="x")
    elif name == "axes_accesslog":
        AccessLog.objects.create(username=user.username)
    else:
        AccessFailureLog.objects.create(username=user.username)


def test_time_in_the_trail_keeps_its_microseconds():
    at = datetime(2025, 3, 14, 9, 26, 53, 589793, tzinfo=UTC)
    make_pattern(by=authorship(at=at))
    for number in range(PAGE):
        make_pattern(f"1{number}", by=authorship(at=at + timedelta(microseconds=number)))

    found = everything(person("viewer"))

    assert len(found) == len({*found}) == Change.objects.count()
