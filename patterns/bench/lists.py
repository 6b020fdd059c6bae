"""What a list of fifty costs that nobody asked for yet, beside a plain list with a count and an offset."""

import re
from contextlib import closing

from patterns.bench.costs import Connection, CostFigures, Subject, costs_of, request
from patterns.bench.pages import FLOOR, STATIC, bench_of

DEEP = 20  # pages that are turned before the one that is measured
NEXT = re.compile(r'href="(/patterns/\?after=[^"]+)"')


def list_figures(*, entries: int, runs: int) -> CostFigures:
    with bench_of(entries) as bench:
        paths = {"ours, page 1": "/patterns/", "ours, by category": "/patterns/?category=data-pattern"}
        with closing(Connection(bench.ours.port)) as connection:
            path, turned = paths["ours, page 1"], 1
            while turned < DEEP:
                found = NEXT.search(connection.ask(request(path))[1].decode())
                if not found:
                    break
                path, turned = found[1].replace("&amp;", "&"), turned + 1
        paths[f"ours, page {turned}"] = path
        subjects = [
            bench.floor,
            bench.static,
            *(Subject(label, bench.forgetful, request(one)) for label, one in paths.items()),
            Subject("plain list, page 1", bench.peers, request("/entries/")),
            Subject(f"plain list, page {turned}", bench.peers, request(f"/entries/?page={turned}")),
        ]
        costs = costs_of(subjects, runs=runs)
    return CostFigures(f"Lists among {entries:,} entries; medians of {runs} runs", costs, unit=STATIC, floor=FLOOR)
