"""What a search costs that nobody asked yet, by how many entries hold the word, beside SQL's LIKE."""

from contextlib import closing

from patterns.bench.browser import Unexpected
from patterns.bench.costs import Connection, CostFigures, Subject, costs_of, request
from patterns.bench.pages import FLOOR, STATIC, bench_of
from patterns.bench.scratch import COMMON, RARE, RARE_TYPO, SOME

QUESTIONS = {"one entry": RARE, "3 % of them": SOME, "most of them": COMMON, "a typo": RARE_TYPO}


def search_figures(*, entries: int, runs: int) -> CostFigures:
    """Raises Unexpected if the one entry that holds a word is not found, or nobody is asked whether it was meant."""
    with bench_of(entries) as bench:
        with closing(Connection(bench.ours.port)) as connection:
            for word in (RARE, RARE_TYPO):
                if RARE not in connection.ask(request(f"/patterns/?q={word}"))[1].decode():
                    raise Unexpected(f"{word!r} did not lead to the entry that says {RARE!r}.")
        subjects = [bench.floor, bench.static]
        for label, word in QUESTIONS.items():
            subjects.append(Subject(f"ours: {label}", bench.forgetful, request(f"/patterns/?q={word}")))
        for label, word in QUESTIONS.items():
            subjects.append(Subject(f"LIKE: {label}", bench.peers, request(f"/entries/?q={word}")))
        costs = costs_of(subjects, runs=runs)
    return CostFigures(f"Search among {entries:,} entries; medians of {runs} runs", costs, unit=STATIC, floor=FLOOR)
