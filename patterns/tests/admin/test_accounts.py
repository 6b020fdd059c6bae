"""Who manages users and groups, and which passwords are good enough."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from patterns.tests.admin.forms import catalogue_rows, client_of
from patterns.tests.admin.logins import INDEX, LOGIN, PASSWORD, log_in
from patterns.tests.pages.trees import parsed
from patterns.tests.workflow.staff import person

pytestmark = pytest.mark.django_db


# passwords


@pytest.mark.parametrize(
    ("password", "message"),
    [
        ("elevenchars", "at least 12 characters"),
        ("password1234", "too common"),
        ("847362518374", "entirely numeric"),
        ("frida.lovelace", "too similar"),
        ("qwerty123456", "put together of common ones"),
        ("PasswordPassword", "put together of common ones"),
        ("monkey2024!!!!", "put together of common ones"),
        ("xyzxyzxyzxyzx", "put together of common ones"),
        ("archsite2026!", "made of the name of this site"),
        ("Catalog-Editor-1", "made of the name of this site"),
    ],
)
def test_a_bad_password_is_refused_with_the_reason(password: str, message: str):
    user = User(username="frida", first_name="Frida", last_name="Lovelace", email="frida.lovelace@example.org")

    with pytest.raises(ValidationError, match=message):
        validate_password(password, user)


@pytest.mark.parametrize(
    "password",
    ["correct horse battery", "correcthorsebatterystaple", "ünïcödé ☂ phrase", "k7" * 20 + " and so on " * 20],
)
def test_a_password_of_any_composition_and_length_is_taken_as_it_is(client: Client, frida: User, password: str):
    log_in(client)
    new = {"new_password1": password, "new_password2": password}

    client.post("/admin/password_change/", {"old_password": PASSWORD, **new})
    client.logout()

    assert log_in(client, password=password.upper()).status_code == 200
    assert log_in(client, password=password[:64] if len(password) > 64 else password[:-1]).status_code == 200
    assert log_in(client, password=password).status_code == 302


def test_looking_at_the_form_of_a_password_takes_nobodys_lock(client: Client, frida: User):
    log_in(client)

    with CaptureQueriesContext(connection) as asked:
        assert client.get("/admin/password_change/").status_code == 200

    assert not [one for one in asked.captured_queries if one["sql"].startswith(("BEGIN", "SAVEPOINT"))]


def test_a_new_password_takes_the_present_one_and_ends_other_sessions(client: Client, frida: User):
    other = Client()
    log_in(client)
    log_in(other)
    new = {"new_password1": "a new and long one", "new_password2": "a new and long one"}

    refused = client.post("/admin/password_change/", {"old_password": "wrong", **new})
    client.post("/admin/password_change/", {"old_password": PASSWORD, **new})

    assert "old password was entered incorrectly" in refused.content.decode()
    assert [one.get(INDEX).status_code for one in (client, other)] == [200, 302]


@pytest.mark.parametrize("page", [LOGIN, "/admin/password_change/"])
def test_a_password_is_masked_and_managers_may_fill_it_in(client: Client, frida: User, page: str):
    if page != LOGIN:
        log_in(client)
    fields = [one for one in parsed(client.get(page)).iter() if "password" in (one.get("name") or "")]

    assert fields
    assert {one.get("type") for one in fields} == {"password"}
    assert {one.get("autocomplete") for one in fields} <= {"current-password", "new-password"}


def test_a_new_database_has_no_accounts():
    assert not User.objects.exists()


def test_a_user_who_changes_the_password_is_told_the_rules(client: Client, frida: User):
    log_in(client)

    response = client.post(
        "/admin/password_change/",
        {"old_password": PASSWORD, "new_password1": "short", "new_password2": "short"},
    )

    assert "at least 12 characters" in response.content.decode()
    assert User.objects.get().check_password(PASSWORD)


# users and groups

ACCOUNTS = [("auth_user", User), ("auth_group", Group)]
PAGES = ("changelist", "add", "change", "delete", "history")
EVERY_PERMISSION = "every permission there is"


def account_page(model: str, name: str, pk: int) -> str:
    return reverse(f"admin:{model}_{name}", args=[pk] if name in ("change", "delete", "history") else [])


def other(model: type) -> int:
    return model.objects.create(**{"username" if model is User else "name": "someone"}).pk


def with_every_permission() -> User:
    user = User.objects.create_user("mighty", is_staff=True)
    user.user_permissions.set(Permission.objects.all())
    return user


@pytest.mark.parametrize("role", ["viewer", "editor", "publisher", EVERY_PERMISSION])
@pytest.mark.parametrize(("name", "model"), ACCOUNTS, ids=["users", "groups"])
def test_only_superusers_manage_accounts(role: str, name: str, model: type):
    user = with_every_permission() if role == EVERY_PERMISSION else person(role)
    client, pk = client_of(user), other(model)
    paths = [account_page(name, page, pk) for page in PAGES] + [f"/admin/auth/user/{user.pk}/password/"]
    before = [*User.objects.values(), *Group.objects.values()]

    statuses = {send(path).status_code for path in paths for send in (client.get, client.post)}

    assert statuses == {403}
    assert [*User.objects.values(), *Group.objects.values()] == before
    assert "/admin/auth/" not in client.get(INDEX).content.decode()


@pytest.mark.parametrize(("name", "model"), ACCOUNTS, ids=["users", "groups"])
@pytest.mark.parametrize("page", PAGES)
def test_superusers_manage_accounts(admin_client: Client, name: str, model: type, page: str):
    assert admin_client.get(account_page(name, page, other(model))).status_code == 200


@pytest.mark.parametrize(("name", "model"), ACCOUNTS, ids=["users", "groups"])
@pytest.mark.parametrize("page", PAGES)
def test_visitors_are_sent_to_the_login_page(client: Client, name: str, model: type, page: str):
    path = account_page(name, page, other(model))

    assert {send(path)["Location"] for send in (client.get, client.post)} == {f"{LOGIN}?next={path}"}


def test_nobody_names_accounts_by_autocompletion():
    client, before = client_of(with_every_permission()), catalogue_rows()

    response = client.get(
        "/admin/autocomplete/", {"app_label": "auth", "model_name": "group", "field_name": "permissions", "term": "a"}
    )

    assert response.status_code == 403
    assert catalogue_rows() == before
