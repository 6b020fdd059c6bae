from typing import Any, Literal

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from rich.progress import Progress

from patterns.document.catalog import CatalogFile
from patterns.document.plan import Choices, plan_summary
from patterns.document.reason import reason_for_readers
from patterns.document.text import REASON_LENGTH, printable
from patterns.files.disk import read_uploads
from patterns.files.reader import read_files
from patterns.management.command import CatalogCommand, console
from patterns.management.plan_lines import plan_lines
from patterns.models import Change, Pattern
from patterns.store.imports import ImportOutcome, import_file, plan_import
from patterns.store.writing import Authorship


class Command(CatalogCommand):
    help = "Merge catalogue files (TOML, or .json .csv .tsv .xlsx by suffix) into the database, all of them or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "paths", nargs="+", metavar="PATH", help='files that together are one catalogue; "-" is stdin'
        )
        parser.add_argument("--dry-run", action="store_true", help="show the plan and write nothing")
        parser.add_argument(
            "--on-conflict",
            choices=["fail", "keep", "take"],
            default="fail",
            help="what both sides changed: refuse everything, keep the catalogue's, or take the file's",
        )
        parser.add_argument(
            "--retire", action="store_true", help="retire the entries that a whole export no longer holds"
        )
        parser.add_argument(
            "--restore", action="store_true", help="let entries say what the file says, even where they are newer here"
        )
        parser.add_argument("--code", nargs="+", metavar="CODE", default=[], help="restore these entries only")
        parser.add_argument("--json", action="store_true", help="print the plan as JSON")
        parser.add_argument("--comment", default="", help="what and why, kept with the change")
        parser.add_argument(
            "--reason", default="", help=f"what readers are told of it, in at most {REASON_LENGTH} characters"
        )
        parser.add_argument("--if-empty", action="store_true", help="do nothing if the catalogue has any entry")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["if_empty"] and Pattern.objects.exists():
            return
        if options["code"] and not options["restore"]:
            raise CommandError("--code says what to restore: add --restore", returncode=2)
        reason = reason_for_readers(options["reason"])
        file = read_files(read_uploads(options["paths"]))
        choices = choices_in(options, file)
        if options["dry_run"]:
            outcome = ImportOutcome(plan_import(file, choices=choices), None)
        else:
            outcome = self.run_import(file, choices, comment=options["comment"], reason=reason)
        self.report(outcome, as_json=options["json"])

    def run_import(self, file: CatalogFile, choices: Choices, *, comment: str, reason: str) -> ImportOutcome:
        by = Authorship(
            origin=Change.Origin.IMPORT,
            at=timezone.now(),
            comment=comment,
            public_reason=reason,
        )
        terminal = console(self.stderr)
        with Progress(console=terminal, transient=True, disable=not terminal.is_terminal) as bar:
            task = bar.add_task("Importing", total=len(file.document.entries))
            return import_file(file, by=by, choices=choices, progress=lambda count: bar.advance(task, count))

    def report(self, outcome: ImportOutcome, *, as_json: bool) -> None:
        plan, change = outcome.plan, outcome.change
        if as_json:
            self.print_json({**plan.as_json(), "change": change.number if change else None})
        else:
            self.print_lines(plan_lines(plan))
        if plan.is_refused:
            count = len(plan.conflicts)
            hint = "decide with --on-conflict keep or take, or mend the file"
            raise CommandError(f"Refused, and nothing was written: {count} conflict{'s' * (count > 1)}; {hint}")
        if not as_json:
            self.stdout.write(plan_summary(plan, change.number if change else None))


def choices_in(options: dict[str, Any], file: CatalogFile) -> Choices:
    """Raises CommandError for a code that the file does not hold."""
    if unknown := sorted({*options["code"]} - file.document.entries.keys()):
        raise CommandError(f"The file has no such entry to restore: {', '.join(map(printable, unknown))}")
    restore: frozenset[str] | Literal["all"] = frozenset(options["code"])
    if options["restore"] and not options["code"]:
        restore = "all"
    return Choices(on_conflict=options["on_conflict"], retire=options["retire"], restore=restore)
