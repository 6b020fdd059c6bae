"""Many rows in one statement, where the ORM's objects would cost more than the database does.

Values go to the database as they are: text, numbers and None, JSON as text, moments as ``moment()`` gives them.
Statements are made of names of tables and columns only (nosec): every value is a parameter.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain, groupby, islice
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

CHUNK = 500  # below every limit on the parameters of a statement, and on what is kept in memory at once
ROWS = 125  # of one INSERT: with more, Django takes longer to read it than the database saves
FIRST = 25  # of a batch that somebody waits for
T = TypeVar("T")
Row = Sequence[Any]


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))


def moment(at: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(at)


def insert(model: type[Model], *, fields: Sequence[str], rows: Iterable[Row], otherwise: str = "") -> None:
    """Many rows in each statement: what a statement costs, triggers included, is paid once for all of them.

    ``otherwise`` is an ON CONFLICT clause: what becomes of rows that are there already.
    """
    names, places = ", ".join(quoted_columns(model, fields)), f"({', '.join(['%s'] * len(fields))})"
    # The last batch may be shorter, and then needs a statement with fewer places.
    for size, group in groupby(batches(rows, ROWS), key=len):
        statement = f"INSERT INTO {quoted_table(model)} ({names}) VALUES {', '.join([places] * size)} {otherwise}"  # nosec B608
        run_for_each(statement, ([*chain.from_iterable(batch)] for batch in group), at_once=10)


def batches(values: Iterable[T], size: int) -> Iterator[list[T]]:
    waiting = iter(values)
    while batch := list(islice(waiting, size)):
        yield batch


def growing_batches(values: Iterable[T], most: int) -> Iterator[list[T]]:
    """The first is small, so that whoever waits for it has it soon."""
    waiting, size = iter(values), min(FIRST, most)
    while batch := list(islice(waiting, size)):
        yield batch
        size = min(2 * size, most)


def update(
    model: type[Model], *, fields: Sequence[str], key: str, rows: Iterable[Row], kept: Collection[str] = ()
) -> None:
    """Each row holds a value for every field, then the key. A field in ``kept`` stays where its value is None."""
    *names, key_name = quoted_columns(model, (*fields, key))
    assignments = (assignment(name, is_kept=field in kept) for field, name in zip(fields, names, strict=True))
    statement = f"UPDATE {quoted_table(model)} SET {', '.join(assignments)} WHERE {key_name} = %s"  # nosec B608
    run_for_each(statement, rows)


def update_places(model: type[Model], *, fields: Sequence[str], place: Sequence[str], rows: Iterable[Row]) -> None:
    """Each row holds a value for every field, then those of ``place``, which together tell one row of the table."""
    names = [f"{name} = %s" for name in quoted_columns(model, fields)]
    where = [f"{name} = %s" for name in quoted_columns(model, place)]
    statement = f"UPDATE {quoted_table(model)} SET {', '.join(names)} WHERE {' AND '.join(where)}"  # nosec B608
    run_for_each(statement, rows)


def delete_places(model: type[Model], *, place: Sequence[str], rows: Iterable[Row]) -> None:
    """Each row holds the values of ``place``; of the last of them, all that are as great or greater go."""
    *same, last = quoted_columns(model, place)
    where = [*(f"{name} = %s" for name in same), f"{last} >= %s"]
    run_for_each(f"DELETE FROM {quoted_table(model)} WHERE {' AND '.join(where)}", rows)  # nosec B608


def primary_keys(model: type[Model], *, key: str, values: Sequence[str]) -> dict[str, int]:
    """By value, of the rows whose key has one of the values, of which there are CHUNK at most."""
    names, places = quoted_columns(model, (key, "id")), ", ".join(["%s"] * len(values))
    statement = f"SELECT {', '.join(names)} FROM {quoted_table(model)} WHERE {names[0]} IN ({places})"  # nosec B608
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return dict(cursor.fetchall())


def assignment(name: str, *, is_kept: bool) -> str:
    # So one statement serves all rows, whether they bring a new value or keep the old one.
    return f"{name} = COALESCE(%s, {name})" if is_kept else f"{name} = %s"


def quoted_table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def quoted_columns(model: type[Model], fields: Sequence[str]) -> list[str]:
    known = {field.name: str(field.column) for field in model._meta.concrete_fields}
    return [connection.ops.quote_name(known[field]) for field in fields]


def run_for_each(statement: str, rows: Iterable[Row], *, at_once: int = CHUNK) -> None:
    with connection.cursor() as cursor:
        for batch in batches(rows, at_once):
            cursor.executemany(statement, batch)
