"""The matrix: what every entry does to every quality, and what the lab showed in every situation."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, islice
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from patterns.document.text import CODE
from patterns.document.vocabulary import QUALITIES, SIGNS
from patterns.models import Category, FacetCount, Pattern
from patterns.models.pattern import Consequence
from patterns.models.statement import statement
from patterns.store.category_addresses import present_slugs
from patterns.views.category import shown_categories
from patterns.views.freshness import public
from patterns.views.lab.index import LabQuery, examined_entries
from patterns.views.rendering import render_page
from patterns.views.tradeoffs import TRADEOFF_KEYS, matrix_rows, parts_of_entries

PAGE_SIZE = 60


@dataclass(frozen=True)
class MatrixQuery:
    """What an address asks for: one quality or all, one category or all, and the place behind which a page begins.

    ``after`` is a code, of an entry in the category ``at``; what means nothing counts as not said.
    """

    quality: str
    category: Category | None
    at: Category | None = None
    after: str = ""

    @classmethod
    def of(cls, request: HttpRequest, categories: Sequence[Category]) -> "MatrixQuery":
        by_slug = {one.slug: one for one in categories}
        quality = request.GET.get("quality", "")
        chosen = request.GET.get("category", "")
        slug, _, code = request.GET.get("after", "").partition(".")
        for former, present in present_slugs({chosen, slug} - by_slug.keys()).items():
            if present in by_slug:
                by_slug[former] = by_slug[present]
        category = by_slug.get(chosen)
        at = by_slug.get(slug)
        if not CODE.fullmatch(code) or (category and at != category):
            at = None
        return cls(quality if quality in QUALITIES else "", category, at, code if at else "")

    @property
    def address(self) -> str:
        """The one address of the page."""
        return self._address(self.quality, self.category, f"{self.at.slug}.{self.after}" if self.at else "")

    @property
    def whole(self) -> str:
        """The address without the category, from the first page on."""
        return self._address(self.quality, None)

    @property
    def start(self) -> str:
        """The address of the first page."""
        return self._address(self.quality, self.category)

    def of_quality(self, quality: str) -> str:
        return self._address(quality, self.category)

    def behind(self, pattern: Pattern) -> str:
        return self._address(self.quality, self.category, f"{pattern.category.slug}.{pattern.code}")

    @staticmethod
    def _address(quality: str, category: Category | None, after: str = "") -> str:
        said = {"after": after, "category": category.slug if category else "", "quality": quality}
        query = urlencode({name: value for name, value in said.items() if value})
        return reverse("patterns:matrix") + (f"?{query}" if query else "")


# Which entries stand on a page: by category and, within one, by code. Categories are in no index together with their
# position, so their counts, which are kept, say from which of them a page is filled.


@statement
def counts_with(quality: str) -> QuerySet[FacetCount, tuple[int, str, int]]:
    rows = FacetCount.objects.filter(sign__in=SIGNS, quality=quality).values("category", "sign")
    return rows.annotate(total=Sum("count")).order_by().values_list("category", "sign", "total")


def least_in(query: MatrixQuery, categories: Sequence[Category]) -> dict[Category, int]:
    """Categories from which rows come, in their order, with a number of rows that each has at least.

    It has twice as many at most: an entry may gain a quality and pay with it, too.
    """
    wanted = [query.category] if query.category else categories
    if not query.quality:
        return {one: one.published_count for one in wanted}  # type: ignore[attr-defined]  # annotated
    least: dict[int, int] = {}
    for category, _, total in counts_with(query.quality):
        least[category] = max(total, least.get(category, 0))
    return {one: least[one.pk] for one in wanted if one.pk in least}


def entries_of(query: MatrixQuery, categories: Sequence[Category]) -> list[Pattern]:
    """One more than a page shows, if there is a next one. In four queries, of which none reads more than two pages."""
    left = PAGE_SIZE + 1
    wanted = Pattern.objects.published()
    if query.quality:
        # With the sign, which may be either, this is answered from the index of qualities.
        said = Consequence.objects.filter(pattern=OuterRef("pk"), quality=query.quality, sign__in=SIGNS)
        wanted = wanted.filter(Exists(said))
    least, found = least_in(query, categories), list[Pattern]()
    if query.at:
        ranges = wanted.in_category(query.at).behind(query.after)
        found += islice(chain.from_iterable(each.for_links()[:left] for each in ranges), left)
        order = [one.pk for one in categories]
        behind = order[order.index(query.at.pk) + 1 :]
        least = {one: count for one, count in least.items() if one.pk in behind}
    # Categories that fit as a whole are few and small; the one behind them may be large, and is read along its index.
    whole, last, left = [], None, left - len(found)
    for category, count in least.items():
        if count >= left:
            last = category if left > 0 else None
            break
        whole.append(category)
        left -= count
    if whole:
        together = wanted.filter(category__in=whole).for_links()
        ordered = together.in_code_order()
        ranks = {one.pk: rank for rank, one in enumerate(whole)}
        found += sorted(ordered, key=lambda one: ranks[one.category_id])  # stable: codes stay in their order
    if last:
        found += wanted.in_category(last).in_code_order().for_links()[: PAGE_SIZE + 1]
    return found[: PAGE_SIZE + 1]


@public
def matrix_page(request: HttpRequest) -> HttpResponse:
    categories = shown_categories()
    query = MatrixQuery.of(request, categories)
    found = entries_of(query, categories)
    shown = found[:PAGE_SIZE]
    qualities = (query.quality,) if query.quality else QUALITIES
    rows = matrix_rows(shown, parts_of_entries(shown, TRADEOFF_KEYS), qualities)
    trials = []
    if not query.at:  # once is enough
        tried = (one for one in examined_entries() if query.category in (None, one.pattern.category))
        trials = LabQuery(fault="", quality=query.quality).of_all(tried)
    return render_page(
        request,
        "patterns/matrix.html",
        path=query.address,
        query=query,
        rows=rows,
        qualities=qualities,
        choices=[(one, query.of_quality(one)) for one in QUALITIES],
        every_quality=query.of_quality(""),
        next=query.behind(shown[-1]) if len(found) > PAGE_SIZE else "",
        trials=trials,
    )
