"""The way into a site below a path, as WSGI."""

from typing import Any

import pytest

from archsite.entrance import Entrance
from archsite.headers import in_front


def answer(path: str, method: str = "GET", query: str = "") -> tuple[str, dict[str, str], str]:
    """Status, headers and body, where the site answers with the path at which it was asked."""
    seen: list[Any] = []

    def site(environ, start_response):
        start_response("200 OK", [])
        return [f"{environ['SCRIPT_NAME']} {environ['PATH_INFO']}".encode()]

    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query}
    body = b"".join(Entrance(site)(environ, lambda status, headers, error: seen.extend((status, dict(headers)))))
    return seen[0], seen[1], body.decode()


@pytest.fixture
def _below(settings):
    settings.SITE_PATH = "/catalog"


@pytest.mark.parametrize("path", ["/", "/catalog/", "/healthz"])
def test_at_the_root_of_a_host_every_address_is_of_the_site(path: str):
    assert answer(path)[2] == f" {path}"


@pytest.mark.usefixtures("_below")
@pytest.mark.parametrize(
    ("path", "within"),
    [("/catalog/", "/"), ("/catalog/a/b", "/a/b"), ("/catalog//a", "//a"), ("/healthz", "/healthz")],
)
def test_below_a_path_it_is_taken_off(path: str, within: str):
    assert answer(path)[2] == f"/catalog {within}"


@pytest.mark.usefixtures("_below")
@pytest.mark.parametrize("path", ["/", "", "/catalogue/", "/patterns/", "/healthz/", "/x/catalog/"])
def test_what_lies_outside_is_told_where_the_site_is(path: str):
    status, headers, body = answer(path)

    assert status == "404 Not Found"
    assert body == "The site lies at http://127.0.0.1:8000/catalog/: addresses come here with /catalog.\n"
    assert (headers["Content-Length"], headers["Cache-Control"]) == (str(len(body)), "no-cache")
    assert headers.keys() >= in_front().keys()
    assert answer(path, "HEAD")[2] == ""


@pytest.mark.usefixtures("_below")
def test_the_path_alone_leads_into_the_site():
    status, headers, _ = answer("/catalog", query="q=1")

    assert (status, headers["Location"]) == ("301 Moved Permanently", "/catalog/?q=1")
