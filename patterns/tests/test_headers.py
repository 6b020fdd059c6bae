import pytest
from django.test import Client

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


def test_devices_are_switched_off(client: Client):
    assert "camera=()" in client.get("/healthz")["Permissions-Policy"]


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "BREW"])
def test_strange_methods_are_refused(client: Client, method: str):
    response = client.generic(method, "/no-such-page")

    assert response.status_code == 405
    assert "GET" in response["Allow"]


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
