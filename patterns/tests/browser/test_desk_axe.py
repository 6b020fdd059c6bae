"""The desk for everybody: axe finds nothing on our own pages, and on Django's nothing that Django alone has not.

A test looks at many pages in one go: the catalogue is made anew for each test, which takes a while.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.utils.http import urlsafe_base64_encode
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from patterns.models import Category, Pattern, Proposal, Revision
from patterns.store.reading import load_entries
from patterns.store.writing import fingerprint_of
from patterns.tests.admin.proposals import propose, suggestion, where
from patterns.tests.admin.uploads import toml
from patterns.tests.browser.audit import scrolls_sideways, violations
from patterns.tests.browser.conftest import NewPage, session_of
from patterns.tests.browser.steps import LIST, press, save, sign_in, upload
from patterns.tests.factories import change_pattern, entry, make_category, make_pattern, make_rich_pattern
from patterns.tests.workflow.staff import by, person
from patterns.workflow.proposals import send_back
from patterns.workflow.saves import delete

DeskAs = Callable[[str], Page]
VIEWS = pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")])
LISTS = ["audit/", *(f"patterns/{name}/" for name in ("change", "revision", "category", "proposal", "pattern"))]
FORMS = ["patterns/category/add/", *(f"patterns/pattern/{name}/" for name in ("add", "import", "export", "deleted"))]
STOCK = ["auth/user/", "auth/user/add/", "auth/group/add/", "password_change/"]
PASSWORD = "A long pass phrase"


@pytest.fixture(autouse=True)
def _catalogue(transactional_db) -> None:
    """Something in every list, in every state."""
    ada = person("editor")
    saga = make_rich_pattern(name="Saga", description="It undoes each step.")
    make_rich_pattern("02", status="draft", by=by(ada, "Begun."))
    make_pattern("03", status="review", by=by(ada))
    change_pattern(make_pattern("04"), status="retired")
    make_pattern("05", status="draft", by=by(ada))
    delete("05", opened=fingerprint_of(load_entries()["05"]), by=by(ada, "A mistake."))
    propose(author=ada, **{**load_entries()["01"].model_dump(mode="json"), "description": "It undoes every step."})
    change_pattern(saga, description="It undoes some steps.")
    suggestion(part="problem")


@pytest.fixture
def browser_page(new_page: NewPage, width: int, scheme: str) -> Page:
    """As wide and as dark as the test says; axe sets styles of its own while it looks, which the policy forbids."""
    view = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme, "reduced_motion": "reduce"}
    return new_page(bypass_csp=True, **view)


@pytest.fixture
def desk_as(browser_page: Page, live_server: LiveServer) -> DeskAs:
    def seat(role: str) -> Page:
        browser_page.context.add_cookies([session_of(person(role), live_server.url)])
        return browser_page

    return seat


def pk_of(code: str) -> int:
    return Pattern.objects.get(code=code).pk


def page_of(code: str, name: str = "change") -> str:
    return f"{LIST}{pk_of(code)}/{name}/"


def problems(page: Page) -> list[str]:
    page.wait_for_load_state()  # its stylesheets decide how large a button is
    return [f"{page.url}: {one}" for one in violations(page) + scrolls_sideways(page)]


def found(page: Page, paths: Iterable[str]) -> Iterator[str]:
    """What is wrong on each of the pages."""
    for path in paths:
        response = page.goto(path)
        assert response.status == 200, path
        yield from problems(page)


@VIEWS
def test_lists_and_empty_forms(desk_as: DeskAs):
    paths = [*(f"/admin/{path}" for path in ("", *LISTS, *FORMS)), f"{LIST}?status__exact=draft&q=nothing"]

    assert [*found(desk_as("superuser"), paths)] == []


@VIEWS
def test_pages_about_one_entry(desk_as: DeskAs):
    named = [page_of("01", name) for name in ("change", "history", "written", "rename", "preview")]
    others = [page_of(code) for code in ("02", "03", "04")]
    first = Revision.objects.filter(identity="01").order_by("pk")[0].pk
    revisions = [f"{LIST}restore/{first}/", f"/admin/patterns/revision/{first}/change/"]

    assert [*found(desk_as("superuser"), [*named, *others, *revisions])] == []


@pytest.mark.parametrize("width", [1280, 768, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_about_categories(desk_as: DeskAs):
    make_category("Flow")
    page, categories = desk_as("publisher"), "/admin/patterns/category/"
    pk = Category.objects.order_by("pk")[0].pk
    wrong = [*found(page, [categories, *(f"{categories}{pk}/{name}/" for name in ("change", "rename", "merge"))])]
    for name, button in (("rename", "Give it this address"), ("merge", "Merge")):
        page.goto(f"{categories}{pk}/{name}/")
        page.locator("#content-main").evaluate("form => form.noValidate = true")
        press(page, button)
        wrong += problems(page)
    page.goto(categories)
    press(page, "Move Flow up")

    assert wrong + problems(page) == []


@VIEWS
@pytest.mark.parametrize("role", ["viewer", "publisher"])
def test_what_others_see(desk_as: DeskAs, role: str):
    disputed, words = Proposal.objects.order_by("pk")
    proposals = [where(disputed), f"{where(disputed)}?edit=1", where(words)]

    assert [*found(desk_as(role), ["/admin/", page_of("01"), *proposals])] == []


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark")])
def test_the_pages_of_a_proposal(desk_as: DeskAs):
    """As narrow as a phone and a tablet, too; asked about, and with its rows to choose from."""
    there = load_entries()["01"].model_dump(mode="json")
    rows = {"checks": ["Cut the cable.", *there["checks"], "Stop the clock."]}
    proposal = propose(author=person("editor", "Bob"), **{**there, **rows})
    send_back(proposal, "Say who pays.", field="checks", by=by(person("publisher", "Rae")))
    paths = [where(proposal), f"{where(proposal)}?edit=1", where(proposal, "requests"), where(proposal, "compare")]
    page, wrong = desk_as("publisher"), []
    for width in (390, 768, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        wrong += found(page, [*paths, "/admin/"])

    assert wrong == []


def meet_another(page: Page) -> None:
    page.goto(page_of("03"))
    change_pattern(Pattern.objects.get(code="03"), description="One way.", problem="New.")
    save(page, description="Another way.")


def meet_a_deletion(page: Page) -> None:
    page.goto(page_of("02"))
    delete("02", opened=fingerprint_of(load_entries()["02"]), by=by(person("superuser")))
    save(page, description="Another way.")


def mistype(page: Page) -> None:
    page.goto(f"{LIST}add/")
    press(page, "Save")


def upload_rubbish(page: Page) -> None:
    upload(page, "not TOML")


def upload_everything(page: Page) -> None:
    upload(page, toml(entry("01", description="Theirs."), entry("03", description="Theirs."), entry("06")))


def publish_all(page: Page) -> None:
    page.goto(LIST)
    for box in page.locator(".action-select").all():
        box.check()
    page.get_by_label("Action:").select_option("Publish")
    press(page, "Go")


@VIEWS
def test_what_a_form_leads_to(desk_as: DeskAs):
    page, seen, wrong = desk_as("publisher"), set(), []
    for way in (meet_another, mistype, upload_rubbish, upload_everything, publish_all, meet_a_deletion):
        way(page)
        seen.add(page.get_by_role("heading", level=1).inner_text())
        wrong += problems(page)

    assert wrong == []
    assert seen == {
        *("Add pattern", "Import a catalogue file", "Import catalog.toml", "Publish"),
        *("Somebody was faster: Pattern 03", "This cannot be saved"),
    }


@VIEWS
def test_the_ways_in(browser_page: Page):
    """The login, what it says to a form whose session had ended, and how it gives the text back."""
    user, wrong = person("publisher"), []
    user.set_password(PASSWORD)
    user.save()
    browser_page.goto(page_of("02"))
    wrong += problems(browser_page)
    sign_in(browser_page, "publisher", PASSWORD)
    expect(browser_page.get_by_label("What and why")).to_be_visible()
    browser_page.wait_for_load_state()  # its scripts ask for the session as well
    browser_page.context.clear_cookies(name="sessionid")
    save(browser_page, description="Another way.")
    wrong += problems(browser_page)
    sign_in(browser_page, "publisher", PASSWORD)
    expect(browser_page.get_by_role("button", name="Send it again")).to_be_visible()
    wrong += problems(browser_page)

    assert wrong == []


DEVICES = pytest.mark.parametrize(
    ("width", "scheme"), [(width, scheme) for width in (390, 768, 1280) for scheme in ("light", "dark")]
)


@DEVICES
def test_a_forgotten_password(browser_page: Page, settings: Any):
    """Every page before the desk, from the sign-in page to the new password and out again."""
    settings.SENDS_MAIL = True
    user, page, wrong = person("publisher"), browser_page, []
    token, key = default_token_generator.make_token(user), urlsafe_base64_encode(str(user.pk).encode())
    page.goto("/admin/login/")
    wrong += problems(page)
    page.get_by_role("link", name="Forgot your password?").click()
    wrong += problems(page)
    page.get_by_label("Email").fill("ada@people.example")
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    wrong += [*problems(page), *found(page, ["/admin/reset/MQ/used-already/", f"/admin/reset/{key}/{token}/"])]
    for password in ("too short", PASSWORD):
        for label in ("New password:", "New password confirmation:"):
            page.get_by_label(label).fill(password)
        page.get_by_role("button", name="Set the new password").click()
        wrong += problems(page)
    expect(page.get_by_role("heading", name="Your password is new")).to_be_visible()
    page.get_by_role("link", name="Log in").click()
    sign_in(page, "publisher", PASSWORD)
    expect(page.get_by_role("link", name="Your notifications")).to_be_visible()
    wrong += [*found(page, ["/admin/notifications/", "/admin/password_change/", "/admin/password_change/done/"])]
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("link", name="Log in again")).to_be_visible()

    assert wrong + problems(page) == []


@VIEWS
def test_a_login_that_stays_shut(browser_page: Page):
    browser_page.goto("/admin/login/")
    for _ in range(5):
        sign_in(browser_page, "publisher", "wrong")

    expect(browser_page.locator(".errornote")).to_contain_text("Too many wrong passwords")
    assert problems(browser_page) == []


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark")])
def test_pages_of_django_are_no_worse_than_without_us(desk_as: DeskAs, settings: Any):
    page = desk_as("superuser")
    ours = Counter(rules(page))
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": []}]
    stock = Counter(rules(page))

    assert stock, "the comparison says nothing where Django has no faults"
    assert not ours - stock


def rules(page: Page) -> Iterator[tuple[str, str]]:
    """Page and broken rule, once for each place."""
    for path in STOCK:
        page.goto(f"/admin/{path}")
        for one in violations(page):
            yield path, one.partition(":")[0]
