"""The laws of the merge, for generated triples: two sides that grew out of one known base by random edits."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from patterns.document.catalog import HEADER_KEYS, Category, Document, Header
from patterns.document.entry import ENTRY_KEYS, Entry, code_order
from patterns.document.merge import merge
from patterns.document.plan import Choices, Plan
from patterns.document.tables import Relation
from patterns.tests.document.documents import RICH, applied, as_file, entry, known, merged

LAWS = settings(max_examples=150, deadline=None)
CODES = ["1", "2", "3", "4", "5"]
PILLAR = "0"  # never deleted, and the only target: a dangling relation is refused, which is not what the laws are about
SLUGS = ["ant", "bee", "cat", "dog", "eel"]
STATUSES = ["draft", "review", "published"]  # deleted here, retired there: see the table
CHANGING = [key for key in ENTRY_KEYS if key != "code"]
# The merge compares values and never looks into them: a few for each key suffice, and the sides agree now and then.
OTHER: dict[str, Any] = {
    **{key: [] for key in ("steps", "references")},
    **{"kind": "style", "aliases": ["Undo", "Compensation"], "problem": "Another.", "solution": "Retry."},
    **{"use_when": ["a", "b"], "avoid_when": ["c"], "origin": {"who": "Chris Richardson"}, "known_as": []},
    "consequences": [{"quality": "latency", "sign": "gain", "text": "fast"}],
}
ENTRIES = [entry(), entry(**RICH), entry(**OTHER, description="Another.")]
CATEGORIES = [Category(name="A"), Category(name="A", description="B"), Category(name="A", description="C")]
HEADERS = [
    Header(title="A", keywords=("a", "b")),
    Header(title="B", description="B", keywords=("b",)),
    Header(description="C"),
]


@dataclass(frozen=True)
class Triple:
    base: Document
    ours: Document
    theirs: Document


def some(rng: Random, values: Sequence[str], *, at_least: int = 0, at_most: int = 3) -> list[str]:
    return rng.sample(values, rng.randint(at_least, min(at_most, len(values))))


def shelf(rng: Random, slug: str) -> Category:
    name = rng.choice(["{} pattern", "É {}", "{}"]).format(slug)
    return rng.choice(CATEGORIES).model_copy(update={"name": name, "slug": slug})


def some_entry(rng: Random, code: str, categories: dict[str, Category]) -> Entry:
    """An entry whose slug and name belong to its code: the laws are not about what two entries may share."""
    is_pillar = code == PILLAR
    given = {
        "code": code,
        "slug": f"{rng.choice('ab')}-{code}",
        "name": f"{rng.choice(['Saga', 'É'])} {code}",
        "category": categories[rng.choice(sorted(categories))].name,
        "status": rng.choice(STATUSES),
        "relations": () if is_pillar else rng.choice([(), (Relation(type="uses", target=PILLAR),)]),
        "replaced_by": "" if is_pillar else rng.choice(["", PILLAR]),
    }
    return rng.choice(ENTRIES).model_copy(update=given)


def some_base(rng: Random) -> Document:
    slugs = some(rng, SLUGS, at_least=1)
    categories = {slug: shelf(rng, slug) for slug in slugs}
    codes = sorted([PILLAR, *some(rng, CODES)])
    header = HEADERS[0].model_copy(update={"categories": tuple(slugs)})
    return Document(header, categories, {code: some_entry(rng, code, categories) for code in codes})


def side_of(rng: Random, base: Document) -> Document:
    """What somebody made of the base."""
    categories = edited_categories(rng, base)
    header = rng.choice(HEADERS)
    changed = {key: getattr(header, key) for key in some(rng, HEADER_KEYS)} | {"categories": tuple(categories)}
    return Document(base.header.model_copy(update=changed), categories, edited_entries(rng, base, categories))


def edited_categories(rng: Random, base: Document) -> dict[str, Category]:
    """Renamed, described anew, moved, and new ones anywhere."""
    order = rng.choice([list(base.categories), rng.sample(list(base.categories), len(base.categories))])
    for slug in some(rng, SLUGS, at_most=2):
        if slug not in order:
            order.insert(rng.randint(0, len(order)), slug)
    kept = some(rng, list(base.categories))
    return {slug: base.categories[slug] if slug in kept else shelf(rng, slug) for slug in order}


def edited_entries(rng: Random, base: Document, categories: dict[str, Category]) -> dict[str, Entry]:
    """Some keys changed, some entries deleted, some added."""
    slugs = base.category_slugs()
    found = {}
    for code, before in base.entries.items():
        followed = before.model_copy(update={"category": categories[slugs[before.category]].name})
        other = some_entry(rng, code, categories)
        found[code] = followed.model_copy(update={key: getattr(other, key) for key in some(rng, CHANGING)})
    found |= {code: some_entry(rng, code, categories) for code in some(rng, CODES, at_most=2) if code not in found}
    gone = some(rng, CODES, at_most=1)
    return {code: found[code] for code in sorted(found, key=code_order) if code not in gone}


def triple_of(rng: Random) -> Triple:
    base = some_base(rng)
    return Triple(base, side_of(rng, base), side_of(rng, base))


triples = st.randoms(use_true_random=True).map(triple_of)


def planned(base: Document, ours: Document, theirs: Document, **choices: Any) -> Plan:
    """The merge of three sides; what theirs leaves out is retired, so that no side is treated unlike the other."""
    return merge(known(base), ours, as_file(theirs), choices=Choices(**{"retire": True, **choices}))


def values(document: Document) -> dict[tuple[str, str], Any]:
    """Everything that a document says, by (identity, key); of an entry's category the slug, which is what it means."""
    slugs = document.category_slugs()
    said = {("", key): getattr(document.header, key) for key in HEADER_KEYS}
    for slug, category in document.categories.items():
        said |= {(slug, key): getattr(category, key) for key in ("name", "description")}
    for code, one in document.entries.items():
        said |= {(code, key): getattr(one, key) for key in CHANGING} | {(code, "category"): slugs[one.category]}
    return said


def shared_values(triple: Triple) -> Iterator[tuple[tuple[str, str], Any, Any, Any]]:
    base, ours, theirs = values(triple.base), values(triple.ours), values(triple.theirs)
    return ((place, base[place], ours[place], theirs[place]) for place in base.keys() & ours.keys() & theirs.keys())


def with_retired(base: Document, side: Document) -> Document:
    """What an import of the side makes of it: what it left out is retired, and in the category it was in."""
    names = {slug: category.name for slug, category in side.categories.items()}
    slugs = base.category_slugs()
    gone = {
        code: one.model_copy(update={"status": "retired", "category": names[slugs[one.category]]})
        for code, one in base.entries.items()
        if code not in side.entries
    }
    return replace(side, entries=side.entries | gone)


@LAWS
@given(triples)
def test_two_equal_sides_merge_to_themselves(triple: Triple):
    plan = planned(triple.base, triple.ours, triple.ours)

    assert (plan.edits, plan.conflicts) == ((), ())


@LAWS
@given(triples)
def test_if_we_changed_nothing_the_result_is_theirs(triple: Triple):
    result = merged(known(triple.base), triple.base, as_file(triple.theirs), retire=True)

    assert result == with_retired(triple.base, triple.theirs)
    assert tuple(result.categories) == tuple(triple.theirs.categories)


@LAWS
@given(triples)
def test_if_they_changed_nothing_the_result_is_ours(triple: Triple):
    plan = planned(triple.base, triple.ours, triple.base)

    assert (plan.edits, plan.conflicts) == ((), ())


@LAWS
@given(triples)
def test_conflicts_are_the_same_from_both_sides(triple: Triple):
    one = planned(triple.base, triple.ours, triple.theirs)
    other = planned(triple.base, triple.theirs, triple.ours)

    places = [{(each.what, each.identity, each.key) for each in plan.conflicts} for plan in (one, other)]

    assert places[0] == places[1]


@LAWS
@given(triples)
def test_nobodys_change_is_lost(triple: Triple):
    result = values(applied(planned(triple.base, triple.ours, triple.theirs), triple.ours))

    for place, base, ours, theirs in shared_values(triple):
        assert result[place] == (theirs if ours == base else ours), place


@LAWS
@given(triples)
def test_what_both_changed_differently_is_a_conflict_and_nothing_else_is(triple: Triple):
    plan = planned(triple.base, triple.ours, triple.theirs)

    clashes = {place for place, base, ours, theirs in shared_values(triple) if base != ours != theirs != base}

    both_sides = values(triple.base).keys() & values(triple.ours).keys() & values(triple.theirs).keys()
    assert {(one.identity, one.key) for one in plan.conflicts} & both_sides == clashes


@LAWS
@given(triples, st.sampled_from(["keep", "take"]))
def test_a_decision_gives_every_conflict_to_one_side(triple: Triple, decision: str):
    result = values(merged(known(triple.base), triple.ours, as_file(triple.theirs), on_conflict=decision))

    for place, base, ours, theirs in shared_values(triple):
        winner = ours if decision == "keep" or theirs == base else theirs
        assert result[place] == (theirs if ours == base else winner), place


@LAWS
@given(triples)
def test_what_either_side_added_is_there(triple: Triple):
    result = applied(planned(triple.base, triple.ours, triple.theirs), triple.ours)

    added = (triple.ours.entries.keys() | triple.theirs.entries.keys()) - triple.base.entries.keys()

    assert added <= result.entries.keys()
    assert set(result.categories) == set(triple.ours.categories) | set(triple.theirs.categories)


@LAWS
@given(triples)
def test_importing_the_same_file_again_changes_nothing(triple: Triple):
    file = as_file(triple.theirs)

    result = merged(known(triple.base), triple.ours, file, on_conflict="take", retire=True)

    again = merge(known(triple.base), result, file, choices=Choices(on_conflict="take", retire=True))
    assert again.edits == ()


@LAWS
@given(triples)
def test_the_merge_of_an_export_with_its_own_base_is_a_fixed_point(triple: Triple):
    result = merged(known(triple.base), triple.ours, as_file(triple.theirs), on_conflict="keep")

    assert planned(result, result, result).edits == ()


@LAWS
@given(triples, st.sampled_from(["keep", "take"]), st.sampled_from(["all", frozenset(), frozenset("135")]))
def test_nobody_is_retired_unless_that_is_chosen(triple: Triple, decision: str, restore: Any):
    choices = {"retire": False, "on_conflict": decision, "restore": restore}

    plan = planned(triple.base, triple.ours, triple.theirs, **choices)

    gone = triple.base.entries.keys() & triple.ours.entries.keys() - triple.theirs.entries.keys()
    assert plan.count("retire") == 0
    assert {edit.identity for edit in plan.staying} == gone


@LAWS
@given(triples)
def test_what_is_kept_is_all_that_the_file_says_and_the_catalogue_does_not(triple: Triple):
    plan = planned(triple.base, triple.ours, triple.theirs, on_conflict="take", retire=False)

    result, theirs = values(applied(plan, triple.ours)), values(triple.theirs)
    differing = {place for place, said in theirs.items() if result.get(place) != said}
    listed = {(one.edit.identity, key) for one in plan.kept for key in one.edit.keys if one.edit.before is not None}
    absent = {one.edit.identity for one in plan.kept if one.edit.before is None}
    assert {place for place in differing if place[0] not in absent} == listed & theirs.keys()


@LAWS
@given(triples, st.sampled_from(["fail", "keep", "take"]))
def test_no_decision_about_conflicts_undoes_what_only_we_changed(triple: Triple, decision: str):
    plan = planned(triple.base, triple.ours, triple.theirs, on_conflict=decision, retire=False)

    result = values(applied(plan, triple.ours))
    for place, base, ours, theirs in shared_values(triple):
        if theirs == base:
            assert result[place] == ours, place


@LAWS
@given(triples)
def test_all_restored_is_what_the_file_says_beside_what_only_we_have(triple: Triple):
    plan = planned(triple.base, triple.ours, triple.theirs, restore="all", retire=False)

    result, theirs = values(applied(plan, triple.ours)), values(triple.theirs)
    assert not plan.conflicts
    assert {place: result[place] for place in theirs} == theirs


@LAWS
@given(triples)
def test_a_restore_is_undone_by_restoring_what_was_before(triple: Triple):
    restored = applied(planned(triple.base, triple.ours, triple.theirs, restore="all", retire=False), triple.ours)

    back = applied(planned(triple.ours, restored, triple.ours, restore="all", retire=False), restored)

    assert {code: back.entries[code] for code in triple.ours.entries} == triple.ours.entries


@LAWS
@given(triples)
def test_nothing_to_do_is_said_only_if_all_that_the_file_says_holds(triple: Triple):
    plan = planned(triple.base, triple.ours, triple.theirs, on_conflict="keep", retire=False)

    result, theirs = values(applied(plan, triple.ours)), values(triple.theirs)
    if plan.is_satisfied and not plan.edits:
        assert {place: result[place] for place in theirs} == theirs
