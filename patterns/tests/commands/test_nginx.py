"""docs/deploy/nginx.conf, as the drills run it: a real nginx in front of the site."""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from html import unescape
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from patterns.bench.browser import Answer, Browser, browsing
from patterns.bench.machine import until
from patterns.bench.nginx import PROGRAM, configuration, nginx
from patterns.bench.shared_cache import CacheFigures, came_from
from patterns.bench.site import PASSWORD, SITE, scratch_site, serving
from patterns.document.catalog import Document, Header
from patterns.files.toml import write_toml
from patterns.tests.commands.terminal import said
from patterns.tests.factories import entry
from patterns.tests.mail import Postbox, post_office


def test_the_addresses_of_the_documentation_are_replaced():
    text = configuration([8001, 8002], cache=Path("/scratch"))

    assert "server 127.0.0.1:8001 " in text
    assert "server 127.0.0.1:8002 " in text
    assert "/scratch/pages" in text
    assert not any(one in text for one in ("10.0.0.", "listen 80", "/var/cache"))


def test_machines_are_drilled_without_a_cache_that_would_hide_them():
    text = configuration([8001, 8002])

    assert "proxy_cache pages" not in text
    assert text.count("proxy_cache off;") == 2


def test_what_should_not_be_is_a_failure():
    figures = CacheFigures()

    figures.check("it is kept", True, "200 HIT")
    figures.check("it is never kept", False, "200 HIT")

    assert figures.failures == ["it is never kept: 200 HIT"]
    assert len(figures.checks) == 2


@pytest.mark.skipif(PROGRAM is None, reason="nginx is not installed")
def test_a_shared_cache_keeps_what_is_published_and_nothing_else():
    text = said("drill", "cache")

    assert "200 REVALIDATED" in text
    assert "200 STALE" in text


# The site below a path, behind a real nginx on another port than its readers see.

ORIGIN, PATH = "http://catalog.example:8080", "/data/catalog"
OUTSIDER = "127.0.0.2"


@dataclass(frozen=True)
class Front:
    """``port`` is nginx's, ``behind`` that of the site itself, with its ``log`` and ``post``."""

    port: int
    behind: int
    log: Path
    post: Postbox

    def browser(self, **headers: str) -> Browser:
        return Browser(self.port, **{"Host": "catalog.example:8080", "Origin": ORIGIN, **headers})

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()]


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    if PROGRAM is None:
        pytest.skip("nginx is not installed")
    folder = tmp_path_factory.mktemp("nginx")
    with ExitStack() as stack:
        post = stack.enter_context(post_office())
        given = {"TRUST_PROXY": "1", "EMAIL_URL": f"smtp://127.0.0.1:{post.port}"}
        site = stack.enter_context(scratch_site(folder, SITE_URL=f"{ORIGIN}{PATH}", **given))
        site.prepare()
        [server] = stack.enter_context(serving(site, SITE))
        proxy = stack.enter_context(nginx(folder, configuration([server.port, server.port], cache=folder)))
        yield Front(proxy.port, server.port, server.log, post)


@pytest.fixture
def reader(front: Front) -> Iterator[Browser]:
    with browsing(browser := front.browser()):
        yield browser


@pytest.fixture(scope="module")
def publisher(front: Front) -> Iterator[Browser]:
    with browsing(browser := front.browser()):
        page = browser.get(f"{PATH}/admin/login/?next={PATH}/admin/")
        sent = browser.send(page, holding="password", username="publisher", password=PASSWORD)
        assert (sent.status, sent.headers["location"]) == (302, f"{PATH}/admin/")
        yield browser


def addresses_in(answer: Answer) -> set[str]:
    """What a page leads to, loads or is sent to, on this site."""
    found = re.findall(r'(?:href|src|action|content)="([^"#]*)', answer.text)
    found += re.findall(r"<(?:loc|id)>([^<]+)", answer.text)
    return {unescape(one).removeprefix(ORIGIN) for one in found if one.startswith(("/", ORIGIN))}


def test_every_address_that_pages_name_lies_below_the_path(reader: Browser, publisher: Browser):
    starts = ("", "patterns/", "patterns/saga-pattern/", "lab/", "about/", "api/v1/docs", "sitemap.xml", "compare/")
    starts += ("feeds/changes.atom", "opensearch.xml", "no-such-page", "patterns/saga-pattern/suggest/")
    pages = [reader.get(f"{PATH}/{start}") for start in starts] + [publisher.get(f"{PATH}/admin/patterns/pattern/")]

    named = {address: page.path for page in pages for address in addresses_in(page)}

    assert len(named) > 100
    assert {address: page for address, page in named.items() if not f"{address}/".startswith(f"{PATH}/")} == {}
    assert [page.status for page in pages] == [404 if "no-such" in page.path else 200 for page in pages]


def test_what_a_page_loads_and_leads_to_is_there(reader: Browser):
    page = reader.get(f"{PATH}/patterns/saga-pattern/")

    statuses = {address: reader.get(address).status for address in addresses_in(page)}

    assert any(address.endswith(".css") for address in statuses)
    assert {address: status for address, status in statuses.items() if status != 200} == {}


@pytest.mark.parametrize(
    "path", ["catalog.json", "llms.txt", "patterns/saga-pattern.md", "api/v1/openapi.json", "api/v1/patterns?q=saga"]
)
def test_whole_addresses_in_data_lie_below_the_path(reader: Browser, path: str):
    named = re.findall(rf"{ORIGIN}([^\s\"')\]>]*)", reader.get(f"{PATH}/{path}").text)

    assert all(f"{one}/".startswith(f"{PATH}/") for one in named), named


def test_the_store_keeps_pages_below_a_path(front: Front):
    with browsing(direct := Browser(front.behind, Host="catalog.example:8080")):
        etag = direct.get(f"{PATH}/map/").headers["etag"]

        assert direct.get(f"{PATH}/map/", If_None_Match=etag).status == 304
        assert "br" in direct.get(f"{PATH}/map/", Accept_Encoding="br").headers["content-encoding"]


@pytest.mark.parametrize("path", ["/", "/patterns/", "/admin/", "/static/x.css", "/data/catalogue/"])
def test_what_lies_outside_is_not_there(reader: Browser, path: str):
    answer = reader.get(path)

    assert answer.status == 404
    assert f"{ORIGIN}{PATH}/" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        f"{PATH}%2f",
        f"{PATH}/patterns%2fsaga-pattern%2f",
        f"{PATH}/static/patterns%2Flogo.svg",
        f"{PATH}/admin%2Flogin/",
    ],
)
def test_an_encoded_slash_leads_nowhere(reader: Browser, path: str):
    assert reader.get(path).status == 404


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (f"{PATH}?q=1", f"{PATH}/?q=1"),
        (f"{PATH}/patterns", f"{PATH}/patterns/"),
        (f"{PATH}/patterns/06/?have=a&x=1", f"{PATH}/patterns/saga-pattern/?have=a"),
        (f"{PATH}/favicon.ico", f"{PATH}/static/"),
        (f"{PATH}/admin/", f"{PATH}/admin/login/?next={PATH}/admin/"),
    ],
)
def test_redirects_stay_below_the_path(reader: Browser, path: str, place: str):
    answer = reader.get(path)

    assert answer.status in (301, 302)
    assert answer.headers["location"].startswith(place)


def test_links_in_mail_lie_below_the_path(front: Front, reader: Browser, publisher: Browser):
    people = publisher.get(f"{PATH}/admin/auth/user/?q=editor")
    [person] = re.findall(rf"{PATH}/admin/auth/user/[0-9]+/change/", people.text)
    publisher.send(publisher.get(person), holding="first_name", email="editor@catalog.example")

    reader.send(reader.get(f"{PATH}/admin/password_reset/"), holding="email", email="editor@catalog.example")

    until(lambda: bool(front.post.messages), what="a message")
    assert f"{ORIGIN}{PATH}/admin/reset/" in front.post.text()


def test_cookies_are_sent_to_the_site_alone(front: Front, publisher: Browser):
    with browsing(browser := front.browser()):
        cookie = browser.get(f"{PATH}/admin/login/").headers["set-cookie"]

    assert f"Path={PATH}/;" in cookie


def test_an_import_of_ten_megabytes_arrives(publisher: Browser):
    file = write_toml(Document(Header(), {}, {"901": entry("901")})).encode()
    padded = b"# %s\n" % (b"x" * 1_000) * 10_500 + file

    form = publisher.get(f"{PATH}/admin/patterns/pattern/import/")
    plan = publisher.upload(form, holding="format", file=("import_file", "large.toml", padded))

    assert len(padded) > 10 * 1024**2
    assert plan.status == 200
    assert plan.form("pending")


def test_more_than_an_import_may_hold_is_refused(publisher: Browser):
    form = publisher.get(f"{PATH}/admin/patterns/pattern/import/")

    assert publisher.upload(form, holding="format", file=("import_file", "x", bytes(19 * 1024**2))).status == 413


def test_probes_are_answered_to_this_machine_and_to_nobody_else(front: Front, reader: Browser):
    for path in ("/healthz", "/readyz", f"{PATH}/readyz"):
        outside = HTTPConnection("127.0.0.1", front.port, source_address=(OUTSIDER, 0))
        outside.request("GET", path)

        assert outside.getresponse().status == 403
        outside.close()
        assert reader.get(path).text == "ok\n"


def test_a_balancer_asks_the_process_itself_by_its_address(front: Front):
    with browsing(balancer := Browser(front.behind, Host="10.0.0.5:8000")):
        seen = [balancer.get(path).status for path in ("/healthz", "/readyz", f"{PATH}/", "/")]

    assert seen == [200, 200, 400, 404]


def test_what_is_kept_is_public(reader: Browser, publisher: Browser):
    seen = {path: {came_from(publisher.get(f"{PATH}/{path}")) for _ in range(2)} for path in ("about/", "admin/")}

    assert seen["about/"] & {"200 HIT"}
    assert seen["admin/"] == {"200 SITE"}
    assert came_from(reader.get(f"{PATH}/admin/")) == "302 SITE"


@pytest.mark.parametrize("protocol", ["websocket", "h2c"])
def test_who_asks_for_another_protocol_gets_a_page(front: Front, protocol: str):
    for port in (front.port, front.behind):
        with browsing(browser := Browser(port, Host="catalog.example:8080")):
            asked = {"Connection": "Upgrade, HTTP2-Settings", "Upgrade": protocol, "HTTP2_Settings": "AAMAAABkAAQAoAAA"}
            answer = browser.get(f"{PATH}/about/", **asked)

            assert answer.status == 200
            assert "<html" in answer.text


def test_each_answer_has_a_number_of_its_own_also_from_the_cache(front: Front, reader: Browser):
    numbers = [reader.get(f"{PATH}/about/").headers["x-request-id"] for _ in range(3)]
    passed = reader.get(f"{PATH}/no-such-page", X_Request_Id="made-up").headers["x-request-id"]

    assert len({*numbers}) == 3
    assert {line["client"] for line in front.lines() if line.get("request_id") == passed} == {"127.0.0.1"}
    assert not [line for line in front.lines() if line.get("request_id") == "made-up"]


def test_what_is_denied_is_a_line_with_the_user_the_client_and_the_number(front: Front):
    with browsing(editor := front.browser(X_Forwarded_For="203.0.113.9")):
        page = editor.get(f"{PATH}/admin/login/")
        editor.send(page, holding="password", username="editor", password="wrong")
        editor.send(page, holding="password", username="editor", password=PASSWORD)
        number = editor.get(f"{PATH}/admin/auth/user/").headers["x-request-id"]

    forbidden = next(line for line in front.lines() if line.get("request_id") == number and "status_code" in line)
    refused = next(line for line in front.lines() if line["logger"] == "patterns.admin.accounts")
    assert forbidden | {"user": "editor", "path": f"{PATH}/admin/auth/user/", "status_code": 403} == forbidden
    assert refused | {"user": "editor", "why": "wrong name or password", "client": "127.0.0.1"} == refused
    assert len(refused["request_id"]) == 32
