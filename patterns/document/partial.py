"""An entry of which not all is valid: what can be read of it, so that every rule is asked in one go.

pydantic asks the rules of a list once its items are valid, and those between entries want a whole entry. So whatever
was refused is left out, and the rest is asked again, until nothing is refused any more.
"""

from dataclasses import dataclass, replace
from typing import Any, Final

from pydantic import ValidationError

from patterns.document.entry import Entry, entry_stating
from patterns.document.problems import Path, Problem, dotted, problems_of
from patterns.document.register import with_values

NO_CODE: Final = "." * 16  # stands in for a code that was refused; nobody relates anything to it


@dataclass(frozen=True)
class Partial:
    """``entry`` lacks what was refused, for which ``problems`` say why."""

    entry: Entry
    problems: tuple[Problem, ...]
    refused_keys: frozenset[str]
    kept: dict[str, list[int]]  # of each list, which of the rows that were said are in the entry

    def as_said(self, problem: Problem) -> Problem:
        """A problem of the entry, with the row that it has in what was said."""
        return placed_as_said(problem, self.kept)


def read_partly(raw: dict[str, Any], *, code: str = "") -> Partial:
    """An entry of what was said as far as it is valid; the places of its problems are those of ``raw``.

    A key that was refused is as if it had not been stated, a row of a list as if it were not there.
    """
    said = {**raw, "code": raw.get("code") or NO_CODE}
    kept = {key: [*range(len(value))] for key, value in raw.items() if isinstance(value, list)}
    problems: list[Problem] = []
    refused: set[str] = set()
    while True:
        try:
            entry = entry_stating(said)
        except ValidationError as error:
            found = problems_of(error, Entry, code=code)
        else:
            codeless = {"code": ""} if said["code"] == NO_CODE else {}
            return Partial(with_values(entry, codeless), tuple(problems), frozenset(refused), kept)
        problems += [placed_as_said(problem, kept) for problem in found]
        rows = {row for problem in found if (row := row_of(problem.path, kept))}
        whole = {str(problem.path[0]) for problem in found if not row_of(problem.path, kept)}
        for key in whole:
            said.pop(key, None)
            kept.pop(key, None)
        said.setdefault("code", NO_CODE)
        refused |= whole
        for key in kept:
            staying = [index for index in range(len(said[key])) if (key, index) not in rows]
            said[key] = [said[key][index] for index in staying]
            kept[key] = [kept[key][index] for index in staying]


def row_of(path: Path, lists: dict[str, list[int]]) -> tuple[str, int] | None:
    """Key of a list and index of a row in it."""
    match path:
        case (str(key), int(index), *_) if key in lists:
            return key, index
    return None


def placed_as_said(problem: Problem, kept: dict[str, list[int]]) -> Problem:
    if (row := row_of(problem.path, kept)) is None:
        return problem
    key, index = row
    path: Path = (key, kept[key][index], *problem.path[2:])
    return replace(problem, path=path, key=dotted(path))
