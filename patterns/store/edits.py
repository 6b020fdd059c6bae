"""Edits of one document, from a form or a restore: checked, compared with what was opened, applied."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q

from patterns.document.catalog import Category, Document, Header
from patterns.document.checks import check_categories, check_entries
from patterns.document.entry import Entry
from patterns.document.plan import Edit, Plan
from patterns.document.problems import InvalidCatalog, Problem
from patterns.document.register import Table, with_values
from patterns.document.text import name_key
from patterns.document.three_way import woven
from patterns.models import Catalog, Change, Pattern, Revision
from patterns.models import Category as CategoryRow
from patterns.models.pattern import PatternQuerySet
from patterns.store.category_addresses import address_problems
from patterns.store.reading import former_slugs, load_document, load_related, present, writing
from patterns.store.writing import Authorship, apply, fingerprint_of


@dataclass
class StaleEdit(Exception):
    """The document was changed since it was opened; ``current`` is what it is now, None if it was deleted."""

    what: str
    identity: str
    current: Table | None


def save_entry(entry: Entry, *, opened: str, by: Authorship) -> Change | None:
    """Create an entry or replace it; None if nothing changed.

    ``opened`` is the fingerprint of the entry that the editor saw, empty for a new one. Raises StaleEdit if it is
    another by now, InvalidCatalog if the catalogue would break a rule.
    """
    with writing() as catalog:
        edit = edit_of_entry(present(entry.code), entry, opened=opened)
        refuse_if_unfit(edit)
        return write_entry(edit, catalog, by=by)


def edit_of_entry(before: Entry | None, entry: Entry, *, opened: str) -> Edit:
    """Raises StaleEdit or InvalidCatalog if what was opened is not what is there."""
    # First, because the fingerprint would say of a code in use only that something is stale.
    refuse_if_taken(before, opened)
    edit = Edit("entry", entry.code, before, entry)
    refuse_if_stale(edit, opened)
    return edit


def write_entry(edit: Edit, catalog: Catalog, *, by: Authorship) -> Change | None:
    """Write what was checked, inside ``writing()``."""
    return apply(Plan(edits=changed(edit)), catalog, by=by)


# What the rules between documents look at: an edit of other keys cannot break one that holds.
COMPARED_KEYS = frozenset({"slug", "name", "category", "replaced_by", "relations"})


def refuse_if_unfit(edit: Edit) -> None:
    """Raise InvalidCatalog if the catalogue with the edited entry would break a rule."""
    refuse_problems(problems_between([edit]))


def problems_between(edits: Iterable[Edit]) -> list[Problem]:
    """What the rules between documents say against these edits of entries, in the state after all of them."""
    judged = [edit for edit in edits if COMPARED_KEYS.intersection(edit.keys)]
    entries = {edit.identity: edit.after for edit in judged if isinstance(edit.after, Entry)}
    if not entries:
        return []
    named = {edit.identity: entries[edit.identity].category for edit in judged if "category" in edit.keys}
    # Of an entry that was read in part only, what was not read is blank.
    if problems := unknown_categories({code: name for code, name in named.items() if name}):
        return problems
    slugs = [entries[edit.identity].slug for edit in judged if "slug" in edit.keys]
    former = former_slugs(slug__in=slugs) if slugs else {}
    others = load_related(comparable_entries(entries.values()))
    return check_entries({**others, **entries}, changed=entries, former_slugs=former)


def comparable_entries(entries: Collection[Entry]) -> PatternQuerySet:
    """The entries that the rules between documents may compare with these."""
    codes = {one.code for one in entries} | {one.replaced_by for one in entries}
    codes.update(relation.target for one in entries for relation in one.relations)
    same_slug = Q(slug__in={one.slug for one in entries})
    return Pattern.objects.filter(
        Q(code__in=codes) | same_slug | Q(name_key__in={name_key(one.name) for one in entries})
    )


def unknown_categories(named: Mapping[str, str]) -> list[Problem]:
    """``named`` maps codes to the names of the categories that their entries would be in."""
    known = {*CategoryRow.objects.filter(name__in={*named.values()}).order_by().values_list("name", flat=True)}
    hint = "choose one that exists, or create it first"
    return [
        Problem(code=code, key="category", path=("category",), message=f"there is no category {name!r}", hint=hint)
        for code, name in named.items()
        if name not in known
    ]


TRIED = 50  # numbers at a time; more drafts in a row are hardly ever deleted


def next_code() -> str:
    """The number behind the last one that is in use, written like it; codes of deleted drafts are left alone.

    Two who ask at once are told the same, unless they ask inside ``writing()``.
    """
    numbers = Pattern.objects.filter(code__regex=r"^[0-9]{1,9}$").in_code_order()
    last = numbers.values_list("code", flat=True).last() or "00"
    first = int(last) + 1
    while True:
        codes = [str(number).zfill(len(last)) for number in range(first, first + TRIED)]
        once = Revision.objects.filter(what=Revision.What.ENTRY, identity__in=codes)
        used = {*once.order_by().values_list("identity", flat=True)}
        if free := next((code for code in codes if code not in used), None):
            return free
        first += TRIED


def delete_entry(code: str, *, opened: str, by: Authorship) -> Change | None:
    """Delete an entry that readers never saw and that no other entry names."""
    with writing() as catalog:
        before = load_document(Pattern.objects.filter(code=code)).entries.get(code)
        edit = Edit("entry", code, before, None)
        refuse_if_stale(edit, opened)
        refuse_problems(reasons_to_keep(code))
        return apply(Plan(edits=changed(edit)), catalog, by=by)


def reasons_to_keep(code: str) -> list[Problem]:
    problems = []
    if Pattern.objects.filter(code=code, published_at__isnull=False).exists():
        message, hint = "readers have seen it, and its address must go on answering", "retire it instead"
        problems.append(Problem(code=code, message=message, hint=hint))
    # Targets and successors are codes, no foreign keys: no database would refuse to leave them dangling.
    naming = Pattern.objects.filter(Q(relations__target=code) | Q(replaced_by=code)).distinct()
    for name in naming.values_list("name", flat=True):
        problems.append(Problem(code=code, message=f"{name!r} names it", hint="remove it there first"))
    return problems


def save_header(header: Header, *, opened: str, by: Authorship) -> Change | None:
    """Replace the header; ``header.categories`` may put the categories into another order."""
    with writing() as catalog:
        ours = load_document(Pattern.objects.none())
        known = [slug for slug in header.categories if slug in ours.categories]
        # What the form does not name keeps its place: a header without categories leaves their order alone.
        order = woven(known, ours.header.categories, is_meant=True)
        edit = Edit("header", "", ours.header, with_values(header, {"categories": order}))
        refuse_if_stale(edit, opened)
        return apply(Plan(edits=changed(edit)), catalog, by=by)


def save_category(category: Category, *, opened: str, by: Authorship, position: int | None = None) -> Change | None:
    """Create a category or replace it; entries follow a new name, since it stands in their documents."""
    with writing() as catalog:
        ours = load_document(Pattern.objects.filter(category__slug=category.slug))
        before = ours.categories.get(category.slug)
        edit = Edit("category", category.slug, before, category)
        refuse_if_taken(before, opened)
        refuse_if_stale(edit, opened)
        refuse_problems(check_categories({**ours.categories, category.slug: category}))
        refuse_problems(address_problems(category.slug) if before is None else ())
        order = order_with(ours.header.categories, category.slug, position)
        header = Edit("header", "", ours.header, with_values(ours.header, {"categories": order}))
        plan = Plan(edits=(*changed(header), *changed(edit), *following(ours, category)))
        return apply(plan, catalog, by=by)


def order_with(order: tuple[str, ...], slug: str, position: int | None) -> tuple[str, ...]:
    """The order with a slug at a position counted from 0; without one, where it is, or at the end if it is new."""
    if position is None:
        return order if slug in order else (*order, slug)
    others = [one for one in order if one != slug]
    return (*others[:position], slug, *others[position:])


def following(ours: Document, category: Category) -> tuple[Edit, ...]:
    before = ours.categories.get(category.slug)
    if before is None or before.name == category.name:
        return ()
    inside = [entry for entry in ours.entries.values() if entry.category == before.name]
    return tuple(Edit("entry", one.code, one, with_values(one, {"category": category.name})) for one in inside)


def delete_category(slug: str, *, opened: str, by: Authorship) -> Change | None:
    """Delete a category that holds no entry of any status."""
    with writing() as catalog:
        ours = load_document(Pattern.objects.filter(category__slug=slug))
        edit = Edit("category", slug, ours.categories.get(slug), None)
        refuse_if_stale(edit, opened)
        refuse_problems(
            Problem(code=code, message="is in this category", hint="move it first") for code in ours.entries
        )
        # The order stands in the header's document, so that gets a revision as well.
        order = tuple(one for one in ours.header.categories if one != slug)
        header = Edit("header", "", ours.header, with_values(ours.header, {"categories": order}))
        return apply(Plan(edits=(*changed(header), *changed(edit))), catalog, by=by)


def changed(edit: Edit) -> tuple[Edit, ...]:
    return (edit,) if edit.before != edit.after else ()


def refuse_problems(problems: Iterable[Problem]) -> None:
    if found := tuple(problems):
        raise InvalidCatalog(found)


def refuse_if_taken(before: Table | None, opened: str) -> None:
    """A new document must not replace one that is there."""
    if before is None or opened:
        return
    key = "code" if isinstance(before, Entry) else "slug"
    name = getattr(before, "name", "")
    message = f"{getattr(before, key)!r} is the {key} of {name!r}"
    code = before.code if isinstance(before, Entry) else ""
    raise InvalidCatalog([Problem(code=code, key=key, path=(key,), message=message, hint=f"choose another {key}")])


def refuse_if_stale(edit: Edit, opened: str) -> None:
    # By content, not by time: what was changed and changed back meanwhile is in nobody's way.
    if fingerprint_of(edit.before) != opened:
        raise StaleEdit(edit.what, edit.identity, edit.before)
