"""The guide for language models and the programs around them, after the convention of llmstxt.org.

A title, a summary, and lists of links to plain text: the Markdown of each entry by category, then the data as a whole.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from patterns.files.markdown import plain_line
from patterns.models import Catalog, Pattern
from patterns.models.constraints import IN_CODE_ORDER
from patterns.models.statement import statement
from patterns.store.reading import consistent_read
from patterns.views.category import shown_categories
from patterns.views.freshness import public, versioned
from patterns.views.lab.index import ExaminedEntry, examined_entries
from patterns.views.rendering import LICENCE, LICENCE_NAME, headers, whole_address

NAMED_COUNT = 500  # beyond that the guide leads to the categories and to the files that hold all entries
SHELF_COUNT = 500

# What is always there: title, name of the page, what it is.
DECIDING = (
    ("Symptoms", "symptoms", "what hurts, by concern, and the entries that each leads to"),
    ("Finder", "find", "candidates for symptoms in order, and what is excluded, with reasons"),
    ("Gains and costs", "matrix", "every entry by quality, and what the lab found out under which fault"),
    ("Decision record", "decide", "the same record as a page"),
)
DATA = (
    ("Whole catalogue, TOML", "catalog_toml", "every entry with all that its page says"),
    ("Whole catalogue, JSON", "catalog_json", "the same"),
    ("Schema", "catalog_schema", "JSON Schema of the file"),
    ("API", "api_openapi", "OpenAPI 3.1: search, filters, entries, history; for reading"),
)
OPTIONAL = (
    ("How the catalogue is curated", "about", "what its evidence means, how to cite it"),
    ("The lab", "lab", "how to read an experiment"),
    ("An order system", "lab_order_system", "five patterns in one system: which faults each combination survives"),
    ("An order system, JSON", "lab_order_system_json", "the figures of all combinations"),
    ("Changes", "changes", "what readers could see change, and why"),
)


@statement
def named_entries() -> QuerySet[Pattern, Any]:
    """Category, slug, name and description, in the order of the categories."""
    rows = Pattern.objects.published().order_by("category__position", "category__pk", *IN_CODE_ORDER)
    return rows.values_list("category__name", "slug", "name", "description")[:NAMED_COUNT]


@statement
def one_more() -> QuerySet[Pattern, int]:
    """Nothing as long as all entries can be named; along an index, however many there are."""
    rows = Pattern.objects.published().in_code_order()
    return rows.values_list("pk", flat=True)[NAMED_COUNT : NAMED_COUNT + 1]


@statement
def first_codes() -> QuerySet[Pattern, str]:
    """Two to show with how an address is made."""
    return Pattern.objects.published().in_code_order().values_list("code", flat=True)[:2]


@public
@versioned
def llms_file(request: HttpRequest) -> HttpResponse:
    with consistent_read():
        (catalog,) = headers()
        entries = [] if one_more() else named_entries()
        text = guide(catalog, entries, shown_categories(), examined_entries(), first_codes())
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def guide(
    catalog: Catalog,
    entries: Sequence[Any],
    categories: Sequence[Any],
    examined: Iterable[ExaminedEntry],
    codes: Sequence[str],
) -> str:
    """``entries`` are those to name, none if they are too many; ``categories`` are rows with ``published_count``.

    ``codes`` are those of some entries for an example; perhaps there are none.
    """
    count = sum(one.published_count for one in categories)
    parts = [f"# {plain_line(catalog.name)}"]
    if catalog.description:
        parts.append(f"> {plain_line(catalog.description)}")
    parts.append(
        f"{count:,} entr{'y' if count == 1 else 'ies'}, version {catalog.version} of the catalogue. Each entry says "
        "which problem it solves and how, when to leave it alone, what it gains and costs, and what backs each of "
        "that: a source, or a figure of the failure lab; what names neither is the editors' judgement. "
        f"The texts are licensed [{LICENCE_NAME}]({LICENCE}): name the catalogue and link to the entry."
    )
    if entries:
        for category, rows in groupby(entries, key=itemgetter(0)):
            lines = (link_line(name, whole_address("pattern_md", slug), text) for _, slug, name, text in rows)
            # Not the name alone: a category may be called "Optional", which means in such a guide what may be skipped.
            parts.append(section(f"Entries in {plain_line(category)}", lines))
    elif categories:
        shelves = (
            link_line(
                one.name, whole_address("api_patterns", suffix=f"?category={one.slug}"), "its entries, page by page"
            )
            for one in categories[:SHELF_COUNT]
        )
        text = "They are too many to be named here. The file of an entry is named as its slug: /patterns/SLUG.md"
        parts.append(section("Categories", shelves, text=text))
    runs = [
        link_line(one.experiment.title, whole_address("pattern_lab", one.pattern.slug), one.experiment.question)
        for one in examined
    ]
    if runs:
        parts.append(section("Failure lab", runs))
    text = ""
    if codes:
        chosen = urlencode([*zip(("choose", "considered"), codes, strict=False)])
        text = (
            "A decision record as Markdown, for the codes of the chosen entry and of each that was considered, "
            f"for example <{whole_address('decide_md', suffix=f'?{chosen}')}>"
        )
    parts.append(section("From symptoms to a decision", lines_of(DECIDING), text=text))
    parts += [section("Data", lines_of(DATA)), section("Optional", lines_of(OPTIONAL))]
    return "\n\n".join(parts) + "\n"


def lines_of(pages: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    return (link_line(title, whole_address(page), about) for title, page, about in pages)


def section(title: str, lines: Iterable[str], *, text: str = "") -> str:
    return "\n\n".join(filter(None, (f"## {title}", text, "\n".join(lines))))


def link_line(name: str, address: str, about: str) -> str:
    # Without angle brackets, which readers of such guides take for a part of the address; ours needs none.
    return f"- [{plain_line(name)}]({address}): {plain_line(about)}"
