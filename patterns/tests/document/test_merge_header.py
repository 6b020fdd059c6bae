"""The header and the categories merge as entries do; a category is never removed by an import."""

from dataclasses import replace

import pytest

from patterns.document.catalog import Document, Header
from patterns.document.merge import Base, merge
from patterns.document.plan import Conflict
from patterns.document.problems import InvalidCatalog
from patterns.files.reader import read_one
from patterns.files.toml import write_toml
from patterns.tests.document.documents import applied, as_file, category, document, entry, known, merged


def shelves(*slugs: str, **header: object) -> Document:
    return document(categories=[category(slug.title()) for slug in slugs], **header)


def renamed(name: str, **values: object) -> Document:
    return document(entry(category=name), categories=[category(name, slug="data", **values)])


# the header


def test_header_keys_are_merged_one_by_one():
    ours, theirs = shelves(title="Ours", keywords=["a"]), shelves(title="Base", keywords=["b"])

    result = merged(known(shelves(title="Base", keywords=["a"])), ours, as_file(theirs))

    assert (result.header.title, result.header.keywords) == ("Ours", ("b",))


def test_a_header_key_that_both_changed_is_a_conflict():
    plan = merge(known(shelves(title="Base")), shelves(title="Ours"), as_file(shelves(title="Theirs")))

    assert plan.conflicts == (Conflict("header", "", "title", "Base", "Ours", "Theirs"),)


@pytest.mark.parametrize(("decision", "title"), [("keep", "Ours"), ("take", "Theirs")])
def test_a_decision_settles_the_title(decision: str, title: str):
    ours, theirs = shelves(title="Ours"), as_file(shelves(title="Theirs"))

    assert merged(known(shelves()), ours, theirs, on_conflict=decision).header.title == title


def test_a_header_that_a_file_does_not_state_is_left():
    plan = merge(Base(shelves(title="T")), shelves(title="T", description="D"), read_one(b""))

    assert plan.edits == ()


def test_with_a_known_base_a_header_key_that_the_file_removed_is_cleared():
    assert merged(known(shelves(title="T")), shelves(title="T"), as_file(shelves())).header.title == ""


def test_an_explicit_empty_title_clears():
    ours = shelves(title="T")

    assert merged(Base(ours), ours, read_one(b'[catalog]\ntitle = ""\n')).header.title == ""


# categories


def test_a_category_renamed_by_its_slug_takes_its_entries_along():
    base = renamed("Data")

    plan = merge(known(base), base, as_file(renamed("Storage")))

    assert applied(plan, base) == renamed("Storage")
    assert [(one.what, one.identity, one.keys) for one in plan.edits] == [
        ("category", "data", ("name",)),
        ("entry", "01", ("category",)),
    ]


def test_a_category_that_we_renamed_is_the_one_that_the_file_still_calls_by_its_old_name():
    ours = renamed("Storage")

    plan = merge(known(renamed("Data")), ours, as_file(renamed("Data")))

    assert (plan.edits, plan.conflicts) == ((), ())


def test_a_category_renamed_on_both_sides_is_one_conflict_and_none_of_its_entries():
    plan = merge(known(renamed("Data")), renamed("Ours"), as_file(renamed("Theirs")))

    assert plan.conflicts == (Conflict("category", "data", "name", "Data", "Ours", "Theirs"),)


@pytest.mark.parametrize(("decision", "name"), [("keep", "Ours"), ("take", "Theirs")])
def test_a_decision_settles_the_name_of_the_category_and_of_its_entries(decision: str, name: str):
    ours, theirs = renamed("Ours"), as_file(renamed("Theirs"))

    assert merged(known(renamed("Data")), ours, theirs, on_conflict=decision) == renamed(name)


def test_an_entry_moved_on_one_side_and_a_category_renamed_on_the_other_both_arrive():
    base = document(entry("01"), entry("02"))
    moved = document(entry("01", category="Flow"), entry("02"), categories=[category("Data"), category("Flow")])
    theirs = document(
        *(entry(code, category="Storage") for code in ("01", "02")), categories=[category("Storage", slug="data")]
    )

    result = merged(known(base), moved, as_file(theirs))

    assert [one.category for one in result.entries.values()] == ["Flow", "Storage"]


def test_names_of_two_categories_may_be_swapped():
    base = document(entry("01", category="A"), entry("02", category="B"), categories=[category("A"), category("B")])
    swapped = document(
        entry("01", category="B"),
        entry("02", category="A"),
        categories=[category("B", slug="a"), category("A", slug="b")],
    )

    assert merged(known(base), base, as_file(swapped)) == swapped


def test_a_file_without_slugs_means_our_category_of_that_name():
    ours = document(entry(), categories=[category("Data", slug="d", description="kept")])

    plan = merge(Base(), ours, read_one(b'[[categories]]\nname = "Data"\n'))

    assert plan.edits == ()


def test_a_description_that_only_the_file_changed_is_taken():
    result = merged(known(renamed("Data")), renamed("Data"), as_file(renamed("Data", description="theirs")))

    assert result.categories["data"].description == "theirs"


def test_a_category_that_a_file_does_not_list_keeps_its_description():
    ours = renamed("Data", description="ours")
    file = read_one(b'[[items]]\ncode = "02"\nslug = "b"\nname = "B"\ndescription = "D"\ncategory = "Data"\n')

    result = merged(Base(), ours, file)

    assert result.categories == ours.categories


def test_a_whole_file_that_only_names_a_category_keeps_its_description():
    ours = renamed("Data", description="ours")

    file = read_one(write_toml(replace(ours, header=Header(), categories={})).encode())

    assert merge(known(ours), ours, file).edits == ()


def test_a_category_that_an_item_names_and_nobody_listed_is_created_last():
    file = read_one(b'[[items]]\ncode = "02"\nslug = "b"\nname = "B"\ndescription = "D"\ncategory = "New One"\n')

    result = merged(Base(), shelves("ant"), file)

    assert result.header.categories == ("ant", "new-one")
    assert result.categories["new-one"].slug == "new-one"


@pytest.mark.parametrize("is_partial", [True, False])
def test_a_category_is_never_deleted(is_partial: bool):
    base = shelves("ant", "bee")

    assert merge(known(base), base, as_file(shelves("ant"), partial=is_partial)).edits == ()


def test_two_categories_of_one_name_are_refused():
    theirs = as_file(document(categories=[category("Data", slug="d"), category("Other", slug="data")]))

    with pytest.raises(InvalidCatalog, match="names both the category"):
        merge(Base(), document(categories=[category("Data", slug="x")]), theirs)


# their order


def test_an_order_that_only_the_file_changed_is_taken():
    base = shelves("ant", "bee", "cat")

    assert merged(known(base), base, as_file(shelves("cat", "ant", "bee"))).header.categories == ("cat", "ant", "bee")


def test_an_order_that_only_we_changed_is_kept():
    ours = shelves("cat", "ant", "bee")

    assert merge(known(shelves("ant", "bee", "cat")), ours, as_file(shelves("ant", "bee", "cat"))).edits == ()


def test_orders_that_both_changed_are_a_conflict():
    base, ours, theirs = (
        shelves(*order) for order in (("ant", "bee", "cat"), ("bee", "ant", "cat"), ("ant", "cat", "bee"))
    )

    (conflict,) = merge(known(base), ours, as_file(theirs)).conflicts

    assert (conflict.what, conflict.key) == ("header", "categories")
    assert (conflict.ours, conflict.theirs) == (("bee", "ant", "cat"), ("ant", "cat", "bee"))


@pytest.mark.parametrize(("decision", "first"), [("keep", "bee"), ("take", "ant")])
def test_a_decision_settles_the_order(decision: str, first: str):
    base, ours, theirs = (
        shelves(*order) for order in (("ant", "bee", "cat"), ("bee", "ant", "cat"), ("ant", "cat", "bee"))
    )

    assert merged(known(base), ours, as_file(theirs), on_conflict=decision).header.categories[0] == first


def test_new_categories_of_both_sides_stand_where_they_were_put():
    base, ours, theirs = shelves("ant", "cat"), shelves("ant", "bee", "cat"), shelves("ant", "cat", "dog")

    assert merged(known(base), ours, as_file(theirs)).header.categories == ("ant", "bee", "cat", "dog")


def test_a_new_category_that_the_file_puts_first_comes_first():
    base = shelves("bee", "cat")

    assert merged(known(base), base, as_file(shelves("ant", "bee", "cat"))).header.categories == ("ant", "bee", "cat")


def test_a_partial_file_clears_no_title():
    base = shelves(title="T")

    assert merge(known(base), base, as_file(shelves(), partial=True)).edits == ()
