"""Restoring: an older document becomes the present one again, as a change of its own."""

from patterns.document.catalog import Category
from patterns.document.entry import Entry
from patterns.document.problems import InvalidCatalog, Problem
from patterns.document.register import Table, with_values
from patterns.models import Category as CategoryRow
from patterns.models import Change, Revision
from patterns.store.category_addresses import former_categories
from patterns.store.history import document_of, name_in, newest
from patterns.store.reading import present, writing
from patterns.store.writing import Authorship
from patterns.workflow.rules import NotAllowed, Operation, answer, refusal
from patterns.workflow.saves import save_document
from patterns.workflow.standing import actor_of


def restore(revision: Revision, *, opened: str, by: Authorship) -> Change | None:
    """Bring a revision's document back; deleted drafts return. None if it is the present one.

    ``opened`` is the fingerprint of what it replaces, empty if nothing is there. Raises NotAllowed, StaleEdit, or
    InvalidCatalog if it no longer fits into the catalogue, or if the revision records a deletion.
    """
    with writing():
        if answer(Operation.RESTORE, actor_of(by.author)) == "no":
            raise NotAllowed([refusal(Operation.RESTORE)])
        return save_document(restored(revision), opened=opened, by=by).change


def restored(revision: Revision) -> Table:
    """The document as it would return: a category at its present address, an entry in the state that it is in now."""
    document = document_of(revision)
    if document is None:
        raise InvalidCatalog([Problem(message="the revision records a deletion", hint="restore the one before it")])
    if isinstance(document, Category):
        # What became part of another cannot return as it: the catalogue refuses the address that leads there.
        return with_values(document, {"slug": former_categories().own_slug(document.slug)})
    if not isinstance(document, Entry):
        return document
    # What was published then need not be fit for readers now: only the text returns.
    now = present(document.code)
    category = name_now(document.category, revision.change_id)
    return with_values(document, {"category": category, "status": now.status if now else "draft"})


def name_now(category: str, number: int) -> str:
    """The present name of the category that had this name after the change with this number."""
    # Entries name their category; it may have been renamed since, and is known by its slug.
    then = newest(number).filter(what=Revision.What.CATEGORY)
    present = former_categories().slugs
    slugs = [present.get(one.identity, one.identity) for one in then if name_in(one) == category]
    return CategoryRow.objects.filter(slug__in=slugs).values_list("name", flat=True).first() or category
