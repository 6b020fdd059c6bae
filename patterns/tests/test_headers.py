from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings as site
from django.contrib.auth.models import User
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client

from archsite.headers import GUARDS, in_front
from patterns.tests.conftest import SharedRows
from patterns.tests.factories import change_pattern, make_pattern

pytestmark = pytest.mark.django_db  # the page of an unknown address looks for near ones

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
PAGES = ["/healthz", "/admin/login/", "/no-such-page"]


def policy_of(response) -> dict[str, str]:
    directives = response["Content-Security-Policy"].split("; ")
    return dict(directive.split(" ", 1) for directive in directives)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_exactly_the_strict_policy(client: Client, path: str):
    assert policy_of(client.get(path)) == POLICY


@pytest.fixture(scope="module", autouse=True)
def _entries(shared_rows: SharedRows) -> None:
    with shared_rows():
        make_pattern("01", name="Saga")
        change_pattern(make_pattern("02", name="Left"), status="retired")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Referrer-Policy", "same-origin"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ],
)
def test_every_page_has_the_header(client: Client, path: str, name: str, value: str):
    assert client.get(path)[name] == value


# Every kind of answer


def signed_in(client: Client, **values: object) -> Client:
    client.force_login(User.objects.create_user("ada", is_staff=True, **values))
    return client


def wrong_passwords(client: Client) -> HttpResponse:
    for _ in range(site.AXES_FAILURE_LIMIT):
        response = client.post("/admin/login/", {"username": "ada", "password": "wrong"})
    return response


def good_copy(client: Client) -> HttpResponse:
    return client.get("/catalog.toml", headers={"If-None-Match": client.get("/catalog.toml")["ETag"]})


def exported(client: Client) -> HttpResponse:
    form = {"format": "0", "resource": "0"}
    return signed_in(client, is_superuser=True).post("/admin/patterns/pattern/export/", form)


KINDS: dict[str, tuple[int, Callable[[Client], HttpResponse]]] = {
    "a page": (200, lambda client: client.get("/patterns/saga/")),
    "the API": (200, lambda client: client.get("/api/v1/patterns")),
    "a feed": (200, lambda client: client.get("/feeds/changes.atom")),
    "a download": (200, lambda client: client.get("/catalog.toml")),
    "a picture": (200, lambda client: client.get("/patterns/saga.png")),
    "the desk": (200, lambda client: signed_in(client, is_superuser=True).get("/admin/")),
    "an export": (200, exported),
    "another address": (301, lambda client: client.get("/patterns/01/")),
    "the way to the login": (302, lambda client: client.get("/admin/")),
    "a copy that is good": (304, good_copy),
    "a problem of the API": (400, lambda client: client.get("/api/v1/patterns?colour=red")),
    "a strange host": (400, lambda client: client.get("/", headers={"Host": "elsewhere.example"})),
    "NUL in an address": (400, lambda client: client.get("/admin/?x=%00")),
    "a forged form": (403, lambda client: Client(enforce_csrf_checks=True, **client.defaults).post("/admin/login/")),
    "no right": (403, lambda client: signed_in(client).get("/admin/auth/user/")),
    "no such page": (404, lambda client: client.get("/no-such-page")),
    "no such style": (404, lambda client: client.get("/static/no-such.css")),
    "only reading": (405, lambda client: client.post("/patterns/")),
    "a strange method": (405, lambda client: client.generic("TRACE", "/patterns/")),
    "retired": (410, lambda client: client.get("/patterns/left/")),
    "too many tries": (429, wrong_passwords),
}


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_answer_has_every_header(kind: str, scheme: str, settings):
    settings.SECURE_PROXY_SSL_HEADER = "HTTP_X_FORWARDED_PROTO", "https"
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = scheme == "https", 31_536_000
    status, ask = KINDS[kind]

    response = ask(Client(HTTP_X_FORWARDED_PROTO=scheme))

    assert response.status_code == status
    wanted = [name for name in GUARDS if scheme == "https" or name != "Strict-Transport-Security"]
    assert [name for name in wanted if not response.has_header(name)] == []
    assert "Server" not in response


@pytest.mark.parametrize(
    ("has_subdomains", "is_preloaded", "words"),
    [(False, False, ""), (True, False, "; includeSubDomains"), (True, True, "; includeSubDomains; preload")],
)
def test_browsers_are_bound_to_https_as_far_as_is_asked_and_by_every_answer(
    client: Client, settings, has_subdomains: bool, is_preloaded: bool, words: str
):
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 31_536_000, has_subdomains
    settings.SECURE_HSTS_PRELOAD = is_preloaded

    page = client.get("/patterns/saga/", secure=True)

    assert page["Strict-Transport-Security"] == f"max-age=31536000{words}"
    assert in_front()["Strict-Transport-Security"] == page["Strict-Transport-Security"]


def test_a_static_file_has_every_header(tmp_path: Path, settings):
    settings.STATIC_ROOT = str(tmp_path)
    (tmp_path / "some.css").write_text("")

    client = Client()
    first = client.get("/static/some.css")
    again = client.get("/static/some.css", headers={"If-Modified-Since": first["Last-Modified"]})
    first.getvalue()  # to its end, which closes it; close() would end the connection of the other tests

    assert [first.status_code, again.status_code] == [200, 304]
    assert [name for one in (first, again) for name in GUARDS[:-1] if not one.has_header(name)] == []


@pytest.mark.parametrize(("fault", "status"), [(ZeroDivisionError, 500), (OperationalError, 503)])
def test_what_fails_has_every_header(fault: type[Exception], status: int, monkeypatch: pytest.MonkeyPatch):
    def broken(*_: object) -> None:
        raise fault

    monkeypatch.setattr("patterns.views.errors.guesses_for", broken)

    response = Client(raise_request_exception=False).get("/no-such-page")

    assert response.status_code == status
    assert [name for name in GUARDS[:-1] if not response.has_header(name)] == []


def test_the_redirect_to_https_and_a_strange_host_before_it_have_them_too(client: Client, settings):
    settings.SECURE_SSL_REDIRECT = True

    answers = client.get("/"), client.get("/", headers={"Host": "elsewhere.example"})

    assert [one.status_code for one in answers] == [301, 400]
    assert [name for one in answers for name in GUARDS[:-1] if not one.has_header(name)] == []


def test_devices_are_switched_off(client: Client):
    assert "camera=()" in client.get("/healthz")["Permissions-Policy"]


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "BREW"])
def test_strange_methods_are_refused(client: Client, method: str):
    response = client.generic(method, "/no-such-page")

    assert response.status_code == 405
    assert "GET" in response["Allow"]


@pytest.mark.parametrize(
    "path",
    [
        *("/.git/config", "/.env", "/manage.py", "/archsite/settings.py", "/var/archsite.sqlite3", "/var/secret_key"),
        *("/static/", "/static/patterns/", "/static/../archsite/settings.py", "/static/%2e%2e/%2e%2e/manage.py"),
    ],
)
def test_no_file_of_the_program_and_no_folder_is_served(client: Client, path: str):
    assert client.get(path).status_code == 404


def test_no_other_origin_is_invited_to_read(client: Client):
    response = client.get("/api/v1/patterns", headers={"Origin": "https://elsewhere.example"})

    assert not [name for name in response.headers if name.startswith("Access-Control-")]


def test_the_login_page_alone_sets_a_cookie(client: Client):
    assert not client.get("/healthz").cookies
    assert client.get("/admin/login/").cookies["csrftoken"]["samesite"] == "Lax"


@pytest.mark.parametrize("address", ["catalog/%00/change/", "pattern/?status__exact=%00"])
def test_nul_in_an_address_of_the_admin_is_a_bad_request(client: Client, address: str):
    assert client.get(f"/admin/patterns/{address}").status_code == 400


@pytest.mark.parametrize("address", ["/", "/healthz", "/patterns/"])
def test_a_malformed_session_is_no_business_of_public_pages(client: Client, address: str):
    response = client.get(address, headers={"Cookie": "sessionid=zzz"})

    assert "sessionid" not in response.cookies
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.parametrize("address", ["/", "/healthz", "/catalog.json", "/api/v1/patterns", "/no-such-page"])
@pytest.mark.parametrize("token", ["x", "\xff", "a" * 65])
def test_a_malformed_token_is_no_business_of_public_pages(client: Client, address: str, token: str):
    response = client.get(address, headers={"Cookie": f"csrftoken={token}"})

    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


def test_a_malformed_token_is_replaced_where_a_form_needs_one():
    browser = Client(enforce_csrf_checks=True)
    browser.cookies["csrftoken"] = "x"
    token = browser.get("/admin/login/").context["csrf_token"]

    response = browser.post("/admin/login/", {"csrfmiddlewaretoken": str(token), "username": "x", "password": "x"})

    assert response.status_code == 200
