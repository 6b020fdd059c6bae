import re
from difflib import unified_diff
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from patterns.management.command import CatalogCommand, reason
from patterns.management.files import write_atomically
from patterns.models import Pattern
from patterns.sync.exporting import Export, export_all, export_part, export_public

BASE_LINE = re.compile(r'\A(\[catalog\]\n(?:[^\n]+\n)*?)base = "[^"\n]*"\n')
END = re.compile(r"\n?\[end\]\nentries = [0-9]+\n\Z")
BARE_HEADER = re.compile(r"\A\[catalog\]\n(\n|\Z)")


class Command(CatalogCommand):
    help = "Write the catalogue as canonical TOML: to a file, in one step, or to standard output."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", nargs="?", metavar="PATH", help="file to replace; standard output without one")
        parser.add_argument("--check", action="store_true", help="write nothing; exit 1 with a diff if PATH differs")
        parser.add_argument("--published", action="store_true", help="only what readers see")
        parser.add_argument("--code", nargs="+", metavar="CODE", help="only these entries")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["path"]) if options["path"] else None
        if options["check"] and path is None:
            raise CommandError("--check needs the PATH to compare with", returncode=2)
        text = self.export(options).toml
        if path is None:
            self.stdout.write(text, ending="")
        else:
            deliver(text, path, check=options["check"])

    def export(self, options: dict[str, Any]) -> Export:
        patterns = Pattern.objects.published() if options["published"] else Pattern.objects.all()
        if options["code"]:
            patterns = patterns.filter(code__in=options["code"])
            unknown = sorted(set(options["code"]) - set(patterns.values_list("code", flat=True)))
            if unknown:
                raise CommandError(f"There is no such entry to export: {', '.join(unknown)}")
        if options["published"]:
            return export_public(patterns)
        return export_part(patterns) if options["code"] else export_all()


def deliver(text: str, path: Path, *, check: bool) -> None:
    try:
        compare(path, text) if check else write_atomically(path, text)
    except OSError as error:
        raise CommandError(f"{path}: {reason(error)}; the file is as it was") from error


def compare(path: Path, text: str) -> None:
    """Raises CommandError with a unified diff unless the file says the same; where it came from does not count."""
    found = path.read_bytes().decode("utf-8", "backslashreplace")
    before, after = without_base(found), without_base(text)
    if before != after:
        diff = unified_diff(before.split("\n"), after.split("\n"), str(path), "catalogue", lineterm="")
        raise CommandError(f"{path} differs from the catalogue:\n" + "\n".join(diff))


def without_base(text: str) -> str:
    """The file without the line that names its base, without its end, and without a header that says nothing else."""
    return BARE_HEADER.sub("", BASE_LINE.sub(r"\1", END.sub("", text)))
