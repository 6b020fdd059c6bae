"""How many published entries each facet has: kept with every change, so that no list has to count."""

from collections import Counter
from collections.abc import Iterator

from patterns.document.entry import Entry
from patterns.document.plan import Plan
from patterns.models import Category, FacetCount
from patterns.store.bulk import CHUNK
from patterns.store.search_index import is_public

COUNTED_KEYS = frozenset({"status", "category", "kind", "consequences"})
COLUMNS = ("category_id", "kind", "sign", "quality")
Counted = tuple[str, str, str, str]


def counted_in(entry: object) -> Iterator[Counted]:
    """All that an entry counts for: the name of its category, its kind, and a sign and quality or neither."""
    if is_public(entry) and isinstance(entry, Entry):
        # A quality that it gains in two ways is gained once.
        for sign, quality in {("", ""), *((one.sign, one.quality) for one in entry.consequences)}:
            yield entry.category, entry.kind, sign, quality


def keep_counts(plan: Plan) -> None:
    """Add to the counts what a plan that has just been written changes in them."""
    gone, come = Counter[Counted](), Counter[Counted]()
    for edit in plan.of("entry"):
        if edit.before is None or COUNTED_KEYS.intersection(edit.keys):
            gone.update(counted_in(edit.before))
            come.update(counted_in(edit.after))
    if gone != come:
        add_to_counts(plan, gone, come)


def add_to_counts(plan: Plan, gone: Counter[Counted], come: Counter[Counted]) -> None:
    rows = [*Category.objects.values_list("slug", "name", "pk")]
    names, slugs = {name: pk for _, name, pk in rows}, {slug: pk for slug, _, pk in rows}
    # What left a category did so under the name that it had before the change; a deleted one took its counts along.
    former = names | {getattr(edit.before, "name", ""): slugs.get(edit.identity) for edit in plan.of("category")}
    steps = Counter({(names[name], *rest): count for (name, *rest), count in come.items()})
    steps.subtract({(former[name], *rest): count for (name, *rest), count in gone.items()})
    changed = {key: step for key, step in steps.items() if step and key[0] is not None}
    known = FacetCount.objects.filter(category__in={pk for pk, *_ in changed})
    present = {(*key,): count for *key, count in known.values_list(*COLUMNS, "count")}
    counts = []
    for key, step in changed.items():
        values = dict(zip(COLUMNS, key, strict=True))
        counts.append(FacetCount(**values, count=present.get(key, 0) + step))
    FacetCount.objects.bulk_create(counts, CHUNK, update_conflicts=True, unique_fields=COLUMNS, update_fields=["count"])
    if not all(one.count for one in counts):
        FacetCount.objects.filter(count=0).delete()
