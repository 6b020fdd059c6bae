"""The measurements in their order: parts that are compared run by turns, since machines are noisy."""

from dataclasses import dataclass

from patterns.bench.measure import Measured, median_of, run_part
from patterns.bench.scratch import Scratch, scratch


@dataclass(frozen=True)
class Row:
    """One line of the table; ``peer`` is the line of the plain resource that does the same."""

    label: str
    measured: Measured
    peer: Measured | None = None


@dataclass(frozen=True)
class Figures:
    """The floor first; every other row is compared with it."""

    title: str
    rows: tuple[Row, ...]


def import_figures(*, count: int, repeat: int) -> Figures:
    with scratch() as files:
        run_part("prepare", files, database=files.migrated, count=count)
        database = files.empty_database("plain")
        rounds = [import_round(files)]
        plain_create = run_part("plain_import", files, database=database)
        rounds += [import_round(files) for _ in range(repeat - 1)]
        plain_again = run_part("plain_import", files, database=database)
        floor, create, again, change = (median_of(runs) for runs in zip(*rounds, strict=True))
    rows = (
        Row("floor: parse + raw insert", floor),
        Row("create", create, plain_create),
        Row("unchanged", again, plain_again),
        Row("every entry changed", change),
        Row("plain resource: create", plain_create),
        Row("plain resource: unchanged", plain_again),
    )
    return Figures(f"Import of {count:,} entries", rows)


def import_round(files: Scratch) -> tuple[Measured, Measured, Measured, Measured]:
    """Floor, create, unchanged, changed."""
    floor = run_part("floor_import", files, database=files.empty_database("floor"))
    database = files.empty_database("catalog")
    parts = ("import_catalog", "import_catalog", "import_changed")
    create, again, change = (run_part(part, files, database=database) for part in parts)
    return floor, create, again, change


def export_figures(*, count: int, repeat: int) -> Figures:
    with scratch() as files:
        run_part("prepare", files, database=files.migrated, count=count)
        database = files.empty_database("catalog")
        run_part("import_catalog", files, database=database)
        parts = ("floor_export", "export_catalog", "plain_export")
        rounds = [[run_part(part, files, database=database) for part in parts] for _ in range(repeat)]
        floor, export, plain = (median_of(runs) for runs in zip(*rounds, strict=True))
    rows = (
        Row("floor: raw read + write", floor),
        Row("TOML", export, plain),
        Row("plain resource: CSV", plain),
    )
    return Figures(f"Export of {count:,} entries", rows)
