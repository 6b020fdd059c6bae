"""Who may do what at the desk: every page asks for its own permission."""

import pytest
from django.test import Client

from patterns.models import Pattern
from patterns.store.reading import load_entries
from patterns.tests.admin.forms import address, catalogue_rows, client_of, form_in, make_staff, opened, save
from patterns.tests.admin.uploads import IMPORT, LIST, confirm, imported, token_of, toml_of, upload
from patterns.tests.factories import make_pattern, make_rich_pattern
from patterns.tests.workflow.staff import by

pytestmark = pytest.mark.django_db

PAGES = ("changelist", "add", "change", "delete", "history", "import", "process_import", "export")
ALLOWED = {
    (): set(),
    ("view_pattern",): {"changelist", "change", "history"},
    ("add_pattern",): set(),  # the rules add: who may change nothing creates nothing
    ("add_pattern", "change_pattern"): {"add", "changelist", "change", "history"},
    ("change_pattern",): {"changelist", "change", "history"},
    ("change_pattern", "delete_pattern"): {"changelist", "change", "history"},  # deletes only what is their own
    ("import_pattern",): set(),  # the rules add: who may change nothing imports nothing
    ("publish_pattern", "import_pattern"): {"import", "process_import"},
    ("export_pattern",): {"export"},
    ("view_category", "change_category", "view_catalog", "change_catalog", "view_change", "view_revision"): set(),
}


def page(name: str) -> str:
    with_id = name in ("change", "delete", "history")
    return address(name, Pattern.objects.get().pk) if with_id else address(name)


def status_of(client: Client, name: str) -> int:
    return (client.post if name == "process_import" else client.get)(page(name)).status_code


@pytest.mark.parametrize("permissions", ALLOWED, ids=lambda permissions: "+".join(permissions) or "none")
def test_a_page_opens_with_its_permission_only(permissions: tuple[str, ...]):
    make_pattern(status="draft")
    client = client_of(make_staff(*permissions))

    refused = {name for name in PAGES if status_of(client, name) == 403}

    assert refused == set(PAGES) - ALLOWED[permissions]


POSTS = {
    "add": {"code": "02", "slug": "x", "name": "X", "description": "X."},
    "change": {"name": "Changed"},
    "delete": {"post": "yes"},
    "import": {},
    "process_import": {"pending": ""},
    "export": {"format": "0", "resource": "0"},
    "changelist": {"action": "export_admin_action", "_selected_action": "1"},
}
MAY_POST = {
    (): set(),
    ("view_pattern",): {"changelist"},
    ("import_pattern",): set(),
    ("publish_pattern", "import_pattern"): {"import", "process_import"},
    ("export_pattern",): {"export"},
    ("view_pattern", "export_pattern"): {"changelist", "export"},
    ("add_pattern", "change_pattern", "delete_pattern"): {"changelist", "add"},  # another's draft is only read
}


@pytest.mark.parametrize("permissions", MAY_POST, ids=lambda permissions: "+".join(permissions) or "none")
def test_a_post_needs_its_permission_and_else_writes_nothing(permissions: tuple[str, ...]):
    make_pattern(status="draft")
    client = client_of(make_staff(*permissions))
    before = catalogue_rows()

    refused = {name for name, data in POSTS.items() if client.post(page(name), data).status_code == 403}

    assert refused == set(POSTS) - MAY_POST[permissions]
    assert catalogue_rows() == before


@pytest.mark.parametrize("name", PAGES)
def test_visitors_are_sent_to_the_login_page(client: Client, name: str):
    make_pattern()

    for response in (client.get(page(name)), client.post(page(name))):
        assert response.status_code == 302
        assert response.url.startswith("/admin/login/?next=")


@pytest.mark.parametrize("name", PAGES)
def test_users_who_are_no_staff_are_sent_to_the_login_page(client: Client, name: str, django_user_model):
    make_pattern()
    client.force_login(django_user_model.objects.create_user("reader"))

    assert client.get(page(name)).url.startswith("/admin/login/?next=")


@pytest.mark.parametrize("name", PAGES)
def test_a_superuser_may_do_everything(admin_client: Client, name: str):
    make_pattern(status="draft")

    assert status_of(admin_client, name) in (200, 302)


def test_who_may_only_look_sees_the_form_read_only(db):
    make_rich_pattern()
    client = client_of(make_staff("view_pattern"))

    response = client.get(page("change"))

    content = response.content.decode()
    assert not [name for name in form_in(response) if name in ("name", "slug", "comment", "steps-0-message")]
    assert 'name="_save"' not in content
    assert all(
        text in content for text in ("Pattern 01", "charge the card", "Garcia-Molina", "Half-done work is visible.")
    )


def test_who_may_change_but_not_look_loses_no_parts_by_saving(db):
    user = make_staff("change_pattern")
    make_rich_pattern(by=by(user), status="draft")
    before = load_entries()["01"]
    client = client_of(user)

    save(client, page("change"), {**opened(client, page("change")), "description": "Better."})

    assert load_entries()["01"] == before.model_copy(update={"description": "Better."})


def test_who_may_add_and_change_but_not_look_can_add(db):
    make_pattern("02")
    client = client_of(make_staff("add_pattern", "change_pattern"))
    category = str(Pattern.objects.get().category_id)

    response = client.post(
        address("add"), {**opened(client, address("add")), **POSTS["add"], "code": "01", "category": category}
    )

    assert response.status_code == 302
    assert [*load_entries()] == ["01", "02"]


def test_who_may_import_only_can_do_it_to_the_end(db):
    client = client_of(make_staff("publish_pattern", "import_pattern"))

    response = imported(client, toml_of("01"))

    assert response.status_code == 200
    assert "1 entry created" in response.content.decode()


def test_a_permission_that_was_taken_away_stops_a_pending_import(db):
    user = make_staff("publish_pattern", "import_pattern")
    token = token_of(client_of(user), toml_of("01"))
    user.user_permissions.clear()

    assert confirm(client_of(user), token).status_code == 403
    assert not Pattern.objects.exists()


def test_buttons_are_shown_to_those_who_may_use_them(db):
    looks, does = (
        client_of(make_staff("view_pattern")),
        make_staff("view_pattern", "publish_pattern", "import_pattern", "export_pattern", name="b"),
    )

    hidden, shown = (client.get(LIST).content.decode() for client in (looks, client_of(does)))

    assert IMPORT in shown
    assert address("export") in shown
    assert IMPORT not in hidden
    assert address("export") not in hidden


def test_an_upload_of_who_may_not_import_is_not_even_read(db):
    client = client_of(make_staff("view_pattern", "change_pattern", "export_pattern"))

    assert upload(client, "not TOML").status_code == 403


def test_who_may_not_open_a_page_reads_so_and_finds_the_way_back():
    make_pattern()

    refusal = client_of(make_staff("view_pattern")).get(page("add"))

    assert refusal.status_code == 403
    assert "Your account may not do this" in refusal.content.decode()
    assert 'href="/admin/"' in refusal.content.decode()
