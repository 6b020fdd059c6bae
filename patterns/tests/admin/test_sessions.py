"""Sessions end when nothing happens, and what was typed meanwhile is not lost."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from patterns.models import Category
from patterns.tests.admin.forms import address, form_in
from patterns.tests.admin.logins import INDEX, LOGIN, PASSWORD, log_in
from patterns.tests.workflow.staff import person

pytestmark = pytest.mark.django_db


# sessions that end


def idle(client: Client, **time: float) -> None:
    """As if nothing had happened for this long."""
    session = Session.objects.get(session_key=client.cookies["sessionid"].value)
    Session.objects.update(expire_date=session.expire_date - timedelta(**time))


def test_a_session_ends_after_eight_hours_without_a_request(client: Client, frida: User):
    log_in(client)
    idle(client, hours=8, seconds=1)

    assert client.get(INDEX).status_code == 302


def test_each_request_lets_the_time_begin_again(client: Client, frida: User):
    log_in(client)
    for _ in range(3):
        idle(client, hours=7, minutes=59)
        response = client.get(INDEX)

    left = Session.objects.get().expire_date - timezone.now()
    assert timedelta(hours=7, minutes=59) < left <= timedelta(hours=8)
    assert response.cookies["sessionid"]["max-age"] == 8 * 60 * 60


def test_a_session_ends_a_week_after_signing_in_however_busy(client: Client, frida: User):
    log_in(client)
    key, session = client.cookies["sessionid"].value, client.session
    session["signed_in_at"] -= 7 * 24 * 60 * 60 + 1
    session.save()

    assert client.get(INDEX).status_code == 302
    assert not Session.objects.filter(session_key=key).exists()


def test_a_new_password_starts_no_new_week(client: Client, frida: User):
    log_in(client)
    began = client.session["signed_in_at"]
    new = {"new_password1": "a new and long one", "new_password2": "a new and long one"}

    response = client.post("/admin/password_change/", {"old_password": PASSWORD, **new})

    assert response.status_code == 302
    assert client.session["signed_in_at"] == began


def test_a_session_is_a_row_with_a_name_that_nobody_guesses(client: Client, frida: User):
    log_in(client)
    first = client.cookies["sessionid"].value
    client.logout()
    log_in(client)
    second = client.cookies["sessionid"].value

    assert first != second
    assert len(second) == 32  # letters and digits: 165 bits
    assert Session.objects.get().session_key == second
    assert client.cookies["sessionid"]["httponly"]
    assert client.cookies["sessionid"]["samesite"] == "Lax"


@pytest.mark.parametrize("end", ["switched off", "deleted", "a new password"])
def test_what_becomes_of_an_account_ends_its_sessions(client: Client, frida: User, end: str):
    log_in(client)
    if end == "deleted":
        frida.delete()
    else:
        frida.is_active = end != "switched off"
        frida.set_password("another one that is long")
        frida.save()

    assert client.get(INDEX).status_code == 302


def test_signing_out_is_offered_on_every_page_and_leaves_nothing_to_go_back_to(client: Client, frida: User):
    log_in(client)
    pages = [client.get(path) for path in (INDEX, "/admin/patterns/pattern/", "/admin/password_change/")]

    assert ['action="/admin/logout/"' in page.content.decode() for page in pages] == [True] * 3
    assert ["no-store" in page["Cache-Control"] for page in pages] == [True] * 3
    assert client.post("/admin/logout/")["Clear-Site-Data"] == '"cache"'


def test_pages_in_quick_succession_write_no_session(client: Client, frida: User):
    log_in(client)
    idle(client, minutes=4)
    client.get(INDEX)
    before = Session.objects.get().expire_date

    assert "sessionid" not in client.get(INDEX).cookies
    assert Session.objects.get().expire_date == before


@pytest.mark.parametrize("path", ["/", "/patterns/", "/healthz", "/api/v1/catalog"])
def test_public_pages_read_no_session(client: Client, frida: User, path: str):
    log_in(client)
    idle(client, hours=7)

    response = client.get(path)

    assert "sessionid" not in response.cookies
    assert "Cookie" not in response.get("Vary", "")


# a form whose session had ended


def typed_form(client: Client) -> dict[str, str]:
    form = form_in(client.get(address("add", model="category")))
    return {**form, "name": "Typed <b>here</b>", "slug": "typed", "description": "Zwölf Boxkämpfer", "_save": "Save"}


@pytest.fixture
def strict() -> Client:
    """A browser that has to send the token."""
    return Client(enforce_csrf_checks=True)


def sign_in(client: Client, name: str) -> None:
    form = form_in(client.get(LOGIN))
    response = client.post(LOGIN, {**form, "username": name, "password": PASSWORD})
    assert response.status_code == 302


def publisher_with_password(name: str = "publisher") -> User:
    user = person("publisher", name)
    user.set_password(PASSWORD)
    user.save()
    return user


def test_what_was_typed_when_the_session_ended_can_be_sent_again(strict: Client):
    publisher_with_password()
    sign_in(strict, "publisher")
    form = typed_form(strict)
    Session.objects.all().delete()

    refused = strict.post(address("add", model="category"), form)
    assert (refused.status_code, Category.objects.count()) == (403, 0)
    again = strict.post(LOGIN, {**form_in(refused), "username": "publisher", "password": PASSWORD})
    assert (again.status_code, Category.objects.count()) == (200, 0)
    saved = strict.post(address("add", model="category"), form_in(again))

    assert saved.status_code == 302
    category = Category.objects.get()
    assert (category.name, category.description) == (form["name"], form["description"])


def test_what_was_typed_survives_wrong_passwords_and_the_pause(strict: Client):
    publisher_with_password()
    sign_in(strict, "publisher")
    form = typed_form(strict)
    Session.objects.all().delete()
    page = strict.post(address("add", model="category"), form)

    for _ in range(5):
        page = strict.post(LOGIN, {**form_in(page), "username": "publisher", "password": "wrong"})

    assert page.status_code == 429
    assert "Zw%C3%B6lf" in form_in(page)["typed"]
    assert form_in(page)["next"] == address("add", model="category")


def test_pages_that_carry_typed_text_are_kept_by_nobody(strict: Client):
    publisher_with_password()
    sign_in(strict, "publisher")
    form = typed_form(strict)
    Session.objects.all().delete()
    refused = strict.post(address("add", model="category"), form)
    again = strict.post(LOGIN, {**form_in(refused), "username": "publisher", "password": PASSWORD})

    assert "no-store" in refused["Cache-Control"]
    assert "no-store" in again["Cache-Control"]
    assert "Typed <b>" not in refused.content.decode() + again.content.decode()


def test_a_form_from_elsewhere_is_not_carried_along(strict: Client):
    response = strict.post(address("add", model="category"), {"name": "Planted", "csrfmiddlewaretoken": "x" * 64})

    assert response.status_code == 403
    assert "Planted" not in response.content.decode()


def test_a_password_is_never_carried_along(client: Client):
    response = client.post("/admin/password_change/", {"csrfmiddlewaretoken": "x", "new_password1": "Secret"})

    assert (response.status_code, response["Location"]) == (302, f"{LOGIN}?next=/admin/password_change/")


@pytest.mark.parametrize("goal", ["/patterns/", "/", "/elsewhere/admin/"])
def test_typed_text_is_sent_nowhere_but_to_the_desk(client: Client, frida: User, goal: str):
    response = log_in(client, typed="name=Secret", next=goal)

    assert (response.status_code, response["Location"]) == (302, goal)


@pytest.mark.parametrize(
    "goal", ["https://elsewhere.example/admin/", "//elsewhere.example/admin/", "/\\elsewhere.example"]
)
def test_typed_text_is_never_sent_to_another_site(client: Client, frida: User, goal: str):
    response = log_in(client, typed="name=Secret", next=goal)

    assert "elsewhere" not in response.content.decode() + response.get("Location", "")


def test_a_category_can_be_made_in_one_go(strict: Client):
    """The forms of the desk need no second look while the session lasts."""
    publisher_with_password()
    sign_in(strict, "publisher")

    assert strict.post(address("add", model="category"), typed_form(strict)).status_code == 302
