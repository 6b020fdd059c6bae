"""Where a merge begins: a catalogue that came from a file, with a base that the file names or with none."""

from pathlib import Path

import pytest

from patterns.tests.commands.terminal import said, written
from patterns.tests.factories import entry
from patterns.tests.store.scratch import scratch, unmigrated

__all__ = ["scratch", "unmigrated"]


@pytest.fixture
def imported(tmp_path: Path) -> Path:
    """Two entries are imported; the file names no base, so the next import compares with what it said."""
    path = written(tmp_path / "catalog.toml", entry("01", problem="It hurts."), entry("02"))
    said("import_toml", path)
    return path


@pytest.fixture
def exported(imported: Path) -> Path:
    """The same catalogue, exported: the file names its base."""
    said("export_toml", imported)
    return imported


@pytest.fixture(params=["exported", "imported"])
def file(request) -> Path:
    return request.getfixturevalue(request.param)
