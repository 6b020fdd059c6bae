"""How costs grow with the catalogue, as figures and as a drawing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log10
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from rich.box import SIMPLE_HEAD
from rich.table import Table

from patterns.bench.costs import Subject, costs_of, request
from patterns.bench.pages import FORGETFUL
from patterns.bench.runs import run_part
from patterns.bench.scratch import SOME, scratch
from patterns.bench.site import Site, serving
from patterns.drawing.chart import AxisNames, ChartLine, Point, chart

SIZES = (12, 1_000, 10_000, 100_000)
PAGES = {"entry": "/patterns/event-1/", "list": "/patterns/", "search": f"/patterns/?q={SOME}"}
PARTS = {"import": "import_catalog", "export": "export_catalog"}
COMPARED = 1_000  # entries, beside which the others are shown
# A file of its own has no stylesheet: what the drawing needs stands in it.
LOOK = """<style>
.drawing { font-family: system-ui, sans-serif; background: #fff; color: #222 }
text { fill: #222; font-size: 12px; text-anchor: middle }
text[text-anchor="end"] { text-anchor: end }
text[text-anchor="start"], .letters-line { text-anchor: start }
.letters-line { font-weight: 600 }
.grid { stroke: #ddd } .axis { stroke: #555; fill: none }
.line { fill: none; stroke: currentColor; stroke-width: 2 } .mark { fill: currentColor }
.series-0 { color: #14508c } .series-1 { color: #a33c00 } .series-2 { color: #1f6f3d }
.series-3 { color: #7a2a86 } .series-4 { color: #8a6400 }
.series-1 .line { stroke-dasharray: 7 3 } .series-2 .line { stroke-dasharray: 2 3 }
.series-3 .line { stroke-dasharray: 9 3 2 3 } .series-4 .line { stroke-dasharray: 12 4 }
</style>"""


@dataclass(frozen=True)
class Sized:
    """What one size cost: milliseconds of CPU for a cold page, seconds for an import or an export of all entries."""

    entries: int
    taken: dict[str, float]


@dataclass(frozen=True)
class GrowthFigures:
    sizes: Sequence[Sized]

    def table(self) -> Table:
        title = "Growth: CPU ms of cold pages, seconds of import and export"
        table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
        table.add_column("entries", justify="right", no_wrap=True)
        for heading in (*PAGES, *PARTS):
            table.add_column(heading, justify="right", no_wrap=True)
        for one in self.sizes:
            table.add_row(f"{one.entries:,}", *(f"{one.taken[name]:,.2f}" for name in (*PAGES, *PARTS)))
        return table

    def lines(self) -> Iterator[ChartLine]:
        """As multiples of what a thousand entries cost: a request of a page, an entry of an import or an export."""
        for style, name in enumerate((*PAGES, *PARTS)):
            costs = {
                one.entries: one.taken[name] / (one.entries if name in PARTS else 1)
                for one in self.sizes
                # Twelve entries are read or written in no time: what stands for all of them would be each one's.
                if name in PAGES or one.entries >= COMPARED
            }
            unit = costs[COMPARED]
            points = [Point(log10(entries), cost / unit) for entries, cost in costs.items()]
            yield ChartLine(f"{name}, per {'entry' if name in PARTS else 'request'}", style, points)

    def drawing(self) -> str:
        svg = str(
            chart(
                [*self.lines()],
                names=AxisNames("entries, as a power of ten", "cost (at 1,000: 1)"),
                name="growth",
                title="What costs grow with the catalogue",
                description="The cost of a cold page of an entry, a list and a search, and of an import and an export.",
            )
        )
        head, _, rest = svg.partition(">")
        namespace = "" if "xmlns=" in head else ' xmlns="http://www.w3.org/2000/svg"'
        return f"{head}{namespace}>{LOOK}{rest}\n"


def growth_figures(*, entries: int, runs: int) -> GrowthFigures:
    """Of all sizes up to so many entries; on SQLite."""
    return GrowthFigures([sized(size, runs=runs) for size in SIZES if size <= max(entries, COMPARED)])


def sized(count: int, *, runs: int) -> Sized:
    with scratch() as files:
        run_part("prepare", files, database=files.migrated, count=count)
        database = files.empty_database("site")
        taken = {name: run_part(part, files, database=database).seconds for name, part in PARTS.items()}
        site = Site(files.folder, f"sqlite:///{quote(str(database))}")
        with serving(site, FORGETFUL) as [server]:
            costs = costs_of([Subject(name, server, request(path)) for name, path in PAGES.items()], runs=runs)
    return Sized(count, {**{one.label: one.cpu / 1000 for one in costs}, **taken})


def write_drawing(figures: GrowthFigures) -> Path:
    path = settings.BASE_DIR / "docs" / "growth.svg"
    path.write_text(figures.drawing(), encoding="utf-8")
    return Path(path)
