"""What a list is asked for: the reader's words, facets, order and place, as one value with one address."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from django.http import QueryDict

from patterns.document.text import CODE, SLUG, SLUG_LENGTH
from patterns.document.vocabulary import KINDS, QUALITIES
from patterns.search.terms import question_of

Q_LENGTH = 200
VALUE_COUNT = 20  # of one facet; more is no reader's choice
# What turns the direction of text, too: unclosed, it would turn what stands behind the reader's words.
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

FACETS: Final = ("category", "kind", "gains", "costs")
SORTS: Final = ("relevance", "code", "name", "changed")
KNOWN: dict[str, Sequence[str]] = {"kind": KINDS, "gains": QUALITIES, "costs": QUALITIES}


@dataclass(frozen=True)
class FacetChoice:
    """The values of one facet that an entry must have, and those that it must not have; each in one order."""

    included: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.included or self.excluded)

    def admits(self, value: str) -> bool:
        return value not in self.excluded and (value in self.included or not self.included)


ANY: Final = FacetChoice()


@dataclass(frozen=True, kw_only=True)
class ListQuery:
    """What ``/patterns/`` and the API take: ``category`` holds slugs, ``gains`` and ``costs`` qualities.

    Categories and kinds widen each other (an entry has one); qualities narrow. ``after`` is the code of the entry that
    the page begins behind. Parsing never fails: what cannot be meant is left out.
    """

    q: str = ""
    category: FacetChoice = ANY
    kind: FacetChoice = ANY
    gains: FacetChoice = ANY
    costs: FacetChoice = ANY
    sort: str = ""
    after: str = ""

    def __post_init__(self) -> None:
        """An order that goes without saying is not said, so that equal lists have equal addresses."""
        is_known = self.sort in SORTS and (self.q or self.sort != "relevance")
        object.__setattr__(self, "sort", self.sort if is_known else self.usual_sort)

    @classmethod
    def parse(cls, parameters: QueryDict) -> "ListQuery":
        choices = {name: choice_from(parameters, name) for name in FACETS}
        after = parameters.get("after") or ""
        return cls(
            q=reader_text(parameters.get("q") or ""),
            sort=parameters.get("sort") or "",
            after=after if CODE.fullmatch(after) else "",
            **choices,
        )

    @property
    def usual_sort(self) -> str:
        return "relevance" if self.q else "code"

    @property
    def is_sentence(self) -> bool:
        """Whether somebody tells a trouble, and names nothing."""
        return question_of(self.q).is_sentence

    @property
    def choices(self) -> dict[str, FacetChoice]:
        return {name: getattr(self, name) for name in FACETS}

    @property
    def is_narrowed(self) -> bool:
        """Whether it asks for anything but all entries."""
        return bool(self.q or any(self.choices.values()))

    def to_query_string(self) -> str:
        """The parameters in their one order, without a question mark; empty for the plain list."""
        return urlencode([*self.pairs()], safe="")

    @property
    def suffix(self) -> str:
        """What follows the address of the list."""
        text = self.to_query_string()
        return f"?{text}" if text else ""

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Name and value of each parameter, in the one order."""
        if self.q:
            yield "q", self.q
        for name, choice in self.choices.items():
            yield from ((name, value) for value in choice.included)
            yield from ((f"-{name}", value) for value in choice.excluded)
        if self.sort != self.usual_sort:
            yield "sort", self.sort
        if self.after:
            yield "after", self.after

    @property
    def kept_pairs(self) -> list[tuple[str, str]]:
        """What a new question keeps: everything but the words and the place."""
        return [(name, value) for name, value in self.pairs() if name not in ("q", "after")]

    # Other lists: each begins at its first page.

    def toggled(self, name: str, value: str, *, is_excluded: bool = False) -> "ListQuery":
        """With a value of a facet chosen, or not chosen any more if it was, this way."""
        choice = self.choices[name]
        before = choice.excluded if is_excluded else choice.included
        kept = FacetChoice(*(tuple(one for one in side if one != value) for side in (choice.included, choice.excluded)))
        if value in before:
            return self.with_choice(name, kept)
        added = ordered_values(name, (*(kept.excluded if is_excluded else kept.included), value))
        return self.with_choice(name, replace(kept, **{"excluded" if is_excluded else "included": added}))

    def with_choice(self, name: str, choice: FacetChoice) -> "ListQuery":
        return replace(self, after="", **{name: choice})  # type: ignore[arg-type]  # the fields of FACETS are choices

    def in_categories(self, present: Mapping[str, str]) -> "ListQuery":
        """With the categories of today in place of those that ``present`` maps to them; the place stays."""
        sides = ((present.get(one, one) for one in side) for side in (self.category.included, self.category.excluded))
        included, excluded = (ordered_values("category", side) for side in sides)
        return replace(self, category=FacetChoice(tuple(one for one in included if one not in excluded), excluded))

    def with_q(self, q: str) -> "ListQuery":
        return replace(self, q=q, sort="" if self.sort == self.usual_sort else self.sort, after="")

    def sorted_by(self, sort: str) -> "ListQuery":
        return replace(self, sort=sort, after="")

    def behind(self, code: str) -> "ListQuery":
        return replace(self, after=code)

    def unfiltered(self) -> "ListQuery":
        """The words alone."""
        return ListQuery(q=self.q, sort=self.sort)


def reader_text(text: str, length: int = Q_LENGTH) -> str:
    """What was typed, on one line and not longer than anybody's question, or than ``length``."""
    # Cut twice: before it is cleaned, since anything may be sent, and to its length when blanks are gone.
    return " ".join(CONTROL.sub(" ", text[: 4 * length]).split())[:length].strip()


def choice_from(parameters: QueryDict, name: str) -> FacetChoice:
    """A value on both sides is excluded."""
    excluded = ordered_values(name, parameters.getlist(f"-{name}"))
    return FacetChoice(ordered_values(name, (one for one in parameters.getlist(name) if one not in excluded)), excluded)


def ordered_values(name: str, values: Iterable[str]) -> tuple[str, ...]:
    """The values that the facet can have, once each: slugs by letter, others as their vocabulary lists them."""
    given = {*values}
    if name in KNOWN:
        return tuple(word for word in KNOWN[name] if word in given)
    return tuple(sorted(one for one in given if len(one) <= SLUG_LENGTH and SLUG.fullmatch(one))[:VALUE_COUNT])
