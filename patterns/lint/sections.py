"""What an entry has of each section: too little, too much, or one side only."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise

from patterns.document.entry import MARKDOWN_KEYS, Entry
from patterns.document.register import keys_of
from patterns.document.text import name_key
from patterns.lint.finding import Catalogue, Remark
from patterns.lint.manuscript import Manuscript, Passage, heavy, words_of

KEYS = keys_of(Entry)
WORDS = {name: key.wanted for name, key in KEYS.items() if key.wanted and key.is_text}
ITEMS = {name: key.wanted for name, key in KEYS.items() if key.wanted and not key.is_text}
ADVISED = {name: key for name, key in KEYS.items() if key.advice}
LEAST_COSTS = 2
LEAST_QUALITIES = 2
SENTENCE_WORDS = 40
REVIEW_DAYS = 365


def word_count(text: str) -> int:
    """What stands between spaces and has a letter or a digit, in the text as it is typed."""
    return sum(word.isalnum() or any(map(str.isalnum, word)) for word in text.split())


def item_count(one: Manuscript, catalogue: Catalogue, key: str) -> int:
    stated_there = len(catalogue.inverse.get(one.entry.code, ())) if key == "relations" else 0
    return len(getattr(one.entry, key)) + stated_there


def missing(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    """Nothing is missed yet in a draft with only the given keys."""
    is_begun = one.entry.status == "published" or any(getattr(one.entry, name) for name in ADVISED)
    for name, key in ADVISED.items() if is_begun else ():
        is_there = getattr(one.entry, name) if key.is_text else item_count(one, catalogue, name)
        if not is_there:
            yield Remark(name, "missing", key.advice)


def description_length(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    return words_out_of_range(one, "description")


def section_length(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    for name in MARKDOWN_KEYS:
        if getattr(one.entry, name):
            yield from words_out_of_range(one, name)


def words_out_of_range(one: Manuscript, name: str) -> Iterator[Remark]:
    count = word_count(getattr(one.entry, name))
    if not WORDS[name].holds(count):
        yield Remark(name, f"has {counted(count, 'word')}", f"say it in {WORDS[name]} words")


def section_count(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    for name, wanted in ITEMS.items():
        if name == "steps":
            yield from step_count(one)
            continue
        count = item_count(one, catalogue, name)
        if count and not wanted.holds(count):
            both = ", those stated by others included" if name == "relations" else ""
            yield Remark(name, f"has {counted(count, 'item')}{both}", f"make it {wanted}")


def step_count(one: Manuscript) -> Iterator[Remark]:
    """Of each diagram: steps without a variant stand in all of them."""
    names = {name_key(step.variant): step.variant for step in one.entry.steps if step.variant} or {"": ""}
    for key, name in names.items() if one.entry.steps else ():
        count = sum(name_key(step.variant) in ("", key) for step in one.entry.steps)
        if not ITEMS["steps"].holds(count):
            where = f" in the diagram of {name!r}" if name else ""
            yield Remark("steps", f"has {counted(count, 'item')}{where}", f"make it {ITEMS['steps']}")


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


# Conditions that stand on both sides.


ALIKE = 0.5  # of the pairs of neighbouring words that either has, those that both have
NEGATING = frozenset(
    words_of("no not nobody none nothing never neither nor without cannot lacks lack hardly few little")
)
# Pairs of which one says what the other denies, and words that say nothing of what a condition is about.
OPPOSED = ((words_of("one two single same"), words_of("several many different")),)
JOINING = frozenset(words_of("and or but all any each every some more most less than can could may must should would"))
NEGATED = 0.6  # of the words that matter in the shorter of two conditions, those that the longer one has too
LEAST_SHARED = 2  # words


def contradiction(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    avoided = {condition.plain for condition in conditions(one, "avoid_when")}
    for condition in conditions(one, "use_when"):
        if condition.plain in avoided:
            message = f"{condition.passage.text!r} is a reason to use it and to avoid it"
            yield Remark(condition.passage.key, message, "decide which, or say what differs")


def near_contradiction(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    avoided = conditions(one, "avoid_when")
    for condition in conditions(one, "use_when"):
        if other := next(filter(condition.is_nearly, avoided), None):
            message = f"{condition.passage.text!r} is nearly {other.passage.text!r}, a reason to avoid it"
            yield Remark(condition.passage.key, message, "decide which, or say what differs")


def negated_condition(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    used = conditions(one, "use_when")
    for condition in conditions(one, "avoid_when"):
        if other := next(filter(condition.is_negation_of, used), None):
            message = f"{condition.passage.text!r} only denies {other.passage.text!r}, a reason to use it"
            yield Remark(condition.passage.key, message, "name another situation in which it does not fit")


def shared_symptom(one: Manuscript, catalogue: Catalogue) -> Iterator[Remark]:
    for passage in one.section("symptoms"):
        codes = catalogue.symptoms.get(heavy(passage.words), ())
        if other := next((code for code in codes if code != one.entry.code), ""):
            message = f"{passage.text!r} is a symptom of {catalogue.label(other)} too"
            yield Remark(passage.key, message, "say what tells the two apart")


@dataclass(frozen=True)
class Condition:
    passage: Passage

    @cached_property
    def plain(self) -> str:
        return name_key(self.passage.text.rstrip(".!; "))

    @cached_property
    def heavy(self) -> tuple[str, ...]:
        return heavy(self.passage.words)

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        return frozenset(self.heavy)

    @cached_property
    def neighbours(self) -> frozenset[tuple[str, str]]:
        return frozenset(pairwise(self.heavy))

    @cached_property
    def matter(self) -> frozenset[str]:
        """What it is about, in the singular, whether it is said or denied."""
        sides = frozenset(chain.from_iterable(chain.from_iterable(OPPOSED)))
        return frozenset(word.rstrip("s") or word for word in self.vocabulary - NEGATING - JOINING - sides)

    @property
    def is_negative(self) -> bool:
        return not NEGATING.isdisjoint(self.vocabulary)

    def denies(self, other: "Condition") -> bool:
        opposed = (
            (self.vocabulary & {*ours}, other.vocabulary & {*theirs})
            for pair in OPPOSED
            for ours, theirs in (pair, pair[::-1])
        )
        return self.is_negative != other.is_negative or any(ours and theirs for ours, theirs in opposed)

    def is_negation_of(self, other: "Condition") -> bool:
        """Whether one of the two denies what the other says, and says little else."""
        both = self.matter & other.matter
        shorter = min(len(self.matter), len(other.matter))
        return len(both) >= max(LEAST_SHARED, NEGATED * shorter) and self.denies(other)

    def is_nearly(self, other: "Condition") -> bool:
        """Whether the two differ, and in nothing that matters."""
        if self.plain == other.plain or self.vocabulary != other.vocabulary:
            return False
        both, either = self.neighbours & other.neighbours, self.neighbours | other.neighbours
        return len(both) >= ALIKE * len(either) > 0


def conditions(one: Manuscript, key: str) -> list[Condition]:
    return [Condition(passage) for passage in one.section(key)]
