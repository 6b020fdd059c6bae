"""What each kind of page costs whoever asks for it first."""

from patterns.bench.costs import CostFigures, Subject, costs_of, request
from patterns.bench.pages import FLOOR, SAGA, STATIC, TAKES_GZIP, bench_of

PAGES = {
    "home": "/",
    "entry": f"/patterns/{SAGA}/",
    "list": "/patterns/",
    "search": "/patterns/?q=message",
    "compare": f"/compare/?pattern={SAGA}&pattern=cqrs-pattern",
    "map": "/map/",
    "history": f"/patterns/{SAGA}/history/",
    "lab page": f"/patterns/{SAGA}/lab/",
    "entry as JSON": f"/patterns/{SAGA}.json",
    "catalogue as TOML": "/catalog.toml",
    "API: list": "/api/v1/patterns",
    "feed": "/feeds/changes.atom",
    "sitemap": "/sitemap.xml",
}


def cold_figures(*, entries: int, runs: int) -> CostFigures:
    with bench_of(entries) as bench:
        pages = [Subject(label, bench.forgetful, request(path, **TAKES_GZIP)) for label, path in PAGES.items()]
        costs = costs_of([bench.floor, bench.static, *pages], runs=runs)
    return CostFigures(f"Cold pages among {entries:,} entries; medians of {runs} runs", costs, unit=STATIC, floor=FLOOR)
