"""A form whose token is not the browser's any more: what was typed comes back, unless another site has sent it."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from patterns.models import Category, Pattern
from patterns.tests.admin.clashes import text_of
from patterns.tests.admin.forms import Form, address, form_in, opened, with_row
from patterns.tests.admin.logins import INDEX, LOGIN, PASSWORD
from patterns.tests.factories import make_rich_pattern
from patterns.tests.workflow.staff import person

pytestmark = pytest.mark.django_db

OURS = "http://testserver"
TYPED = "An hour of <work>"


@pytest.fixture
def ada(db) -> User:
    user = person("publisher", "Ada")
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def browser(ada: User) -> Client:
    """Signed in, and with the tokens that Django asks for."""
    client = Client(enforce_csrf_checks=True)
    sign_in(client)
    return client


def send(client: Client, path: str, form: Form, **headers: Any) -> HttpResponse:
    return client.post(path, form, **{"headers": {"Origin": OURS, **headers}})


def sign_in(client: Client) -> HttpResponse:
    response = send(client, LOGIN, {**form_in(client.get(LOGIN)), "username": "Ada", "password": PASSWORD})
    assert response.status_code in (200, 302)
    return response


@pytest.fixture
def page(db) -> str:
    return address("change", make_rich_pattern().pk)


@pytest.fixture
def form(browser: Client, page: str) -> Form:
    """Typed into, with a row that a script added, before its person signed in again in another tab."""
    typed = with_row({**opened(browser, page), "problem": TYPED}, "references", title="Added by script")
    browser.cookies.pop("csrftoken")
    browser.cookies.pop("sessionid")
    sign_in(browser)
    return typed


def test_what_was_typed_comes_back_and_is_saved_when_it_is_sent_again(browser: Client, page: str, form: Form):
    refused = send(browser, page, {**form, "_save": "Save"})

    assert refused.status_code == 403
    assert "no-store" in refused["Cache-Control"]
    assert "An hour of &lt;work&gt;" in refused.content.decode()
    assert f"It goes to {page} once you press the button, as Ada" in text_of(refused)
    again = form_in(refused)
    sent = {name: value.replace("\r\n", "\n") for name, value in form.items()}
    assert {**again, "csrfmiddlewaretoken": ""} == {**sent, "csrfmiddlewaretoken": "", "_save": "Save"}
    assert send(browser, page, again).status_code == 302
    assert Pattern.objects.get().problem == TYPED
    assert Pattern.objects.get().references.last().title == "Added by script"


def test_nothing_is_written_before_it_is_sent_again(browser: Client, page: str, form: Form):
    send(browser, page, form)

    assert Pattern.objects.get().problem != TYPED


def test_the_page_shows_what_was_typed_and_not_what_a_form_sends_of_itself(browser: Client, page: str, form: Form):
    said = text_of(send(browser, page, form))

    assert "title Added by script" in said
    assert not any(name in said for name in ("TOTAL_FORMS", "form_token", "__prefix__", "-id "))


def test_after_cookies_were_cleared_the_login_carries_it_along(browser: Client, page: str, form: Form):
    browser.cookies.clear()

    refused = send(browser, page, form)
    assert refused.status_code == 403
    signed_in = send(browser, LOGIN, {**form_in(refused), "username": "Ada", "password": PASSWORD})

    assert send(browser, page, form_in(signed_in)).status_code == 302
    assert Pattern.objects.get().problem == TYPED


def test_a_login_page_of_another_tab_still_carries_it(browser: Client, page: str, form: Form):
    browser.cookies.clear()
    old_login = form_in(send(browser, page, form))
    sign_in(browser)

    refused = send(browser, LOGIN, {**old_login, "username": "Ada", "password": PASSWORD})

    assert refused.status_code == 403
    assert PASSWORD not in refused.content.decode()
    assert send(browser, page, form_in(refused)).status_code == 302
    assert Pattern.objects.get().problem == TYPED


def test_a_login_page_that_lost_its_cookies_asks_once_more(ada: User):
    browser = Client(enforce_csrf_checks=True)
    old = form_in(browser.get(LOGIN))
    browser.cookies.clear()

    refused = send(browser, LOGIN, {**old, "username": "Ada", "password": PASSWORD})

    assert refused.status_code == 403
    assert "Try once more" in text_of(refused)
    assert send(browser, LOGIN, {**form_in(refused), "username": "Ada", "password": PASSWORD}).status_code == 302


def test_who_is_signed_in_already_is_told_to_go_on(browser: Client):
    response = send(browser, LOGIN, {"username": "Ada", "password": PASSWORD, "next": "https://elsewhere.example/"})

    assert response.status_code == 403
    assert f'href="{INDEX}"' in response.content.decode()


@pytest.mark.parametrize("path", ["/admin/password_change/", LOGIN])
def test_a_password_is_never_carried_along(browser: Client, path: str):
    form = {"csrfmiddlewaretoken": "x" * 64, "old_password": "Secret-1", "password": "Secret-2"}

    response = send(browser, path, form)

    assert response.status_code == 403
    assert "Secret" not in response.content.decode()


FORGED: list[dict[str, str]] = [
    {"Origin": "https://elsewhere.example"},
    {"Origin": "null"},
    {"Origin": "http://testserver.elsewhere.example"},
    {"Origin": "http://testserver:81"},
    {"Origin": "https://elsewhere.example", "Referer": f"{OURS}/admin/"},
]


@pytest.mark.parametrize("headers", FORGED)
@pytest.mark.parametrize("path", [address("add", model="category"), LOGIN, "/admin/logout/"])
def test_what_another_site_sends_is_not_carried_on(browser: Client, path: str, headers: dict[str, str]):
    form = {"csrfmiddlewaretoken": "x" * 64, "name": "Planted", "slug": "planted", "typed": "name=Planted"}

    response = send(browser, path, form, **headers)

    assert response.status_code == 403
    assert "Planted" not in response.content.decode()
    assert "<form" not in response.content.decode()
    assert not Category.objects.exists()


@pytest.mark.parametrize("origin", ["http://catalog.example:8080", "https://catalog.example"])
def test_who_runs_a_site_that_does_not_know_its_address_reads_what_to_set(browser: Client, origin: str):
    said = text_of(send(browser, LOGIN, {"csrfmiddlewaretoken": "x" * 64}, Origin=origin))

    assert f"Set SITE_URL={origin} " in said
    assert "the form came to http://testserver , and SITE_URL is http://127.0.0.1:8000 ." in said
    assert "TRUST_PROXY=1" in said
    assert "DEBUG" not in said


@pytest.mark.parametrize("origin", ["null", "javascript:alert(1)", "http://" + "x" * 300, "https://<b>"])
def test_what_is_no_origin_is_not_told_to_anybody(browser: Client, origin: str):
    response = send(browser, LOGIN, {"csrfmiddlewaretoken": "x" * 64}, Origin=origin)

    assert response.status_code == 403
    assert "SITE_URL" not in response.content.decode()


def test_a_proxy_that_loses_the_port_loses_no_form(ada: User):
    browser = Client(enforce_csrf_checks=True, headers={"Host": "127.0.0.1"})

    typed = {**form_in(browser.get(LOGIN)), "username": "Ada", "password": PASSWORD}

    assert send(browser, LOGIN, typed, Origin="http://127.0.0.1:8000").status_code == 302


@pytest.mark.parametrize(
    "referer", [None, "", "http://testserver.elsewhere.example/", "https://testserver/", "testserver/"]
)
def test_who_does_not_say_where_it_comes_from_is_not_helped(browser: Client, referer: str | None):
    form = {"csrfmiddlewaretoken": "x" * 64, "name": "Planted"}
    headers = {} if referer is None else {"Referer": referer}

    response = browser.post(address("add", model="category"), form, headers=headers)

    assert response.status_code == 403
    assert "Planted" not in response.content.decode()


def test_an_old_browser_says_it_by_the_referer(browser: Client):
    form = {"csrfmiddlewaretoken": "x" * 64, "name": "Typed"}

    response = browser.post(address("add", model="category"), form, headers={"Referer": f"{OURS}{INDEX}"})

    assert form_in(response)["name"] == "Typed"


def test_outside_of_the_admin_it_refuses_in_the_face_of_the_house():
    response = Client(enforce_csrf_checks=True).post("/static/nothing.css", {"name": "x"})

    assert response.status_code == 403
    assert "Nothing was done" in text_of(response)
    assert "DEBUG" not in response.content.decode()
    assert not response.cookies
