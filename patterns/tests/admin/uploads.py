"""Import at the desk, as an editor does it: choose a file, look at the plan, confirm it."""

import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from patterns.document.catalog import Category, Document
from patterns.document.entry import Entry
from patterns.files.toml import write_toml
from patterns.models import PendingImport
from patterns.store.reading import load_document
from patterns.tests.admin.forms import address, form_in
from patterns.tests.factories import entry

IMPORT, CONFIRM, LIST = address("import"), address("process_import"), address("changelist")


def upload(client: Client, data: str | bytes, *, name: str = "catalog.toml", **fields: str) -> HttpResponse:
    content = data.encode() if isinstance(data, str) else data
    return client.post(IMPORT, {"import_file": SimpleUploadedFile(name, content), **fields})


def token_of(client: Client, data: str | bytes, **about: str) -> str:
    """Upload a file whose plan must be shown; the token that confirms it."""
    response = upload(client, data, **about)
    assert "plan" in response.context, problems_in(response)
    return form_in(response)["pending"]


def choose(client: Client, token: str, **fields: str) -> HttpResponse:
    """Send a page of the plan back with choices; the page that shows the plan with them."""
    return client.post(CONFIRM, {"pending": token, **fields}, follow=True)


def confirm(client: Client, token: str, *, on_conflict: str = "", **fields: str) -> HttpResponse:
    """Confirm the plan of an upload as its page shows it now; a choice about all conflicts is made before."""
    if on_conflict:
        choose(client, token, on_conflict=on_conflict)
    shown = PendingImport.objects.filter(pk=token).values_list("edition", flat=True).first() or 1
    return client.post(CONFIRM, {"pending": token, "edition": str(shown), **fields})


RETIRE = {"retire-shown": "yes", "retire": "yes"}


def confirmed(client: Client, token: str, **fields: str) -> HttpResponse:
    """Confirm; the page that is seen then."""
    return client.get(confirm(client, token, **fields)["Location"])


def imported(client: Client, data: str | bytes, *, chosen: dict[str, str] | None = None, **about: str) -> HttpResponse:
    """Upload, choose and confirm; the page that is seen then."""
    token = token_of(client, data, **{key: value for key, value in about.items() if key != "on_conflict"})
    choose(client, token, **(chosen or {}))
    return confirmed(client, token, on_conflict=about.get("on_conflict", ""), **(chosen or {}))


def plan_page(token: str) -> str:
    return address("pending", token)


def problems_in(response: HttpResponse) -> str:
    """All that the upload page says is wrong."""
    problems = [str(problem) for problem in response.context.get("problems", ())]
    return "\n".join([*problems, *map(str, response.context["form"].errors.values())])


def toml(*entries: Entry, categories: tuple[Category, ...] = (), **about: Any) -> str:
    """A file of these entries that lists no category unless it is given."""
    listed = {one.slug: one for one in categories}
    return write_toml(Document(categories=listed, entries={one.code: one for one in entries}), **about)


def toml_of(*codes: str, **values: Any) -> str:
    return toml(*(entry(code, **values) for code in codes))


def as_json(*entries: Entry) -> str:
    return json.dumps({"items": [one.model_dump(mode="json", exclude_defaults=True) for one in entries]})


def present() -> dict[str, Entry]:
    return load_document().entries
