"""A key costs its line in the register and its table: every surface follows."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import BaseModel

from patterns.document.register import Key, Layout, Table

ROOT = Path(__file__).parent.parent.parent
MADE_UP = Path(__file__).parent / "data" / "made_up_key"
ENTRY, ROWS, TABLES = "patterns/document/entry.py", "patterns/document/tables.py", "patterns/models/pattern.py"


def insert(file: Path, *, before: str, text: str) -> None:
    source = file.read_text(encoding="utf-8")
    assert source.count(before) == 1, f"{before!r} stands in {file.name} {source.count(before)} times"
    file.write_text(source.replace(before, f"{text}{before}"), encoding="utf-8")


def run(project: Path, *command: str) -> None:
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{project / 'made_up.sqlite3'}"}
    done = subprocess.run(
        [sys.executable, *command], cwd=project, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout[-8000:]}\n{done.stderr[-4000:]}"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project whose entries have two more keys."""
    copy = tmp_path / "project"
    for name in ("archsite", "patterns", "templates", "fixtures"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("manage.py", "pyproject.toml", "requirements.txt"):
        shutil.copy(ROOT / name, copy / name)
    sections = 'OMENS, CHORES = Section("omens", "Omens"), Section("chores", "Chores")\n'
    insert(copy / ENTRY, before="# The order in which readers meet them.", text=sections)
    insert(copy / ENTRY, before="    PROBLEM,\n    SOLUTION,\n", text="    OMENS,\n    CHORES,\n")
    with (copy / ROWS).open("a") as file:
        file.write((MADE_UP / "entry.txt").read_text())
    named = "from patterns.document.tables import Omen\n"
    insert(copy / ENTRY, before="from patterns.document.text import (\n", text=named)
    insert(copy / ENTRY, before='    @field_validator("replaced_by")', text=(MADE_UP / "keys.txt").read_text())
    with (copy / TABLES).open("a") as file:
        file.write((MADE_UP / "tables.txt").read_text())
    shutil.copy(MADE_UP / "walk.py", copy / "patterns" / "tests" / "test_walk.py")
    return copy


def test_two_made_up_keys_pass_through_every_surface(project: Path):
    run(project, "manage.py", "makemigrations", "patterns", "--name", "made_up")

    run(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "patterns/tests/test_walk.py")


def test_a_key_without_its_words_fails_at_once():
    with pytest.raises(TypeError, match=r"Silent\.key is not in the register: annotate it with a Key"):

        class Silent(Table):
            key: str = ""


@pytest.mark.parametrize("given", [("Label",), ("Label", "What it is.")])
def test_a_key_without_a_help_or_a_layout_fails_at_once(given: tuple[str, ...]):
    with pytest.raises(TypeError, match="missing"):
        Key(*given)


def test_a_key_says_which_layout_it_has():
    assert Key("Label", "What it is.", Layout.LINE).is_text
    assert not issubclass(Key, BaseModel)
