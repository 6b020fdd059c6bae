"""Proposals in the queue, and the reviewer's page as it is sent back."""

from typing import Any

from django.http import HttpResponse
from django.test import Client
from lxml.html import HtmlElement

from patterns.models import Proposal
from patterns.store.writing import fingerprint_of
from patterns.tests.admin.forms import Form, address, catalogue_rows, client_of, parsed, sent
from patterns.tests.factories import AT, entry
from patterns.tests.workflow.staff import by, person
from patterns.workflow.saves import present, save

WORDS = "The second step waits for the first."


def propose(comment: str = "Clearer.", author: Any = None, **values: Any) -> Proposal:
    """What an editor would like to change in entry 01."""
    author = author or person("editor", "Ada")
    save(entry(**values), opened=fingerprint_of(present("01")), by=by(author, comment))
    return Proposal.objects.latest("pk")


def suggestion(**values: Any) -> Proposal:
    """What a reader wrote about entry 01."""
    keys = [values["part"]] if "part" in values else []
    about = {"code": "01", "keys": keys, "comment": WORDS, "reader": "Grace", "created_at": AT}
    return Proposal.objects.create(**{**about, **values})


def client_as(role: str) -> Client:
    return client_of(person(role))


def where(proposal: Proposal, name: str = "change") -> str:
    return address(name, proposal.pk, model="proposal")


def forms_in(response: HttpResponse) -> dict[str, Form]:
    """What each form of the page would send if nobody touched it, by its address."""
    found = [
        form for form in parsed(response).iter("form") if form.get("action", "").startswith("/admin/patterns/proposal/")
    ]
    return {form.attrib["action"]: fields(form) for form in found}


def fields(form: HtmlElement) -> Form:
    return {name: value for one in form.iter() if (name := one.get("name")) and (value := sent(one)) is not None}


def opened(client: Client, proposal: Proposal, name: str, query: str = "") -> Form:
    response = client.get(where(proposal) + query)
    assert response.status_code == 200
    return forms_in(response)[where(proposal, name)]


def decide(client: Client, proposal: Proposal, name: str, **typed: str) -> HttpResponse:
    """Send the page's form as it was opened, with these fields filled in."""
    return client.post(where(proposal, name), {**opened(client, proposal, name), **typed})


def unchanged(client: Client, proposal: Proposal, name: str, form: Form) -> HttpResponse:
    """Send a form that must change nothing."""
    before = catalogue_rows()
    response = client.post(where(proposal, name), form)
    assert catalogue_rows() == before
    return response


def page(client: Client, proposal: Proposal, query: str = "") -> str:
    return client.get(where(proposal) + query).content.decode()


def state(proposal: Proposal) -> str:
    proposal.refresh_from_db()
    return proposal.state
