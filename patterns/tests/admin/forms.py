"""The editors' desk as a browser meets it: its addresses, and its forms as they are sent back."""

from typing import Any

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from patterns.models import PendingImport, Transfer, WorkingCopy
from patterns.store.reading import PART_MODELS

Form = dict[str, str]
LISTS = {"applicability", *PART_MODELS}
EVERYTHING = [
    *(
        f"{verb}_{model}"
        for model in ("pattern", "category", "catalog")
        for verb in ("view", "add", "change", "delete")
    ),
    *("view_change", "view_revision", "view_proposal", "change_proposal"),
    *("import_pattern", "export_pattern", "publish_pattern"),
]


def address(name: str, *arguments: Any, model: str = "pattern") -> str:
    return reverse(f"admin:patterns_{model}_{name}", args=arguments)


def make_staff(*permissions: str, name: str = "editor", password: str | None = None) -> User:
    user = User.objects.create_user(name, password=password, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions, content_type__app_label="patterns"))
    assert user.user_permissions.count() == len(set(permissions))
    return user


def client_of(user: User, **options: Any) -> Client:
    client = Client(**options)
    client.force_login(user)
    return client


def catalogue_rows() -> dict[str, list[tuple[Any, ...]]]:
    """All that the catalogue's tables and the log hold.

    Uploads and copies that wait for a decision are left out, and that somebody brought or took a file.
    """
    models = [*apps.get_app_config("patterns").get_models(), LogEntry]
    kept = [model for model in models if model not in (PendingImport, Transfer, WorkingCopy)]
    return {model._meta.db_table: sorted(model._base_manager.values_list(), key=repr) for model in kept}


def parsed(response: HttpResponse) -> HtmlElement:
    """The page as a tree."""
    return document_fromstring(response.content, parser=HTMLParser(encoding="utf-8"))


def form_in(response: HttpResponse) -> Form:
    """The fields of the page's form, as a browser would send them if nobody touched them."""
    beside = ("logout-form", "discard_form")  # a button each
    found = [
        form for form in parsed(response).iter("form") if form.get("method") == "post" and form.get("id") not in beside
    ]
    assert len(found) == 1, [form.attrib for form in found]
    return {name: value for one in found[0].iter() if (name := one.get("name")) and (value := sent(one)) is not None}


def sent(field: HtmlElement) -> str | None:
    if field.tag == "textarea":
        return "".join(field.itertext()).removeprefix("\n").replace("\n", "\r\n")
    if field.tag == "select":
        options = [*field.iter("option")]
        chosen = [one for one in options if "selected" in one.attrib] or options[:1]
        return chosen[0].get("value", "") if chosen else None
    if field.get("type") in ("checkbox", "radio"):
        return field.get("value", "on") if "checked" in field.attrib else None
    return None if field.get("type") in ("submit", "file") else field.get("value", "")


def opened(client: Client, path: str) -> Form:
    response = client.get(path)
    assert response.status_code == 200, response.status_code
    return form_in(response)


def with_row(form: Form, part: str, **values: str) -> Form:
    """The form with one more row, as the page's "Add another" makes it: a copy of the empty one."""
    index, empty = int(form[f"{part}-TOTAL_FORMS"]), f"{part}-__prefix__-"
    row = {name.removeprefix(empty): value for name, value in form.items() if name.startswith(empty)} | values
    numbered = {f"{part}-{index}-{key}": value for key, value in row.items()}
    return {**form, **numbered, f"{part}-TOTAL_FORMS": str(index + 1)}


def messages_of(response: HttpResponse) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def errors_of(response: HttpResponse) -> dict[str, list[str]]:
    """Field → what is wrong, over the form and its rows; what concerns the whole form is under ``__all__``."""
    errors = {name: [*found] for name, found in response.context["adminform"].form.errors.items()}
    for inline in response.context["inline_admin_formsets"]:
        for form in inline.formset.forms:
            errors |= {form.add_prefix(name): [*found] for name, found in form.errors.items()}
        if alone := [*inline.formset.non_form_errors()]:
            errors[inline.formset.prefix] = alone
    return errors


def save(client: Client, path: str, form: Form) -> HttpResponse:
    """Send a form that must be accepted."""
    response = client.post(path, form)
    assert response.status_code == 302, errors_of(response)
    return response


def refused(client: Client, path: str, form: Form) -> HttpResponse:
    """Send a form that must be refused with nothing written; of an entry, what was typed is kept for its person."""
    before = catalogue_rows()
    response = client.post(path, form)
    assert response.status_code == 200, response
    assert catalogue_rows() == before
    return response
