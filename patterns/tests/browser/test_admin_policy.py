"""The strict policy holds in the admin too: the fixture fails each test whose page logged a violation."""

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Page, expect


@pytest.fixture
def editor_page(page: Page, admin_user: User) -> Page:
    client = Client()
    client.force_login(admin_user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.goto("/healthz")
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": page.url}])
    return page


def test_an_editor_logs_in_with_name_and_password(page: Page, admin_user: User):
    page.goto("/admin/")
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill("password")
    page.get_by_role("button", name="Log in").click()

    expect(page.get_by_role("heading", name="The editors' desk")).to_be_visible()


@pytest.mark.parametrize("path", ["", "auth/user/", "auth/user/add/", "auth/group/add/", "password_change/"])
def test_admin_pages_work_under_the_strict_policy(editor_page: Page, path: str):
    response = editor_page.goto(f"/admin/{path}")

    editor_page.wait_for_load_state("networkidle")

    assert response is not None
    assert response.status == 200


def test_a_change_form_saves(editor_page: Page, admin_user: User):
    editor_page.goto(f"/admin/auth/user/{admin_user.pk}/change/")
    editor_page.get_by_label("First name").fill("Ada")
    editor_page.get_by_role("button", name="Save", exact=True).click()

    expect(editor_page.locator(".messagelist .success")).to_be_visible()
