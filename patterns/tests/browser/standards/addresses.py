"""Addresses of every type of page: from the table of pages, so that a new one is judged without a word here."""

from dataclasses import dataclass

from patterns.views.pages import PAGES, Page

# By the folder that an address begins with. What has a slug elsewhere needs its line here.
SLUGS = {"patterns": "saga-pattern", "categories": "data-pattern"}
LAB = "/patterns/circuit-breaker-pattern/lab/"

# What a page shows beside its bare address, by its name.
QUERIES = {
    "index": ["q=data", "q=cirkut+braker", "q=qqqq", "category=data-pattern&sort=name"],
    "compare": ["pattern=saga-pattern&pattern=outbox-pattern&pattern=event-sourcing-pattern"],
    "map": ["entry=saga-pattern", "type=requires"],
    "pattern": ["have=16"],
    "suggest": ["sent=1"],
    "pattern_lab": ["seed=7", "nothing=1"],
    "find": ["symptom=06.1&symptom=16.1", "symptom=06.1&limit=latency&have=16", "q=lost"],
    "decide": ["choose=06&considered=24&symptom=06.1"],
}
BESIDES = {
    "pattern": ["/patterns/publish-subscribe-pattern/"],  # five diagrams, and code
    "pattern_lab": [f"{LAB}?preset=bulkhead&workers=30&seed=7", f"{LAB}?workers=999"],
    "API": ["/api/v1/docs"],
    "404": ["/nothing/", "/patterns/saga-patern/"],
    "410": ["/patterns/gone/"],
    "login": ["/admin/login/"],
}
STATUSES = {"404": 404, "410": 410}


@dataclass(frozen=True)
class Place:
    """``kind`` is the name of a page, or a word for what no row of the table is of."""

    kind: str
    address: str


def places() -> list[Place]:
    of_table = [Place(page.name, address) for page in PAGES if page.kind == "page" for address in addresses(page)]
    return of_table + [Place(kind, address) for kind, each in BESIDES.items() for address in each]


def addresses(page: Page) -> list[str]:
    """Raises ValueError for a page whose address takes what nobody named here."""
    path = page.path.replace("<slug:slug>", SLUGS.get(page.path.partition("/")[0], "<slug:slug>"))
    if "<" in path:
        raise ValueError(f"The page {page.name} is at {page.path}: say in SLUGS what stands in the place of <…>.")
    return [f"/{path}", *(f"/{path}?{query}" for query in QUERIES.get(page.name, []))]
