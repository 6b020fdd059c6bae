"""What the catalogue's commands share: their words for failure, and their terminal."""

import gc
import json
import os
import sys
from argparse import ArgumentTypeError
from collections.abc import Iterable
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from django.db import DatabaseError
from rich.console import Console
from rich.text import Text

from patterns.document.problems import InvalidCatalog, Problem
from patterns.document.text import printable
from patterns.files.disk import reason
from patterns.models import Catalog


class CatalogCommand(BaseCommand):
    """Turns what can go wrong into one clear message and exit code 1."""

    requires_migrations_checks = False

    def execute(self, *args: Any, **options: Any) -> str | None:
        gc.freeze()  # what is loaded by now stays: large imports need not have it searched for garbage again and again
        try:
            super().execute(*args, **options)
            self.stdout.flush()
        except CommandError as error:
            error.args = (printable(str(error), keep="\n\t"),)
            raise
        except InvalidCatalog as error:
            self.refuse(error.problems, as_json=options.get("json", False))
        except Catalog.DoesNotExist:
            raise CommandError("The database is empty; run: python manage.py migrate") from None
        except DatabaseError as error:
            message = " ".join(str(error).split())
            hint = "is it reachable and migrated (python manage.py migrate)?"
            raise CommandError(
                f"The database refused, and nothing was written: {printable(message)}; {hint}"
            ) from error
        except OSError as error:  # commands answer for their files themselves
            # Else the interpreter would try to write once more, and complain, when it ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise CommandError(f"standard output: {reason(error)}") from error
        except UnicodeEncodeError as error:
            found = repr(error.object[error.start : error.end])
            raise CommandError(f"{found} cannot be written; use UTF-8 for arguments and output") from error
        return None

    def refuse(self, problems: tuple[Problem, ...], *, as_json: bool) -> None:
        if as_json:
            self.print_json({"problems": [problem_json(problem) for problem in problems]})
        lines = "\n".join(f"  {problem}" for problem in problems)
        count = f"{len(problems)} problems" if len(problems) > 1 else "1 problem"
        raise CommandError(f"Refused, and nothing was written: {count}\n{lines}")

    def print_json(self, value: Any) -> None:
        self.stdout.write(json.dumps(value, ensure_ascii=False, indent=2))

    def print_lines(self, lines: Iterable[Text]) -> None:
        terminal = console(self.stdout)
        for line in lines:
            terminal.print(line, soft_wrap=True, highlight=False)


def console(stream: OutputWrapper) -> Console:
    """Colours on a terminal only; nothing in a text is taken for markup."""
    return Console(file=cast("IO[str]", stream), markup=False, emoji=False)


def positive(text: str) -> int:
    """Raises ArgumentTypeError."""
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is no whole number from 1 on")
    return int(text)


def problem_json(problem: Problem) -> dict[str, str]:
    keys = ("file", "place", "code", "key", "message", "hint")
    return {key: getattr(problem, key) for key in keys}
