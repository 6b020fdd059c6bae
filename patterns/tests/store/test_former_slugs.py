"""Every address that readers knew leads somewhere: to the entry that had it, until another lives there."""

import pytest

from patterns.document.problems import InvalidCatalog
from patterns.models import Catalog, FormerSlug, Pattern
from patterns.tests.factories import change_pattern, entry, import_entries, make_pattern

pytestmark = pytest.mark.django_db


def former() -> dict[str, str]:
    """Former slug → code of the entry that it leads to, where no entry lives now."""
    live = Pattern.objects.values("slug")
    return dict(FormerSlug.objects.exclude(slug__in=live).values_list("slug", "pattern__code"))


def renamed(code: str, slug: str) -> None:
    change_pattern(Pattern(code=code), slug=slug)


def swapped(slugs: dict[str, str]) -> None:
    base = Catalog.objects.get().base
    import_entries((entry(code, slug=slug) for code, slug in slugs.items()), base=base)


@pytest.mark.parametrize("status", ["published", "retired"])
def test_the_old_slug_of_an_entry_that_readers_saw_is_kept(status: str):
    pattern = make_pattern(slug="old")
    change_pattern(pattern, status=status)

    renamed("01", "new")

    assert former() == {"old": "01"}


@pytest.mark.parametrize("status", ["draft", "review"])
def test_the_old_slug_of_an_entry_that_nobody_saw_is_free(status: str):
    make_pattern(slug="old", status=status)

    renamed("01", "new")
    make_pattern("02", slug="old")

    assert former() == {}


def test_the_slug_of_a_draft_that_is_published_under_another_is_free():
    pattern = make_pattern(slug="old", status="draft")

    change_pattern(pattern, slug="new", status="published")

    assert former() == {}


def test_every_slug_of_the_past_leads_to_the_entry():
    make_pattern(slug="first")

    for slug in ("second", "third"):
        renamed("01", slug)

    assert former() == {"first": "01", "second": "01"}


def test_an_entry_that_takes_its_slug_back_has_it_no_longer_as_a_former_one():
    make_pattern(slug="old")

    for slug in ("new", "old"):
        renamed("01", slug)

    assert [*FormerSlug.objects.values_list("slug", flat=True)] == ["new"]


def test_the_former_slug_of_another_entry_is_refused():
    make_pattern(slug="old")
    renamed("01", "new")

    with pytest.raises(InvalidCatalog, match=r"\[02\] slug: 'old' is a former address of \[01\]"):
        make_pattern("02", slug="old")


def test_the_former_slug_of_another_entry_is_refused_in_a_file_too():
    make_pattern(slug="old")
    renamed("01", "new")

    with pytest.raises(InvalidCatalog, match="former address"):
        import_entries([entry("02", slug="old")])


def test_after_a_swap_both_addresses_live_and_lead_nowhere_else():
    for slugs in ({"01": "a", "02": "b"}, {"01": "b", "02": "a"}):
        swapped(slugs)

    assert former() == {}


def test_after_a_swap_the_entries_can_be_edited():
    for slugs in ({"01": "a", "02": "b"}, {"01": "b", "02": "a"}):
        swapped(slugs)

    changed = change_pattern(Pattern(code="01"), description="New.")

    assert (changed.slug, changed.description) == ("b", "New.")


def test_after_a_swap_the_entries_can_be_imported_again():
    for slugs in ({"01": "a", "02": "b"}, {"01": "b", "02": "a"}):
        swapped(slugs)

    import_entries([entry("01", slug="b", description="New.")])

    assert Pattern.objects.get(code="01").description == "New."


def test_a_swap_can_be_swapped_back():
    for slugs in ({"01": "a", "02": "b"}, {"01": "b", "02": "a"}, {"01": "a", "02": "b"}):
        swapped(slugs)

    assert dict(Pattern.objects.values_list("code", "slug")) == {"01": "a", "02": "b"}
    assert former() == {}


def test_an_entry_that_leaves_a_swapped_address_is_where_it_leads_to():
    for slugs in ({"01": "a", "02": "b"}, {"01": "b", "02": "a"}):
        swapped(slugs)

    renamed("01", "c")

    assert former() == {"b": "01"}


def test_after_a_chain_only_the_first_address_leads_elsewhere():
    for slugs in ({"01": "a", "02": "b"}, {"01": "b", "02": "c"}):
        swapped(slugs)

    assert former() == {"a": "01"}
    assert change_pattern(Pattern(code="01"), description="New.").slug == "b"
