"""What a person brings to the desk or takes from it, and their own password: each leaves a row in the audit."""

import hashlib
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from patterns.admin.audit import REQUEST_NUMBER
from patterns.models import Transfer
from patterns.tests.admin.forms import address, client_of, make_staff
from patterns.tests.admin.logins import PASSWORD
from patterns.tests.admin.test_audit import Row, rows
from patterns.tests.admin.test_export import EXPORT, FORMATS, exported
from patterns.tests.admin.uploads import confirm, token_of, toml_of, upload
from patterns.tests.factories import make_pattern, make_patterns
from patterns.tests.workflow.staff import person
from patterns.workflow.transfers import Handing, remember_file

pytestmark = pytest.mark.django_db


def file_rows(query: str = "?name=files") -> list[Row]:
    return rows(person("viewer"), query)


def about(data: bytes) -> str:
    return f"{len(data):,} bytes, sha256 {hashlib.sha256(data).hexdigest()}"


@pytest.mark.parametrize("format", FORMATS)
def test_an_export_is_in_the_audit_with_its_name_and_digest(format: str):
    make_pattern()

    response = exported(client_of(person("publisher", "pia")), format)

    name = response["Content-Disposition"].partition('filename="')[2].rstrip('"')
    assert file_rows() == [("pia", f"exported {name}: {about(response.content)}", "admin, as publisher")]


def test_so_is_an_export_of_what_was_chosen_in_the_list():
    one, _ = make_patterns(2)
    client = client_of(person("editor", "ed"))
    chosen = {"action": "export_admin_action", "_selected_action": [one.pk], "export_items": [one.pk]}

    client.post(address("changelist"), chosen)
    response = exported(client, export_items=[one.pk])

    ((who, what, where),) = file_rows()
    assert (who, where) == ("ed", "admin, as editor")
    assert what.endswith(about(response.content))


def test_an_upload_and_its_confirmation_are_two_rows_with_the_same_digest():
    client, data = client_of(person("publisher", "pia")), toml_of("01")

    confirm(client, token_of(client, data, name="week.toml"))

    what = f"week.toml: {about(data.encode())}"
    assert file_rows() == [(*("pia", f"{did} {what}"), "admin, as publisher") for did in ("imported", "uploaded")]


def test_a_refused_upload_is_there_too():
    upload(client_of(person("editor", "ed")), "x", name="no.toml")

    assert file_rows() == [("ed", f"uploaded, and was refused, no.toml: {about(b'x')}", "admin, as editor")]


def test_the_name_of_a_file_is_printable_and_fits():
    by = Handing(person("editor", "ed"), datetime(2025, 1, 1, tzinfo=UTC), "abc")

    remember_file(Transfer.Kind.UPLOAD, name="\x1b[2J\u202e\n" * 100, data=b"", by=by)

    ((_, what, where),) = file_rows()
    assert what.isprintable()
    assert what.startswith("uploaded \\x1b[2J\\u202e\\n")
    assert where == "admin, as editor, request abc"


def test_what_nobody_may_do_leaves_no_row():
    viewer = client_of(person("viewer", "vi"))

    upload(viewer, toml_of("01"))
    client_of(make_staff("view_pattern")).post(EXPORT, {"format": "0", "resource": "0"})

    assert not Transfer.objects.exists()


def test_the_row_stays_when_the_account_goes():
    user = person("publisher", "pia")
    upload(client_of(user), toml_of("01"))

    user.delete()

    assert [who for who, _, _ in file_rows("?who=pia")] == ["pia"]


NEW = "a-much-better-one-42"


def test_a_new_password_of_ones_own_is_in_the_audit(client: Client, admin_user: User):
    client.force_login(make_staff(name="frida", password=PASSWORD))
    path = reverse("admin:password_change")
    sent = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}

    client.post(path, {**sent, "old_password": "wrong"})
    client.post(path, sent, headers={"X-Request-Id": "made-up"}, **{REQUEST_NUMBER: "abc"})

    changed = "changed user frida: Changed their own password (as viewer, request abc)."
    assert rows(admin_user, "?name=accounts") == [("frida", changed, "admin")]
    assert rows(person("publisher")) == []
