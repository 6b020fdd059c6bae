from collections.abc import Iterator
from typing import Any, Literal

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from rich.progress import Progress
from rich.text import Text

from patterns.document.catalog import CatalogFile
from patterns.document.diff import key_diff, value_text
from patterns.document.plan import Choices, Conflict, Edit, Kept, Plan, plan_summary
from patterns.document.reason import reason_for_readers
from patterns.document.text import REASON_LENGTH, shortened
from patterns.files.disk import read_uploads
from patterns.files.reader import read_files
from patterns.management.command import CatalogCommand, console
from patterns.models import Change, Pattern
from patterns.store.imports import ImportOutcome, import_file, plan_import
from patterns.store.writing import Authorship

MARKS = {"create": "+", "update": "~", "retire": "-", "delete": "-"}
STYLES = {"create": "green", "update": "yellow", "retire": "red", "delete": "red"}
PIECE_MARKS = {"same": ("", ""), "removed": ("[-", "-]"), "added": ("{+", "+}")}
PIECE_STYLES = {"removed": "red", "added": "green"}
VALUE_WIDTH = 200


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
        raise CommandError(f"The file has no such entry to restore: {', '.join(unknown)}")
    restore: frozenset[str] | Literal["all"] = frozenset(options["code"])
    if options["restore"] and not options["code"]:
        restore = "all"
    return Choices(on_conflict=options["on_conflict"], retire=options["retire"], restore=restore)


def plan_lines(plan: Plan) -> Iterator[Text]:
    """Everything that a plan says, line by line."""
    if plan.note:
        yield Text(f"{plan.note[0].upper()}{plan.note[1:]}.")
    for edit in plan.edits:
        yield from edit_lines(edit)
    for conflict in plan.conflicts:
        yield from conflict_lines(conflict, plan)
    for kept in plan.still_kept:
        yield from kept_lines(kept)
    if plan.still_kept:
        yield Text("Kept, as it is newer here than in the file; --restore makes it say what the file says.", "yellow")
    if plan.staying:
        yield Text(
            f"Left out by the file, and staying; --retire retires them: {', '.join(map(subject_of, plan.staying))}",
            "yellow",
        )
    if plan.leaving:
        yield Text(f"Leaving the public catalogue: {', '.join(edit.identity for edit in plan.leaving)}", "bold red")


def edit_lines(edit: Edit) -> Iterator[Text]:
    title = subject_of(edit) + (" (retired)" if edit.action == "retire" else "")
    yield Text(f"{MARKS[edit.action]} {title}", STYLES[edit.action])
    if edit.action not in ("create", "delete"):
        for key in edit.keys:
            yield Text(f"    {key}: ").append_text(key_difference(edit, key))


def kept_lines(kept: Kept) -> Iterator[Text]:
    """What restoring would change, word by word."""
    is_here = kept.edit.before is not None
    yield Text(f"= {subject_of(kept.edit)}: {'newer here' if is_here else 'deleted here'}", "yellow")
    for key in kept.edit.keys if is_here else ():
        yield Text(f"    {key}: ").append_text(key_difference(kept.edit, key))


def subject_of(edit: Edit) -> str:
    subject = {"header": "header", "category": "category"}.get(edit.what, f"[{edit.identity}]")
    return f"{subject} {edit.name}".rstrip()


def key_difference(edit: Edit, key: str) -> Text:
    """A value word by word; the marks say it where colours are not seen."""
    text = Text()
    for piece in key_diff(edit.before, edit.after, key):
        before, after = PIECE_MARKS[piece.kind]
        text.append(f"{before}{piece.text}{after}", PIECE_STYLES.get(piece.kind))
    return text


def conflict_lines(conflict: Conflict, plan: Plan) -> Iterator[Text]:
    decided = {"keep": " (kept ours)", "take": " (took theirs)"}.get(plan.choices.of_conflict(conflict), "")
    subject = f"[{conflict.identity}]" if conflict.what == "entry" else f"{conflict.what} {conflict.identity}".rstrip()
    yield Text(f"! {subject} {conflict.key or 'the entry itself'}: changed on both sides{decided}", "bold red")
    for side, value in (("base", conflict.base), ("ours", conflict.ours), ("theirs", conflict.theirs)):
        text = "(nothing)"
        if value is not None:
            text = shortened(" ".join(value_text(value).split()), VALUE_WIDTH) or "(empty)"
        yield Text(f"    {side:6}  {text}")
