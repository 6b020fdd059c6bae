from contextlib import closing
from dataclasses import replace
from difflib import unified_diff
from itertools import chain
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from patterns.document.catalog import CatalogFile
from patterns.document.text import printable
from patterns.files.comments import BYTE_ORDER_MARK, comments_above, leading_comments, unix_text
from patterns.files.disk import STANDARD, read_upload, reason, write_atomically
from patterns.files.formats import FORMAT_OF_SUFFIX
from patterns.files.reader import read_files
from patterns.files.toml import end_block, write_toml
from patterns.management.command import CatalogCommand
from patterns.models import Pattern
from patterns.models.pattern import PatternQuerySet
from patterns.store.exports import Export, export, stream


class Command(CatalogCommand):
    help = "Write the catalogue as canonical TOML: to a file, in one step, or to standard output."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "path", nargs="?", metavar="PATH", help='file to replace; standard output without one, or with "-"'
        )
        parser.add_argument(
            "--check",
            action="store_true",
            help='write nothing; exit 1 with a diff if PATH ("-" is stdin) says something else',
        )
        parser.add_argument("--published", action="store_true", help="only what readers see")
        parser.add_argument("--code", nargs="+", metavar="CODE", help="only these entries")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"] and not options["path"]:
            raise CommandError("--check needs the PATH to compare with", returncode=2)
        path, name = options["path"] or STANDARD, printable(options["path"] or "")
        if FORMAT_OF_SUFFIX.get(Path(path).suffix.lower(), "toml") != "toml":
            raise CommandError(f"{name}: this writes TOML, which could not be read by that name", returncode=2)
        patterns, published = self.patterns(options), bool(options["published"])
        if path == STANDARD and not options["check"]:
            with closing(stream(patterns, published=published)) as pieces:
                for piece in pieces:
                    self.stdout.write(piece, ending="")
            return
        try:
            if options["check"]:
                self.compare(path, export(patterns, published=published))
            else:
                with closing(stream(patterns, published=published)) as pieces:
                    write_atomically(Path(path), chain([comments_above(Path(path))], pieces))
        except OSError as error:
            raise CommandError(f"{name}: {reason(error)}; the file is as it was") from error

    def patterns(self, options: dict[str, Any]) -> PatternQuerySet | None:
        """The entries to export; None for all."""
        if not options["code"]:
            return None
        patterns = Pattern.objects.published() if options["published"] else Pattern.objects.all()
        patterns = patterns.filter(code__in=options["code"])
        unknown = sorted(set(options["code"]) - set(patterns.values_list("code", flat=True)))
        if unknown:
            raise CommandError(f"There is no such entry to export: {', '.join(map(printable, unknown))}")
        return patterns

    def compare(self, path: str, export: Export) -> None:
        """Raises CommandError with a unified diff unless the file says the same, however it is laid out."""
        upload = read_upload(path, "toml")
        file, name = read_files([upload]), upload.name
        if diff := file_difference(file, export, name=name):
            raise CommandError("\n".join((f"{name} differs from the catalogue:", *diff)))
        if layouts := layout_differences(upload.data.decode(), file):
            self.stdout.write(f"{name} says the same; its layout differs ({', '.join(layouts)})")


def file_difference(file: CatalogFile, export: Export, *, name: str) -> list[str]:
    """The lines of a unified diff of what the file says and what the catalogue says, both as an export writes them.

    Where the file comes from (its base), how it ends and how it is laid out is nothing that it says of the catalogue.
    """
    # Categories stand in the catalogue's order, unless the file states another order.
    theirs, ours = file.document, export.document.categories
    stated, categories = theirs.header.categories, theirs.categories
    if [slug for slug in ours if slug in stated] == [slug for slug in stated if slug in ours]:
        categories = {slug: categories[slug] for slug in (*(slug for slug in ours if slug in categories), *categories)}
    before = replace(theirs, categories=categories)
    # Absence means something else in a part of the catalogue; a file written by hand says nothing of that.
    is_of_export = bool(file.base) or file.partial
    partial = (file.partial, export.partial) if is_of_export and file.partial != export.partial else (False, False)
    before_lines = write_toml(before, partial=partial[0]).split("\n")
    after_lines = write_toml(export.document, partial=partial[1]).split("\n")
    return [*unified_diff(before_lines, after_lines, name, "catalogue", lineterm="")]


def layout_differences(text: str, file: CatalogFile) -> list[str]:
    """How the layout of a file's text differs from that of an export, in words."""
    lines = unix_text(text)
    # An export would write it just so, below its comments; a file written by hand may have an end.
    written = write_toml(file.document, base=file.base, partial=file.partial)
    is_canonical = lines.removeprefix(leading_comments(lines)) in (
        written,
        f"{written}\n{end_block(len(file.document.entries))}",
    )
    differences = {
        "a byte order mark": text.startswith(BYTE_ORDER_MARK),
        "CRLF line ends": "\r\n" in text,
        "order, spaces or comments": not is_canonical,
    }
    return [name for name, is_so in differences.items() if is_so]
