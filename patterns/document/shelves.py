"""Documents of other times under the categories of today: what was moved or merged since is named as it is now."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from patterns.document.catalog import CatalogFile, Category, Document
from patterns.document.entry import Entry
from patterns.document.register import with_values
from patterns.document.text import name_key


@dataclass(frozen=True)
class FormerCategories:
    """What categories were known by before.

    ``slugs`` maps former slugs to the slugs of today. ``merged`` are those of them whose category is part of another by
    now, and ``names`` maps the names that those had to them.
    """

    slugs: Mapping[str, str] = field(default_factory=dict)
    merged: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)

    def own_slug(self, slug: str) -> str:
        """The slug that a category has by now; of one that was merged, the one that it had."""
        return slug if slug in self.merged else self.slugs.get(slug, slug)


NONE_FORMER = FormerCategories()


def aligned(theirs: CatalogFile, ours: Document, base: Document, former: FormerCategories = NONE_FORMER) -> CatalogFile:
    """The file with its categories under our slugs: one that states no slug is the one of ours with its name.

    A name means what it meant in the base: another category may have it by now. A former slug means the category that
    its address leads to, and ``moved`` of the result says which did.
    """
    document = theirs.document
    named = (*ours.categories.items(), *base.categories.items())
    slug_by_name = {name_key(name): slug for name, slug in former.names.items()}
    slug_by_name |= {name_key(category.name): slug for slug, category in named}
    ours_for = {}
    for slug, category in document.categories.items():
        known = slug_by_name.get(name_key(category.name), slug)
        ours_for[slug] = slug if category.slug or known in document.categories else known
    categories = {ours_for[slug]: category for slug, category in document.categories.items()}
    order = tuple(ours_for[slug] for slug in document.header.categories)
    header = with_values(document.header, {"categories": order} if order else {})
    moved = {one: former.slugs[one] for one in categories if one in former.slugs}
    document = in_present_categories(replace(document, header=header, categories=categories), ours, former)
    is_there = document.categories.keys()
    loose = {
        (what, moved.get(ours_for[one], ours_for[one]) if what == "category" else one) for what, one in theirs.loose
    }
    loose = {(what, one) for what, one in loose if what != "category" or one in is_there}
    return replace(theirs, document=document, loose=frozenset(loose), moved={**theirs.moved, **moved})


def in_present_categories(document: Document, ours: Document, former: FormerCategories) -> Document:
    """A document of any time with its categories where they are in ``ours``.

    A merged category says nothing of the one that it is part of, nor does a former slug beside the present one: such a
    one is left out, and its entries are in the present one.
    """
    categories: dict[str, Category] = {}
    left_out: dict[str, str] = {}  # name_key → the slug of today
    for slug, category in document.categories.items():
        present = former.slugs.get(slug, slug)
        if slug == present:
            categories[slug] = category
        elif slug in former.merged or present in document.categories or present in categories:
            left_out[name_key(category.name)] = present
        else:
            categories[present] = with_values(category, {"slug": present} if category.slug else {})
    listed = {name_key(one.name) for one in (*document.categories.values(), *ours.categories.values())}
    for name, slug in former.names.items():  # what items name, and nobody lists
        if (key := name_key(name)) not in listed:
            left_out[key] = former.slugs.get(slug, slug)
    if not left_out and categories.keys() == document.categories.keys():
        return document
    kept = (former.slugs.get(one, one) for one in document.header.categories if one not in former.merged)
    header = with_values(document.header, {"categories": tuple(dict.fromkeys(kept))})
    entries = in_named_categories(document.entries, categories, ours, left_out)
    return Document(header, categories, entries)


def in_named_categories(
    entries: Mapping[str, Entry], categories: Mapping[str, Category], ours: Document, left_out: Mapping[str, str]
) -> dict[str, Entry]:
    names = {}
    for name in {one.category for one in entries.values()}:
        slug = left_out.get(name_key(name), "")
        if present := categories.get(slug) or ours.categories.get(slug):
            names[name] = present.name
    return {
        code: with_values(one, {"category": names[one.category]}) if one.category in names else one
        for code, one in entries.items()
    }
