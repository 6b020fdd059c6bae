"""The checks over files alone: nobody knows what else the catalogue holds, nor its history."""

import re
from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import date

from patterns.document.catalog import NOWHERE, CatalogFile
from patterns.document.checks import check_categories, check_entries
from patterns.document.entry import GIVEN_KEYS, Entry
from patterns.document.problems import InvalidCatalog, Path
from patterns.lint.finding import Cited, Finding
from patterns.lint.rules import lint

# Rules about entries that the catalogue may hold and a file does not, and those that count what such entries state.
OF_OTHERS = {"dangling-relation", "dangling-link"}
COUNTED_OF_OTHERS = {"missing-section", "section-count"}
PART = re.compile(r"\w+")


@dataclass(frozen=True)
class PlacedFinding:
    """A finding with the file, and the line, pointer or row, that states what it is about."""

    finding: Finding
    file: str
    place: str

    def __str__(self) -> str:
        return f"{', '.join(filter(None, (self.file, self.place)))}: [{self.finding.code}] {self.finding}"

    def as_json(self) -> dict[str, str]:
        return {**asdict(self.finding), "file": self.file, "place": self.place}


def lint_file(file: CatalogFile, *, today: date, cited: Cited) -> list[PlacedFinding]:
    """The findings, in the order of the files; raises InvalidCatalog if a rule between entries is broken."""
    entries = {code: entry for code, entry in file.document.entries.items() if is_complete(entry)}
    is_whole = holds_all(file) and len(entries) == len(file.document.entries)
    problems = check_entries(entries, changed=entries, former_slugs={}, is_whole=is_whole)
    problems += check_categories(file.document.categories)
    if problems:
        raise InvalidCatalog(file.placed(problems))
    findings = lint(entries, today=today, reviewed={}, cited=cited)
    return placed(file, [one for one in findings if is_whole or not is_of_others(one)])


def is_of_others(finding: Finding) -> bool:
    """Whether entries that the file does not hold could make it otherwise."""
    return finding.rule in OF_OTHERS or (finding.key == "relations" and finding.rule in COUNTED_OF_OTHERS)


def is_complete(entry: Entry) -> bool:
    """A row of a sheet may state only what it changes: how the rest reads, the catalogue knows."""
    return entry.model_fields_set.issuperset(GIVEN_KEYS)


def holds_all(file: CatalogFile) -> bool:
    """Whether the file claims to be the whole catalogue: it has its end, and is no part."""
    return not file.partial and any("end" in source.tables for source, _ in file.places.values())


def placed(file: CatalogFile, findings: list[Finding]) -> list[PlacedFinding]:
    grouped: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        grouped[file.places.get(finding.code, NOWHERE)[0].name].append(finding)
    sources = {source.name: source for source, _ in file.places.values()}
    found = []
    for name, mine in grouped.items():
        places = sources[name].places([(*file.places[one.code][1], *key_path(one.key)) for one in mine])
        found += [PlacedFinding(one, name, place) for one, place in zip(mine, places, strict=True)]
    return found


def key_path(key: str) -> Path:
    """The path of a key as findings name it: ``consequences[2].text`` counts from 1."""
    return tuple(int(part) - 1 if part.isdigit() else part for part in PART.findall(key))
