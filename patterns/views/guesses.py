"""What a mistyped address may have meant: entries, categories and pages, for the price of a few rows.

Addresses that are not there are asked for by machines more than by people, so nothing here reads a long catalogue:
entries are looked for where they stand near the address in the order of slugs.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache

from django.db.models import Q, QuerySet
from django.urls import reverse

from patterns.document.text import CODE, SLUG_LENGTH, slug_of
from patterns.models import Category, Pattern, ShortSlug
from patterns.models.statement import statement
from patterns.store.short_slugs import short_names
from patterns.views.pages import PAGES

NEAR_COUNT = 3
CANDIDATE_COUNT = 400  # entries of a catalogue that is looked at as a whole
NEIGHBOUR_COUNT = 25  # of a longer one, on each side of each word
WORD_COUNT = 1  # of the address that are looked for on their own, the longest
CLOSE_ENOUGH = 0.6
NEXT_TO_BEST = 0.85  # slugs that only share a common word such as "pattern" stay below this part of a good match
ADDRESS = re.compile(
    r"/(?!(?:admin|api|static)/)(?:([a-z]{2,20})/)?([^/]{1,100}?)(?:\.[a-z]{2,5})?(?:/(?:[a-z]{1,20}/?)?)?"
)
CATEGORIES = "categories"
FOLDER_WEIGHT = 0.94  # who mistyped a folder asked for something in it, and less for the page of all


@dataclass(frozen=True)
class Guess:
    label: str
    address: str


def guesses_for(path: str) -> list[Guess]:
    """The most similar first; none if nothing is like it."""
    match = ADDRESS.fullmatch(path)
    typed = slug_of(match[2]) if match else ""
    if match is None or not typed:
        return []
    folder = match[1] or ""
    likeness = Likeness(typed)
    scored = [*entry_guesses(likeness, code=match[2])]
    if folder and Likeness(folder)(CATEGORIES) >= CLOSE_ENOUGH:
        scored += [(likeness(one.slug), Guess(one.name, one.get_absolute_url())) for one in shown_categories()]
    words = page_words()
    if folder not in words:  # below a folder that is there it is not the page that was missed
        weight, likeness = (FOLDER_WEIGHT, Likeness(folder)) if folder else (1.0, likeness)
        scored += [(weight * likeness(word), guess) for word, guess in words.items()]
    ranked = sorted(scored, key=lambda one: -one[0])  # of equals the first found
    # A good match makes the others look poor, so that they are not shown beside it.
    least = max([CLOSE_ENOUGH, *(score * NEXT_TO_BEST for score, _ in ranked[:1])])
    return [*dict.fromkeys(guess for score, guess in ranked if score >= least)][:NEAR_COUNT]


Scored = tuple[float, Guess]


def entry_guesses(likeness: "Likeness", *, code: str) -> Iterator[Scored]:
    """By their slugs, names, other names and codes."""
    number = code.lstrip("0").lower()
    for one in entries_near(likeness.typed, code):
        is_its_code = number == one.code.lstrip("0").lower()
        words = {one.slug, slug_of(one.name), *short_names(one.name, one.aliases)}
        score = 1.0 if is_its_code else max(map(likeness, words))
        yield score, Guess(one.name, one.get_absolute_url())


def entries_near(typed: str, code: str) -> Iterable[Pattern]:
    """All of a small catalogue; of a long one those that stand beside what was typed."""
    public = Pattern.objects.published().only("code", "slug", "name", "aliases")
    found = {one.pk: one for one in public.order_by("slug")[: CANDIDATE_COUNT + 1]}
    if len(found) > CANDIDATE_COUNT:
        found, pks = {}, set[int]()
        words = sorted(typed.split("-"), key=len, reverse=True)[:WORD_COUNT]
        for start in dict.fromkeys((typed, *words)):
            near = [*public.filter(slug__gte=start).order_by("slug")[:NEIGHBOUR_COUNT]]
            found |= {one.pk: one for one in near}
            short = ShortSlug.objects.filter(slug__gte=start).order_by("slug", "pattern")
            pks.update(short.values_list("pattern", flat=True)[:NEIGHBOUR_COUNT])
        before = public.filter(slug__lt=typed).order_by("-slug")[:NEIGHBOUR_COUNT]
        codes = {one for one in (code, f"0{code}", code.upper(), code.lower()) if CODE.fullmatch(one)}
        rest = public.filter(Q(pk__in=pks) | Q(code__in=codes))
        found |= {one.pk: one for each in (before, rest) for one in each}
    return found.values()


@statement
def shown_categories() -> QuerySet[Category]:
    return Category.objects.shown().only("name", "slug")


@cache
def page_words() -> dict[str, Guess]:
    """The pages that are not of one thing, by the first word of their address and by their word in the menu."""
    words: dict[str, Guess] = {}
    for page in PAGES:
        label = page.menu or page.footer
        if "<" in page.path or not (label or page.kind == "page"):
            continue
        address = f"{reverse('patterns:home')}{page.anchor}" if page.anchor else page.address()
        guess = Guess(label or page.name.capitalize(), address)
        for word in (page.path.partition("/")[0].partition(".")[0], slug_of(label)):
            words.setdefault(word, guess)
    words.pop("", None)
    return words


class Likeness:
    """How like what was typed a word is, from 0 to 1; whole words of the other count as very alike."""

    def __init__(self, typed: str) -> None:
        self.typed, self.words = typed, {*typed.split("-")}
        self.matcher = SequenceMatcher(None, "", typed)

    def __call__(self, word: str) -> float:
        if self.typed == word:
            return 1.0
        if self.words <= {*word.split("-")}:
            return 0.9 + 0.1 * len(self.typed) / (len(word) + SLUG_LENGTH)
        matcher = self.matcher
        matcher.set_seq1(word)
        # Both are upper bounds that cost little; the ratio itself is slow for hundreds of candidates.
        if matcher.real_quick_ratio() < CLOSE_ENOUGH or matcher.quick_ratio() < CLOSE_ENOUGH:
            return 0.0
        return matcher.ratio()
