"""The public addresses, a row each: what leads to them, what crawlers are told of them, what an answer may cost.

The table knows views by their names and imports none of them, since they read it: the navigation, the sitemap and the
tests' budgets of queries follow from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from patterns.files.formats import FORMATS


@dataclass(frozen=True)
class Page:
    """``view`` is a function below ``patterns``; ``name`` is that of the address, in ``{% url %}`` and elsewhere.

    ``query_budget`` bounds the queries of an answer, however large the catalogue is; 0 for what only writes.
    """

    route: str
    name: str
    view: str
    query_budget: int = 0
    options: Mapping[str, Any] = field(default_factory=dict)
    is_in_sitemap: bool = False


@dataclass(frozen=True)
class Link:
    """A word of the navigation, and the page, or the part of it, that it leads to."""

    label: str
    name: str
    fragment: str = ""


FILE_BUDGET, FEED_BUDGET = 18, 9
FILES = [name for name, format in FORMATS.items() if format.is_public]
FILES_OF_ENTRIES = [*(name for name in FILES if FORMATS[name].is_of_entries), "md"]

PAGES: Final = (
    Page("", "home", "views.site.home", 6, is_in_sitemap=True),
    Page("patterns/", "index", "views.index.index", 6, is_in_sitemap=True),
    Page("patterns/<slug:slug>/", "pattern", "views.pattern.show", 8),
    Page("patterns/<slug:slug>/history/", "history", "views.history.show", 6),
    Page("patterns/<slug:slug>/suggest/", "suggest", "views.suggest.suggest"),
    Page("patterns/<slug:slug>/lab/", "pattern_lab", "views.lab.page.experiment_page", 4),
    Page("patterns/<slug:slug>/lab.json", "pattern_lab_json", "api.lab.data", 4),
    Page("categories/<slug:slug>/", "category", "views.category.show", 6),
    Page("compare/", "compare", "views.compare.compare", 10),
    Page("map/", "map", "views.map.show", 6, is_in_sitemap=True),
    Page("lab/", "lab", "views.lab.index.experiment_index", 3, is_in_sitemap=True),
    Page("about/", "about", "views.site.about", 2, is_in_sitemap=True),
    *(
        Page(f"catalog.{name}", f"catalog_{name}", "views.downloads.catalog", FILE_BUDGET, {"format": name})
        for name in FILES
    ),
    *(
        Page(
            f"patterns/<slug:slug>.{name}", f"pattern_{name}", "views.downloads.pattern", FILE_BUDGET, {"format": name}
        )
        for name in FILES_OF_ENTRIES
    ),
    Page("catalog.schema.json", "catalog_schema", "views.downloads.schema", FILE_BUDGET),
    Page("feeds/changes.atom", "changes_feed", "views.feeds.changes", FEED_BUDGET),
    Page("categories/<slug:slug>/feed.atom", "category_feed", "views.feeds.category", FEED_BUDGET),
    Page("sitemap.xml", "sitemap", "views.sitemaps.sitemap", FEED_BUDGET),
    Page("sitemap-part.xml", "sitemap_part", "views.sitemaps.part", FEED_BUDGET),
    Page("robots.txt", "robots", "views.sitemaps.robots", FEED_BUDGET),
    Page("opensearch.xml", "opensearch", "views.site.opensearch", FEED_BUDGET),
)
NAVIGATION: Final = (
    Link("Entries", "index"),
    Link("Categories", "home", "#categories"),
    Link("Compare", "compare"),
    Link("Map", "map"),
    Link("Lab", "lab"),
    Link("Data", "home", "#data"),
    Link("About", "about"),
)
