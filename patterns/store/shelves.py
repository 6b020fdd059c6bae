"""What is done to categories beside editing one: another address, one merged into another, all in another order."""

from collections.abc import Sequence

from patterns.document.catalog import Category, uncollected
from patterns.document.plan import Edit, Plan
from patterns.document.problems import InvalidCatalog, Problem
from patterns.document.register import with_values
from patterns.models import Change, Pattern
from patterns.store.category_addresses import address_problems
from patterns.store.edits import StaleEdit, changed, refuse_if_stale, refuse_problems
from patterns.store.reading import load_document, writing
from patterns.store.writing import Authorship, apply


def rename_category(slug: str, category: Category, *, opened: str, by: Authorship) -> Change | None:
    """Give a category the address of ``category``; the old one redirects from then on. None if it has it already.

    ``opened`` is the fingerprint of the category that the editor saw. Raises StaleEdit if it is another by now or is
    gone, InvalidCatalog if the address is another's or was.
    """
    with writing() as catalog:
        ours = load_document(Pattern.objects.none())
        before = ours.categories.get(slug)
        left = Edit("category", slug, before, None)
        refuse_if_stale(left, opened)
        if before is None:
            raise StaleEdit("category", slug, None)
        if category.slug == slug:
            return None
        refuse_problems(address_problems(category.slug, of=slug))
        order = tuple(category.slug if one == slug else one for one in ours.header.categories)
        header = Edit("header", "", ours.header, with_values(ours.header, {"categories": order}))
        taken = Edit("category", category.slug, None, with_values(before, {"slug": category.slug}))
        plan = Plan(edits=(*changed(header), left, taken), moved={slug: category.slug})
        return apply(plan, catalog, by=by)


@uncollected()
def merge_category(slug: str, into: str, *, opened: str, count: int, by: Authorship) -> Change:
    """Move the entries of a category into another, delete it, and lead its addresses there.

    ``opened`` is the fingerprint of the category that the editor saw, and ``count`` how many entries of any status were
    in it. Raises StaleEdit if either is another by now, InvalidCatalog if there is nothing to merge it into.
    """
    with writing() as catalog:
        ours = load_document(Pattern.objects.filter(category__slug=slug))
        source, target = ours.categories.get(slug), ours.categories.get(into)
        left = Edit("category", slug, source, None)
        refuse_if_stale(left, opened)
        if source is None or len(ours.entries) != count:
            raise StaleEdit("category", slug, source)
        if target is None or into == slug:
            message, hint = f"there is no other category {into!r}", "choose one that is there"
            raise InvalidCatalog([Problem(key="into", message=message, hint=hint)])
        order = tuple(one for one in ours.header.categories if one != slug)
        header = Edit("header", "", ours.header, with_values(ours.header, {"categories": order}))
        moving = (
            Edit("entry", code, one, with_values(one, {"category": target.name})) for code, one in ours.entries.items()
        )
        change = apply(Plan(edits=(header, left, *moving), moved={slug: into}), catalog, by=by)
        assert change is not None
        return change


def order_categories(order: Sequence[str], *, seen: Sequence[str], by: Authorship) -> Change | None:
    """Put the categories into an order; None if they are in it. ``seen`` is the order that the editor changed.

    Raises StaleEdit if it is another by now, InvalidCatalog unless ``order`` names the same categories.
    """
    with writing() as catalog:
        ours = load_document(Pattern.objects.none())
        if ours.header.categories != tuple(seen):
            raise StaleEdit("header", "", ours.header)
        if sorted(order) != sorted(seen):
            message, hint = "the order must name every category once", "open the list again"
            raise InvalidCatalog([Problem(key="categories", message=message, hint=hint)])
        header = Edit("header", "", ours.header, with_values(ours.header, {"categories": tuple(order)}))
        return apply(Plan(edits=changed(header)), catalog, by=by)
