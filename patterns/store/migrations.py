"""Whether the tables are those that this program was written for."""

from dataclasses import dataclass
from functools import cache

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


@dataclass(frozen=True, slots=True)
class Gap:
    """What a database and the program do not have in common: names of migrations, like ``patterns.0001_schema``.

    ``missing`` are those that were not applied yet, ``unknown`` those that a newer program has applied.
    """

    missing: tuple[str, ...]
    unknown: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.missing or self.unknown)

    def __str__(self) -> str:
        if self.unknown:
            return (
                f"The schema of the database is ahead of this program, which knows no {self.unknown[0]}: a newer"
                " release was here. Start that release again, or have it undo what this one does not know"
                " (manage.py migrate APP NUMBER)."
            )
        return (
            f"The schema of the database is behind this program, which needs {self.missing[0]}."
            " Run: .venv/bin/python manage.py migrate"
        )


# Read once: later the files may be those of the next release, while this process is still the old one.
@cache
def _of_program() -> MigrationLoader:
    return MigrationLoader(None)


def schema_gap(connection: BaseDatabaseWrapper) -> Gap:
    """Costs one or two queries. Raises DatabaseError."""
    loader = _of_program()
    applied = set(MigrationRecorder(connection).applied_migrations())
    for key, migration in loader.disk_migrations.items():
        # One that stands for others is there with them, and they with it.
        if migration.replaces and (key in applied or applied.issuperset(migration.replaces)):
            applied |= {key, *migration.replaces}
    known = {*loader.disk_migrations, *(one for each in loader.disk_migrations.values() for one in each.replaces)}
    unknown = [(app, name) for app, name in applied - known if app in loader.migrated_apps]
    return Gap(_names(loader.disk_migrations.keys() - applied), _names(unknown))


def _names(keys: "set[tuple[str, str]] | list[tuple[str, str]]") -> tuple[str, ...]:
    return tuple(f"{app}.{name}" for app, name in sorted(keys))
