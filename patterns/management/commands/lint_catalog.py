from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from itertools import groupby
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from rich.text import Text

from patterns.catalog.lint.finding import SEVERITIES
from patterns.management.command import CatalogCommand
from patterns.sync.linting import Report, lint_catalogue
from patterns.sync.state import consistent_read

STYLES = {"error": "bold red", "warning": "yellow", "hint": "dim"}


class Command(CatalogCommand):
    help = "Check the catalogue's texts; exit 1 if any rule finds an error. Warnings and hints refuse nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the findings as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        with consistent_read():
            report = lint_catalogue(today=timezone.now().date())
        if options["json"]:
            self.print_json({"findings": [asdict(finding) for finding in report.findings]})
        else:
            self.print_lines(lines(report))
        counts = Counter(finding.severity for finding in report.findings)
        counted = ", ".join(f"{counts[severity]} {severity}{'s' * (counts[severity] != 1)}" for severity in SEVERITIES)
        summary = f"{len(report.entries)} {'entry' if len(report.entries) == 1 else 'entries'}: {counted}"
        if counts["error"]:
            raise CommandError(summary)
        if not options["json"]:
            self.stdout.write(summary)


def lines(report: Report) -> Iterator[Text]:
    """The findings below the entry that each is about."""
    for code, findings in groupby(report.findings, key=lambda finding: finding.code):
        yield Text(f"[{code}] {report.entries[code].name}", "bold")
        yield from (Text(f"  {finding}", STYLES[finding.severity]) for finding in findings)
