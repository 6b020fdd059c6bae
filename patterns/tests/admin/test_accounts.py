"""Who manages users and groups, and which passwords are good enough."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from patterns.tests.admin.forms import catalogue_rows, client_of
from patterns.tests.admin.logins import INDEX, LOGIN, PASSWORD, log_in
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
    ],
)
def test_a_bad_password_is_refused_with_the_reason(password: str, message: str):
    user = User(username="frida", first_name="Frida", last_name="Lovelace", email="frida.lovelace@example.org")

    with pytest.raises(ValidationError, match=message):
        validate_password(password, user)


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
