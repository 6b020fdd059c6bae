"""A folder for one run: the generated files, and databases that are thrown away."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True)
class Scratch:
    """``catalog`` is the file to import, ``changed`` the same with another description of every entry."""

    folder: Path

    @property
    def catalog(self) -> Path:
        return self.folder / "catalog.toml"

    @property
    def changed(self) -> Path:
        return self.folder / "changed.toml"

    @property
    def output(self) -> Path:
        """Where exports go."""
        return self.folder / "output"

    @property
    def migrated(self) -> Path:
        """A migrated database without entries, to be copied."""
        return self.folder / "migrated.sqlite3"

    def empty_database(self, name: str) -> Path:
        path = self.folder / f"{name}.sqlite3"
        for stale in self.folder.glob(f"{path.name}*"):
            stale.unlink()
        return Path(shutil.copyfile(self.migrated, path))


@contextmanager
def scratch() -> Iterator[Scratch]:
    with tempfile.TemporaryDirectory(prefix="bench-", dir=settings.VAR_DIR) as folder:
        yield Scratch(Path(folder))
