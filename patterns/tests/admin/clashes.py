"""Two people at the desk whose saves meet."""

from dataclasses import dataclass
from typing import Any

import html5lib
from django.http import HttpResponse
from django.test import Client

from patterns.store.reading import load_entries
from patterns.tests.admin.forms import Form, address, catalogue_rows, client_of, form_in, opened, save
from patterns.tests.workflow.staff import person


@dataclass
class Editors:
    first: Client
    second: Client


def editors_of(role: str = "publisher", *, names: tuple[str, str] = ("Ada", "Barbara")) -> Editors:
    return Editors(*(client_of(person(role, name)) for name in names))


def overtaken(editors: Editors, page: str, **values: str) -> Form:
    """The form as both editors opened it, before the first of them saved these values."""
    form = opened(editors.second, page)
    save(editors.first, page, {**form, **values})
    return form


def text_of(response: HttpResponse) -> str:
    """What the page says, on one line."""
    page = html5lib.parse(response.content.decode(), namespaceHTMLElements=False)
    return " ".join(" ".join(page.itertext()).split())


def open_keys(response: HttpResponse) -> list[str]:
    """The keys about which the page asks."""
    return [*response.context["decision"].three.open_keys]


def settled(response: HttpResponse) -> dict[str, str]:
    """Label → who changed it, of what the page says fits together."""
    return {row.label: row.why for row in response.context["decision"].settled}


def merge(client: Client, form: Form, *, model: str = "pattern", **choices: Any) -> HttpResponse:
    """Send the page back; ``description="mine"`` chooses, ``text_description`` is what was written."""
    texts = {f"text-{key.removeprefix('text_')}": value for key, value in choices.items() if key.startswith("text_")}
    chosen = {f"choice-{key}": value for key, value in choices.items() if not key.startswith("text_")}
    return client.post(address("merge", model=model), {**form, **texts, **chosen})


def not_yet(client: Client, form: Form, **choices: str) -> tuple[list[str], Form]:
    """What the page says about a choice that cannot be saved, and the page as it came back."""
    before = catalogue_rows()
    response = merge(client, form, **choices)
    assert response.status_code == 200
    assert catalogue_rows() == before
    errors = [error for choice in response.context["decision"].choices for error in choice.errors]
    return errors + [str(one) for one in response.context["problems"]], form_in(response)


def texts_now() -> tuple[str, str]:
    """Description and problem of entry 01."""
    entry = load_entries()["01"]
    return entry.description, entry.problem
