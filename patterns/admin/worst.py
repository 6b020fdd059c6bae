"""The entries with the worst findings of the editorial checks: of those that changed last, and once for each change."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.core.cache import cache

from patterns.lint.finding import SEVERITIES
from patterns.models import Catalog
from patterns.store.findings import lint_newest

CHECKED = 100  # the checks take about a second for these
KEPT_S = 24 * 60 * 60


@dataclass(frozen=True)
class Faulty:
    code: str
    name: str
    counts: tuple[int, ...]  # of errors, warnings, hints

    @property
    def summary(self) -> str:
        words = zip(self.counts, SEVERITIES, strict=True)
        return ", ".join(f"{count} {word}{'s' * (count > 1)}" for count, word in words if count)


def worst(*, today: date) -> list[Faulty]:
    key = f"worst:{Catalog.objects.only('id', 'version', 'token').get().base}:{today}"
    return cache.get_or_set(key, lambda: find_worst(today=today), KEPT_S) or []


def find_worst(*, today: date) -> list[Faulty]:
    report = lint_newest(CHECKED, today=today)
    counted = Counter((finding.code, finding.severity) for finding in report.findings)
    counts = {code: tuple(counted[code, severity] for severity in SEVERITIES) for code, _ in counted}
    faulty = [Faulty(code, report.entries[code].name, found) for code, found in counts.items()]
    return sorted(faulty, key=lambda one: one.counts, reverse=True)
