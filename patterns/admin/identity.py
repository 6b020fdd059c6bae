"""Rows of the admin and the documents that revisions keep of them: which is which."""

from typing import Any, Final

from django.db.models import Model

from patterns.document.catalog import Category as CategoryDocument
from patterns.document.catalog import Header
from patterns.document.entry import Entry
from patterns.document.plan import What
from patterns.document.register import Table
from patterns.models import Catalog, Category, Pattern
from patterns.store.reading import TEXT_KEYS

WHAT: Final[dict[type[Model], What]] = {Pattern: "entry", Category: "category", Catalog: "header"}
COLUMN: Final[dict[type[Model], str]] = {Pattern: "code", Category: "slug"}  # of the header there is one


def what_of(model: type[Model]) -> What:
    return WHAT[model]


def identity_of_row(row: Model) -> str:
    return str(getattr(row, COLUMN[type(row)])) if type(row) in COLUMN else ""


def row_of(model: type[Model], identity: str) -> Any:
    """The row of a document; None if there is none any more."""
    column = COLUMN.get(model)
    return model._default_manager.filter(**({column: identity} if column else {})).first()


def identity_of(document: Table) -> str:
    """Under which identity revisions keep a document."""
    if isinstance(document, Entry):
        return document.code
    return document.slug if isinstance(document, CategoryDocument) else ""


def name_of(document: Table) -> str:
    return "the header" if isinstance(document, Header) else str(getattr(document, "name", ""))


def unsaved_row(document: Table) -> Model:
    """A row with the plain values of a document that has none any more, as a form needs one."""
    if isinstance(document, Entry):
        plain = {key: getattr(document, key) for key in TEXT_KEYS if key != "category"}
        return Pattern(**plain, category=Category.objects.filter(name=document.category).first())
    assert isinstance(document, CategoryDocument)
    return Category(name=document.name, slug=document.slug, description=document.description)
