from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from itertools import groupby
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from rich.text import Text

from patterns.document.entry import Entry
from patterns.files.disk import read_uploads
from patterns.files.reader import read_files
from patterns.lab.evidence import what_is_wrong
from patterns.lint.file import lint_file
from patterns.lint.finding import NO_EVIDENCE, SEVERITIES, Finding
from patterns.management.command import CatalogCommand
from patterns.store.findings import lint_catalogue
from patterns.store.reading import consistent_read

STYLES = {"error": "bold red", "warning": "yellow", "hint": "dim"}


class Command(CatalogCommand):
    help = "Check texts; exit 1 if a file is refused or any rule finds an error. Warnings and hints refuse nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "paths",
            nargs="*",
            metavar="PATH",
            help='files that together are one catalogue, checked without any database; "-" is stdin; '
            "without one, the catalogue in the database",
        )
        parser.add_argument("--json", action="store_true", help="print the findings as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        today = timezone.now().date()
        if options["paths"]:
            self.lint_files(options["paths"], today, as_json=options["json"])
        else:
            self.lint_catalogue(today, as_json=options["json"])

    def lint_files(self, paths: list[str], today: date, *, as_json: bool) -> None:
        file = read_files(read_uploads(paths))
        found = lint_file(file, today=today, cited=what_is_wrong)
        if as_json:
            self.print_json({"findings": [one.as_json() for one in found]})
        else:
            self.print_lines(Text(str(one), STYLES[one.finding.severity]) for one in found)
        self.sum_up([one.finding for one in found], file.document.entries, as_json=as_json)

    def lint_catalogue(self, today: date, *, as_json: bool) -> None:
        with consistent_read():
            report = lint_catalogue(today=today)
        if as_json:
            self.print_json({"findings": [asdict(finding) for finding in report.findings]})
        else:
            # The findings below the entry that each is about.
            for code, findings in groupby(report.findings, key=lambda finding: finding.code):
                self.print_lines([Text(f"[{code}] {report.entries[code].name}", "bold")])
                self.print_lines(Text(f"  {finding}", STYLES[finding.severity]) for finding in findings)
        self.sum_up(report.findings, report.entries, as_json=as_json)

    def sum_up(self, findings: list[Finding], entries: Mapping[str, Entry], *, as_json: bool) -> None:
        """Raises CommandError if any finding is an error."""
        counts = Counter(finding.severity for finding in findings)
        counted = ", ".join(f"{counts[severity]} {severity}{'s' * (counts[severity] != 1)}" for severity in SEVERITIES)
        summary = f"{len(entries)} {'entry' if len(entries) == 1 else 'entries'}: {counted}"
        consequence_count = sum(len(one.consequences) for one in entries.values() if one.status != "retired")
        if consequence_count and not as_json:
            backed = consequence_count - sum(finding.rule == NO_EVIDENCE for finding in findings)
            share = f"{backed} of {consequence_count} gains and costs ({backed / consequence_count:.0%})"
            self.stdout.write(f"A source or the lab backs {share}.")
        if counts["error"]:
            raise CommandError(summary)
        if not as_json:
            self.stdout.write(summary)
