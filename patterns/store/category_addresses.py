"""Where former addresses of categories lead: kept with every change, read by whatever meets an old address."""

from collections.abc import Iterable

from patterns.document.plan import Plan
from patterns.document.problems import Problem
from patterns.document.shelves import FormerCategories
from patterns.document.text import SLUG
from patterns.models import Category, FormerCategory


def former_categories() -> FormerCategories:
    """All that categories were known by before, but for slugs at which one lives again."""
    rows = [*FormerCategory.objects.order_by("pk").values_list("slug", "name", "category__slug")]
    leading = {*FormerCategory.objects.leading().values_list("slug", flat=True)} if rows else set()
    return FormerCategories(
        slugs={slug: present for slug, _, present in rows if slug in leading},
        merged=frozenset(slug for slug, name, _ in rows if name and slug in leading),
        names={name: slug for slug, name, _ in rows if name},
    )


def present_slugs(slugs: Iterable[str]) -> dict[str, str]:
    """Of these, the former slugs, each with the slug of the category that its address leads to.

    They may be anything that a reader sent; of what can be no slug the database is asked nothing.
    """
    asked = [slug for slug in slugs if SLUG.fullmatch(slug)]
    former = FormerCategory.objects.leading().filter(slug__in=asked)
    return dict(former.values_list("slug", "category__slug")) if asked else {}


def own_former_slugs(slug: str) -> list[str]:
    """The slugs that the category at a slug had before, without those of categories that were merged into it."""
    return [*FormerCategory.objects.filter(category__slug=slug, name="").values_list("slug", flat=True)]


def address_problems(slug: str, *, of: str = "") -> list[Problem]:
    """Why a category may not have an address; ``of`` is the slug that it has now, empty for a new one."""
    message = ""
    if slug != of and (live := Category.objects.filter(slug=slug).first()):
        message = f"{slug!r} is the address of {live.name!r}"
    elif former := FormerCategory.objects.exclude(category__slug=of).filter(slug=slug).first():
        message = f"{slug!r} is a former address of {former.category.name!r}, which still redirects"
    if not message:
        return []
    return [Problem(key="slug", path=("slug",), message=message, hint="choose another address")]


def keep_category_addresses(plan: Plan) -> None:
    """Lead the addresses on that a plan moves. What it merges has to be there still, and its new addresses already."""
    if not plan.moved:
        return
    created = {edit.identity for edit in plan.of("category") if edit.before is None}
    for slug, to in plan.moved.items():
        present = Category.objects.get(slug=to)
        said: dict[str, object] = {"category": present}
        if to not in created:
            merged = Category.objects.get(slug=slug)
            before = FormerCategory.objects.filter(category=merged)
            before.filter(name="").update(name=merged.name)
            before.update(category=present)
            said |= {"name": merged.name, "row": merged.pk}
        # What it takes back is no former one any more.
        FormerCategory.objects.filter(category=present, slug=to, name="").delete()
        FormerCategory.objects.update_or_create(slug=slug, defaults=said)
