"""What must hold between documents: the rules that no single entry can see."""

from collections.abc import Iterable, Iterator, Mapping

from patterns.document.catalog import Category
from patterns.document.entry import Entry
from patterns.document.problems import Problem
from patterns.document.text import name_key
from patterns.document.vocabulary import SYMMETRIC


def check_entries(
    entries: Mapping[str, Entry], *, changed: Iterable[str], former_slugs: Mapping[str, str], is_whole: bool = True
) -> list[Problem]:
    """The problems of the changed entries in the final state.

    ``entries`` holds, by code, at least every entry that shares a slug or a name with a changed one, that a changed
    one names, or that relates to a changed one; unless they are whole, what a changed one names may be elsewhere.
    ``former_slugs`` maps slugs of the past to the code that had them.
    """
    codes = sorted(set(changed))
    if not codes:
        return []
    problems = [
        *taken(entries, codes, "slug", {code: entry.slug for code, entry in entries.items()}),
        *taken(entries, codes, "name", {code: name_key(entry.name) for code, entry in entries.items()}),
    ]
    for code in codes:
        if entry := entries.get(code):
            problems += former_slug_of_another(entry, former_slugs)
            problems += dangling(entry, entries) if is_whole else ()
            problems += stated_from_both_sides(entry, entries)
    return problems


def taken(entries: Mapping[str, Entry], codes: list[str], key: str, values: Mapping[str, str]) -> Iterator[Problem]:
    """One value of a unique key held by two entries; said once, of the changed one."""
    first: dict[str, str] = {}
    owners: dict[str, list[str]] = {}
    for code, value in values.items():
        if (owner := first.setdefault(value, code)) != code:
            owners.setdefault(value, [owner]).append(code)
    is_changed = set(codes)
    for shared in owners.values():
        # Two entries that are as they were are no problem of this change.
        mine = next((code for code in reversed(shared) if code in is_changed), None)
        if mine is not None:
            other = next(code for code in shared if code != mine)
            yield Problem(
                code=mine,
                key=key,
                path=(key,),
                message=f"{getattr(entries[mine], key)!r} is the {key} of [{other}] {entries[other].name}",
                hint=f"give one of them another {key}",
            )


def former_slug_of_another(entry: Entry, former_slugs: Mapping[str, str]) -> Iterator[Problem]:
    owner = former_slugs.get(entry.slug, entry.code)
    if owner != entry.code:
        message = f"{entry.slug!r} is a former address of [{owner}], which still redirects"
        yield Problem(code=entry.code, key="slug", path=("slug",), message=message, hint="choose another slug")


def dangling(entry: Entry, entries: Mapping[str, Entry]) -> Iterator[Problem]:
    hint = "name the code of an entry in the file or the catalogue"
    if entry.replaced_by and entry.replaced_by not in entries:
        message = f"there is no entry {entry.replaced_by!r}"
        yield Problem(code=entry.code, key="replaced_by", path=("replaced_by",), message=message, hint=hint)
    for index, relation in enumerate(entry.relations):
        if relation.target not in entries:
            yield Problem(
                code=entry.code,
                key=f"relations[{index + 1}].target",
                path=("relations", index, "target"),
                message=f"there is no entry {relation.target!r}",
                hint=hint,
            )


def stated_from_both_sides(entry: Entry, entries: Mapping[str, Entry]) -> Iterator[Problem]:
    """A symmetric relation is stated once and shown twice."""
    for index, relation in enumerate(entry.relations):
        other = entries.get(relation.target)
        if other is None or relation.type not in SYMMETRIC:
            continue
        if any(one.type == relation.type and one.target == entry.code for one in other.relations):
            yield Problem(
                code=entry.code,
                key=f"relations[{index + 1}]",
                path=("relations", index),
                message=f"[{other.code}] already states {relation.type!r} with this entry",
                hint="keep it on one side; it is shown on both pages",
            )


def check_categories(categories: Mapping[str, Category]) -> list[Problem]:
    problems = []
    owners: dict[str, str] = {}
    for slug, category in categories.items():
        first = owners.setdefault(name_key(category.name), slug)
        if first != slug:
            message = f"{category.name!r} names both the category {first!r} and {slug!r}"
            problems.append(Problem(key="categories", message=message, hint="give one of them another name"))
    return problems
