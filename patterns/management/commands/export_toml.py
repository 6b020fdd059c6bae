from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from patterns.files.disk import write_atomically
from patterns.files.formats import FORMAT_OF_SUFFIX
from patterns.files.reader import read_one
from patterns.management.command import CatalogCommand, reason
from patterns.management.target import comments_above, difference, layout
from patterns.models import Pattern
from patterns.store.exports import Export, export_all, export_part, export_public


class Command(CatalogCommand):
    help = "Write the catalogue as canonical TOML: to a file, in one step, or to standard output."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", nargs="?", metavar="PATH", help="file to replace; standard output without one")
        parser.add_argument(
            "--check", action="store_true", help="write nothing; exit 1 with a diff if PATH says something else"
        )
        parser.add_argument("--published", action="store_true", help="only what readers see")
        parser.add_argument("--code", nargs="+", metavar="CODE", help="only these entries")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["path"]) if options["path"] else None
        if options["check"] and path is None:
            raise CommandError("--check needs the PATH to compare with", returncode=2)
        if path is not None and FORMAT_OF_SUFFIX.get(path.suffix.lower(), "toml") != "toml":
            raise CommandError(f"{path}: this writes TOML, which could not be read by that name", returncode=2)
        export = self.export(options)
        if path is None:
            self.stdout.write(export.toml, ending="")
            return
        try:
            self.compare(path, export) if options["check"] else write_atomically(
                path, comments_above(path) + export.toml
            )
        except OSError as error:
            raise CommandError(f"{path}: {reason(error)}; the file is as it was") from error

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

    def compare(self, path: Path, export: Export) -> None:
        """Raises CommandError with a unified diff unless the file says the same, however it is laid out."""
        data = path.read_bytes()
        file = read_one(data, name=str(path))
        if diff := difference(file, export, name=str(path)):
            raise CommandError("\n".join((f"{path} differs from the catalogue:", *diff)))
        if layouts := layout(data.decode(), file):
            self.stdout.write(f"{path} says the same; its layout differs ({', '.join(layouts)})")
