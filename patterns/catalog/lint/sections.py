"""What an entry has of each section: too little, too much, or one side only."""

from collections.abc import Iterator

from patterns.catalog.lint.finding import Catalogue, Remark
from patterns.catalog.lint.manuscript import LONG_TEXTS, Manuscript
from patterns.catalog.lint.ranges import ITEMS, LEAST_COSTS, LEAST_QUALITIES, REVIEW_DAYS, WORDS, word_count

ADVICE = {
    "problem": "say what hurts without it",
    "solution": "say how it works",
    "use_when": "say when it fits",
    "avoid_when": "say when it does not fit",
    "consequences": "say what it gains and what it costs",
    "relations": "relate it to other entries, here or there",
    "steps": "show the interaction, message by message",
    "references": "name who says so",
}


def item_count(one: Manuscript, catalogue: Catalogue, key: str) -> int:
    stated_there = len(catalogue.inverse.get(one.entry.code, ())) if key == "relations" else 0
    return len(getattr(one.entry, key)) + stated_there


def missing(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    """Nothing is missed yet in a draft with only the given keys."""
    is_begun = one.entry.status == "published" or any(getattr(one.entry, key) for key in ADVICE)
    for key in ADVICE if is_begun else ():
        is_there = getattr(one.entry, key) if key in LONG_TEXTS else item_count(one, catalogue, key)
        if not is_there:
            yield Remark(key, "missing", ADVICE[key])


def description_length(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    return words_out_of_range(one, "description")


def section_length(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    for key in LONG_TEXTS:
        if getattr(one.entry, key):
            yield from words_out_of_range(one, key)


def words_out_of_range(one: Manuscript, key: str) -> Iterator[Remark]:
    count = word_count(getattr(one.entry, key))
    if not WORDS[key].holds(count):
        yield Remark(key, f"has {counted(count, 'word')}", f"say it in {WORDS[key]} words")


def section_count(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    for key, wanted in ITEMS.items():
        count = item_count(one, catalogue, key)
        if count and not wanted.holds(count):
            both = ", those stated by others included" if key == "relations" else ""
            yield Remark(key, f"has {counted(count, 'item')}{both}", f"make it {wanted}")


def no_cost(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    if one.entry.consequences and not cost_count(one):
        yield Remark("consequences", "name no cost", "say what it costs")


def few_costs(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    count = cost_count(one)
    if 0 < count < LEAST_COSTS:
        yield Remark("consequences", f"name {counted(count, 'cost')}", f"name at least {LEAST_COSTS}")


def cost_count(one: Manuscript) -> int:
    return sum(consequence.sign == "cost" for consequence in one.entry.consequences)


def few_qualities(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    qualities = {consequence.quality for consequence in one.entry.consequences}
    if 0 < len(qualities) < LEAST_QUALITIES:
        message = f"are all about {next(iter(qualities))}"
        yield Remark("consequences", message, f"say what it does to at least {LEAST_QUALITIES} qualities")


def not_reviewed(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    last = catalogue.reviewed.get(one.entry.code)
    if last is not None and (catalogue.today - last).days > REVIEW_DAYS:
        yield Remark("", f"was last saved on {last:%Y-%m-%d}", "read it once more, and mend what is no longer so")


def counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
