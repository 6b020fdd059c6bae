"""The commands as a person uses them: files that are written and edited, and what is said."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from patterns.document.entry import Entry
from patterns.files.toml import entry_block
from patterns.models import Catalog, Change
from patterns.tests.ends import counted

GIVEN = Path(__file__).parent.parent / "data" / "items.toml"


def written(path: Path, *entries: Entry, header: str = "") -> Path:
    """Write a file that holds the entries, behind a header if there is one."""
    path.write_text("\n".join([*([header] if header else []), *map(entry_block, entries)]), encoding="utf-8")
    return path


def edited(path: Path, old: str, new: str) -> Path:
    """Edit a file as a person would; what is to be replaced must be there once."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def without(path: Path, code: str) -> Path:
    """Remove an entry from a file that has no empty lines within entries, and count the others."""
    blocks = path.read_text(encoding="utf-8").split("\n\n")
    text = "\n\n".join(block for block in blocks if f'code = "{code}"' not in block)
    path.write_text(counted(text), encoding="utf-8")
    return path


def with_entry(path: Path, one: Entry) -> Path:
    """Add an entry to a file, and count it."""
    text = path.read_text(encoding="utf-8")
    path.write_text(counted(f"{text}\n{entry_block(one)}"), encoding="utf-8")
    return path


def said(command: str, *arguments: Any, **options: Any) -> str:
    """Run a command that succeeds; returns its standard output."""
    out = StringIO()
    call_command(command, *map(str, arguments), stdout=out, **options)
    return out.getvalue()


def refused(command: str, *arguments: Any, **options: Any) -> str:
    """Run a command that is refused; returns all that it said, and asserts that it changed nothing."""
    before = Catalog.objects.get()
    text = refused_by(command, *arguments, **options)
    assert Catalog.objects.get() == before
    assert before.version == Change.objects.count()
    return text


def refused_by(command: str, *arguments: Any, **options: Any) -> str:
    """Run a command that ends with 1 and has no database; returns all that it said."""
    out = StringIO()
    with pytest.raises(CommandError) as refusal:
        call_command(command, *map(str, arguments), stdout=out, **options)
    assert refusal.value.returncode == 1
    return out.getvalue() + str(refusal.value)
