"""What entries gain and cost, quality by quality, as rows of a matrix: each cell with what backs it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from patterns.document.vocabulary import QUALITIES
from patterns.lab.experiments import BY_SLUG
from patterns.models import Pattern
from patterns.store.reading import parts_by_code
from patterns.views.evidence import GROUNDS, BackedConsequence, Ground, backed_by
from patterns.views.lab.index import lab_slugs


@dataclass(frozen=True)
class CellMark:
    """A plus or a minus; ``ground`` is the firmest that any of its sentences stands on."""

    sign: str
    ground: Ground


@dataclass(frozen=True)
class MatrixCell:
    """What an entry does to one quality: gains before costs, and nothing if it does nothing to it."""

    quality: str
    consequences: tuple[BackedConsequence, ...]

    @property
    def gains(self) -> list[BackedConsequence]:
        return [one for one in self.consequences if one.consequence.sign == "gain"]

    @property
    def costs(self) -> list[BackedConsequence]:
        return [one for one in self.consequences if one.consequence.sign == "cost"]

    @property
    def marks(self) -> list[CellMark]:
        sides = (("gain", self.gains), ("cost", self.costs))
        return [CellMark(sign, min((one.ground for one in found), key=GROUNDS.index)) for sign, found in sides if found]


@dataclass(frozen=True)
class MatrixRow:
    """An entry with a cell for each quality of the matrix; ``condition`` is the first of those to use it under."""

    pattern: Pattern
    cells: tuple[MatrixCell, ...]
    condition: str = ""


TRADEOFF_KEYS = ("consequences", "references")
Parts = Mapping[str, Mapping[str, tuple[Any, ...]]]


def parts_of_entries(patterns: Collection[Pattern], keys: Collection[str]) -> Parts:
    """By code and key, what published ones of these entries say, in a query for each of the keys."""
    if not patterns:
        return {}
    # Asked once more, since an entry may have left the public after the statement that found it.
    public = Pattern.objects.published().filter(pk__in=[one.pk for one in patterns])
    return parts_by_code(public, keys)


def qualities_in(parts: Parts) -> list[str]:
    """The qualities that any of the entries gains or pays with."""
    said = {one.quality for part in parts.values() for one in part.get("consequences", ())}
    return [quality for quality in QUALITIES if quality in said]


def matrix_rows(patterns: Sequence[Pattern], parts: Parts, qualities: Collection[str] = QUALITIES) -> list[MatrixRow]:
    """A row for each entry, with ``parts`` under TRADEOFF_KEYS or more; one query, of what is in the lab."""
    slugs = lab_slugs(BY_SLUG) if any(parts.values()) else {}
    # As on an entry's own page: of two experiments that its slugs lead to, the one of the slug that it has now.
    experiments: dict[str, str] = {}
    for experiment, slug in sorted(slugs.items()):
        if slug not in experiments or experiment == slug:
            experiments[slug] = experiment
    rows = []
    for pattern in patterns:
        said = parts.get(pattern.code, {})
        found = backed_by(
            said.get("consequences", ()),
            said.get("references", ()),
            experiment=BY_SLUG.get(experiments.get(pattern.slug, "")),
            lab_slugs=slugs,
            page=pattern.get_absolute_url(),
        )
        cells = []
        for quality in qualities:
            about = [one for one in found if one.consequence.quality == quality]
            gains_first = sorted(about, key=lambda one: one.consequence.sign, reverse=True)
            cells.append(MatrixCell(quality, tuple(gains_first)))
        rows.append(MatrixRow(pattern, tuple(cells), next(iter(said.get("use_when", ())), "")))
    return rows
