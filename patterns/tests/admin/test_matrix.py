"""Every address of the site by every role and every method. An address without a row here fails the test."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from patterns.models import Catalog, Category, Change, Mail, Pattern, Proposal, Revision, WorkingCopy
from patterns.tests.admin.addresses import ADDRESSES, filled
from patterns.tests.factories import make_pattern
from patterns.tests.workflow.staff import by, person
from patterns.views.pages import PAGES
from patterns.workflow.rules import ROLES

# Whether an address opens for: anonymous, viewer, editor, publisher, superuser.
PUBLIC, STAFF, WRITERS, PUBLISHERS, SUPERUSERS, NOBODY = "yyyyy", "-yyyy", "--yyy", "---yy", "----y", "-----"
ROWS: dict[str, str] = {
    r"healthz|readyz|favicon|security_txt": PUBLIC,
    r"static": NOBODY,  # those that are there are served before any address is looked for
    rf"patterns:({'|'.join(page.name for page in PAGES)})": PUBLIC,
    r"patterns:api_(start|catalog|categories|patterns|pattern|revisions|openapi|docs)|patterns:-": PUBLIC,
    r"admin:(login|logout)|admin_password_reset|password_reset_(done|confirm|complete)": PUBLIC,
    r"admin:(index|app_list|jsi18n|view_on_site|autocomplete|password_change|password_change_done|-)": STAFF,
    r"admin:(audit|findings|notifications)": STAFF,
    r"admin:auth_(user|group)_(changelist|add|change|delete|history)|admin:auth_user_password_change": SUPERUSERS,
    r"admin:axes_\w+_add|admin:axes_access(failure)?log_delete|admin:admin_logentry_(add|delete)": NOBODY,
    r"admin:axes_accessattempt_delete": SUPERUSERS,  # lets a locked account in again
    r"admin:axes_\w+_(changelist|change|history)|admin:admin_logentry_(changelist|change|history)": SUPERUSERS,
    r"admin:patterns_mail_(changelist|change|history)": SUPERUSERS,
    r"admin:patterns_(change|revision|proposal|catalog|mail)_(add|delete)": NOBODY,
    r"admin:patterns_(pattern|category|catalog|change|revision|proposal)_(changelist|change|history)": STAFF,
    r"admin:patterns_pattern_(export|written|deleted|preview|codes|requests)": STAFF,
    r"admin:patterns_pattern_(add|import|pending|process_import|preview_new|(keep|discard)(_new)?)": WRITERS,
    r"admin:patterns_(pattern_(rename|restore)|category_(add|restore|rename|merge|order)|catalog_restore)": PUBLISHERS,
    r"admin:patterns_proposal_(preview|compare|requests)": STAFF,
    r"admin:patterns_(category|catalog)_(keep|discard)|admin:patterns_category_(keep|discard)_new": PUBLISHERS,
    r"admin:patterns_catalog_(keep|discard)_new": NOBODY,
    r"admin:patterns_proposal_(accept|settle|decline)": PUBLISHERS,
    r"admin:working_copy": NOBODY,  # of another person
    r"admin:patterns_category_delete": SUPERUSERS,
    r"admin:patterns_pattern_delete": NOBODY,  # of one that readers know
}
WHAT = {"entry": "pattern", "category": "category", "header": "catalog"}
SAFE, UNSAFE = ("GET", "HEAD", "OPTIONS"), ("POST", "PUT", "PATCH", "DELETE", "TRACE")
# Tables in which the desk keeps what is no part of the catalogue: who signed in, and what waits for a confirmation.
LOOSE = ("django_session", "axes_accessattempt", "axes_accesslog", "axes_accessfailurelog", "patterns_pendingimport")


def row_of(name: str) -> str:
    rows = [row for pattern, row in ROWS.items() if re.fullmatch(pattern, name)]
    assert len(rows) == 1, f"{name} has {len(rows)} rows in the matrix: say in one who may open it"
    return rows[0]


@pytest.fixture(autouse=True)
def _mail(settings) -> None:
    """Without it there are no pages for a forgotten password."""
    settings.SENDS_MAIL = True


@pytest.fixture
def people(db) -> dict[str, User]:
    return {role: person(role) for role in ROLES if role != "anonymous"}


@pytest.fixture
def world(people: dict[str, User]) -> dict[str, Any]:
    """One row of everything that an address can name; the entry is published, and nobody's own."""
    pattern = make_pattern("01", slug="saga", by=by(person("editor", "somebody")))
    proposal = Proposal.objects.create(code="01", comment="It lags.", created_at=timezone.now())
    user, group = User.objects.create_user("target"), Group.objects.create(name="target")
    content_type = ContentType.objects.get_for_model(Pattern)
    tried = AccessAttempt.objects.create(username="x", failures_since_start=1)
    came, failed = (model.objects.create(username="x") for model in (AccessLog, AccessFailureLog))
    copy = WorkingCopy.objects.create(person=user, what="entry", identity="01", document={}, kept_at=timezone.now())
    mail = Mail.objects.create(kind="review", person=user, created_at=timezone.now(), due_at=timezone.now())
    log = LogEntry.objects.create(
        user=user, content_type=content_type, object_id=str(pattern.pk), object_repr="x", action_flag=CHANGE
    )
    return {
        "pattern": pattern.pk,
        "category": pattern.category_id,
        "catalog": Catalog.objects.get().pk,
        "change": Change.objects.latest("number").pk,
        "revision": Revision.objects.latest("pk").pk,
        "revisions": {WHAT[one.what]: one.pk for one in Revision.objects.all()},
        "proposal": proposal.pk,
        "mail": mail.pk,
        "user": user.pk,
        "group": group.pk,
        "logentry": log.pk,
        **{"accessattempt": tried.pk, "accesslog": came.pk, "accessfailurelog": failed.pk},
        "content_type_id": content_type.pk,
        "working_copy": copy.pk,
        "slug": Category.objects.get(pk=pattern.category_id).slug,
    }


def rows() -> dict[str, list[tuple[Any, ...]]]:
    """All that is stored, whatever the model."""
    models = [one for one in apps.get_models() if one._meta.managed and one._meta.db_table not in LOOSE]
    return {one._meta.db_table: sorted(one._base_manager.values_list(), key=repr) for one in models}


def is_refused(response: HttpResponse) -> bool:
    """Sent to sign in, told no, or told that there is no such thing or that nothing can be sent here."""
    to_login = response.status_code == 302 and response["Location"].startswith(reverse("admin:login"))
    return to_login or response.status_code in (403, 404, 405)


def client_for(role: str, people: dict[str, User]) -> Client:
    client = Client(raise_request_exception=True)
    if role in people:
        client.force_login(people[role])
    return client


def test_every_address_has_one_row():
    assert len(ADDRESSES) > 100
    for name, _ in ADDRESSES:
        row_of(name)


def test_every_row_is_of_an_address():
    for pattern in ROWS:
        assert any(re.fullmatch(pattern, name) for name, _ in ADDRESSES), pattern


def answer(client: Client, method: str, path: str) -> HttpResponse:
    """What the request gets; what it writes is taken back."""
    with transaction.atomic():
        response = client.generic(method, path)
        transaction.set_rollback(True)
    return response


@pytest.fixture
def clients(people: dict[str, User]) -> dict[str, Client]:
    """Signed in already, which a user's row remembers."""
    return {role: client_for(role, people) for role in ROLES}


def asked(methods: tuple[str, ...], clients, world) -> Iterator[tuple[str, str, str, str, HttpResponse]]:
    """Name, role, whether it may, method and answer of every request there is."""
    for role, client in clients.items():
        for name, route in ADDRESSES:
            may = row_of(name)[ROLES.index(role)]
            for method in methods:
                yield name, role, may, method, answer(client, method, filled(name, route, world))


def test_every_address_opens_for_whom_its_row_says(clients, world):
    """An address that takes only POST answers 405, and the catch-all page 404, to who may come so far."""
    wrong = [
        (name, role, method, response.status_code)
        for name, role, may, method, response in asked(SAFE, clients, world)
        if response.status_code >= 500
        or (method != "OPTIONS" and (may == "-") != is_refused(response) and response.status_code not in (404, 405))
    ]

    assert wrong == []


def test_nothing_is_taken_from_whom_an_address_does_not_open_for(clients, world):
    before = rows()

    wrong = [
        (name, role, method, response.status_code)
        for name, role, may, method, response in asked(UNSAFE, clients, world)
        if response.status_code >= 500
        or (may == "-" and not is_refused(response))
        or (method == "TRACE" and response.status_code != 405)
    ]

    assert wrong == []
    assert rows() == before


@pytest.mark.parametrize("role", ROLES)
def test_what_is_refused_writes_nothing(role: str, clients, world):
    """The same once more without taking anything back."""
    client, before = clients[role], rows()
    refused = [(name, route) for name, route in ADDRESSES if row_of(name)[ROLES.index(role)] == "-"]

    for name, route in refused:
        for method in UNSAFE:
            client.generic(method, filled(name, route, world))

    assert rows() == before
