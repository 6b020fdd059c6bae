"""A confirmation is good for one user, these bytes, this catalogue, and once."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from patterns.models import Change, PendingImport
from patterns.tests.admin.forms import EVERYTHING, catalogue_rows, client_of, form_in, make_staff, messages_of
from patterns.tests.admin.uploads import (
    CONFIRM,
    IMPORT,
    LIST,
    confirm,
    confirmed,
    plan_page,
    present,
    token_of,
    toml_of,
    upload,
)
from patterns.tests.factories import entry, make_pattern
from patterns.tests.store.scratch import Scratch

pytestmark = pytest.mark.django_db


@pytest.fixture
def token(desk: Client) -> str:
    make_pattern()
    return token_of(desk, toml_of("02"))


def sent_back(client: Client, token: str) -> str:
    """Confirm what must be refused with nothing written; what the editor is told."""
    before = catalogue_rows()
    response = client.post(CONFIRM, {"pending": token}, follow=True)
    assert response.redirect_chain == [(IMPORT, 302)]
    assert catalogue_rows() == before
    return messages_of(response)[-1]


def test_someone_elses_upload_cannot_be_confirmed(token: str, desk: Client):
    thief = client_of(make_staff(*EVERYTHING, name="thief"))

    assert "not yours" in sent_back(thief, token)
    assert confirm(desk, token).status_code == 302
    assert "02" in present()


def test_a_superuser_cannot_confirm_someone_elses_upload_either(token: str, admin_client: Client):
    assert "not yours" in sent_back(admin_client, token)


def test_an_upload_is_confirmed_once(token: str, desk: Client):
    confirm(desk, token)

    assert "used" in sent_back(desk, token)
    assert Change.objects.filter(origin="import").count() == 1


def test_an_upload_that_changed_nothing_is_used_up_too(desk: Client):
    make_pattern()
    token = token_of(desk, toml_of("01"))
    confirm(desk, token)

    assert "used" in sent_back(desk, token)


def test_an_expired_upload_is_refused(token: str, desk: Client):
    PendingImport.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert "expired" in sent_back(desk, token)


@pytest.mark.parametrize(
    "made_up",
    [
        "0d9e1c1e-5b1c-4c66-9c39-8f8f4f8f9b11",
        "",
        "1",
        "../../etc/passwd",
        "%",
        "nul\x00",
        "é" * 40,
        "9" * 10_000,
        "{00000000-0000-0000-0000-0000}",
    ],
)
def test_a_made_up_token_is_refused(token: str, desk: Client, made_up: str):
    assert "upload the file again" in sent_back(desk, made_up)


@pytest.mark.parametrize("change", [{"file": b"[[items]]\n"}, {"file": b""}, {"sha256": "0" * 64}])
def test_bytes_that_were_altered_meanwhile_are_refused(token: str, desk: Client, change: dict):
    PendingImport.objects.update(**change)

    sent_back(desk, token)

    assert [*present()] == ["01"]


def test_a_catalogue_that_changed_meanwhile_shows_the_new_plan_and_writes_nothing(token: str, desk: Client):
    make_pattern("03")
    before = catalogue_rows()

    response = confirmed(desk, token)

    assert "The catalogue changed since you saw the plan" in messages_of(response)[0]
    assert form_in(response)["edition"] == "2"
    assert catalogue_rows() == before


def test_the_new_plan_can_be_confirmed(token: str, desk: Client):
    make_pattern("03")
    confirm(desk, token)

    confirm(desk, token)

    assert [*present()] == ["01", "02", "03"]


def test_a_rule_that_the_changed_catalogue_breaks_is_reported(token: str, desk: Client):
    make_pattern("03", name="Pattern 02", slug="other")
    before = catalogue_rows()

    response = confirmed(desk, token)

    assert "[03] Pattern 02" in response.content.decode()
    assert catalogue_rows() == before


@pytest.mark.parametrize("method", ["get", "head", "put", "delete", "patch"])
def test_only_a_post_confirms(token: str, desk: Client, method: str):
    before = catalogue_rows()

    response = getattr(desk, method)(f"{CONFIRM}?pending={token}")

    assert response.status_code == 405
    assert catalogue_rows() == before


@pytest.mark.parametrize("path", [IMPORT, CONFIRM])
def test_a_post_without_the_csrf_token_is_forbidden(token: str, desk: Client, path: str):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = desk.cookies
    before = catalogue_rows()

    response = strict.post(path, {"pending": token})

    assert response.status_code == 403
    assert catalogue_rows() == before


@pytest.mark.parametrize("extra", [{}, {"format": "0"}, {"resource": "0"}])
def test_the_librarys_own_confirmation_does_nothing(token: str, desk: Client, extra: dict, tmp_path):
    stray = tmp_path / "stray"
    stray.write_text(toml_of("09"))
    before = catalogue_rows()

    desk.post(CONFIRM, {"import_file_name": str(stray), "original_file_name": "items.toml", "format": "0", **extra})

    assert catalogue_rows() == before
    assert stray.exists()


def test_extra_fields_change_nothing_about_what_was_previewed(token: str, desk: Client):
    confirm(desk, token, format="csv", file=toml_of("09"), import_file_name="x", user="1", catalog_version="0")

    assert [*present()] == ["01", "02"]


def test_a_conflict_decided_twice_is_decided_once(desk: Client):
    make_pattern()
    token = token_of(desk, toml_of("01", description="Theirs."))

    for choice in ("keep", "take"):
        confirm(desk, token, on_conflict=choice)

    assert present() == {"01": entry()}


@pytest.mark.parametrize("shown_on", [IMPORT, "/admin/patterns/pattern/"])
def test_the_token_is_named_on_the_pages_of_its_plan_only(token: str, desk: Client, shown_on: str):
    assert token not in desk.get(shown_on).content.decode()
    assert token in desk.get(plan_page(token)).content.decode()


def test_two_confirmations_at_once_are_one_change(scratch: Scratch):
    make_pattern()
    user = make_staff(*EVERYTHING)
    token = token_of(client_of(user), toml_of("02"))
    clients = [client_of(user) for _ in range(2)]

    responses = scratch.at_once(*(lambda client=client: confirm(client, token) for client in clients))

    assert sorted(response.url for response in responses) == [LIST, IMPORT]
    assert Change.objects.filter(origin="import").count() == 1
    assert [*present()] == ["01", "02"]


def test_two_users_confirming_their_own_uploads_at_once_are_one_change_and_a_new_plan(scratch: Scratch):
    clients = [client_of(make_staff(*EVERYTHING, name=name)) for name in ("Ada", "Barbara")]
    tokens = [token_of(client, toml_of(code)) for client, code in zip(clients, ("01", "02"), strict=True)]

    acts = [
        lambda client=client, token=token: confirm(client, token) for client, token in zip(clients, tokens, strict=True)
    ]
    responses = scratch.at_once(*acts)

    assert LIST in {response.url for response in responses} < {LIST, *map(plan_page, tokens)}
    assert len(present()) == Change.objects.count() == 1


def test_an_upload_shows_the_same_plan_twice_without_writing(desk: Client):
    tokens = {token_of(desk, toml_of("01")) for _ in range(2)}

    assert len(tokens) == 2
    assert present() == {}
    assert upload(desk, toml_of("01")).status_code == 200
