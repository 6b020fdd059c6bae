"""The desk for everybody: axe finds nothing on our own pages, and on Django's nothing that Django alone has not.

Every address of the admin is opened; one that cannot be needs a reason here. A test looks at many pages in one go, and
at each of them in every width and scheme: the catalogue is made anew for each test, which takes a while.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.utils import timezone
from django.utils.http import urlsafe_base64_encode
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from patterns.models import Catalog, Category, Change, Mail, Pattern, Proposal, Revision, WorkingCopy
from patterns.store.reading import load_entries
from patterns.store.writing import fingerprint_of
from patterns.tests.admin.addresses import ADDRESSES, filled
from patterns.tests.admin.proposals import propose, suggestion, where
from patterns.tests.admin.uploads import toml
from patterns.tests.browser.audit import broken_rules, scrolls_sideways, violations
from patterns.tests.browser.conftest import NewPage, session_of
from patterns.tests.browser.steps import LIST, press, save, send, sign_in, upload
from patterns.tests.factories import change_pattern, entry, make_category, make_pattern, make_rich_pattern
from patterns.tests.workflow.staff import by, person
from patterns.workflow.proposals import send_back
from patterns.workflow.saves import delete

DeskAs = Callable[[str], Page]
WIDTHS = (390, 768, 1280)
CATEGORIES = "/admin/patterns/category/"
STOCK = ["auth/user/", "auth/user/add/", "auth/group/add/", "password_change/"]
PASSWORD = "A long pass phrase"
# Addresses of the admin that the walk leaves out, and why.
LEFT_OUT = {
    r"admin:(auth|axes|admin)_\w+": "Django's own and its guests': compared with Django alone below",
    r"admin:(jsi18n|autocomplete|patterns_pattern_codes)": "answers a script",
    r"admin:view_on_site": "leads to the page of readers",
    r"admin:-": "leads to the form of the same row, or nowhere",
    r"admin:patterns_\w+_(keep|discard)(_new)?": "takes what a form sends",
    r"admin:patterns_(proposal_(accept|settle|decline)|category_order)": "takes what a form sends",
    r"admin:patterns_pattern_(preview_new|process_import)": "takes what a form sends",
    r"admin:patterns_pattern_pending": "is what an upload leads to, below",
    r"admin:patterns_(change|revision|proposal|catalog|mail)_(add|delete)": "opens for nobody",
    r"admin:patterns_pattern_delete": "opens for nobody while readers know the entry",
    r"admin:(login|logout|password_change(_done)?)|admin_password_reset|password_reset_\w+": "the ways in, below",
}
# Where there are several pages of a kind, each is a test, so that they can run side by side.
KINDS = ("pattern", "category", "proposal", "")


@pytest.fixture(autouse=True)
def _catalogue(transactional_db) -> None:
    """Something in every list, in every state."""
    ada = person("editor", "Ada")
    saga = make_rich_pattern(name="Saga", slug="saga", description="It undoes each step.")
    make_rich_pattern("02", status="draft", by=by(ada, "Begun."))
    make_pattern("03", status="review", by=by(ada))
    change_pattern(make_pattern("04"), status="retired")
    make_pattern("05", status="draft", by=by(ada))
    delete("05", opened=fingerprint_of(load_entries()["05"]), by=by(ada, "A mistake."))
    make_category("Flow")
    there = {**load_entries()["01"].model_dump(mode="json"), "description": "It undoes every step."}
    propose(author=ada, **there)
    rows = ["Cut the cable.", *there["checks"], "Stop the clock."]
    proposal = propose(author=person("editor", "Bob"), **{**there, "checks": rows})
    send_back(proposal, "Say who pays.", field="checks", by=by(person("publisher", "Rae")))
    change_pattern(saga, description="It undoes some steps.")
    suggestion(part="problem")


@pytest.fixture
def world(desk: Page, someone: User) -> dict[str, Any]:
    """What stands in the places of an address."""
    typed = {**load_entries()["02"].model_dump(mode="json"), "description": "It undoes each."}
    about = {"what": "entry", "identity": "02", "document": typed, "kept_at": timezone.now()}
    copy = WorkingCopy.objects.create(person=someone, **about)
    mail = Mail.objects.create(kind="review", person=someone, created_at=timezone.now(), due_at=timezone.now())
    kinds = {"entry": "pattern", "category": "category", "header": "catalog"}
    return {
        "pattern": pk_of("01"),
        "category": Category.objects.order_by("pk")[0].pk,
        "catalog": Catalog.objects.get().pk,
        "change": Change.objects.latest("number").pk,
        "revision": Revision.objects.filter(identity="01").latest("pk").pk,
        "revisions": {kinds[one.what]: one.pk for one in Revision.objects.order_by("-pk")},
        "proposal": Proposal.objects.order_by("pk")[0].pk,
        **{"mail": mail.pk, "working_copy": copy.pk, "user": someone.pk, "content_type_id": 0, "slug": "flow"},
    }


@pytest.fixture
def browser_page(new_page: NewPage) -> Page:
    """axe sets styles of its own while it looks, which the policy forbids."""
    return new_page(bypass_csp=True, reduced_motion="reduce")


@pytest.fixture
def desk_as(browser_page: Page, live_server: LiveServer) -> DeskAs:
    def seat(role: str) -> Page:
        browser_page.context.add_cookies([session_of(person(role), live_server.url)])
        return browser_page

    return seat


@pytest.fixture
def someone(desk: Page) -> User:
    return User.objects.get(username="superuser")


@pytest.fixture
def desk(desk_as: DeskAs) -> Page:
    return desk_as("superuser")


def pk_of(code: str) -> int:
    return Pattern.objects.get(code=code).pk


def page_of(code: str, name: str = "change") -> str:
    return f"{LIST}{pk_of(code)}/{name}/"


def problems(page: Page) -> list[str]:
    """What is wrong with the page at any width, light or dark."""
    page.wait_for_load_state()  # its stylesheets decide how large a button is
    wrong = []
    for width in WIDTHS:
        found = broken_rules(page, width=width) + scrolls_sideways(page)
        wrong += [f"{page.url} at {width}: {one}" for one in found]
    return wrong


def found(page: Page, paths: Iterable[str]) -> Iterator[str]:
    """What is wrong on each of the pages."""
    for path in paths:
        response = page.goto(path)
        assert response.status == 200, f"{path} answers {response.status}: LEFT_OUT wants a reason"
        assert page.url.endswith(path), f"{path} leads to {page.url}: LEFT_OUT wants a reason"
        yield from problems(page)


def kind_of(name: str) -> str:
    return next(kind for kind in KINDS if name.startswith(f"admin:patterns_{kind}_") or not kind)


# Every address.


@pytest.mark.parametrize("kind", KINDS)
def test_every_page_of_the_desk(desk: Page, world: dict[str, Any], kind: str):
    walked = walk(world, kind)

    assert len(walked) >= 5
    assert [*found(desk, walked)] == []


def test_every_page_keeps_to_the_strict_policy(
    new_page: NewPage, live_server: LiveServer, someone: User, world: dict[str, Any]
):
    """The fixture fails a test whose page logged a violation; the pages above do not have the policy."""
    page = new_page(reduced_motion="reduce")
    page.context.add_cookies([session_of(someone, live_server.url)])
    for path in [path for kind in KINDS for path in walk(world, kind)]:
        page.goto(path)
        page.wait_for_load_state()
        assert page.url.endswith(path)


def walk(world: dict[str, Any], kind: str) -> list[str]:
    """The pages of a kind, each once."""
    named = [(name, route) for name, route in ADDRESSES if route.startswith("admin/") and not is_left_out(name)]
    return [*{filled(name, route, world): name for name, route in named if kind_of(name) == kind}]


def is_left_out(name: str) -> bool:
    return any(re.fullmatch(pattern, name) for pattern in LEFT_OUT)


def test_every_reason_is_of_an_address():
    for pattern in LEFT_OUT:
        assert any(re.fullmatch(pattern, name) for name, _ in ADDRESSES), pattern


# Other states of a page, and what others see.


def test_entries_in_every_state(desk: Page):
    paths = [*map(page_of, ("02", "03", "04")), f"{LIST}?status__exact=draft&q=nothing"]

    assert [*found(desk, paths)] == []


def test_what_is_done_to_categories(desk: Page):
    pk, wrong = Category.objects.order_by("pk")[0].pk, []
    for name, button in (("rename", "Give it this address"), ("merge", "Merge")):
        desk.goto(f"{CATEGORIES}{pk}/{name}/")
        desk.locator("#content-main").evaluate("form => form.noValidate = true")
        press(desk, button)
        wrong += problems(desk)
    desk.goto(CATEGORIES)
    press(desk, "Move Flow up")

    assert wrong + problems(desk) == []


@pytest.mark.parametrize("role", ["viewer", "editor", "publisher"])
def test_what_others_see(desk_as: DeskAs, role: str):
    disputed, asked, words = Proposal.objects.order_by("pk")
    proposals = [where(asked), where(asked, "requests"), f"{where(disputed)}?edit=1", where(words)]

    assert [*found(desk_as(role), ["/admin/", page_of("01"), *proposals])] == []


# What a form leads to.


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
    send(page, "Save")


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
    wrong += [*problems(page), *found(page, ["/admin/reset/MQ/used-already/"])]
    page.goto(f"/admin/reset/{key}/{token}/")
    wrong += problems(page)
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


def test_a_login_that_stays_shut(browser_page: Page):
    browser_page.goto("/admin/login/")
    for _ in range(5):
        sign_in(browser_page, "publisher", "wrong")

    expect(browser_page.locator(".errornote")).to_contain_text("Too many wrong passwords")
    assert problems(browser_page) == []


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
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            for one in violations(page):
                yield path, one.partition(":")[0]
