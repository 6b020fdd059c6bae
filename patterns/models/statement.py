"""Queries that differ in their values alone: Django writes the SQL of each once, and not for every request anew.

Writing it takes Django ten times as long as the answer takes the database. A function decorated with ``statement``
returns a queryset for the values that it is given, as any method of a queryset does; what its callers get is the rows.
So what is public is still said by ``published()`` alone.
"""

from collections.abc import Callable
from copy import copy
from functools import update_wrapper
from inspect import signature
from typing import Any, Final, Generic, ParamSpec, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Expression, QuerySet, TextField
from django.db.models.sql.compiler import SQLCompiler

Values = ParamSpec("Values")
Row = TypeVar("Row")


class Slot(Expression):
    """The place of a value that is known only when the statement is executed."""

    def __init__(self, name: str) -> None:
        super().__init__(output_field=TextField())
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)


class Written:
    """Stands in for the query of a queryset: rows are read with nothing of it but its compiler, whose work is done."""

    def __init__(self, compiler: SQLCompiler) -> None:
        self.compiler = compiler

    def get_compiler(self, *_: Any, **__: Any) -> SQLCompiler:
        return self.compiler


class statement(Generic[Values, Row]):
    """The rows of a queryset. Its function is given slots, which may stand wherever SQL has a value.

    Texts and numbers go to the database as they are. Of a tuple of them there are as many slots as the next power of
    two, so that few lengths are written; of an empty one nothing is a member.
    """

    def __init__(self, queryset: Callable[Values, QuerySet[Any, Row]]) -> None:
        self._queryset: Callable[..., QuerySet[Any, Row]] = queryset
        self._names: Final = tuple(signature(queryset).parameters)
        self._written: dict[Any, tuple[QuerySet[Any, Row], SQLCompiler, str, tuple[Any, ...]]] = {}
        update_wrapper(self, queryset)

    def __call__(self, *args: Values.args, **kwargs: Values.kwargs) -> list[Row]:
        values: dict[str, Any] = {**dict(zip(self._names, args, strict=False)), **kwargs}
        if () in values.values():
            return []
        lengths = {name: 1 << (len(one) - 1).bit_length() for name, one in values.items() if isinstance(one, tuple)}
        connection = connections[DEFAULT_DB_ALIAS]
        key = (connection.vendor, *lengths.values())
        if key not in self._written:
            self._written[key] = self._write(lengths)
        queryset, compiler, sql, params = self._written[key]
        for name, length in lengths.items():
            given = values[name]
            values |= {f"{name} {index}": given[min(index, len(given) - 1)] for index in range(length)}
        filled = tuple(values[one.name] if isinstance(one, Slot) else one for one in params)
        compiler = copy(compiler)  # each thread has a connection of its own
        compiler.connection = connection
        compiler.as_sql = lambda *_, **__: (sql, filled)  # type: ignore[method-assign]
        rows: Any = QuerySet(queryset.model, Written(compiler), DEFAULT_DB_ALIAS)  # type: ignore[arg-type]
        found: Any = queryset._iterable_class(rows)
        return [*found]

    def _write(self, lengths: dict[str, int]) -> tuple[QuerySet[Any, Row], SQLCompiler, str, tuple[Any, ...]]:
        slots = (
            tuple(Slot(f"{name} {index}") for index in range(lengths[name])) if name in lengths else Slot(name)
            for name in self._names
        )
        queryset = self._queryset(*slots)
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        return queryset, compiler, sql, tuple(params)
