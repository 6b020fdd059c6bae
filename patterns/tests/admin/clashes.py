"""Two people at the desk whose saves meet."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from patterns.models import WorkingCopy
from patterns.tests.admin.forms import Form, catalogue_rows, client_of, errors_of, opened, parsed, save
from patterns.tests.workflow.staff import person


@dataclass
class Editors:
    first: Client
    second: Client


def editors_of(role: str = "publisher") -> Editors:
    return Editors(*(client_of(person(role, name)) for name in ("Ada", "Barbara")))


def overtaken(editors: Editors, page: str, **values: str) -> Form:
    """The second editor's form, opened before the first editor saved these values."""
    form = opened(editors.second, page)
    save(editors.first, page, {**opened(editors.first, page), **values})
    return form


def text_of(response: HttpResponse) -> str:
    """What the page says, on one line."""
    return " ".join(" ".join(parsed(response).itertext()).split())


def open_keys(response: HttpResponse) -> list[str]:
    """The keys about which the page asks."""
    return [*response.context["decision"].three.open_keys]


def settled(response: HttpResponse) -> dict[str, str]:
    """Label → who changed it, of what the page says fits together."""
    return {row.label: row.why for row in response.context["decision"].settled}


def too_late(client: Client, page: str, form: Form) -> HttpResponse:
    """Send a form that is older than what is there; the page that asks what is to become of it."""
    before = catalogue_rows()
    response = client.post(page, form)
    assert response.status_code == 302, errors_of(response)
    assert catalogue_rows() == before
    response = client.get(response["Location"])
    assert response.status_code == 200
    return response


def decision_url(client: Client) -> str:
    """The page of the copy that the client's user kept last."""
    copy = WorkingCopy.objects.filter(person_id=client.session["_auth_user_id"]).latest("kept_at")
    return reverse("admin:working_copy", args=[copy.pk])


def merge(client: Client, form: Form, **choices: Any) -> HttpResponse:
    """Send the page back; ``description="mine"`` chooses, ``text_description`` is what was written.

    The page that comes next if it asks once more, else the redirect to what was saved.
    """
    texts = {f"text-{key.removeprefix('text_')}": value for key, value in choices.items() if key.startswith("text_")}
    chosen = {f"choice-{key}": value for key, value in choices.items() if not key.startswith("text_")}
    page = decision_url(client)
    response = client.post(page, {**form, **texts, **chosen})
    return client.get(page) if response.get("Location") == page else response
