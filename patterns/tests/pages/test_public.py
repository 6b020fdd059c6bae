"""What holds for every public address."""

from typing import Any
from xml.etree.ElementTree import Element

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from patterns.store import bulk
from patterns.tests.conftest import SharedRows
from patterns.tests.factories import (
    RICH,
    change_header,
    change_pattern,
    make_category,
    make_pattern,
    make_patterns,
    make_rich_pattern,
)
from patterns.tests.pages.trees import links, parsed, texts
from patterns.views import pages
from patterns.views.pages import Page

pytestmark = pytest.mark.django_db
LAB_SLUG = "circuit-breaker-pattern"
SLUGS = {"category": "data", "category_feed": "data", "pattern_lab": LAB_SLUG, "pattern_lab_json": LAB_SLUG}


QUERIES = {"decide_md": "?choose=01"}  # without which there is nothing at an address


def address(page: Page) -> str:
    return f"/{page.path.replace('<slug:slug>', SLUGS.get(page.name, 'saga'))}{QUERIES.get(page.name, '')}"


def of_kind(*kinds: str) -> dict[str, int]:
    """Address → budget of queries, of what is only read."""
    return {address(page): page.queries for page in pages.PAGES if page.kind in kinds and page.name != "suggest"}


FORM = {address(page): page.queries for page in pages.PAGES if page.name == "suggest"}
TICKED = "symptom=01.1&symptom=02.1&limit=availability&limit=latency&have=03&holds=01.1"
PAGES = {
    **of_kind("page"),
    **dict.fromkeys(["/patterns/?after=01", "/patterns/saga/history/?before=2", "/map/?entry=saga"], 6),
    **dict.fromkeys(
        ["/patterns/?q=saga+bank&gains=availability&sort=code&after=00", "/patterns/?q=sgaa&category=data"], 6
    ),
    **dict.fromkeys(["/matrix/?quality=availability", "/matrix/?after=data.01&category=data"], 10),
    "/patterns/saga/?have=02&have=99": of_kind("page")["/patterns/saga/"],
    "/compare/": 5,  # with nothing chosen yet
    f"/find/?{TICKED}&q=saga": of_kind("page")["/find/"],
    f"/decide/?choose=01&considered=02&with=03&{TICKED}": of_kind("page")["/decide/"],
    "/compare/?pattern=saga&pattern=pattern-02&differences=only": of_kind("page")["/compare/"],
    "/api/v1/docs": 4,
}
DATA = {**of_kind("data"), f"/patterns/{LAB_SLUG}/lab.json?workers=30": 5}
API = [
    *("/api/v1/", "/api/v1/catalog", "/api/v1/categories", "/api/v1/patterns", "/api/v1/patterns?q=saga&sort=name"),
    *("/api/v1/patterns/saga", "/api/v1/patterns/saga/revisions", "/api/v1/openapi.json"),
]
FOR_MACHINES = {**of_kind("feed", "crawlers"), "/sitemap-part.xml?after=01": 9}
EVERY = [*PAGES, *DATA, *API, *FOR_MACHINES]
BUDGETS = {**PAGES, **FORM, **DATA, **dict.fromkeys(API, 8), **FOR_MACHINES}
del BUDGETS["/map/"]  # shows one neighbourhood once there are many entries, and then costs what "?entry=" costs
HOSTILE_QUERIES = [
    *("?after=%00", "?after=" + "9" * 10_000, "?after[]=1", "?after=1&after=%"),
    *("?%ff=%fe", "?=", "?" + "a=1&" * 20_000),
    *("?q=NEAR(%22*%00-", "?q=" + "a+" * 5_000, "?q=%F0%9F%98%80&-category=%00&gains=" + "x" * 10_000),
]
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module", autouse=True)
def _saga(shared_rows: SharedRows) -> None:
    with shared_rows():
        make_pattern("02", category="Data")
        make_pattern("03", category="Data", slug=LAB_SLUG)
        make_rich_pattern("01", name="Saga", category="Data", relations=[{"type": "uses", "target": "02"}])


KEPT = "public, max-age=0, must-revalidate"


def test_every_page_may_be_kept_and_is_asked_for_again(client: Client):
    said = {address: client.get(address)["Cache-Control"] for address in EVERY}

    assert {address: words for address, words in said.items() if words != KEPT} == {}


NOT_KEPT = {
    "/no-such-page": 404,
    "/patterns/no-such-entry/": 404,
    "/patterns/gone/": 410,
    "/patterns/gone.md": 410,
    "/patterns/01/": 301,
    "/patterns": 301,
    "/favicon.ico": 302,
    "/decide.md": 404,
    "/static/no-such-file.css": 404,
    "/api/v1/no-such-operation": 404,
    "/api/v1/patterns?x=1": 400,
    "/api/v1/patterns/gone": 410,
    "/patterns/saga/suggest/": 200,
    "/admin/": 302,
    "/admin/login/": 200,
    "/admin/patterns/pattern/1/change/": 302,
    "/healthz": 200,
    "/readyz": 200,
}


@pytest.mark.parametrize(("address", "status"), NOT_KEPT.items())
def test_everything_else_is_kept_by_nobody_unasked(client: Client, address: str, status: int):
    change_pattern(make_pattern("09", slug="gone"), status="retired")

    response = client.get(address)

    assert response.status_code == status
    assert {"no-cache", "no-store"} & {*response["Cache-Control"].split(", ")}
    assert "public" not in response["Cache-Control"]


@pytest.mark.parametrize("headers", [{"Host": "elsewhere.example"}, {"X-Method": "POST"}])
def test_nor_is_a_refusal(client: Client, headers: dict[str, str]):
    response = client.generic(headers.pop("X-Method", "GET"), "/patterns/", headers=headers)

    assert response.status_code in (400, 405)
    assert response["Cache-Control"] == "no-cache"


def test_no_cookie_is_set_and_none_read(client: Client):
    for address in EVERY:
        response = client.get(address, headers={"Cookie": f"sessionid={'x' * 32}; csrftoken={'y' * 32}"})

        assert response.status_code == 200, address
        assert not response.cookies, address
        assert "Cookie" not in response.get("Vary", ""), address


def test_the_bytes_are_the_same_for_everybody(client: Client, admin_client: Client):
    other = [address for address in EVERY if client.get(address).content != admin_client.get(address).content]

    assert other == []


def test_no_form_token_is_in_the_page(client: Client):
    assert [address for address in EVERY if b"csrf" in client.get(address).content.lower()] == []


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_pages_only_answer_reading(client: Client, method: str):
    for address in EVERY:
        response = getattr(client, method)(address)

        assert (response.status_code, response["Allow"]) == (405, "GET, HEAD"), address


def test_head_answers_like_get_without_a_body(client: Client):
    for address in EVERY:
        response = client.head(address)

        assert (response.status_code, response.content) == (200, b""), address


@pytest.mark.parametrize("address", PAGES)
def test_pages_have_one_main_heading_landmarks_and_a_skip_link(client: Client, address: str):
    page = parsed(client.get(address))

    counts = {tag: len(texts(page, tag)) for tag in ("h1", "main")}
    assert counts == {"h1": 1, "main": 1}
    assert page.find(".//a[@class='skip-link'][@href='#main']") is not None
    assert page.find(".//nav") is not None


@pytest.mark.parametrize("address", PAGES)
def test_no_page_has_inline_style_or_script(client: Client, address: str):
    page = parsed(client.get(address))

    assert not [*inline_scripts(page), *page.iter("style"), *page.findall(".//*[@style]")]


@pytest.mark.parametrize("address", PAGES)
def test_pages_link_to_two_stylesheets_at_most(client: Client, address: str):
    page = parsed(client.get(address))

    assert 1 <= len(page.findall(".//link[@rel='stylesheet']")) <= 2


def inline_scripts(page: Element) -> list[Element]:
    """Scripts in the page that a browser would run; JSON for machines is none."""
    return [one for one in page.iter("script") if not one.get("src") and one.get("type") != "application/ld+json"]


def test_a_larger_catalogue_takes_no_more_queries(client: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bulk, "FIRST", bulk.CHUNK)  # files are read batch by batch: both of these in one
    about_saga = {**RICH, "category": "Data", "relations": [{"type": "uses", "target": "01"}]}
    make_patterns(9, first=4, **about_saga)
    few = {address: queries(client, address) for address in BUDGETS}
    make_patterns(30, first=13, **about_saga)

    assert {address: queries(client, address) for address in BUDGETS} == few
    assert {address: count for address, count in few.items() if count > BUDGETS[address]} == {}


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_hostile_text_stays_text(client: Client):
    texts: dict[str, Any] = dict.fromkeys(("name", "description", "category", "problem", "solution"), HOSTILE)
    change_header(title=HOSTILE, description=HOSTILE)
    make_category(HOSTILE, slug="hostile")
    make_rich_pattern("04", slug="hostile", **texts, aliases=[HOSTILE], use_when=[HOSTILE])

    for address in (
        *("/", "/patterns/", "/patterns/hostile/", "/patterns/hostile/history/", "/categories/hostile/"),
        *("/about/", "/compare/", "/find/?symptom=04.1", "/decide/?choose=04"),
        *("/matrix/", "/matrix/?quality=availability"),
    ):
        page = parsed(client.get(address))
        assert not [*inline_scripts(page), *page.findall(".//*[@onerror]")], address
        assert HOSTILE in "".join(page.itertext()), address


@pytest.mark.parametrize("query", HOSTILE_QUERIES)
def test_hostile_queries_get_a_page(client: Client, query: str):
    pages = [
        "/",
        "/find/",
        "/decide/",
        "/matrix/",
        "/patterns/saga/",
        "/categories/data/",
        "/map/",
        "/catalog.toml",
        f"/patterns/{LAB_SLUG}/lab/",
    ]
    statuses = {address: client.get(address + query).status_code for address in [*pages, *API, *FOR_MACHINES]}

    assert {address: status for address, status in statuses.items() if status not in (200, 400)} == {}


@pytest.mark.parametrize("address", PAGES)
def test_every_page_leads_to_the_search_the_licence_and_the_changes(client: Client, address: str):
    page = parsed(client.get(address))

    fields = [one.get("id") for one in page.iter("input") if one.get("type") == "search"]
    assert {"/about/#licence", "/feeds/changes.atom", "#q" if fields else "/patterns/#q"} <= {*links(page)}
