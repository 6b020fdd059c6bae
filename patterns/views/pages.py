"""Every public address once: who answers it, and what menus, crawlers and query budgets say of it.

The API's operations stand in ``patterns.api`` instead, because programs are told more about them. A new page is a row
here, a view and a template; the address, the menu, the sitemap and the tests for all pages follow from the row.
"""

from dataclasses import KW_ONLY, dataclass, field
from enum import Enum
from operator import itemgetter
from typing import Any, Final, Literal
from urllib.parse import parse_qsl, urlencode

from django.urls import Resolver404, resolve, reverse

from patterns.files.formats import FORMATS
from patterns.search.query import FACETS


class Crawl(Enum):
    """What crawlers may visit, where there is more than they could ever use."""

    ALL = "all"
    LIST = "the bare address, and the pages that follow it"
    BARE = "the bare address, without any query"
    NONE = "nothing"


@dataclass(frozen=True)
class Page:
    name: str
    path: str
    view: str
    """A function below ``patterns``, in words as in settings: so views may read this table, and it imports none."""
    _: KW_ONLY
    options: dict[str, Any] = field(default_factory=dict)
    """What the view is told besides the slug."""
    kind: Literal["page", "data", "feed", "crawlers"] = "page"
    queries: int
    """How many database queries it takes at most, however large the catalogue is; tests hold it to that."""
    menu: str = ""
    """Its word at the top of every page, where the order is that of the table."""
    footer: str = ""
    """Its word at the foot of every page, in the same order."""
    anchor: str = ""
    """Part of the home page that its word leads to, if the page itself needs a slug or is a download."""
    in_sitemap: bool = False
    """Pages with a slug are named in the sitemap by what they are of, and not here."""
    crawl: Crawl = Crawl.ALL
    parameters: tuple[str, ...] | None = ()
    """What the answer depends on in a query; the rest is dropped before it is made. None: it takes or refuses all."""

    def address(self, *args: Any) -> str:
        return reverse(f"patterns:{self.name}", args=args)


MOST_PAIRS: Final = 100  # in a query; Django reads a thousand
LIST_PARAMETERS: Final = ("q", "sort", "after", *(f"{sign}{name}" for name in FACETS for sign in ("", "-")))

QUESTION_PARAMETERS: Final = ("symptom", "limit", "holds", "have", "bears")
DECISION_PARAMETERS: Final = (
    *("choose", "considered", "with", "q", "title", "reason", "deciders", "variant", "date", "status"),
    *QUESTION_PARAMETERS,
)

PAGES = (
    # Of the site, in the order of the menu and of the footer
    Page("home", "", "views.site.home_page", queries=8, in_sitemap=True),
    Page(
        "symptoms",
        "symptoms/",
        "views.symptoms.symptoms_page",
        queries=4,
        menu="Symptoms",
        in_sitemap=True,
        crawl=Crawl.LIST,
        parameters=("concern", "after"),
    ),
    Page(
        "find",
        "find/",
        "views.find.find_page",
        queries=10,
        menu="Find",
        in_sitemap=True,
        crawl=Crawl.BARE,
        parameters=("q", *QUESTION_PARAMETERS),
    ),
    Page(
        "index",
        "patterns/",
        "views.index.index_page",
        queries=6,
        menu="Entries",
        in_sitemap=True,
        crawl=Crawl.LIST,
        parameters=LIST_PARAMETERS,
    ),
    Page("decide", "decide/", "views.decide.decide_page", queries=10, crawl=Crawl.BARE, parameters=DECISION_PARAMETERS),
    Page(
        "decide_md",
        "decide.md",
        "views.decide.decide_markdown",
        kind="data",
        queries=10,
        crawl=Crawl.ALL,  # the guide for programs has an example; all others are led to from where no crawler may go
        parameters=DECISION_PARAMETERS,
    ),
    Page(
        "categories",
        "categories/",
        "views.category.categories_page",
        queries=2,
        footer="Categories",
        in_sitemap=True,
    ),
    Page("category", "categories/<slug:slug>/", "views.category.category_page", queries=9, parameters=("after",)),
    Page(
        "compare",
        "compare/",
        "views.compare.compare_page",
        queries=10,
        menu="Compare",
        crawl=Crawl.BARE,
        parameters=("pattern", "differences"),
    ),
    Page(
        "matrix",
        "matrix/",
        "views.matrix.matrix_page",
        queries=10,
        menu="Matrix",
        in_sitemap=True,
        crawl=Crawl.LIST,
        parameters=("quality", "category", "after"),
    ),
    Page("map", "map/", "views.map.map_page", queries=6, menu="Map", in_sitemap=True, parameters=("entry", "type")),
    Page(
        "lab",
        "lab/",
        "views.lab.index.experiment_index",
        queries=3,
        parameters=("fault", "quality"),
        menu="Lab",
        in_sitemap=True,
    ),
    Page(
        "lab_order_system",
        "lab/order-system/",
        "views.lab.composition.order_system_page",
        queries=3,
        in_sitemap=True,
        crawl=Crawl.BARE,
        parameters=None,
    ),
    Page("lab_order_system_json", "lab/order-system.json", "api.composition.composition_data", kind="data", queries=0),
    Page(
        "catalog_toml",
        "catalog.toml",
        "views.downloads.catalog_file",
        options={"format": "toml"},
        kind="data",
        queries=19,
        footer="Data",
        anchor="#data",
    ),
    Page("about", "about/", "views.site.about_page", queries=2, menu="About", in_sitemap=True),
    Page(
        "changes",
        "changes/",
        "views.changes.changes_page",
        queries=9,
        footer="Changes",
        in_sitemap=True,
        parameters=("before",),
    ),
    # Of one entry
    Page(
        "pattern",
        "patterns/<slug:slug>/",
        "views.pattern.pattern_page",
        queries=8,
        crawl=Crawl.BARE,  # each mark leads to further marks
        parameters=("have",),
    ),
    Page("history", "patterns/<slug:slug>/history/", "views.history.history_page", queries=6, parameters=("before",)),
    Page(
        "suggest",
        "patterns/<slug:slug>/suggest/",
        "views.suggest.suggest_page",
        queries=2,
        crawl=Crawl.NONE,  # a form is for people
        parameters=("sent",),
    ),
    Page(
        "pattern_lab",
        "patterns/<slug:slug>/lab/",
        "views.lab.page.experiment_page",
        queries=3,
        crawl=Crawl.BARE,
        parameters=None,
    ),
    Page(
        "pattern_lab_json",
        "patterns/<slug:slug>/lab.json",
        "api.lab.run_data",
        kind="data",
        queries=5,
        crawl=Crawl.NONE,
        parameters=None,
    ),
    *(
        Page(
            f"pattern_{suffix}",
            f"patterns/<slug:slug>.{suffix}",
            "views.downloads.pattern_file",
            options={"format": suffix},
            kind="data",
            queries=10,
        )
        for suffix in (name for name, format in FORMATS.items() if format.is_of_entries and format.is_public)
    ),
    Page("pattern_md", "patterns/<slug:slug>.md", "views.twin.markdown_twin", kind="data", queries=12),
    Page("pattern_png", "patterns/<slug:slug>.png", "views.poster.pattern_picture", kind="data", queries=9),
    # The whole catalogue as data
    *(
        Page(
            f"catalog_{suffix}",
            f"catalog.{suffix}",
            "views.downloads.catalog_file",
            options={"format": suffix},
            kind="data",
            queries=18,
        )
        for suffix in (name for name, format in FORMATS.items() if format.is_public and name != "toml")
    ),
    Page("llms", "llms.txt", "views.llms.llms_file", kind="data", queries=9),
    Page("catalog_schema", "catalog.schema.json", "views.downloads.schema_file", kind="data", queries=0),
    # For feed readers, crawlers and browsers
    Page(
        "changes_feed",
        "feeds/changes.atom",
        "views.feeds.changes_feed",
        kind="feed",
        queries=9,
        footer="Changes (Atom)",
    ),
    Page("pattern_feed", "patterns/<slug:slug>/feed.atom", "views.feeds.pattern_feed", kind="feed", queries=9),
    Page("category_feed", "categories/<slug:slug>/feed.atom", "views.feeds.category_feed", kind="feed", queries=9),
    Page("sitemap", "sitemap.xml", "views.sitemaps.sitemap", kind="crawlers", queries=9, parameters=("after",)),
    Page(
        "sitemap_part",
        "sitemap-part.xml",
        "views.sitemaps.sitemap_part",
        kind="crawlers",
        queries=9,
        parameters=("after",),
    ),
    Page("robots", "robots.txt", "views.sitemaps.robots", kind="crawlers", queries=0),
    Page("opensearch", "opensearch.xml", "views.site.opensearch", kind="crawlers", queries=3),
)


PARAMETERS: Final = {page.name: page.parameters for page in PAGES}


def normal_query(path: str, query: str) -> str:
    """The part of a query that the answer at a path depends on, by name; equal answers so have one address.

    The order of values of one name stays: some pages show them in it. What cannot be read stays as it is.
    """
    try:
        pairs, name = parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_PAIRS), resolve(path).url_name
    except (ValueError, Resolver404):
        return query
    known = PARAMETERS.get(str(name))  # None for the API, which refuses what it does not know
    return urlencode(sorted((one for one in pairs if known is None or one[0] in known), key=itemgetter(0)))
