"""What templates of the pages need beyond the framework: filters for texts and drawings, and what machines are told."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, wraps
from typing import Any, Literal

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from patterns import markup
from patterns.document.prose import opening, teaser
from patterns.document.vocabulary import QUALITIES
from patterns.drawing.svg import Svg
from patterns.files.citation import Citation
from patterns.lab.experiments import BY_SLUG
from patterns.lab.golden import stored_verdict
from patterns.models import Catalog, Pattern
from patterns.models.pattern import PROBLEM_START, hue
from patterns.search.result import Facet, Hit, Pieces
from patterns.views.pages import PAGES
from patterns.views.pattern import Presented
from patterns.views.relations import Prose
from patterns.views.rendering import whole_address
from patterns.views.schema_org import DESCRIPTIONS, Data

register = template.Library()
# The colour of a category: a class for each position, in patterns.models.pattern, and its colour in tokens.css.
register.filter(hue)
register.filter(opening)


@register.filter
def markdown(prose: Prose) -> SafeString:
    # The markup module sanitises.
    return mark_safe(markup.html_of(prose.text, targets=prose.targets))  # nosec B308, B703


@register.filter
def drawn(drawing: Svg) -> SafeString:
    """The one way of a drawing into a page: nothing but an ``Svg``, which the drawing package escaped, is trusted."""
    if not isinstance(drawing, Svg):
        raise TypeError(f"{type(drawing).__name__} is no drawing")
    return mark_safe(drawing)  # nosec B308, B703


EXAMPLE_COUNT, EXAMPLES_LENGTH = 3, 40


@register.filter
def examples(catalog: Catalog | str) -> str:
    """What a reader may look for, in the words of the catalogue's header; those that a field has room for."""
    keywords = catalog.keywords[:EXAMPLE_COUNT] if isinstance(catalog, Catalog) else []
    shown = [", ".join(keywords[:count]) for count in range(1, len(keywords) + 1)]
    return next((f"{one}…" for one in reversed(shown) if len(one) <= EXAMPLES_LENGTH), "")


@register.simple_tag
def masthead(here: str, name: str) -> SafeString:
    """The top of every page; ``here`` is the path that was asked for, ``name`` what the site is called."""
    return masthead_at(here if here in marked_addresses() else "", name)


@cache
def named_pages(place: Literal["menu", "footer"]) -> dict[str, str]:
    """Address → word, of the pages that are named there."""
    home = reverse("patterns:home")
    return {
        f"{home}{page.anchor}" if page.anchor else reverse(f"patterns:{page.name}"): word
        for page in PAGES
        if (word := getattr(page, place))
    }


@cache
def marked_addresses() -> frozenset[str]:
    """What the top of a page leads to, and so tells readers that they are there."""
    return frozenset({reverse("patterns:home"), *named_pages("menu")})


@lru_cache(maxsize=64)  # each name that the catalogue had since the process began, at a dozen addresses
def masthead_at(here: str, name: str) -> SafeString:
    """The same at each address that it leads to, and at all others, which are none."""
    context = {"here": here, "name": name, "home": reverse("patterns:home"), "index": reverse("patterns:index")}
    return render_to_string("_masthead.html", {**context, "links": named_pages("menu")})


@register.simple_tag
def footer_links() -> dict[str, str]:
    """Address → word of what the foot of a page leads to."""
    return named_pages("footer")


MARK = "<mark>{}</mark>"


def marked(pieces: Pieces) -> SafeString:
    """A text with what the reader's words found in it."""
    # Here and not in a template: a page of results has some hundred pieces.
    html = "".join(format_html(MARK, one.text) if one.is_match else escape(one.text) for one in pieces)
    return mark_safe(html)  # nosec B308, B703


@register.filter
def options(names: Iterable[str]) -> SafeString:
    """What a field proposes; there are hundreds."""
    return mark_safe("".join(f'<option value="{escape(name)}"></option>' for name in names))  # nosec B308, B703


# Entries in lists. A list shows fifty, most of which are on the next one, too.


@dataclass(frozen=True)
class Card:
    """What a list shows of an entry; equal cards look alike.

    ``line`` is what hurts without it; ``gains`` and ``costs`` are qualities in words, and ``lab`` is what the lab's
    experiment showed in its usual situation, if there is one.
    """

    code: str
    slug: str
    name: str
    line: str
    kind: str
    category: str
    position: int
    gains: str = ""
    costs: str = ""
    lab: str = ""


@register.simple_tag
def card(pattern: Pattern, is_compared: bool = False) -> SafeString:
    """The card of an entry that was read ``for_cards``."""
    row: Any = pattern  # with what the query adds to it
    line = teaser(row.problem_start, is_cut=len(row.problem_start) == PROBLEM_START) or pattern.description
    found = {*row.qualities.split(",")}
    gains, costs = (", ".join(one for one in QUALITIES if f"{sign} {one}" in found) for sign in ("gain", "cost"))
    # As where the entry's own page looks for it: one that was renamed keeps its experiment.
    experiment = next(
        (BY_SLUG[slug] for slug in (pattern.slug, *sorted(row.former.split(","))) if slug in BY_SLUG), None
    )
    lab = stored_verdict(experiment, experiment.default).word.lower() if experiment else ""
    about = (pattern.code, pattern.slug, pattern.name, line, pattern.kind)
    shown = Card(*about, pattern.category.name, pattern.category.position, gains, costs, lab)
    return drawn_card(shown, is_compared=bool(is_compared))


@lru_cache(maxsize=2_000)  # a line of 1,000 characters at most makes it some kilobytes at worst
def drawn_card(card: Card, *, is_compared: bool) -> SafeString:
    return render_to_string("patterns/_card.html", {"card": card, "is_compared": is_compared})


@register.simple_tag
@lru_cache(maxsize=2_000)
def pick(slug: str, name: str) -> SafeString:
    """The tick that chooses an entry to be compared."""
    return render_to_string("patterns/_pick.html", {"slug": slug, "name": name})


# Of results and options there are so many that a template would spend most of a page's time on walking to their values:
# both are handed them as they are to be written.


@register.inclusion_tag("patterns/_found.html")
def found(hits: Sequence[Hit]) -> dict[str, Any]:
    """What words found, one after the other."""
    return {"results": [result_of(hit) for hit in hits]}


def result_of(hit: Hit) -> dict[str, Any]:
    pattern, category = hit.pattern, hit.pattern.category
    return {
        "code": pattern.code,
        "is_style": pattern.kind == pattern.Kind.STYLE,
        "address": pattern.get_absolute_url(),
        "category": category.name,
        "hue": hue(category.position),
        "name": marked(hit.name),
        "description": marked(hit.description),
        "aliases": [marked(alias) for alias in hit.aliases],
        "snippet": marked(hit.snippet),
        "pick": pick(pattern.slug, pattern.name),
    }


@register.simple_tag
@lru_cache(maxsize=64)
def facet(facet: Facet, address: str) -> SafeString:
    """The options of a facet, as links; ``address`` is that of the list."""
    options = [
        {
            "label": one.label,
            "count": one.count,
            "hue": "" if one.position is None else hue(one.position),
            "is_included": one.is_included,
            "is_excluded": one.is_excluded,
            "including": f"{address}{one.including.suffix}",
            "excluding": f"{address}{one.excluding.suffix}",
        }
        for one in facet.options
    ]
    context = {"name": facet.name, "title": facet.title, "is_capped": facet.is_capped, "options": options}
    return render_to_string("patterns/_facet.html", context)


# What pages say to machines in the words of schema.org: a tag for each kind of page.


ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&"}


@register.simple_tag
def citation(catalog: Catalog, entry: Presented) -> Citation:
    """How to cite an entry as it is now."""
    pattern = entry.pattern
    return Citation(
        pattern.name,
        pattern.code,
        pattern.slug,
        catalog.name,
        entry.changed_at.date(),
        whole_address("pattern", pattern.slug),
        catalog.version,
    )


def script_text(data: Data) -> SafeString:
    """JSON that cannot end its script element: ASCII only, and no character with which markup begins."""
    return mark_safe(json.dumps(data).translate(ESCAPES))  # nosec B308, B703


def script_tag(describe: Callable[..., Data]) -> Callable[..., SafeString]:
    @wraps(describe)  # a tag takes what its function takes
    def tag(*args: Any, **kwargs: Any) -> SafeString:
        return script_text(describe(*args, **kwargs))

    return tag


for describe in DESCRIPTIONS:
    register.simple_tag(script_tag(describe))
